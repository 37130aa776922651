//! Assertions that were used: each counts once, on whichever server.

use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use crate::Vault;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::entity::assertion;
use crate::store::is_duplicate;

/// Seconds for which a used assertion is kept after its end: more than the clocks of two servers differ by.
const KEPT_SECONDS: i64 = 3600;

impl Vault {
    /// Uses an assertion up. False where it was used before, on any server, or has ended.
    pub async fn use_assertion(&self, issuer: &str, jti: &str, expires_at: Timestamp) -> Result<bool> {
        if self.now() >= expires_at {
            return Ok(false);
        }
        let mut hash = Sha256::new();
        hash.update((issuer.len() as u64).to_be_bytes());
        hash.update(issuer);
        hash.update(jti);
        let digest: [u8; 32] = hash.finalize().into();
        // Now and then, by the digest's chance, so that used ones do not pile up.
        if digest[0] < 4 {
            self.forget_assertions().await?;
        }
        let row = assertion::ActiveModel { digest: ActiveValue::Set(digest.to_vec()), expires_at: ActiveValue::Set(expires_at.micros()) };
        match assertion::Entity::insert(row).exec_without_returning(self.store.writer()).await {
            Ok(_) => Ok(true),
            Err(cause) if is_duplicate(&cause) => Ok(false),
            Err(cause) => Err(cause.into()),
        }
    }

    /// Forgets used assertions that ended more than an hour ago; tells how many.
    pub async fn forget_assertions(&self) -> Result<u64> {
        let oldest = self.now().plus_seconds(-KEPT_SECONDS).micros();
        self.store
            .transaction("housekeeping", |transaction| {
                Box::pin(async move {
                    let gone = assertion::Entity::delete_many().filter(assertion::Column::ExpiresAt.lt(oldest)).exec(transaction).await?;
                    Ok(gone.rows_affected)
                })
            })
            .await
    }
}
