//! Reads that follow what is written: each piece is a read.

use super::{Decided, MOST_RECORDS, Question, Read, Released, StreamCursor, ask_of, check_read};
use crate::Vault;
use crate::consent::check::{Ask, Method};
use crate::error::{Error, Result};
use crate::id::BrandId;

impl Vault {
    /// The next piece of a stream, oldest first: what was written after `since`, or nothing when there is nothing new. A piece that is
    /// given has an entry and counts as a read.
    pub async fn read_stream(&self, brand: BrandId, read: &Read, since: StreamCursor) -> Result<Option<(Released, StreamCursor)>> {
        check_read(read)?;
        let Some((customer, grant_id)) = self.route(brand, &read.target).await? else {
            return Err(self.refuse_unknown(brand, read).await?);
        };
        let guard = self.begin_answer(customer).await;
        // Under the share that a suspension waits for: a brand that is suspended meanwhile gets no answer.
        self.require_brand(brand).await?;
        // Where it stands is the cursor's to say: a piece is not repeated by its request id.
        let read = &Read { once: None, ..read.clone() };
        let question = Question { brand, grant: grant_id, read, ask: Ask { method: Method::Stream, ..ask_of(read) }, continued: false };
        self.settled(|_| async {
            let session = self.fresh_session(customer).await.map_err(|_| Error::no_access())?;
            let grant = session.view.grant(grant_id).filter(|grant| grant.brand() == brand.0).cloned().ok_or_else(Error::no_access)?;
            let Ok(permit) = question.check(&grant, &session.view.used(grant_id).usage, self.now()) else {
                return Err(self.refuse(&session, &question).await);
            };
            let found = self.release(&session, &permit, MOST_RECORDS, None, Some(since)).await?;
            let Some(newest) = found.newest else { return Ok(None) };
            let answer = match self.decide(&session, &question, &permit, &found, String::new()).await? {
                Decided::Answered(answer) => answer,
                Decided::Refused(refusal, sequence) => {
                    self.tell_refused(customer, brand, sequence);
                    return Err(self.public_error(&refusal, &grant));
                }
            };
            Ok(Some((self.hand_over(brand, customer, &grant, found.records, answer, &guard)?, newest)))
        })
        .await
    }
}
