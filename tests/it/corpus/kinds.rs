//! Which kind of field a field is, by its name, its control or its schema. A field that is not understood here stops the
//! run: it has to be given a kind, so that nothing new is left out.

use serde_json::Value as Json;

/// A kind of field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A name of so many characters, which must be there and holds no web address.
    Name(usize),
    /// A text of so many characters, which must be there.
    Short(usize),
    /// A text of so many characters.
    Optional(usize),
    /// Text with rules that its feature knows.
    Plain,
    Email,
    /// A picture's address.
    Url,
    /// A web application's address.
    Application,
    /// A whole number as typed.
    Number,
    /// One of these.
    Choice(Vec<String>),
    /// A box that is ticked or not.
    Box,
    /// The proof of a form's origin.
    Token,
    /// A hidden value that travels along: a key, a version.
    Passing,
    /// A pasted list of people.
    List,
    /// Pasted rows of partners.
    File,
    /// What a list is filtered by: never an error.
    Search,
    Code,
    Country,
    TimeZone,
    Uuid,
    /// A number of items, from 1 to this; 0 where there is no limit to it.
    Limit(i64),
    Page,
    Sort,
    Order,
    /// Where a page of a list begins.
    Cursor,
    /// Members that are strings.
    Properties,
    /// A JSON number.
    Integer,
    Bool,
    Moment,
    /// A list of queries.
    Find,
    Array,
    /// Any JSON.
    Any,
    /// The server's own: whatever is sent is not looked at.
    Ignored,
}

impl Kind {
    /// Whether it is text in which control and invisible characters are refused.
    pub const fn is_text(&self) -> bool {
        matches!(
            self,
            Self::Name(_)
                | Self::Short(_)
                | Self::Optional(_)
                | Self::Plain
                | Self::Email
                | Self::Url
                | Self::Application
        )
    }

    /// Whether JSON of this type may be taken.
    pub fn takes_json(&self, name: &str) -> bool {
        match self {
            Self::Any | Self::Ignored => true,
            Self::Integer => name == "number",
            Self::Bool => name == "boolean",
            Self::Array | Self::Find => name == "array",
            Self::Properties => name == "object" || name == "null",
            // Null is a value that is not there, which optional fields take.
            Self::Name(_) | Self::Short(_) | Self::Email => name == "string",
            _ => name == "string" || name == "null",
        }
    }

    /// A value that the field takes.
    pub fn right(&self, name: &str) -> String {
        match self {
            Self::Name(_) | Self::Short(_) | Self::Plain => format!("Right {}", &name[..name.len().min(8)]),
            Self::Email | Self::List => "right@zebra.example".into(),
            Self::File => "name,zuoraAccountId,isZuoraInvoiceOwner,salesforceAccountId\nRight file,z,true,s\n".into(),
            Self::Number => "7".into(),
            Self::Choice(options) => options.iter().find(|one| !one.is_empty()).cloned().unwrap_or_default(),
            Self::Box => "true".into(),
            _ => String::new(),
        }
    }
}

/// The kind of a control of a form. `options` are the values of a select or of radio buttons.
pub fn of_control(name: &str, control: &str, options: &[String]) -> Option<Kind> {
    let by_name = match name {
        "csrf" => Kind::Token,
        "once" | "version" | "kind" | "record" | "confirm" | "tenant" | "reminder" | "again" | "file"
            if control == "hidden" =>
        {
            Kind::Passing
        }
        _ => match control {
            "select" | "radio" => Kind::Choice(options.to_vec()),
            "checkbox" => Kind::Box,
            "textarea" if name == "list" => Kind::List,
            "textarea" if name == "file" => Kind::File,
            "text" | "email" | "url" | "search" | "number" => of_text(name)?,
            _ => return None,
        },
    };
    Some(by_name)
}

fn of_text(name: &str) -> Option<Kind> {
    Some(match name {
        "name" | "company_name" | "company" => Kind::Name(100),
        "email" => Kind::Email,
        "logo" => Kind::Url,
        "shop_url" | "self_service_url" => Kind::Application,
        "zuora_account_id" => Kind::Short(64),
        "salesforce_account_id" => Kind::Optional(64),
        "frequency" => Kind::Short(30),
        "payment_terms" => Kind::Short(50),
        "sales_amount" | "lifetime_days" => Kind::Number,
        "country" => Kind::Country,
        "time_zone" | "timezone" => Kind::TimeZone,
        "code" => Kind::Code,
        "q" => Kind::Search,
        _ => return None,
    })
}

