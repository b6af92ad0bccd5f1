//! Invitations of both kinds: sent, sent again, corrected, revoked, reinstated. The host's credentials reach those of
//! every organisation of the tenant, a partner's its own.

use actix_web::HttpResponse;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::collections::INVITATIONS;
use super::{found, item, members, place, reach, refused};
use crate::access::{EmailAddress, OrganisationKind, WriteInvitations};
use crate::api::repeat::Done;
use crate::api::write::{Hand, Outcome, Write, ring};
use crate::api::{ApiError, Fields};
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::invitations::actions::{self, Refusal, Scope};
use crate::invitations::{self, Invitation, Kind, NewInvitation, Wish, rules};
use crate::secrets;
use crate::web::Id;
use crate::words::Language;

/// What a body asks for, before it is known what kind of organisation invites.
#[derive(Clone)]
pub struct Sent {
    pub email: EmailAddress,
    pub kind: Kind,
    pub role: String,
    pub company: String,
    pub record: Option<Uuid>,
    pub language: Language,
    pub lifetime_days: i16,
    pub reminder: bool,
}

impl Sent {
    /// The invitation, for an organisation of this kind.
    pub fn whole(&self, kind: OrganisationKind) -> Outcome<NewInvitation> {
        let wish = match self.kind {
            Kind::Partner => Wish::Partner { company: self.company.clone(), record: self.record },
            Kind::Colleague => {
                let refuse = |problem| Fault::Refused(refused::fields(&Problems::one("role", problem)));
                Wish::Colleague { role: rules::role(&self.role, kind).map_err(refuse)? }
            }
        };
        let Self { email, language, lifetime_days, reminder, .. } = self.clone();
        Ok(NewInvitation { email, wish, language, lifetime_days, reminder })
    }
}

/// `POST /v1/invitations`
pub async fn create(mut call: Write<WriteInvitations>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let organisation = members::id(&mut fields, "organisationId");
    let kind = fields.text("kind", |raw| Kind::parse(raw).ok_or(Problem::NotAChoice("Send colleague or partner.")));
    let email = fields.text("email", rules::email);
    let is_partner = kind == Some(Kind::Partner);
    let company = if is_partner { fields.text("companyName", rules::company) } else { None };
    let record = if is_partner { members::id(&mut fields, "partnerId") } else { None };
    let role = if is_partner { None } else { members::sent(&mut fields, "role", |raw| Ok(raw.to_owned())) };
    let how = how(&mut fields);
    fields.done_strictly()?;
    let (Some(kind), Some(email), Some((language, lifetime_days, reminder))) = (kind, email, how) else {
        return Err(ApiError::internal());
    };
    let (role, company) = (role.unwrap_or_default(), company.unwrap_or_default());
    let sent = Sent { email, kind, role, company, record, language, lifetime_days, reminder };
    send(call, organisation, sent, |tx, hand, id| item(tx, hand, &INVITATIONS, id)).await
}

/// Language, lifetime and reminder, which every invitation has.
pub fn how(fields: &mut Fields) -> Option<(Language, i16, bool)> {
    let language = members::text_or(fields, "language", rules::language);
    let days = if fields.has("lifetimeDays") {
        let days = fields.integer("lifetimeDays", (1, 30), None);
        days.and_then(|days| i16::try_from(days).ok())
    } else {
        rules::lifetime("").ok()
    };
    let reminder = members::flag(fields, "reminder", true);
    Some((language?, days?, reminder))
}

/// Sends an invitation; `shown` is the item that answers.
pub async fn send(
    call: Write<WriteInvitations>,
    organisation: Option<Uuid>,
    sent: Sent,
    shown: fn(&mut PgConnection, &Hand<WriteInvitations>, Uuid) -> Outcome<String>,
) -> Result<HttpResponse, ApiError> {
    let (portal, id) = (call.portal.clone(), secrets::new_id(call.now));
    let answer = call
        .run(move |tx, hand| {
            let (organisation, kind) = place(tx, hand, organisation)?;
            let new = sent.whole(kind)?;
            let invited = actions::invite(tx, &scope(hand, organisation), id, &new);
            invited.map_err(refused::new_invitation(sent.record.is_some()))?;
            Ok(Done::created(shown(tx, hand, id)?))
        })
        .await?;
    ring(&portal, &answer);
    Ok(answer)
}

pub fn scope(hand: &Hand<WriteInvitations>, organisation: Uuid) -> Scope<'_> {
    Scope { who: &hand.who, organisation, now: hand.now, key: &hand.portal.key }
}

/// The organisation that sent an invitation which the caller reaches.
fn home(tx: &mut PgConnection, hand: &Hand<WriteInvitations>, id: Uuid) -> Outcome<Uuid> {
    found(invitations::organisation_of(tx, hand.who.tenant.id, reach(hand), id))
}

/// `PATCH /v1/invitations/{id}`
pub async fn update(mut call: Write<WriteInvitations>, id: Id) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let email = members::sent(&mut fields, "email", rules::email);
    let reminder = if fields.has("reminder") { fields.boolean("reminder") } else { None };
    fields.done_strictly()?;
    let portal = call.portal.clone();
    let answer = call
        .run(move |tx, hand| {
            let organisation = home(tx, hand, id.0)?;
            change(tx, &scope(hand, organisation), id.0, (email.as_ref(), reminder)).map_err(refused::invitation)?;
            Ok(Done::ok(item(tx, hand, &INVITATIONS, id.0)?))
        })
        .await?;
    ring(&portal, &answer);
    Ok(answer)
}

/// Corrects the address and switches the reminder, as far as either was sent.
pub fn change(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    id: Uuid,
    (email, reminder): (Option<&EmailAddress>, Option<bool>),
) -> actions::Outcome<()> {
    if let Some(reminder) = reminder {
        actions::set_reminder(tx, scope, id, reminder)?;
    }
    if let Some(email) = email {
        actions::correct_address(tx, scope, id, email)?;
    }
    Ok(())
}

pub type Action = fn(&mut PgConnection, &Scope<'_>, Uuid) -> Result<Invitation, Fault<Refusal>>;

async fn act(mut call: Write<WriteInvitations>, id: Id, action: Action) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    let portal = call.portal.clone();
    let answer = call
        .run(move |tx, hand| {
            let organisation = home(tx, hand, id.0)?;
            action(tx, &scope(hand, organisation), id.0).map_err(refused::invitation)?;
            Ok(Done::ok(item(tx, hand, &INVITATIONS, id.0)?))
        })
        .await?;
    ring(&portal, &answer);
    Ok(answer)
}

/// `POST /v1/invitations/{id}/resend`
pub async fn resend(call: Write<WriteInvitations>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::resend).await
}

/// `POST /v1/invitations/{id}/revoke`
pub async fn revoke(call: Write<WriteInvitations>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::revoke).await
}

/// `POST /v1/invitations/{id}/reinstate`
pub async fn reinstate(call: Write<WriteInvitations>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::reinstate).await
}
