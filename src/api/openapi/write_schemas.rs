//! The shapes of what `/api/v1` takes and gives when something is changed, as JSON Schema.

use serde_json::{Value, json};

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
    json!({ "type": "string", "format": "email", "minLength": 3, "maxLength": 254 })
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

/// Every schema by its name, group by group.
pub fn all() -> [Value; 5] {
    [organisations(), people(), records(), invitations(), clients()]
}

fn organisations() -> Value {
    let fields = json!({
        "name": text(100), "zuoraAccountId": text(64), "isZuoraInvoiceOwner": flag(),
        "salesforceAccountId": optional(64), "logo": { "type": ["string", "null"], "format": "uri", "maxLength": 2048 },
        "code": { "type": ["string", "null"], "maxLength": 32, "pattern": "^[A-Za-z0-9_-]*$" },
        "country": { "type": ["string", "null"], "pattern": "^[A-Z]{2}$" }, "timezone": text(64),
        "customerCount": whole(0, i32::MAX.into()), "shop": flag(), "selfService": flag(),
        "properties": { "type": "object", "maxProperties": 50, "propertyNames": { "pattern": "^[A-Za-z0-9_.-]{1,64}$" },
            "additionalProperties": { "type": "string", "maxLength": 1000 } },
    });
    let (mut new, mut change, mut shown) = (fields.clone(), fields.clone(), fields);
    new["parentId"] = uuid_or_null();
    change["version"] = whole(1, i32::MAX.into());
    for name in ["zuoraAccountId", "timezone"] {
        shown[name] = json!({ "type": ["string", "null"] });
    }
    shown["isZuoraInvoiceOwner"] = json!({ "type": ["boolean", "null"] });
    let more = json!({ "number": text(20), "kind": words(&["host", "partner"]), "parentId": uuid_or_null(),
        "state": words(&["active", "suspended"]), "users": whole(0, i32::MAX.into()), "version": whole(1, i32::MAX.into()),
        "usersRestored": whole(0, i32::MAX.into()), "usersLeftOut": whole(0, i32::MAX.into()),
        "createdAt": moment(), "updatedAt": moment() });
    merge(&mut shown, &more);
    json!({
        "NewOrganisation": body(new, &["name", "zuoraAccountId", "isZuoraInvoiceOwner"]),
        "OrganisationChange": body(change, &[]),
        "Organisation": item("organisation", shown, &["name", "kind", "state", "version"]),
        "Deleted": json!({ "type": "object", "properties": { "object": words(&["organisation", "user", "partner"]),
            "id": uuid(), "deleted": { "const": true } }, "required": ["object", "id", "deleted"] }),
    })
}

fn merge(into: &mut Value, more: &Value) {
    if let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) {
        into.extend(more.clone());
    }
}

fn people() -> Value {
    let roles = words(&["owner", "administrator", "auditor", "manager", "member"]);
    json!({
        "NewUser": body(json!({ "email": email(), "name": text(100), "role": roles, "organisationId": uuid_or_null() }),
            &["email"]),
        "UserChange": body(json!({ "name": text(100), "role": roles, "version": whole(1, i32::MAX.into()) }), &[]),
        "User": item("user", json!({ "number": text(20), "name": text(254), "email": text(254), "role": roles,
            "state": words(&["active", "suspended"]), "organisationId": uuid(), "organisationName": text(100),
            "version": whole(1, i32::MAX.into()), "lastSignedInAt": moment_or_null(), "createdAt": moment(),
            "updatedAt": moment() }), &["name", "email", "role", "state", "organisationId", "version"]),
    })
}

fn records() -> Value {
    let fields = json!({
        "companyName": text(100), "type": words(&["customer", "supplier"]),
        "email": { "type": "string", "format": "email", "minLength": 3, "maxLength": 100 },
        "salesAmount": whole(0, i32::MAX.into()), "frequency": text(30), "paymentTerms": text(50),
    });
    let needed = ["companyName", "type", "email", "salesAmount", "frequency", "paymentTerms"];
    let (mut change, mut shown) = (fields.clone(), fields.clone());
    change["version"] = whole(1, i32::MAX.into());
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

fn invitations() -> Value {
    let role = words(&["owner", "administrator", "auditor", "manager", "member"]);
    let language = words(&languages());
    let how = json!({ "language": language, "lifetimeDays": whole(1, 30), "reminder": flag() });
    let with = |mut own: Value| {
        merge(&mut own, &how);
        own
    };
    let state = words(&["waiting", "accepted", "declined", "expired", "revoked", "superseded"]);
    let row = body(
        json!({ "email": json!({ "type": "string", "maxLength": 1000 }), "role": optional(100),
        "language": optional(100) }),
        &["email"],
    );
    json!({
        "NewInvitation": body(with(json!({ "kind": words(&["colleague", "partner"]), "email": email(), "role": role,
            "companyName": text(100), "partnerId": uuid_or_null(), "organisationId": uuid_or_null() })), &["kind", "email"]),
        "InvitationChange": body(json!({ "email": email(), "reminder": flag() }), &[]),
        "Invitation": item("invitation", with(json!({ "number": text(20), "kind": words(&["colleague", "partner"]),
            "organisationId": uuid(), "inviterId": uuid(), "inviterName": text(254), "email": text(254),
            "role": { "type": ["string", "null"] }, "companyName": optional(100), "partnerId": uuid_or_null(),
            "batchId": uuid_or_null(), "state": state, "expiresAt": moment(), "lastSentAt": moment(),
            "decidedAt": moment_or_null(), "createdAt": moment(), "updatedAt": moment() })),
            &["kind", "email", "state", "organisationId", "expiresAt"]),
        "NewPartnerInvitation": body(with(json!({ "toUserEmail": email(), "toAccountName": text(100),
            "partnerId": uuid_or_null() })), &["toUserEmail", "toAccountName"]),
        "PartnerInvitationChange": body(json!({ "toUserEmail": email(), "reminder": flag() }), &[]),
        "NewInvitationBatch": body(with(json!({ "dry_run": flag(), "list": { "type": "string" }, "role": role,
            "rows": { "type": "array", "items": row, "minItems": 1, "maxItems": 1000 }, "includeTypos": flag(),
            "organisationId": uuid_or_null() })), &[]),
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
        "NewApiClient": body(json!({ "name": text(100), "kind": words(&["client", "key"]), "permissions": permissions,
            "organisationId": uuid_or_null() }), &["name", "kind", "permissions"]),
        "ApiClient": item("api_client", fields, &["organisationId", "kind", "name", "permissions", "state"]),
        "ApiClientWithSecret": item("api_client", shown, &["organisationId", "kind", "name", "permissions", "secret"]),
    })
}
