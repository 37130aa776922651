//! Who carries a transition out.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who did it. Written beside every transition, in the ledger and in receipts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// The customer.
    Customer,
    /// Somebody who acts for the customer, under their own name.
    Delegate {
        /// The delegate's id.
        id: Uuid,
        /// The name that the customer sees.
        name: String,
    },
    /// Time alone.
    Clock,
    /// The brand of the request or grant.
    Brand,
    /// The operator: stops access or lifts its own stop, never reads.
    Operator,
}

impl Actor {
    /// Whether this is the customer or somebody who acts for them: only they decide what is shared.
    pub fn decides(&self) -> bool {
        matches!(self, Self::Customer | Self::Delegate { .. })
    }
}

/// Leaves a delegate's name out: it is a personal datum.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer => f.write_str("Customer"),
            Self::Delegate { id, .. } => f.debug_struct("Delegate").field("id", id).finish_non_exhaustive(),
            Self::Clock => f.write_str("Clock"),
            Self::Brand => f.write_str("Brand"),
            Self::Operator => f.write_str("Operator"),
        }
    }
}
