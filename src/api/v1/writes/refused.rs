//! How actions end, in the words of the portal's own API: every refusal with the member that it is about. A body that
//! is right by itself and does not fit what is there is a 409, one that asks for more than its caller may give a 403.

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};

use crate::api::write::Expected;
use crate::api::{ApiError, Fault as FieldFault};
use crate::db::Fault;
use crate::input::Problems;
use crate::invitations::Standing;
use crate::users::model::Forbidden;
use crate::{api_clients, connections, invitations, organisations, partner_records, settings, users};

/// Of an id in a body, whether it is another's or nobody's.
pub const NO_ORGANISATION: &str = "There is no such organisation.";

/// An action on an organisation.
pub fn organisation(expected: Option<Expected>) -> impl Fn(Fault<organisations::actions::Refusal>) -> Fault<ApiError> {
    use organisations::actions::Refusal;
    move |fault| {
        fault.map_refusal(|refusal| match refusal {
            Refusal::Fields(problems) => fields(&problems),
            Refusal::Stale(now) => stale(expected, now.version),
            Refusal::NameTaken => ApiError::conflict("name", "Another organisation has its name or code by now."),
            Refusal::NoParent => unfit("parentId", "not_found", NO_ORGANISATION),
            Refusal::Gone => ApiError::not_found(),
        })
    }
}

/// A change of the programme's settings.
pub fn tenant(expected: Option<Expected>) -> impl Fn(Fault<settings::actions::Stale>) -> Fault<ApiError> {
    move |fault| fault.map_refusal(|refusal| stale(expected, refusal.version))
}

/// An action on a user.
pub fn user(expected: Option<Expected>) -> impl Fn(Fault<users::actions::Refusal>) -> Fault<ApiError> {
    use users::actions::Refusal;
    move |fault| {
        fault.map_refusal(|refusal| match refusal {
            Refusal::Fields(problems) => fields(&problems),
            Refusal::Stale(now) => stale(expected, now.version),
            Refusal::AddressTaken => ApiError::conflict("email", "Somebody else has this address by now."),
            Refusal::Forbidden(reason @ Forbidden::Role) => beyond("role", reason.words()),
            Refusal::Forbidden(reason @ Forbidden::LastOwner) => ApiError::new(StatusCode::CONFLICT, reason.words()),
            Refusal::Forbidden(reason) => ApiError::new(StatusCode::FORBIDDEN, reason.words()),
            Refusal::Gone => ApiError::not_found(),
        })
    }
}

/// An action on a partner record.
pub fn record(expected: Option<Expected>) -> impl Fn(Fault<partner_records::actions::Refusal>) -> Fault<ApiError> {
    use partner_records::actions::Refusal;
    move |fault| {
        fault.map_refusal(|refusal| match refusal {
            Refusal::Stale(now) => stale(expected, now.version),
            Refusal::Gone | Refusal::UsedBefore => ApiError::not_found(),
        })
    }
}

/// An action on a connection.
pub fn connection(expected: Option<Expected>) -> impl Fn(Fault<connections::actions::Refusal>) -> Fault<ApiError> {
    use connections::actions::Refusal;
    move |fault| {
        fault.map_refusal(|refusal| match refusal {
            Refusal::Stale(now) => stale(expected, now),
            Refusal::Ended => ApiError::new(StatusCode::CONFLICT, "The connection has ended."),
            Refusal::Gone => ApiError::not_found(),
        })
    }
}

/// An action on an invitation.
pub fn invitation(fault: Fault<invitations::actions::Refusal>) -> Fault<ApiError> {
    fault.map_refusal(of_invitation)
}

/// As [`invitation`], of a new one: what is gone is the record that it names, or else the organisation.
pub fn new_invitation(record: bool) -> impl Fn(Fault<invitations::actions::Refusal>) -> Fault<ApiError> {
    move |fault| {
        fault.map_refusal(|refusal| match refusal {
            invitations::actions::Refusal::Gone if record => {
                unfit("partnerId", "not_found", "There is no such partner record.")
            }
            invitations::actions::Refusal::Gone => unfit("organisationId", "not_found", NO_ORGANISATION),
            other => of_invitation(other),
        })
    }
}

/// Why an invitation cannot be made or changed.
pub fn of_invitation(refusal: invitations::actions::Refusal) -> ApiError {
    use invitations::actions::Refusal;
    match refusal {
        Refusal::Fields(problems) => fields(&problems),
        Refusal::Waiting(_) => ApiError::conflict(
            "email",
            "An invitation to this address waits already. Send that one again or correct it.",
        ),
        Refusal::NotBefore(at) => not_before(at),
        Refusal::Settled(standing) => settled(standing),
        Refusal::Gone => ApiError::not_found(),
    }
}

/// An action on a credential.
pub fn client(fault: Fault<api_clients::actions::Refusal>) -> Fault<ApiError> {
    use api_clients::actions::Refusal;
    fault.map_refusal(|refusal| match refusal {
        Refusal::Permission => beyond("permissions", "A credential may only be given permissions that the caller has."),
        Refusal::Gone | Refusal::UsedBefore => ApiError::not_found(),
    })
}

/// Members that do not fit what is there, or a role above the caller's, under the names that bodies have for them.
pub fn fields(problems: &Problems) -> ApiError {
    let error = ApiError::fields(problems, |field| match field {
        "zuora_account_id" => "zuoraAccountId",
        "salesforce_account_id" => "salesforceAccountId",
        "invoice_owner" => "isZuoraInvoiceOwner",
        "company" => "companyName",
        "lifetime_days" => "lifetimeDays",
        other => other,
    });
    let beyond = problems.iter().any(|(field, problem)| field == "role" && problem.code() == "not_allowed");
    let status = if beyond { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT };
    ApiError { status, ..error }
}

/// One member that does not fit what is there.
pub fn unfit(path: &str, code: &'static str, message: &str) -> ApiError {
    body(StatusCode::CONFLICT, path, code, message)
}

/// One member that asks for more than the caller may give.
fn beyond(path: &str, message: &str) -> ApiError {
    body(StatusCode::FORBIDDEN, path, "not_allowed", message)
}

fn body(status: StatusCode, path: &str, code: &'static str, message: &str) -> ApiError {
    let faults = vec![FieldFault { place: "body", path: path.into(), code, message: message.into() }];
    ApiError { faults, ..ApiError::new(status, message) }
}

fn stale(expected: Option<Expected>, now: i32) -> ApiError {
    expected.map_or_else(ApiError::internal, |expected| expected.stale(now))
}

/// Too early, and when it is possible.
fn not_before(at: DateTime<Utc>) -> ApiError {
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let message = format!("This address got enough mail for now. It can be sent again from {at} on.");
    ApiError::conflict("email", message)
}

fn settled(standing: Standing) -> ApiError {
    let message = format!("Nothing was changed: it is {} by now.", standing.word().to_lowercase());
    ApiError::new(StatusCode::CONFLICT, message)
}
