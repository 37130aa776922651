//! `coffret invite`: an operator invites a customer, through the running server.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use coffret_proto::v1;
use coffret_proto::v1::identity_service_client::IdentityServiceClient;
use tonic::metadata::MetadataValue;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};
use zeroize::Zeroizing;

use crate::cli::Failure;
use crate::tls::Way;

const EXAMPLES: &str = "\
The link leads to the page on which the customer makes a passkey. Its code counts once, for 14 days, and stands behind `#`, where no server
and no log sees it: whoever has it opens the vault, so hand it to the customer alone. A new invitation ends the one before. A customer who
has a passkey is not invited: they add others themselves, or come back with their recovery code.

Example:
  coffret invite --server https://vault.example.org:8443 --token operator.token --customer customers/0197...";

/// Invites a customer to make a passkey; prints the link.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InviteArgs {
    /// The server: `https://host:port`; without TLS only on this machine.
    #[arg(long)]
    server: String,
    /// The authority (PEM) that the server's certificate comes from.
    #[arg(long)]
    authority: PathBuf,
    /// A file that holds an operator's token.
    #[arg(long)]
    token: PathBuf,
    /// The customer: `customers/{customer}`.
    #[arg(long)]
    customer: String,
}

fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    text.map_err(|cause| Failure::Unfit(format!("{} cannot be read: {cause}", path.display())))
}

/// Invites, and prints the link; the code alone where the server has no portal.
pub(crate) async fn run(args: InviteArgs) -> Result<(), Failure> {
    let unreachable = |cause: tonic::transport::Error| Failure::Unfit(format!("{} cannot be reached: {cause}", args.server));
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(&args.authority)?.as_bytes()));
    let mut endpoint = Endpoint::from_shared(args.server.clone()).map_err(unreachable)?;
    match Way::to(endpoint.uri()) {
        Way::Open => return Err(Failure::Unfit("--server: a token goes over TLS alone: https://. Nobody was invited.".into())),
        Way::Tls => endpoint = endpoint.tls_config(tls).map_err(unreachable)?,
        Way::Home => {}
    }
    let channel = endpoint.connect().await.map_err(unreachable)?;
    let bearer = Zeroizing::new(format!("Bearer {}", read(&args.token)?.trim()));
    let mut authorization =
        MetadataValue::try_from(bearer.as_str()).map_err(|_| Failure::Unfit("--token: the file holds no token.".into()))?;
    authorization.set_sensitive(true);
    let mut asked = tonic::Request::new(v1::CreateInvitationRequest { customer: args.customer, request_id: String::new() });
    asked.metadata_mut().insert("authorization", authorization);
    let refused = |status: tonic::Status| Failure::Unfit(format!("the customer was not invited: {}", status.message()));
    let made = IdentityServiceClient::new(channel).create_invitation(asked).await.map_err(refused)?.into_inner();
    writeln!(std::io::stdout(), "{}", if made.link.is_empty() { made.code } else { made.link })?;
    Ok(())
}
