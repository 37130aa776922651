use coffret_ledger::{Checkpoint, CheckpointError, Cosigner, Hash, MAX_TREE_SIZE, Note, NoteError, SignedCheckpoint, Signer, VerifierKey};

use crate::log::{Log, ORIGIN, signer, witness};

fn log_key() -> VerifierKey {
    signer().verifier_key().clone()
}

/// A note with any text, signed as our log would.
fn signed(text: &str) -> Vec<u8> {
    let mut note = Note::new(text).unwrap();
    note.add(signer().sign(&note)).unwrap();
    note.to_string().into_bytes()
}

fn open(bytes: &[u8]) -> Result<SignedCheckpoint, CheckpointError> {
    SignedCheckpoint::open(bytes, &[log_key()])
}

#[test]
fn a_checkpoint_is_three_lines_without_extension() {
    let log = Log::new(300);
    let signed = log.checkpoint();
    assert_eq!(signed.note().text(), format!("{ORIGIN}\n300\n{}\n", log.root()));
    let read = open(signed.to_string().as_bytes()).unwrap();
    assert_eq!(read, signed);
    assert_eq!((read.checkpoint().origin(), read.checkpoint().size(), *read.checkpoint().root()), (ORIGIN, 300, log.root()));
}

#[test]
fn extension_lines_are_read_and_never_signed() {
    let root = Log::new(3).root();
    for extension in ["x\n", "x\ny\n", "\u{2014} a AAAA\n"] {
        let text = format!("{ORIGIN}\n3\n{root}\n{extension}");
        let read = open(&signed(&text)).unwrap();
        assert_eq!((read.checkpoint().size(), read.checkpoint().to_string()), (3, text.clone()));
        assert_eq!(read.checkpoint().clone().sign(&signer()), Err(CheckpointError::Extension));
    }
}

#[test]
fn what_is_not_a_checkpoint_is_refused_however_well_signed() {
    let root = Log::new(3).root();
    let lines = |origin: &str, size: &str, root: &str, rest: &str| format!("{origin}\n{size}\n{root}\n{rest}");
    let hash = root.to_string();
    assert!(open(&signed(&lines(ORIGIN, "3", &hash, ""))).is_ok());
    for wrong in [
        "\n".to_owned(),
        format!("{ORIGIN}\n"),
        format!("{ORIGIN}\n3\n"),
        lines("", "3", &hash, ""),
        lines(ORIGIN, "", &hash, ""),
        lines(ORIGIN, "03", &hash, ""),
        lines(ORIGIN, "+3", &hash, ""),
        lines(ORIGIN, "-3", &hash, ""),
        lines(ORIGIN, "3 ", &hash, ""),
        lines(ORIGIN, "0x3", &hash, ""),
        lines(ORIGIN, "18446744073709551616", &hash, ""),
        lines(ORIGIN, "3", "", ""),
        lines(ORIGIN, "3", "AAAA", ""),
        lines(ORIGIN, "3", hash.trim_end_matches('='), ""),
        lines(ORIGIN, "3", &format!("{hash} "), ""),
        lines(ORIGIN, "3", &format!("AAAA{hash}"), ""),
        lines(ORIGIN, "3", &hash, "\n"),
        lines(ORIGIN, "3", &hash, "\nx\n"),
        lines(ORIGIN, "3", &hash, "x\n\ny\n"),
        lines(ORIGIN, "3", &hash, "x\n\n"),
    ] {
        assert_eq!(open(&signed(&wrong)), Err(CheckpointError::Malformed), "{wrong:?}");
        assert_eq!(Checkpoint::parse(&wrong), Err(CheckpointError::Malformed), "{wrong:?}");
    }
    for wrong in [format!("{ORIGIN}\n3\n{root}"), format!("{ORIGIN}\n3\n{root}\nx"), format!("{ORIGIN}\n3\n{root}\nx\r\n")] {
        assert_eq!(Checkpoint::parse(&wrong), Err(CheckpointError::Malformed), "{wrong:?}");
    }
}

#[test]
fn sizes_and_roots_are_those_that_a_tree_can_have() {
    let root = Log::new(3).root();
    let empty = Hash::EMPTY_ROOT;
    assert!(Checkpoint::new(ORIGIN, MAX_TREE_SIZE, root).is_ok());
    assert_eq!(Checkpoint::new(ORIGIN, MAX_TREE_SIZE + 1, root), Err(CheckpointError::TreeTooLarge));
    assert_eq!(open(&signed(&format!("{ORIGIN}\n{}\n{root}\n", u64::MAX))), Err(CheckpointError::TreeTooLarge));
    assert!(Checkpoint::new(ORIGIN, 0, empty).is_ok());
    assert_eq!(Checkpoint::new(ORIGIN, 0, root), Err(CheckpointError::EmptyRoot));
    assert_eq!(open(&signed(&format!("{ORIGIN}\n0\n{root}\n"))), Err(CheckpointError::EmptyRoot));
}

