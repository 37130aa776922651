//! The request id that a caller may give: a repeated one answers with the first result.

use coffret_vault::error::{Error, Result};
use coffret_vault::once::Once;
use prost::Message;
use uuid::Uuid;

use crate::caller::Caller;

/// The call that this caller may repeat; nothing without a request id.
///
/// The whole message, its request id included, tells whether a later call under the same id asks the same.
///
/// # Errors
/// `request_id` is something else than a UUID with dashes.
pub fn once(caller: &Caller, verb: &str, request_id: &str, message: &impl Message) -> Result<Option<Once>> {
    if request_id.is_empty() {
        return Ok(None);
    }
    let id = (request_id.len() == 36).then(|| Uuid::try_parse(request_id).ok()).flatten();
    let id = id.ok_or_else(|| Error::invalid("request_id", "REQUEST_ID_INVALID", "A request id is a UUID, written with dashes."))?;
    Ok(Some(Once::new(&caller.name(), verb, id, &message.encode_to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Identity;
    use coffret_proto::v1::GetCustomerRequest;

    const ID: &str = "01890000-0000-4000-8000-000000000001";

    fn call(name: &str, verb: &str, request_id: &str, text: &str) -> Option<Once> {
        let caller = Caller::new(Identity::Operator(name.to_owned()), Vec::new());
        once(&caller, verb, request_id, &GetCustomerRequest { name: text.to_owned() }).expect("valid")
    }

    #[test]
    fn no_request_id_means_that_the_call_is_not_repeated() {
        assert_eq!(call("a", "verb", "", "x"), None);
    }

    #[test]
    fn the_same_call_is_the_same_and_any_other_is_not() {
        let first = call("a", "verb", ID, "x");
        assert!(first.is_some());
        assert_eq!(first, call("a", "verb", ID, "x"));
        for other in [call("b", "verb", ID, "x"), call("a", "other", ID, "x"), call("a", "verb", ID, "y")] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_request_id_that_is_no_uuid_names_its_field() {
        let caller = Caller::new(Identity::Anyone, Vec::new());
        for bad in
            ["1", "01890000000040008000000000000001", "{01890000-0000-4000-8000-00000000000}", "zz890000-0000-4000-8000-000000000001"]
        {
            let refused = once(&caller, "verb", bad, &GetCustomerRequest::default()).expect_err("refused");
            assert_eq!(refused.field_violations()[0].field, "request_id");
        }
    }
}
