//! What can go wrong, in closed kinds. The public sentence and reason go to the caller; the cause goes to the log only.

use std::borrow::Cow;
use std::fmt;

use crate::consent::violation::Violation;

/// What kind of failure it is; each maps to one gRPC status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A field of the call is wrong; `violations` name which.
    InvalidArgument,
    /// There is nothing by that name, or the caller may not know that there is.
    NotFound,
    /// It exists already.
    AlreadyExists,
    /// The state of things does not allow it now.
    FailedPrecondition,
    /// The caller is known and may not do this.
    PermissionDenied,
    /// Too much or too often; `retry_after` tells when.
    ResourceExhausted,
    /// Somebody else changed the same thing at the same time; try again.
    Aborted,
    /// The store or the keys cannot be reached; nothing was changed.
    Unavailable,
    /// Something is broken here; nothing was changed.
    Internal,
}

/// A failure of a verb.
pub struct Error {
    kind: Kind,
    reason: &'static str,
    sentence: Cow<'static, str>,
    violations: Vec<Violation>,
    retry_after_seconds: Option<u64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What a verb gives.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure of one kind with a stable reason in capitals and one plain public sentence.
    pub fn new(kind: Kind, reason: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, reason, sentence: sentence.into(), violations: Vec::new(), retry_after_seconds: None, source: None }
    }

    /// One wrong field of the call.
    pub fn invalid(field: impl Into<String>, reason: &'static str, description: impl Into<String>) -> Self {
        Self::violations(vec![Violation { field: field.into(), reason, description: description.into() }])
    }

    /// Wrong fields of the call; the first gives the reason.
    pub fn violations(violations: Vec<Violation>) -> Self {
        let reason = violations.first().map_or("INVALID_ARGUMENT", |violation| violation.reason);
        let sentence = violations.first().map_or_else(
            || Cow::Borrowed("The call has a wrong field. Nothing was changed."),
            |violation| Cow::Owned(format!("{}: {} Nothing was changed.", violation.field, violation.description)),
        );
        Self { violations, ..Self::new(Kind::InvalidArgument, reason, sentence) }
    }

    /// The state of things does not allow it.
    pub fn precondition(reason: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::FailedPrecondition, reason, sentence)
    }

    /// There is nothing by that name that the caller may see.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "NOT_FOUND", format!("There is no such {what}."))
    }

    /// What a brand hears of unknown customers, missing grants, refusals and ends long ago: all alike.
    pub fn no_access() -> Self {
        Self::new(Kind::NotFound, "NO_ACCESS", "There is no access to read under.")
    }

    /// Something is broken; the cause goes to the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, "INTERNAL", "Something is broken here. Nothing was changed.").because(cause)
    }

    /// The store cannot be reached; the cause goes to the log.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(
            Kind::Unavailable,
            "STORE_UNAVAILABLE",
            "The vault could not be reached. Nobody can read data through it while this lasts.",
        )
        .because(cause)
    }

    /// A row that contradicts itself: names table, column and row, never the value.
    pub(crate) fn inconsistent(table: &'static str, column: &'static str, row: impl fmt::Display) -> Self {
        Self::internal(format!("inconsistent row: {table}.{column} of {row}"))
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// When to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The stable reason, for programs.
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The public sentence, for people.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The wrong fields.
    pub fn field_violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Seconds until it is worth trying again.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }

    /// The cause, for the log only.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.source.as_deref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Error");
        shown.field("kind", &self.kind).field("reason", &self.reason);
        if let Some(cause) = &self.source {
            shown.field("cause", &cause.to_string());
        }
        for violation in &self.violations {
            shown.field("field", &violation.field);
        }
        shown.finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Error {}

impl From<coffret_envelope::OpenError> for Error {
    fn from(cause: coffret_envelope::OpenError) -> Self {
        Self::internal(cause)
    }
}

impl From<coffret_envelope::SealError> for Error {
    fn from(cause: coffret_envelope::SealError) -> Self {
        Self::internal(cause)
    }
}

impl From<coffret_envelope::EntropyError> for Error {
    fn from(cause: coffret_envelope::EntropyError) -> Self {
        Self::new(Kind::Unavailable, "ENTROPY_UNAVAILABLE", "The vault has no good randomness. Nothing was changed.").because(cause)
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(cause: sea_orm::DbErr) -> Self {
        Self::unavailable(cause)
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        // The position is kept, the text is not: it may hold personal data.
        Self::internal(format!("stored JSON does not decode at line {} column {}", cause.line(), cause.column()))
    }
}
