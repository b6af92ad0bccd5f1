//! Judges one answer: never a fault of ours, in time, of the expected kind and in the format of its door, nothing sent
//! back as it came, and after a refusal every table as it was.

use std::time::Duration;

use super::ground::{Digests, changed};
use super::kinds::Kind;
use super::target::{Face, Field, Target};
use super::values::{MARKER, Place, Value, Want};

/// No answer takes longer, on a machine that has other work to do.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Which answers are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// One of these.
    One(&'static [u16]),
    /// Anything that is no fault of ours.
    Any,
    /// One of these (anything, if there are none), or the connection is closed without a word.
    Closes(&'static [u16]),
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// None when the connection was closed without an answer.
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub took: Duration,
}

/// A case as the judge sees it.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    pub face: Face,
    pub allowed: Allowed,
    /// The one field that is wrong, if a refusal has to name it.
    pub field: Option<&'a str>,
}

/// The answers that are right for a field with a value of which this must become.
pub fn allowed(target: &Target, field: &Field, value: &Value, want: Want) -> Allowed {
    let is_no_header = matches!(value, Value::Text(text) if text.chars().any(char::is_control));
    let is_no_address = matches!(value, Value::Raw(raw) if !raw.is_ascii());
    match (target.face, field.place, want) {
        _ if target.closed || is_meant_otherwise(target, field, value) => Allowed::Any,
        // A wish that is not understood is none.
        (_, Place::Header, _) if field.name == "Cache-Control" => Allowed::Closes(&[]),
        (_, Place::Header, _) if is_no_header => Allowed::Closes(&[400, 401, 403, 404, 422]),
        // Bytes that no address has are refused before there is a door with words of its own.
        (_, Place::Query | Place::Path, _) if is_no_address => Allowed::Closes(&[400]),
        // Takes CSV as well: what else is wrong is told after the kind of the body.
        (_, Place::Query, _) if target.path.ends_with("/organisations/import") => Allowed::One(&[400, 415]),
        // A file of partners may have a mebibyte.
        (Face::Page, Place::Form, Want::TooLarge) if target.path.ends_with("/partners/import") => Allowed::Any,
        (_, Place::Form, Want::TooLarge) | (Face::Api(_), Place::Json, Want::TooLarge) => Allowed::One(&[413]),
        (_, Place::Query | Place::Path | Place::Header, Want::TooLarge)
        | (_, _, Want::Odd)
        | (Face::Page | Face::Gate, Place::Query, _)
        | (Face::Page | Face::Gate, Place::Json, Want::TooLarge) => Allowed::Any,
        (Face::Page, Place::Form, Want::Wrong) if field.kind == Kind::Token => Allowed::One(&[403]),
        (Face::Page, Place::Form, Want::Wrong) => Allowed::One(&[422]),
        (_, Place::Path, _) => Allowed::One(&[400, 404]),
        // Seed 002 tells every fault of a field by 422, wherever the field stands.
        (Face::Api("detail"), Place::Header | Place::Query, _) => Allowed::One(&[400, 401, 403, 404, 422]),
        (_, Place::Header, _) => Allowed::One(&[400, 401, 403, 404]),
        // What the write would be done to may not be there, or not in that state.
        (Face::Api("statusCode"), Place::Json, Want::Wrong) => Allowed::One(&[400, 403, 404, 409, 422]),
        (_, Place::Json, Want::Wrong) => Allowed::One(&[400, 422]),
        (_, _, Want::Wrong | Want::Unreadable) => Allowed::One(&[400]),
    }
}

/// Values that are right for this one field, though they are wrong for its kind.
fn is_meant_otherwise(target: &Target, field: &Field, value: &Value) -> bool {
    match (field.name.as_str(), value) {
        // Not said means as long as usual.
        ("lifetime_days", Value::Text(text)) => text.trim().is_empty(),
        // A portal on this machine may lead to applications on this machine; anywhere they may lie at a port of their own.
        ("shop_url" | "self_service_url" | "shopUrl" | "selfServiceUrl", Value::Text(text)) => {
            let here = ["https://localhost", "https://127.1/", "https://0x7f.1/", "https://2130706433/"];
            here.iter().any(|address| text.starts_with(address)) || text.contains(":22/")
        }
        // The number of an invitation that there is.
        ("number", Value::Text(text)) => text == "1",
        // Seed 003: null counts as not sent.
        (_, Value::Raw(raw)) => target.path.starts_with("/api/network/") && raw == b"null",
        _ => false,
    }
}

/// Everything that is wrong with an answer; nothing, if all is well.
pub fn judge(expected: &Expected<'_>, seen: &Seen, before: &Digests, after: &Digests) -> Vec<String> {
    let mut faults = Vec::new();
    if seen.took > PATIENCE {
        faults.push(format!("took {:?}", seen.took));
    }
    let Some(status) = seen.status else {
        if !matches!(expected.allowed, Allowed::Closes(_)) {
            faults.push("no answer".into());
        }
        return faults;
    };
    match expected.allowed {
        _ if status >= 500 => faults.push(format!("a fault of ours: {status}")),
        Allowed::One(all) | Allowed::Closes(all) if !all.is_empty() && !all.contains(&status) => {
            faults.push(format!("{status}, not {all:?}"));
        }
        _ => {}
    }
    if status >= 400 {
        let changed = changed(before, after);
        if !changed.is_empty() {
            faults.push(format!("{status}, and {changed:?} changed"));
        }
        faults.extend(format_of(expected, seen, status));
    }
    faults.extend(reflected(expected.face, seen, status));
    faults
}

