use coffret_ledger::{
    Cosigner, KeyError, MAX_NOTE_LEN, MAX_SIGNATURES, Note, NoteError, NoteSignature, SignatureType, Signer, VerifierKey,
};

/// The examples of C2SP signed-note.
const EXAMPLE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const POEM: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \u{e8} subito sera.\n\n\u{2014} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

fn signer(name: &str) -> Signer {
    Signer::from_seed(name, &[name.len() as u8; 32]).unwrap()
}

fn signed(text: &str, signers: &[&Signer]) -> Note {
    let mut note = Note::new(text).unwrap();
    for signer in signers {
        note.add(signer.sign(&note)).unwrap();
    }
    note
}

fn names<'k>(note: &Note, keys: &'k [VerifierKey]) -> Result<Vec<&'k str>, NoteError> {
    Ok(note.verify(keys)?.iter().map(|signature| signature.key.name()).collect())
}

#[test]
fn the_example_of_the_specification_is_verified() {
    let key: VerifierKey = EXAMPLE_KEY.parse().unwrap();
    assert_eq!((key.name(), key.id().to_string().as_str(), key.kind()), ("example.com/foo", "530d903a", SignatureType::Ed25519));
    let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(names(&note, &[key]), Ok(vec!["example.com/foo"]));
}

#[test]
fn the_text_ends_at_the_last_empty_line() {
    let note = Note::parse(POEM.as_bytes()).unwrap();
    assert!(note.text().ends_with("\n\ned \u{e8} subito sera.\n"));
    assert_eq!(note.to_string(), POEM);
    let key = signer("a");
    for text in ["\n", "\n\n", "x\n\n", "\n\nx\n", "x\n\n\u{2014} a AAAAAAA=\n", "\u{7f}\u{85}\u{2028}\n"] {
        let note = signed(text, &[&key]);
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        assert_eq!(read.text(), text);
        assert_eq!(names(&read, &[key.verifier_key().clone()]), Ok(vec!["a"]), "{text:?}");
    }
}

#[test]
fn what_is_not_a_note_is_refused() {
    let line = EXAMPLE.lines().last().unwrap();
    let with = |line: &str| format!("text\n\n{line}\n");
    assert!(Note::parse(with(line).as_bytes()).is_ok());
    let (name, signature) = line.strip_prefix("\u{2014} ").unwrap().split_once(' ').unwrap();
    let renamed = |name: &str| with(&format!("\u{2014} {name} {signature}"));
    for wrong in [
        String::new(),
        "text\n".into(),
        "text\n\n".into(),
        "text\n\n\n".into(),
        format!("text\n{line}\n"),
        format!("text\n\n{line}"),
        format!("text\n\n{line}\n\n"),
        format!("text\n\n\n{line}\n{line}\n\n"),
        format!("text\r\n\r\n{line}\r\n"),
        format!("te\txt\n\n{line}\n"),
        format!("te\0xt\n\n{line}\n"),
        format!("text\n\n{line}\nx\n"),
        format!("text\n\nx\n{line}\n"),
        with(&format!(" {line}")),
        with(&format!("{line} ")),
        with(&format!("- {name} {signature}")),
        with(&format!("\u{2013} {name} {signature}")),
        with(&format!("\u{2014}{name} {signature}")),
        with(&format!("\u{2014}  {name} {signature}")),
        with(&format!("\u{2014} {name}  {signature}")),
        with(&format!("\u{2014} {name}")),
        with(&format!("\u{2014} {name} ")),
        with(&format!("\u{2014} {name} {}", signature.trim_end_matches('='))),
        with(&format!("\u{2014} {name} {signature}=")),
        // An id without a signature; and the last bits of the base64 not zero.
        with(&format!("\u{2014} {name} AAAAAA==")),
        with(&format!("\u{2014} {name} AAAAAAB=")),
        with(&format!("\u{2014} {name} AAA=")),
        renamed(""),
        renamed("a+b"),
        renamed("a\u{a0}b"),
        renamed("a\u{2003}b"),
        renamed("a\tb"),
    ] {
        assert_eq!(Note::parse(wrong.as_bytes()), Err(NoteError::Malformed), "{wrong:?}");
    }
    assert_eq!(Note::parse(&[EXAMPLE.as_bytes(), &[0xff]].concat()), Err(NoteError::Malformed));
    for wrong in ["", "text", "te\txt\n", "text\r\n", "\n\0\n"] {
        assert_eq!(Note::new(wrong), Err(NoteError::Malformed), "{wrong:?}");
    }
}

