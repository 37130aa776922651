//! Notes, checkpoints and proofs, made at random and read from noise: nothing panics, and nothing has two spellings.

use coffret_ledger::{Checkpoint, Hash, LogProof, Note, NoteSignature, Signer, VerifierKey};
use proptest::prelude::*;

use crate::log::Log;

/// Lines of which some are a note, a checkpoint or a proof.
fn noise() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just(String::new()),
        Just("c2sp.org/tlog-proof@v1".to_owned()),
        Just("vault.example/ledger".to_owned()),
        Just("\u{2014} vault.example/ledger AAAAAAA=".to_owned()),
        Just(Hash::EMPTY_ROOT.to_string()),
        "index [0-9]{1,2}",
        "extra [A-Za-z0-9]{4}",
        "[0-9]{1,2}",
        "[ -~]{0,12}",
        ".{0,8}",
    ];
    (prop::collection::vec(line, 0..9), any::<bool>()).prop_map(|(lines, end)| lines.join("\n") + if end { "\n" } else { "" })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_note_is_read_is_what_would_be_written(text in noise()) {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text.clone());
        }
        if let Ok(lines) = NoteSignature::parse_lines(&text) {
            prop_assert_eq!(lines.iter().map(ToString::to_string).collect::<String>(), text);
        }
    }

    #[test]
    fn whatever_signed_lines_are_read_are_what_would_be_written(
        text in "[a\n]{0,6}",
        lines in prop::collection::vec("\u{2014} [a +]{1,3} [A-D]{6,7}[AEI]=", 1..4),
    ) {
        let text = format!("{text}\n\n{}\n", lines.join("\n"));
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text);
            prop_assert_eq!(note.signatures().len(), lines.len());
        }
    }

    #[test]
    fn whatever_checkpoint_is_read_is_what_would_be_written(
        noise in noise(), origin in "[a-z /+]{0,3}", size in "[0-9]{1,3}", rest in "[x\n]{0,4}",
    ) {
        let likely = format!("{origin}\n{size}\n{}\n{rest}", Hash::EMPTY_ROOT);
        for text in [noise, likely] {
            if let Ok(checkpoint) = Checkpoint::parse(&text) {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }

    #[test]
    fn whatever_proof_is_read_is_what_would_be_written(noise in noise(), extra in "(extra [A-Z=]{0,4}\n)?", index in "[0-9]{1,2}", hashes in 0usize..3) {
        let hashes = format!("{}\n", Hash::EMPTY_ROOT).repeat(hashes);
        let likely = format!("c2sp.org/tlog-proof@v1\n{extra}index {index}\n{hashes}\n{}", Log::new(1).checkpoint());
        for text in [noise, likely] {
            if let Ok(proof) = LogProof::parse(text.as_bytes()) {
                prop_assert_eq!(proof.to_string(), text);
            }
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        prop_assert!(Note::parse(&bytes).is_err());
        prop_assert!(LogProof::parse(&bytes).is_err());
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(Checkpoint::parse(&text).is_err());
        prop_assert!(text.parse::<VerifierKey>().is_err());
        prop_assert!(text.parse::<Signer>().is_err());
        prop_assert!(NoteSignature::parse_lines(&text).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn keys_come_back(name in "[^\\s+\u{0}-\u{1f}]{1,20}", seed: [u8; 32]) {
        let signer = Signer::from_seed(&name, &seed).unwrap();
        let public = signer.verifier_key();
        prop_assert_eq!(&public.to_string().parse::<VerifierKey>().unwrap(), public);
        prop_assert!(signer.expose_skey().parse::<Signer>().unwrap().verifier_key() == public);
    }

    #[test]
    fn whatever_key_is_read_is_what_would_be_written(name in "[a-z +]{0,3}", id in "[0-9a-fA-F]{8}", seed: [u8; 32]) {
        let key = Signer::from_seed("a", &seed).unwrap().verifier_key().to_string();
        let bytes = key.rsplit('+').next().unwrap();
        for text in [format!("{name}+{id}+{bytes}"), key.to_uppercase(), key.clone()] {
            if let Ok(read) = text.parse::<VerifierKey>() {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }

    #[test]
    fn signed_notes_come_back(text in "[a-z \n\u{e8}]{0,40}", names in prop::collection::hash_set("[a-z.]{1,9}", 1..9), seed: [u8; 32]) {
        let signers: Vec<Signer> = names.iter().map(|name| Signer::from_seed(name, &seed).unwrap()).collect();
        let keys: Vec<VerifierKey> = signers.iter().map(|signer| signer.verifier_key().clone()).collect();
        let mut note = Note::new(&format!("{text}\n")).unwrap();
        for signer in &signers {
            note.add(signer.sign(&note)).unwrap();
        }
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &note);
        prop_assert_eq!(read.verify(&keys).unwrap().len(), keys.len());
    }
}
