//! The house reads, within the terms and beyond them.

use coffret_proto::v1::{self, View};
use tonic_types::StatusExt;

use super::Granted;
use crate::demo::screen::Screen;
use crate::demo::story::{ASKED, Cast, call, random_id, refused, values};

/// Three reads fit; what is finer, and what comes too often, is refused.
pub(in crate::demo) async fn play(cast: &Cast<'_>, granted: &Granted, screen: &mut Screen) -> Option<()> {
    screen.act("The house reads");
    let mut access = cast.stage.brand("alba").access();
    let read = |items: Vec<v1::ReadItem>, reason: &str| v1::ReadRecordsRequest {
        grant: granted.grant.clone(),
        items,
        reason: reason.to_owned(),
        advisor: "Inès, boutique Paris".to_owned(),
        request_id: random_id(),
        ..v1::ReadRecordsRequest::default()
    };
    let one = |attribute: &str, view: View| vec![v1::ReadItem { attribute: attribute.to_owned(), view: view.into() }];
    let all = read(Vec::new(), "Fitting on Thursday");
    call(screen, "Maison Alba reads all that was granted.", access.read_records(all), |answer| {
        let missing = ASKED.iter().find(|asked| !answer.records.iter().any(|record| record.attribute == asked.0));
        let birth = answer.records.iter().find(|record| record.attribute == "identity.birth_date");
        match (missing, birth) {
            (Some((attribute, ..)), _) => Err(format!("{attribute} is missing")),
            (None, Some(birth)) if birth.view() == View::Masked && !birth.value_json.contains('-') => {
                Ok(format!("{}. Entry {} was durable before this answer.", values(&answer.records), answer.sequence))
            }
            (None, _) => Err("the day of birth was not masked".to_owned()),
        }
    })
    .await?;
    let masked = read(one("body.height", View::Masked), "A size band is enough here");
    call(screen, "Maison Alba asks for less than it could have: the height, masked.", access.read_records(masked), |answer| {
        match answer.records.as_slice() {
            [record] if record.view() == View::Masked => Ok(format!("{}. {} reads are left.", values(&answer.records), answer.uses_left)),
            records => Err(format!("{} records, or not masked", records.len())),
        }
    })
    .await?;
    let finer = read(one("identity.birth_date", View::Raw), "For a birthday card");
    refused(
        screen,
        "Maison Alba tries to read the day of birth, for a birthday card.",
        access.read_records(finer),
        "VIEW_NOT_GRANTED",
        |_| "Only the year was granted.".to_owned(),
    )
    .await?;
    let third = read(one("body.shoe_size", View::Raw), "Which shoes to have ready");
    call(screen, "Maison Alba reads a third time within the hour.", access.read_records(third), |answer| {
        if answer.records.len() == 1 {
            Ok(format!("{}.", values(&answer.records)))
        } else {
            Err(format!("{} records", answer.records.len()))
        }
    })
    .await?;
    let fourth = read(Vec::new(), "Once more");
    refused(screen, "Maison Alba reads a fourth time.", access.read_records(fourth), "FREQUENCY_EXCEEDED", |status| {
        let wait = status.get_details_retry_info().and_then(|info| info.retry_delay).unwrap_or_default();
        format!("Three an hour were agreed; one more fits in {} minutes.", wait.as_secs().div_ceil(60))
    })
    .await
}
