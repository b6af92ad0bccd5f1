//! Imports: every row is judged as the form would, told by its number, and made once however often the file is sent.

use std::process::Output;

use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::process::guildhall;
use super::support::{App, Who, id};

const PATH: &str = "/api/v1/organisations/import";
const DRY: &str = "/api/v1/organisations/import?dry_run=true";
const HEADER: &str = "name,zuoraAccountId,isZuoraInvoiceOwner,salesforceAccountId,code\r\n";

fn send(machine: &Machine, path: &str, file: &str) -> Value {
    machine.send("POST", path, "text/csv; charset=utf-8", file.as_bytes()).is(200).json()
}

/// Row, column and code of everything that an answer finds fault with.
fn faults(answer: &Value) -> Vec<(u64, String, String)> {
    let word = |fault: &Value, name: &str| fault[name].as_str().expect("a word").to_owned();
    let errors = answer["errors"].as_array().expect("errors");
    errors.iter().map(|e| (e["row"].as_u64().expect("a row"), word(e, "column"), word(e, "code"))).collect()
}

fn figures(answer: &Value) -> [u64; 3] {
    ["rows", "created", "failed"].map(|name| answer[name].as_u64().expect("a figure"))
}

fn partners(rows: usize) -> String {
    let rows = (1..=rows).map(|n| format!("Partner {n},zuora-{n},{},sf-{n},code-{n}\r\n", n % 2 == 0));
    HEADER.to_owned() + &rows.collect::<String>()
}

#[test]
fn a_dry_run_says_of_each_row_what_an_import_would_and_changes_nothing() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, "WRITE_PARTNER,READ_PARTNER");
    let before = (app.count("organisations"), app.count("audit_events"));
    let long = "x".repeat(101);
    let file = format!(
        "{HEADER}Good,z1,true,s1,c1\r\n\
         northwind traders,z2,true,s2,\r\n\
         GOOD,z3,false,s3,\r\n\
         Other code,z4,true,s4,C1\r\n\
         ,,maybe,s5,\r\n\
         {long},z6,true,s6,\r\n\
         Short\r\n\
         Also good,z8,false,s8,c8\r\n"
    );
    let dry = send(&machine, DRY, &file);
    assert_eq!((app.count("organisations"), app.count("audit_events")), before);
    assert_eq!((figures(&dry), &dry["dryRun"]), ([8, 2, 6], &json!(true)), "{dry}");
    let found = faults(&dry);
    let at = |row: u64| -> Vec<(&str, &str)> {
        found.iter().filter(|fault| fault.0 == row).map(|(_, column, code)| (column.as_str(), code.as_str())).collect()
    };
    assert!(at(2).is_empty() && at(9).is_empty(), "{found:?}");
    assert_eq!(at(3), [("name", "taken")], "in the database");
    assert_eq!(at(4), [("name", "taken")], "in the file");
    assert_eq!(at(5), [("code", "taken")], "in the file");
    assert_eq!(at(6).iter().map(|one| one.0).collect::<Vec<_>>(), ["name", "zuoraAccountId", "isZuoraInvoiceOwner"]);
    assert_eq!(at(7).iter().map(|one| one.0).collect::<Vec<_>>(), ["name"]);
    assert_eq!(at(8), [("", "wrong_length")]);
    assert!(dry["errors"].to_string().contains("Row 2 has the same name."), "{dry}");
    let done = send(&machine, PATH, &file);
    assert_eq!((&done["errors"], figures(&done)), (&dry["errors"], [8, 2, 6]), "an import says the same");
    assert_eq!(app.count("organisations"), before.0 + 2);
}

#[test]
fn a_name_that_somebody_takes_meanwhile_is_told_by_its_row_and_the_others_are_in() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let before = (app.count("organisations"), app.count("audit_events"));
    let (mut other, mut watch) = (app.database.connect(), app.database.connect());
    let insert =
        "BEGIN; INSERT INTO organisations (id, tenant_id, parent_id, kind, name, name_key, created_at, updated_at)
        SELECT gen_random_uuid(), tenant_id, id, 'partner', 'Partner 2', 'partner 2', now(), now()
        FROM organisations WHERE kind = 'host' AND id = ";
    other.batch_execute(&format!("{insert} '{}'", id::ACME_HOST)).expect("a partner that nobody sees yet");
    let answer = std::thread::scope(|scope| {
        let import = scope.spawn(|| send(&machine, PATH, &partners(3)));
        // It has asked which names are taken and waits for the one that is neither taken nor free.
        let waits = "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock') THEN RAISE 'not yet'; END IF; END $$";
        while watch.batch_execute(waits).is_err() && !import.is_finished() {}
        other.batch_execute("COMMIT").expect("now everybody sees it");
        import.join().expect("an answer")
    });
    assert_eq!(faults(&answer), [(3, "name".to_owned(), "taken".to_owned())], "{answer}");
    assert_eq!(figures(&answer), [3, 2, 1]);
    assert_eq!((app.count("organisations"), app.count("audit_events")), (before.0 + 3, before.1 + 2));
}

