//! Resource names (AIP-122), moments and durations: between the text of the contract and the vault's types.
//!
//! Every reader takes the text and the field that it came in, and names that field when the text is wrong. A caller who names what
//! belongs to somebody else hears what they would hear of something that does not exist.

use coffret_proto::v1::Role;
use coffret_vault::clock::Timestamp;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::{
    BrandId, ComplaintId, CredentialId, CustomerId, GrantId, NoticeId, PasskeyId, RecordId, RequestId, Subject, TokenId,
};

use crate::caller::{Caller, Identity};

fn invalid(field: &str, form: &str) -> Error {
    Error::invalid(field, "NAME_INVALID", format!("A name here is written {form}."))
}

/// Splits `{collection}/{id}` or `{collection}/{id}/{rest...}`.
fn split<'a>(text: &'a str, collection: &str) -> Option<(&'a str, Option<&'a str>)> {
    let rest = text.strip_prefix(collection)?.strip_prefix('/')?;
    Some(rest.split_once('/').map_or((rest, None), |(id, rest)| (id, Some(rest))))
}

/// The last segment of `{collection}/{id}`, with nothing after it.
fn last<'a>(text: Option<&'a str>, collection: &str) -> Option<&'a str> {
    split(text?, collection).and_then(|(id, rest)| rest.is_none().then_some(id))
}

/// The customer whom `id` (or `me`) names to this caller.
fn customer_of(id: &str, caller: &Caller, wrong: impl Fn() -> Error) -> Result<CustomerId> {
    match (&caller.identity, id) {
        (Identity::Customer(own), "me") => Ok(*own),
        (identity, _) => {
            let named = CustomerId::parse(id).ok_or_else(wrong)?;
            // The deployment's own stream has a customer's form of id, and no name.
            let foreign = matches!(identity, Identity::Customer(own) if *own != named);
            if foreign || named == CustomerId::DEPLOYMENT { Err(Error::not_found("customer")) } else { Ok(named) }
        }
    }
}

/// The brand that `id` (or `me`) names to this caller; nothing when it is another brand's.
fn brand_of(id: &str, caller: &Caller, wrong: impl Fn() -> Error) -> Result<Option<BrandId>> {
    match (&caller.identity, id) {
        (Identity::Brand(own), "me") => Ok(Some(*own)),
        (identity, _) => {
            let named = BrandId::parse(id).ok_or_else(wrong)?;
            let foreign = matches!(identity, Identity::Brand(own) if *own != named);
            Ok((!foreign).then_some(named))
        }
    }
}

fn of_customer<'a>(text: &'a str, field: &str, caller: &Caller, collection: &str, form: &str) -> Result<(CustomerId, &'a str)> {
    let wrong = || invalid(field, form);
    let (id, rest) = split(text, "customers").ok_or_else(wrong)?;
    let child = last(rest, collection).ok_or_else(wrong)?;
    Ok((customer_of(id, caller, wrong)?, child))
}

/// `customers/{customer}`, or `customers/me` for a customer.
pub fn customer(text: &str, field: &str, caller: &Caller) -> Result<CustomerId> {
    let wrong =
        || invalid(field, if caller.role == Role::Customer { "customers/{customer} or customers/me" } else { "customers/{customer}" });
    let (id, rest) = split(text, "customers").ok_or_else(wrong)?;
    if rest.is_some() {
        return Err(wrong());
    }
    customer_of(id, caller, wrong)
}

/// `customers/{customer}/records/{record}`.
pub fn customer_record(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, RecordId)> {
    let form = "customers/{customer}/records/{record}";
    let (customer, id) = of_customer(text, field, caller, "records", form)?;
    Ok((customer, RecordId::parse(id).ok_or_else(|| invalid(field, form))?))
}

/// `customers/{customer}/requests/{request}`.
pub fn customer_request(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, RequestId)> {
    let form = "customers/{customer}/requests/{request}";
    let (customer, id) = of_customer(text, field, caller, "requests", form)?;
    Ok((customer, RequestId::parse(id).ok_or_else(|| invalid(field, form))?))
}

