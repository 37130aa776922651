//! The terminal: numbered steps, calm, within 100 columns; colours only where they are wanted.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

/// The widest line.
const COLUMNS: usize = 100;
/// What a step's lines are indented by.
const INDENT: &str = "      ";
/// Room for the time at the end of a step's first line.
const TIME: usize = 12;

/// Where the story is shown.
pub(super) struct Screen {
    out: Box<dyn Write + Send>,
    colour: bool,
    steps: usize,
    unexpected: usize,
}

/// How a piece of text looks.
#[derive(Clone, Copy)]
enum Ink {
    Strong,
    Faint,
    Good,
    Bad,
}

impl Screen {
    /// The terminal, or wherever the output goes.
    #[expect(clippy::disallowed_methods, reason = "NO_COLOR and TERM are how people ask every program for plain text")]
    pub(super) fn terminal() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self::new(Box::new(std::io::stdout()), std::io::stdout().is_terminal() && !plain)
    }

    /// Shows nothing.
    pub(super) fn silent() -> Self {
        Self::new(Box::new(std::io::sink()), false)
    }

    fn new(out: Box<dyn Write + Send>, colour: bool) -> Self {
        Self { out, colour, steps: 0, unexpected: 0 }
    }

    /// Why the demo cannot run.
    #[expect(clippy::print_stderr, reason = "it is for the person at the terminal, who may not read logs")]
    pub(super) fn complain(sentence: &str) {
        eprintln!("coffret demo: {sentence}");
    }

    /// One line for the program that started this one.
    #[expect(clippy::print_stdout, reason = "this line is what the caller waits for")]
    pub(super) fn tell_program(line: &serde_json::Value) {
        println!("{line}");
    }

    /// Whether no step went otherwise than expected.
    pub(super) fn all_as_expected(&self) -> bool {
        self.unexpected == 0
    }

    pub(super) fn opening(&mut self, folder: &Path) {
        self.blank();
        let title = self.ink(Ink::Strong, "Coffret");
        self.line(&format!("  {title}  a case for precious things"));
        self.blank();
        self.remark("Two luxury houses, a dozen clients, one vault. All of them are invented.");
        self.remark("Houses call with certificates, people with tokens; every step below goes over gRPC with TLS.");
        self.remark(&format!("Data, keys and certificates: {}", folder.display()));
    }

    pub(super) fn closing(&mut self) {
        self.blank();
        self.remark("Stopped. The data stays; the next start finds it.");
    }

    /// A heading over the steps that follow.
    pub(super) fn act(&mut self, title: &str) {
        self.blank();
        let title = self.ink(Ink::Strong, title);
        self.line(&format!("  {title}"));
    }

    /// A sentence beside the steps.
    pub(super) fn remark(&mut self, sentence: &str) {
        for line in wrap(sentence, COLUMNS - 2) {
            let line = self.ink(Ink::Faint, &line);
            self.line(&format!("  {line}"));
        }
    }

    /// One step: who does what, what came of it, how long it took.
    pub(super) fn step(&mut self, what: &str, expected: bool, result: &str, taken: Duration) {
        self.steps += 1;
        self.blank();
        let number = self.ink(Ink::Faint, &format!("{:>4}", self.steps));
        let milliseconds = format!("{:.1} ms", taken.as_secs_f64() * 1_000.0);
        for (place, line) in wrap(what, COLUMNS - INDENT.len() - TIME).iter().enumerate() {
            if place == 0 {
                let gap = COLUMNS - INDENT.len() - width(line) - width(&milliseconds);
                let time = self.ink(Ink::Faint, &milliseconds);
                self.line(&format!("{number}  {line}{}{time}", " ".repeat(gap)));
            } else {
                self.line(&format!("{INDENT}{line}"));
            }
        }
        let (ink, mark) = if expected { (Ink::Good, "→") } else { (Ink::Bad, "✗ NOT AS EXPECTED:") };
        self.unexpected += usize::from(!expected);
        for (place, line) in wrap(&format!("{mark} {result}"), COLUMNS - INDENT.len() - 2).iter().enumerate() {
            let line = self.ink(ink, line);
            self.line(&format!("{INDENT}{}{line}", if place == 0 { "" } else { "  " }));
        }
    }

    /// Something other than a step went wrong.
    pub(super) fn fault(&mut self, sentence: &str) {
        self.unexpected += 1;
        let line = self.ink(Ink::Bad, &format!("✗ NOT AS EXPECTED: {sentence}"));
        self.blank();
        self.line(&format!("{INDENT}{line}"));
    }

    /// The last word on the steps.
    pub(super) fn sum(&mut self, taken: Duration) {
        self.blank();
        let (steps, seconds) = (self.steps, taken.as_secs_f64());
        let (ink, words) = match self.unexpected {
            0 => (Ink::Good, format!("All {steps} steps went as expected, in {seconds:.2} s.")),
            1 => (Ink::Bad, format!("1 of {steps} steps did not go as expected.")),
            many => (Ink::Bad, format!("{many} of {steps} steps did not go as expected.")),
        };
        let words = self.ink(ink, &words);
        self.line(&format!("  {words}"));
    }

    /// A name with what it names, for what is listed at the end.
    pub(super) fn entry(&mut self, name: &str, value: &str) {
        let name = self.ink(Ink::Faint, &format!("{name:<18}"));
        self.line(&format!("  {name}  {value}"));
    }

    /// Text to copy, as it is: never wrapped, never coloured.
    pub(super) fn paste(&mut self, text: &str) {
        self.blank();
        for line in text.lines() {
            self.line(line);
        }
    }

    fn ink(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            _ if !self.colour => return text.to_owned(),
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Good => "36",
            Ink::Bad => "1;31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    fn blank(&mut self) {
        self.line("");
    }

    fn line(&mut self, text: &str) {
        // Whoever closed the other end does not want to read on; the story is no worse for it.
        let _ = writeln!(self.out, "{text}").and_then(|()| self.out.flush());
    }
}