/// A refusal is in the format of its door, and names the field.
fn format_of(expected: &Expected<'_>, seen: &Seen, status: u16) -> Option<String> {
    let kind = seen.header("content-type");
    match expected.face {
        // What is no request at all is refused before there is a door.
        _ if matches!(expected.allowed, Allowed::Closes(_)) => None,
        Face::Gate => None,
        Face::Page if !kind.starts_with("text/html") => Some(format!("{status} as {kind:?}")),
        Face::Page if !seen.body.contains("<h1") => Some(format!("{status} without a heading")),
        Face::Page => {
            let field = expected.field.filter(|_| status == 422)?;
            let named = [format!("id=\"{field}-error\""), format!("href=\"#{field}\"")]
                .iter()
                .any(|mark| seen.body.contains(mark));
            (!named).then(|| format!("422 is silent on {field}"))
        }
        Face::Api(member) => {
            let told: Option<serde_json::Value> = serde_json::from_str(&seen.body).ok();
            let has = told.as_ref().is_some_and(|told| told.get(member).is_some());
            (!has).then(|| format!("{status} without {member:?}: {}", seen.body.chars().take(120).collect::<String>()))
        }
    }
}

/// Markup that was sent and has come back as markup; in the API's refusals, anything that was sent.
fn reflected(face: Face, seen: &Seen, status: u16) -> Vec<String> {
    let alive = [
        "<svg/onload=",
        "<script>zq7",
        "onerror=zq7marker>",
        "<b>zq7",
        "<!--zq7",
        "href=\"javascript:zq7",
        "src=\"javascript:zq7",
    ];
    let mut faults: Vec<String> = Vec::new();
    if matches!(face, Face::Page) || seen.header("content-type").starts_with("text/html") {
        faults.extend(
            alive.iter().filter(|mark| seen.body.contains(**mark)).map(|mark| format!("{mark} came back alive")),
        );
    } else if status >= 400 && seen.body.contains(MARKER) {
        faults.push("a refusal repeats what was sent".into());
    }
    let own = ["location", "set-cookie"];
    let headers = seen.headers.iter().filter(|(name, value)| !own.contains(&name.as_str()) && value.contains(MARKER));
    faults.extend(headers.map(|(name, _)| format!("the header {name} repeats what was sent")));
    faults
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

fn planted(status: u16, kind: &str, body: &str) -> Seen {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Seen { status: Some(status), headers, body: body.into(), took: Duration::from_millis(3) }
}

#[test]
fn the_judge_catches_every_planted_fault() {
    let (html, json) = ("text/html; charset=utf-8", "application/json");
    let page = Expected { face: Face::Page, allowed: Allowed::One(&[422]), field: Some("name") };
    let api = Expected { face: Face::Api("statusCode"), allowed: Allowed::One(&[400]), field: None };
    let same: Digests = [("users".to_owned(), "1".to_owned())].into();
    let other: Digests = [("users".to_owned(), "2".to_owned())].into();
    let good = planted(422, html, "<h1>New</h1><p id=\"name-error\">");
    let good_api = planted(400, json, "{\"statusCode\":400}");
    assert_eq!(judge(&page, &good, &same, &same), Vec::<String>::new());
    assert_eq!(judge(&api, &good_api, &same, &same), Vec::<String>::new());
    let slow = Seen { took: PATIENCE * 2, ..good.clone() };
    let echoing = Seen {
        headers: vec![("x-name".into(), MARKER.into()), ("content-type".into(), json.into())],
        ..good_api.clone()
    };
    for (expected, seen, after) in [
        (&page, planted(500, html, "<h1>Sorry</h1>"), &same),
        (&page, planted(303, html, ""), &same),
        (&page, good.clone(), &other),
        (&page, slow, &same),
        (&page, Seen::default(), &same),
        (&page, planted(422, html, "<h1>New</h1>"), &same),
        (&page, planted(422, json, "<h1>New</h1><p id=\"name-error\">"), &same),
        (&page, planted(422, html, "<h1><svg/onload=zq7marker></h1><p id=\"name-error\">"), &same),
        (&api, planted(503, json, "{\"statusCode\":503}"), &same),
        (&api, planted(400, json, "{\"message\":\"no\"}"), &same),
        (&api, planted(400, html, "<h1>no</h1>"), &same),
        (&api, planted(400, json, "{\"statusCode\":400,\"message\":\"zq7marker is no id\"}"), &same),
        (&api, good_api.clone(), &other),
        (&api, echoing, &same),
    ] {
        assert!(!judge(expected, &seen, &same, after).is_empty(), "{seen:?} passes for {expected:?}");
    }
}
