use crate::error::Kind;
use crate::id::CustomerId;
use crate::ledger::{Note, Who};
use crate::testing::vault_in;

#[tokio::test]
async fn a_decision_that_breaks_off_fails_alone_and_the_writer_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, _) = vault_in(folder.path(), 1).await.expect("a vault");
    let session = vault.session(CustomerId::DEPLOYMENT).await.expect("the deployment");
    let broken = vault.commit::<()>(&session, |_| panic!("a fault")).await.expect_err("broken off");
    assert_eq!(broken.kind(), Kind::Internal);
    let before = session.view.seq;
    let noted = vault.commit(&session, |draft| draft.note(Note::new("test", Who::Clock))).await.expect("written");
    assert_eq!(noted.0, before + 1, "what broke off left no trace");
}

#[tokio::test]
async fn many_changes_of_one_customer_at_once_follow_each_other_without_a_gap() {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, _) = vault_in(folder.path(), 2).await.expect("a vault");
    let session = vault.session(CustomerId::DEPLOYMENT).await.expect("the deployment");
    let before = session.view.seq;
    let notes = (0..600).map(|_| vault.commit(&session, |draft| draft.note(Note::new("test", Who::Clock))));
    let mut positions: Vec<i64> = futures_util::future::join_all(notes).await.into_iter().map(|noted| noted.expect("written").0).collect();
    positions.sort_unstable();
    assert_eq!(positions, (before + 1..=before + 600).collect::<Vec<_>>());
    assert_eq!(vault.check_ledger(None).await.expect("a check").faults, Vec::<String>::new());
}
