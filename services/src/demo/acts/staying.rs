//! One access stays open, to be tried.

use coffret_proto::v1::{self, GrantState, Period, View};

use crate::demo::folder::write_private;
use crate::demo::screen::Screen;
use crate::demo::story::{Cast, Wish, call, in_words, item, judged, random_id};

/// Maison Alba's wish to advise.
fn wish() -> Wish<'static> {
    Wish {
        house: "alba",
        purpose: "advice",
        items: vec![
            item("style.colours", View::Raw, true, "To show you what you like."),
            item("purchase.item", View::Masked, true, "To show you what goes with what you own."),
            item("rules.channel", View::Raw, true, "To write to you only as you allow."),
        ],
        days: 365,
        months: 60,
        uses: 0,
        frequency: (24, Period::Day),
    }
}

/// Finds the access that an earlier start left open, or has a client grant one; keeps a token of that client for trying out.
pub(in crate::demo) async fn play(cast: &Cast<'_>, screen: &mut Screen) -> Option<(String, usize)> {
    screen.act("One access stays open for you to try");
    let open = match standing(cast, screen).await {
        Some(found) => found,
        None => grant(cast, screen).await?,
    };
    let kept = match cast.stage.customer_token(&cast.stage.state.clients[open.1]).await {
        Ok(token) => write_private(&cast.folder.token("client"), token.secret.as_bytes()).map_err(|failure| failure.to_string()),
        Err(status) => Err(status.message().to_owned()),
    };
    if let Err(sentence) = kept {
        screen.fault(&sentence);
        return None;
    }
    Some(open)
}

/// An access of this kind that is live; shown as a step if there is one.
async fn standing(cast: &Cast<'_>, screen: &mut Screen) -> Option<(String, usize)> {
    for (client, account) in cast.stage.state.clients.iter().enumerate() {
        let Ok(line) = cast.stage.customer(account).await else { continue };
        let list = v1::ListGrantsRequest {
            parent: "customers/me".to_owned(),
            state: GrantState::Active.into(),
            ..v1::ListGrantsRequest::default()
        };
        let begun = tokio::time::Instant::now();
        let Ok(answer) = line.consent().list_grants(list).await else { continue };
        let purpose = format!("{}/purposes/advice", cast.stage.brand_name("alba"));
        let live = answer.get_ref().grants.iter().find(|grant| grant.terms.as_ref().is_some_and(|terms| terms.purpose == purpose));
        let Some(id) = live.and_then(|grant| grant.name.rsplit('/').next()).map(ToOwned::to_owned) else { continue };
        let name = cast.clients[client].first_name();
        let what = format!("{name} looks at who can see something.");
        judged(screen, &what, begun.elapsed(), Ok(answer), |answer| {
            Ok(format!("{} live; Maison Alba's for advice is from an earlier start.", answer.grants.len()))
        })?;
        return Some((format!("{}/grants/{id}", cast.stage.brand_name("alba")), client));
    }
    None
}

async fn grant(cast: &Cast<'_>, screen: &mut Screen) -> Option<(String, usize)> {
    // Another client than in the acts before.
    let cast = &Cast { story: cast.story + 1, ..*cast };
    let Some((client, answer, taken)) = wish().ask_somebody(cast).await else {
        screen.remark("Every client was asked for advice within 90 days, and the access has been stopped. Nothing is open now.");
        return None;
    };
    let (name, account) = (&cast.clients[client].name, &cast.stage.state.clients[client]);
    let what = format!("Maison Alba asks {name} for colours, purchases and contact rules, for advice.");
    let request = judged(screen, &what, taken, answer, |_| Ok("PENDING.".to_owned()))?.request?;
    let mut consent = cast.client(client, screen).await?.consent();
    let id = request.name.rsplit('/').next().unwrap_or_default();
    let name = format!("{account}/requests/{id}");
    let get = v1::GetRequestRequest { name: name.clone(), language: String::new() };
    let opened = match consent.get_request(get).await {
        Ok(answer) => answer.into_inner().request?,
        Err(status) => {
            screen.fault(&in_words(&status));
            return None;
        }
    };
    let notice = opened.notice.unwrap_or_default();
    // Without terms of their own the client grants what is needed, as asked.
    let approve = v1::ApproveRequestRequest {
        name,
        terms: None,
        notice_sha256: notice.sha256,
        notice_language: notice.language,
        request_id: random_id(),
        step_up: None,
    };
    let approved =
        call(screen, &format!("{} says yes, as asked.", cast.clients[client].first_name()), consent.approve_request(approve), |answer| {
            match &answer.grant {
                Some(grant) if grant.state() == GrantState::Active => {
                    Ok("APPROVED. This one is for you: read under it, then stop it.".to_owned())
                }
                _ => Err("no access came of it".to_owned()),
            }
        })
        .await?;
    let id = approved.grant?.name.rsplit('/').next().unwrap_or_default().to_owned();
    Some((format!("{}/grants/{id}", cast.stage.brand_name("alba")), client))
}
