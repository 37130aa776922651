//! Servers under load: child processes of this very program, so that their time and memory can be told from the load generator's.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use super::Failure;
use super::certificates::Certificates;
use super::load::CONNECTIONS;

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server; killed when dropped.
pub(super) struct Server {
    process: std::process::Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts this program with these arguments; it writes to `log`, whose end tells why when it does not start.
    pub(super) async fn start(arguments: &[String], address: SocketAddr, log: &Path) -> Result<Self, Failure> {
        let output = std::fs::File::create(log)?;
        let process = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        let mut server = Self { process, address, log: log.to_owned() };
        server.await_listener(address).await?;
        Ok(server)
    }

    /// Waits until it listens at one of its addresses.
    pub(super) async fn await_listener(&mut self, address: SocketAddr) -> Result<(), Failure> {
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            if let Some(status) = self.process.try_wait()? {
                return Err(Failure::new(format!("the server ended with {status}: {}", last_lines(&self.log))));
            }
            if begun.elapsed() > PATIENCE {
                return Err(Failure::new(format!("the server does not listen: {}", last_lines(&self.log))));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// The process.
    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Connections to it, with the brand's certificate or without one.
    pub(super) async fn connect(&self, certificates: &Certificates, as_brand: bool) -> Result<Vec<Channel>, Failure> {
        let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&certificates.ca)).domain_name("localhost");
        if as_brand {
            tls = tls.identity(Identity::from_pem(&certificates.brand, &certificates.brand_key));
        }
        let mut channels = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let endpoint = Endpoint::from_shared(format!("https://{}", self.address))?.tls_config(tls.clone())?.tcp_nodelay(true);
            channels.push(endpoint.connect().await?);
        }
        Ok(channels)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; both fail then, and nothing is left to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

/// A free port of this machine. Another process may take it before we do; then the server says so.
pub(super) fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
