//! The same bytes as an implementation that shares no code with this one (`tests/known-answers.json`).

use std::fmt::Write;
use std::sync::Mutex;

use coffret_envelope::{
    BlindIndex, Context, Entropy, EntropyError, HeadDigest, HeadEntry, Identifier, Key, KeyId, Kind, Sealing, Subkeys, commit,
    envelope_hash, open, pairwise, seal,
};
use serde_json::Value;

fn answers() -> Value {
    serde_json::from_str(include_str!("../known-answers.json")).unwrap()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    let digits = text(value, name);
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
}

fn key(answers: &Value) -> Key {
    Key::from_bytes(bytes(answers, "key").try_into().unwrap())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Gives the salt of the known answers, whole.
struct Salt(Mutex<Vec<u8>>);

impl Entropy for Salt {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        out.copy_from_slice(&self.0.lock().unwrap());
        Ok(())
    }
}

#[test]
fn envelopes_are_the_ones_written_down() {
    let answers = answers();
    let place = &answers["context"];
    let context = Context {
        deployment: text(place, "deployment").as_bytes(),
        customer: text(place, "customer").as_bytes(),
        class: text(place, "class"),
        record: text(place, "record").as_bytes(),
        attribute: text(place, "attribute"),
        version: place["version"].as_u64().unwrap(),
        schema: text(place, "schema"),
    };
    let key_id = KeyId(bytes(&answers, "key_id").try_into().unwrap());
    let entropy = Salt(Mutex::new(bytes(&answers, "salt")));
    let cases = answers["envelopes"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let name = text(case, "name");
        let kind = Kind::ALL[case["kind"].as_u64().unwrap() as usize - 1];
        let generation = case["generation"].as_u64().unwrap().try_into().unwrap();
        let sealing = Sealing { kind, key_id, generation, padded: case["padded"].as_bool().unwrap() };
        let value = bytes(case, "value").repeat(case["repeat"].as_u64().unwrap() as usize);
        let envelope = seal(&entropy, &key(&answers), sealing, &context, &value).unwrap();
        assert_eq!(hex(&envelope_hash(&envelope)), text(case, "sha256"), "{name}");
        if let Some(whole) = case["envelope"].as_str() {
            assert_eq!(hex(&envelope), whole, "{name}");
        }
        assert_eq!(*open(&key(&answers), sealing.into(), &context, &envelope).unwrap(), value, "{name}");
    }
}

#[test]
fn subkeys_are_the_ones_written_down() {
    let answers = answers();
    let Subkeys { data, blob, state } = Subkeys::derive(&key(&answers));
    for (name, subkey) in [("data", data), ("blob", blob), ("state", state)] {
        assert_eq!(hex(subkey.expose()), text(&answers["subkeys"], name), "{name}");
    }
}

#[test]
fn index_tokens_are_the_ones_written_down() {
    let answers = answers();
    let index = BlindIndex::new(&key(&answers));
    let (email, phone, external) = (&answers["index"]["email"], &answers["index"]["phone"], &answers["index"]["external_id"]);
    let identifiers = [
        (email, Identifier::email(text(email, "text"))),
        (phone, Identifier::phone(text(phone, "text"))),
        (external, Identifier::external_id(text(external, "brand"), text(external, "text"))),
    ];
    for (answer, identifier) in identifiers {
        assert_eq!(hex(&index.token(&identifier.unwrap())), text(answer, "token"));
    }
}

#[test]
fn a_head_is_the_one_written_down() {
    let answers = answers();
    let key = Subkeys::derive(&key(&answers)).state;
    let answer = &answers["head"];
    let sequence = answer["sequence"].as_u64().unwrap();
    let mut head = HeadDigest::new(&key);
    for record in answer["records"].as_array().unwrap() {
        head.add(HeadEntry {
            record: text(record, "record").as_bytes(),
            version: record["version"].as_u64().unwrap(),
            envelope_hash: &envelope_hash(text(record, "envelope").as_bytes()),
        });
    }
    assert_eq!(hex(&head.seal(sequence)), text(answer, "seal"));
    assert_eq!(hex(&head.store(sequence)), text(answer, "stored"));
    assert!(HeadDigest::load(&key, sequence, &bytes(answer, "stored")).is_ok());
}

#[test]
fn commitment_and_pseudonym_are_the_ones_written_down() {
    let answers = answers();
    let answer = &answers["commitment"];
    let commitment = commit(&key(&answers), text(answer, "bytes").as_bytes());
    assert_eq!(hex(&commitment), text(answer, "commitment"));
    let answer = &answers["pairwise"];
    let parts: Vec<&[u8]> = answer["parts"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().as_bytes()).collect();
    assert_eq!(hex(&pairwise(&key(&answers), text(answer, "label"), &parts)), text(answer, "pseudonym"));
}
