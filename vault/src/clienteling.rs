//! How brands deal with a customer: so far, whether they can contact them.

pub mod contact;
