//! `OperationService`: brands, their purposes, ceilings, and how the deployment is.

use std::collections::BTreeMap;
use std::sync::Arc;

use coffret_proto::v1;
use coffret_proto::v1::operation_service_server as server;
use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::consent::Purpose;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::BrandId;
use coffret_vault::log::{Status as LogStatus, WitnessFault, WitnessStatus};
use coffret_vault::operation::{Brand, BrandChange, NewBrand};
use coffret_vault::page::PageRequest;
use tonic::{Request, Response, Status, async_trait};

use crate::caller::Caller;
use crate::identity::masked;
use crate::names;
use crate::once::once;
use crate::status::status;
use crate::terms::{ceiling_to_vault, ceiling_to_wire};

type Answer<T> = std::result::Result<Response<T>, Status>;

/// When the server's certificate ends, asked at each call, since it may be read again.
pub type CertificateEnd = Arc<dyn Fn() -> Option<Timestamp> + Send + Sync>;

/// Serves `coffret.v1.OperationService` from a vault.
#[derive(Clone)]
pub struct OperationService {
    vault: Arc<Vault>,
    certificate: CertificateEnd,
}

impl std::fmt::Debug for OperationService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperationService").field("vault", &self.vault).finish_non_exhaustive()
    }
}

fn answer<T>(result: Result<T>) -> Answer<T> {
    result.map(Response::new).map_err(status)
}

fn brand_to_wire(brand: Brand) -> v1::Brand {
    let state = if brand.suspended { v1::BrandState::Suspended } else { v1::BrandState::Active };
    v1::Brand {
        name: names::brand_name(brand.id),
        title: brand.title,
        legal_name: brand.legal_name,
        country: brand.country,
        contact: brand.contact,
        state: state.into(),
        create_time: Some(names::timestamp(brand.created_at)),
    }
}

fn purpose_to_wire(brand: BrandId, purpose: Purpose, published_at: Timestamp) -> v1::Purpose {
    let version = i32::try_from(purpose.version).unwrap_or(i32::MAX);
    let notices = purpose.notices.into_iter().map(|(language, notice)| v1::Notice {
        language,
        text: notice.text,
        sha256: notice.sha256,
        purpose_version: version,
    });
    v1::Purpose {
        name: names::purpose_name(brand, &purpose.code),
        version,
        dpv: purpose.dpv_iri,
        notices: notices.collect(),
        create_time: Some(names::timestamp(published_at)),
    }
}

fn log_to_wire(log: LogStatus) -> v1::LogHealth {
    v1::LogHealth {
        origin: log.origin,
        size: number(log.size),
        waiting: number(log.waiting),
        signed_size: number(log.signed.map_or(0, |(size, _)| size)),
        sign_time: log.signed.map(|(_, at)| names::timestamp(at)),
        published_size: number(log.published.unwrap_or_default()),
        stopped: log.stopped.unwrap_or_default().to_owned(),
        witnessed_size: number(log.witnessed.unwrap_or_default()),
        witnesses: log.witnesses.into_iter().map(witness_to_wire).collect(),
    }
}

fn witness_to_wire(witness: WitnessStatus) -> v1::WitnessHealth {
    v1::WitnessHealth {
        name: witness.name,
        cosigned_size: number(witness.cosigned.map_or(0, |(size, _)| size)),
        cosign_time: witness.cosigned.map(|(_, at)| names::timestamp(at)),
        fault: witness.fault.map(WitnessFault::reason).unwrap_or_default().to_owned(),
    }
}

fn missing_brand() -> Error {
    Error::invalid("brand", "BRAND_MISSING", "The call describes the brand.")
}

