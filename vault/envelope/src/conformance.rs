//! Published test vectors: Wycheproof, and a ciphertext that opens under two keys.
//!
//! They lie beside the repository, in `../shared/conformance` or where `COFFRET_SHARED` says.

use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha512};

use crate::cobblestone::{COMMITMENT, Chunks, SALT, TAG, derive, opened_len};
use crate::derive::{hkdf_expand, hmac_sha256};
use crate::stream::Opener;
use crate::{Key, OpenError};

/// The vectors in a file; `None`, and a line saying so, where the folder is absent.
#[expect(clippy::disallowed_methods, reason = "where the vectors lie is a setting of the tests, not of the product")]
fn vectors<T: DeserializeOwned>(file: &str) -> Option<T> {
    let shared = std::env::var_os("COFFRET_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("conformance");
    if !folder.is_dir() {
        eprintln!("skipped: ../shared/conformance is not present");
        return None;
    }
    let text = std::fs::read_to_string(folder.join(file)).expect("the vector file is there");
    Some(serde_json::from_str(&text).expect("the vector file has the known shape"))
}

fn hex(text: &str) -> Vec<u8> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "two digits make a byte");
    pairs.iter().map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[derive(Deserialize)]
struct File<G> {
    #[serde(rename = "testGroups")]
    groups: Vec<G>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group<T> {
    key_size: Option<usize>,
    iv_size: Option<usize>,
    tag_size: Option<usize>,
    tests: Vec<T>,
}

/// The message of one kind of decryption, or its failure.
type Opened = Result<Vec<u8>, OpenError>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChunkedVector {
    tc_id: u32,
    key: String,
    ctx: String,
    ct: String,
    aead_key: Option<String>,
    base_nonce: Option<String>,
    msg_length: Option<usize>,
    msg_sha512: Option<String>,
    result: String,
    flags: Vec<String>,
}

impl ChunkedVector {
    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|f| f == flag)
    }

    fn ciphertext(&self) -> Vec<u8> {
        miniz_oxide::inflate::decompress_to_vec_zlib(&hex(&self.ct)).unwrap()
    }

    /// The chunks after a commitment that matches, as every opening of an envelope begins.
    fn chunks<'c>(&self, ciphertext: &'c [u8]) -> Result<(Chunks, &'c [u8]), OpenError> {
        let key = Key::from_slice(&hex(&self.key)).ok_or(OpenError)?;
        let (salt, rest) = ciphertext.split_first_chunk::<SALT>().ok_or(OpenError)?;
        let (stated, chunks) = rest.split_first_chunk::<COMMITMENT>().ok_or(OpenError)?;
        let (opening, commitment) = derive(&key, salt, &hex(&self.ctx));
        if commitment == *stated { Ok((opening, chunks)) } else { Err(OpenError) }
    }

    fn open(&self, ciphertext: &[u8]) -> Opened {
        let (opening, chunks) = self.chunks(ciphertext)?;
        opened_len(chunks.len()).ok_or(OpenError)?;
        let mut out = Vec::new();
        opening.open_message(chunks, &mut out)?;
        Ok(out)
    }

    /// What is released when pieces of `piece` bytes come in, and how it ends.
    fn stream(&self, ciphertext: &[u8], piece: usize) -> (Vec<u8>, Result<(), OpenError>) {
        let mut released = Vec::new();
        let Ok((opening, chunks)) = self.chunks(ciphertext) else { return (released, Err(OpenError)) };
        let mut opener = Opener::bare(opening);
        let mut failed = false;
        for piece in chunks.chunks(piece) {
            match opener.push(piece) {
                Ok(plaintext) => {
                    assert!(!failed, "vector {}: an opener that had failed went on", self.tc_id);
                    released.extend_from_slice(&plaintext);
                }
                Err(OpenError) => failed = true,
            }
        }
        let end = opener.finish().map(|last| released.extend_from_slice(&last));
        assert!(!failed || end.is_err(), "vector {}: an opener that had failed finished", self.tc_id);
        (released, end)
    }

    fn assert_message(&self, message: &[u8]) {
        assert_eq!(Some(message.len()), self.msg_length, "vector {}", self.tc_id);
        let stated = hex(self.msg_sha512.as_ref().unwrap());
        assert_eq!(Sha512::digest(message)[..], stated, "vector {}", self.tc_id);
    }
}

const CHUNKED: &str = "wycheproof/c2sp_chunked_encryption_aes_256_gcm_test.json";

