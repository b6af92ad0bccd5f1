//! What an invitation is, and what may be done with it in which state. No database, no pages.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::{EmailAddress, OrganisationKind, Role};
use crate::db::schema::invitations;
use crate::words::Language;

/// How long an invitation is good for unless somebody says otherwise, and the bounds, in days.
pub const LIFETIME_DAYS: i16 = 7;
pub const LIFETIMES: std::ops::RangeInclusive<i16> = 1..=30;
/// Between two mails of one invitation.
pub const COOL_DOWN_MINUTES: i64 = 5;
/// Mails to one address in 24 hours, whoever causes them (threat 24).
pub const MAILS_PER_ADDRESS_A_DAY: usize = 3;
/// Mails that one person causes in an hour; more wait for their turn.
pub const MAILS_PER_SENDER_AN_HOUR: i64 = 60;
/// The same for everybody of an organisation together, so that many people do not add up to a relay.
pub const fn mails_an_hour(kind: OrganisationKind) -> i64 {
    match kind {
        OrganisationKind::Host => 1_200,
        OrganisationKind::Partner => 180,
    }
}

/// How long a revocation can be undone.
pub const UNDO_MINUTES: i64 = 30;

/// An address without its alias, as PostgreSQL's `mailbox_of` has it: what limits count.
pub fn mailbox(key: &str) -> String {
    match (key.split_once('+'), key.rsplit_once('@')) {
        (Some((name, rest)), Some((_, domain))) if rest.contains('@') => format!("{name}@{domain}"),
        _ => key.to_owned(),
    }
}

/// Invitations of one organisation that wait for an answer at the same time.
pub const PENDING_AT_MOST: i64 = 5_000;
/// An answer that does not come within this is worth a look.
pub const STUCK_AFTER_DAYS: i64 = 3;
/// How long before the end a reminder leaves, where the lifetime leaves room for one.
pub const REMINDER_DAYS_BEFORE: i64 = 2;

crate::text_enum! {
    /// What accepting means.
    Kind {
        /// Join the organisation that invites, with a role.
        Colleague = "colleague",
        /// Become its partner, with an organisation of one's own.
        Partner = "partner",
    }
}

crate::text_enum! {
    /// Where an invitation is in its life, as stored. All but the first are final.
    State {
        Pending = "pending",
        Accepted = "accepted",
        Declined = "declined",
        Revoked = "revoked",
        /// A newer invitation to the same address took its place.
        Superseded = "superseded",
    }
}

crate::text_enum! {
    /// The state as people see it: expired is told by the clock.
    Standing {
        Waiting = "waiting",
        Accepted = "accepted",
        Declined = "declined",
        Expired = "expired",
        Revoked = "revoked",
        Superseded = "superseded",
    }
}

impl Standing {
    /// The word that people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
            Self::Superseded => "Replaced",
        }
    }
}

impl State {
    /// As people see it, at this moment.
    pub fn standing(self, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Standing {
        match self {
            Self::Pending if now < expires_at => Standing::Waiting,
            Self::Pending => Standing::Expired,
            Self::Accepted => Standing::Accepted,
            Self::Declined => Standing::Declined,
            Self::Revoked => Standing::Revoked,
            Self::Superseded => Standing::Superseded,
        }
    }
}

/// An invitation, whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg))]
pub struct Invitation {
    pub id: Uuid,
    pub number: i64,
    pub tenant_id: Uuid,
    pub organisation_id: Uuid,
    pub kind: Kind,
    pub inviter_id: Uuid,
    pub email: String,
    pub email_key: String,
    /// For a colleague.
    pub role: Option<Role>,
    /// For a partner: the name that the inviter gave the company.
    pub company_name: Option<String>,
    pub partner_record_id: Option<Uuid>,
    pub batch_id: Option<Uuid>,
    pub to_organisation_id: Option<Uuid>,
    pub language: Language,
    pub lifetime_days: i16,
    pub reminder: bool,
    pub state: State,
    pub generation: i32,
    pub expires_at: DateTime<Utc>,
    pub last_sent_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Invitation {
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        self.state.standing(self.expires_at, now)
    }

    /// Whom or what it is for, in the history and in lists: the company, else the address.
    pub fn printable(&self) -> &str {
        self.company_name.as_deref().unwrap_or(&self.email)
    }

    /// The address as a parsed value. The row was written from one, so this does not fail.
    pub fn address(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.email).ok()
    }

    /// From when on it may be sent again.
    pub fn cool_until(&self) -> DateTime<Utc> {
        self.last_sent_at + Duration::minutes(COOL_DOWN_MINUTES)
    }
}

/// What an invitation asks of its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    Colleague { role: Role },
    Partner { company: String, record: Option<Uuid> },
}

impl Wish {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Colleague { .. } => Kind::Colleague,
            Self::Partner { .. } => Kind::Partner,
        }
    }
}

/// What it takes to invite somebody.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    pub email: EmailAddress,
    pub wish: Wish,
    pub language: Language,
    pub lifetime_days: i16,
    pub reminder: bool,
}

/// When the reminder leaves: two days before the end of an invitation that lives four or more.
pub fn reminder_at(created: DateTime<Utc>, lifetime_days: i16) -> Option<DateTime<Utc>> {
    let days = i64::from(lifetime_days);
    (days >= 2 * REMINDER_DAYS_BEFORE).then(|| created + Duration::days(days - REMINDER_DAYS_BEFORE))
}

/// Whether an invitation that nobody answered is worth a look: its mail did not arrive, or arrived long ago.
pub fn is_stuck(
    standing: Standing,
    delivery: Option<crate::mail::State>,
    sent: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    use crate::mail::State::{Deferred, Failed, Held};
    let troubled = matches!(delivery, Some(Failed | Deferred | Held));
    standing == Standing::Waiting && (troubled || now - sent >= Duration::days(STUCK_AFTER_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_expires_to_the_second() {
        let end = DateTime::UNIX_EPOCH + Duration::days(7);
        let at = |seconds| State::Pending.standing(end, end + Duration::seconds(seconds));
        assert_eq!([at(-1), at(0), at(1)], [Standing::Waiting, Standing::Expired, Standing::Expired]);
        assert_eq!(State::Accepted.standing(end, end + Duration::days(1)), Standing::Accepted);
    }

    #[test]
    fn a_short_invitation_is_not_reminded_of() {
        let born = DateTime::UNIX_EPOCH;
        assert_eq!([1, 3].map(|days| reminder_at(born, days)), [None, None]);
        assert_eq!(reminder_at(born, 7), Some(born + Duration::days(5)));
    }

    #[test]
    fn an_unanswered_invitation_is_stuck_when_its_mail_is_or_after_three_days() {
        let sent = DateTime::UNIX_EPOCH;
        let stuck = |standing, delivery, days| is_stuck(standing, delivery, sent, sent + Duration::days(days));
        assert!(stuck(Standing::Waiting, Some(crate::mail::State::Failed), 0));
        assert!(stuck(Standing::Waiting, Some(crate::mail::State::Sent), 3));
        assert!(!stuck(Standing::Waiting, Some(crate::mail::State::Sent), 2));
        assert!(!stuck(Standing::Accepted, Some(crate::mail::State::Failed), 9));
    }
}
