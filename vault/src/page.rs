//! Pages of lists: a size and a token that leads on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Error, Result};

/// Entries on a page when the caller does not say.
const USUAL: usize = 50;
/// Entries on a page at most.
const MOST: usize = 1000;

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    size: usize,
    after: Option<String>,
}

/// A page of a list, and what leads to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Empty on the last page.
    pub next: String,
}

impl PageRequest {
    /// Reads the two fields that every list request has. A size of 0 means 50; more than 1000 counts as 1000 (AIP-158).
    pub fn new(size: i32, token: &str) -> Result<Self> {
        let size = match usize::try_from(size) {
            Err(_) => return Err(Error::invalid("page_size", "PAGE_SIZE_NEGATIVE", "A page size is not negative.")),
            Ok(0) => USUAL,
            Ok(size) => size.min(MOST),
        };
        let after = if token.is_empty() {
            None
        } else {
            let wrong = || Error::invalid("page_token", "PAGE_TOKEN_INVALID", "This page token was not given by this list.");
            let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| wrong())?;
            Some(String::from_utf8(bytes).map_err(|_| wrong())?)
        };
        Ok(Self { size, after })
    }

    /// The first page with so many entries.
    pub fn first(size: usize) -> Self {
        Self { size: size.clamp(1, MOST), after: None }
    }

    /// How many entries.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The position after which the page begins, parsed.
    pub fn after<T>(&self, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>> {
        match &self.after {
            None => Ok(None),
            Some(text) => parse(text)
                .map(Some)
                .ok_or_else(|| Error::invalid("page_token", "PAGE_TOKEN_INVALID", "This page token was not given by this list.")),
        }
    }
}

impl<T> Page<T> {
    /// Makes a page from up to `size + 1` entries; one more than asked for means that there is a next page.
    pub fn cut(mut items: Vec<T>, request: &PageRequest, position: impl FnOnce(&T) -> String) -> Self {
        let more = items.len() > request.size;
        items.truncate(request.size);
        let next = items.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(position(last))).unwrap_or_default();
        Self { items, next }
    }

    /// The same page with other entries.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_the_next_page_and_the_last_has_none() {
        let all: Vec<u32> = (0..5).collect();
        let first = PageRequest::new(2, "").expect("valid");
        let page = Page::cut(all[..3].to_vec(), &first, ToString::to_string);
        assert_eq!(page.items, [0, 1]);
        let second = PageRequest::new(3, &page.next).expect("valid");
        assert_eq!(second.after(|text| text.parse::<u32>().ok()).expect("valid"), Some(1));
        assert_eq!(Page::cut(all[2..].to_vec(), &second, ToString::to_string).next, "");
    }

    #[test]
    fn a_foreign_token_and_a_negative_size_are_named() {
        assert_eq!(PageRequest::new(-1, "").expect_err("refused").field_violations()[0].field, "page_size");
        assert_eq!(PageRequest::new(1, "%%").expect_err("refused").field_violations()[0].field, "page_token");
        assert_eq!(PageRequest::new(0, "").expect("valid").size(), 50);
        assert_eq!(PageRequest::new(100_000, "").expect("valid").size(), 1000);
        let token = PageRequest::new(1, "eHg").expect("decodes");
        assert_eq!(token.after(|text| text.parse::<u32>().ok()).expect_err("refused").field_violations()[0].field, "page_token");
    }
}