#[test]
fn wycheproof_chunked_encryption_opens_and_seals_exactly_the_valid_ones() {
    let Some(file) = vectors::<File<Group<ChunkedVector>>>(CHUNKED) else { return };
    let tests: Vec<_> = file.groups.iter().flat_map(|group| &group.tests).collect();
    assert_eq!(tests.len(), 35);
    for vector in tests {
        let ciphertext = vector.ciphertext();
        match vector.open(&ciphertext) {
            Ok(message) => {
                assert_eq!(vector.result, "valid", "vector {} opened", vector.tc_id);
                vector.assert_message(&message);
                let key = Key::from_slice(&hex(&vector.key)).unwrap();
                let salt = ciphertext.first_chunk().unwrap();
                let (sealing, commitment) = derive(&key, salt, &hex(&vector.ctx));
                let mut sealed = [&salt[..], &commitment].concat();
                sealing.seal_message(&message, &mut sealed).unwrap();
                assert!(sealed == ciphertext, "vector {} was sealed differently", vector.tc_id);
            }
            Err(OpenError) => assert_eq!(vector.result, "invalid", "vector {} did not open", vector.tc_id),
        }
    }
}

#[test]
fn wycheproof_chunked_encryption_as_a_stream_releases_no_more_than_the_valid_prefix() {
    let Some(file) = vectors::<File<Group<ChunkedVector>>>(CHUNKED) else { return };
    for vector in file.groups.iter().flat_map(|group| &group.tests) {
        let ciphertext = vector.ciphertext();
        for piece in [1_000, 16_400, 40_000] {
            let (released, end) = vector.stream(&ciphertext, piece);
            assert_eq!(end.is_ok(), vector.result == "valid", "vector {}", vector.tc_id);
            if end.is_ok() {
                vector.assert_message(&released);
            } else if vector.has("PartialPlaintext") {
                // A push fails as a whole, so that a large piece may release less than the prefix.
                assert!(released.len() <= vector.msg_length.unwrap(), "vector {}", vector.tc_id);
                if piece == 1_000 {
                    vector.assert_message(&released);
                }
            } else {
                assert!(released.is_empty(), "vector {}", vector.tc_id);
            }
        }
    }
}