/// Columns that a text takes: two for a letter of the wide scripts that some clients write their names in (Unicode TR 11), else one.
fn width(text: &str) -> usize {
    let wide = |letter: char| matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}');
    text.chars().map(|letter| if wide(letter) { 2 } else { 1 }).sum()
}

/// Breaks at spaces; a word that is longer than a line stays whole.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        if last.is_empty() {
            last.push_str(word);
        } else if width(last) + 1 + width(word) <= columns {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("alone").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn shown(colour: bool, show: impl FnOnce(&mut Screen)) -> String {
        let paper = Paper::default();
        let mut screen = Screen::new(Box::new(paper.clone()), colour);
        show(&mut screen);
        String::from_utf8(paper.0.lock().expect("alone").clone()).expect("text")
    }

    fn long() -> String {
        "Maison Alba reads what Camille granted. ".repeat(9)
    }

    #[test]
    fn steps_stay_within_the_columns() {
        let text = shown(false, |screen| {
            screen.step(&long(), true, &long(), Duration::from_millis(12_345));
            screen.step(&long(), false, &long(), Duration::ZERO);
            screen.remark(&long());
        });
        assert!(text.lines().all(|line| width(line) <= COLUMNS), "{text}");
        assert!(text.contains("12345.0 ms"));
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(width("花森様 39"), 9);
        assert_eq!(width("Camille"), 7);
    }

    #[test]
    fn plain_where_colours_are_not_wanted() {
        let show = |screen: &mut Screen| screen.step("a", true, "b", Duration::ZERO);
        assert!(!shown(false, show).contains('\u{1b}'));
        assert!(shown(true, show).contains('\u{1b}'));
    }

    #[test]
    fn what_is_not_expected_is_marked_and_counted() {
        let text = shown(false, |screen| {
            screen.step("a", true, "fine", Duration::ZERO);
            assert!(screen.all_as_expected());
            screen.step("a", false, "odd", Duration::ZERO);
            assert!(!screen.all_as_expected());
            screen.sum(Duration::ZERO);
        });
        assert!(text.contains("NOT AS EXPECTED: odd") && text.contains("1 of 2 steps"));
    }
}
