//! Every step fails once, before it is done and after: nothing is lost, doubled, or seen too early.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use coffret_vault::error::{Error, Result};
use coffret_vault::log::{Step, Steps};
use sea_orm::ConnectionTrait;

use super::scene::Scene;
use crate::databases::on_each_place;

/// Lets one step fail, the `at`th time that it comes.
struct Faulty {
    step: Step,
    persisted: bool,
    at: u32,
    come: AtomicU32,
}

impl Faulty {
    fn tell(&self, step: Step, after: bool) -> Result<()> {
        if step == self.step && after == self.persisted && self.come.fetch_add(1, Ordering::SeqCst) == self.at {
            return Err(Error::unavailable(format!("{step:?} fails here, persisted: {after}")));
        }
        Ok(())
    }

    fn has_failed(&self) -> bool {
        self.come.load(Ordering::SeqCst) > self.at
    }
}

impl Steps for Faulty {
    fn before(&self, step: Step) -> Result<()> {
        self.tell(step, false)
    }

    fn after(&self, step: Step) -> Result<()> {
        self.tell(step, true)
    }
}

/// How often in one go each step is done at least, so that it can fail at each time.
fn times(step: Step) -> u32 {
    match step {
        Step::PublishTile => 6,
        Step::Tidy => 3,
        Step::Sequence => 2,
        _ => 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_or_seems_to_is_made_up_for_and_nobody_sees_half_of_it() {
    on_each_place("log_faults", async |place| {
        let scene = Scene::new(place).await;
        let database = place.back_door().await;
        let mut year = 2026;
        for step in Step::ALL {
            for (persisted, at) in (0..times(step)).flat_map(|at| [(false, at), (true, at)]) {
                if step == Step::Turn {
                    year += 1;
                    scene.clock.set(format!("{year}-03-01").parse().expect("a date"));
                }
                // More than one transaction takes, and several full tiles.
                scene.leave(600, 1).await;
                let faulty = Arc::new(Faulty { step, persisted, at, come: AtomicU32::new(0) });
                let steps = Arc::<Faulty>::clone(&faulty);
                let mut before = 0;
                let mut failures = 0;
                let (mut keeper, mut publisher) = scene.start_told(steps).await;
                // The process before this one is gone.
                database.execute_unprepared("UPDATE log_head SET expires_at = 0").await.expect("released");
                loop {
                    let mut all = async || -> Result<u64> {
                        assert!(keeper.hold().await?);
                        keeper.turn().await?;
                        while keeper.sequence().await?.more {}
                        let size = keeper.checkpoint().await?.expect("the head is held");
                        publisher.publish().await?;
                        Ok(size)
                    };
                    let done = all().await;
                    let seen = scene.vault.log_origins().await.expect("logs");
                    for origin in &seen {
                        let key = scene.vault.log_verifier_key(&origin.name).await.expect("a key");
                        let folder = scene.published().join("ledger").join(origin.year.to_string());
                        let (_, size) = super::scene::audit_folder(&folder, &key);
                        if origin.log == seen.len() as i64 {
                            assert!(size >= before, "the checkpoint went back");
                            before = size;
                        } else {
                            before = 0;
                        }
                    }
                    match done {
                        Ok(_) => break,
                        Err(_) => failures += 1,
                    }
                    assert!(failures < 3, "{step:?} {persisted} {at}: it fails on");
                }
                assert!(faulty.has_failed() && failures == 1, "{step:?} {persisted} {at}: {failures} failures");
            }
            scene.audit().await;
        }
        database.close().await.expect("closes");
        assert_eq!(scene.vault.log_status().await.expect("known").waiting, 0);
    })
    .await;
}