/// A count as the wire writes it.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl OperationService {
    /// The service over this vault, which is told when the server's certificate ends.
    pub fn new(vault: Arc<Vault>, certificate: CertificateEnd) -> Self {
        Self { vault, certificate }
    }

    async fn create(&self, caller: &Caller, asked: v1::CreateBrandRequest) -> Result<v1::CreateBrandResponse> {
        let once = once(caller, "CreateBrand", &asked.request_id, &asked)?;
        let v1::Brand { title, legal_name, country, contact, .. } = asked.brand.ok_or_else(missing_brand)?;
        let brand = self.vault.create_brand(caller.who(), NewBrand { title, legal_name, country, contact }, once.as_ref()).await?;
        Ok(v1::CreateBrandResponse { brand: Some(brand_to_wire(brand)) })
    }

    async fn list(&self, asked: &v1::ListBrandsRequest) -> Result<v1::ListBrandsResponse> {
        let page = self.vault.brands(&PageRequest::new(asked.page_size, &asked.page_token)?).await?;
        Ok(v1::ListBrandsResponse { brands: page.items.into_iter().map(brand_to_wire).collect(), next_page_token: page.next })
    }

    async fn update(&self, caller: &Caller, asked: v1::UpdateBrandRequest) -> Result<v1::UpdateBrandResponse> {
        let once = once(caller, "UpdateBrand", &asked.request_id, &asked)?;
        let brand = asked.brand.ok_or_else(missing_brand)?;
        let id = names::brand(&brand.name, "brand.name", caller)?;
        let fields = [("title", &brand.title), ("legal_name", &brand.legal_name), ("country", &brand.country), ("contact", &brand.contact)];
        let paths = masked(asked.update_mask.as_ref(), &fields.map(|(name, value)| (name, !value.is_empty())))?;
        let of = |name: &str, value: &str| paths.contains(&name).then(|| value.to_owned());
        let change = BrandChange {
            title: of("title", &brand.title),
            legal_name: of("legal_name", &brand.legal_name),
            country: of("country", &brand.country),
            contact: of("contact", &brand.contact),
        };
        let brand = self.vault.update_brand(caller.who(), id, change, once.as_ref()).await?;
        Ok(v1::UpdateBrandResponse { brand: Some(brand_to_wire(brand)) })
    }

    async fn suspend(&self, caller: &Caller, asked: &v1::SuspendBrandRequest) -> Result<v1::SuspendBrandResponse> {
        let once = once(caller, "SuspendBrand", &asked.request_id, asked)?;
        let id = names::brand(&asked.name, "name", caller)?;
        let (brand, held) = self.vault.suspend_brand(caller.who(), id, asked.reason.clone(), once.as_ref()).await?;
        Ok(v1::SuspendBrandResponse { brand: Some(brand_to_wire(brand)), suspended_grants: number(held) })
    }

    async fn reinstate(&self, caller: &Caller, asked: &v1::ReinstateBrandRequest) -> Result<v1::ReinstateBrandResponse> {
        let once = once(caller, "ReinstateBrand", &asked.request_id, asked)?;
        let id = names::brand(&asked.name, "name", caller)?;
        let (brand, live) = self.vault.reinstate_brand(caller.who(), id, once.as_ref()).await?;
        Ok(v1::ReinstateBrandResponse { brand: Some(brand_to_wire(brand)), reinstated_grants: number(live) })
    }

    async fn publish(&self, caller: &Caller, asked: v1::PublishPurposeRequest) -> Result<v1::PublishPurposeResponse> {
        let once = once(caller, "PublishPurpose", &asked.request_id, &asked)?;
        let wire = asked.purpose.ok_or_else(|| Error::invalid("purpose", "PURPOSE_MISSING", "The call describes the purpose."))?;
        let (brand, code) = names::purpose(&wire.name, "purpose.name")?;
        let mut notices = BTreeMap::new();
        for (place, notice) in wire.notices.into_iter().enumerate() {
            if notices.insert(notice.language, notice.text).is_some() {
                let field = format!("purpose.notices[{place}].language");
                return Err(Error::invalid(field, "LANGUAGE_TWICE", "There is one notice for each language."));
            }
        }
        let (purpose, at, held) = self.vault.publish_purpose(caller.who(), brand, code, wire.dpv, notices, once.as_ref()).await?;
        Ok(v1::PublishPurposeResponse { purpose: Some(purpose_to_wire(brand, purpose, at)), suspended_grants: number(held) })
    }

    async fn purpose(&self, caller: &Caller, name: &str) -> Result<v1::GetPurposeResponse> {
        let (brand, code) = names::purpose_for(name, "name", caller)?;
        let (purpose, at) = self.vault.purpose(brand, &code).await?;
        Ok(v1::GetPurposeResponse { purpose: Some(purpose_to_wire(brand, purpose, at)) })
    }

    async fn purposes(&self, caller: &Caller, parent: &str) -> Result<v1::ListPurposesResponse> {
        let brand = names::brand(parent, "parent", caller)?;
        let purposes = self.vault.purposes(brand).await?.into_iter();
        Ok(v1::ListPurposesResponse { purposes: purposes.map(|(purpose, at)| purpose_to_wire(brand, purpose, at)).collect() })
    }

    async fn limit(&self, caller: &Caller, asked: v1::SetCeilingRequest) -> Result<v1::SetCeilingResponse> {
        let once = once(caller, "SetCeiling", &asked.request_id, &asked)?;
        let ceiling = ceiling_to_vault(asked.ceiling, "ceiling", self.vault.catalogue())?;
        let set = self.vault.set_ceiling(caller.who(), ceiling, once.as_ref()).await?;
        Ok(v1::SetCeilingResponse { ceiling: Some(ceiling_to_wire(&set, self.vault.catalogue())) })
    }

    async fn ceilings(&self) -> Result<v1::ListCeilingsResponse> {
        let ceilings = self.vault.ceilings().await?;
        Ok(v1::ListCeilingsResponse { ceilings: ceilings.iter().map(|ceiling| ceiling_to_wire(ceiling, self.vault.catalogue())).collect() })
    }

    async fn health(&self) -> Result<v1::GetHealthResponse> {
        let health = self.vault.health().await?;
        Ok(v1::GetHealthResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            database: health.database.to_owned(),
            write_latency_ms: health.write_latency_ms,
            keys_available: health.keys_available,
            customers: number(health.customers),
            brands: number(health.brands),
            servers: number(health.servers),
            certificate_expire_time: (self.certificate)().map(names::timestamp),
            outbox_waiting: number(health.outbox_waiting),
            log: Some(log_to_wire(health.log)),
            mail_retrying: number(health.mail.retrying),
            mail_given_up: number(health.mail.given_up),
            complaints_open: number(health.complaints_open),
        })
    }
}

