//! What each collection can be asked: the schema of its `find` and the fields that it sorts by, made from the
//! collection's own declaration.

use serde_json::{Map, Value, json};

use super::schemas::NO_NUL;
use crate::api::collection::Collection;
use crate::api::find::{DEPTH, Field, Kind, MEMBERS};
use crate::api::v1::collections;
use crate::wire::INVITATIONS;

/// Each collection: where it lies, the name of its items' schema, its declaration.
const ALL: &[(&str, &str, Collection)] = &[
    ("partner-invitations", "PartnerInvitation", INVITATIONS),
    ("organisations", "Organisation", collections::ORGANISATIONS),
    ("users", "User", collections::USERS),
    ("partners", "PartnerRecord", collections::PARTNERS),
    ("connections", "Connection", collections::CONNECTIONS),
    ("api-clients", "ApiClient", collections::API_CLIENTS),
    ("audit-events", "AuditEvent", collections::AUDIT_EVENTS),
    ("invitations", "Invitation", collections::INVITATIONS),
    ("invitation-batches", "InvitationBatch", collections::BATCHES),
    ("received-invitations", "ReceivedInvitation", collections::RECEIVED),
    ("deleted-organisations", "DeletedOrganisation", collections::DELETED),
    ("organisation-imports", "OrganisationImport", collections::IMPORTS),
    ("mails", "Mail", collections::MAILS),
];

/// The schema that a general name stands for on a path: a `List` of users, an `Item` that is one.
pub fn named(path: &str, schema: &str) -> String {
    match (item(path), schema) {
        (Some(item), "Item") => item.into(),
        (Some(item), "List" | "Query") => format!("{item}{schema}"),
        _ => schema.into(),
    }
}

/// The name of a collection's items, by its path.
fn item(path: &str) -> Option<&'static str> {
    at(path).map(|(_, item, _)| *item)
}

fn at(path: &str) -> Option<&'static (&'static str, &'static str, Collection)> {
    // Of what lies below an item, the innermost.
    let mut names = path.strip_prefix("/api/v1/")?.rsplit('/');
    names.find_map(|name| ALL.iter().find(|(known, _, _)| *known == name))
}

/// What a collection sorts by.
pub fn sorts(path: &str) -> Vec<&'static str> {
    let Some((_, _, collection)) = at(path) else { return Vec::new() };
    let own = collection.fields.iter().map(|field| field.name);
    let others = collection.sorts.iter().map(|(name, _)| *name);
    // A field may be sorted by another expression than its own: named once.
    own.clone().chain(others.filter(|name| own.clone().all(|field| field != *name))).collect()
}

/// List and query of every collection.
pub fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    for (_, item, collection) in ALL {
        all.insert(format!("{item}List"), list(item));
        let leaves = leaves(item, collection.fields);
        // A level has a name of its own, so that the document says how deep questions go instead of going in a circle.
        for level in 1..=DEPTH {
            let group = (level < DEPTH).then(|| leveled(item, "Group", level));
            let refs = leaves.keys().chain(&group).map(|name| reference(name));
            let question = json!({ "description": ABOUT, "anyOf": refs.collect::<Vec<_>>() });
            all.insert(leveled(item, "Query", level), question);
            all.extend(group.map(|name| (name, self::group(&leveled(item, "Query", level + 1)))));
        }
        all.extend(leaves);
    }
    all
}

fn list(item: &str) -> Value {
    let items = json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{item}") } });
    json!({
        "type": "object",
        "properties": {
            "object": { "const": "list" },
            "data": items,
            "totalElements": { "type": "integer", "description": "Of all pages together." },
        },
        "required": ["object", "data", "totalElements"],
    })
}

const ABOUT: &str = "A question about one field, or a group of them: 5 levels deep and 250 in all at most.";

/// The name of a schema at a level; the first has no number.
fn leveled(item: &str, what: &str, level: usize) -> String {
    if level == 1 { format!("{item}{what}") } else { format!("{item}{what}{level}") }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The kinds of questions about one field, each by its name.
fn leaves(item: &str, fields: &[Field]) -> Map<String, Value> {
    let of = |fit: fn(Kind) -> bool| -> Vec<&str> {
        fields.iter().filter(|field| fit(field.kind)).map(|field| field.name).collect()
    };
    let plain = of(|kind| kind != Kind::Moment);
    let searchable = of(|kind| matches!(kind, Kind::Text | Kind::SearchableNumber));
    let moments = of(|kind| kind == Kind::Moment);
    let values = json!({ "type": "array", "items": value(0), "minItems": 1, "maxItems": 200 });
    let orders = ["greater", "greaterOrEqual", "lower", "lowerOrEqual"];
    let leaves = [
        ("Equal", leaf(&["eq"], &plain, &value(0))),
        ("OneOf", leaf(&["in"], &plain, &values)),
        ("Search", leaf(&["search"], &searchable, &value(1))),
        ("Compare", leaf(&orders, &moments, &json!({ "type": "string", "format": "date-time" }))),
    ];
    let asked = leaves.into_iter().filter(|(_, leaf)| leaf["properties"]["field"]["enum"] != json!([]));
    asked.map(|(name, leaf)| (format!("{item}{name}"), leaf)).collect()
}

fn value(least: u32) -> Value {
    let text = json!({ "type": "string", "minLength": least, "maxLength": 200, "pattern": NO_NUL });
    json!({ "anyOf": [text, { "type": "number" }, { "type": "boolean" }] })
}

/// A group of such questions.
fn group(of: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string", "enum": ["and", "or"] },
            "queries": { "type": "array", "minItems": 1, "maxItems": MEMBERS, "items": reference(of) },
        },
        "required": ["type", "queries"],
        "additionalProperties": false,
    })
}

fn leaf(types: &[&str], fields: &[&str], value: &Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string", "enum": types },
            "field": { "type": "string", "enum": fields },
            "value": value,
            "caseSensitive": { "type": "boolean", "default": false },
        },
        "required": ["type", "field", "value"],
        "additionalProperties": false,
    })
}
