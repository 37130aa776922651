//! One customer with a long history: grants of several brands, and reads under them.

use std::sync::Arc;

use coffret_vault::Vault;
use coffret_vault::access::{Read, Target};
use coffret_vault::customer::Identifier;
use coffret_vault::error::{Error, Kind, Result};
use coffret_vault::id::CustomerId;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{ATTRIBUTE, Busy, enrol, grant, issue_token, make_brand, publish};

/// Grants that one brand holds.
const OF_ONE_BRAND: usize = 5;
/// Reads on their way at the same time.
const AT_ONCE: usize = 64;
/// What no grant covers.
const ELSEWHERE: &str = "contact.email";

/// Makes the customer; gives a token of theirs, too.
pub(super) async fn make(vault: &Arc<Vault>, busy: Busy) -> Result<(CustomerId, String)> {
    let email = Identifier::Email("history@exemple.example".to_owned());
    let customer = enrol(vault, email.clone()).await?;
    let mut grants = Vec::with_capacity(busy.grants);
    for house in 0..busy.grants.div_ceil(OF_ONE_BRAND) {
        let brand = make_brand(vault, format!("Maison {}", house + 1)).await?;
        for number in 0..OF_ONE_BRAND.min(busy.grants - grants.len()) {
            let purpose = format!("aftercare_{number}");
            let notice = publish(vault, brand, &purpose).await?;
            grants.push((brand, grant(vault, brand, &purpose, email.clone(), customer, &notice).await?));
        }
    }
    let reads = (0..busy.reads).map(|number| {
        let (brand, grant) = grants[number % grants.len()];
        let refused = number % 20 == 19;
        let read = Read {
            target: Target::Grant(grant),
            items: vec![(if refused { ELSEWHERE } else { ATTRIBUTE }.to_owned(), None)],
            reason: "To answer what you wrote.".to_owned(),
            advisor: Some("Claire Martin".to_owned()),
            size: 0,
            page_token: String::new(),
            once: None,
        };
        async move {
            match vault.read(brand, &read).await {
                Ok(_) if !refused => Ok(()),
                Err(error) if refused && error.kind() == Kind::PermissionDenied => Ok(()),
                Err(error) => Err(error),
                Ok(_) => Err(Error::unavailable("what was not granted was read")),
            }
        }
    });
    stream::iter(reads).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    Ok((customer, issue_token(vault, customer).await?))
}
