//! E-mail to customers: that there is something new in their vault, and no more. What and when is the vault's to say; this hands it over.

mod smtp;

use std::sync::Arc;
use std::time::Duration;

use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::error::Result;
use coffret_vault::notice::{Letter, Outcome};
use futures_util::{StreamExt, stream};
use tokio::sync::watch;
use tonic::async_trait;
use zeroize::Zeroizing;

pub use smtp::{Security, SmtpSender, SmtpSettings};

/// Letters on their way at the same time.
const AT_ONCE: usize = 4;
/// How long handing one letter over may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for letters that are due.
const LOOK: Duration = Duration::from_secs(5);

/// An e-mail, written.
pub struct Written {
    /// One address.
    pub to: Zeroizing<String>,
    /// The part of the Message-ID before the `@`.
    pub message_id: String,
    /// The language of the texts (BCP 47).
    pub language: &'static str,
    /// The subject.
    pub subject: String,
    /// The text, plain.
    pub body: String,
    /// When it is sent.
    pub at: Timestamp,
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Written").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// Why an e-mail was not handed over. The cause never holds an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It can be tried again.
    #[error("{0}")]
    Later(String),
    /// It never will be taken.
    #[error("{0}")]
    Never(String),
}

/// Hands e-mail over.
#[async_trait]
pub trait MailSender: Send + Sync {
    /// When this returns without a failure, somebody else has taken the e-mail on.
    async fn send(&self, mail: Written) -> std::result::Result<(), SendError>;
}

/// How a server sends e-mail.
#[derive(Clone)]
pub struct MailParts {
    /// Who hands it over.
    pub sender: Arc<dyn MailSender>,
    /// The address under which customers find their pages, without a path.
    pub origin: String,
    /// How often it is looked for what is due.
    pub every: Duration,
}

impl MailParts {
    /// With this sender, for pages at this address.
    pub fn new(sender: Arc<dyn MailSender>, origin: impl Into<String>) -> Self {
        Self { sender, origin: origin.into(), every: LOOK }
    }
}

impl std::fmt::Debug for MailParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailParts").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// What became of the letters of one look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Letters that were handed over.
    pub sent: u64,
    /// Letters that were not.
    pub failed: u64,
    /// Notices whose e-mail was given up.
    pub given_up: u64,
}

/// Sends what is due, once.
///
/// # Errors
/// The database does not answer. A letter that cannot be sent keeps no other.
pub async fn send_due(vault: &Arc<Vault>, parts: &MailParts) -> Result<Tally> {
    let letters = vault.take_letters().await?;
    let mut done = stream::iter(letters).map(|letter| send_one(vault, parts, letter)).buffer_unordered(AT_ONCE);
    let mut tally = Tally::default();
    while let Some(one) = done.next().await {
        match one {
            Ok((Outcome::Sent, _)) => tally.sent += 1,
            Ok((_, given_up)) => {
                tally.failed += 1;
                tally.given_up += given_up;
            }
            // It is due again when its lease is over: sent twice perhaps, under one Message-ID.
            Err(error) => {
                tracing::error!(reason = error.reason(), cause = error.cause().map(ToString::to_string), "a letter's end was not written");
            }
        }
    }
    Ok(tally)
}

async fn send_one(vault: &Arc<Vault>, parts: &MailParts, letter: Letter) -> Result<(Outcome, u64)> {
    // Letters before it took too long: it may be another server's by the time it would be sent.
    if !letter.is_held(vault.now()) {
        return Ok((Outcome::Failed, 0));
    }
    let text = coffret_admin_ui::letter(&letter.language, &parts.origin);
    let mail = Written {
        to: letter.address.clone(),
        message_id: letter.message_id.clone(),
        language: text.language,
        subject: text.subject,
        body: text.body,
        at: vault.now(),
    };
    let outcome = match tokio::time::timeout(PATIENCE, parts.sender.send(mail)).await {
        Ok(Ok(())) => Outcome::Sent,
        Ok(Err(SendError::Never(cause))) => {
            tracing::debug!(cause, "a letter was refused for good");
            Outcome::Hopeless
        }
        Ok(Err(SendError::Later(cause))) => {
            tracing::debug!(cause, "a letter was not taken");
            Outcome::Failed
        }
        Err(_) => Outcome::Failed,
    };
    Ok((outcome, vault.letter_done(&letter, outcome).await?))
}

/// Sends what is due for as long as the server runs. That it fails keeps nobody else.
pub(crate) async fn keep_mailing(vault: Arc<Vault>, parts: MailParts, mut stopping: watch::Receiver<bool>) {
    let mut look = tokio::time::interval(parts.every);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            _ = look.tick() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        match send_due(&vault, &parts).await {
            Ok(Tally { sent, failed, given_up }) => {
                if given_up > 0 {
                    tracing::error!(given_up, "mail was given up: these customers are told in the portal alone");
                }
                // Once when it begins, once when it ends.
                if failed > 0 && !failing {
                    tracing::warn!(failed, "mail is not taken; it is tried again");
                } else if failed == 0 && sent > 0 && failing {
                    tracing::info!(sent, "mail is taken again");
                }
                failing = if failed > 0 { true } else { failing && sent == 0 };
            }
            Err(error) => {
                tracing::error!(reason = error.reason(), cause = error.cause().map(ToString::to_string), "mail was not looked for");
            }
        }
    }
}
