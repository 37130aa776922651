//! Requests that wait for somebody's answer in the portal, beside an access that is in use there.

use coffret_proto::v1::{self, AutomatedContact, Period, View};
use tonic::Code;

use super::Granted;
use crate::demo::screen::Screen;
use crate::demo::story::{Cast, Wish, call, in_words, item, random_id, reason_of};

/// Whose portal has something to decide: Eleanor Brightwater, who reads English.
const WHO: usize = 7;
/// Who has it as well, to be answered with a passkey: Katarzyna Wielgosz.
const SIGNER: usize = 8;

fn measurements() -> Wish<'static> {
    Wish {
        house: "ferrante",
        purpose: "made_to_measure",
        items: vec![
            item("body.bust", View::Raw, true, "To cut the bodice of your gown."),
            item("body.waist", View::Raw, true, "To cut the waist of your gown."),
            item("body.hips", View::Raw, true, "To cut the skirt of your gown."),
            item("body.weight", View::Masked, false, "To choose the weight of the satin."),
        ],
        days: 150,
        months: 24,
        uses: 12,
        frequency: (4, Period::Day),
    }
}

fn advice() -> Wish<'static> {
    Wish {
        house: "alba",
        purpose: "advice",
        items: vec![
            item("style.colours", View::Raw, true, "To show you what you like."),
            item("rules.channel", View::Raw, true, "To write to you only as you allow."),
            item("style.budget", View::Raw, false, "To leave out what is more than you want to spend."),
            item("browsing.wish", View::Raw, false, "To tell you when a piece you wish for is there."),
            item("purchase.item", View::Masked, false, "To show you what goes with what you own."),
        ],
        days: 365,
        months: 60,
        uses: 0,
        frequency: (6, Period::Day),
    }
}

fn events() -> Wish<'static> {
    Wish {
        house: "ferrante",
        purpose: "events",
        items: vec![
            item("location.home_city", View::Masked, true, "To invite you where you live."),
            item("location.trip", View::Masked, false, "To invite you where you travel."),
        ],
        days: 300,
        months: 12,
        uses: 0,
        frequency: (1, Period::Day),
    }
}

/// Asks, unless an earlier start has asked.
pub(in crate::demo) async fn play(cast: &Cast<'_>, screen: &mut Screen) -> Option<()> {
    screen.act("Something waits in the portal");
    let name = cast.clients[WHO].first_name();
    match ask(cast, WHO, &measurements(), screen).await? {
        None => {
            screen.remark(&format!("{name} was asked by an earlier start. Look in the portal for what she has not answered."));
            return Some(());
        }
        Some(request) => {
            let granted = agree(cast, &request, screen).await?;
            for reason in ["Cutting the toile", "Checking the waist before the first fitting"] {
                read(cast, &granted, reason, screen).await?;
            }
        }
    }
    for who in [WHO, SIGNER] {
        for wish in [advice(), events()] {
            ask(cast, who, &wish, screen).await?;
        }
    }
    screen.remark(&format!("Come in as {name} in the portal, and answer: yes, no, or less."));
    let signer = cast.clients[SIGNER].first_name();
    screen.remark(&format!("Come in as {signer}, make a passkey under Security, and then say yes: her passkey signs it."));
    Some(())
}

/// Asks; gives the request as the customer knows it. Gives nothing where it was asked before.
async fn ask(cast: &Cast<'_>, who: usize, wish: &Wish<'_>, screen: &mut Screen) -> Option<Option<String>> {
    let (client, account) = (&cast.clients[who], &cast.stage.state.clients[who]);
    let mut request = wish.request(cast.stage, &client.email);
    if wish.purpose == "advice"
        && let Some(terms) = &mut request.terms
    {
        terms.automated_contact = AutomatedContact::Drafts.into();
        terms.predictions = true;
    }
    let answer = cast.stage.brand(wish.house).access().request_access(request).await;
    if let Err(status) = &answer
        && status.code() == Code::FailedPrecondition
        && reason_of(status) == "ASKED_LATELY"
    {
        return Some(None);
    }
    let house = if wish.house == "alba" { "Maison Alba" } else { "Casa Ferrante" };
    let what = format!("{house} asks {}, for {}.", client.first_name(), wish.purpose.replace('_', " "));
    let asked = call(screen, &what, async { answer }, |_| Ok("PENDING.".to_owned())).await?;
    let id = asked.request?.name.rsplit('/').next()?.to_owned();
    Some(Some(format!("{account}/requests/{id}")))
}

/// Says yes to what is needed.
async fn agree(cast: &Cast<'_>, name: &str, screen: &mut Screen) -> Option<Granted> {
    let mut consent = cast.client(WHO, screen).await?.consent();
    let opened = consent.get_request(v1::GetRequestRequest { name: name.to_owned(), language: String::new() }).await;
    let notice = opened.map_err(|status| screen.fault(&in_words(&status))).ok()?.into_inner().request?.notice.unwrap_or_default();
    let approve = v1::ApproveRequestRequest {
        name: name.to_owned(),
        terms: None,
        notice_sha256: notice.sha256,
        notice_language: notice.language,
        request_id: random_id(),
        step_up: None,
    };
    let what = format!("{} says yes to what is needed, and leaves out what is optional.", cast.clients[WHO].first_name());
    let approved = call(screen, &what, consent.approve_request(approve), |answer| match &answer.grant {
        Some(_) => Ok("APPROVED.".to_owned()),
        None => Err("no access came of it".to_owned()),
    });
    let grant = approved.await?.grant?.name;
    let id = grant.rsplit('/').next().unwrap_or_default();
    let grant = format!("{}/grants/{id}", cast.stage.brand_name("ferrante"));
    Some(Granted { client: WHO, grant, subject: String::new() })
}

async fn read(cast: &Cast<'_>, granted: &Granted, reason: &str, screen: &mut Screen) -> Option<()> {
    let asked = v1::ReadRecordsRequest { grant: granted.grant.clone(), reason: reason.to_owned(), ..v1::ReadRecordsRequest::default() };
    let mut access = cast.stage.brand("ferrante").access();
    let what = format!("Casa Ferrante reads, saying: {reason}.");
    call(screen, &what, access.read_records(asked), |answer| {
        let count = answer.records.len();
        if count == 3 { Ok(format!("{count} records.")) } else { Err(format!("{count} records, and 3 were granted")) }
    })
    .await?;
    Some(())
}
