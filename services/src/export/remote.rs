//! The log from a running server, for somebody who has a token and no access to its data.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use coffret_export::{Begun, ExportWriter, Finished, VerifierKey};
use coffret_proto::v1;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::handed::{Begin, head_of, push};
use super::{LedgerArgs, Limits, bar, go_on, unfit};
use crate::cli::Failure;
use crate::names;
use crate::tls::Way;

/// How often a connection is made anew in a row without anything having come.
const TRIES: u32 = 5;
/// The first wait before that; doubled each time.
const WAIT: Duration = Duration::from_secs(1);
/// The longest message: a piece is about 1 MiB, and one entry may have 256 KiB of details beyond it.
const LONGEST_PIECE: usize = 16 << 20;
/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(20);

type Ledger = LedgerServiceClient<Channel>;

/// Why an attempt ended.
enum Ended {
    /// The connection broke, or the server went away: it is worth trying again.
    Broken(String),
    /// It would end so again.
    Refused(Failure),
}

impl<E: Into<Failure>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// A server and how to call it.
struct Server {
    endpoint: Endpoint,
    bearer: MetadataValue<Ascii>,
}

/// Exports, and connects anew where the connection breaks.
pub(super) async fn export(
    args: &LedgerArgs,
    limits: &Limits,
    server: &str,
    mut begun: Option<Begun>,
) -> Result<(Finished, VerifierKey), Failure> {
    let server = Server::new(args, server)?;
    let (mut tries, mut wait, mut reached) = (0, WAIT, None);
    loop {
        let why = match attempt(args, limits, &server, begun).await {
            Ok(exported) => return Ok(exported),
            Err(Ended::Refused(failure)) => return Err(failure),
            Err(Ended::Broken(why)) => why,
        };
        begun = ExportWriter::begun(&args.to)?;
        let now = ExportWriter::kept(&args.to)?;
        if now > reached {
            (tries, wait, reached) = (0, WAIT, now);
        }
        tries += 1;
        if tries > TRIES {
            let sentence = "The same command goes on where it stopped.";
            return Err(unfit(format!("The server could not be reached, or went away: {why} {sentence}")));
        }
        let _ = writeln!(std::io::stderr(), "The connection broke: {why} Trying again in {} s.", wait.as_secs());
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
}

/// One connection, from where the folder stands.
async fn attempt(args: &LedgerArgs, limits: &Limits, server: &Server, begun: Option<Begun>) -> Result<(Finished, VerifierKey), Ended> {
    let channel = server.endpoint.connect().await.map_err(|cause| Ended::Broken(format!("{}.", with_causes(&cause))))?;
    let mut ledger = Ledger::new(channel).max_decoding_message_size(LONGEST_PIECE);
    let handover = ExportWriter::kept_handover(&args.to)?.unwrap_or_default();
    let asked = v1::StreamExportRequest {
        origin: begun.as_ref().map(origin_of).or_else(|| args.log.clone()).unwrap_or_default(),
        reason: args.reason.clone(),
        customers: limits.customers.iter().map(|id| names::customer_name(*id)).collect(),
        brand: limits.brand.map(names::brand_name).unwrap_or_default(),
        purpose: args.purpose.clone().unwrap_or_default(),
        from_time: limits.from.map(names::timestamp),
        to_time: limits.to.map(names::timestamp),
        sealed: args.sealed,
        receipts: args.receipts,
        handover,
    };
    let mut asked = Request::new(asked);
    asked.metadata_mut().insert("authorization", server.bearer.clone());
    let mut pieces = ledger.stream_export(asked).await.map_err(ended)?.into_inner();
    let first = pieces.message().await.map_err(ended)?.ok_or_else(|| Ended::Broken("The server sent nothing.".to_owned()))?;
    let head = first.head.ok_or_else(|| unfit("The server did not say what it exports."))?;
    let going_on = begun.as_ref().map(|begun| move |key: &VerifierKey| go_on(begun, key));
    let of = head_of(head, args.key.as_ref(), going_on.as_ref().map(|begin| begin as Begin<'_>))?;
    let (size, log_key) = (of.checkpoint.checkpoint().size(), of.log_key.clone());
    let mut writer = ExportWriter::create_or_resume(&args.to, args.plan(of)?)?;
    if writer.handover().is_none() {
        // From here on there is something to go on with.
        tokio::task::block_in_place(|| writer.keep_handed(&first.handover))?;
    }
    let bar = bar(size);
    bar.set_position(writer.next_index());
    while let Some(piece) = pieces.message().await.map_err(ended)? {
        tokio::task::block_in_place(|| push(&mut writer, &piece))?;
        bar.set_position(writer.next_index());
    }
    if writer.next_index() < size {
        return Err(Ended::Broken("The stream ended early.".to_owned()));
    }
    bar.finish_and_clear();
    Ok((tokio::task::block_in_place(|| writer.finish_handed())?, log_key))
}

/// The name of the log that an unfinished export is of: the first line of its checkpoint.
fn origin_of(begun: &Begun) -> String {
    begun.checkpoint.lines().next().unwrap_or_default().to_owned()
}

impl Server {
    fn new(args: &LedgerArgs, address: &str) -> Result<Self, Failure> {
        let read = |path: &Path| std::fs::read(path).map_err(|cause| unfit(format!("{}: {cause}. Nothing was exported.", path.display())));
        let token = args.token_file.as_deref().map(read).transpose()?.unwrap_or_default();
        let token = String::from_utf8(token).unwrap_or_default();
        let mut bearer = MetadataValue::try_from(format!("Bearer {}", token.trim()))
            .map_err(|_| unfit("--token-file: this file does not hold a token. Nothing was exported."))?;
        bearer.set_sensitive(true);
        let wrong = |cause: &tonic::transport::Error| unfit(format!("--server, --ca: {}. Nothing was exported.", with_causes(cause)));
        let mut endpoint = Endpoint::from_shared(address.to_owned()).map_err(|cause| wrong(&cause))?.connect_timeout(CONNECTING);
        if let Some(ca) = &args.ca {
            let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(ca)?));
            endpoint = endpoint.tls_config(tls).map_err(|cause| wrong(&cause))?;
        }
        match Way::to(endpoint.uri()) {
            Way::Open => return Err(unfit("--server: a token goes over TLS alone: https://, with --ca. Nothing was exported.")),
            Way::Tls if args.ca.is_none() => {
                return Err(unfit("--ca: name the authority of the server's certificate. Nothing was exported."));
            }
            Way::Tls | Way::Home => {}
        }
        // A stream may be silent while the server works; a peer that is gone is noticed all the same.
        let endpoint = endpoint.http2_keep_alive_interval(Duration::from_secs(20)).keep_alive_timeout(Duration::from_secs(20));
        Ok(Self { endpoint, bearer })
    }
}

/// What a call ended with: a refusal of the server's says its reason, what breaks off has none.
// By value, so that it fits `map_err`.
#[allow(clippy::needless_pass_by_value)]
fn ended(status: Status) -> Ended {
    let reason = status.get_error_details().error_info().map(|info| info.reason.clone());
    let again = match status.code() {
        Code::Unavailable | Code::Aborted | Code::DeadlineExceeded | Code::ResourceExhausted => true,
        Code::Unknown | Code::Cancelled | Code::Internal => reason.is_none(),
        _ => false,
    };
    let told = match &reason {
        Some(reason) => format!("{} ({reason})", status.message()),
        None => format!("{}.", status.message().trim_end_matches('.')),
    };
    if again { Ended::Broken(told) } else { Ended::Refused(unfit(told)) }
}

/// An error with what lies behind it.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        told = format!("{told}: {cause}");
        next = cause.source();
    }
    told
}
