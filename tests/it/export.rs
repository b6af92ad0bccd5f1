//! Exports: every row once, whoever reads how slowly; an end that can be told from a break; cells that are no formulas.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::fixture::{INVITATIONS, RECORDS};
use super::support::{App, Who, id};

/// Many partners of Acme, each with some text.
fn many(app: &App, rows: usize, text: usize) {
    app.sql(&format!(
        "INSERT INTO organisations (id, tenant_id, kind, parent_id, name, name_key, properties, created_at, updated_at)
         SELECT gen_random_uuid(), '{}', 'partner', '{}', 'Number ' || n, 'number ' || n,
             jsonb_build_object('note', repeat('x', {text})), now(), now()
         FROM generate_series(1, {rows}) n;
         ANALYZE organisations",
        id::ACME,
        id::ACME_HOST
    ));
}

/// An export that is read by hand.
struct Download {
    stream: TcpStream,
    head: String,
    body: Vec<u8>,
}

impl Download {
    /// Asks, and reads no more than the head needs.
    fn begin(machine: &Machine, path: &str) -> Self {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, machine.server.port)).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout can be set");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nX-Api-Key: {}\r\nConnection: close\r\n\r\n",
            machine.server.authority, machine.secret
        );
        stream.write_all(request.as_bytes()).expect("the request is sent");
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).expect("a head");
            head.push(byte[0]);
        }
        Self { stream, head: String::from_utf8(head).expect("text"), body: Vec::new() }
    }

    /// Reads to the end in small pieces. The lines of the body, and whether it ended as a body ends.
    fn finish(mut self) -> (Vec<String>, bool) {
        assert!(self.head.to_lowercase().contains("transfer-encoding: chunked"), "{}", self.head);
        let mut piece = vec![0; 16 * 1024];
        while let Ok(read) = self.stream.read(&mut piece) {
            if read == 0 {
                break;
            }
            self.body.extend_from_slice(&piece[..read]);
        }
        let whole = self.body.ends_with(b"\r\n0\r\n\r\n") || self.body == b"0\r\n\r\n";
        (lines(&self.body), whole)
    }
}

/// The complete lines in the complete chunks of a body.
fn lines(mut rest: &[u8]) -> Vec<String> {
    let mut text = Vec::new();
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..at]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size.filter(|size| *size > 0 && rest.len() >= at + 4 + size) else { break };
        text.extend_from_slice(&rest[at + 2..at + 2 + size]);
        rest = &rest[at + 4 + size..];
    }
    let text = String::from_utf8(text).expect("UTF-8");
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    lines.pop();
    lines
}

#[test]
fn a_slow_reader_gets_every_row_once() {
    let app = App::start();
    many(&app, 20_000, 100);
    let machine = app.key(id::ACME_HOST, "READ_PARTNER");
    let (lines, whole) = Download::begin(&machine, "/api/v1/organisations/export").finish();
    assert!(whole, "the body has its end");
    let mut ids: Vec<String> = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).expect("a JSON object")["id"].as_str().expect("an id").into())
        .collect();
    assert!(ids.is_sorted(), "by id");
    ids.dedup();
    assert_eq!(ids.len(), 20_003, "with the three of the fixture");
}

#[test]
fn nothing_is_read_ahead_of_a_reader_and_nothing_is_held_for_it() {
    let app = App::start();
    // Far more than what two sockets hold.
    many(&app, 20_000, 8_000);
    let download = Download::begin(&app.key(id::ACME_HOST, "READ_PARTNER"), "/api/v1/organisations/export");
    // An open transaction would let this wait, or let the reader see what is gone.
    app.sql("SET lock_timeout = '5s'; LOCK TABLE organisations; UPDATE organisations SET state = 'deleted', deleted_at = now() WHERE name LIKE 'Number %'");
    let (lines, whole) = download.finish();
    assert!(whole, "what is left has its end");
    assert!(lines.len() < 10_000, "{} rows were read for a reader who had not read one", lines.len());
}