/// `customers/{customer}/passkeys/{passkey}`.
pub fn customer_passkey(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, PasskeyId)> {
    let form = "customers/{customer}/passkeys/{passkey}";
    let (customer, id) = of_customer(text, field, caller, "passkeys", form)?;
    Ok((customer, PasskeyId::parse(id).ok_or_else(|| invalid(field, form))?))
}

/// `customers/{customer}/notices/{notice}`.
pub fn customer_notice(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, NoticeId)> {
    let form = "customers/{customer}/notices/{notice}";
    let (customer, id) = of_customer(text, field, caller, "notices", form)?;
    Ok((customer, NoticeId::parse(id).ok_or_else(|| invalid(field, form))?))
}

/// `customers/{customer}/noticeSettings`.
pub fn notice_settings(text: &str, field: &str, caller: &Caller) -> Result<CustomerId> {
    let wrong = || invalid(field, "customers/{customer}/noticeSettings");
    let (id, rest) = split(text, "customers").ok_or_else(wrong)?;
    if rest == Some("noticeSettings") { customer_of(id, caller, wrong) } else { Err(wrong()) }
}

/// `customers/{customer}/complaints/{complaint}`.
pub fn customer_complaint(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, ComplaintId)> {
    let form = "customers/{customer}/complaints/{complaint}";
    let (customer, id) = of_customer(text, field, caller, "complaints", form)?;
    Ok((customer, ComplaintId::parse(id).ok_or_else(|| invalid(field, form))?))
}

/// `customers/{customer}/grants/{grant}`.
pub fn customer_grant(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, GrantId)> {
    let form = "customers/{customer}/grants/{grant}";
    let (customer, id) = of_customer(text, field, caller, "grants", form)?;
    Ok((customer, GrantId::parse(id).ok_or_else(|| invalid(field, form))?))
}

/// `customers/{customer}/entries/{sequence}`, the sequence from 1.
pub fn customer_entry(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, i64)> {
    numbered(text, field, caller, "entries", "customers/{customer}/entries/{sequence}")
}

/// `customers/{customer}/receipts/{receipt}`, numbered like its ledger entry.
pub fn customer_receipt(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, i64)> {
    numbered(text, field, caller, "receipts", "customers/{customer}/receipts/{receipt}")
}

fn numbered(text: &str, field: &str, caller: &Caller, collection: &str, form: &str) -> Result<(CustomerId, i64)> {
    let (customer, id) = of_customer(text, field, caller, collection, form)?;
    Ok((customer, sequence_of(id).ok_or_else(|| invalid(field, form))?))
}

/// A position from 1, in its one spelling.
fn sequence_of(id: &str) -> Option<i64> {
    let plain = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
    id.parse().ok().filter(|sequence| plain && *sequence > 0)
}

/// As [`customer_entry`], and `deployment/entries/{sequence}` for everybody but customers.
pub fn entry(text: &str, field: &str, caller: &Caller) -> Result<(CustomerId, i64)> {
    match text.strip_prefix("deployment/entries/") {
        Some(id) if caller.role != Role::Customer => {
            let sequence = sequence_of(id).ok_or_else(|| invalid(field, "deployment/entries/{sequence}"))?;
            Ok((CustomerId::DEPLOYMENT, sequence))
        }
        _ => customer_entry(text, field, caller),
    }
}

/// `brands/{brand}`, or `brands/me` for a brand.
pub fn brand(text: &str, field: &str, caller: &Caller) -> Result<BrandId> {
    let wrong = || invalid(field, if caller.role == Role::Brand { "brands/{brand} or brands/me" } else { "brands/{brand}" });
    let (id, rest) = split(text, "brands").ok_or_else(wrong)?;
    if rest.is_some() {
        return Err(wrong());
    }
    brand_of(id, caller, wrong)?.ok_or_else(|| Error::not_found("brand"))
}

