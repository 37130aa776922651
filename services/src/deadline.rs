//! How long a call may take: what its caller says (`grpc-timeout`), and never longer than its kind of call may.

use std::time::Duration;

use http::HeaderMap;

use crate::authorization::Policy;

/// The longest that the server works on the answer of one message, or on a stream's beginning.
const LONGEST: Duration = Duration::from_mins(1);
/// The longest that it takes messages from a caller who sends several.
const LONGEST_UPLOAD: Duration = Duration::from_mins(10);

/// What the caller says, if it can be read: up to eight digits and a unit (gRPC over HTTP/2, "Timeout").
pub(crate) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.is_empty() || number.len() > 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// How long the handler of this call may work.
pub(crate) fn of_handler(policy: &Policy, asked: Option<Duration>) -> Duration {
    let longest = if policy.uploads { LONGEST_UPLOAD } else { LONGEST };
    asked.map_or(longest, |asked| asked.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", text.parse().expect("a header"));
        asked(&headers)
    }

    #[test]
    fn units_are_those_of_grpc() {
        assert_eq!(read("2H"), Some(Duration::from_hours(2)));
        assert_eq!(read("3M"), Some(Duration::from_mins(3)));
        assert_eq!(read("10S"), Some(Duration::from_secs(10)));
        assert_eq!(read("10m"), Some(Duration::from_millis(10)));
        assert_eq!(read("10u"), Some(Duration::from_micros(10)));
        assert_eq!(read("99999999n"), Some(Duration::from_nanos(99_999_999)));
    }

    #[test]
    fn what_is_not_a_timeout_counts_as_none() {
        for bad in ["", "S", "10", "10s", "-1S", "+1S", "123456789S", "1.5S", " 1S", "1\u{e9}"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(asked(&HeaderMap::new()), None);
    }

    #[test]
    fn no_caller_waits_longer_than_any_call_may_take() {
        let policies = crate::authorization::Policies::load(coffret_proto::DESCRIPTOR, &[]).expect("complete");
        let of = |path, asked| of_handler(policies.get(path).expect("known"), asked);
        let (read, upload) = ("/coffret.v1.AccessService/ReadRecords", "/coffret.v1.RecordService/UploadBlob");
        assert_eq!(of(read, None), Duration::from_mins(1));
        assert_eq!(of(read, Some(Duration::from_hours(2))), Duration::from_mins(1));
        assert_eq!(of(read, Some(Duration::from_millis(5))), Duration::from_millis(5));
        assert_eq!(of(upload, Some(Duration::from_hours(2))), Duration::from_mins(10));
        assert_eq!(of("/coffret.v1.LedgerService/CheckLedger", None), Duration::from_mins(1));
    }
}