#[test]
fn an_export_whose_credential_is_revoked_breaks_off() {
    let app = App::start();
    many(&app, 20_000, 8_000);
    let machine = app.key(id::ACME_HOST, "READ_PARTNER");
    let download = Download::begin(&machine, "/api/v1/organisations/export");
    app.sql(&format!("UPDATE api_clients SET revoked_at = now() WHERE id = '{}'", machine.id));
    let (lines, whole) = download.finish();
    assert!(!whole && lines.len() < 20_000, "{} rows, and an end: {whole}", lines.len());
}

#[test]
fn an_export_goes_on_behind_what_one_has() {
    let app = App::start();
    many(&app, 30, 1);
    let machine = app.key(id::ACME_HOST, ALL);
    let get = |query: &str| -> Vec<String> {
        let answer = machine.get(&format!("/api/v1/organisations/export?{query}"));
        answer.is(200).body.lines().map(str::to_owned).collect()
    };
    let (all, mut pages, mut after) = (get(""), Vec::new(), String::new());
    loop {
        let page = get(&format!("limit=7{after}"));
        let Some(last) = page.last() else { break };
        let last: Value = serde_json::from_str(last).expect("JSON");
        after = format!("&after={}", last["id"].as_str().expect("an id"));
        pages.extend(page);
    }
    assert_eq!((pages.len(), &pages), (33, &all));
    for wrong in ["after=1", "after=%00", "limit=0", "limit=x", "format=xlsx", "page=1", "format=csv&format=csv"] {
        machine.get(&format!("/api/v1/organisations/export?{wrong}")).is(400);
    }
}

#[test]
fn every_collection_is_exported_within_its_scope() {
    let app = App::start();
    app.sql(RECORDS);
    app.sql(INVITATIONS);
    let collections = [
        ("organisations", "READ_PARTNER"),
        ("users", "READ_USER"),
        ("partners", "READ_PARTNER"),
        ("partner-invitations", "READ_INVITATION"),
        ("connections", "READ_PARTNER"),
        ("api-clients", "MANAGE_API_CLIENTS"),
        ("audit-events", "READ_AUDIT"),
        ("received-invitations", "READ_INVITATION"),
    ];
    for (name, permission) in collections {
        for organisation in [id::NORTHWIND, id::ACME_HOST] {
            let (machine, path) = (app.key(organisation, permission), format!("/api/v1/{name}"));
            let listed = machine.get(&format!("{path}?size=1000")).is(200).json();
            let exported = machine.get(&format!("{path}/export"));
            let lines: Vec<Value> =
                exported.is(200).body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            assert_eq!(Value::from(lines), listed["data"], "{name} of {organisation}");
            assert_eq!(exported.header("content-type"), "application/x-ndjson", "{name}");
            let csv = machine.get(&format!("{path}/export?format=csv")).is(200).body.clone();
            let (header, rows) = csv.split_once("\r\n").expect("a header");
            let cells = header.strip_prefix('\u{feff}').expect("a byte order mark").split(',').count();
            assert_eq!(rows.is_empty(), listed["data"] == json!([]), "{name}");
            let members = listed["data"][0].as_object().map_or(cells, |item| item.len() - 1);
            assert_eq!(cells, members, "{name}: a column for every member but the object");
            let head = machine.send("HEAD", &format!("{path}/export"), "", b"");
            assert_eq!((head.is(200).body.as_str(), head.header("content-type")), ("", "application/x-ndjson"));
        }
        let others: Vec<&str> = ALL.split(',').filter(|other| *other != permission).collect();
        let path = format!("/api/v1/{name}/export");
        app.key(id::NORTHWIND, &others.join(",")).get(&path).is(403);
        app.key(id::NORTHWIND, ALL).stranger().get(&path).is(401);
    }
}

