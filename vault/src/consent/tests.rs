//! What consent must hold, and what it must not let through.

mod fixtures;
mod history;
mod limits;
mod numbering;
mod order;
mod purposes;
mod reads;
mod reference;
mod requests;
mod terms;
mod transitions;
