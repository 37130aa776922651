//! What was promised is checked: by the client, by a stranger's attempt, by the operator.

use coffret_proto::v1;

use super::Granted;
use crate::demo::screen::Screen;
use crate::demo::story::{Cast, call, refused};

/// Reads of the story that are answered, and the reasons of those that are refused.
const ANSWERED: usize = 3;
const REFUSED: [&str; 3] = ["VIEW_NOT_GRANTED", "FREQUENCY_EXCEEDED", "GRANT_REVOKED"];

/// The client looks at every read under the access, and has one entry recomputed.
pub(in crate::demo) async fn own_log(cast: &Cast<'_>, granted: &Granted, screen: &mut Screen) -> Option<()> {
    screen.act("The client checks");
    let name = cast.clients[granted.client].first_name();
    let mut ledger = cast.client(granted.client, screen).await?.ledger();
    let list = v1::ListEntriesRequest {
        parent: "customers/me".to_owned(),
        brand: cast.stage.brand_name("alba").to_owned(),
        page_size: 100,
        ..v1::ListEntriesRequest::default()
    };
    let entries = call(screen, &format!("{name} reads the log of this access."), ledger.list_entries(list), |answer| {
        let mine: Vec<_> = answer.entries.iter().filter(|entry| entry.details_json.contains(granted.id())).collect();
        let answered = mine.iter().filter(|entry| entry.kind == "read").count();
        let refused = |reason: &&str| mine.iter().any(|entry| entry.kind == "read.refused" && entry.details_json.contains(*reason));
        let others = mine.iter().filter(|entry| entry.kind == "read.refused").count();
        if answered == ANSWERED && others == REFUSED.len() && REFUSED.iter().all(refused) {
            Ok(format!("{answered} reads answered and {others} refused, each with who, what and why: exactly what happened."))
        } else {
            Err(format!("{answered} answered and {others} refused, and not 3 and 3"))
        }
    })
    .await?;
    let newest = entries.entries.first()?.name.clone();
    call(
        screen,
        &format!("{name} has the newest entry recomputed."),
        ledger.verify_entry(v1::VerifyEntryRequest { name: newest }),
        |answer| {
            if answer.valid {
                Ok("VALID: its details match what was committed to.".to_owned())
            } else {
                Err("the entry does not match".to_owned())
            }
        },
    )
    .await
    .map(|_| ())
}

/// A stranger tries; the operator has the whole ledger checked.
pub(in crate::demo) async fn everything(cast: &Cast<'_>, screen: &mut Screen) -> Option<()> {
    screen.act("Everything is checked");
    let mut stranger = cast.stage.stranger.access();
    let list = v1::ListAccessGrantsRequest::default();
    let what = "Somebody with a certificate of the same authority, but of no house, tries to call.";
    refused(screen, what, stranger.list_access_grants(list), "UNAUTHENTICATED", |_| "A good certificate alone opens nothing.".to_owned())
        .await;
    let mut ledger = cast.stage.operator.ledger();
    let check = async {
        let mut request = v1::CheckLedgerRequest::default();
        let mut faults = Vec::new();
        // The counts grow from page to page; each page tells its own faults.
        loop {
            let mut page = ledger.check_ledger(request.clone()).await?;
            faults.append(&mut page.get_mut().faults);
            request.page_token = std::mem::take(&mut page.get_mut().next_page_token);
            if request.page_token.is_empty() {
                page.get_mut().faults = faults;
                return Ok(page);
            }
        }
    };
    call(screen, "The operator has every entry of every log checked, and sees none of them.", check, |answer| {
        let v1::CheckLedgerResponse { entries, streams, reads_answered, reads_refused, faults, .. } = answer;
        match faults.first() {
            None if *entries > 0 => Ok(format!(
                "No fault: {entries} entries in {streams} logs, without a gap; {reads_answered} reads answered, {reads_refused} refused."
            )),
            None => Err("the ledger is empty".to_owned()),
            Some(fault) => Err(format!("{} faults, the first: {fault}", faults.len())),
        }
    })
    .await
    .map(|_| ())
}
