//! The tasks.

use std::time::Duration;

use super::scene::Scene;
use crate::databases::on_each_place;
use crate::stage;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_soon_public_and_a_stop_leaves_nothing_waiting() {
    on_each_place("log_runs", async |place| {
        let scene = Scene::new(place).await;
        let log = scene.run().await;
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        let waited = tokio::time::timeout(Duration::from_secs(30), scene.vault.await_inclusion(anna, 1)).await;
        waited.expect("in time").expect("included");
        // One that never comes is waited for as long as the caller likes; one that does not exist is not.
        assert_eq!(scene.vault.await_inclusion(anna, 2).await.expect_err("no such entry").reason(), "NOT_FOUND");
        stage::put(&scene.vault, anna, "body.height").await;
        log.stop().await;
        let status = scene.vault.log_status().await.expect("known");
        assert_eq!((status.waiting, status.stopped), (0, None));
        assert_eq!((status.signed.map(|signed| signed.0), status.published), (Some(status.size), Some(status.size)));
        scene.audit().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_refused_says_so_and_goes_on_once_it_is_put_right() {
    on_each_place("log_stops", async |place| {
        let scene = Scene::new(place).await;
        let log = scene.run().await;
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        scene.vault.await_inclusion(anna, 1).await.expect("included");
        let kept = std::fs::read(&scene.settings.kept).expect("kept");
        std::fs::write(&scene.settings.kept, "nothing of ours").expect("written");
        stage::put(&scene.vault, anna, "body.height").await;
        let until = async |wanted: Option<&str>| {
            let mut tries = 0;
            while scene.vault.log_status().await.expect("known").stopped != wanted {
                tries += 1;
                assert!(tries < 500, "{wanted:?} does not come");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        until(Some("LOG_KEPT_UNREADABLE")).await;
        assert_eq!(scene.vault.inclusion(anna, 2).await.expect_err("not published").reason(), "NOT_YET_PUBLISHED");
        stage::put(&scene.vault, anna, "body.height").await;
        std::fs::write(&scene.settings.kept, kept).expect("written");
        until(None).await;
        tokio::time::timeout(Duration::from_secs(30), scene.vault.await_inclusion(anna, 3)).await.expect("in time").expect("included");
        log.stop().await;
        scene.audit().await;
    })
    .await;
}
