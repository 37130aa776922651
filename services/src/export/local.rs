//! The log from the deployment's own data.

use std::sync::Arc;
use std::time::Duration;

use coffret_export::{Begun, Entry, ExportWriter, Finished, Opening, Policy, Scope, VerifierKey};
use coffret_vault::Vault;
use coffret_vault::ledger::Who;
use coffret_vault::log::{Exported, ExportedConsent, Log, LogExport, LogExportRequest};

use super::{LedgerArgs, Limits, Of, bar, go_on, unfit};
use crate::cli::Failure;
use crate::serve::{LogParts, leave};

/// How long the export's own entry may take to be signed. More than waits in a log that was never kept takes.
const SIGNING: Duration = Duration::from_mins(10);

pub(super) async fn export(args: &LedgerArgs, limits: &Limits, begun: Option<Begun>) -> Result<(Finished, VerifierKey), Failure> {
    let config = args.source.load()?;
    let LogParts { settings, .. } = config.log_parts()?;
    let vault = config.open().await?;
    let log = Log::start(&vault, &settings).await?;
    let exported = write(args, limits, begun, &vault).await;
    log.stop().await;
    leave(&vault).await;
    exported
}

async fn write(args: &LedgerArgs, limits: &Limits, begun: Option<Begun>, vault: &Arc<Vault>) -> Result<(Finished, VerifierKey), Failure> {
    let request = LogExportRequest {
        origin: args.log.clone().unwrap_or_default(),
        customers: limits.customers.clone(),
        brand: limits.brand,
        sealed: args.sealed,
        receipts: args.receipts,
        reason: args.reason.clone(),
    };
    let export = vault.begin_log_export(Who::Operator(args.by.clone()), &request).await?;
    let (checkpoint, made) = if let Some(begun) = &begun {
        go_on(begun, export.log_key())?
    } else {
        let checkpoint = vault.await_export_checkpoint(&export, SIGNING).await?;
        (checkpoint, jiff::Timestamp::from_microsecond(export.begun.micros()).map_err(|cause| unfit(cause.to_string()))?)
    };
    let scope = Scope {
        sealed: args.sealed,
        streams: export.streams().to_vec(),
        brand: limits.brand.map(|brand| brand.0),
        purpose: args.purpose.clone(),
        from: limits.from.map(|from| from.to_string()),
        to: limits.to.map(|to| to.to_string()),
        receipts: args.receipts,
    };
    let receipt_keys = if args.receipts { vault.receipt_keys().to_json() } else { String::new() };
    let size = checkpoint.checkpoint().size();
    let plan = args.plan(Of {
        checkpoint,
        log_key: export.log_key().clone(),
        witnesses: Policy::clone(&vault.log_policy()),
        scope,
        made,
        receipt_keys,
    })?;
    let mut writer = ExportWriter::create_or_resume(&args.to, plan)?;
    let bar = bar(size);
    while writer.next_index() < size {
        let entries = vault.export_leaves(&export, writer.next_index()).await?;
        if entries.is_empty() {
            return Err(unfit(format!("The log has no entry {}, which its checkpoint states.", writer.next_index())));
        }
        for exported in entries.iter().take_while(|exported| exported.leaf.index < size) {
            push(vault, &export, &mut writer, exported).await?;
        }
        bar.set_position(writer.next_index());
    }
    bar.finish_and_clear();
    let finished = tokio::task::block_in_place(|| writer.finish(export.signer()))?;
    Ok((finished, export.log_key().clone()))
}

async fn push(vault: &Vault, export: &LogExport, writer: &mut ExportWriter, exported: &Exported) -> Result<(), Failure> {
    let opening = exported.opening.as_ref().map(|opening| Opening { key: &opening.key, details: &opening.details });
    let entry = Entry { leaf: exported.leaf.leaf, opening, receipt: None, record: None };
    let ExportedConsent { receipt, record } =
        if writer.opens(&entry)? { vault.export_consent(export, exported).await? } else { ExportedConsent::default() };
    let entry = Entry { receipt: receipt.as_deref(), record: record.as_deref(), ..entry };
    Ok(tokio::task::block_in_place(|| writer.push(&entry))?)
}
