//! Suspending: what holds every grant of a brand, or of one of its purposes, however many customers they are of.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{ACTIVE, Brand, SUSPENDED, brand_of, check_line};
use crate::Vault;
use crate::clock::Timestamp;
use crate::consent::{Actor, Grant, GrantState, Purpose, Suspension};
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, GrantId};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::{ChangeKind, Write, stale};
use crate::store::entity::{access_grant, brand};
use crate::store::lease::Lease;

/// Customers looked up at once.
const PAGE: u64 = 256;
/// Customers whose grants change at the same time: enough for the writer to join many into one commit.
const AT_ONCE: usize = 64;
/// Longer than any server believes what it knows of a brand.
const KNOWN_FOR: Duration = Duration::from_millis(1_200);

/// What is to become of a brand's grants.
#[derive(Clone)]
pub(super) enum Hold {
    /// All wait.
    BrandSuspended,
    /// Those that waited for the brand go on.
    BrandReinstated,
    /// Those wait whose customers agreed to something else than this purpose says now.
    PurposeChanged(Arc<Versions>),
}

/// A purpose in its newest version, and what its versions meant.
pub(super) struct Versions {
    pub(super) newest: Purpose,
    pub(super) all: Vec<Purpose>,
}

impl Versions {
    /// Whether a grant was agreed to under the same meaning and the same words. A text in another language changes nothing.
    fn still_say(&self, grant: &Grant) -> bool {
        let meant = self.all.iter().find(|purpose| purpose.version == grant.purpose().version).map(|purpose| &purpose.dpv_iri);
        let said = self.newest.notices.get(&grant.notice().language).map(|notice| &notice.sha256);
        meant == Some(&self.newest.dpv_iri) && said == Some(&grant.notice().sha256)
    }
}

impl Hold {
    /// The grant's next state; nothing where it stays as it is.
    fn apply(&self, grant: &Grant, now: Timestamp) -> Option<Grant> {
        let next = match self {
            Self::BrandSuspended => grant.clone().suspend(Suspension::BrandSuspended, Actor::Operator, now),
            Self::BrandReinstated => grant.clone().reinstate(Actor::Operator, now),
            Self::PurposeChanged(versions) => {
                if grant.purpose().code != versions.newest.code || versions.still_say(grant) {
                    return None;
                }
                grant.clone().suspend(Suspension::PurposeChanged, Actor::Operator, now)
            }
        };
        next.ok()
    }

    fn note(&self, who: Who) -> Note {
        match self {
            Self::BrandSuspended => Note::new("grant.suspended", who).reason("the brand is suspended"),
            Self::BrandReinstated => Note::new("grant.reinstated", who).reason("the brand is no longer suspended"),
            Self::PurposeChanged(_) => Note::new("grant.suspended", who).reason("the purpose has changed"),
        }
    }
}

/// What the brand is told: only that a grant began or ceased to wait.
fn told(before: GrantState, after: GrantState) -> Option<ChangeKind> {
    match (before, after) {
        (GrantState::Suspended, GrantState::Suspended) => None,
        (_, GrantState::Suspended) => Some(ChangeKind::Suspended),
        _ => Some(ChangeKind::Reinstated),
    }
}

impl Vault {
    /// Suspends a brand: it may neither ask nor read, and all its grants wait. Tells how many began to wait now. When this returns, no
    /// server answers a read of the brand. Cut short, it goes on where it was when it is called again.
    pub async fn suspend_brand(&self, who: Who, id: BrandId, reason: String, once: Option<&Once>) -> Result<(Brand, u64)> {
        if let Some(violation) = check_line("reason", &reason, 300) {
            return Err(Error::violations(vec![violation]));
        }
        self.once(CustomerId::DEPLOYMENT, once, || async {
            // The brand first: from here on nobody new asks or reads.
            self.set_state(&who, id, SUSPENDED, Some(reason)).await?;
            let held = self.settle_grants(&who, id).await;
            if Lease::servers(&self.store).await? > 1 {
                tokio::time::sleep(KNOWN_FOR).await;
            }
            self.fence_all().await?;
            let (suspended, _) = held?;
            let answer = (self.brand(id).await?, suspended);
            self.remember_answer(once, &answer).await?;
            Ok(answer)
        })
        .await
    }

    /// Lifts a suspension. Grants that wait for nothing else are live again; tells how many.
    pub async fn reinstate_brand(&self, who: Who, id: BrandId, once: Option<&Once>) -> Result<(Brand, u64)> {
        self.once(CustomerId::DEPLOYMENT, once, || async {
            self.set_state(&who, id, ACTIVE, None).await?;
            let (_, reinstated) = self.settle_grants(&who, id).await?;
            let answer = (self.brand(id).await?, reinstated);
            self.remember_answer(once, &answer).await?;
            Ok(answer)
        })
        .await
    }

