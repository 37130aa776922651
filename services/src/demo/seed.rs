//! Fills an empty deployment as its operator and its clients would: houses, purposes, ceilings, accounts, lives.

use coffret_proto::v1;
use sha2::{Digest, Sha256};
use tonic::Status;

use super::Failure;
use super::clients::Client;
use super::folder::{Folder, State};
use super::houses::Houses;
use super::screen::Screen;
use super::stage::Stage;

/// Records in one import.
const BATCH: usize = 500;

/// Makes what is missing. Every call carries a request id of this folder's own, so that a start that was broken off is taken up again.
pub(super) async fn seed(
    stage: &mut Stage,
    folder: &Folder,
    houses: &Houses,
    clients: &[Client],
    screen: &mut Screen,
) -> Result<(), Failure> {
    if stage.state.seed.is_empty() {
        stage.state.seed = super::story::random_id();
        folder.keep(&stage.state)?;
    }
    if stage.state.seeded {
        screen.remark(&format!("Two houses and {} clients are here from an earlier start.", clients.len()));
    } else {
        let begun = tokio::time::Instant::now();
        let (brands, accounts) = fill(stage, houses, clients).await.map_err(|status| failed(&status))?;
        let records = clients.iter().map(|client| client.records(houses).len()).sum::<usize>();
        stage.state = State { seeded: true, brands, clients: accounts, ..std::mem::take(&mut stage.state) };
        folder.keep(&stage.state)?;
        let taken = begun.elapsed().as_millis();
        screen.remark(&format!("Two houses and {} clients with {records} records were made over gRPC in {taken} ms.", clients.len()));
    }
    // The certificates may be newer than the houses; one that is bound already stays as it is.
    for (key, brand) in &stage.state.brands {
        register(stage, folder, key, brand).await?;
    }
    Ok(())
}

fn failed(status: &Status) -> Failure {
    Failure::new(format!(
        "The demo's data cannot be made: {} Start over with --fresh, or name another folder with --data.",
        status.message()
    ))
}

/// A request id that is the same whenever the same is asked under one seed.
fn request_id(seed: &str, what: &str) -> String {
    let digest = Sha256::digest(format!("{seed}/{what}"));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

type Names = (std::collections::BTreeMap<String, String>, Vec<String>);

async fn fill(stage: &Stage, houses: &Houses, clients: &[Client]) -> Result<Names, Status> {
    let id = |what: &str| request_id(&stage.state.seed, what);
    let mut operation = stage.operator.operation();
    let mut brands = std::collections::BTreeMap::new();
    for house in &houses.house {
        let create = v1::CreateBrandRequest { brand: Some(house.brand()), request_id: id(&house.key) };
        let brand = operation.create_brand(create).await?.into_inner().brand.unwrap_or_default().name;
        for purpose in house.purposes(&brand) {
            let request_id = id(&purpose.name);
            operation.publish_purpose(v1::PublishPurposeRequest { purpose: Some(purpose), request_id }).await?;
        }
        brands.insert(house.key.clone(), brand);
    }
    for ceiling in houses.ceilings() {
        let request_id = id(&format!("ceiling {}", ceiling.purpose_code));
        operation.set_ceiling(v1::SetCeilingRequest { ceiling: Some(ceiling), request_id }).await?;
    }
    let mut accounts = Vec::new();
    for client in clients {
        accounts.push(open_account(stage, houses, client, &id).await?);
    }
    Ok((brands, accounts))
}

async fn open_account(stage: &Stage, houses: &Houses, client: &Client, id: &impl Fn(&str) -> String) -> Result<String, Status> {
    let create = v1::CreateCustomerRequest { customer: Some(client.account()), request_id: id(&client.email) };
    let name = stage.operator.identity().create_customer(create).await?.into_inner().customer.unwrap_or_default().name;
    let mut own = stage.customer(&name).await?.record();
    let records: Vec<v1::Record> = client
        .records(houses)
        .into_iter()
        .map(|(attribute, value)| v1::Record { attribute, value_json: value.to_string(), ..v1::Record::default() })
        .collect();
    for (place, batch) in records.chunks(BATCH).enumerate() {
        let request_id = id(&format!("{} {place}", client.email));
        let import = v1::ImportRecordsRequest { customer: "customers/me".to_owned(), records: batch.to_vec(), request_id };
        own.import_records(import).await?;
    }
    Ok(name)
}

async fn register(stage: &Stage, folder: &Folder, key: &str, brand: &str) -> Result<(), Failure> {
    let path = folder.pki().join(format!("{key}.pem"));
    let certificate_pem = std::fs::read_to_string(&path).map_err(|cause| Failure::file(&path, &cause))?;
    let request = v1::RegisterCertificateRequest { brand: brand.to_owned(), certificate_pem, request_id: String::new() };
    stage.operator.identity().register_certificate(request).await.map_err(|status| failed(&status))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::request_id;

    #[test]
    fn a_request_id_is_a_uuid_of_what_is_asked() {
        let id = request_id("seed", "alba");
        assert_eq!(uuid::Uuid::parse_str(&id).expect("a UUID").get_version_num(), 4);
        assert_eq!(id, request_id("seed", "alba"));
        assert_ne!(id, request_id("seed", "ferrante"));
        assert_ne!(id, request_id("other", "alba"));
    }
}
