//! What to do with a demo that stays up: where everything is, and calls that are ready to paste.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::clients::Client;
use super::folder::Folder;
use super::houses::Houses;
use super::pki::Pki;
use super::screen::Screen;
use super::stage::Stage;
use super::story::{Told, day, moment};

/// Where the pages are.
pub(super) struct Pages<'a> {
    pub(super) portal: &'a str,
    pub(super) audit: &'a str,
}

/// Shows addresses, files and calls.
pub(super) fn show(stage: &Stage, folder: &Folder, pki: &Pki, pages: &Pages<'_>, told: &Told, screen: &mut Screen) {
    let (alba, address) = (pki.pair("alba"), stage.address);
    screen.act("It stays up; Ctrl-C ends it");
    screen.entry("gRPC, with TLS", &address.to_string());
    screen.entry("portal", &format!("{}/", pages.portal));
    screen.entry("auditor's pages", &format!("{}/", pages.audit));
    screen.entry("authority", &pki.authority().display().to_string());
    screen.entry("Maison Alba", &format!("{} and {}", alba.certificate.display(), "alba.key"));
    let ferrante = pki.pair("ferrante");
    screen.entry("Casa Ferrante", &format!("{} and {}", ferrante.certificate.display(), "ferrante.key"));
    screen.entry("operator's token", &format!("{}, for 24 hours", folder.token("operator").display()));
    let Some((grant, client)) = &told.open else { return };
    let customer = &stage.state.clients[*client];
    let until = stage.token_until(customer).map(|until| format!(", until {}", day(Some(&moment(until))))).unwrap_or_default();
    screen.entry("client's token", &format!("{}{until}", folder.token("client").display()));
    screen.act("Stubs for Python, from the repository's folder");
    screen.paste(STUBS);
    screen.act("Read in Python, as Maison Alba");
    screen.paste(&python(pki, address, grant));
    screen.act("The same with grpcurl");
    screen.paste(&grpcurl(pki, address, grant));
    screen.act("Stop it, as the client, and read again");
    screen.paste(&stop(folder, pki, address, customer, grant));
    if folder.database().exists() {
        screen.act("After Ctrl-C: export the log for an auditor, and check it offline");
        screen.paste(&audit(folder));
    }
    screen.act("Then");
    screen.remark("Ask for more than a ceiling allows; ask the same twice; read the log with LedgerService.ListEntries.");
    screen.remark("grpcurl lists every service and method: reflection is on here. proto/ in the repository says what each does.");
}

const STUBS: &str = "python3 -m venv stubs && stubs/bin/pip install --quiet grpcio grpcio-tools \\
  && stubs/bin/python -m grpc_tools.protoc --proto_path proto --python_out stubs --grpc_python_out stubs proto/coffret/v1/*.proto";

fn python(pki: &Pki, address: SocketAddr, grant: &str) -> String {
    let pair = pki.pair("alba");
    let (authority, certificate, key) = (pki.authority(), pair.certificate, pair.key);
    format!(
        r#"stubs/bin/python - <<'END'
import sys, grpc
sys.path.insert(0, "stubs")
from coffret.v1 import access_pb2, access_pb2_grpc
file = lambda path: open(path, "rb").read()
credentials = grpc.ssl_channel_credentials(
    file("{authority}"),
    file("{key}"),
    file("{certificate}"))
with grpc.secure_channel("{address}", credentials) as channel:
    answer = access_pb2_grpc.AccessServiceStub(channel).ReadRecords(access_pb2.ReadRecordsRequest(
        grant="{grant}", reason="A look from Python"))
for record in answer.records:
    print(record.attribute, record.value_json)
END"#,
        authority = authority.display(),
        key = key.display(),
        certificate = certificate.display(),
    )
}

fn grpcurl(pki: &Pki, address: SocketAddr, grant: &str) -> String {
    let pair = pki.pair("alba");
    format!(
        "grpcurl -cacert '{}' \\\n  -cert '{}' \\\n  -key '{}' \\\n  -d '{}' \\\n  {address} coffret.v1.AccessService/ReadRecords",
        pki.authority().display(),
        pair.certificate.display(),
        pair.key.display(),
        json!({ "grant": grant, "reason": "A look from grpcurl" }),
    )
}

fn stop(folder: &Folder, pki: &Pki, address: SocketAddr, customer: &str, grant: &str) -> String {
    let id = grant.rsplit('/').next().unwrap_or_default();
    format!(
        "grpcurl -cacert '{}' \\\n  -H \"authorization: Bearer $(cat '{}')\" \\\n  -d '{}' \\\n  {address} coffret.v1.ConsentService/RevokeGrant",
        pki.authority().display(),
        folder.token("client").display(),
        json!({ "name": format!("{customer}/grants/{id}") }),
    )
}

/// The same for a program: addresses, names and files; secrets stay in their files.
pub(super) fn for_programs(stage: &Stage, folder: &Folder, pki: &Pki, pages: &Pages<'_>, houses: &Houses, clients: &[Client]) -> Value {
    let pair = |holder: &str| {
        let pair = pki.pair(holder);
        json!({ "certificate": pair.certificate, "key": pair.key })
    };
    let brands = houses.house.iter().map(|house| {
        let name = stage.brand_name(&house.key);
        let purposes: Vec<String> = house.purpose.iter().map(|purpose| format!("{name}/purposes/{}", purpose.code)).collect();
        (house.key.clone(), json!({ "name": name, "title": house.title, "pair": pair(&house.key), "purposes": purposes }))
    });
    let people =
        clients.iter().zip(&stage.state.clients).map(|(client, name)| json!({ "name": name, "title": client.name, "email": client.email }));
    json!({
        "address": stage.address.to_string(),
        "page": format!("{}/", pages.portal),
        "audit": format!("{}/", pages.audit),
        "data": folder.path(),
        "authority": pki.authority(),
        "server": pair("server"),
        "stranger": pair("stranger"),
        "brands": brands.collect::<serde_json::Map<_, _>>(),
        "clients": people.collect::<Vec<_>>(),
        "operator_token": folder.token("operator"),
    })
}

fn audit(folder: &Folder) -> String {
    let data = folder.path().display();
    format!(
        "cargo run --release -- export ledger --data '{data}' --to audit --reason 'A first look'\n\
         # It prints the command that checks the folder: coffret verify --key '...' audit"
    )
}
