//! Keeper and publisher at work, until they are told to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Keeper, Publisher, Settings, Witnesses};
use crate::Vault;
use crate::error::Result;

/// How often a server that keeps the log looks for what waits, and another one whether the log is free.
const LOOK: Duration = Duration::from_millis(200);
/// How often the hold on the head is renewed.
const RENEW: Duration = Duration::from_secs(2);
/// The pause after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// The log's tasks. Dropped, they end by themselves; [`Log::stop`] waits for it.
#[derive(Debug)]
pub struct Log {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Log {
    /// Starts to keep and publish the log of a vault.
    ///
    /// # Errors
    /// As [`Keeper::new`]. What goes wrong later is tried again, and told by [`Vault::log_status`].
    pub async fn start(vault: &Arc<Vault>, settings: &Settings) -> Result<Self> {
        let keeper = Keeper::new(vault, settings).await?;
        let publisher = Publisher::new(vault, settings);
        let (stop, stopping) = watch::channel(false);
        let times = Times { every: settings.every, idle_every: settings.idle_every };
        let mut tasks = vec![
            tokio::spawn(keep(Arc::clone(vault), keeper, times, stopping.clone())),
            tokio::spawn(publish(Arc::clone(vault), publisher, times.every, stopping.clone())),
        ];
        if !settings.witnesses.is_empty() {
            tasks.push(tokio::spawn(Witnesses::new(vault, settings).run(stopping)));
        }
        Ok(Self { stop, tasks })
    }

    /// Ends the tasks. What waits by now is given its place, signed and published, as far as that goes at once.
    pub async fn stop(self) {
        // Nobody listens only when they have ended already.
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(broken) = task.await {
                tracing::error!(panicked = broken.is_panic(), "a task of the log broke");
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Times {
    every: Duration,
    idle_every: Duration,
}

/// Waits, or is told to stop: `true`. Somebody who can no longer tell has told.
async fn stops(stopping: &mut watch::Receiver<bool>, within: Duration) -> bool {
    tokio::time::timeout(within, stopping.wait_for(|stopping| *stopping)).await.is_ok()
}

/// When what is due.
struct Due {
    renew: Instant,
    sign: Instant,
    idle: Instant,
}

async fn keep(vault: Arc<Vault>, mut keeper: Keeper, times: Times, mut stopping: watch::Receiver<bool>) {
    let now = Instant::now();
    let mut due = Due { renew: now, sign: now, idle: now + times.idle_every };
    let look = LOOK.min(times.every);
    while !stops(&mut stopping, look).await {
        if let Err(error) = once(&vault, &mut keeper, times, &mut due).await {
            vault.log.stop_on(&error);
            tracing::warn!(reason = error.reason(), cause = error.cause().map(ToString::to_string), "the log was not kept; trying again");
            if stops(&mut stopping, PAUSE).await {
                break;
            }
        }
    }
    // The last of what this server has written; another server, or the next start, sees to what is left.
    if vault.log.stopped().is_none() {
        let last = async {
            keeper.sequence().await?;
            keeper.checkpoint().await?;
            Result::Ok(())
        };
        if let Err(error) = last.await {
            tracing::warn!(reason = error.reason(), "the log was not signed at the end");
        }
    }
    if let Err(error) = keeper.release().await {
        tracing::debug!(reason = error.reason(), "the log's head was not released");
    }
    vault.log.signed.notify_one();
}

async fn once(vault: &Vault, keeper: &mut Keeper, times: Times, due: &mut Due) -> Result<()> {
    let now = Instant::now();
    // Nobody competes for the embedded database: there it is held until it is let go.
    if keeper.epoch.is_none() || (now >= due.renew && vault.store.is_postgres()) {
        keeper.hold().await?;
        due.renew = now + RENEW;
    }
    if keeper.epoch.is_none() {
        return Ok(());
    }
    if vault.log.stopped_by_publication().is_some() {
        // The publisher looks again. The entries wait.
        keeper.loaded = None;
        return Ok(());
    }
    if vault.log.stopped().is_some() {
        // Whoever looks after it may have put it right.
        keeper.loaded = None;
        keeper.checkpoint().await?;
        keeper.check_idle().await?;
        vault.log.go_on();
    }
    if now >= due.sign {
        keeper.turn().await?;
    }
    while keeper.sequence().await?.more && Instant::now() < due.sign.max(now + LOOK) {
        tokio::task::yield_now().await;
    }
    let now = Instant::now();
    if now >= due.sign {
        keeper.checkpoint().await?;
        due.sign = now + times.every;
    }
    if now >= due.idle {
        keeper.check_idle().await?;
        due.idle = now + times.idle_every;
    }
    Ok(())
}

async fn publish(vault: Arc<Vault>, mut publisher: Publisher, every: Duration, mut stopping: watch::Receiver<bool>) {
    let mut last = false;
    loop {
        let published = publisher.publish().await;
        if published.is_ok() {
            // What is not done was held against what is published; what is done was before.
            vault.log.go_on_publishing();
        }
        if let Err(error) = published {
            vault.log.stop_on_publication(&error);
            tracing::warn!(
                reason = error.reason(),
                cause = error.cause().map(ToString::to_string),
                "the log was not published; trying again"
            );
        }
        if last {
            return;
        }
        tokio::select! {
            () = vault.log.signed.notified() => {}
            stopping = stops(&mut stopping, every) => if stopping {
                // The keeper signs once more, and tells.
                last = true;
                let _ = tokio::time::timeout(Duration::from_secs(10), vault.log.signed.notified()).await;
            },
        }
    }
}