#[async_trait]
impl server::OperationService for OperationService {
    async fn create_brand(&self, request: Request<v1::CreateBrandRequest>) -> Answer<v1::CreateBrandResponse> {
        let caller = Caller::of(&request)?;
        answer(self.create(&caller, request.into_inner()).await)
    }

    async fn get_brand(&self, request: Request<v1::GetBrandRequest>) -> Answer<v1::GetBrandResponse> {
        let caller = Caller::of(&request)?;
        let id = names::brand(&request.get_ref().name, "name", &caller).map_err(status)?;
        let brand = self.vault.brand(id).await.map_err(status)?;
        Ok(Response::new(v1::GetBrandResponse { brand: Some(brand_to_wire(brand)) }))
    }

    async fn list_brands(&self, request: Request<v1::ListBrandsRequest>) -> Answer<v1::ListBrandsResponse> {
        answer(self.list(request.get_ref()).await)
    }

    async fn update_brand(&self, request: Request<v1::UpdateBrandRequest>) -> Answer<v1::UpdateBrandResponse> {
        let caller = Caller::of(&request)?;
        answer(self.update(&caller, request.into_inner()).await)
    }

    async fn suspend_brand(&self, request: Request<v1::SuspendBrandRequest>) -> Answer<v1::SuspendBrandResponse> {
        let caller = Caller::of(&request)?;
        answer(self.suspend(&caller, request.get_ref()).await)
    }

    async fn reinstate_brand(&self, request: Request<v1::ReinstateBrandRequest>) -> Answer<v1::ReinstateBrandResponse> {
        let caller = Caller::of(&request)?;
        answer(self.reinstate(&caller, request.get_ref()).await)
    }

    async fn publish_purpose(&self, request: Request<v1::PublishPurposeRequest>) -> Answer<v1::PublishPurposeResponse> {
        let caller = Caller::of(&request)?;
        answer(self.publish(&caller, request.into_inner()).await)
    }

    async fn get_purpose(&self, request: Request<v1::GetPurposeRequest>) -> Answer<v1::GetPurposeResponse> {
        let caller = Caller::of(&request)?;
        answer(self.purpose(&caller, &request.get_ref().name).await)
    }

    async fn list_purposes(&self, request: Request<v1::ListPurposesRequest>) -> Answer<v1::ListPurposesResponse> {
        let caller = Caller::of(&request)?;
        answer(self.purposes(&caller, &request.get_ref().parent).await)
    }

    async fn set_ceiling(&self, request: Request<v1::SetCeilingRequest>) -> Answer<v1::SetCeilingResponse> {
        let caller = Caller::of(&request)?;
        answer(self.limit(&caller, request.into_inner()).await)
    }

    async fn list_ceilings(&self, _: Request<v1::ListCeilingsRequest>) -> Answer<v1::ListCeilingsResponse> {
        answer(self.ceilings().await)
    }

    async fn get_health(&self, _: Request<v1::GetHealthRequest>) -> Answer<v1::GetHealthResponse> {
        answer(self.health().await)
    }
}