#[test]
fn a_log_signs_with_the_key_of_its_name_only() {
    let root = Log::new(3).root();
    let other = Signer::from_seed("vault.example/ledger/2027", &[7; 32]).unwrap();
    assert_eq!(Checkpoint::new(ORIGIN, 3, root).unwrap().sign(&other), Err(CheckpointError::Origin));
    for origin in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
        assert_eq!(Checkpoint::new(origin, 3, root), Err(CheckpointError::Origin), "{origin:?}");
    }
}

#[test]
fn a_checkpoint_of_another_log_is_refused_though_a_known_key_has_signed_it() {
    let root = Log::new(3).root();
    let foreign = signed(&format!("other.example/log\n3\n{root}\n"));
    assert_eq!(open(&foreign), Err(CheckpointError::Origin));
    let key_of_the_other = Signer::from_seed("other.example/log", &[8; 32]).unwrap().verifier_key().clone();
    assert_eq!(SignedCheckpoint::open(&foreign, &[log_key(), key_of_the_other]), Err(CheckpointError::Origin));
}

#[test]
fn a_checkpoint_without_a_valid_signature_of_its_log_is_refused() {
    let checkpoint = Log::new(3).checkpoint();
    let bytes = checkpoint.to_string();
    assert_eq!(SignedCheckpoint::open(bytes.as_bytes(), &[]), Err(CheckpointError::Note(NoteError::Unsigned)));
    let changed = bytes.replacen("\n3\n", "\n4\n", 1);
    assert_eq!(open(changed.as_bytes()), Err(CheckpointError::Note(NoteError::InvalidSignature)));
    // A witness of the log's name and key: its cosignature is not the log's signature.
    let cosigner = Cosigner::from_seed(ORIGIN, &[7; 32]).unwrap();
    let mut note = Note::new(checkpoint.note().text()).unwrap();
    note.add(cosigner.cosign(&checkpoint, 1).unwrap()).unwrap();
    let opened = SignedCheckpoint::open(note.to_string().as_bytes(), &[cosigner.verifier_key().clone()]);
    assert_eq!(opened, Err(CheckpointError::Origin));
}

#[test]
fn an_older_key_of_the_log_can_be_known_beside_the_new_one() {
    let older = Signer::from_seed(ORIGIN, &[6; 32]).unwrap();
    let signed = Checkpoint::new(ORIGIN, 3, Log::new(3).root()).unwrap().sign(&older).unwrap();
    let keys = [log_key(), older.verifier_key().clone()];
    assert!(SignedCheckpoint::open(signed.to_string().as_bytes(), &keys).is_ok());
    assert_eq!(open(signed.to_string().as_bytes()), Err(CheckpointError::Note(NoteError::Unsigned)));
}

#[test]
fn a_cosignature_is_added_only_if_it_is_of_this_witness_and_this_checkpoint() {
    let (checkpoint, witness) = (Log::new(3).checkpoint(), witness(0));
    let key = witness.verifier_key();
    let mut signed = checkpoint.clone();
    let elsewhere = witness.cosign(&Log::new(4).checkpoint(), 5).unwrap();
    assert_eq!(signed.add_cosignature(elsewhere, key), Err(NoteError::InvalidSignature));
    let other = crate::log::witness(1).cosign(&checkpoint, 5).unwrap();
    assert_eq!(signed.add_cosignature(other, key), Err(NoteError::Unsigned));
    let not_a_cosignature = signer().sign(checkpoint.note());
    assert_eq!(signed.add_cosignature(not_a_cosignature, &log_key()), Err(NoteError::InvalidSignature));
    assert_eq!(signed, checkpoint, "what was refused was not added");

    for time in [5, 0, 1 << 40, (1 << 63) - 1] {
        let cosignature = witness.cosign(&checkpoint, time).unwrap();
        assert_eq!(signed.add_cosignature(cosignature, key), Ok(time));
        assert_eq!(signed.note().signatures().len(), 2, "a later one takes the place of the earlier");
    }
    assert_eq!(witness.cosign(&checkpoint, 1 << 63), Err(NoteError::Time));
    assert!(open(signed.to_string().as_bytes()).is_ok());
}
