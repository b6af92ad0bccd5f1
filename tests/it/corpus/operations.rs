//! Every operation of the API as its own document describes it, with the values that its example has.

use serde_json::{Map, Value as Json};

use super::super::support::{App, id};
use super::ground::Ground;
use super::kinds::{self, Kind};
use super::target::{Face, Field, Target};
use super::values::Place;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every operation of the document, and the token endpoint, which stands outside of it.
pub fn targets(ground: &Ground) -> Vec<Target> {
    let document = ground.client.get("/api/openapi.json").is(200).json();
    let token = token(ground);
    let mut all = Vec::new();
    let outside = |path: &str| path.contains("oauth2") || path.starts_with("/.well-known");
    for (path, item) in document["paths"].as_object().expect("paths").iter().filter(|(path, _)| !outside(path)) {
        for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
            let operation = Described { document: &document, path, operation: &item[*method] };
            all.push(operation.target(ground, method, &token));
        }
    }
    assert!(all.len() >= 30, "the document has lost its operations: {}", all.len());
    all.extend(["token", "revoke", "introspect"].map(|what| of_tokens(ground, what)));
    all
}

fn token(ground: &Ground) -> String {
    ground.client.clone().stranger().token().is(200).json()["access_token"].as_str().expect("a token").to_owned()
}

struct Described<'a> {
    document: &'a Json,
    path: &'a str,
    operation: &'a Json,
}

impl Described<'_> {
    fn target(&self, ground: &Ground, method: &str, token: &str) -> Target {
        let mut fields: Vec<Field> = self.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| self.parameter(ground, one))
            .collect();
        let content = &self.operation["requestBody"]["content"]["application/json"];
        if !content.is_null() {
            let members = self.members(&content["schema"]);
            let example = content["example"].as_object().cloned().unwrap_or_default();
            fields.extend(members.iter().map(|(name, schema)| self.member(name, schema, &example)));
        }
        let server = &ground.app.server;
        let headers =
            vec![("Host".to_owned(), server.authority.clone()), ("Authorization".into(), format!("Bearer {token}"))];
        let method = method.to_ascii_uppercase();
        let name = format!("machine {method} {}", self.path);
        Target { name, method, path: self.path.to_owned(), fields, headers, face: face(self.path), closed: false }
    }

    fn parameter(&self, ground: &Ground, described: &Json) -> Field {
        let text = |member: &str| described[member].as_str().unwrap_or_default().to_owned();
        let (name, place) = (text("name"), text("in"));
        let kind = kinds::of_parameter(self.path, &name, &place);
        let kind = kind.unwrap_or_else(|| {
            panic!("the corpus does not understand the {place} parameter {name:?} of {}: give it a kind", self.path)
        });
        let required = described["required"] == true;
        let right = right_parameter(&ground.app, self.path, &name).filter(|_| required);
        assert!(right.is_some() || !required, "the corpus has no value for {name:?} of {}, which is needed", self.path);
        let place = match place.as_str() {
            "path" => Place::Path,
            "header" => Place::Header,
            _ => Place::Query,
        };
        Field { name, place, kind, right }
    }

    fn member(&self, name: &str, schema: &Json, example: &Map<String, Json>) -> Field {
        let kind = kinds::of_schema(name, self.resolved(schema));
        let kind = kind.unwrap_or_else(|| {
            panic!("the corpus does not understand the member {name:?} of {}: give it a kind", self.path)
        });
        let right = example.get(name).map(Json::to_string);
        Field { name: name.to_owned(), place: Place::Json, kind, right }
    }

    fn resolved<'s>(&'s self, schema: &'s Json) -> &'s Json {
        let reference = schema["$ref"].as_str().map(|reference| reference.trim_start_matches('#'));
        reference.map_or(schema, |at| self.document.pointer(at).expect("a schema"))
    }

    /// The members that a schema names, those of the schemas that it consists of or chooses among included.
    fn members(&self, schema: &Json) -> Map<String, Json> {
        let schema = self.resolved(schema);
        let own = schema["properties"].as_object().cloned().unwrap_or_default();
        let parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
        parts.flat_map(|part| self.members(part)).chain(own).collect()
    }
}

/// The wire format of a path, by the member that its errors have.
fn face(path: &str) -> Face {
    Face::Api(match path {
        _ if path.starts_with("/api/v1/") => "statusCode",
        _ if path.starts_with("/api/partners") => "detail",
        _ if path.contains("oauth2") => "error",
        _ => "message",
    })
}

/// A value that the parameter takes.
fn right_parameter(app: &App, path: &str, name: &str) -> Option<String> {
    let own = |text: &str| Some(text.to_owned());
    match name {
        "item" if path.ends_with("/partners/{item}") => own(&id::record(id::NORTHWIND)),
        "item" => own("00000000-0000-7000-8000-000000000402"),
        "id" if path.contains("/organisations/{id}/") => own(id::NORTHWIND),
        "id" if path.contains("/organisation-imports/") => own(&id::ACME_HOST.replace("-8000-", "-8009-")),
        "id" if path.contains("/v1/users/") => own(id::MEMBER),
        "id" if path.contains("/v1/partners/") => own(&id::record(id::ACME_HOST)),
        "id" if path.contains("/connections/") => own("00000000-0000-7000-8000-000000000402"),
        "id" if path.contains("/api-clients/") => own(&id::api_client(id::ACME_HOST)),
        "id" if path.contains("/audit-events/") => Some(app.text("SELECT id FROM audit_events ORDER BY at LIMIT 1")),
        "id" if path.contains("/deleted-organisations/") => own("00000000-0000-7000-8000-000000000015"),
        "id" if path.contains("invitation") => Some(id::invitation(id::ACME_HOST)),
        "id" => own(id::NORTHWIND),
        "user" => own(id::MEMBER),
        "number" => Some(
            app.text(&format!("SELECT number FROM invitations WHERE organisation_id = '{}' LIMIT 1", id::ACME_HOST)),
        ),
        "Requester-Organization-ID" | "Target-Organization-ID" => own(id::ACME_HOST),
        "X-Servitly-Tenant" => own("acme"),
        "partner_types[]" => own("customer"),
        "limit" | "size" => own("10"),
        "customerZuoraAccountId" => own("zu-somebody"),
        "Idempotency-Key" => own("a-key-of-the-corpus"),
        "If-Match" => own("1"),
        _ => None,
    }
}

fn of_tokens(ground: &Ground, what: &str) -> Target {
    let field = |name: &str, right: &str| Field {
        name: name.into(),
        place: Place::Form,
        kind: Kind::Passing,
        right: Some(right.into()),
    };
    let mut fields = vec![field("client_id", &ground.client.id), field("client_secret", &ground.client.secret)];
    let more: &[(&str, &str)] = if what == "token" {
        &[("grant_type", "client_credentials"), ("scope", "READ_PARTNER")]
    } else {
        &[("token", "nothing")]
    };
    fields.extend(more.iter().map(|(name, right)| field(name, right)));
    let path = format!("/oauth2/{what}");
    let headers = vec![("Host".to_owned(), ground.app.server.authority.clone())];
    Target {
        name: format!("machine POST {path}"),
        method: "POST".into(),
        path,
        fields,
        headers,
        face: Face::Api("error"),
        closed: false,
    }
}
