//! Tokens of customers, auditors and operators.

use coffret_proto::v1;
use coffret_vault::credential::{NewToken, Role, Token};
use coffret_vault::error::{Error, Result};
use coffret_vault::id::{BrandId, CustomerId};
use coffret_vault::page::PageRequest;

use super::IdentityService;
use crate::caller::{Caller, Identity, is_for_support, scopes_of, support_scopes};
use crate::names;
use crate::once::once;

fn role_to_wire(role: Role) -> v1::Role {
    match role {
        Role::Customer => v1::Role::Customer,
        Role::Brand => v1::Role::Brand,
        Role::Auditor => v1::Role::Auditor,
        Role::Operator => v1::Role::Operator,
    }
}

pub(super) fn token_to_wire(token: Token) -> v1::Token {
    let subject = match token.role {
        Role::Customer => CustomerId::parse(&token.subject).map(names::customer_name),
        Role::Brand => BrandId::parse(&token.subject).map(names::brand_name),
        Role::Auditor | Role::Operator => None,
    };
    let passkey = CustomerId::parse(&token.subject).zip(token.passkey).map(|(customer, id)| names::customer_passkey_name(customer, id));
    v1::Token {
        passkey: passkey.unwrap_or_default(),
        name: names::token_name(token.id),
        role: role_to_wire(token.role).into(),
        subject: subject.unwrap_or(token.subject),
        scopes: token.scopes,
        create_time: Some(names::timestamp(token.created_at)),
        expire_time: Some(names::timestamp(token.expires_at)),
        revoke_time: token.revoked_at.map(names::timestamp),
    }
}

