//! What customers are told, and which entries of the ledger tell it.

use crate::ledger::{Details, Who};

/// What a notice tells; numbers as in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum NoticeKind {
    /// A brand asks.
    RequestWaiting = 1,
    /// The one reminder of a request, before it lapses.
    RequestReminder = 2,
    /// An access began.
    AccessGiven = 3,
    /// An access was changed, or is on again.
    AccessChanged = 4,
    /// An access was paused or held.
    AccessPaused = 5,
    /// An access was stopped.
    AccessStopped = 6,
    /// An access ended by itself.
    AccessEnded = 7,
    /// An access ends in 14 days.
    AccessEndsInFortnight = 8,
    /// An access ends in 3 days.
    AccessEndsInDays = 9,
    /// Something is still shared, 90 days on.
    StillSharing = 10,
    /// A brand read for the first time under an access.
    FirstRead = 11,
    /// A brand was refused a read; once a day for each brand.
    ReadRefused = 12,
    /// Whoever runs the vault acted on the account.
    SupportActed = 13,
    /// A passkey was added.
    PasskeyAdded = 14,
    /// A passkey was removed.
    PasskeyRemoved = 15,
    /// The recovery code was used or replaced.
    RecoveryCode = 16,
    /// An export was made.
    ExportMade = 17,
    /// A complaint was filed or closed.
    Complaint = 18,
}

/// What can be set alike: a customer chooses by topic how they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i16)]
pub enum Topic {
    /// Requests that wait.
    Requests = 1,
    /// Receipts: given, changed, paused, stopped, ended.
    Receipts = 2,
    /// An access that ends soon.
    Ending = 3,
    /// The 90-day reminder.
    Sharing = 4,
    /// First and refused reads.
    Reads = 5,
    /// Passkeys, recovery codes, and acts of the support staff.
    Security = 6,
    /// Exports and complaints.
    Vault = 7,
}

impl Topic {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [Self::Requests, Self::Receipts, Self::Ending, Self::Sharing, Self::Reads, Self::Security, Self::Vault];

    /// Whether e-mail about it can be off. Receipts and the 90-day reminder must reach a customer otherwise than through the portal
    /// (Australian CDR, rules 4.18 and 4.20, Consumer Experience Standards: Receipts, 90 day notification); a takeover must be noticed.
    pub const fn can_be_off(self) -> bool {
        !matches!(self, Self::Receipts | Self::Sharing | Self::Security)
    }

    /// Whether e-mail about it can wait for the daily one.
    pub const fn can_wait(self) -> bool {
        !matches!(self, Self::Security)
    }
}

impl NoticeKind {
    const ALL: [Self; 18] = [
        Self::RequestWaiting,
        Self::RequestReminder,
        Self::AccessGiven,
        Self::AccessChanged,
        Self::AccessPaused,
        Self::AccessStopped,
        Self::AccessEnded,
        Self::AccessEndsInFortnight,
        Self::AccessEndsInDays,
        Self::StillSharing,
        Self::FirstRead,
        Self::ReadRefused,
        Self::SupportActed,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::RecoveryCode,
        Self::ExportMade,
        Self::Complaint,
    ];

    /// The kind of this number.
    pub(crate) fn of_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as i16 == number)
    }

    /// The topic under which a customer sets it.
    pub const fn topic(self) -> Topic {
        match self {
            Self::RequestWaiting | Self::RequestReminder => Topic::Requests,
            Self::AccessGiven | Self::AccessChanged | Self::AccessPaused | Self::AccessStopped | Self::AccessEnded => Topic::Receipts,
            Self::AccessEndsInFortnight | Self::AccessEndsInDays => Topic::Ending,
            Self::StillSharing => Topic::Sharing,
            Self::FirstRead | Self::ReadRefused => Topic::Reads,
            Self::SupportActed | Self::PasskeyAdded | Self::PasskeyRemoved | Self::RecoveryCode => Topic::Security,
            Self::ExportMade | Self::Complaint => Topic::Vault,
        }
    }

    /// What a customer is told of an entry in the commit that writes it. Reads are told apart: the first one when it is counted, refused
    /// ones after their answer ([`super::refused`]).
    pub(crate) fn of_entry(details: &Details) -> Option<Self> {
        match details.kind.as_str() {
            "request.asked" => Some(Self::RequestWaiting),
            "notice.request_waits" => Some(Self::RequestReminder),
            // A counter-offer is no access yet: it becomes one when the brand accepts it.
            "request.approved" | "request.counter_accepted" => Some(Self::AccessGiven),
            "grant.amended" | "grant.resumed" | "grant.reinstated" => Some(Self::AccessChanged),
            "grant.paused" | "grant.suspended" => Some(Self::AccessPaused),
            "grant.revoked" => Some(Self::AccessStopped),
            "grant.expired" | "grant.exhausted" => Some(Self::AccessEnded),
            "notice.access_ends_in_fortnight" => Some(Self::AccessEndsInFortnight),
            "notice.access_ends_in_days" => Some(Self::AccessEndsInDays),
            "notice.still_sharing" => Some(Self::StillSharing),
            "passkey.added" | "passkey.enrolled" => Some(Self::PasskeyAdded),
            "passkey.removed" => Some(Self::PasskeyRemoved),
            "recovery_code.created" | "recovery_code.used" => Some(Self::RecoveryCode),
            "record.exported" => Some(Self::ExportMade),
            "complaint.filed" | "complaint.closed" => Some(Self::Complaint),
            // An account begins with an act of an operator, and an import writes many.
            "customer.created" | "record.imported" => None,
            _ if matches!(details.who, Who::Operator(_)) => Some(Self::SupportActed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_of_one_kind() {
        for (place, kind) in (1..).zip(NoticeKind::ALL) {
            assert_eq!((kind as i16, NoticeKind::of_number(place)), (place, Some(kind)));
            assert!(Topic::ALL.contains(&kind.topic()));
        }
        assert_eq!((NoticeKind::of_number(0), NoticeKind::of_number(19)), (None, None));
    }

    #[test]
    fn what_must_reach_a_customer_cannot_be_off() {
        let never_off: Vec<Topic> = Topic::ALL.into_iter().filter(|topic| !topic.can_be_off()).collect();
        assert_eq!(never_off, [Topic::Receipts, Topic::Sharing, Topic::Security]);
        assert!(!NoticeKind::AccessStopped.topic().can_be_off() && NoticeKind::FirstRead.topic().can_be_off());
    }
}