#[test]
fn five_thousand_partners_come_in_one_call_with_their_history_and_once() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let before = (app.count("organisations"), app.count("audit_events"));
    let file = partners(5_000);
    assert_eq!(figures(&send(&machine, PATH, &file)), [5_000, 5_000, 0]);
    assert_eq!((app.count("organisations"), app.count("audit_events")), (before.0 + 5_000, before.1 + 5_000));
    let again = send(&machine, PATH, &file);
    assert_eq!(figures(&again), [5_000, 0, 5_000]);
    assert!(faults(&again).iter().all(|(_, column, code)| column == "name" && code == "taken"));
    assert_eq!(again["errors"].as_array().map(Vec::len), Some(1_000), "the first thousand are told");
    assert_eq!((app.count("organisations"), app.count("audit_events")), (before.0 + 5_000, before.1 + 5_000));
    let query = json!({ "type": "eq", "field": "name", "value": "Partner 4242" });
    let found = machine.post("/api/v1/organisations/find", &query).is(200).json();
    let found = &found["data"][0];
    assert_eq!(
        (&found["zuoraAccountId"], &found["isZuoraInvoiceOwner"], &found["parentId"], &found["code"]),
        (&json!("zuora-4242"), &json!(true), &json!(id::ACME_HOST), &json!("code-4242"))
    );
    let page = format!("/settings/profile/partners/{}", found["id"].as_str().expect("an id"));
    app.owner().open(&page).is(200).shows("Partner 4242");
}

#[test]
fn an_export_of_ours_comes_back_as_it_was() {
    let (from, to) = (App::start(), App::start());
    from.sql(&format!(
        "UPDATE organisations SET name = '=1+1, \"Ltd\"', code = '-1', properties = '{{\"a\": \"say \\\"b\\\", c\"}}',
             zuora_account_id = '-z', salesforce_account_id = '@s', invoice_owner = 'partner' WHERE id = '{}'",
        id::NORTHWIND
    ));
    let query = json!({ "type": "eq", "field": "id", "value": id::NORTHWIND });
    let reader = from.key(id::ACME_HOST, ALL);
    let file = reader.post("/api/v1/organisations/export?format=csv", &query).is(200).body.clone();
    assert!(file.contains("\"'-1\""), "{file}");
    let machine = to.key(id::ACME_HOST, ALL);
    assert_eq!(figures(&send(&machine, PATH, &file)), [1, 1, 0]);
    let query = json!({ "type": "eq", "field": "code", "value": "-1" });
    let [old, new] = [&reader, &machine].map(|one| {
        let mut found = one.post("/api/v1/organisations/find", &query).is(200).json()["data"][0].clone();
        let item = found.as_object_mut().expect("an organisation");
        let own = "id parentId importId number createdAt updatedAt version users shop selfService";
        let own: Vec<&str> = own.split(' ').collect();
        item.retain(|name, _| !own.contains(&name.as_str()));
        found
    });
    assert_eq!(old, new);
    let all = reader.get("/api/v1/organisations/export?format=csv").is(200).body.clone();
    let refused = send(&machine, DRY, &all);
    assert!(faults(&refused).iter().any(|fault| fault.2 == "not_a_partner"), "the host is no partner: {refused}");
}

