//! Signed statements: published vectors, and everything that must be refused.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use coffret_ledger::{Jws, JwsError, JwsKey, JwsSigner, KeyError, MAX_JWS_LEN};
use proptest::prelude::*;

const KIND: &str = "consent-receipt+jwt";
/// RFC 8037, appendix A: the private key `d`, the public key `x`, and the thumbprint.
const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

fn signer() -> JwsSigner {
    let seed = URL_SAFE_NO_PAD.decode(SEED).expect("base64url");
    JwsSigner::from_seed(seed.as_slice().try_into().expect("32 bytes")).expect("a sound key")
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn keys_and_thumbprints_are_those_of_rfc_8037() {
    let signer = signer();
    assert_eq!((signer.public().x().as_str(), signer.public().id()), (X, THUMBPRINT));
    assert_eq!(JwsKey::from_x(X).expect("sound"), *signer.public());
    assert!(!format!("{signer:?}").contains(SEED));
}

#[test]
fn a_statement_is_the_same_each_time_and_verifies() {
    let text = signer().sign(KIND, br#"{"v":1}"#);
    assert_eq!(text, signer().sign(KIND, br#"{"v":1}"#));
    let parts: Vec<Vec<u8>> = text.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64url")).collect();
    let header = format!(r#"{{"alg":"EdDSA","kid":"{THUMBPRINT}","typ":"{KIND}"}}"#);
    assert_eq!((parts[0].as_slice(), parts[1].as_slice(), parts[2].len()), (header.as_bytes(), br#"{"v":1}"#.as_slice(), 64));
    let read = Jws::parse(&text, KIND).expect("reads");
    assert_eq!((read.key_id(), read.verify(signer().public())), (THUMBPRINT, Ok(br#"{"v":1}"#.as_slice())));
}

#[test]
fn other_headers_are_refused_however_they_are_signed() {
    let text = signer().sign(KIND, b"{}");
    let (_, rest) = text.split_once('.').expect("parts");
    let headers = [
        r#"{"alg":"none"}"#.to_owned(),
        format!(r#"{{"alg":"none","kid":"{THUMBPRINT}","typ":"{KIND}"}}"#),
        format!(r#"{{"alg":"HS256","kid":"{THUMBPRINT}","typ":"{KIND}"}}"#),
        format!(r#"{{"alg":"eddsa","kid":"{THUMBPRINT}","typ":"{KIND}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{THUMBPRINT}","typ":"JWT"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{THUMBPRINT}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"","typ":"{KIND}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{KIND}"}}"#, &THUMBPRINT[1..]),
        format!(r#"{{"alg":"EdDSA", "kid":"{THUMBPRINT}","typ":"{KIND}"}}"#),
        format!(r#"{{"kid":"{THUMBPRINT}","alg":"EdDSA","typ":"{KIND}"}}"#),
        format!(r#"{{"alg":"EdDSA","crit":["b64"],"kid":"{THUMBPRINT}","typ":"{KIND}"}}"#),
        format!(r#"{{"alg":"EdDSA","jwk":{{}},"kid":"{THUMBPRINT}","typ":"{KIND}"}}"#),
        String::new(),
    ];
    for header in headers {
        let other = format!("{}.{rest}", encode(header.as_bytes()));
        assert_eq!(Jws::parse(&other, KIND).err(), Some(JwsError::Header), "{header}");
    }
    // An unsigned one of the right form has no signature of 64 bytes.
    let (signed, _) = text.rsplit_once('.').expect("parts");
    assert_eq!(Jws::parse(&format!("{signed}."), KIND).err(), Some(JwsError::Malformed));
    assert_eq!(Jws::parse(&text, "other+jwt").err(), Some(JwsError::Header));
}

#[test]
fn other_spellings_are_refused() {
    let text = signer().sign(KIND, b"{\"v\":1} ");
    let (signed, signature) = text.rsplit_once('.').expect("parts");
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let wrong = [
        String::new(),
        format!("{text}\n"),
        format!(" {text}"),
        text.replacen('.', " .", 1),
        text.replacen('.', "..", 1),
        format!("{text}."),
        format!("{text}="),
        format!("{signed}.{}", STANDARD.encode(&bytes)),
        format!("{signed}.{}", URL_SAFE.encode(&bytes)),
        format!("{signed}.{}", encode(&bytes[..63])),
        format!("{signed}.{}", encode(&[bytes.as_slice(), &[0]].concat())),
        signed.to_owned(),
    ];
    for wrong in wrong {
        assert_eq!(Jws::parse(&wrong, KIND).err(), Some(JwsError::Malformed), "{wrong}");
    }
    assert_eq!(Jws::parse("..", KIND).err(), Some(JwsError::Header), "three parts, and none of them ours");
    assert_eq!(Jws::parse(&"a".repeat(MAX_JWS_LEN + 1), KIND).err(), Some(JwsError::TooLong));
}

#[test]
fn another_key_and_another_payload_are_noticed() {
    let text = signer().sign(KIND, b"{\"v\":1}");
    let other = JwsSigner::from_seed(&[7; 32]).expect("a sound key");
    let read = Jws::parse(&text, KIND).expect("reads");
    assert_eq!(read.verify(other.public()), Err(JwsError::OtherKey));
    // The other key under this key's name: what a thief of the name could do.
    let parts: Vec<&str> = text.split('.').collect();
    let forged = other.sign(KIND, b"{\"v\":1}");
    let forged_signature = forged.rsplit('.').next().expect("a signature");
    let forged = format!("{}.{}.{forged_signature}", parts[0], parts[1]);
    assert_eq!(Jws::parse(&forged, KIND).expect("reads").verify(signer().public()), Err(JwsError::InvalidSignature));
    let swapped = format!("{}.{}.{}", parts[0], encode(b"{\"v\":2}"), parts[2]);
    assert_eq!(Jws::parse(&swapped, KIND).expect("reads").verify(signer().public()), Err(JwsError::InvalidSignature));
}

#[test]
fn weak_and_broken_keys_are_refused() {
    assert_eq!(JwsKey::new(&[0; 32]).err(), Some(KeyError::Bytes));
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(JwsKey::new(&identity).err(), Some(KeyError::Bytes));
    for wrong in ["", "AA", &format!("{X}="), &X[1..]] {
        assert_eq!(JwsKey::from_x(wrong).err(), Some(KeyError::Malformed), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_changed_character_is_refused(payload in proptest::collection::vec(any::<u8>(), 0..80), place in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.=-]") {
        let text = signer().sign(KIND, &payload);
        let place = place.index(text.len());
        let mut changed = text.clone();
        changed.replace_range(place..=place, &to);
        if changed != text {
            let accepted = Jws::parse(&changed, KIND).is_ok_and(|read| read.verify(signer().public()).is_ok());
            prop_assert!(!accepted);
        }
        let read = Jws::parse(&text, KIND).expect("reads");
        prop_assert_eq!(read.verify(signer().public()).expect("verifies"), payload.as_slice());
    }

    #[test]
    fn nothing_read_panics(text in "\\PC{0,200}") {
        let _ = Jws::parse(&text, KIND);
    }
}