fn of_brand<'a>(text: &'a str, field: &str, caller: &Caller, collection: &str, form: &str) -> Result<(Option<BrandId>, &'a str)> {
    let wrong = || invalid(field, form);
    let (id, rest) = split(text, "brands").ok_or_else(wrong)?;
    let child = last(rest, collection).ok_or_else(wrong)?;
    Ok((brand_of(id, caller, wrong)?, child))
}

/// `brands/{brand}/requests/{request}`; another brand's is not found.
pub fn brand_request(text: &str, field: &str, caller: &Caller) -> Result<(BrandId, RequestId)> {
    let form = "brands/{brand}/requests/{request}";
    let (brand, id) = of_brand(text, field, caller, "requests", form)?;
    let request = RequestId::parse(id).ok_or_else(|| invalid(field, form))?;
    Ok((brand.ok_or_else(|| Error::not_found("request"))?, request))
}

/// `brands/{brand}/grants/{grant}`; another brand's gives no access.
pub fn brand_grant(text: &str, field: &str, caller: &Caller) -> Result<(BrandId, GrantId)> {
    let form = "brands/{brand}/grants/{grant}";
    let (brand, id) = of_brand(text, field, caller, "grants", form)?;
    let grant = GrantId::parse(id).ok_or_else(|| invalid(field, form))?;
    Ok((brand.ok_or_else(Error::no_access)?, grant))
}

const PURPOSE: &str = "brands/{brand}/purposes/{code}";