/// The kind of a parameter in the query of a page, which is never an error there.
pub fn of_page_query(name: &str) -> Option<Kind> {
    let known = [
        "q",
        "state",
        "sort",
        "after",
        "before",
        "page",
        "kind",
        "role",
        "return_to",
        "kept",
        "tenant",
        "to",
        "code",
        "error",
        "iss",
        "error_description",
        "inviter",
        "again",
        "type",
        "order",
        "direction",
        "dir",
        "from",
        "verb",
        "client_secret",
        "at",
        "partner",
        "record",
        "email",
        "company",
        "with",
        "invitation",
        "lang",
    ];
    known.contains(&name).then_some(Kind::Search)
}

/// The kind of a parameter of the API.
pub fn of_parameter(path: &str, name: &str, place: &str) -> Option<Kind> {
    Some(match (name, place) {
        ("limit", _) if path.ends_with("/export") => Kind::Limit(0),
        ("format" | "dry_run", _) => Kind::Choice(Vec::new()),
        ("after", _) => Kind::Cursor,
        (_, "path") | ("partner_ids[]" | "Requester-Organization-ID" | "Target-Organization-ID", _) => Kind::Uuid,
        ("page" | "offset", _) => Kind::Page,
        ("size" | "limit", _) => Kind::Limit(1_000),
        ("sort" | "order_by", _) => Kind::Sort,
        ("sortOrder" | "order_dir", _) => Kind::Order,
        ("queryMore", _) => Kind::Cursor,
        ("search_field" | "partner_types[]" | "invitation_statuses[]" | "X-Servitly-Tenant", _) => {
            Kind::Choice(Vec::new())
        }
        ("search_text" | "customerZuoraAccountId", _)
        | ("Idempotency-Key" | "If-Match" | "Cache-Control", "header") => Kind::Search,
        _ => return None,
    })
}

/// Members whose name says enough.
fn by_name(name: &str) -> Option<Kind> {
    Some(match name {
        "id" | "organization" | "creationTimestamp" | "created_at" | "updated_at" => Kind::Ignored,
        "country" => Kind::Country,
        "timezone" | "timeZone" => Kind::TimeZone,
        "code" => Kind::Code,
        "properties" => Kind::Properties,
        "logo" => Kind::Url,
        "shopUrl" | "selfServiceUrl" => Kind::Application,
        "queries" => Kind::Find,
        _ => return None,
    })
}

/// The kind of a member of a body, by its schema, and by its name where the schema says less.
pub fn of_schema(name: &str, schema: &Json) -> Option<Kind> {
    if let Some(kind) = by_name(name) {
        return Some(kind);
    }
    if schema == &Json::Bool(true) {
        return Some(Kind::Any);
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        // Of several types the text is the one that is held to rules; what may be anything is not.
        let types: Vec<&str> = choices.iter().filter_map(type_of).filter(|one| *one != "null").collect();
        let first = choices.iter().find(|one| type_of(one).is_some_and(|one| one != "null"));
        return if types.len() == 1 { first.and_then(|one| of_schema(name, one)) } else { Some(Kind::Any) };
    }
    if schema.get("enum").is_some() || schema.get("const").is_some() {
        return Some(Kind::Choice(Vec::new()));
    }
    let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok());
    Some(match (type_of(schema)?, schema["format"].as_str()) {
        ("string", Some("email")) => Kind::Email,
        ("string", Some("uuid")) => Kind::Uuid,
        ("string", Some("uri")) => Kind::Url,
        ("string", Some("date-time")) => Kind::Moment,
        ("string", _) if name == "name" || name == "company_name" => Kind::Name(most.unwrap_or(100)),
        ("string", _) => match most {
            Some(most) if schema["minLength"].as_u64() >= Some(1) => Kind::Short(most),
            Some(most) => Kind::Optional(most),
            None => Kind::Plain,
        },
        ("integer", _) => Kind::Integer,
        ("boolean", _) => Kind::Bool,
        ("array", _) => Kind::Array,
        ("object", _) => Kind::Any,
        _ => return None,
    })
}

/// The type that is not null.
fn type_of(schema: &Json) -> Option<&str> {
    match &schema["type"] {
        Json::String(one) => Some(one),
        Json::Array(all) => all.iter().filter_map(Json::as_str).find(|one| *one != "null"),
        _ => None,
    }
}

#[test]
fn a_field_that_nobody_has_described_is_not_passed_over() {
    assert_eq!(of_control("favourite_colour", "text", &[]), None);
    assert_eq!(of_control("name", "color", &[]), None);
    assert_eq!(of_page_query("favourite_colour"), None);
    assert_eq!(of_parameter("/", "favourite_colour", "query"), None);
    assert_eq!(of_schema("favourite_colour", &serde_json::json!({ "type": "null" })), None);
    assert_eq!(of_schema("favourite_colour", &serde_json::json!({ "$ref": "#/elsewhere" })), None);
}
