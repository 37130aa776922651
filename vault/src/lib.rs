#![doc = include_str!("../README.md")]

pub mod access;
pub mod attribute;
pub mod clienteling;
pub mod clock;
pub mod clockwork;
pub mod complaint;
pub mod consent;
pub mod credential;
pub mod customer;
pub mod decision;
pub mod error;
pub mod id;
pub mod import;
pub mod journal;
pub mod keys;
pub mod ledger;
pub mod log;
pub mod notice;
pub mod once;
pub mod operation;
pub mod outbox;
pub mod page;
pub mod passkey;
pub mod receipt;
pub mod record;
pub mod request;
mod secret;
pub mod standard;
mod store;
pub mod testing;
mod text;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use coffret_envelope::{BlindIndex, Entropy, Expected, Key, KeyId, Kind as EnvelopeKind, Sealing, unwrap_key, wrap_key};
use lru::LruCache;
use sea_orm::{ActiveValue, EntityTrait, QueryOrder};
use tokio::sync::{Notify, RwLock};

pub use coffret_envelope as envelope;
pub use coffret_ledger as tlog;
pub use store::Location;
pub use store::draft::ChangeKind;
pub use store::view::Profile;

use attribute::Catalogue;
use clock::{Clock, Timestamp};
use consent::canonical::Families;
use consent::terms::View as TermsView;
use credential::Lookups;
use error::{Error, Kind, Result};
use id::{BrandId, CustomerId, GrantId, Subject, make_uuid_v4};
use keys::{CustomerKeys, Epoch, EpochPlace, Keyring, RootProvider};
use ledger::{Note, Who};
use receipt::SigningKeys;
use secret::Secrets;
use store::Store;
use store::append::Appender;
use store::draft::{Draft, is_stale, new_view};
use store::entity::{key_epoch, meta};
use store::fetch::Fetcher;
use store::lease::Lease;
use store::view::View;

/// What a vault is opened with: everything that is not in the database.
pub struct Settings {
    /// Where the data is.
    pub location: Location,
    /// Where the root key is.
    pub root: Arc<dyn RootProvider>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// An open vault. Its methods, spread over the modules by subject, are everything that the product can do.
pub struct Vault {
    store: Arc<Store>,
    keyring: Arc<Keyring>,
    appender: Appender,
    fetcher: Arc<Fetcher>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    catalogue: &'static Catalogue,
    /// Names brands' handles and subjects.
    pairwise: Key,
    /// Names the credentials of passkeys, and proves which ceremonies began here.
    ceremonies: Key,
    /// Signs receipts.
    receipt_keys: SigningKeys,
    /// Sealed records of customers that are read often.
    kept_records: access::kept::KeptRecords,
    /// Where a brand's grants lead; a grant's customer never changes.
    routes: Mutex<LruCache<(BrandId, GrantId), CustomerId>>,
    /// Reads hold a share from before their commit until their answer is handed over; a stop waits for all shares.
    answering: Vec<Arc<RwLock<()>>>,
    /// Wakes those who wait for changes of brands or new records.
    changed: Arc<Notify>,
    lease: Lease,
    /// What was looked up lately about callers.
    lookups: Lookups,
    /// What is known of the transparency log.
    log: log::State,
    /// Which refused reads were told today.
    told_refusals: notice::ToldRefusals,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("database", &self.store.name()).finish_non_exhaustive()
    }
}

/// A customer with their keys, as one verb sees them.
pub(crate) struct Session {
    pub(crate) view: View,
    pub(crate) keys: Arc<CustomerKeys>,
}

const ANSWER_SHARDS: usize = 64;
const KEPT_ROUTES: usize = 65_536;

