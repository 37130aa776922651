//! SPDX licence expressions, as crates write them (SPDX specification 2.3, annex D; `/` is crates' old form of OR).

/// Whether the expression can be met with the allowed licences. Err: it is not an expression.
pub(crate) fn is_met(expression: &str, allowed: &[String]) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut reader = Reader { words: spaced.split_whitespace().peekable(), allowed };
    let met = reader.any().filter(|_| reader.words.peek().is_none());
    met.ok_or_else(|| format!("not a licence expression: {expression}"))
}

struct Reader<'a, I: Iterator<Item = &'a str>> {
    words: std::iter::Peekable<I>,
    allowed: &'a [String],
}

impl<'a, I: Iterator<Item = &'a str>> Reader<'a, I> {
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.words.next_if_eq(&"OR").is_some() {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.words.next_if_eq(&"AND").is_some() {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        match self.words.next()? {
            "(" => {
                let met = self.any()?;
                self.words.next_if_eq(&")").map(|_| met)
            }
            ")" | "OR" | "AND" | "WITH" => None,
            license => {
                let mut license = license.to_owned();
                if self.words.next_if_eq(&"WITH").is_some() {
                    license = format!("{license} WITH {}", self.words.next()?);
                }
                Some(self.allowed.contains(&license))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_met;

    #[test]
    fn one_side_of_or_suffices_and_both_sides_of_and_are_needed() {
        let allowed: Vec<String> = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(String::from).into();
        for met in ["MIT", "MIT/GPL-3.0", "GPL-3.0 / MIT", "GPL-3.0 OR (MIT AND ISC)", "Apache-2.0 WITH LLVM-exception", "MIT OR X AND Y"] {
            assert_eq!(is_met(met, &allowed), Ok(true), "{met}");
        }
        for unmet in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND X", "Apache-2.0", "MIT WITH LLVM-exception", "X AND MIT OR Y"] {
            assert_eq!(is_met(unmet, &allowed), Ok(false), "{unmet}");
        }
        for wrong in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "OR MIT"] {
            assert!(is_met(wrong, &allowed).is_err(), "{wrong}");
        }
    }
}
