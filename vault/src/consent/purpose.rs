//! Purposes that a brand has registered, and the notice texts that customers saw.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A registered purpose in one version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeRef {
    /// The brand's code for it: 1 to 100 characters.
    pub code: String,
    /// From 1, raised at every change of the purpose or of a notice.
    pub version: u32,
}

/// A notice text in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What the customer reads.
    pub text: String,
    /// SHA-256 of the text's UTF-8 bytes in lower-case hex; made where the purpose is registered.
    pub sha256: String,
}

/// The notice that a customer had before them when they decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSeen {
    /// Version of the purpose.
    pub version: u32,
    /// BCP 47 language tag.
    pub language: String,
    /// SHA-256 of the text in lower-case hex.
    pub sha256: String,
}

/// What a brand wants data for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The brand's code.
    pub code: String,
    /// From 1.
    pub version: u32,
    /// Purpose of the W3C Data Privacy Vocabulary, as an IRI.
    pub dpv_iri: String,
    /// Notice per BCP 47 language tag, sorted.
    pub notices: BTreeMap<String, Notice>,
}

impl Purpose {
    /// Code and version, as terms name them.
    pub fn reference(&self) -> PurposeRef {
        PurposeRef { code: self.code.clone(), version: self.version }
    }

    /// The notice in one language, as a decision records it.
    pub fn notice_seen(&self, language: &str) -> Option<NoticeSeen> {
        let notice = self.notices.get(language)?;
        Some(NoticeSeen { version: self.version, language: language.to_owned(), sha256: notice.sha256.clone() })
    }

    /// Whether what the customer saw is no longer what this purpose says; then grants under it wait for re-consent.
    ///
    /// A notice that was withdrawn has changed; a notice added in another language has not.
    pub fn notice_changed(&self, seen: &NoticeSeen) -> bool {
        self.notice_seen(&seen.language).as_ref() != Some(seen)
    }

    /// Paths of the fields in which `newer` differs from this purpose, sorted: what a re-consent shows.
    pub fn changes(&self, newer: &Self) -> Vec<String> {
        let mut changed = Vec::new();
        if self.code != newer.code {
            changed.push("purpose.code".to_owned());
        }
        if self.dpv_iri != newer.dpv_iri {
            changed.push("purpose.dpv_iri".to_owned());
        }
        let languages: std::collections::BTreeSet<_> = self.notices.keys().chain(newer.notices.keys()).collect();
        for language in languages {
            if self.notices.get(language) != newer.notices.get(language) {
                changed.push(format!("purpose.notices[{language}]"));
            }
        }
        if self.version != newer.version {
            changed.push("purpose.version".to_owned());
        }
        changed
    }
}