impl Vault {
    /// Opens the vault; makes database, schema and keys where there are none.
    pub async fn open(settings: Settings) -> Result<Arc<Self>> {
        let Settings { location, root, clock, entropy } = settings;
        let store = Store::open(&location).await?;
        let deployment = deployment_id(&store, entropy.as_ref()).await?;
        let epochs = open_epochs(&store, root.as_ref(), entropy.as_ref(), clock.as_ref(), &deployment).await?;
        let keyring = Arc::new(Keyring::new(deployment, epochs, Arc::clone(&clock)));
        let fetcher = Arc::new(Fetcher::start(&store, &keyring));
        let appender = Appender::start(&store, &keyring, &fetcher, &clock, &entropy);
        let lease = Lease::take(&store, clock.as_ref(), entropy.as_ref()).await?;
        open_deployment(&appender, &keyring, clock.as_ref(), entropy.as_ref()).await?;
        let secrets = Secrets::open(&store, &appender, &keyring, entropy.as_ref()).await?;
        let pairwise = secrets.keep("pairwise", "pairwise", 1).await?;
        let ceremonies = secrets.keep("ceremonies", "ceremonies", 1).await?;
        let receipt_keys = secrets.receipt_keys().await?;
        let routes = Mutex::new(LruCache::new(NonZeroUsize::new(KEPT_ROUTES).unwrap_or(NonZeroUsize::MIN)));
        let answering = (0..ANSWER_SHARDS).map(|_| Arc::new(RwLock::new(()))).collect();
        let vault = Arc::new(Self {
            store,
            keyring,
            appender,
            fetcher,
            clock,
            entropy,
            catalogue: Catalogue::builtin(),
            pairwise,
            ceremonies,
            receipt_keys,
            kept_records: access::kept::KeptRecords::new(),
            routes,
            answering,
            changed: Arc::new(Notify::new()),
            lease,
            lookups: Lookups::new(),
            log: log::State::new(),
            told_refusals: notice::ToldRefusals::new(),
        });
        vault.refuse_old_clock().await?;
        Lease::keep(&vault);
        keys::sweep::keep(&vault);
        Ok(vault)
    }

    /// Brings a database's schema up to date, and makes the database where there is none; gives its name for people. Nothing in it is opened,
    /// so no key is asked for.
    ///
    /// # Errors
    /// The database cannot be reached or is in use, or its schema is newer than this program.
    pub async fn migrate(location: &Location) -> Result<&'static str> {
        Ok(Store::open(location).await?.name())
    }

    /// Ends this server's part in the deployment, in order: it answers no read any more, and no other server waits for it. To be called when
    /// nothing is served any more; what is left running fails.
    pub async fn leave(&self) -> Result<()> {
        self.lease.leave(self).await
    }

    /// The catalogue of attribute types.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.catalogue
    }

    /// The present moment, as the vault sees it.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A random id, in the order of time (UUIDv7), such as one by which a call is known when it is repeated.
    pub fn make_id(&self) -> Result<uuid::Uuid> {
        id::make_uuid_v7(self.entropy.as_ref(), self.now())
    }

    /// `sqlite` or `postgresql`.
    pub fn database(&self) -> &'static str {
        self.store.name()
    }

    /// Wakes when something may have changed for a brand.
    pub fn changed(&self) -> Arc<Notify> {
        Arc::clone(&self.changed)
    }

    /// The customer with their keys; one that is unknown or erased is not found.
    pub(crate) async fn session(&self, id: CustomerId) -> Result<Session> {
        let view = self.appender.view(id).await?.ok_or_else(|| Error::not_found("customer"))?;
        self.open_session(view)
    }

    /// As [`Self::session`], from the database and not from memory.
    pub(crate) async fn fresh_session(&self, id: CustomerId) -> Result<Session> {
        let view = self.appender.fresh_view(id).await?.ok_or_else(|| Error::not_found("customer"))?;
        self.open_session(view)
    }

    pub(crate) fn open_session(&self, view: View) -> Result<Session> {
        let Some(key) = view.key.as_ref().filter(|_| view.is_active()) else { return Err(Error::not_found("customer")) };
        let keys = self.keyring.unwrap(view.id, key)?;
        Ok(Session { view, keys })
    }

    /// Decides on the newest view of the session's customer and commits durably.
    pub(crate) async fn commit<T: Send + 'static>(
        &self,
        session: &Session,
        decide: impl FnMut(&mut Draft<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut decide = decide;
        let checked = move |draft: &mut Draft<'_>| {
            draft.require_active()?;
            decide(draft)
        };
        self.appender.change(session.view.clone(), Arc::clone(&session.keys), false, checked).await
    }

    /// Runs a verb, and again with a fresh look when somebody else changed what it saw. The verb is told whether to look afresh.
    pub(crate) async fn settled<T, F: Future<Output = Result<T>>>(&self, mut verb: impl FnMut(bool) -> F) -> Result<T> {
        let mut tries = 0;
        loop {
            match verb(tries > 0).await {
                Err(error) if is_stale(&error) && tries < 64 => tries += 1,
                other => return other,
            }
        }
    }

    /// As [`Self::settled`], for a verb that writes nothing when it refuses. Where other servers may have changed what this one remembers,
    /// such a refusal counts only when it was found afresh: no commit would show that the memory was old.
    pub(crate) async fn settled_afresh<T, F: Future<Output = Result<T>>>(&self, mut verb: impl FnMut(bool) -> F) -> Result<T> {
        match self.settled(&mut verb).await {
            Err(error) if self.store.is_postgres() && matches!(error.kind(), Kind::NotFound | Kind::FailedPrecondition) => {
                self.settled(|_| verb(true)).await
            }
            other => other,
        }
    }

    /// As [`Self::session`] or [`Self::fresh_session`].
    pub(crate) async fn session_of(&self, id: CustomerId, fresh: bool) -> Result<Session> {
        if fresh { self.fresh_session(id).await } else { self.session(id).await }
    }

    /// An act of an operator, in the deployment's own stream.
    pub(crate) async fn administer<T: Send + 'static>(
        &self,
        decide: impl FnMut(&mut Draft<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let session = self.session(CustomerId::DEPLOYMENT).await?;
        self.commit(&session, decide).await
    }

    /// A brand's own name for a customer.
    pub(crate) fn subject_of(&self, brand: BrandId, customer: CustomerId) -> Subject {
        Subject(coffret_envelope::pairwise(&self.pairwise, "subject", &[brand.bytes(), customer.bytes()]))
    }

    /// A brand's handle for an identifier: the same whether or not a customer has it.
    pub(crate) fn handle_of(&self, brand: BrandId, token: &[u8; 16]) -> Subject {
        Subject(coffret_envelope::pairwise(&self.pairwise, "handle", &[brand.bytes(), token]))
    }

    fn answering(&self, customer: CustomerId) -> &Arc<RwLock<()>> {
        &self.answering[usize::from(customer.bytes()[13]) % ANSWER_SHARDS]
    }

    /// Returns when every read of this customer that was committed before now has been answered, on every server.
    pub(crate) async fn fence(&self, customer: CustomerId) -> Result<()> {
        drop(self.answering(customer).write().await);
        self.lease.fence_others(self).await
    }

    /// Refuses to run when the clock is behind the newest entry by more than a minute: expiry and order would be wrong.
    async fn refuse_old_clock(&self) -> Result<()> {
        let newest = store::lease::newest_moment(&self.store).await?;
        if newest > self.clock.now().plus_seconds(60) {
            return Err(Error::precondition(
                "CLOCK_WENT_BACK",
                "The clock is more than a minute behind the newest entry of the ledger. Set it right before starting.",
            ));
        }
        Ok(())
    }
}