fn check_code(code: &str) -> bool {
    (1..=50).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// `brands/{brand}/purposes/{code}`, whoever's it is; the code is `[a-z][a-z0-9_]{0,49}`.
pub fn purpose(text: &str, field: &str) -> Result<(BrandId, String)> {
    let read = || {
        let (id, rest) = split(text, "brands")?;
        let code = last(rest, "purposes").filter(|code| check_code(code))?;
        Some((BrandId::parse(id)?, code.to_owned()))
    };
    read().ok_or_else(|| invalid(field, PURPOSE))
}

/// `brands/{brand}/purposes/{code}`, or `brands/me/...` for a brand; another brand's is not found.
pub fn purpose_for(text: &str, field: &str, caller: &Caller) -> Result<(BrandId, String)> {
    let (brand, code) = of_brand(text, field, caller, "purposes", PURPOSE)?;
    if !check_code(code) {
        return Err(invalid(field, PURPOSE));
    }
    Ok((brand.ok_or_else(|| Error::not_found("purpose"))?, code.to_owned()))
}

/// `brands/{brand}/credentials/{credential}`.
pub fn credential(text: &str, field: &str) -> Result<(BrandId, CredentialId)> {
    let read = || {
        let (id, rest) = split(text, "brands")?;
        Some((BrandId::parse(id)?, CredentialId::parse(last(rest, "credentials")?)?))
    };
    read().ok_or_else(|| invalid(field, "brands/{brand}/credentials/{credential}"))
}

/// `tokens/{token}`.
pub fn token(text: &str, field: &str) -> Result<TokenId> {
    last(Some(text), "tokens").and_then(TokenId::parse).ok_or_else(|| invalid(field, "tokens/{token}"))
}

/// `subjects/{subject}`: 32 hexadecimal digits in lower case.
pub fn subject(text: &str, field: &str) -> Result<Subject> {
    last(Some(text), "subjects").and_then(Subject::parse).ok_or_else(|| invalid(field, "subjects/{subject}"))
}

/// `subjects/{subject}/records/{record}`.
pub fn subject_record(text: &str, field: &str) -> Result<(Subject, RecordId)> {
    let read = || {
        let (id, rest) = split(text, "subjects")?;
        Some((Subject::parse(id)?, RecordId::parse(last(rest, "records")?)?))
    };
    read().ok_or_else(|| invalid(field, "subjects/{subject}/records/{record}"))
}

/// The name of a customer.
pub fn customer_name(customer: CustomerId) -> String {
    format!("customers/{customer}")
}

/// The name of a record, for its customer.
pub fn customer_record_name(customer: CustomerId, record: RecordId) -> String {
    format!("customers/{customer}/records/{record}")
}

/// The name of a request, for its customer.
pub fn customer_request_name(customer: CustomerId, request: RequestId) -> String {
    format!("customers/{customer}/requests/{request}")
}

/// The name of a passkey.
pub fn customer_passkey_name(customer: CustomerId, passkey: PasskeyId) -> String {
    format!("customers/{customer}/passkeys/{passkey}")
}

/// The name of a notice.
pub fn customer_notice_name(customer: CustomerId, notice: NoticeId) -> String {
    format!("customers/{customer}/notices/{notice}")
}

/// The name of a customer's settings of notices.
pub fn notice_settings_name(customer: CustomerId) -> String {
    format!("customers/{customer}/noticeSettings")
}

/// The name of a complaint.
pub fn customer_complaint_name(customer: CustomerId, complaint: ComplaintId) -> String {
    format!("customers/{customer}/complaints/{complaint}")
}

/// The name of a grant, for its customer.
pub fn customer_grant_name(customer: CustomerId, grant: GrantId) -> String {
    format!("customers/{customer}/grants/{grant}")
}

/// The name of a ledger entry, for its customer.
pub fn customer_entry_name(customer: CustomerId, sequence: i64) -> String {
    format!("customers/{customer}/entries/{sequence}")
}

/// The name of a receipt, which is numbered like its ledger entry.
pub fn customer_receipt_name(customer: CustomerId, sequence: i64) -> String {
    format!("customers/{customer}/receipts/{sequence}")
}

/// The name of an entry in the deployment's own stream.
pub fn deployment_entry_name(sequence: i64) -> String {
    format!("deployment/entries/{sequence}")
}

/// The name of a brand.
pub fn brand_name(brand: BrandId) -> String {
    format!("brands/{brand}")
}

/// The name of a request, for its brand.
pub fn brand_request_name(brand: BrandId, request: RequestId) -> String {
    format!("brands/{brand}/requests/{request}")
}

/// The name of a grant, for its brand.
pub fn brand_grant_name(brand: BrandId, grant: GrantId) -> String {
    format!("brands/{brand}/grants/{grant}")
}

/// The name of a purpose.
pub fn purpose_name(brand: BrandId, code: &str) -> String {
    format!("brands/{brand}/purposes/{code}")
}

/// The name of a certificate or client key.
pub fn credential_name(brand: BrandId, credential: CredentialId) -> String {
    format!("brands/{brand}/credentials/{credential}")
}

/// The name of a token.
pub fn token_name(token: TokenId) -> String {
    format!("tokens/{token}")
}

/// A brand's name for a customer.
pub fn subject_name(subject: Subject) -> String {
    format!("subjects/{subject}")
}

/// The name of a record, for a brand.
pub fn subject_record_name(subject: Subject, record: RecordId) -> String {
    format!("subjects/{subject}/records/{record}")
}

const MICROS_PER_SECOND: i64 = 1_000_000;

/// A moment as the contract writes it.
pub fn timestamp(moment: Timestamp) -> prost_types::Timestamp {
    let micros = moment.micros().rem_euclid(MICROS_PER_SECOND);
    prost_types::Timestamp { seconds: moment.seconds(), nanos: i32::try_from(micros * 1000).unwrap_or_default() }
}

/// Reads a moment between the years 1 and 9999; what is finer than a microsecond is cut off.
pub fn moment(written: &prost_types::Timestamp, field: &str) -> Result<Timestamp> {
    let wrong = || Error::invalid(field, "TIME_INVALID", "A moment lies between the years 1 and 9999.");
    if !(0..1_000_000_000).contains(&written.nanos) {
        return Err(wrong());
    }
    let micros = written.seconds.checked_mul(MICROS_PER_SECOND).and_then(|micros| micros.checked_add(i64::from(written.nanos / 1000)));
    let micros = micros.filter(|micros| (Timestamp::MIN.micros()..=Timestamp::MAX.micros()).contains(micros)).ok_or_else(wrong)?;
    Ok(Timestamp::from_micros(micros))
}

/// A duration of whole seconds as the contract writes it.
pub fn duration(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}

/// Reads a duration in whole seconds: not negative, at most 10,000 years; a part of a second is refused.
pub fn seconds(written: &prost_types::Duration, field: &str) -> Result<i64> {
    if written.nanos != 0 || !(0..=315_576_000_000).contains(&written.seconds) {
        return Err(Error::invalid(field, "DURATION_INVALID", "A duration is a number of whole seconds, not negative."));
    }
    Ok(written.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use coffret_vault::error::Kind;

    const ONE: &str = "01890000-0000-7000-8000-000000000001";
    const TWO: &str = "01890000-0000-7000-8000-000000000002";

    fn id(text: &str) -> uuid::Uuid {
        text.parse().expect("valid")
    }

    fn customer_one() -> Caller {
        Caller::new(Identity::Customer(CustomerId(id(ONE))), Vec::new())
    }

    fn brand_one() -> Caller {
        Caller::new(Identity::Brand(BrandId(id(ONE))), Vec::new())
    }

    fn operator() -> Caller {
        Caller::new(Identity::Operator("operators/o".to_owned()), Vec::new())
    }

    #[test]
    fn me_is_the_caller_and_nobody_else_has_a_me() {
        assert_eq!(customer("customers/me", "name", &customer_one()).expect("own"), CustomerId(id(ONE)));
        assert_eq!(brand("brands/me", "name", &brand_one()).expect("own"), BrandId(id(ONE)));
        for refused in [
            customer("customers/me", "name", &operator()).expect_err("no"),
            brand("brands/me", "name", &operator()).map(|_| ()).expect_err("no"),
        ] {
            assert_eq!((refused.kind(), refused.reason()), (Kind::InvalidArgument, "NAME_INVALID"));
            assert_eq!(refused.field_violations()[0].field, "name");
        }
    }

    #[test]
    fn what_belongs_to_another_is_not_found() {
        let two = format!("customers/{TWO}");
        assert_eq!(customer(&two, "name", &customer_one()).expect_err("foreign").reason(), "NOT_FOUND");
        assert_eq!(customer_grant(&format!("{two}/grants/{ONE}"), "name", &customer_one()).expect_err("foreign").reason(), "NOT_FOUND");
        assert!(customer(&two, "name", &operator()).is_ok());
        let two = format!("brands/{TWO}");
        assert_eq!(brand(&two, "name", &brand_one()).expect_err("foreign").reason(), "NOT_FOUND");
        assert_eq!(brand_request(&format!("{two}/requests/{ONE}"), "name", &brand_one()).expect_err("foreign").reason(), "NOT_FOUND");
        assert_eq!(brand_grant(&format!("{two}/grants/{ONE}"), "name", &brand_one()).expect_err("foreign").reason(), "NO_ACCESS");
        assert_eq!(purpose_for(&format!("{two}/purposes/care"), "name", &brand_one()).expect_err("foreign").reason(), "NOT_FOUND");
    }

    #[test]
    fn the_deployment_has_no_name_as_a_customer() {
        let nil = "customers/00000000-0000-0000-0000-000000000000";
        assert_eq!(customer(nil, "name", &operator()).expect_err("nobody").reason(), "NOT_FOUND");
    }

    #[test]
    fn names_that_are_not_exactly_of_their_form_are_refused() {
        let caller = operator();
        for bad in [
            "",
            "customers",
            "customers/",
            "customer/me",
            "customers/me/",
            "customers//me",
            "/customers/me",
            "customers/x",
            "customers/0189000000007000800000000000000 1",
            "customers/018900000000700080000000000000001",
            "customers/me/grants",
        ] {
            assert_eq!(customer(bad, "parent", &caller).expect_err(bad).reason(), "NAME_INVALID", "{bad}");
        }
        for bad in ["0", "-1", "+1", "01", "", "9223372036854775808", "1/2", "x"] {
            let name = format!("customers/{ONE}/entries/{bad}");
            assert_eq!(customer_entry(&name, "name", &caller).expect_err(bad).reason(), "NAME_INVALID", "{bad}");
        }
        for bad in ["", "Care", "1care", "care me", "care/x", &"a".repeat(51)] {
            assert_eq!(purpose(&format!("brands/{ONE}/purposes/{bad}"), "name").expect_err(bad).reason(), "NAME_INVALID", "{bad}");
        }
        assert!(subject(&format!("subjects/{}", "A".repeat(32)), "subject").is_err());
        assert!(token(&format!("tokens/{ONE}/x"), "name").is_err());
    }

    #[test]
    fn what_is_written_reads_back() {
        let caller = operator();
        let (one, two) = (id(ONE), id(TWO));
        let (customer, brand, subject) = (CustomerId(one), BrandId(one), Subject([7; 16]));
        assert_eq!(
            customer_record(&customer_record_name(customer, RecordId(two)), "n", &caller).expect("reads"),
            (customer, RecordId(two))
        );
        assert_eq!(
            customer_request(&customer_request_name(customer, RequestId(two)), "n", &caller).expect("reads"),
            (customer, RequestId(two))
        );
        assert_eq!(
            customer_notice(&customer_notice_name(customer, NoticeId(two)), "n", &caller).expect("reads"),
            (customer, NoticeId(two))
        );
        assert_eq!(
            customer_complaint(&customer_complaint_name(customer, ComplaintId(two)), "n", &caller).expect("reads"),
            (customer, ComplaintId(two))
        );
        assert_eq!(notice_settings(&notice_settings_name(customer), "n", &caller).expect("reads"), customer);
        assert_eq!(customer_entry(&customer_entry_name(customer, 7), "n", &caller).expect("reads"), (customer, 7));
        assert_eq!(entry(&customer_entry_name(customer, 7), "n", &caller).expect("reads"), (customer, 7));
        assert_eq!(entry(&deployment_entry_name(7), "n", &caller).expect("reads"), (CustomerId::DEPLOYMENT, 7));
        assert_eq!(entry(&deployment_entry_name(7), "n", &customer_one()).expect_err("not theirs").reason(), "NAME_INVALID");
        assert_eq!(entry("deployment/entries/0", "n", &caller).expect_err("none").reason(), "NAME_INVALID");
        assert_eq!(purpose(&purpose_name(brand, "care_1"), "n").expect("reads"), (brand, "care_1".to_owned()));
        assert_eq!(credential(&credential_name(brand, CredentialId(two)), "n").expect("reads"), (brand, CredentialId(two)));
        assert_eq!(super::token(&token_name(TokenId(two)), "n").expect("reads"), TokenId(two));
        assert_eq!(super::subject(&subject_name(subject), "n").expect("reads"), subject);
        assert_eq!(subject_record(&subject_record_name(subject, RecordId(two)), "n").expect("reads"), (subject, RecordId(two)));
    }

    #[test]
    fn moments_read_back_and_those_out_of_range_are_refused() {
        for micros in [0, -1, 1_795_348_800_123_456, Timestamp::MIN.micros(), Timestamp::MAX.micros()] {
            let written = timestamp(Timestamp::from_micros(micros));
            assert!((0..1_000_000_000).contains(&written.nanos));
            assert_eq!(moment(&written, "t").expect("in range").micros(), micros);
        }
        for (seconds, nanos) in [(i64::MAX, 0), (i64::MIN, 0), (253_402_300_800, 0), (-62_135_596_801, 0), (0, -1), (0, 1_000_000_000)] {
            let refused = moment(&prost_types::Timestamp { seconds, nanos }, "t").expect_err("out of range");
            assert_eq!(refused.reason(), "TIME_INVALID");
        }
    }

    #[test]
    fn durations_are_whole_seconds_and_not_negative() {
        assert_eq!(seconds(&duration(600), "d").expect("valid"), 600);
        for (whole, nanos) in [(-1, 0), (0, 1), (0, -1), (i64::MAX, 0)] {
            assert!(seconds(&prost_types::Duration { seconds: whole, nanos }, "d").is_err());
        }
    }
}
