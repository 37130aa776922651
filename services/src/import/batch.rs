//! From lines to batches: mapped, checked, and grouped by customer, in a thread of its own while the batch before is stored.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use coffret_vault::Vault;
use coffret_vault::customer::Identifier;
use coffret_vault::id::BrandId;
use coffret_vault::import::ImportRecord;
use coffret_vault::record::MOST_RECORDS;
use tokio::sync::mpsc;

use super::ImportError;
use super::checkpoint::Counts;
use super::fault::Fault;
use super::mapping::Mapping;
use super::reject::Rejected;
use super::source::{self, Row};

/// Bytes of values and kept lines after which a batch ends, however few its lines are.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What a reading thread needs.
pub(super) struct Reader {
    pub(super) vault: Arc<Vault>,
    pub(super) mapping: Arc<Mapping>,
    pub(super) path: PathBuf,
    pub(super) brand: BrandId,
    /// Lines of one batch.
    pub(super) lines: u64,
    pub(super) keep_raw: bool,
    /// Lines that are done already.
    pub(super) skip: u64,
}

/// One customer's lines in a batch.
pub(super) struct Group {
    pub(super) identifier: Identifier,
    pub(super) records: Vec<ImportRecord>,
    pub(super) lines: Vec<u64>,
}

/// What reading gives, in order.
pub(super) enum Progressed {
    /// The lines that were done already are behind.
    Begun {
        position: u64,
        total: u64,
    },
    Batch(Batch),
}

/// A part of a file. The same for the same file, mapping and size, whenever it is read.
#[derive(Default)]
pub(super) struct Batch {
    /// Customers with at most [`MOST_RECORDS`] records each; a customer with more goes on in the next round.
    pub(super) rounds: Vec<Vec<Group>>,
    pub(super) rejected: Vec<Rejected>,
    /// Lines and rejected lines; the rest is counted when it is stored.
    pub(super) counts: Counts,
    pub(super) position: u64,
    bytes: usize,
    /// Where each customer's newest group is.
    places: HashMap<String, (usize, usize)>,
}

impl Reader {
    /// Reads the whole file into batches; ends early when nobody takes them any more.
    pub(super) fn run(self, batches: &mpsc::Sender<Result<Progressed, ImportError>>) {
        if let Err(error) = self.read(batches) {
            // Nobody listens after a stop.
            let _ = batches.blocking_send(Err(error));
        }
    }

    fn read(&self, batches: &mpsc::Sender<Result<Progressed, ImportError>>) -> Result<(), ImportError> {
        let source::Opened { mut source, total } = source::open(&self.path, &self.mapping, self.keep_raw)?;
        for _ in 0..self.skip {
            if source.next()?.is_none() {
                return Err(ImportError::Changed(self.path.clone()));
            }
        }
        if batches.blocking_send(Ok(Progressed::Begun { position: source.position(), total })).is_err() {
            return Ok(());
        }
        let mut batch = Batch::default();
        while let Some(row) = source.next()? {
            self.take(&mut batch, row);
            if batch.counts.lines >= self.lines || batch.bytes >= MOST_BYTES {
                batch.position = source.position();
                if batches.blocking_send(Ok(Progressed::Batch(std::mem::take(&mut batch)))).is_err() {
                    return Ok(());
                }
            }
        }
        if batch.counts.lines > 0 {
            batch.position = source.position();
            let _ = batches.blocking_send(Ok(Progressed::Batch(batch)));
        }
        Ok(())
    }

    fn take(&self, batch: &mut Batch, row: Row) {
        let Row { line, cells, raw } = row;
        batch.counts.lines += 1;
        match cells.map_err(|fault| vec![fault]).and_then(|cells| self.records(&cells)) {
            Ok((customer, records)) => batch.put(self.brand, customer, records, line),
            Err(faults) => {
                let rejected = Rejected::new(line, faults, self.keep_raw.then_some(raw.as_slice()));
                batch.counts.rejected += 1;
                batch.bytes += rejected.kept();
                batch.rejected.push(rejected);
            }
        }
    }

    /// A line's customer and records, all of them good; or all that is wrong.
    fn records(&self, cells: &[super::cell::Cell]) -> Result<(String, Vec<ImportRecord>), Vec<Fault>> {
        let customer = self.mapping.customer(cells).map_err(|fault| vec![fault])?;
        let identifier = Identifier::External(self.brand, customer.clone());
        if self.vault.check_identifier(&identifier).is_err() {
            return Err(vec![Fault::line("IDENTIFIER_INVALID", "The customer's number must have 1 to 200 characters.")]);
        }
        let values = self.mapping.values(cells)?;
        let (mut records, mut faults) = (Vec::with_capacity(values.len()), Vec::new());
        for (kind, value) in &values {
            match ImportRecord::new(kind, value) {
                Ok(record) => records.push(record),
                Err(violations) => faults.extend(violations.into_iter().map(|one| Fault::of_value(kind.name(), one))),
            }
        }
        if faults.is_empty() && records.is_empty() {
            faults.push(Fault::line("NOTHING_TO_IMPORT", "The mapping makes no record of this line."));
        }
        if faults.is_empty() { Ok((customer, records)) } else { Err(faults) }
    }
}

impl Batch {
    fn put(&mut self, brand: BrandId, customer: String, records: Vec<ImportRecord>, line: u64) {
        self.bytes += records.iter().map(ImportRecord::len).sum::<usize>();
        let place = self.places.get(&customer).copied();
        let room = place.filter(|(round, group)| self.rounds[*round][*group].records.len() + records.len() <= MOST_RECORDS);
        if let Some((round, group)) = room {
            let group = &mut self.rounds[round][group];
            group.records.extend(records);
            group.lines.push(line);
            return;
        }
        let round = place.map_or(0, |(round, _)| round + 1);
        if self.rounds.len() == round {
            self.rounds.push(Vec::new());
        }
        let identifier = Identifier::External(brand, customer.clone());
        self.places.insert(customer, (round, self.rounds[round].len()));
        self.rounds[round].push(Group { identifier, records, lines: vec![line] });
    }
}
