//! What libFuzzer says while it runs.

/// Reads its lines.
#[derive(Debug, Default)]
pub(super) struct Report {
    executions: u64,
    a_second: u64,
    /// Edges that were reached, after the seeds and now.
    edges: [u64; 2],
    inputs: u64,
    memory: u64,
    /// What went wrong first.
    what: Option<String>,
    input: Option<String>,
}

/// How it ended.
pub(super) struct Outcome {
    pub(super) told: String,
    pub(super) finding: Option<Finding>,
}

/// Something that does not hold.
pub(super) struct Finding {
    pub(super) what: String,
    /// The file with the input, where it was kept.
    pub(super) input: Option<String>,
}

impl Report {
    pub(super) fn read(&mut self, line: &str) {
        if let Some(path) = line.split_once("Test unit written to ").map(|(_, path)| path.trim()) {
            self.input = Some(path.to_owned());
        } else if let Some(status) = line.strip_prefix('#') {
            self.read_status(status);
        } else if let Some((name, number)) = line.strip_prefix("stat::").and_then(|stat| stat.split_once(':')) {
            match (name, number.trim().parse()) {
                ("number_of_executed_units", Ok(number)) => self.executions = number,
                ("average_exec_per_sec", Ok(number)) => self.a_second = number,
                ("peak_rss_mb", Ok(number)) => self.memory = number,
                _ => {}
            }
        } else if self.what.is_none() && (line.starts_with("panicked at ") || line.contains("ERROR: libFuzzer: ")) {
            self.what = Some(line.split_once("ERROR: ").map_or(line, |(_, what)| what).to_owned());
        } else if let Some(what) = self.what.as_mut().filter(|what| what.starts_with("panicked at ") && what.ends_with(':')) {
            // The place, then the words.
            what.push(' ');
            what.push_str(line);
        }
    }

    /// `4096 NEW    cov: 120 ft: 340 corp: 30/2Kb lim: 40 exec/s: 2048 rss: 35Mb ..`
    fn read_status(&mut self, status: &str) {
        let words: Vec<&str> = status.split_whitespace().collect();
        let [executions, event, ..] = words.as_slice() else { return };
        let after = |name: &str| words.iter().position(|word| *word == name).and_then(|place| words.get(place + 1));
        let number = |name: &str| {
            let digits = after(name)?.split(|character: char| !character.is_ascii_digit()).next()?;
            digits.parse::<u64>().ok()
        };
        self.executions = executions.parse().unwrap_or(self.executions);
        self.a_second = number("exec/s:").unwrap_or(self.a_second);
        self.inputs = number("corp:").unwrap_or(self.inputs);
        self.memory = number("rss:").unwrap_or(self.memory);
        if let Some(edges) = number("cov:") {
            self.edges = [if *event == "INITED" { edges } else { self.edges[0] }, edges];
        }
    }

    /// Where it stands.
    pub(super) fn progress(&self) -> String {
        let Self { executions, a_second, edges: [first, now], inputs, memory, .. } = self;
        format!("{executions} executions, {a_second}/s, {now} edges ({first} by the seeds), {inputs} inputs, {memory} MiB")
    }

    /// Where it stood at its end.
    pub(super) fn close(self, succeeded: bool) -> Outcome {
        let told = self.progress();
        let nothing = succeeded && self.executions == 0;
        let what = self.what.or_else(|| nothing.then(|| "it ran nothing".to_owned()));
        let what = what.or_else(|| (!succeeded).then(|| "it ended without a word".to_owned()));
        let finding = what.filter(|_| nothing || !succeeded).map(|what| Finding { what, input: self.input });
        Outcome { told, finding }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGINNING: &str = "INFO: Running with entropic power schedule (0xFF, 100).\n\
        INFO: seed corpus: files: 9 min: 1b max: 800b total: 2Kb rss: 31Mb\n\
        #10\tINITED cov: 120 ft: 200 corp: 9/2Kb exec/s: 0 rss: 33Mb\n\
        #4096\tNEW    cov: 131 ft: 340 corp: 30/2Kb lim: 40 exec/s: 2048 rss: 35Mb L: 4/40 MS: 1 ChangeBit-\n";

    fn read(text: &str) -> Report {
        let mut report = Report::default();
        text.lines().for_each(|line| report.read(line));
        report
    }

    #[test]
    fn progress_is_read_from_the_lines_of_status() {
        let report = read(BEGINNING);
        assert_eq!(report.progress(), "4096 executions, 2048/s, 131 edges (120 by the seeds), 30 inputs, 35 MiB");
        let ended =
            read(&format!("{BEGINNING}Done 9000 runs in 4 second(s)\nstat::number_of_executed_units: 9000\nstat::peak_rss_mb: 40\n"));
        let Outcome { told, finding } = ended.close(true);
        assert_eq!(told, "9000 executions, 2048/s, 131 edges (120 by the seeds), 30 inputs, 40 MiB");
        assert!(finding.is_none());
    }

    #[test]
    fn a_finding_has_its_words_and_its_input() {
        let panic = "panicked at deploy/fuzz/src/note.rs:40:9:\na note has one spelling\nstack\n==7== ERROR: libFuzzer: deadly signal\n\
            artifact_prefix='found/'; Test unit written to found/crash-1\n";
        let finding = read(&format!("{BEGINNING}{panic}")).close(false).finding.unwrap();
        assert_eq!(finding.what, "panicked at deploy/fuzz/src/note.rs:40:9: a note has one spelling");
        assert_eq!(finding.input.as_deref(), Some("found/crash-1"));
        let slow = "==7== ERROR: libFuzzer: timeout after 10 seconds\nartifact_prefix='f/'; Test unit written to f/timeout-2\n";
        assert_eq!(read(slow).close(false).finding.unwrap().what, "libFuzzer: timeout after 10 seconds");
    }

    #[test]
    fn silence_is_a_failure() {
        assert_eq!(read("").close(true).finding.unwrap().what, "it ran nothing");
        assert_eq!(read(BEGINNING).close(false).finding.unwrap().what, "it ended without a word");
    }
}
