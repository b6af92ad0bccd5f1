//! The vocabulary of the history. Plain data; what it reads like is in `sentences.rs`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::text_enum! {
    /// What was done.
    Verb {
        Create = "create",
        Edit = "edit",
        ChangeRole = "change_role",
        Suspend = "suspend",
        Resume = "resume",
        Delete = "delete",
        Restore = "restore",
        Remove = "remove",
        ResetIdentity = "reset_identity",
        RefuseIdentity = "refuse_identity",
        SignInFirst = "sign_in_first",
        Invite = "invite",
        InviteMany = "invite_many",
        UndoBatch = "undo_batch",
        Resend = "resend",
        CorrectAddress = "correct_address",
        Revoke = "revoke",
        Reinstate = "reinstate",
        AskFreshLink = "ask_fresh_link",
        Accept = "accept",
        Decline = "decline",
        StopMail = "stop_mail",
        AllowMail = "allow_mail",
        Join = "join",
        Connect = "connect",
        Grant = "grant",
        Disconnect = "disconnect",
        Rotate = "rotate",
        EndSecret = "end_secret",
    }
}

/// What it was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    Tenant(Uuid),
    Organisation(Uuid),
    User(Uuid),
    Invitation(Uuid),
    /// Invitations made from one list.
    Batch(Uuid),
    PartnerRecord(Uuid),
    Connection(Uuid),
    ApiClient(Uuid),
}

impl Object {
    /// The word for its kind in the database.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Tenant(_) => "tenant",
            Self::Organisation(_) => "organisation",
            Self::User(_) => "user",
            Self::Invitation(_) => "invitation",
            Self::Batch(_) => "batch",
            Self::PartnerRecord(_) => "partner_record",
            Self::Connection(_) => "connection",
            Self::ApiClient(_) => "api_client",
        }
    }

    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Tenant(id)
            | Self::Organisation(id)
            | Self::User(id)
            | Self::Invitation(id)
            | Self::Batch(id)
            | Self::PartnerRecord(id)
            | Self::Connection(id)
            | Self::ApiClient(id) => Some(id),
        }
    }
}

/// A field that changed, in printable values, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Change {
    /// The change of one field; None when it stayed the same.
    pub fn of(field: &str, from: Option<&str>, to: Option<&str>) -> Option<Self> {
        (from != to).then(|| Self { field: field.into(), from: from.map(str::to_owned), to: to.map(str::to_owned) })
    }
}

/// One entry to be written.
#[derive(Debug, Clone)]
pub struct Event {
    pub verb: Verb,
    pub object: Object,
    /// The object's name as it was then, so that history survives deletion.
    pub object_name: String,
    /// On whose page it belongs, beside the tenant's.
    pub organisation_id: Option<Uuid>,
    pub changes: Vec<Change>,
}

pub(super) fn to_json(changes: &[Change]) -> serde_json::Value {
    serde_json::to_value(changes).unwrap_or_default()
}
