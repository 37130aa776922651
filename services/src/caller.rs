//! Who calls.

pub(crate) mod finder;

use coffret_proto::v1::Role;
use coffret_vault::clock::Timestamp;
use coffret_vault::error::{Error, Kind, Result};
use coffret_vault::id::{BrandId, CredentialId, CustomerId, TokenId};
use coffret_vault::ledger::Who;
use tonic::Status;

use crate::names;

/// What each role may do with a credential that was not narrowed.
const SCOPES: [(Role, &[&str]); 4] = [
    (
        Role::Customer,
        &[
            "consent.decide",
            "consent.read",
            "identity.erase",
            "identity.read",
            "identity.write",
            "ledger.read",
            "passkey.write",
            "record.read",
            "record.write",
        ],
    ),
    (Role::Brand, &["access.read", "access.request", "identity.read"]),
    (Role::Auditor, &["ledger.export", "ledger.read"]),
    (
        Role::Operator,
        &["identity.read", "identity.write", "ledger.export", "ledger.read", "operation.read", "operation.write", "token.issue"],
    ),
];

/// What a token still opens that an operator issued for a customer who has a key of their own: what was agreed and what happened, and the
/// account. No data, no decision, no erasure, no passkey.
const SUPPORT: [&str; 4] = ["consent.read", "identity.read", "identity.write", "ledger.read"];

/// Whether support has a scope; see [`support_scopes`].
pub(crate) fn is_for_support(scope: &str) -> bool {
    SUPPORT.contains(&scope)
}

/// The scopes of a token that an operator issues for a customer who has a passkey or a recovery code, sorted.
pub fn support_scopes() -> &'static [&'static str] {
    &SUPPORT
}

/// All scopes of a role, sorted; none for one that has none.
pub fn scopes_of(role: Role) -> &'static [&'static str] {
    SCOPES.iter().find(|(named, _)| *named == role).map_or(&[], |(_, scopes)| scopes)
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Nobody that we know.
    Anyone,
    /// A customer.
    Customer(CustomerId),
    /// A brand's system.
    Brand(BrandId),
    /// An auditor, by the name for the log.
    Auditor(String),
    /// An operator, by the name for the log.
    Operator(String),
}

/// The caller of one call, as the caller layer found them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The role.
    pub role: Role,
    /// Who it is.
    pub identity: Identity,
    /// What the credential may do.
    pub scopes: Vec<String>,
    /// SHA-256 of the client certificate (DER) of the connection, if there is one.
    pub certificate: Option<[u8; 32]>,
    /// When the credential ends; nobody's does not.
    pub expires_at: Option<Timestamp>,
    /// The credential.
    pub credential: Option<Credential>,
}

/// What a caller came in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A token.
    Token(TokenId),
    /// A certificate of a brand.
    Certificate(BrandId, CredentialId),
}

impl Caller {
    /// Somebody with these scopes, without a certificate and without an end.
    pub fn new(identity: Identity, scopes: Vec<String>) -> Self {
        let role = match identity {
            Identity::Anyone => Role::Anyone,
            Identity::Customer(_) => Role::Customer,
            Identity::Brand(_) => Role::Brand,
            Identity::Auditor(_) => Role::Auditor,
            Identity::Operator(_) => Role::Operator,
        };
        Self { role, identity, scopes, certificate: None, expires_at: None, credential: None }
    }

    /// Somebody whom we do not know.
    pub fn anyone(certificate: Option<[u8; 32]>) -> Self {
        Self { certificate, ..Self::new(Identity::Anyone, Vec::new()) }
    }

    /// The caller of this call.
    ///
    /// # Errors
    /// No layer found out who calls: the service is mounted outside the layers, and refuses.
    // Tonic's status is what a service answers with.
    pub fn of<T>(request: &tonic::Request<T>) -> std::result::Result<Self, Status> {
        request.extensions().get::<std::sync::Arc<Self>>().map(|caller| (**caller).clone()).ok_or_else(crate::status::unauthenticated)
    }

    /// The calling customer.
    pub fn customer(&self) -> Result<CustomerId> {
        match self.identity {
            Identity::Customer(id) => Ok(id),
            _ => Err(not_allowed()),
        }
    }

    /// The calling brand.
    pub fn brand(&self) -> Result<BrandId> {
        match self.identity {
            Identity::Brand(id) => Ok(id),
            _ => Err(not_allowed()),
        }
    }

    /// Who the ledger says it was.
    pub fn who(&self) -> Who {
        match &self.identity {
            Identity::Customer(_) => Who::Customer,
            Identity::Brand(brand) => Who::Brand(*brand),
            Identity::Auditor(name) => Who::Auditor(name.clone()),
            Identity::Operator(name) => Who::Operator(name.clone()),
            // No rpc lets an unknown caller do what the ledger records.
            Identity::Anyone => Who::Delegate("unknown".to_owned()),
        }
    }

    /// `customers/{customer}`, `brands/{brand}`, or the name of the auditor or operator; empty for somebody unknown.
    pub fn name(&self) -> String {
        match &self.identity {
            Identity::Anyone => String::new(),
            Identity::Customer(id) => names::customer_name(*id),
            Identity::Brand(id) => names::brand_name(*id),
            Identity::Auditor(name) | Identity::Operator(name) => name.clone(),
        }
    }

    /// Whether the credential carries a scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

fn not_allowed() -> Error {
    Error::new(Kind::PermissionDenied, "PERMISSION_DENIED", "You may not call this.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_of_the_contract_is_one_that_its_roles_have() {
        for (path, permission) in coffret_proto::permission::table(coffret_proto::DESCRIPTOR).expect("complete") {
            let Some(scope) = permission.scope else { continue };
            for role in permission.roles {
                assert!(scopes_of(role).contains(&scope.as_str()), "{path}: {role:?} lacks {scope}");
            }
        }
    }

    #[test]
    fn every_scope_of_a_role_opens_something() {
        let table = coffret_proto::permission::table(coffret_proto::DESCRIPTOR).expect("complete");
        for (role, scopes) in SCOPES {
            for scope in scopes {
                let used = table.values().any(|permission| permission.roles.contains(&role) && permission.scope.as_deref() == Some(scope));
                assert!(used, "{role:?} has {scope} for nothing");
            }
        }
    }

    #[test]
    fn support_reads_no_data_and_takes_no_ones_place() {
        let own = scopes_of(Role::Customer);
        assert!(support_scopes().iter().all(|scope| own.contains(scope)));
        for never in ["consent.decide", "identity.erase", "passkey.write", "record.read", "record.write"] {
            assert!(own.contains(&never) && !is_for_support(never), "{never}");
        }
    }

    #[test]
    fn a_call_that_passed_no_layer_is_refused() {
        let refused = Caller::of(&tonic::Request::new(())).expect_err("refused");
        assert_eq!(refused.code(), tonic::Code::Unauthenticated);
    }

    #[test]
    fn a_brand_is_no_customer() {
        let caller = Caller::new(Identity::Brand(BrandId(uuid::Uuid::nil())), Vec::new());
        assert_eq!(caller.customer().expect_err("refused").kind(), Kind::PermissionDenied);
        assert!(caller.brand().is_ok());
    }
}
