//! Which witnesses must have seen a checkpoint (C2SP tlog-policy).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::error::PolicyError;
use crate::{NoteError, SignatureType, SignedCheckpoint, VerifierKey, WitnessPolicy};

/// The longest policy in bytes.
pub const MAX_POLICY_LEN: usize = 1 << 20;
/// Witnesses and groups at most, and logs at most.
const MAX_NAMES: usize = 1000;

/// A policy: witnesses, groups of them, and the one that must have cosigned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    /// With their names, in the order of their lines, so that members stand before their groups.
    parties: Vec<(String, Party)>,
    quorum: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Party {
    Witness(VerifierKey),
    Group { threshold: usize, members: Vec<usize> },
}

/// Where each name leads, and whether it is a member of a group already.
type Names = BTreeMap<String, (usize, bool)>;

/// A name is a member of one group at most, so that no witness counts twice.
fn take(names: &mut Names, name: &str) -> Option<usize> {
    let (place, taken) = names.get_mut(name)?;
    let free = !std::mem::replace(taken, true);
    free.then_some(*place)
}

impl Policy {
    /// No witnesses, none asked for.
    pub const fn none() -> Self {
        Self { logs: Vec::new(), parties: Vec::new(), quorum: None }
    }

    /// Writes what a log goes by: its key, its witnesses, and how many of them must have cosigned.
    pub fn write(log: &VerifierKey, witnesses: &WitnessPolicy) -> String {
        Self::from(witnesses).write_for(log)
    }

    /// Writes it as a log's: the key of that log, and everything else as it was read.
    pub fn write_for(&self, log: &VerifierKey) -> String {
        let mut text = format!("log {log}\n");
        for (name, party) in &self.parties {
            match party {
                Party::Witness(key) => writeln!(text, "witness {name} {key}"),
                Party::Group { threshold, members } => {
                    let members = members.iter().fold(String::new(), |line, place| line + " " + &self.parties[*place].0);
                    writeln!(text, "group {name} {threshold}{members}")
                }
            }
            .expect("writing to a String");
        }
        text + "quorum " + self.quorum.map_or("none", |place| self.parties[place].0.as_str()) + "\n"
    }

    /// Reads a policy.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_POLICY_LEN {
            return Err(PolicyError::TooLong);
        }
        let mut policy = Self::none();
        let mut names = BTreeMap::new();
        let mut asked = false;
        for (number, line) in (1..).zip(text.split_terminator('\n')) {
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            let bad = PolicyError::Line(number);
            if line.bytes().any(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
                return Err(bad);
            }
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key] | ["log", key, _] => policy.logs.push(policy.key(key, SignatureType::Ed25519).ok_or(bad)?),
                ["witness", name, key] | ["witness", name, key, _] => {
                    let witness = Party::Witness(policy.key(key, SignatureType::CosignatureV1).ok_or(bad)?);
                    policy.add(&mut names, name, witness).ok_or(bad)?;
                }
                ["group", name, threshold, members @ ..] => {
                    let places: Option<Vec<usize>> = members.iter().map(|member| take(&mut names, member)).collect();
                    let members = places.filter(|places| !places.is_empty()).ok_or(bad)?;
                    let threshold = match *threshold {
                        "any" => 1,
                        "all" => members.len(),
                        number => number.parse().ok().filter(|number| (1..=members.len()).contains(number)).ok_or(bad)?,
                    };
                    policy.add(&mut names, name, Party::Group { threshold, members }).ok_or(bad)?;
                }
                ["quorum", name] if !asked => {
                    asked = true;
                    policy.quorum = match *name {
                        "none" => None,
                        name => Some(names.get(name).ok_or(bad)?.0),
                    };
                }
                ["quorum", _] => return Err(PolicyError::Quorum),
                _ => return Err(bad),
            }
            // Counted apart: writing a policy for a log adds a line, and what was written must be read.
            if policy.logs.len().max(policy.parties.len()) > MAX_NAMES {
                return Err(PolicyError::TooLong);
            }
        }
        if asked { Ok(policy) } else { Err(PolicyError::Quorum) }
    }

    /// A key of this type that no other line has.
    fn key(&self, text: &str, kind: SignatureType) -> Option<VerifierKey> {
        let key: VerifierKey = text.parse().ok()?;
        let mut others = self.logs.iter().chain(self.witnesses());
        (key.kind() == kind && !others.any(|other| other.kind() == kind && other.public_key() == key.public_key())).then_some(key)
    }

    /// A name is given once.
    fn add(&mut self, names: &mut Names, name: &str, party: Party) -> Option<()> {
        if name == "none" || names.contains_key(name) {
            return None;
        }
        names.insert(name.to_owned(), (self.parties.len(), false));
        self.parties.push((name.to_owned(), party));
        Some(())
    }

    /// The witnesses, in the order of their lines.
    pub fn witnesses(&self) -> impl Iterator<Item = &VerifierKey> {
        self.parties.iter().filter_map(|(_, party)| match party {
            Party::Witness(key) => Some(key),
            Party::Group { .. } => None,
        })
    }

    /// The logs that it is for; any when empty.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// Whether it asks for witnesses at all.
    pub fn asks(&self) -> bool {
        self.quorum.is_some()
    }

    /// The witnesses that have cosigned, if they make up the quorum; a cosignature of a known witness that is not valid refuses all.
    pub fn check(&self, checkpoint: &SignedCheckpoint) -> Result<Vec<&VerifierKey>, Vec<&VerifierKey>> {
        let keys: Vec<VerifierKey> = self.witnesses().cloned().collect();
        let verified = match checkpoint.note().verify(&keys) {
            Ok(verified) => verified.into_iter().map(|one| *one.key.public_key()).collect(),
            Err(NoteError::Unsigned) => Vec::new(),
            Err(_) => return Err(Vec::new()),
        };
        let cosigned = |key: &VerifierKey| verified.contains(key.public_key());
        let mut seen: Vec<bool> = Vec::new();
        for (_, party) in &self.parties {
            seen.push(match party {
                Party::Witness(key) => cosigned(key),
                Party::Group { threshold, members } => members.iter().filter(|member| seen[**member]).count() >= *threshold,
            });
        }
        let witnesses = self.witnesses().filter(|key| cosigned(key)).collect();
        if self.quorum.is_none_or(|place| seen[place]) { Ok(witnesses) } else { Err(witnesses) }
    }
}

/// The witnesses are named `w1`, `w2`, ..., and their group `witnesses`.
impl From<&WitnessPolicy> for Policy {
    fn from(witnesses: &WitnessPolicy) -> Self {
        let mut parties: Vec<(String, Party)> =
            (1..).zip(witnesses.witnesses()).map(|(number, key)| (format!("w{number}"), Party::Witness(key.clone()))).collect();
        let members: Vec<usize> = (0..parties.len()).collect();
        let quorum = (witnesses.threshold() > 0).then_some(members.len());
        if quorum.is_some() {
            parties.push(("witnesses".to_owned(), Party::Group { threshold: witnesses.threshold(), members }));
        }
        Self { logs: Vec::new(), parties, quorum }
    }
}

impl From<WitnessPolicy> for Policy {
    fn from(witnesses: WitnessPolicy) -> Self {
        Self::from(&witnesses)
    }
}
