//! Texts that somebody else will read: what may be in them. The one check for all of them.

/// Whether a text shows what it holds: no control characters but line feed and tab, and none of the marks that make a text read
/// differently from what it is (Unicode TR 36, section 2.10; the embeddings, overrides and isolates of UAX 9). The plain direction marks
/// that Arabic and Hebrew need stay allowed.
pub(crate) fn is_plain(text: &str) -> bool {
    text.chars().all(|letter| match letter {
        '\n' | '\t' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => false,
        other => !other.is_control(),
    })
}

/// Whether a text is plain, has 1 to `most` characters, and shows something.
pub(crate) fn is_text(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_none() && text.chars().any(is_seen) && is_plain(text)
}

/// As [`is_text`], on one line.
pub(crate) fn is_line(text: &str, most: usize) -> bool {
    is_text(text, most) && !text.contains(['\n', '\t', '\u{2028}', '\u{2029}'])
}

/// Whether a letter shows by itself: neither space nor one of the letters of no width.
fn is_seen(letter: char) -> bool {
    !letter.is_whitespace() && !matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Texts of one line that are not what they seem, for the tests of every field that others read.
    pub(crate) const HOSTILE_LINES: [&str; 12] = [
        "",
        "   ",
        "\u{200B}\u{200B}",
        "\u{200F}",
        "a\nb",
        "a\tb",
        "a\u{2028}b",
        "a\u{0}b",
        "a\u{1B}[2Jb",
        "\u{202E}annA",
        "a\u{2066}b\u{2069}",
        "a\u{9B}b",
    ];

    #[test]
    fn what_shows_what_it_holds_is_plain() {
        for plain in ["Visit", "Rendez-vous à Paris", "زيارة\u{200F}", "می\u{200C}خواهم", "👩\u{200D}🎨 atelier", "a", "1"]
        {
            assert!(is_line(plain, 30), "{plain:?}");
        }
        assert!(is_text("First.\n\tSecond.", 30) && !is_line("First.\n\tSecond.", 30));
        for hostile in HOSTILE_LINES {
            assert!(!is_line(hostile, 30), "{hostile:?}");
        }
    }

    #[test]
    fn lengths_count_characters() {
        for (length, fits) in [(0, false), (1, true), (30, true), (31, false), (100_000, false)] {
            assert_eq!(is_line(&"é".repeat(length), 30), fits, "{length}");
        }
    }
}