impl Families for Catalogue {
    fn expand(&self, pattern: &str) -> Option<Vec<String>> {
        Some(Self::expand(self, pattern)?.iter().map(|kind| kind.name().to_owned()).collect())
    }

    fn offers(&self, attribute: &str, view: TermsView) -> bool {
        self.get(attribute).is_some_and(|kind| match view {
            TermsView::Raw | TermsView::Answer => true,
            TermsView::Masked => kind.mask_rule().is_offered(),
        })
    }
}

/// The deployment's random id, made at the first start.
async fn deployment_id(store: &Store, entropy: &dyn Entropy) -> Result<[u8; 16]> {
    let made = make_uuid_v4(entropy)?.as_bytes().to_vec();
    let kept = keep_meta(store, "deployment", made).await?;
    kept.as_slice().try_into().map_err(|_| Error::inconsistent("meta", "value", "deployment"))
}

/// Stores a setting unless there is one; gives what is stored.
async fn keep_meta(store: &Store, name: &str, value: Vec<u8>) -> Result<Vec<u8>> {
    if let Some(row) = meta::Entity::find_by_id(name.to_owned()).one(store.reader()).await? {
        return Ok(row.value);
    }
    let row = meta::ActiveModel { name: ActiveValue::Set(name.to_owned()), value: ActiveValue::Set(value) };
    match meta::Entity::insert(row).exec_without_returning(store.writer()).await {
        Ok(_) => {}
        Err(cause) if store::is_duplicate(&cause) => {}
        Err(cause) => return Err(cause.into()),
    }
    let row = meta::Entity::find_by_id(name.to_owned()).one(store.writer()).await?;
    row.map(|row| row.value).ok_or_else(|| Error::inconsistent("meta", "value", name))
}