#[test]
fn signatures_of_unknown_keys_are_passed_over_and_do_not_count() {
    let (a, b, c) = (signer("a"), signer("bb"), signer("ccc"));
    let note = signed("text\n", &[&a, &b, &c]);
    let keys = [&c, &a].map(|signer| signer.verifier_key().clone());
    assert_eq!(names(&note, &keys), Ok(vec!["a", "ccc"]));
    assert_eq!(names(&note, &keys[..1]), Ok(vec!["ccc"]));
    assert_eq!(names(&note, &[]), Err(NoteError::Unsigned));
    let same_name = Signer::from_seed("a", &[9; 32]).unwrap();
    assert_eq!(names(&note, &[same_name.verifier_key().clone()]), Err(NoteError::Unsigned));
    let same_bytes = Signer::from_seed("d", &[1; 32]).unwrap();
    assert_eq!(same_bytes.verifier_key().public_key(), a.verifier_key().public_key());
    assert_eq!(names(&note, &[same_bytes.verifier_key().clone()]), Err(NoteError::Unsigned));
}

#[test]
fn one_false_signature_of_a_known_key_refuses_the_note() {
    let (a, b) = (signer("a"), signer("bb"));
    let keys = [&a, &b].map(|signer| signer.verifier_key().clone());
    let elsewhere = b.sign(&Note::new("other text\n").unwrap());
    let mut note = signed("text\n", &[&a]);
    note.add(elsewhere.clone()).unwrap();
    assert_eq!(names(&note, &keys), Err(NoteError::InvalidSignature));
    assert_eq!(names(&note, &keys[..1]), Ok(vec!["a"]), "to whom does not know the key it is nothing");

    // The same key twice, once falsely: adding replaces, so it is written by hand.
    let twice = format!("{}{elsewhere}", signed("text\n", &[&a, &b]));
    assert_eq!(names(&Note::parse(twice.as_bytes()).unwrap(), &keys), Err(NoteError::InvalidSignature));
}

#[test]
fn a_key_of_another_type_verifies_nothing() {
    let (signer, cosigner) = (signer("a"), Cosigner::from_seed("a", &[1; 32]).unwrap());
    assert_eq!(signer.verifier_key().public_key(), cosigner.verifier_key().public_key());
    assert_ne!(signer.verifier_key().id(), cosigner.verifier_key().id());
    let note = signed("text\n", &[&signer]);
    assert_eq!(names(&note, &[cosigner.verifier_key().clone()]), Err(NoteError::Unsigned));
}

#[test]
fn a_signature_takes_the_place_of_the_one_before() {
    let (a, b) = (signer("a"), signer("bb"));
    let mut note = signed("text\n", &[&a, &b]);
    note.add(a.sign(&note)).unwrap();
    assert_eq!(note.signatures().iter().map(NoteSignature::name).collect::<Vec<_>>(), ["bb", "a"]);
}

#[test]
fn a_note_has_a_longest_length_and_a_greatest_number_of_signatures() {
    let line = EXAMPLE.lines().last().unwrap();
    let note = |lines: usize| format!("text\n\n{}", format!("{line}\n").repeat(lines));
    assert_eq!(Note::parse(note(MAX_SIGNATURES).as_bytes()).unwrap().signatures().len(), MAX_SIGNATURES);
    assert_eq!(Note::parse(note(MAX_SIGNATURES + 1).as_bytes()), Err(NoteError::TooLong));
    let long = |length: usize| format!("{}\n", "x".repeat(length - 1));
    assert_eq!(Note::new(&long(MAX_NOTE_LEN + 1)), Err(NoteError::TooLong));
    let mut longest = Note::new(&long(MAX_NOTE_LEN)).unwrap();
    assert_eq!(longest.add(signer("a").sign(&longest)), Err(NoteError::TooLong));
    assert!(longest.signatures().is_empty(), "a refused signature is not added");
    assert_eq!(Note::parse(&vec![b'x'; MAX_NOTE_LEN + 1]), Err(NoteError::TooLong));
    let mut full = Note::new("text\n").unwrap();
    for number in 0..MAX_SIGNATURES {
        full.add(signer(&format!("key-{number}")).sign(&full)).unwrap();
    }
    assert_eq!(full.add(signer("one-more").sign(&full)), Err(NoteError::TooLong));
}