#[test]
fn a_query_is_exported_in_the_format_that_is_asked_for() {
    let app = App::start();
    app.sql(&format!(
        "UPDATE organisations SET name = '=HYPERLINK(\"x\"), Ltd' WHERE id = '{}';
         UPDATE organisations SET code = '+1', properties = '{{\"a\": \"b\"}}' WHERE id = '{0}'",
        id::NORTHWIND
    ));
    let machine = app.key(id::ACME_HOST, ALL);
    let query = json!({ "type": "eq", "field": "id", "value": id::NORTHWIND });
    let found = machine.post("/api/v1/organisations/export", &query);
    assert_eq!(found.is(200).body.lines().count(), 1);
    machine.post("/api/v1/organisations/export", &json!({ "type": "eq", "field": "secret", "value": "x" })).is(400);
    let csv = machine.clone().header("Accept", "text/csv").post("/api/v1/organisations/export?format=csv", &query);
    let row = csv.is(200).body.split("\r\n").nth(1).expect("a row").to_owned();
    assert!(row.contains(",\"'=HYPERLINK(\"\"x\"\"), Ltd\",\"'+1\",https://northwind.example/logo.png,"), "{row}");
    assert!(row.contains(",\"{\"\"a\"\":\"\"b\"\"}\","), "{row}");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"organisations-2026-11-20.csv\"");
    assert_eq!(csv.header("cache-control"), "no-store");
}

#[test]
fn few_exports_run_at_once_and_the_next_may_when_one_has_ended() {
    let app = App::start();
    many(&app, 20_000, 8_000);
    let (machine, other) = (app.key(id::ACME_HOST, ALL), app.key(id::ACME_HOST, ALL));
    let path = "/api/v1/organisations/export";
    let (first, second) = (Download::begin(&machine, path), Download::begin(&machine, path));
    let refused = machine.get(path);
    assert_eq!((refused.is(429).header("retry-after"), refused.header("content-type")), ("10", "application/json"));
    other.get(&format!("{path}?limit=1")).is(200);
    app.key(id::NORTHWIND, ALL).get(path).is(200);
    app.sql("UPDATE organisations SET state = 'deleted', deleted_at = now() WHERE name LIKE 'Number %'");
    assert!(first.finish().1 && second.finish().1, "both end");
    machine.get(path).is(200);
}

#[test]
fn an_old_client_that_could_not_tell_the_end_is_refused() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let request = format!(
        "GET /api/v1/organisations/export HTTP/1.0\r\nHost: {}\r\nX-Api-Key: {}\r\n\r\n",
        machine.server.authority, machine.secret
    );
    machine.server.raw(request.as_bytes(), "/api/v1/organisations/export").is(400);
}

#[test]
fn staff_export_what_the_page_shows() {
    let app = App::start();
    many(&app, 2_500, 1);
    app.sql(&format!("UPDATE organisations SET state = 'suspended' WHERE id = '{}'", id::CONTOSO));
    let mut owner = app.owner();
    for (query, names) in [
        ("?q=northwind", vec!["Northwind Traders"]),
        ("?q=member%40northwind.example", vec!["Northwind Traders"]),
        ("?state=suspended", vec!["Contoso Resale"]),
    ] {
        let page = owner.open(&format!("/settings/profile/partners{query}"));
        let export = page.page().link("Export");
        let file = owner.open(&export);
        let rows: Vec<&str> = file.body.trim_start_matches('\u{feff}').split("\r\n").skip(1).collect();
        assert_eq!(rows.len(), names.len() + 1, "{query}: {rows:?}");
        assert!(names.iter().all(|name| file.body.contains(name)), "{query}");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"partners-2026-11-20.csv\"");
    }
    let all = owner.open("/settings/profile/partners").page().link("Export");
    assert_eq!(owner.open(&all).body.split("\r\n").count(), 2 + 2 + 2_500, "header, rows, end; without the host");
    app.sign_in(Who::Auditor).open(&all).hides("Initech");
    app.sign_in(Who::Manager).get(&all).is(403);
    app.visitor().get(&all).is_sent_to_sign_in();
}
