//! Photos: one read each.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Answering, Decided, Question, Read, ask_of, check_read};
use crate::Vault;
use crate::consent::terms::View;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, RecordId};

impl Vault {
    /// A photo that a grant covers in full. It counts as a read.
    pub async fn read_blob(&self, brand: BrandId, read: &Read, id: RecordId) -> Result<(Zeroizing<Vec<u8>>, Arc<Answering>)> {
        check_read(read)?;
        let Some((customer, grant_id)) = self.route(brand, &read.target).await? else {
            return Err(self.refuse_unknown(brand, read).await?);
        };
        let guard = self.begin_answer(customer).await;
        // Under the share that a suspension waits for: a brand that is suspended meanwhile gets no answer.
        self.require_brand(brand).await?;
        if self.repeated(brand, customer, read, &guard).await?.is_some() {
            let session = self.fresh_session(customer).await.map_err(|_| Error::no_access())?;
            let row = self.current_row(customer, id).await.map_err(|_| Error::no_access())?;
            return Ok((self.open_body(&session.keys, &row).await?, guard));
        }
        self.settled(|_| async {
            let session = self.fresh_session(customer).await.map_err(|_| Error::no_access())?;
            let row = match self.current_row(customer, id).await {
                Ok(row) => row,
                Err(error) if error.kind() == Kind::NotFound => return Err(self.refuse_unknown(brand, read).await?),
                Err(error) => return Err(error),
            };
            let one = Read { items: vec![(row.attribute.clone(), Some(View::Raw))], ..read.clone() };
            let grant = session.view.grant(grant_id).filter(|grant| grant.brand() == brand.0).cloned().ok_or_else(Error::no_access)?;
            let question = Question { brand, grant: grant_id, read: &one, ask: ask_of(&one), continued: false };
            let Ok(permit) = question.check(&grant, &session.view.used(grant_id).usage, self.now()) else {
                return Err(self.refuse(&session, &question).await);
            };
            let found = self.release_one(&session, &permit, &row)?;
            if found.records.is_empty() {
                return Err(Error::no_access());
            }
            let body = self.open_body(&session.keys, &row).await?;
            match self.decide(&session, &question, &permit, &found, String::new()).await? {
                Decided::Answered(_) => {}
                Decided::Refused(refusal, sequence) => {
                    self.tell_refused(customer, brand, sequence);
                    return Err(self.public_error(&refusal, &grant));
                }
            }
            self.lease.check(guard.lapses)?;
            Ok((body, Arc::clone(&guard)))
        })
        .await
    }
}
