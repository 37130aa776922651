//! Failures as gRPC statuses with `google.rpc` details (AIP-193): the public sentence goes to the caller, the cause to the log.

use std::collections::HashMap;
use std::time::Duration;

use coffret_vault::error::{Error, Kind};
use http::Response;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// The domain of every reason.
const DOMAIN: &str = "coffret";

/// The gRPC code of a kind of failure.
pub const fn code(kind: Kind) -> Code {
    match kind {
        Kind::InvalidArgument => Code::InvalidArgument,
        Kind::NotFound => Code::NotFound,
        Kind::AlreadyExists => Code::AlreadyExists,
        Kind::FailedPrecondition => Code::FailedPrecondition,
        Kind::PermissionDenied => Code::PermissionDenied,
        Kind::ResourceExhausted => Code::ResourceExhausted,
        Kind::Aborted => Code::Aborted,
        Kind::Unavailable => Code::Unavailable,
        Kind::Internal => Code::Internal,
    }
}

/// A verb's failure as the caller sees it. What is broken or out of reach is logged with its cause under a random reference, which the
/// caller gets as `ErrorInfo.metadata["reference"]`.
// By value, so that it fits `map_err`.
#[allow(clippy::needless_pass_by_value)]
pub fn status(error: Error) -> Status {
    let mut metadata = HashMap::new();
    if matches!(error.kind(), Kind::Internal | Kind::Unavailable) {
        let reference = reference();
        let cause = error.cause().map(ToString::to_string).unwrap_or_default();
        tracing::error!(reason = error.reason(), reference, cause, "a call failed");
        metadata.insert("reference".to_owned(), reference);
    }
    let mut details = ErrorDetails::with_error_info(error.reason(), DOMAIN, metadata);
    let violations = error.field_violations().iter().map(|violation| FieldViolation {
        field: violation.field.clone(),
        description: violation.description.clone(),
        reason: violation.reason.to_owned(),
        localized_message: None,
    });
    let violations: Vec<_> = violations.collect();
    if !violations.is_empty() {
        details.set_bad_request(violations);
    }
    if let Some(seconds) = error.retry_after_seconds() {
        details.set_retry_info(Some(Duration::from_secs(seconds)));
    }
    Status::with_error_details(code(error.kind()), error.sentence(), details)
}

/// A reference under which a failure stands in the log.
#[expect(clippy::disallowed_methods, reason = "it only has to differ from the others in the log")]
pub(crate) fn reference() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// A refusal with a reason.
pub(crate) fn refusal(code: Code, reason: &str, sentence: &str) -> Status {
    Status::with_error_details(code, sentence, ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new()))
}

/// Nobody knows who calls: there is no credential, or none that is alive.
pub fn unauthenticated() -> Status {
    refusal(Code::Unauthenticated, "UNAUTHENTICATED", "The call carries no credential that is valid now.")
}

/// The caller is known, and may not call this.
pub fn forbidden() -> Status {
    refusal(Code::PermissionDenied, "PERMISSION_DENIED", "You may not call this.")
}

/// The caller's brand is suspended.
pub fn suspended() -> Status {
    refusal(Code::PermissionDenied, "BRAND_SUSPENDED", "This brand is suspended. It can neither ask nor read.")
}

/// The caller calls too often, or too many times at once.
pub fn rate_limited(retry_after: Duration) -> Status {
    let mut details = ErrorDetails::with_error_info("RATE_LIMITED", DOMAIN, HashMap::new());
    details.set_retry_info(Some(retry_after));
    Status::with_error_details(Code::ResourceExhausted, "You call too often. Try again a little later.", details)
}

/// The call took longer than its caller wanted to wait, or than any call may.
pub fn deadline_exceeded() -> Status {
    refusal(
        Code::DeadlineExceeded,
        "DEADLINE_EXCEEDED",
        "The call took too long. It may have been carried out; repeat it with the same request id.",
    )
}

/// A handler broke.
pub fn broken() -> Status {
    status(Error::internal("a handler panicked"))
}

/// Whether an answer is the refusal of a credential.
pub(crate) fn is_unauthenticated(response: &Response<Body>) -> bool {
    response.headers().get("grpc-status").is_some_and(|code| Code::from_bytes(code.as_bytes()) == Code::Unauthenticated)
}

/// Why a service found a field of a call wrong.
pub(crate) fn reason_of_invalid(response: &Response<Body>) -> Option<String> {
    let headers = response.headers();
    headers.get("grpc-status").filter(|code| Code::from_bytes(code.as_bytes()) == Code::InvalidArgument)?;
    Status::from_header_map(headers)?.get_error_details().error_info().map(|info| info.reason.clone())
}

