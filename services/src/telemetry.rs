//! The log. What may never stand in it is in `LOGGING.md`.

use std::io::IsTerminal;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One line of text for each event.
    #[default]
    Text,
    /// One JSON object for each event.
    Json,
}

/// From which weight on events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Calls that failed because something is broken.
    Error,
    /// What an operator should look at.
    Warn,
    /// Starts, stops and reloads.
    #[default]
    Info,
    /// Each call with method, outcome and time.
    Debug,
}

/// The log's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How it is written.
    pub format: Format,
    /// From which weight on. It moves our own events alone: what libraries log in detail (headers, statements) may hold secrets.
    pub level: Level,
}

impl Log {
    fn filter(self) -> String {
        let level = match self.level {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
        };
        let others = if self.level == Level::Error { "error" } else { "warn" };
        format!("{others},coffret={level},coffret_services={level},coffret_vault={level}")
    }
}

/// Starts the log on standard error, and has panics tell where, but not with what: the message may hold data.
pub fn start(log: Log) {
    let filter = EnvFilter::new(log.filter());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    // A second start, in one process of tests, changes nothing.
    let _ = match log.format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_opens_the_details_of_libraries() {
        for level in [Level::Error, Level::Warn, Level::Info, Level::Debug] {
            let filter = Log { level, ..Log::default() }.filter();
            let others = filter.split(',').next().expect("a first part");
            assert!(matches!(others, "warn" | "error"), "{filter}");
            assert!(!filter.contains("h2") && !filter.contains("sqlx"), "{filter}");
        }
    }
}
