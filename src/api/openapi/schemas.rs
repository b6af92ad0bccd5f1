//! The shapes of bodies and answers, as JSON Schema. What is asked of a text here is what `input/` asks of it.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::queries;
use crate::access::Permission;

/// Every schema by its name.
pub fn all() -> Value {
    let parts = [common(), errors(), items(), network(), partners(), organisations(), network_partners()].into_iter();
    let parts = parts.chain(super::write_schemas::all());
    let members = parts.filter_map(|part| if let Value::Object(members) = part { Some(members) } else { None });
    Value::Object(members.flatten().chain(queries::schemas()).collect::<Map<_, _>>())
}

/// Anything but NUL, which PostgreSQL's text has not.
pub const NO_NUL: &str = r"^[^\u0000]*$";
/// Visible characters, with white space between them at most: what `input::plain` leaves of a text. It takes white space
/// around them too, and drops it.
const PRINTABLE: &str = r"^[^SPACEHIDDEN](?:[^BREAKHIDDEN]*[^SPACEHIDDEN])?$";

static PATTERN: LazyLock<String> = LazyLock::new(|| {
    let space = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
    let breaks = r"\u0085\u2028\u2029";
    let hidden = r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\uffff";
    let astral = "\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}";
    let hidden = format!("{hidden}{astral}");
    let inner = PRINTABLE.replace("[^SPACEHIDDEN]", &format!("[^{space}{hidden}]"));
    inner.replace("[^BREAKHIDDEN]", &format!("[^{breaks}{hidden}]"))
});
/// The dot-atom and the domain that `EmailAddress` takes.
const EMAIL: &str = r"^[A-Za-z0-9#$&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9#$&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.)+[A-Za-z]{2,20}$";
const LOGO: &str = r"^(?:https://(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.)+[A-Za-z]{2,20}(?::443|:8443)?(?:[/?#](?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?)?$";
/// An application may lie at any port.
const APPLICATION: &str = r"^(?:https://(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.)+[A-Za-z]{2,20}(?::PORT)?(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?)?$";

/// What [`printable`] is, or nothing.
static OPTIONAL: LazyLock<String> = LazyLock::new(|| format!("^(?:{})?$", PATTERN.trim_matches(['^', '$'])));

/// A line of visible text, or nothing.
pub fn optional(most: u32) -> Value {
    json!({ "type": ["string", "null"], "maxLength": most, "pattern": OPTIONAL.as_str() })
}

/// The address of a logo, or nothing.
pub fn logo() -> Value {
    json!({ "type": ["string", "null"], "maxLength": 2_048, "pattern": LOGO, "description": "An https address." })
}

/// The address of Shop or Self-Service, or nothing.
pub fn application() -> Value {
    let port = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
    let pattern = APPLICATION.replace("PORT", port);
    json!({ "type": ["string", "null"], "maxLength": 2_000, "pattern": pattern, "description": "An https address." })
}

/// One of the countries that there are, or nothing.
pub fn country() -> Value {
    let all = crate::input::COUNTRIES.split_ascii_whitespace().collect::<Vec<_>>().join("|");
    json!({ "type": ["string", "null"], "pattern": format!("^(?:{all})?$"), "description": "ISO 3166-1, two letters." })
}

/// An IANA name; UTC when it is empty.
pub fn time_zone() -> Value {
    let all: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    let pattern = format!("^(?:{})?$", all.join("|").replace('+', "\\+"));
    json!({ "type": "string", "pattern": pattern, "description": "An IANA name such as Europe/Rome; UTC when it is empty." })
}

