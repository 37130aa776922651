//! The auditor's pages, on an address of their own, over the services of this process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use coffret_admin_ui::{Demo, Foundation};

use super::portal::Address;
use super::{Server, StartError};
use crate::export::packing::Workshop;

/// Where the auditor's pages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditParts {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address under which browsers find them, without a path: `https://audit.example.org`. Where absent, `http://localhost` and the port.
    pub origin: Option<String>,
    /// Without TLS, although the server has certificates: on a loopback address, for trying things out or behind a proxy.
    pub plaintext: bool,
    /// The folder in which auditors' files are made, and kept for an hour: this server's own, emptied at the start.
    pub workshop: PathBuf,
}

impl Server {
    /// Opens the auditor's pages; tells the address under which browsers find them. With a demo, whoever reaches them can come in as its
    /// people.
    ///
    /// # Errors
    /// The address or the folder cannot be used, or it would be reached without TLS from other machines.
    pub async fn open_audit(&self, parts: AuditParts, demo: Option<Demo>) -> Result<String, StartError> {
        let AuditParts { listen, origin, plaintext, workshop } = parts;
        let made = Arc::new(Workshop::open(&workshop).map_err(|cause| StartError::Workshop(workshop, cause))?);
        let pages = |foundation: Foundation| coffret_admin_ui::auditor::router(foundation.with_packing(made));
        self.open_pages(Address { listen, origin, plaintext }, demo, "the auditor's pages are open", pages).await
    }
}