#[test]
fn what_is_no_such_file_is_refused_whole() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, "WRITE_PARTNER");
    let before = app.count("organisations");
    let long = HEADER.to_owned() + &"x".repeat(4 * 1024 * 1024);
    let many = partners(10_001);
    let calls = [
        (413, PATH, "text/csv", long.as_str()),
        (413, PATH, "text/csv", many.as_str()),
        (415, PATH, "application/json", "{}"),
        (415, PATH, "", "name\r\nA\r\n"),
        (400, PATH, "text/csv", ""),
        (400, PATH, "text/csv", "name|code\r\n"),
        (400, PATH, "text/csv", "name,name\r\n"),
        (400, PATH, "text/csv", "code\r\n"),
        (400, "/api/v1/organisations/import?dry_run=yes", "text/csv", HEADER),
        (400, "/api/v1/organisations/import?dryRun=true", "text/csv", HEADER),
    ];
    for (status, path, kind, file) in calls {
        let answer = machine.send("POST", path, kind, file.as_bytes());
        assert_eq!(answer.status, status, "{path} {kind} {:.40}: {}", file, answer.body);
    }
    let answer =
        machine.send("POST", PATH, "text/csv", &[HEADER.as_bytes(), b"a\xff,z,true,s,\r\nb\0,z,true,s,\r\n"].concat());
    let answer = answer.is(200).json();
    assert_eq!((figures(&answer), &answer["errors"][0]["code"]), ([2, 0, 2], &json!("not_utf8")), "{answer}");
    for reader in [app.key(id::ACME_HOST, "READ_PARTNER"), app.key(id::NORTHWIND, ALL)] {
        reader.send("POST", PATH, "text/csv", partners(1).as_bytes()).is(403);
    }
    machine.clone().stranger().send("POST", PATH, "text/csv", partners(1).as_bytes()).is(401);
    assert_eq!(app.count("organisations"), before);
}

/// `guildhall import` of a file: how it ended, what it said and what it complained of.
fn import(app: &App, arguments: &[&str], file: &str) -> (Output, String, String) {
    let path = std::env::temp_dir().join(format!("{}.csv", guildhall::secrets::new_id(app.now())));
    std::fs::write(&path, file).expect("a file");
    let output = guildhall(app, "import").arg(&path).args(arguments).output().expect("it runs");
    std::fs::remove_file(&path).expect("the file goes");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    (output, said, complained)
}

#[test]
fn the_command_line_imports_what_it_can_and_tells_the_rest() {
    let app = App::start();
    let before = (app.count("organisations"), app.count("audit_events"));
    let file = partners(2_500) + "Northwind Traders,z,true,s,\r\nPartner 7,z,true,s,\r\n";
    let (output, said, complained) = import(&app, &["--tenant", "acme", "--dry-run"], &file);
    assert!(!output.status.success() && said.contains("2500 organisations can be imported"), "{said}{complained}");
    assert_eq!((app.count("organisations"), app.count("audit_events")), before);
    let (output, said, complained) = import(&app, &["--tenant", "acme"], &file);
    assert!(!output.status.success() && said.contains("2500 organisations imported"), "{said}{complained}");
    assert!(complained.contains("row 2502: name: Another organisation has this name."), "{complained}");
    assert!(complained.contains("row 2503: name: Row 8 has the same name."), "{complained}");
    assert_eq!((app.count("organisations"), app.count("audit_events")), (before.0 + 2_500, before.1 + 2_500));
    let (output, _, _) = import(&app, &["--tenant", "acme"], &partners(2_500));
    assert!(!output.status.success());
    assert_eq!(app.count("organisations"), before.0 + 2_500);
    let (output, _, complained) = import(&app, &["--tenant", "nobody"], &partners(1));
    assert!(!output.status.success() && complained.contains("there is no tenant nobody"), "{complained}");
    app.sign_in(Who::Owner).open("/settings/history").shows("Guildhall");
}

#[test]
fn what_was_not_reached_when_somebody_takes_an_import_back_does_not_come_in() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, "WRITE_PARTNER,READ_PARTNER");
    // Somebody does so as soon as the first thousand rows are there.
    app.sql(
        "CREATE FUNCTION take_back() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.undone_at := NEW.created_at; RETURN NEW; END $$;
         CREATE TRIGGER taken_back BEFORE UPDATE ON organisation_imports FOR EACH ROW EXECUTE FUNCTION take_back();",
    );
    let before = app.count("organisations");
    let answer = send(&machine, PATH, &partners(1_003));
    assert_eq!(figures(&answer), [1_003, 1_000, 3]);
    assert_eq!(faults(&answer), [1_002, 1_003, 1_004].map(|row| (row, String::new(), "undone".to_owned())));
    assert_eq!(app.count("organisations"), before + 1_000);
}