#[test]
fn a_verifier_key_has_one_spelling() {
    assert_eq!(EXAMPLE_KEY.parse::<VerifierKey>().unwrap().to_string(), EXAMPLE_KEY);
    let (name, id, key) = ("example.com/foo", "530d903a", "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    let malformed = ["", "a", "a+b", "a+b+c", "++", EXAMPLE_KEY.trim_end_matches('k')];
    let malformed = malformed.map(str::to_owned).into_iter().chain([
        format!("{name}+530D903A+{key}"),
        format!("{name}+530d903+{key}"),
        format!("{name}+0530d903a+{key}"),
        format!("{name}+{id}+"),
        format!("{name}+{id}+{key}="),
        format!("{name}+{id}+{key}+"),
        format!("{name}+{id}+{key}\n"),
        format!("{name}+{id}+Aeky"),
    ]);
    for wrong in malformed {
        assert_eq!(wrong.parse::<VerifierKey>(), Err(KeyError::Malformed), "{wrong:?}");
    }
    assert_eq!(format!("{name}+530d903b+{key}").parse::<VerifierKey>(), Err(KeyError::Id));
    assert_eq!(format!("example.com/bar+{id}+{key}").parse::<VerifierKey>(), Err(KeyError::Id));
    assert_eq!(format!("{name}+{id}+A{}", &key[1..].replacen('e', "u", 1)).parse::<VerifierKey>(), Err(KeyError::Type));
    for name in ["", "a b", "a\u{2003}b", "a\nb"] {
        assert_eq!(format!("{name}+{id}+{key}").parse::<VerifierKey>(), Err(KeyError::Name), "{name:?}");
    }
}

#[test]
fn a_signing_key_has_one_spelling_and_one_type() {
    let (signer, cosigner) = (signer("a"), Cosigner::from_seed("a", &[1; 32]).unwrap());
    let skey = signer.expose_skey();
    assert_eq!(skey.parse::<Signer>().unwrap().expose_skey(), skey);
    assert_eq!(skey.parse::<Cosigner>().unwrap_err(), KeyError::Type);
    assert_eq!(cosigner.expose_skey().parse::<Signer>().unwrap_err(), KeyError::Type);
    for wrong in
        [&skey[1..], &skey[..skey.len() - 1], &format!("{}=", *skey), &skey.to_lowercase(), "PRIVATE+KEY+a", "PRIVATE+KEY+a+00000000+"]
    {
        assert_eq!(wrong.parse::<Signer>().unwrap_err(), KeyError::Malformed, "{wrong:?}");
    }
    let other_name = skey.replacen("KEY+a", "KEY+b", 1);
    assert_eq!(other_name.parse::<Signer>().unwrap_err(), KeyError::Id);
    assert_eq!(Signer::from_seed("a b", &[1; 32]).unwrap_err(), KeyError::Name);
}

#[test]
fn a_signing_key_does_not_show_its_secret() {
    let seed = [0xab; 32];
    let (signer, cosigner) = (Signer::from_seed("a", &seed).unwrap(), Cosigner::from_seed("a", &seed).unwrap());
    for shown in [format!("{signer:?}"), format!("{cosigner:?}"), format!("{signer:#?}")] {
        assert!(shown.contains("public"), "{shown}");
        let plain = shown.to_lowercase().replace([' ', '\n', ','], "");
        assert!(!plain.contains("abab") && !plain.contains("171171") && !plain.contains("q6ur"), "{shown}");
    }
}

#[test]
fn keys_for_which_anybody_can_sign_are_refused() {
    // The neutral point, and a point of order 4: under them, some signatures hold for every text.
    let neutral = std::array::from_fn(|i| u8::from(i == 0));
    assert_eq!(VerifierKey::new("a", SignatureType::Ed25519, &neutral), Err(KeyError::Bytes));
    assert_eq!(VerifierKey::new("a", SignatureType::CosignatureV1, &[0; 32]), Err(KeyError::Bytes));
    // Not a point at all.
    let off_the_curve = std::array::from_fn(|i| if i == 0 { 2 } else { 0 });
    assert_eq!(VerifierKey::new("a", SignatureType::Ed25519, &off_the_curve), Err(KeyError::Bytes));
}