    async fn set_state(&self, who: &Who, id: BrandId, state: i16, reason: Option<String>) -> Result<()> {
        let set = self
            .settled(|fresh| {
                let (who, reason) = (who.clone(), reason.clone());
                async move {
                    let session = self.session_of(CustomerId::DEPLOYMENT, fresh).await?;
                    let row = self.brand_row(id).await?;
                    if brand_of(row.clone())?.suspended == (state == SUSPENDED) {
                        return Ok(());
                    }
                    self.administer_on(&session, move |draft| {
                        draft.writes.push(Write::Brand(brand::Model { state, ..row.clone() }));
                        let kind = if state == SUSPENDED { "brand.suspended" } else { "brand.reinstated" };
                        let mut note = Note::new(kind, who.clone()).brand(id);
                        if let Some(reason) = &reason {
                            note = note.reason(reason.clone());
                        }
                        draft.note(note).map(|_| ())
                    })
                    .await
                }
            })
            .await;
        // Also after a failure: it may have been written all the same.
        self.lookups.forget();
        set
    }

    /// Brings the grants of a brand in line with its state, until the state no longer changes meanwhile: so two operators who suspend
    /// and reinstate at the same time leave grants that agree with the brand. Tells how many were suspended and reinstated.
    async fn settle_grants(&self, who: &Who, id: BrandId) -> Result<(u64, u64)> {
        let (mut suspended, mut reinstated) = (0, 0);
        loop {
            let state = self.brand(id).await?.suspended;
            if state {
                suspended += self.hold(who, id, Hold::BrandSuspended).await?;
            } else {
                reinstated += self.hold(who, id, Hold::BrandReinstated).await?;
            }
            if self.brand(id).await?.suspended == state {
                return Ok((suspended, reinstated));
            }
        }
    }

    /// Changes every grant of a brand that is to change; tells how many began or ceased to wait. A vault that cannot be opened does not
    /// keep the others from it: all of them are done before the failure is told.
    pub(super) async fn hold(&self, who: &Who, id: BrandId, hold: Hold) -> Result<u64> {
        let (mut changed, mut failure) = (0, None);
        let mut after = CustomerId::DEPLOYMENT.0;
        loop {
            let customers: Vec<Uuid> = access_grant::Entity::find()
                .select_only()
                .column(access_grant::Column::CustomerId)
                .distinct()
                .filter(access_grant::Column::BrandId.eq(id.0))
                .filter(access_grant::Column::Live.eq(true))
                .filter(access_grant::Column::CustomerId.gt(after))
                .order_by_asc(access_grant::Column::CustomerId)
                .limit(PAGE)
                .into_tuple()
                .all(self.store.reader())
                .await?;
            let Some(last) = customers.last() else { break };
            after = *last;
            let changes: Vec<_> = customers.iter().map(|customer| self.hold_of(CustomerId(*customer), who, id, hold.clone())).collect();
            let mut changes = stream::iter(changes).buffer_unordered(AT_ONCE);
            while let Some(outcome) = changes.next().await {
                match outcome {
                    Ok(count) => changed += count,
                    Err(error) => failure = Some(error),
                }
            }
        }
        if changed > 0 {
            self.changed.notify_waiters();
        }
        failure.map_or(Ok(changed), Err)
    }

    /// One customer's grants of a brand, in one commit.
    async fn hold_of(&self, customer: CustomerId, who: &Who, id: BrandId, hold: Hold) -> Result<u64> {
        let subject = self.subject_of(id, customer);
        let held = self
            .settled(|_| {
                let (who, hold) = (who.clone(), hold.clone());
                async move {
                    // From the database: what is remembered here may not know the newest grant.
                    let session = self.fresh_session(customer).await?;
                    let of_brand = |grant: &&Arc<Grant>| grant.brand() == id.0;
                    let now = self.now();
                    if !session.view.grants.values().filter(of_brand).any(|grant| hold.apply(grant, now).is_some()) {
                        return Ok(0);
                    }
                    self.commit(&session, move |draft| {
                        let grants: Vec<_> = draft.view.grants.values().filter(|grant| grant.brand() == id.0).cloned().collect();
                        let (mut any, mut changed) = (false, 0);
                        for grant in grants {
                            let Some(next) = hold.apply(&grant, draft.now) else { continue };
                            any = true;
                            let grant_id = GrantId(next.id());
                            let told = told(grant.state(), next.state());
                            let note = hold.note(who.clone()).brand(id).grant(grant_id);
                            draft.note(note.purpose(&next.purpose().code, next.purpose().version))?;
                            draft.put_grant(next)?;
                            if let Some(kind) = told {
                                changed += 1;
                                draft.tell(id, kind, None, Some(grant_id), Some(subject));
                            }
                        }
                        if any { Ok(changed) } else { Err(stale()) }
                    })
                    .await
                }
            })
            .await;
        match held {
            // Erased meanwhile.
            Err(error) if error.kind() == Kind::NotFound => Ok(0),
            other => other,
        }
    }

    /// Returns when every read that was committed before now has been answered, on every server.
    pub(super) async fn fence_all(&self) -> Result<()> {
        for shard in &self.answering {
            drop(shard.write().await);
        }
        self.lease.fence_others(self).await
    }
}
