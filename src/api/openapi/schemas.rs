//! The shapes of bodies and answers, as JSON Schema.

use serde_json::{Map, Value, json};

/// Every schema by its name.
pub fn all() -> Value {
    let parts = [common(), partners(), organisations()].into_iter().chain(super::write_schemas::all());
    let members = parts.filter_map(|part| if let Value::Object(members) = part { Some(members) } else { None });
    Value::Object(members.flatten().collect::<Map<_, _>>())
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn short(most: u32) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": most })
}

#[expect(clippy::needless_pass_by_value, reason = "every caller makes the value for this")]
fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn list_of(name: &str, counted: &str, count: &Value) -> Value {
    let items = json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{name}") } });
    object(json!({ "items": items, counted: count }), &["items"])
}

fn common() -> Value {
    let types = ["eq", "in", "search", "greater", "greaterOrEqual", "lower", "lowerOrEqual", "and", "or"];
    let status = ["PENDING", "ACCEPTED", "DECLINED", "REVOKED", "SUPERSEDED", "EXPIRED"];
    let permissions = json!({ "type": "array", "items": text() });
    json!({
        "Me": object(json!({ "object": text(), "id": uuid(), "name": text(), "organisationId": uuid(), "tenant": text(),
            "permissions": permissions }), &["object", "id", "organisationId", "tenant", "permissions"]),
        "Query": object(json!({ "type": { "type": "string", "enum": types }, "field": text(), "value": true,
            "caseSensitive": { "type": "boolean", "default": false },
            "queries": { "type": "array", "items": { "$ref": "#/components/schemas/Query" }, "minItems": 1 } }), &["type"]),
        "Item": object(json!({ "object": text(), "id": text() }), &["object", "id"]),
        "List": object(json!({ "object": { "const": "list" }, "totalElements": { "type": "integer" },
            "data": { "type": "array", "items": { "$ref": "#/components/schemas/Item" } } }),
            &["object", "data", "totalElements"]),
        "PartnerInvitation": object(json!({ "object": { "const": "partner_invitation" }, "id": text(),
            "createdAt": moment(), "updatedAt": moment(), "accountId": text(), "fromUserId": text(),
            "toAccountName": text(), "toUserEmail": text(), "status": { "type": "string", "enum": status } }),
            &["object", "id", "createdAt", "updatedAt", "accountId", "fromUserId", "toAccountName", "toUserEmail", "status"]),
        "InvoiceOwner": object(json!({ "object": { "const": "invoice_owner" }, "organisationId": uuid(), "zuoraAccountId": text(),
            "owner": { "type": "string", "enum": ["partner", "end_customer"] } }), &["object", "organisationId", "owner"]),
        "Success": object(json!({ "success": { "const": true } }), &["success"]),
    })
}

fn partners() -> Value {
    let needed = ["company_name", "sales_amount", "partner_type", "email", "frequency", "payment_terms"];
    let new = json!({
        "company_name": short(100), "sales_amount": { "type": "integer", "minimum": 0, "maximum": i32::MAX },
        "partner_type": { "type": "string", "enum": ["customer", "supplier"] },
        "email": { "type": "string", "format": "email", "minLength": 1, "maxLength": 100 },
        "frequency": short(30), "payment_terms": short(50),
    });
    let added = json!({ "id": uuid(), "created_at": moment(), "updated_at": moment(),
        "invitation_status": { "type": ["string", "null"], "enum": ["invited", "accepted", null] },
        "guest_organization_id": { "type": ["string", "null"], "format": "uuid" } });
    let network = json!({ "id": uuid(), "name": short(100), "code": { "type": ["string", "null"], "maxLength": 32 },
        "country": { "type": ["string", "null"], "minLength": 2, "maxLength": 2 }, "timezone": text(),
        "customerCount": { "type": "integer", "minimum": 0, "maximum": i32::MAX },
        "properties": { "type": "object", "additionalProperties": { "type": "string", "maxLength": 1000 } },
        "organization": { "type": "object", "properties": { "id": text() } },
        "creationTimestamp": { "type": "integer", "format": "int64", "description": "Epoch milliseconds, by the server." } });
    json!({
        "NewPartner": object(new, &needed),
        "Partner": { "allOf": [{ "$ref": "#/components/schemas/NewPartner" }, object(added, &["id", "created_at", "updated_at"])] },
        "Partners": list_of("Partner", "total_items", &json!({ "type": "integer" })),
        "NetworkPartner": object(network, &["name"]),
        "NetworkPartners": { "type": "object" },
    })
}

fn organisations() -> Value {
    let account = json!({
        "name": short(100), "zuoraAccountId": short(64), "isZuoraInvoiceOwner": { "type": "boolean" },
        "salesforceAccountId": { "type": ["string", "null"] }, "logo": { "type": ["string", "null"], "format": "uri" },
    });
    let token = || json!({ "type": ["string", "null"] });
    json!({
        "NewPartnerOrganisation": object(account.clone(), &["name", "zuoraAccountId", "isZuoraInvoiceOwner"]),
        "PartnerOrganisationUpdate": object(account, &[]),
        "PartnerOrganisation": object(json!({ "id": uuid(), "name": text(), "service": { "const": "limio" },
            "record_type": { "const": "partner_org" }, "data": { "type": "object" }, "created": moment(),
            "modified": moment() }), &["id", "name", "service", "data"]),
        "PartnerOrganisations": list_of("PartnerOrganisation", "queryMore", &token()),
        "NewPartnerUser": object(json!({ "email": { "type": "string", "format": "email" } }), &["email"]),
        "PartnerUser": object(json!({ "id": uuid(), "name": text(), "partner_org": uuid(), "service": { "const": "limio" },
            "record_type": { "const": "partner_user" }, "created": moment(), "modified": moment() }),
            &["id", "name", "partner_org", "service"]),
        "PartnerUsers": list_of("PartnerUser", "queryMore", &token()),
    })
}
