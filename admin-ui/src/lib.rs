//! Pages for people in a browser, made on the server over the gRPC services: those of customers in [`customer`], those of auditors in
//! [`auditor`].
//!
//! The browser holds one cookie, which is the visitor's own token; the pages have no right of their own and no state, but exports that an
//! auditor has made and not taken yet.

mod assets;
mod audience;
pub mod auditor;
mod catalogue;
pub mod customer;
mod door;
mod fault;
mod frame;
mod gateway;
mod letter;
mod look;
mod sent;
mod session;
#[cfg(test)]
mod testing;
mod texts;
mod value;
mod words;

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

pub use auditor::packing::{Handed, Outcome, Packed, Packing, Progress};
pub use gateway::{Services, Visitor};
pub use letter::{Letter, letter};

/// What the pages stand on.
#[derive(Clone)]
pub struct Foundation {
    services: Services,
    origin: String,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    make_id: Arc<dyn Fn() -> Option<Uuid> + Send + Sync>,
    demo: Option<Arc<Demo>>,
    audience: &'static audience::Audience,
    exports: Option<auditor::Exports>,
    catalogues: catalogue::Catalogues,
}

impl Foundation {
    /// Pages over these services. `origin` is the address under which browsers find them, without a path (`https://my.example.org`): forms
    /// that were sent from elsewhere are refused. `make_id` gives another id each time, or none where chance fails.
    pub fn new(
        services: Services,
        origin: impl Into<String>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        make_id: impl Fn() -> Option<Uuid> + Send + Sync + 'static,
    ) -> Self {
        let catalogues = catalogue::Catalogues::default();
        let (now, make_id) = (Arc::new(now), Arc::new(make_id));
        let audience = &audience::CUSTOMERS;
        Self { services, origin: origin.into(), now, make_id, demo: None, audience, exports: None, catalogues }
    }

    /// With people who can be tried out, by whoever reaches the pages. Only the demo does this.
    #[must_use]
    pub fn with_demo(self, demo: Demo) -> Self {
        Self { demo: Some(Arc::new(demo)), ..self }
    }

    /// With files for auditors, made by this. Without it auditors are shown the command alone.
    #[must_use]
    pub fn with_packing(self, packing: Arc<dyn Packing>) -> Self {
        Self { exports: Some(auditor::Exports::new(packing)), ..self }
    }
}

/// Who can be tried out in the demo.
pub struct Demo {
    /// The people.
    pub people: Vec<DemoPerson>,
    /// The demo's operator, who opens the door to each.
    pub operator_token: String,
}

/// Somebody invented.
pub struct DemoPerson {
    /// As people call them.
    pub name: String,
    /// Whom their token stands for: `customers/{customer}`, or the name of an auditor.
    pub subject: String,
    /// The language in which they are addressed (BCP 47).
    pub language: String,
    /// What they live through in the demo, in a few words.
    pub about: String,
}
