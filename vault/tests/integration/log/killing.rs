//! Kill -9 at each step, under load: the process is this very program, which stops in the middle of the step and waits for it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use coffret_vault::Location;
use coffret_vault::error::Result;
use coffret_vault::log::{Log, Settings, Step, Steps};
use coffret_vault::testing::vault_at;

use super::scene::{Scene, settings};
use crate::databases::{Place, on_each_place};
use crate::stage;

/// Where the killed process works, as one line: location, keys, folder, step, after, at, year.
const WORK: &str = "COFFRET_TEST_LOG_KILL";

/// Stops the process at a step, for good, and says so.
struct Stopping {
    step: Step,
    after: bool,
    at: u32,
    come: AtomicU32,
}

impl Stopping {
    fn tell(&self, step: Step, after: bool) {
        if step == self.step && after == self.after && self.come.fetch_add(1, Ordering::SeqCst) == self.at {
            writeln!(std::io::stdout(), "\nSTOPPED").expect("told");
            std::io::stdout().flush().expect("told");
            loop {
                std::thread::park();
            }
        }
    }
}

impl Steps for Stopping {
    fn before(&self, step: Step) -> Result<()> {
        self.tell(step, false);
        Ok(())
    }

    fn after(&self, step: Step) -> Result<()> {
        self.tell(step, true);
        Ok(())
    }
}

/// What the process does that is killed.
async fn work(work: &str) {
    let parts: Vec<&str> = work.split('\n').collect();
    let [location, keys, folder, step, after, at, year] = parts[..] else { panic!("seven parts") };
    let location = match location.strip_prefix("sqlite:") {
        Some(path) => Location::Sqlite(PathBuf::from(path)),
        None => Location::Postgres(location.to_owned()),
    };
    let step = Step::ALL.into_iter().find(|known| format!("{known:?}") == step).expect("a step");
    let seed = u64::from(std::process::id()) + 1000;
    // What the one that kills has let go ends a moment later.
    let mut opened = vault_at(location.clone(), Path::new(keys), seed).await;
    while opened.as_ref().is_err_and(|error| error.reason() == "DATA_IN_USE") {
        tokio::time::sleep(Duration::from_millis(20)).await;
        opened = vault_at(location.clone(), Path::new(keys), seed).await;
    }
    let (vault, clock) = opened.expect("the vault opens");
    clock.set(format!("{year}-06-01").parse().expect("a date"));
    let steps = Stopping { step, after: after == "true", at: at.parse().expect("a number"), come: AtomicU32::new(0) };
    let settings = Settings { steps: Arc::new(steps), every: Duration::from_millis(20), ..settings(Path::new(folder)) };
    let _log = Log::start(&vault, &settings).await.expect("started");
    // Customers come and write for as long as this lives.
    let writers = (0..8).map(|writer| {
        let vault = Arc::clone(&vault);
        tokio::spawn(async move {
            for number in 0.. {
                let mail = format!("c{number}.w{writer}.p{}@customer.example", std::process::id());
                let customer = stage::customer(&vault, &mail).await;
                for _ in 0..20 {
                    stage::put(&vault, customer, "body.height").await;
                }
            }
        })
    });
    futures_util::future::join_all(writers).await;
}

/// Runs the worker until it stops at the step, and kills it there.
fn kill_at(place: &Place, folder: &Path, step: Step, after: bool, at: u32, year: i32) {
    let location = match place.location() {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    let work = [location, place.keys().display().to_string(), folder.display().to_string(), format!("{step:?}"), after.to_string()];
    let work = format!("{}\n{at}\n{year}", work.join("\n"));
    let mut worker = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "log::killing::a_process_that_is_killed_at_any_step_loses_nothing_and_shows_nothing_false", "--nocapture"])
        .env(WORK, work)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let stopped =
        BufReader::new(worker.stdout.take().expect("piped")).lines().map_while(std::result::Result::ok).any(|line| line == "STOPPED");
    worker.kill().expect("runs");
    worker.wait().expect("waited for");
    assert!(stopped, "{step:?} {after} {at} did not come");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_process_that_is_killed_at_any_step_loses_nothing_and_shows_nothing_false() {
    #[expect(clippy::disallowed_methods, reason = "the process is told what to do by the one that kills it")]
    if let Ok(told) = std::env::var(WORK) {
        return work(&told).await;
    }
    on_each_place("log_kill", async |place| {
        // The vault is made, and let go: the worker has the embedded database for itself.
        drop(place.open().await);
        let folder = tempfile::tempdir().expect("a folder");
        let mut year = 2026;
        for step in Step::ALL {
            // Tiles grow full now and then; what is removed by then is there once.
            for (after, at) in [(false, u32::from(step != Step::Tidy) * 2), (true, 0)] {
                // The head is taken once, and the year turns once.
                let at = if matches!(step, Step::Hold | Step::Turn) { 0 } else { at };
                if step == Step::Turn {
                    year += 1;
                }
                tokio::task::block_in_place(|| kill_at(place, folder.path(), step, after, at, year));
                let (vault, clock) = place.open_again().await;
                clock.set(format!("{year}-06-01").parse().expect("a date"));
                let scene = Scene::over_folder(place, vault, clock, folder.path());
                scene.audit_published().await;
                let (mut keeper, mut publisher) = scene.start().await;
                // Another process held the head until a moment ago.
                place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
                scene.settle(&mut keeper, &mut publisher).await;
                let leaves = scene.audit().await;
                assert!(!leaves.is_empty());
                assert_eq!(scene.vault.check_ledger(None).await.expect("checked").faults, Vec::<String>::new());
            }
        }
    })
    .await;
}
