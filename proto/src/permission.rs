//! The policy of every rpc, read from its method option.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorPool, DynamicMessage, Value};

use crate::v1::Role;

/// Who may call one rpc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The roles that may call.
    pub roles: Vec<Role>,
    /// The scope that the caller's credential must carry, if any.
    pub scope: Option<String>,
}

/// Why the contract cannot be served.
#[derive(Debug, PartialEq, Eq)]
pub enum PermissionError {
    /// The embedded descriptors do not decode.
    Descriptor,
    /// This method has no permission, or one without roles.
    Missing(String),
}

impl std::fmt::Display for PermissionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Descriptor => f.write_str("The contract's descriptors do not decode."),
            Self::Missing(method) => write!(f, "The method {method} declares no permission."),
        }
    }
}

impl std::error::Error for PermissionError {}

/// Every rpc of the contract with its permission, by path (`/coffret.v1.AccessService/ReadRecords`).
pub fn table(descriptor: &[u8]) -> Result<BTreeMap<String, Permission>, PermissionError> {
    let pool = DescriptorPool::decode(descriptor).map_err(|_| PermissionError::Descriptor)?;
    let extension = pool.get_extension_by_name("coffret.v1.permission").ok_or(PermissionError::Descriptor)?;
    let mut table = BTreeMap::new();
    for service in pool.services() {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            let options = method.options();
            if !options.has_extension(&extension) {
                return Err(PermissionError::Missing(path));
            }
            let value = options.get_extension(&extension);
            let message = value.as_message().ok_or(PermissionError::Descriptor)?;
            let permission = read(message).ok_or_else(|| PermissionError::Missing(path.clone()))?;
            table.insert(path, permission);
        }
    }
    Ok(table)
}

fn read(message: &DynamicMessage) -> Option<Permission> {
    let roles = message.get_field_by_name("roles")?;
    let roles: Vec<Role> = roles
        .as_list()?
        .iter()
        .filter_map(Value::as_enum_number)
        .map(|number| Role::try_from(number).unwrap_or(Role::Unspecified))
        .collect();
    if roles.is_empty() || roles.contains(&Role::Unspecified) {
        return None;
    }
    let scope = message.get_field_by_name("scope")?.as_str()?.to_owned();
    Some(Permission { roles, scope: (!scope.is_empty()).then_some(scope) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_contract_declares_who_may_call_it() {
        let table = table(crate::DESCRIPTOR).expect("complete");
        assert_eq!(table["/coffret.v1.AccessService/ReadRecords"].roles, [Role::Brand]);
        assert_eq!(table["/coffret.v1.AccessService/ReadRecords"].scope.as_deref(), Some("access.read"));
        assert!(table.len() > 60, "{}", table.len());
    }

    #[test]
    fn a_method_without_permission_is_named() {
        use prost::Message;
        let mut set = prost_types::FileDescriptorSet::decode(crate::DESCRIPTOR).expect("decodes");
        // Decoding through prost_types drops the extension: every method is then without a permission.
        set.file.retain(|file| !file.name().is_empty());
        let refused = table(&set.encode_to_vec()).expect_err("refused");
        assert!(matches!(refused, PermissionError::Missing(path) if path.starts_with("/coffret.v1.")));
    }
}
