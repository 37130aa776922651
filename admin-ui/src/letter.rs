//! The e-mail that tells a customer to look into their vault: it names nobody, and nothing of theirs.

use crate::texts::Language;

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The language that it is written in (BCP 47).
    pub language: &'static str,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub body: String,
}

/// The letter in this language (BCP 47), or in English where there are no texts of it. `origin` is where the customer's pages are.
pub fn letter(language: &str, origin: &str) -> Letter {
    let language = Language::accepted(language);
    let say = |key| language.say(key);
    let body = format!(
        "{}\n\n{}\n{origin}/notices\n\n{}\n{origin}/notices/settings\n\n{}\n",
        say("mail-new"),
        say("mail-look"),
        say("mail-change"),
        say("mail-why"),
    );
    Letter { language: language.tag, subject: say("mail-subject"), body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_written_in_the_customers_language_and_leads_to_the_pages() {
        for (asked, written) in [("fr", "fr"), ("zh-Hans", "zh-Hans"), ("ar", "ar"), ("xx", "en"), ("", "en"), ("it-CH", "it")] {
            let letter = letter(asked, "https://my.example.org");
            assert_eq!(letter.language, written, "{asked}");
            assert!(letter.body.contains("https://my.example.org/notices\n"), "{}", letter.body);
            assert!(letter.body.contains("https://my.example.org/notices/settings\n"), "{}", letter.body);
            assert!(!letter.subject.is_empty() && !letter.subject.contains(['\r', '\n']), "{}", letter.subject);
        }
    }
}
