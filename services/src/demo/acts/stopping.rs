//! The client stops the access; the house hears of it and deletes what it had.

use std::time::Duration;

use coffret_proto::v1::{self, ChangeKind, GrantState};
use tonic::{Response, Status};

use super::Granted;
use crate::demo::screen::Screen;
use crate::demo::story::{Cast, call, moment, random_id, refused};

/// How long the house waits to hear.
const PATIENCE: Duration = Duration::from_secs(10);

/// From the stop to the deletion.
pub(in crate::demo) async fn play(cast: &Cast<'_>, granted: &Granted, screen: &mut Screen) -> Option<()> {
    screen.act("The client stops");
    let account = &cast.stage.state.clients[granted.client];
    let name = cast.clients[granted.client].first_name();
    let mut consent = cast.client(granted.client, screen).await?.consent();
    let revoke = v1::RevokeGrantRequest { name: format!("{account}/grants/{}", granted.id()), request_id: random_id() };
    call(screen, &format!("{name} stops the access."), consent.revoke_grant(revoke), |answer| {
        match answer.grant.clone().unwrap_or_default().state() {
            GrantState::Revoked => Ok("REVOKED. From this moment no read is answered, here or on any other server.".to_owned()),
            other => Err(format!("{} and not stopped", other.as_str_name())),
        }
    })
    .await?;
    let mut access = cast.stage.brand("alba").access();
    let late = v1::ReadRecordsRequest {
        grant: granted.grant.clone(),
        reason: "One last look".to_owned(),
        request_id: random_id(),
        ..v1::ReadRecordsRequest::default()
    };
    refused(screen, "Maison Alba reads again.", access.read_records(late), "GRANT_REVOKED", |_| {
        "The attempt stands in the log.".to_owned()
    })
    .await?;
    let heard = call(screen, "Maison Alba hears of the stop.", hear(cast, granted), |change| {
        Ok(format!("{} came by WatchGrants, with the house's own name for the client.", change.kind().as_str_name()))
    })
    .await?;
    let acknowledge = v1::AcknowledgeChangesRequest { cursor: heard.cursor };
    call(screen, "Maison Alba acknowledges it.", access.acknowledge_changes(acknowledge), |answer| {
        Ok(format!("{} changes acknowledged; the next start of its system goes on from here.", answer.acknowledged))
    })
    .await?;
    let attest = v1::AttestDeletionRequest {
        grant: granted.grant.clone(),
        delete_time: Some(moment(cast.stage.now())),
        backups_within: Some(prost_types::Duration { seconds: 7 * 86_400, nanos: 0 }),
        request_id: random_id(),
    };
    call(screen, "Maison Alba attests that it has deleted what it had read.", access.attest_deletion(attest), |answer| {
        Ok(format!("Entry {} of {name}'s log. Backups follow within 7 days.", answer.sequence))
    })
    .await
    .map(|_| ())
}

/// Waits for the change that tells of the stop.
async fn hear(cast: &Cast<'_>, granted: &Granted) -> Result<Response<v1::WatchGrantsResponse>, Status> {
    let mut access = cast.stage.brand("alba").access();
    let watch = async {
        let mut changes = access.watch_grants(v1::WatchGrantsRequest { cursor: String::new() }).await?.into_inner();
        while let Some(change) = changes.message().await? {
            if change.kind() == ChangeKind::Revoked && change.grant == granted.grant && change.subject == granted.subject {
                return Ok(Response::new(change));
            }
        }
        Err(Status::unavailable("the stream ended before it told of the stop"))
    };
    tokio::time::timeout(PATIENCE, watch).await.unwrap_or_else(|_| Err(Status::deadline_exceeded("the house heard nothing of the stop")))
}
