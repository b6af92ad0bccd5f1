//! The shapes of what `/api/v1` takes and gives when something is changed, as JSON Schema.

use serde_json::{Value, json};

use super::schemas;

const PERMISSIONS: [&str; 9] = [
    "READ_PARTNER",
    "WRITE_PARTNER",
    "READ_USER",
    "WRITE_USER",
    "READ_INVITATION",
    "WRITE_INVITATION",
    "READ_AUDIT",
    "MANAGE_API_CLIENTS",
    "MANAGE_TENANT",
];

fn text(most: u32) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": most })
}

fn optional(most: u32) -> Value {
    json!({ "type": ["string", "null"], "maxLength": most })
}

fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn uuid_or_null() -> Value {
    json!({ "type": ["string", "null"], "format": "uuid" })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn moment_or_null() -> Value {
    json!({ "type": ["string", "null"], "format": "date-time" })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn whole(least: i64, most: i64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

fn email() -> Value {
    schemas::email(254)
}

/// A line of visible text, as bodies bring it.
fn line(most: u32) -> Value {
    schemas::printable(most)
}

fn grants() -> Value {
    json!({ "type": "array", "items": words(&["READ_PARTNER", "WRITE_PARTNER"]) })
}

/// A body: nothing but these members is taken.
#[expect(clippy::needless_pass_by_value, reason = "every caller makes the value for this")]
fn body(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// An answer; later versions may have more members.
fn item(object: &str, properties: Value, required: &[&str]) -> Value {
    let mut properties = properties;
    properties["object"] = json!({ "const": object });
    properties["id"] = uuid();
    let required: Vec<&str> = ["object", "id"].iter().chain(required).copied().collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// A list with something in it.
const LISTED: &str = r"^[^\u0000]*[^\s,;][^\u0000]*$";

/// Every schema by its name, group by group.
pub fn all() -> [Value; 10] {
    let [sent, mails, lists, received] = [invitations(), mails(), batches(), received()];
    [organisations(), imports(), tenant(), people(), records(), clients(), sent, mails, lists, received]
}

fn tenant() -> Value {
    let change = json!({ "name": line(100), "usesSalesforce": flag(), "shopUrl": schemas::application(),
        "selfServiceUrl": schemas::application(), "version": whole(1, i32::MAX.into()) });
    let address = || json!({ "type": ["string", "null"] });
    let mut shown =
        json!({ "name": text(100), "usesSalesforce": flag(), "shopUrl": address(), "selfServiceUrl": address() });
    let more =
        json!({ "slug": text(63), "version": whole(1, i32::MAX.into()), "createdAt": moment(), "updatedAt": moment() });
    merge(&mut shown, &more);
    let all = ["slug", "name", "usesSalesforce", "shopUrl", "selfServiceUrl", "version", "createdAt", "updatedAt"];
    json!({ "TenantChange": body(change, &[]), "Tenant": item("tenant", shown, &all) })
}

fn organisations() -> Value {
    let rest = json!({ "isZuoraInvoiceOwner": flag(), "customerCount": whole(0, i32::MAX.into()), "shop": flag(),
        "selfService": flag(), "properties": schemas::properties() });
    let mut new = json!({
        "name": line(100), "zuoraAccountId": line(64), "salesforceAccountId": schemas::optional(64),
        "logo": schemas::logo(), "country": schemas::country(), "timezone": schemas::time_zone(),
        "code": { "type": ["string", "null"], "maxLength": 32, "pattern": "^[A-Za-z0-9_-]*$" },
    });
    merge(&mut new, &rest);
    let (mut change, mut shown) = (new.clone(), rest);
    new["parentId"] = uuid_or_null();
    change["version"] = whole(1, i32::MAX.into());
    shown["name"] = text(100);
    for name in ["zuoraAccountId", "timezone", "salesforceAccountId", "logo", "code", "country"] {
        shown[name] = json!({ "type": ["string", "null"] });
    }
    shown["isZuoraInvoiceOwner"] = json!({ "type": ["boolean", "null"] });
    let more = json!({ "number": text(20), "kind": words(&["host", "partner"]), "parentId": uuid_or_null(),
        "importId": uuid_or_null(), "state": words(&["active", "suspended"]), "users": whole(0, i32::MAX.into()), "version": whole(1, i32::MAX.into()),
        "usersRestored": whole(0, i32::MAX.into()), "usersLeftOut": whole(0, i32::MAX.into()),
        "createdAt": moment(), "updatedAt": moment() });
    merge(&mut shown, &more);
    json!({
        "NewOrganisation": body(new, &["name", "zuoraAccountId", "isZuoraInvoiceOwner"]),
        "OrganisationChange": body(change, &[]),
        "Organisation": item("organisation", shown, &["name", "kind", "state", "version"]),
        "Deleted": json!({ "type": "object", "properties": { "object": words(&["organisation", "user", "partner"]),
            "id": uuid(), "deleted": { "const": true } }, "required": ["object", "id", "deleted"] }),
        "DeletedOrganisation": item("deleted_organisation", json!({ "number": text(20), "name": text(100),
            "code": { "type": ["string", "null"] }, "logo": { "type": ["string", "null"] },
            "stateBefore": words(&["active", "suspended"]), "version": whole(1, i32::MAX.into()), "deletedAt": moment(),
            "restorableUntil": moment(), "createdAt": moment() }),
            &["number", "name", "stateBefore", "version", "deletedAt", "restorableUntil", "createdAt"]),
    })
}

/// A file of partners; the last two when it is undone.
fn imports() -> Value {
    let number = || whole(0, i32::MAX.into());
    json!({ "OrganisationImport": item("organisation_import", json!({ "size": number(), "importedById": uuid(),
        "importedByName": text(254), "undoneAt": moment_or_null(), "createdAt": moment(), "deleted": number(),
        "stay": number() }), &["size", "importedById", "importedByName", "undoneAt", "createdAt"]) })
}

fn mails() -> Value {
    let state = words(&["queued", "deferred", "held", "sent", "failed", "cancelled"]);
    let kind = words(&["invitation", "reminder"]);
    json!({ "Mail": item("mail", json!({ "invitationId": uuid(), "kind": kind, "email": text(254), "state": state,
        "attempts": whole(0, i32::MAX.into()), "lastCode": { "type": ["integer", "null"] },
        "lastError": { "type": ["string", "null"] }, "dueAt": moment(), "sentAt": moment_or_null(),
        "createdAt": moment(), "updatedAt": moment() }),
        &["invitationId", "kind", "email", "state", "attempts", "dueAt", "createdAt"]) })
}

fn merge(into: &mut Value, more: &Value) {
    if let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) {
        into.extend(more.clone());
    }
}

fn people() -> Value {
    let roles = roles();
    json!({
        "NewUser": body(json!({ "email": email(), "name": line(100), "role": roles, "organisationId": uuid_or_null() }),
            &["email"]),
        "UserChange": body(json!({ "name": line(100), "role": roles, "version": whole(1, i32::MAX.into()) }), &[]),
        "User": item("user", json!({ "number": text(20), "name": text(254), "email": text(254), "role": roles,
            "state": words(&["active", "suspended"]), "organisationId": uuid(), "organisationName": text(100),
            "version": whole(1, i32::MAX.into()), "lastSignedInAt": moment_or_null(), "createdAt": moment(),
            "updatedAt": moment() }), &["name", "email", "role", "state", "organisationId", "version"]),
    })
}

fn records() -> Value {
    let rest = json!({ "type": words(&["customer", "supplier"]), "salesAmount": whole(0, i32::MAX.into()) });
    let mut fields = json!({ "companyName": line(100), "email": schemas::email(100), "frequency": line(30),
        "paymentTerms": line(50) });
    merge(&mut fields, &rest);
    let needed = ["companyName", "type", "email", "salesAmount", "frequency", "paymentTerms"];
    let (mut change, mut shown) = (fields.clone(), rest);
    change["version"] = whole(1, i32::MAX.into());
    for name in ["companyName", "email", "frequency", "paymentTerms"] {
        shown[name] = json!({ "type": "string" });
    }
    let more = json!({ "invitationStatus": { "type": ["string", "null"], "enum": ["invited", "accepted", null] },
        "guestOrganisationId": uuid_or_null(), "version": whole(1, i32::MAX.into()), "createdAt": moment(),
        "updatedAt": moment() });
    merge(&mut shown, &more);
    json!({
        "NewPartnerRecord": body(fields, &needed),
        "PartnerRecordChange": body(change, &[]),
        "PartnerRecord": item("partner", shown, &needed),
        "ConnectionChange": body(json!({ "grants": grants(), "version": whole(1, i32::MAX.into()) }), &["grants"]),
        "Connection": item("connection", json!({ "number": text(20), "hostOrganisationId": uuid(),
            "hostOrganisationName": text(100), "guestOrganisationId": uuid(), "guestOrganisationName": text(100),
            "hostGrants": grants(), "guestGrants": grants(), "state": words(&["live", "ended"]),
            "version": whole(1, i32::MAX.into()), "createdAt": moment(), "endedAt": moment_or_null() }),
            &["hostOrganisationId", "guestOrganisationId", "hostGrants", "guestGrants", "state", "version"]),
    })
}

fn roles() -> Value {
    words(&["owner", "administrator", "auditor", "manager", "member"])
}

/// The members that every invitation has, beside its own.
fn sent(mut own: Value) -> Value {
    let language = words(&languages());
    merge(&mut own, &json!({ "language": language, "lifetimeDays": whole(1, 30), "reminder": flag() }));
    own
}

fn invitations() -> Value {
    let state = words(&["waiting", "accepted", "declined", "expired", "revoked", "superseded"]);
    let delivery = json!({ "type": ["string", "null"], "description": "How far the newest mail with its link is.",
        "enum": ["queued", "deferred", "held", "sent", "failed", "cancelled", null] });
    json!({
        "NewInvitation": json!({ "oneOf": [{ "$ref": "#/components/schemas/NewColleague" },
            { "$ref": "#/components/schemas/NewPartnerCompany" }] }),
        "NewColleague": body(sent(json!({ "kind": { "const": "colleague" }, "email": email(), "role": roles(),
            "organisationId": uuid_or_null() })), &["kind", "email"]),
        "NewPartnerCompany": body(sent(json!({ "kind": { "const": "partner" }, "email": email(), "companyName": line(100),
            "partnerId": uuid_or_null(), "organisationId": uuid_or_null() })), &["kind", "email", "companyName"]),
        "InvitationChange": body(json!({ "email": email(), "reminder": flag() }), &[]),
        "Invitation": item("invitation", sent(json!({ "number": text(20), "kind": words(&["colleague", "partner"]),
            "organisationId": uuid(), "inviterId": uuid(), "inviterName": text(254), "email": text(254),
            "role": { "type": ["string", "null"] }, "companyName": optional(100), "partnerId": uuid_or_null(),
            "batchId": uuid_or_null(), "delivery": delivery, "openedAt": moment_or_null(), "state": state,
            "expiresAt": moment(), "lastSentAt": moment(), "decidedAt": moment_or_null(), "createdAt": moment(),
            "updatedAt": moment() })), &["kind", "email", "state", "organisationId", "expiresAt"]),
        "NewPartnerInvitation": body(sent(json!({ "toUserEmail": email(), "toAccountName": line(100),
            "partnerId": uuid_or_null() })), &["toUserEmail", "toAccountName"]),
        "PartnerInvitationChange": body(json!({ "toUserEmail": email(), "reminder": flag() }), &[]),
    })
}

fn batches() -> Value {
    let cell = || optional(100);
    let row = json!({ "email": { "type": "string", "maxLength": 1000 }, "role": cell(), "language": cell() });
    let row = body(row, &["email"]);
    let many = |mut own: Value| {
        let all =
            json!({ "dry_run": flag(), "role": roles(), "includeTypos": flag(), "organisationId": uuid_or_null() });
        merge(&mut own, &all);
        sent(own)
    };
    json!({
        "NewInvitationBatch": json!({ "oneOf": [{ "$ref": "#/components/schemas/NewInvitationRows" },
            { "$ref": "#/components/schemas/NewInvitationList" }] }),
        "NewInvitationRows": body(many(json!({ "rows": { "type": "array", "items": row, "minItems": 1,
            "maxItems": 1000 } })), &["rows"]),
        "NewInvitationList": body(many(json!({ "list": { "type": "string", "pattern": LISTED,
            "description": "Addresses as they are pasted, or CSV with a header." } })), &["list"]),
        "InvitationBatch": item("invitation_batch", json!({ "organisationId": uuid(), "size": whole(1, 1_000),
            "states": { "type": "object" }, "undoneAt": moment_or_null(), "createdAt": moment(),
            "invited": whole(0, 1_000), "lastMailAt": moment(), "rows": { "type": "array", "items": judged() },
            "revoked": whole(0, 1_000), "accepted": whole(0, 1_000) }), &["organisationId", "size"]),
        "InvitationBatchCheck": json!({ "type": "object", "properties": {
            "object": { "const": "invitation_batch_check" }, "dry_run": { "const": true },
            "wouldInvite": whole(0, 1_000), "rows": { "type": "array", "items": judged() } },
            "required": ["object", "dry_run", "wouldInvite", "rows"] }),
    })
}

fn received() -> Value {
    let state = words(&["waiting", "accepted", "declined", "expired", "revoked", "superseded"]);
    json!({ "ReceivedInvitation": item("received_invitation", json!({ "number": text(20),
        "kind": words(&["colleague", "partner"]), "toOrganisationId": uuid(), "organisationId": uuid(),
        "organisationName": text(100), "inviterName": text(254), "email": text(254),
        "role": { "type": ["string", "null"] }, "companyName": { "type": ["string", "null"] }, "state": state,
        "expiresAt": moment(), "lastSentAt": moment(), "decidedAt": moment_or_null(), "createdAt": moment() }),
        &["kind", "toOrganisationId", "organisationId", "organisationName", "inviterName", "email", "state", "expiresAt"]) })
}

fn languages() -> Vec<&'static str> {
    crate::words::Language::ALL.iter().map(|language| language.as_str()).collect()
}

/// A row of a list with what it is worth.
fn judged() -> Value {
    let classes =
        ["new", "member", "waiting", "not_an_address", "typo", "twice", "stopped", "busy", "role", "language", "full"];
    json!({ "type": "object", "properties": { "row": whole(1, 1_000), "email": { "type": "string" },
        "role": { "type": ["string", "null"] }, "language": { "type": ["string", "null"] }, "class": words(&classes),
        "invites": flag(), "message": { "type": "string" }, "meant": { "type": ["string", "null"] },
        "invitationId": uuid_or_null() }, "required": ["row", "email", "class", "invites", "message"] })
}

fn clients() -> Value {
    let fields = json!({ "organisationId": uuid(), "kind": words(&["client", "key"]), "name": text(100),
        "permissions": { "type": "array", "items": words(&PERMISSIONS) }, "state": words(&["active", "revoked"]),
        "lastUsedAt": moment_or_null(), "createdAt": moment() });
    let mut shown = fields.clone();
    merge(&mut shown, &json!({ "secret": { "type": ["string", "null"] }, "note": { "type": "string" } }));
    let permissions = json!({ "type": "array", "items": words(&PERMISSIONS), "minItems": 1 });
    json!({
        "NewApiClient": body(json!({ "name": line(100), "kind": words(&["client", "key"]), "permissions": permissions,
            "organisationId": uuid_or_null() }), &["name", "kind", "permissions"]),
        "ApiClient": item("api_client", fields, &["organisationId", "kind", "name", "permissions", "state"]),
        "ApiClientWithSecret": item("api_client", shown, &["organisationId", "kind", "name", "permissions", "secret"]),
    })
}