/// Members of one's own.
pub fn properties() -> Value {
    json!({ "type": "object", "maxProperties": 50, "propertyNames": { "pattern": "^[A-Za-z0-9_.-]{1,64}$" },
        "additionalProperties": { "type": "string", "maxLength": 1_000, "pattern": NO_NUL } })
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// A text that may be null.
fn maybe_text() -> Value {
    json!({ "type": ["string", "null"] })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn maybe_moment() -> Value {
    json!({ "type": ["string", "null"], "format": "date-time" })
}

/// An id of ours.
pub fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn maybe_uuid() -> Value {
    json!({ "type": ["string", "null"], "format": "uuid" })
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": i32::MAX })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn word(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// A line of visible text.
pub fn printable(most: u32) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": PATTERN.as_str() })
}

/// An email address.
pub fn email(most: u32) -> Value {
    json!({ "type": "string", "format": "email", "minLength": 1, "maxLength": most, "pattern": EMAIL })
}

fn permissions() -> Value {
    let words: Vec<&str> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
    json!({ "type": "array", "items": word(&words) })
}

/// An object whose members are all there.
#[expect(clippy::needless_pass_by_value, reason = "every caller makes the value for this")]
fn whole(properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().map(|all| all.keys().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": required })
}

#[expect(clippy::needless_pass_by_value, reason = "every caller makes the value for this")]
fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn list_of(name: &str, counted: &str, count: &Value, required: &[&str]) -> Value {
    let items = json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{name}") } });
    object(json!({ "items": items, counted: count }), required)
}

fn common() -> Value {
    let owner = word(&["partner", "end_customer"]);
    json!({
        "Me": whole(json!({ "object": { "const": "me" }, "id": uuid(), "name": text(), "organisationId": uuid(),
            "tenant": text(), "permissions": permissions() })),
        "InvoiceOwner": whole(json!({ "object": { "const": "invoice_owner" }, "organisationId": uuid(),
            "owner": owner, "zuoraAccountId": text() })),
        "Import": whole(json!({ "object": { "const": "import" }, "dryRun": flag(), "importId": maybe_uuid(), "rows": count(), "created": count(),
            "failed": count(), "errors": { "type": "array", "items": whole(json!({ "row": count(), "column": text(),
                "code": text(), "message": text() })) } })),
        "Success": whole(json!({ "success": { "const": true } })),
        "Token": whole(json!({ "access_token": text(), "token_type": { "const": "Bearer" },
            "expires_in": { "type": "integer", "description": "Seconds." }, "scope": text() })),
        "Introspection": object(json!({ "active": flag(), "client_id": text(), "scope": text(), "token_type": text(),
            "iat": { "type": "integer" }, "exp": { "type": "integer" } }), &["active"]),
    })
}

fn errors() -> Value {
    let fault =
        json!({ "in": word(&["body", "query", "header", "path"]), "path": text(), "code": text(), "message": text() });
    let detail = json!({ "loc": { "type": "array", "items": text() }, "msg": text(), "type": text(), "code": text() });
    json!({
        "MessageError": whole(json!({ "message": text() })),
        "DetailError": whole(json!({ "detail": { "type": "array", "items": { "$ref": "#/components/schemas/Detail" } } })),
        "Detail": whole(detail),
        "Error": object(json!({ "statusCode": { "type": "integer" }, "message": text(), "error": text(),
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/FieldError" } } }),
            &["statusCode", "message", "error"]),
        "FieldError": whole(fault),
        "TokenError": whole(json!({ "error": text(), "error_description": text() })),
    })
}

fn items() -> Value {
    let status = ["PENDING", "ACCEPTED", "DECLINED", "REVOKED", "SUPERSEDED", "EXPIRED"];
    let properties = json!({ "type": "object", "additionalProperties": text() });
    json!({
        "PartnerInvitation": whole(json!({ "object": { "const": "partner_invitation" }, "id": text(), "createdAt": moment(),
            "updatedAt": moment(), "accountId": text(), "fromUserId": text(), "toAccountName": text(),
            "toUserEmail": text(), "status": word(&status) })),
        "Organisation": whole(json!({ "object": { "const": "organisation" }, "id": uuid(), "number": text(),
            "kind": word(&["host", "partner"]), "name": text(), "code": maybe_text(), "logo": maybe_text(),
            "parentId": maybe_uuid(), "zuoraAccountId": maybe_text(), "isZuoraInvoiceOwner": { "type": ["boolean", "null"] },
            "salesforceAccountId": maybe_text(), "country": maybe_text(), "timezone": text(), "customerCount": count(),
            "properties": properties, "shop": flag(), "selfService": flag(),
            "state": word(&["active", "suspended"]), "users": count(), "version": count(), "createdAt": moment(),
            "updatedAt": moment() })),
        "User": whole(json!({ "object": { "const": "user" }, "id": uuid(), "number": text(), "name": text(), "email": text(),
            "role": word(&["owner", "administrator", "auditor", "manager", "member"]),
            "state": word(&["active", "suspended"]), "organisationId": uuid(), "organisationName": text(),
            "lastSignedInAt": maybe_moment(), "createdAt": moment(), "updatedAt": moment() })),
    })
}

fn network() -> Value {
    let invitation = json!({ "type": ["string", "null"], "enum": ["invited", "accepted", null] });
    let grants = || json!({ "type": "array", "items": text() });
    let change = json!({ "type": "object", "properties": { "field": text(), "from": {}, "to": {} } });
    json!({
        "PartnerRecord": whole(json!({ "object": { "const": "partner" }, "id": uuid(), "companyName": text(),
            "type": word(&["customer", "supplier"]), "email": text(), "salesAmount": count(), "frequency": text(),
            "paymentTerms": text(), "invitationStatus": invitation, "guestOrganisationId": maybe_uuid(),
            "version": count(), "createdAt": moment(), "updatedAt": moment() })),
        "Connection": whole(json!({ "object": { "const": "connection" }, "id": uuid(), "number": text(),
            "hostOrganisationId": uuid(), "hostOrganisationName": text(), "guestOrganisationId": uuid(),
            "guestOrganisationName": text(), "hostGrants": grants(), "guestGrants": grants(),
            "state": word(&["live", "ended"]), "createdAt": moment(), "endedAt": maybe_moment() })),
        "ApiClient": whole(json!({ "object": { "const": "api_client" }, "id": uuid(), "kind": word(&["client", "key"]),
            "name": text(), "permissions": permissions(), "state": word(&["active", "revoked"]),
            "lastUsedAt": maybe_moment(), "createdAt": moment() })),
        "AuditEvent": whole(json!({ "object": { "const": "audit_event" }, "id": uuid(), "organisationId": maybe_uuid(),
            "at": moment(), "actorKind": word(&["user", "system", "api_client"]), "actorId": maybe_uuid(),
            "actorName": text(), "verb": text(), "objectKind": text(), "objectId": maybe_uuid(), "objectName": text(),
            "changes": { "type": "array", "items": change } })),
    })
}

fn partners() -> Value {
    let new = json!({
        "company_name": printable(100), "sales_amount": count(), "partner_type": word(&["customer", "supplier"]),
        "email": email(100), "frequency": printable(30), "payment_terms": printable(50),
    });
    let mut one = json!({
        "company_name": text(), "sales_amount": count(), "partner_type": word(&["customer", "supplier"]), "email": text(),
        "frequency": text(), "payment_terms": text(),
    });
    let added = json!({ "id": uuid(), "created_at": moment(), "updated_at": moment(),
        "invitation_status": { "type": ["string", "null"], "enum": ["invited", "accepted", null] },
        "guest_organization_id": maybe_uuid() });
    if let (Value::Object(one), Value::Object(added)) = (&mut one, added) {
        one.extend(added);
    }
    json!({
        "NewPartner": whole(new),
        "Partner": whole(one),
        "Partners": list_of("Partner", "total_items", &count(), &["items", "total_items"]),
    })
}

fn organisations() -> Value {
    let account = json!({
        "name": printable(100), "zuoraAccountId": printable(64), "isZuoraInvoiceOwner": flag(),
        "salesforceAccountId": optional(64), "logo": logo(),
    });
    let data = whole(json!({ "zuoraAccountId": maybe_text(), "isZuoraInvoiceOwner": { "type": ["boolean", "null"] },
        "salesforceAccountId": maybe_text(), "logo": maybe_text() }));
    json!({
        "NewPartnerOrganisation": object(account.clone(), &["name", "zuoraAccountId", "isZuoraInvoiceOwner"]),
        "PartnerOrganisationUpdate": object(account, &[]),
        "PartnerOrganisationData": data,
        "PartnerOrganisation": whole(json!({ "id": uuid(), "name": text(), "service": { "const": "limio" },
            "record_type": { "const": "partner_org" }, "data": { "$ref": "#/components/schemas/PartnerOrganisationData" },
            "created": moment(), "modified": moment() })),
        "PartnerOrganisations": list_of("PartnerOrganisation", "queryMore", &text(), &["items"]),
        "NewPartnerUser": whole(json!({ "email": email(254) })),
        "PartnerUser": whole(json!({ "id": uuid(), "name": text(), "partner_org": uuid(), "service": { "const": "limio" },
            "record_type": { "const": "partner_user" }, "data": { "type": "object" }, "created": moment(),
            "modified": moment() })),
        "PartnerUsers": list_of("PartnerUser", "queryMore", &text(), &["items"]),
    })
}

fn network_partners() -> Value {
    let strings = json!({ "type": "object", "additionalProperties": text() });
    let parent = object(json!({ "id": text() }), &["id"]);
    let one = json!({ "id": uuid(), "name": text(), "code": maybe_text(), "country": maybe_text(), "timezone": text(),
        "customerCount": count(), "properties": strings, "organization": parent,
        "creationTimestamp": { "type": "integer", "format": "int64", "description": "Epoch milliseconds." } });
    let page = json!({
        "content": { "type": "array", "items": { "$ref": "#/components/schemas/NetworkPartner" } },
        "first": flag(), "last": flag(), "totalPages": count(), "totalElements": count(), "numberOfElements": count(),
        "size": count(), "number": count(),
    });
    let mut update = new_network_partner();
    update["name"]["type"] = json!(["string", "null"]);
    json!({
        "NewNetworkPartner": object(new_network_partner(), &["name"]),
        "NetworkPartnerUpdate": object(update, &[]),
        "NetworkPartner": whole(one),
        "NetworkPartners": whole(page),
    })
}

/// What a partner is created with. Nothing but the name must be sent, and null is as good as nothing.
fn new_network_partner() -> Value {
    // Null is as good as nothing here.
    let or_null = |mut schema: Value, kind: &str| {
        schema["type"] = json!([kind, "null"]);
        schema
    };
    json!({
        "name": printable(100),
        "code": { "type": ["string", "null"], "pattern": "^[A-Za-z0-9_-]{0,32}$", "description": "Unique among the tenant's organisations." },
        "country": country(), "timezone": or_null(time_zone(), "string"),
        "customerCount": { "type": ["integer", "null"], "minimum": 0, "maximum": i32::MAX },
        "properties": or_null(properties(), "object"),
        "organization": { "type": ["object", "null"], "properties": { "id": maybe_text() },
            "description": "The parent; the tenant's own organisation when there is none." },
        "creationTimestamp": { "description": "Set by the server; what is sent is not used." },
    })
}