#[test]
fn wycheproof_chunked_encryption_fails_in_the_header_where_it_must() {
    let Some(file) = vectors::<File<Group<ChunkedVector>>>(CHUNKED) else { return };
    for vector in file.groups.iter().flat_map(|group| &group.tests) {
        let ciphertext = vector.ciphertext();
        let header = vector.chunks(&ciphertext);
        assert_eq!(header.is_err(), vector.has("HeaderFailure"), "vector {}", vector.tc_id);
        let (Some(key), Some(nonce)) = (&vector.aead_key, &vector.base_nonce) else { continue };
        let mut out = Vec::new();
        let chunks = &ciphertext[SALT + COMMITMENT..];
        let raw = Chunks::raw(&hex(key), &hex(nonce)).open_message(chunks, &mut out);
        assert_eq!(raw.is_ok(), vector.result == "valid", "vector {} in raw mode", vector.tc_id);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AeadVector {
    tc_id: u32,
    key: String,
    iv: String,
    aad: String,
    msg: String,
    ct: String,
    tag: String,
    result: String,
}

#[test]
fn wycheproof_aes_256_gcm_with_the_sizes_we_use() {
    let Some(file) = vectors::<File<Group<AeadVector>>>("wycheproof/aes_gcm_test.json") else { return };
    let ours = |group: &&Group<AeadVector>| (group.key_size, group.iv_size, group.tag_size) == (Some(256), Some(96), Some(128));
    let mut as_chunk = 0;
    let tests: Vec<_> = file.groups.iter().filter(ours).flat_map(|group| &group.tests).collect();
    assert_eq!(tests.len(), 66);
    for vector in tests {
        let (key, iv, aad) = (hex(&vector.key), hex(&vector.iv), hex(&vector.aad));
        let sealed = [hex(&vector.ct), hex(&vector.tag)].concat();
        let cipher = Aes256Gcm::new_from_slice(&key).unwrap();
        let nonce: &Nonce<_> = iv.as_slice().try_into().unwrap();
        let opened = cipher.decrypt(nonce, Payload { msg: &sealed, aad: &aad });
        let expected = (vector.result == "valid").then(|| hex(&vector.msg));
        assert_eq!(opened.ok(), expected, "vector {}", vector.tc_id);
        if aad.is_empty() {
            as_chunk += 1;
            let mut out = Vec::new();
            let opened = Chunks::raw(&key, &iv).open_chunk(&sealed, &mut out);
            assert_eq!(opened.ok().map(|()| out), expected, "vector {} as a chunk", vector.tc_id);
        }
    }
    assert!(as_chunk > 20, "{as_chunk} vectors have no associated data");
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HkdfVector {
    tc_id: u32,
    ikm: String,
    salt: String,
    info: String,
    size: usize,
    okm: String,
    result: String,
}

#[test]
fn wycheproof_hkdf_sha512_expand() {
    const MOST: usize = 255 * 64;
    let Some(file) = vectors::<File<Group<HkdfVector>>>("wycheproof/hkdf_sha512_test.json") else { return };
    let tests: Vec<_> = file.groups.iter().flat_map(|group| &group.tests).collect();
    assert_eq!(tests.len(), 83);
    for vector in tests {
        if vector.result == "invalid" {
            // A longer output does not compile: the length is a constant of the call.
            assert!(vector.size > MOST, "vector {}", vector.tc_id);
            continue;
        }
        let mut extract = Hmac::<Sha512>::new_from_slice(&hex(&vector.salt)).unwrap();
        extract.update(&hex(&vector.ikm));
        let prk = extract.finalize().into_bytes();
        // A shorter output is a prefix of a longer one (RFC 5869, section 2.3).
        let okm = hkdf_expand::<MOST>(&prk, &[&hex(&vector.info)]);
        assert!(okm[..vector.size] == hex(&vector.okm), "vector {}", vector.tc_id);
        let short = hkdf_expand::<20>(&prk, &[&hex(&vector.info)]);
        assert_eq!(short[..], okm[..20], "vector {}", vector.tc_id);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MacVector {
    tc_id: u32,
    key: String,
    msg: String,
    tag: String,
    result: String,
}

#[test]
fn wycheproof_hmac_sha256() {
    let Some(file) = vectors::<File<Group<MacVector>>>("wycheproof/hmac_sha256_test.json") else { return };
    let tests: Vec<_> = file.groups.iter().flat_map(|group| &group.tests).collect();
    assert_eq!(tests.len(), 174);
    for vector in tests {
        let (message, tag) = (hex(&vector.msg), hex(&vector.tag));
        let (start, end) = message.split_at(message.len() / 2);
        let mac = hmac_sha256(&hex(&vector.key), &[start, end]);
        assert_eq!(mac[..tag.len()] == tag, vector.result == "valid", "vector {}", vector.tc_id);
    }
}

#[derive(Deserialize)]
struct TwoKeyCiphertext {
    k1: String,
    k2: String,
    n: String,
    ct: String,
}

#[test]
fn a_ciphertext_that_gcm_opens_under_two_keys_opens_under_neither_as_a_message() {
    let Some(TwoKeyCiphertext { k1, k2, n, ct }) = vectors("two-key-ciphertext.json") else { return };
    let sealed = hex(&ct);
    let opened = [&k1, &k2].map(|key| {
        let mut out = Vec::new();
        Chunks::raw(&hex(key), &hex(&n)).open_chunk(&sealed, &mut out).expect("plain GCM opens it");
        out
    });
    assert_eq!(opened[0].len(), sealed.len() - TAG);
    assert_ne!(opened[0], opened[1], "the attack needs two meanings");

    let keys = [&k1, &k2].map(|key| Key::from_slice(&hex(key)).unwrap());
    let salt = [0; SALT];
    let commitments = [&keys[0], &keys[1]].map(|key| derive(key, &salt, b"").1);
    assert_ne!(commitments[0], commitments[1], "no header can name both keys");
    for (owner, commitment) in commitments.iter().enumerate() {
        let message = [&salt[..], commitment, &sealed].concat();
        for (reader, key) in [&k1, &k2].into_iter().enumerate() {
            let vector = ChunkedVector::plain(key);
            assert_eq!(vector.chunks(&message).is_ok(), owner == reader, "commitment of {owner}, key {reader}");
            assert_eq!(vector.open(&message), Err(OpenError), "commitment of {owner}, key {reader}");
        }
    }
}

impl ChunkedVector {
    fn plain(key: &str) -> Self {
        Self {
            tc_id: 0,
            key: key.to_owned(),
            ctx: String::new(),
            ct: String::new(),
            aead_key: None,
            base_nonce: None,
            msg_length: None,
            msg_sha512: None,
            result: String::new(),
            flags: Vec::new(),
        }
    }
}
