//! Witnesses over HTTP (C2SP tlog-witness): one short connection for each call, TLS unless the witness is on this machine, no redirects.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use coffret_vault::log::{MAX_ANSWER_LEN, Witness};
use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tonic::async_trait;

use crate::terms::hex;

/// A witness at an address.
pub struct HttpWitness {
    /// Without brackets, where it is an IPv6 address.
    host: String,
    port: u16,
    /// As the `Host` header has it.
    authority: String,
    /// What comes before `/add-checkpoint`.
    prefix: String,
    /// Absent on this machine.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl std::fmt::Debug for HttpWitness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpWitness").field("authority", &self.authority).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The authorities in a file, or those that the system trusts.
fn authorities(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        // One that cannot be used is passed over; without any, no certificate is accepted.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(store);
    };
    let wrong = |what: String| format!("{}: {what}", file.display());
    let pem = std::fs::read(file).map_err(|cause| wrong(cause.to_string()))?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| wrong("it does not hold certificates in PEM".to_owned()))?;
        store.add(certificate).map_err(|cause| wrong(cause.to_string()))?;
    }
    if store.is_empty() { Err(wrong("it holds no certificate".to_owned())) } else { Ok(store) }
}

fn connector(file: Option<&Path>) -> Result<TlsConnector, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|cause| cause.to_string())?
        .with_root_certificates(authorities(file)?)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl HttpWitness {
    /// A witness below this URL; its certificate is checked against the authorities in a file, or those that the system trusts.
    ///
    /// # Errors
    /// In words, why it cannot be asked: the URL is not `https://host[:port][/path]`, or `http://` on this machine; or the file holds no
    /// certificates.
    pub fn new(url: &str, file: Option<&Path>) -> Result<Self, String> {
        let wrong = "its url is https://host[:port][/path], or http:// on this machine".to_owned();
        let uri: Uri = url.parse().map_err(|_| wrong.clone())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(wrong) };
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(wrong);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let tls = match scheme {
            "https" => Some((connector(file)?, ServerName::try_from(host.clone()).map_err(|_| wrong)?)),
            "http" if is_local(&host) => None,
            _ => return Err(wrong),
        };
        let port = authority.port_u16().unwrap_or(if tls.is_some() { 443 } else { 80 });
        Ok(Self { host, port, authority: authority.to_string(), prefix: uri.path().trim_end_matches('/').to_owned(), tls })
    }

    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let Some((connector, name)) = &self.tls else {
            // A name may lead elsewhere.
            let local = stream.peer_addr()?.ip().is_loopback();
            let elsewhere = || io::Error::new(io::ErrorKind::InvalidInput, "without TLS only this machine is asked");
            return if local { Ok(Box::new(stream)) } else { Err(elsewhere()) };
        };
        Ok(Box::new(connector.connect(name.clone(), stream).await?))
    }

    async fn call(&self, method: Method, path: &str, body: String) -> io::Result<(u16, Vec<u8>)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.prefix))
            .header(header::HOST, &self.authority)
            .header(header::USER_AGENT, concat!("coffret/", env!("CARGO_PKG_VERSION")))
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(Full::new(Bytes::from(body)))
            .map_err(io::Error::other)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(self.connect().await?)).await.map_err(io::Error::other)?;
        // Ends with the call, also where that is given up.
        let mut running = JoinSet::new();
        running.spawn(connection);
        let answer = sender.send_request(request).await.map_err(io::Error::other)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), MAX_ANSWER_LEN).collect().await.map_err(io::Error::other)?;
        Ok((status, body.to_bytes().to_vec()))
    }
}

#[async_trait]
impl Witness for HttpWitness {
    async fn add_checkpoint(&self, body: String) -> io::Result<(u16, Vec<u8>)> {
        self.call(Method::POST, "/add-checkpoint", body).await
    }

    async fn latest(&self, origin: &str) -> io::Result<Option<Vec<u8>>> {
        let path = format!("/{}/checkpoint", hex(&Sha256::digest(origin.as_bytes()).into()));
        let (status, body) = self.call(Method::GET, &path, String::new()).await?;
        Ok((status == 200).then_some(body))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one call with these bytes; gives the address and what was asked.
    async fn server(answer: Vec<u8>) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            let mut asked = vec![0; 64 * 1024];
            let read = stream.read(&mut asked).await.expect("asked");
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
            String::from_utf8_lossy(&asked[..read]).into_owned()
        });
        (address, asked)
    }

    fn answer(status: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    }

    #[tokio::test]
    async fn a_call_is_as_the_specification_has_it() {
        let (address, asked) = server(answer("409 Conflict", b"17\n")).await;
        let witness = HttpWitness::new(&format!("http://{address}/some/where/"), None).expect("an address");
        assert_eq!(witness.add_checkpoint("old 0\n\nnote\n".to_owned()).await.expect("answered"), (409, b"17\n".to_vec()));
        let asked = asked.await.expect("asked");
        assert!(asked.starts_with("POST /some/where/add-checkpoint HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains(&format!("host: {address}\r\n")) && asked.contains("content-length: 12\r\n"), "{asked}");

        let (address, asked) = server(answer("200 OK", b"a note")).await;
        let witness = HttpWitness::new(&format!("http://{address}"), None).expect("an address");
        assert_eq!(witness.latest("vault.example/ledger/2026").await.expect("answered"), Some(b"a note".to_vec()));
        let path = format!("GET /{}/checkpoint HTTP/1.1\r\n", hex(&Sha256::digest(b"vault.example/ledger/2026").into()));
        assert!(asked.await.expect("asked").starts_with(&path));
    }

    #[tokio::test]
    async fn what_is_too_long_or_no_http_is_an_error_and_a_redirect_is_an_answer() {
        for bad in [
            answer("200 OK", &vec![b'x'; MAX_ANSWER_LEN + 1]),
            b"SSH-2.0-x\r\n".to_vec(),
            Vec::new(),
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx".to_vec(),
        ] {
            let (address, _) = server(bad).await;
            let witness = HttpWitness::new(&format!("http://{address}"), None).expect("an address");
            witness.add_checkpoint(String::new()).await.expect_err("no answer");
        }
        let (address, _) = server(b"HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
        let witness = HttpWitness::new(&format!("http://{address}"), None).expect("an address");
        assert_eq!(witness.add_checkpoint(String::new()).await.expect("answered"), (302, Vec::new()));
    }

    #[tokio::test]
    async fn a_witness_that_speaks_no_tls_or_whose_certificate_nobody_trusts_is_not_asked() {
        let (address, _) = server(answer("200 OK", b"")).await;
        HttpWitness::new(&format!("https://{address}"), None).expect("an address").add_checkpoint(String::new()).await.expect_err("no TLS");

        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let key = rustls_pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a server");
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(&answer("200 OK", b"trusted")).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        let url = format!("https://localhost:{port}");
        HttpWitness::new(&url, None).expect("an address").add_checkpoint(String::new()).await.expect_err("nobody trusts it");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, made.cert.pem()).expect("written");
        let witness = HttpWitness::new(&url, Some(&file)).expect("an address");
        assert_eq!(witness.add_checkpoint(String::new()).await.expect("answered"), (200, b"trusted".to_vec()));
        std::fs::write(&file, "nothing").expect("written");
        HttpWitness::new(&url, Some(&file)).expect_err("no certificate");
    }
}
