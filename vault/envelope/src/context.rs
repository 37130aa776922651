//! What a ciphertext is bound to: the place where it belongs.

use crate::SealError;

/// Where a value belongs. Never stored: a reader builds it from what it believes it reads, and a
/// value moved to another place (customer, record, attribute, version) does not open there.
///
/// Encoded as nine fields, each after its length as u16, big endian:
/// `"coffret/ctx/1"`, the first 24 bytes of the header, then the fields below in their order,
/// `version` as 8 bytes. A field of more than 65,535 bytes is an error.
///
/// No `Debug`: who owns a record is nobody's business in a log.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The deployment: a value copied to another installation does not open there.
    pub deployment: &'a [u8],
    /// The customer whose value this is; empty for keys that belong to no customer.
    pub customer: &'a [u8],
    /// The record class, such as `attribute` or `photo`.
    pub class: &'a str,
    /// The record id.
    pub record: &'a [u8],
    /// The attribute name.
    pub attribute: &'a str,
    /// The record version, counted from 1.
    pub version: u64,
    /// The id of the schema that the value follows.
    pub schema: &'a str,
}

const DOMAIN: &[u8] = b"coffret/ctx/1";
/// The part of the header that is bound: all that precedes the salt.
pub(crate) const BOUND_HEADER: usize = 24;

impl Context<'_> {
    pub(crate) fn encode(&self, header: &[u8; BOUND_HEADER]) -> Result<Vec<u8>, SealError> {
        let version = self.version.to_be_bytes();
        let fields: [&[u8]; 9] = [
            DOMAIN,
            header,
            self.deployment,
            self.customer,
            self.class.as_bytes(),
            self.record,
            self.attribute.as_bytes(),
            &version,
            self.schema.as_bytes(),
        ];
        if fields.iter().any(|field| field.len() > usize::from(u16::MAX)) {
            return Err(SealError::ContextTooLong);
        }
        let mut out = Vec::with_capacity(fields.iter().map(|field| 2 + field.len()).sum());
        for field in fields {
            out.extend_from_slice(&(field.len() as u16).to_be_bytes());
            out.extend_from_slice(field);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: Context<'_> = Context { deployment: b"", customer: b"", class: "", record: b"", attribute: "", version: 0, schema: "" };

    #[test]
    fn the_encoding_is_the_one_written_down() {
        let context = Context {
            deployment: b"dep",
            customer: b"cust",
            class: "attribute",
            record: b"r1",
            attribute: "shoe_size",
            version: 258,
            schema: "s/1",
        };
        let mut expected = b"\x00\x0dcoffret/ctx/1\x00\x18".to_vec();
        expected.extend_from_slice(&[9; 24]);
        expected.extend_from_slice(b"\x00\x03dep\x00\x04cust\x00\x09attribute\x00\x02r1\x00\x09shoe_size");
        expected.extend_from_slice(b"\x00\x08\x00\x00\x00\x00\x00\x00\x01\x02\x00\x03s/1");
        assert_eq!(context.encode(&[9; 24]).unwrap(), expected);
    }

    #[test]
    fn a_field_ends_at_65535_bytes() {
        let long = "x".repeat(65_536);
        let (most, over) = (&long[1..], long.as_str());
        for place in 0..6 {
            let with = |text| {
                let mut context = EMPTY;
                match place {
                    0 => context.deployment = str::as_bytes(text),
                    1 => context.customer = str::as_bytes(text),
                    2 => context.class = text,
                    3 => context.record = str::as_bytes(text),
                    4 => context.attribute = text,
                    _ => context.schema = text,
                }
                context.encode(&[0; 24])
            };
            assert!(with(most).is_ok(), "field {place}");
            assert_eq!(with(over), Err(SealError::ContextTooLong), "field {place}");
        }
    }

    #[test]
    fn bytes_moved_to_the_next_field_change_the_encoding() {
        let a = Context { class: "ab", record: b"c", ..EMPTY };
        let b = Context { class: "a", record: b"bc", ..EMPTY };
        assert_ne!(a.encode(&[0; 24]).unwrap(), b.encode(&[0; 24]).unwrap());
    }
}
