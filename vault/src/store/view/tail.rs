//! The entries that follow a customer's row. Reads write them alone; whoever loads the customer counts the uses from them.

use std::sync::Arc;

use super::View;
use crate::keys::CustomerKeys;
use crate::ledger::{Details, Row};

impl View {
    /// Counts the reads that follow the customer's row. Where an entry is not what was written there, the view says so: nobody reads under
    /// it, and everything else goes on, a stop above all.
    pub(super) fn follow(&mut self, keys: &CustomerKeys, tail: &[Row]) {
        let saved = self.saved;
        for row in tail.iter().filter(|row| row.sequence > saved) {
            let sound = row.sequence == self.seq + 1 && row.stream == self.stream;
            self.seq = row.sequence;
            match row.open(keys) {
                Ok(entry) if sound && entry.valid => self.count(&entry.details),
                _ => self.broken = Some(row.sequence),
            }
        }
    }

    fn count(&mut self, details: &Details) {
        if details.kind != "read" {
            return;
        }
        let Some(id) = details.grant else { return };
        let frequency = self.grant(id).and_then(|grant| grant.terms().terms().frequency);
        Arc::make_mut(&mut self.usage).entry(id).or_default().count(frequency, details.time);
    }
}