/// What the transport says of a message that no service has seen, in our words: its own sentences tell of the parser, not of the contract.
///
/// Ours carry details, so a refusal without them is the transport's. In it a message that cannot be read is `INTERNAL`, and one that is too
/// large `OUT_OF_RANGE`; both are the caller's to mend and stay refused, which `INVALID_ARGUMENT` says. An encoding that we do not take is
/// `UNIMPLEMENTED` (gRPC, "Compression"), with the header that names those that we take.
pub(crate) fn in_our_words(response: Response<Body>) -> Response<Body> {
    let headers = response.headers();
    let Some(code) = headers.get("grpc-status").map(|code| Code::from_bytes(code.as_bytes())) else { return response };
    if headers.contains_key("grpc-status-details-bin") {
        return response;
    }
    let ours = match code {
        Code::Internal => {
            refusal(Code::InvalidArgument, "MESSAGE_INVALID", "The message cannot be read. Send it as the contract describes it.")
        }
        Code::OutOfRange | Code::ResourceExhausted => {
            refusal(Code::InvalidArgument, "MESSAGE_TOO_LARGE", "The message is too large. One message has at most 4 MiB.")
        }
        Code::Unimplemented => {
            refusal(code, "ENCODING_UNSUPPORTED", "The message is compressed in a way that is not taken here. Send it as it is.")
        }
        Code::Unknown | Code::Cancelled | Code::Unavailable => {
            refusal(code, "MESSAGE_INCOMPLETE", "The call broke off before its message was complete.")
        }
        // What health and reflection say of names that they do not know.
        _ => return response,
    };
    let mut answer: Response<Body> = ours.into_http();
    if let Some(taken) = headers.get("grpc-accept-encoding") {
        answer.headers_mut().insert("grpc-accept-encoding", taken.clone());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: &Status) -> (Status, http::HeaderMap) {
        let answer = in_our_words(status.clone().into_http());
        (Status::from_header_map(answer.headers()).expect("a status"), answer.headers().clone())
    }

    #[test]
    fn the_transports_refusals_get_a_reason_and_lose_their_details() {
        for (code, ours, reason) in [
            (Code::Internal, Code::InvalidArgument, "MESSAGE_INVALID"),
            (Code::OutOfRange, Code::InvalidArgument, "MESSAGE_TOO_LARGE"),
            (Code::ResourceExhausted, Code::InvalidArgument, "MESSAGE_TOO_LARGE"),
            (Code::Unimplemented, Code::Unimplemented, "ENCODING_UNSUPPORTED"),
            (Code::Cancelled, Code::Cancelled, "MESSAGE_INCOMPLETE"),
            (Code::Unknown, Code::Unknown, "MESSAGE_INCOMPLETE"),
        ] {
            let mut theirs = Status::new(code, "failed to decode field Terms.items at byte 7");
            theirs.metadata_mut().insert("grpc-accept-encoding", "identity".parse().expect("ASCII"));
            let (status, headers) = told(&theirs);
            assert_eq!(status.code(), ours, "{code:?}");
            assert_eq!(status.get_error_details().error_info().expect("present").reason, reason);
            assert!(status.message().ends_with('.') && !status.message().contains("byte 7"), "{status:?}");
            assert_eq!(headers["grpc-accept-encoding"], "identity");
        }
    }

    #[test]
    fn our_own_refusals_and_answers_stay_as_they_are() {
        for own in
            [broken(), rate_limited(Duration::from_secs(1)), refusal(Code::Unimplemented, "METHOD_UNKNOWN", "There is no such method.")]
        {
            let (status, _) = told(&own);
            assert_eq!((status.code(), status.message(), status.details()), (own.code(), own.message(), own.details()));
        }
        let (unknown, _) = told(&Status::not_found("service not registered"));
        assert_eq!((unknown.code(), unknown.message()), (Code::NotFound, "service not registered"));
        let answer = in_our_words(Response::new(Body::empty()));
        assert!(answer.headers().is_empty());
    }

    #[test]
    fn a_field_violation_names_field_reason_and_description() {
        let status = status(Error::invalid("terms.items[0]", "VIEW_NOT_ALLOWED", "Too fine."));
        assert_eq!(status.code(), Code::InvalidArgument);
        let details = status.get_error_details();
        let info = details.error_info().expect("present");
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("VIEW_NOT_ALLOWED", "coffret"));
        let field = &details.bad_request().expect("present").field_violations[0];
        assert_eq!((field.field.as_str(), field.reason.as_str()), ("terms.items[0]", "VIEW_NOT_ALLOWED"));
    }

    #[test]
    fn the_cause_stays_here_and_a_reference_goes_out() {
        let status = status(Error::internal("table customers row 7"));
        assert_eq!(status.code(), Code::Internal);
        assert!(!format!("{status:?}").contains("row 7"));
        let details = status.get_error_details();
        assert_eq!(details.error_info().expect("present").metadata["reference"].len(), 32);
        assert!(!String::from_utf8_lossy(status.details()).contains("row 7"));
    }

    #[test]
    fn when_to_try_again_is_told() {
        let status = status(Error::new(Kind::ResourceExhausted, "FREQUENCY_EXCEEDED", "Too often.").retry_after(60));
        assert_eq!(status.get_error_details().retry_info().expect("present").retry_delay, Some(Duration::from_mins(1)));
    }

    #[test]
    fn an_answer_that_is_no_failure_of_ours_carries_no_reference() {
        let status = status(Error::not_found("grant"));
        assert!(status.get_error_details().error_info().expect("present").metadata.is_empty());
    }
}
