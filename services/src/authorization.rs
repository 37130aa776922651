//! Who may call what: the permission beside each rpc of the contract, by path. What has none is refused.

use std::collections::HashMap;

use coffret_proto::permission::{PermissionError, table};
use coffret_proto::v1::Role;
use prost_reflect::DescriptorPool;
use tonic::Status;

use crate::caller::Caller;
use crate::status;

/// What anybody may call beside the contract: health, and reflection where it is on.
const OPEN: [(&str, bool); 3] = [
    ("/grpc.health.v1.Health/Check", false),
    ("/grpc.health.v1.Health/Watch", true),
    ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", true),
];

/// All that a suspended brand may still call: it may see that it is suspended.
const OPEN_TO_SUSPENDED: &str = "/coffret.v1.OperationService/GetBrand";

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A method of the contract has no permission.
    #[error(transparent)]
    Contract(#[from] PermissionError),
    /// The contract does not know a service that is to be served.
    #[error("The service {0} is served, and nothing says who may call it.")]
    Unknown(String),
}

/// The policy of one rpc.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// One bit for each role.
    roles: u8,
    scope: Option<String>,
    /// Whether the caller sends several messages.
    pub(crate) uploads: bool,
    /// Whether the server answers with several messages.
    pub(crate) streams: bool,
    /// Whether a suspended brand may call it.
    pub(crate) open_to_suspended: bool,
}

const fn bit(role: Role) -> u8 {
    1 << role as u8
}

impl Policy {
    fn open(streams: bool) -> Self {
        Self { roles: bit(Role::Anyone), scope: None, uploads: streams, streams, open_to_suspended: true }
    }

    /// Refuses a caller who may not call this: somebody unknown as unauthenticated, anybody else as forbidden, in the same words
    /// whether role or scope is missing.
    pub(crate) fn check(&self, caller: &Caller) -> Result<(), Status> {
        if self.roles & bit(Role::Anyone) != 0 {
            return Ok(());
        }
        if caller.role == Role::Anyone {
            return Err(status::unauthenticated());
        }
        let scoped = self.scope.as_deref().is_none_or(|scope| caller.has_scope(scope));
        if self.roles & bit(caller.role) != 0 && scoped { Ok(()) } else { Err(status::forbidden()) }
    }
}

/// The policy of every rpc that is served.
#[derive(Debug)]
pub(crate) struct Policies {
    by_path: HashMap<String, Policy>,
}

impl Policies {
    /// Reads the contract's permissions and holds the served services against them.
    pub(crate) fn load(descriptor: &[u8], served: &[&str]) -> Result<Self, PolicyError> {
        let pool = DescriptorPool::decode(descriptor).map_err(|_| PermissionError::Descriptor)?;
        let mut streaming = HashMap::new();
        for service in pool.services() {
            for method in service.methods() {
                let path = format!("/{}/{}", service.full_name(), method.name());
                streaming.insert(path, (method.is_client_streaming(), method.is_server_streaming()));
            }
        }
        let mut by_path = HashMap::new();
        for (path, permission) in table(descriptor)? {
            let (uploads, streams) = streaming.get(&path).copied().unwrap_or_default();
            let roles = permission.roles.iter().fold(0, |bits, role| bits | bit(*role));
            let open_to_suspended = path == OPEN_TO_SUSPENDED;
            by_path.insert(path, Policy { roles, scope: permission.scope, uploads, streams, open_to_suspended });
        }
        by_path.extend(OPEN.map(|(path, streams)| (path.to_owned(), Policy::open(streams))));
        for service in served {
            let prefix = format!("/{service}/");
            if !by_path.keys().any(|path| path.starts_with(&prefix)) {
                return Err(PolicyError::Unknown((*service).to_owned()));
            }
        }
        Ok(Self { by_path })
    }

    /// The policy of the rpc at this path; without one, nobody may call it.
    pub(crate) fn get(&self, path: &str) -> Option<&Policy> {
        self.by_path.get(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Identity;
    use coffret_vault::id::{BrandId, CustomerId};
    use tonic::Code;
    use uuid::Uuid;

    fn policies() -> Policies {
        Policies::load(coffret_proto::DESCRIPTOR, &["coffret.v1.AccessService"]).expect("complete")
    }

    fn refused(path: &str, caller: &Caller) -> Option<Code> {
        policies().get(path).expect("known").check(caller).err().map(|status| status.code())
    }

    const READ: &str = "/coffret.v1.AccessService/ReadRecords";

    #[test]
    fn role_and_scope_both_count() {
        let scope = vec!["access.read".to_owned()];
        let brand = Identity::Brand(BrandId(Uuid::nil()));
        assert_eq!(refused(READ, &Caller::new(brand.clone(), scope.clone())), None);
        assert_eq!(refused(READ, &Caller::new(brand.clone(), vec!["access.request".to_owned()])), Some(Code::PermissionDenied));
        assert_eq!(refused(READ, &Caller::new(brand, Vec::new())), Some(Code::PermissionDenied));
        assert_eq!(refused(READ, &Caller::new(Identity::Customer(CustomerId(Uuid::nil())), scope)), Some(Code::PermissionDenied));
        assert_eq!(refused(READ, &Caller::anyone(None)), Some(Code::Unauthenticated));
    }

    #[test]
    fn a_path_without_policy_has_none() {
        for path in ["", "/", "/coffret.v1.AccessService/", "/coffret.v1.AccessService/readrecords", "/coffret.v1.Other/ReadRecords"] {
            assert!(policies().get(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_service_that_the_contract_does_not_know_is_not_served() {
        let refused = Policies::load(coffret_proto::DESCRIPTOR, &["coffret.v1.SecretService"]).expect_err("refused");
        assert!(refused.to_string().contains("coffret.v1.SecretService"));
    }

    #[test]
    fn streaming_is_read_from_the_contract() {
        let policies = policies();
        let of = |path| policies.get(path).map(|policy: &Policy| (policy.uploads, policy.streams));
        assert_eq!(of(READ), Some((false, false)));
        assert_eq!(of("/coffret.v1.AccessService/WatchGrants"), Some((false, true)));
        assert_eq!(of("/coffret.v1.RecordService/UploadBlob"), Some((true, false)));
    }

    #[test]
    fn a_suspended_brand_may_only_see_itself() {
        let policies = policies();
        let open: Vec<_> =
            policies.by_path.iter().filter(|(path, policy)| policy.open_to_suspended && path.starts_with("/coffret")).collect();
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].0, OPEN_TO_SUSPENDED);
    }
}