/// The scopes asked for, which are some of the role's; all of them when none is named.
pub(super) fn scopes(asked: &[String], role: v1::Role) -> Result<Vec<String>> {
    let all = scopes_of(role);
    if asked.is_empty() {
        return Ok(all.iter().map(|scope| (*scope).to_owned()).collect());
    }
    if asked.iter().any(|scope| !all.contains(&scope.as_str())) {
        return Err(Error::invalid("scopes", "SCOPE_UNKNOWN", format!("The scopes of this role are {}.", all.join(", "))));
    }
    let mut scopes = asked.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

/// A name for the log, such as `auditors/jane`: its collection tells it from the names of customers and brands.
fn person(subject: &str, collection: &str) -> Result<String> {
    let id = subject.strip_prefix(collection).and_then(|rest| rest.strip_prefix('/'));
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
    match id {
        Some(id) if (1..=64).contains(&id.len()) && id.bytes().all(plain) => Ok(subject.to_owned()),
        _ => Err(Error::invalid(
            "subject",
            "NAME_INVALID",
            format!("A name here is written {collection}/{{name}}, in a-z, 0-9, dash, dot and underscore."),
        )),
    }
}

/// What a token is to be, by the rules that the wire alone can break; the vault holds its life to the role's longest.
pub(crate) fn new_token(asked: &v1::IssueTokenRequest, caller: &Caller) -> Result<NewToken> {
    let (role, subject) = match asked.role() {
        v1::Role::Customer => (Role::Customer, names::customer(&asked.subject, "subject", caller)?.to_string()),
        v1::Role::Auditor => (Role::Auditor, person(&asked.subject, "auditors")?),
        v1::Role::Operator => (Role::Operator, person(&asked.subject, "operators")?),
        _ => return Err(Error::invalid("role", "ROLE_INVALID", "A token is issued to a customer, an auditor or an operator.")),
    };
    let lifetime = asked.lifetime.as_ref().ok_or_else(|| Error::invalid("lifetime", "DURATION_INVALID", "A token has a lifetime."))?;
    let lifetime_seconds = names::seconds(lifetime, "lifetime")?;
    Ok(NewToken { role, subject, scopes: scopes(&asked.scopes, asked.role())?, certificate: None, lifetime_seconds })
}

impl IdentityService {
    pub(super) async fn issue(&self, caller: &Caller, asked: v1::IssueTokenRequest) -> Result<v1::IssueTokenResponse> {
        let call = once(caller, "IssueToken", &asked.request_id, &asked)?;
        let new = self.held_to_support(new_token(&asked, caller)?, !asked.scopes.is_empty()).await?;
        let (token, secret) = self.vault.issue_token(caller.who(), new, call.as_ref()).await?;
        Ok(v1::IssueTokenResponse { token: Some(token_to_wire(token)), secret: secret.as_str().to_owned() })
    }

    /// To a customer who has a key of their own nobody issues a token that takes their place.
    async fn held_to_support(&self, mut new: NewToken, chosen: bool) -> Result<NewToken> {
        let Some(customer) = CustomerId::parse(&new.subject).filter(|_| new.role == Role::Customer) else { return Ok(new) };
        if !self.vault.is_enrolled(customer).await? {
            return Ok(new);
        }
        if chosen && !new.scopes.iter().all(|scope| is_for_support(scope)) {
            let most = support_scopes().join(", ");
            let sentence = format!("This customer has a passkey or a recovery code. A token that is issued to them has at most {most}.");
            return Err(Error::invalid("scopes", "CUSTOMER_ENROLLED", sentence));
        }
        new.scopes.retain(|scope| is_for_support(scope));
        Ok(new)
    }

    pub(super) async fn tokens(&self, caller: &Caller, asked: &v1::ListTokensRequest) -> Result<v1::ListTokensResponse> {
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let own = match caller.identity {
            Identity::Customer(id) => Some(id.to_string()),
            _ => None,
        };
        let page = self.vault.tokens(own.as_deref(), &page).await?;
        Ok(v1::ListTokensResponse { tokens: page.items.into_iter().map(token_to_wire).collect(), next_page_token: page.next })
    }

    pub(super) async fn end_token(&self, caller: &Caller, asked: &v1::RevokeTokenRequest) -> Result<v1::RevokeTokenResponse> {
        let once = once(caller, "RevokeToken", &asked.request_id, asked)?;
        let id = names::token(&asked.name, "name")?;
        if let Identity::Customer(own) = caller.identity {
            let token = self.vault.token(id).await?;
            if token.role != Role::Customer || token.subject != own.to_string() {
                return Err(Error::not_found("token"));
            }
        }
        let token = self.vault.revoke_token(caller.who(), id, once.as_ref()).await?;
        Ok(v1::RevokeTokenResponse { token: Some(token_to_wire(token)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator() -> Caller {
        Caller::new(Identity::Operator("operators/o".to_owned()), Vec::new())
    }

    fn asked(role: v1::Role, subject: &str) -> v1::IssueTokenRequest {
        v1::IssueTokenRequest { role: role.into(), subject: subject.to_owned(), lifetime: Some(names::duration(60)), ..Default::default() }
    }

    #[test]
    fn tokens_are_for_people_and_brands_get_theirs_by_assertion() {
        assert_eq!(new_token(&asked(v1::Role::Auditor, "auditors/jane"), &operator()).expect("valid").subject, "auditors/jane");
        for role in [v1::Role::Brand, v1::Role::Anyone, v1::Role::Unspecified] {
            assert_eq!(new_token(&asked(role, "brands/x"), &operator()).expect_err("refused").field_violations()[0].field, "role");
        }
    }

    #[test]
    fn nobody_is_called_like_a_customer_or_a_brand() {
        for bad in ["jane", "customers/me", "brands/me", "auditors/", "auditors/Jane", "auditors/a/b", "operators/jane", "auditors/a\n"] {
            let refused = new_token(&asked(v1::Role::Auditor, bad), &operator()).expect_err(bad);
            assert_eq!(refused.field_violations()[0].field, "subject", "{bad}");
        }
    }

    #[test]
    fn scopes_are_some_of_the_roles() {
        assert_eq!(scopes(&[], v1::Role::Auditor).expect("all"), ["ledger.export", "ledger.read"]);
        let two = ["record.write".to_owned(), "record.read".to_owned(), "record.read".to_owned()];
        assert_eq!(scopes(&two, v1::Role::Customer).expect("own"), ["record.read", "record.write"]);
        assert!(scopes(&["token.issue".to_owned()], v1::Role::Customer).is_err());
    }

    #[test]
    fn a_token_without_a_lifetime_is_refused() {
        let mut without = asked(v1::Role::Auditor, "auditors/jane");
        without.lifetime = None;
        assert_eq!(new_token(&without, &operator()).expect_err("refused").field_violations()[0].field, "lifetime");
    }
}