async fn open_epochs(
    store: &Store,
    root: &dyn RootProvider,
    entropy: &dyn Entropy,
    clock: &dyn Clock,
    deployment: &[u8; 16],
) -> Result<Vec<Epoch>> {
    if key_epoch::Entity::find().one(store.writer()).await?.is_none() {
        let row = make_epoch(root, entropy, clock, deployment).await?;
        match key_epoch::Entity::insert(row).exec_without_returning(store.writer()).await {
            Ok(_) => {}
            Err(cause) if store::is_duplicate(&cause) => {}
            Err(cause) => return Err(cause.into()),
        }
    }
    let mut epochs = Vec::new();
    for row in key_epoch::Entity::find().order_by_asc(key_epoch::Column::Epoch).all(store.writer()).await? {
        let id = |bytes: &[u8], column| bytes.try_into().map(KeyId).map_err(|_| Error::inconsistent("key_epoch", column, row.epoch));
        let key_id = id(&row.key_id, "key_id")?;
        let index_id = id(&row.index_key_id, "index_key_id")?;
        let place = EpochPlace { deployment, epoch: row.epoch, key_id: &key_id };
        let key = root.unwrap(row.root_version, &place, &row.wrapped).await?;
        let expected = Expected { kind: EnvelopeKind::IndexRootWrap, key_id, generation: u32::try_from(row.epoch).unwrap_or_default() };
        let index_place = EpochPlace { deployment, epoch: row.epoch, key_id: &index_id };
        let index = unwrap_key(&key, expected, &index_place.context(), &row.index_wrapped)?;
        epochs.push(Epoch { number: row.epoch, key_id, key, index: BlindIndex::new(&index) });
    }
    Ok(epochs)
}

async fn make_epoch(
    root: &dyn RootProvider,
    entropy: &dyn Entropy,
    clock: &dyn Clock,
    deployment: &[u8; 16],
) -> Result<key_epoch::ActiveModel> {
    let (key, key_id) = (Key::generate(entropy)?, KeyId::generate(entropy)?);
    let (index, index_id) = (Key::generate(entropy)?, KeyId::generate(entropy)?);
    let root_version = root.current_version().await?;
    let place = EpochPlace { deployment, epoch: 1, key_id: &key_id };
    let wrapped = root.wrap(entropy, root_version, &place, &key).await?;
    let sealing = Sealing { kind: EnvelopeKind::IndexRootWrap, key_id, generation: 1, padded: false };
    let index_place = EpochPlace { deployment, epoch: 1, key_id: &index_id };
    let index_wrapped = wrap_key(entropy, &key, sealing, &index_place.context(), &index)?;
    Ok(key_epoch::ActiveModel {
        epoch: ActiveValue::Set(1),
        key_id: ActiveValue::Set(key_id.0.to_vec()),
        root_version: ActiveValue::Set(root_version),
        wrapped: ActiveValue::Set(wrapped),
        index_key_id: ActiveValue::Set(index_id.0.to_vec()),
        index_wrapped: ActiveValue::Set(index_wrapped),
        created_at: ActiveValue::Set(clock.now().micros()),
    })
}

/// The deployment is the customer with the nil id: its acts have a stream, and its secrets a key.
async fn open_deployment(appender: &Appender, keyring: &Keyring, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<()> {
    if appender.fresh_view(CustomerId::DEPLOYMENT).await?.is_some() {
        return Ok(());
    }
    let (wrapped, keys) = keyring.make(entropy, CustomerId::DEPLOYMENT)?;
    let profile = Profile { language: "en".to_owned(), time_zone: "UTC".to_owned() };
    let view = new_view(CustomerId::DEPLOYMENT, make_uuid_v4(entropy)?, profile.clone(), wrapped.clone(), clock.now());
    let made = appender
        .change(view, keys, true, move |draft| {
            draft.put_profile(profile.clone())?;
            draft.put_key(&wrapped);
            draft.note(Note::new("deployment.opened", Who::Clock)).map(|_| ())
        })
        .await;
    match made {
        Err(error) if error.kind() == Kind::AlreadyExists => {
            // Another server was first.
            appender.fresh_view(CustomerId::DEPLOYMENT).await.map(|_| ())
        }
        other => other,
    }
}

/// `raw`, `masked` or `answer`.
pub(crate) fn view_word(view: TermsView) -> &'static str {
    match view {
        TermsView::Raw => "raw",
        TermsView::Masked => "masked",
        TermsView::Answer => "answer",
    }
}
