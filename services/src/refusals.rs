//! Calls refused at the door, counted by reason: guessing and floods leave a trace that names nobody.

use std::sync::atomic::{AtomicU64, Ordering};

use tonic::Code;

/// Refusals since they were told last.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    credentials: AtomicU64,
    rate_limited: AtomicU64,
    keys: AtomicU64,
}

/// Why passkeys, and the codes that lead to them, are refused.
const KEYS: [&str; 5] = ["CEREMONY_ENDED", "INVITATION_INVALID", "PASSKEY_REFUSED", "RECOVERY_CODE_INVALID", "SIGNED_SOMETHING_ELSE"];

impl Refusals {
    /// Counts a refusal with this code; others than of callers who are not known and of those who call too often are not counted.
    pub(crate) fn count(&self, code: Code) {
        let counter = match code {
            Code::Unauthenticated => &self.credentials,
            Code::ResourceExhausted => &self.rate_limited,
            _ => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what a service refused, where it was a passkey or a code.
    pub(crate) fn count_reason(&self, reason: &str) {
        if KEYS.contains(&reason) {
            self.keys.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Credentials refused, calls that were too many, and passkeys and codes refused.
    #[cfg(test)]
    pub(crate) fn counted(&self) -> (u64, u64, u64) {
        let [credentials, rate_limited, keys] =
            [&self.credentials, &self.rate_limited, &self.keys].map(|count| count.load(Ordering::Relaxed));
        (credentials, rate_limited, keys)
    }

    /// Writes the counts to the log, where there are any, and begins anew. Called every ten seconds, so that a flood of calls is no flood
    /// of lines.
    pub(crate) fn tell(&self) {
        let [credentials, rate_limited, keys] =
            [&self.credentials, &self.rate_limited, &self.keys].map(|count| count.swap(0, Ordering::Relaxed));
        if credentials + rate_limited + keys > 0 {
            tracing::warn!(
                "calls were refused at the door; refused credentials: {credentials}, rate limited: {rate_limited}, passkeys and codes: {keys}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("sound").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        /// The lines that somebody writes.
        fn of(write: impl FnOnce()) -> Vec<String> {
            let log = Self::default();
            let writer = log.clone();
            let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
            tracing::subscriber::with_default(subscriber, write);
            let bytes = log.0.lock().expect("sound").clone();
            String::from_utf8(bytes).expect("UTF-8").lines().map(str::to_owned).collect()
        }
    }

    #[test]
    fn many_refusals_are_one_line_with_counts_by_reason() {
        let refusals = Refusals::default();
        for _ in 0..41 {
            refusals.count(Code::Unauthenticated);
        }
        for _ in 0..7 {
            refusals.count(Code::ResourceExhausted);
        }
        for other in [Code::Ok, Code::PermissionDenied, Code::NotFound, Code::InvalidArgument] {
            refusals.count(other);
        }
        for reason in ["PASSKEY_REFUSED", "INVITATION_INVALID", "RECOVERY_CODE_INVALID", "CEREMONY_ENDED", "NAME_INVALID", ""] {
            refusals.count_reason(reason);
        }
        let lines = Log::of(|| refusals.tell());
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].contains(" WARN ") && lines[0].ends_with("refused credentials: 41, rate limited: 7, passkeys and codes: 4"),
            "{lines:?}"
        );
        assert_eq!(Log::of(|| refusals.tell()), Vec::<String>::new(), "what was told is not told again");
    }

    #[test]
    fn nothing_refused_is_nothing_told() {
        let refusals = Refusals::default();
        refusals.count(Code::PermissionDenied);
        assert_eq!(Log::of(|| refusals.tell()), Vec::<String>::new());
    }
}
