//! *As API call*: what a page shows and what the line on it answers are the same, and every line is a call that exists.

use std::collections::BTreeSet;

use guildhall::api::equivalent;
use serde_json::Value;

use super::support::api::Machine;
use super::support::fixture::{API_CLIENTS, INVITATIONS, RECORDS};
use super::support::page::{select, words};
use super::support::{Actor, Answer, App, Who, id};

const PARTNERS: &str = "/settings/profile/partners";

fn app() -> App {
    let app = App::start();
    for statement in [RECORDS, INVITATIONS, API_CLIENTS] {
        app.sql(statement);
    }
    app.sql(&format!(
        "INSERT INTO mails (id, tenant_id, organisation_id, invitation_id, kind, to_email, to_key, language, letter,
             state, due_at, created_at, updated_at)
         SELECT gen_random_uuid(), tenant_id, organisation_id, id, 'invitation', email, email_key, 'en', '{{}}', 'sent',
             created_at, created_at, created_at FROM invitations WHERE id = '{}'",
        id::invitation(id::CONTOSO)
    ));
    app.sql(&format!(
        "INSERT INTO partner_records (id, tenant_id, organisation_id, company_name, name_key, partner_type, email,
             email_key, sales_amount, frequency, payment_terms, created_at, updated_at)
         SELECT gen_random_uuid(), o.tenant_id, o.id, v.name, lower(v.name), v.kind, 'a@x.example', 'a@x.example',
             1, 'monthly', '30 days', '2026-03-01', '2026-03-01'
         FROM (VALUES ('Émile''s \"Ateliers\"', 'supplier'), ('zebra', 'customer'), ('Älvsjö', 'supplier')) AS v (name, kind)
         CROSS JOIN organisations o WHERE o.id IN ('{host}', '{northwind}');
         INSERT INTO organisations (id, tenant_id, kind, name, name_key, code, state, created_at, updated_at)
         SELECT gen_random_uuid(), '{acme}', 'partner', v.name, lower(v.name), 'C-' || length(v.name), v.state, '2026-03-01', '2026-03-01'
         FROM (VALUES ('Łódź O''Neill', 'active'), ('alpha', 'suspended'), ('Beta Łąka and more', 'active')) AS v (name, state);
         INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at, ended_at)
         VALUES (gen_random_uuid(), '{acme}', '{host}', '{northwind}', '2026-03-01', '2026-03-01', NULL),
             (gen_random_uuid(), '{acme}', '{northwind}', '{contoso}', '2026-03-01', '2026-03-01', NULL),
             (gen_random_uuid(), '{acme}', '{contoso}', '{host}', '2026-03-01', '2026-03-01', '2026-04-01')",
        acme = id::ACME,
        host = id::ACME_HOST,
        northwind = id::NORTHWIND,
        contoso = id::CONTOSO,
    ));
    app
}

/// A line as a shell takes it apart.
fn arguments(line: &str) -> Vec<String> {
    let (mut found, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            ('\'' | '"', None) => quote = Some(letter),
            ('\\', None) => word.extend(letters.next().filter(|next| *next != '\n')),
            (' ', None) if !word.is_empty() => found.push(std::mem::take(&mut word)),
            (' ', None) => {}
            _ => word.push(letter),
        }
    }
    found.extend((!word.is_empty()).then_some(word));
    found
}

/// The line of a page and the permissions that it names.
fn line(page: &Answer) -> Option<(Vec<String>, String)> {
    let page = page.page();
    let section = page.all("main details.as-call").into_iter().next()?;
    let raw = section.select(&select("pre")).next().expect("a line").text().collect::<String>();
    Some((arguments(&raw), words(section.select(&select("p code")).next().expect("permissions"))))
}

/// Runs a line by a key of this organisation that has just what the page says.
fn run(app: &App, organisation: &str, (line, permissions): &(Vec<String>, String)) -> Value {
    assert_eq!(line[0], "curl");
    let address = line[1].strip_prefix(&app.server.origin).unwrap_or_else(|| panic!("{line:?}"));
    assert_eq!(line[2..4], ["-H", "X-Api-Key: $API_KEY"]);
    let machine: Machine = app.key(organisation, &permissions.replace(' ', ","));
    match &line[4..] {
        [] => machine.get(address).is(200).json(),
        [h, kind, d, body] => {
            assert_eq!((h.as_str(), kind.as_str(), d.as_str()), ("-H", "Content-Type: application/json", "-d"));
            machine.send("POST", address, "application/json", body.as_bytes()).is(200).json()
        }
        _ => panic!("{line:?}"),
    }
}

fn ids(answer: &Value) -> Vec<String> {
    let one = |item: &Value| item["id"].as_str().expect("an id").to_owned();
    match answer["data"].as_array() {
        Some(items) => items.iter().map(one).collect(),
        None => vec![one(answer)],
    }
}

/// The ids that a page's rows lead to.
fn shown(page: &Answer) -> Vec<String> {
    let page = page.page();
    let links = page.all("main table tbody a.row-link").into_iter().filter_map(|link| link.value().attr("href"));
    links.map(|href| href.rsplit('/').next().expect("an id").to_owned()).collect()
}

#[track_caller]
fn same(app: &App, (somebody, organisation): (&mut Actor, &str), address: &str, in_order: bool) -> usize {
    let page = somebody.open(address);
    let line = line(&page).unwrap_or_else(|| panic!("{address} has no call"));
    let (mut wanted, mut answered) = (shown(&page), ids(&run(app, organisation, &line)));
    // Making the key that asks has made one more credential.
    if address.contains("api") && !address.contains("revoked") {
        wanted = shown(&somebody.open(address));
    }
    if !in_order {
        wanted.sort();
        answered.sort();
    }
    assert_eq!(answered, wanted, "{address}: {line:?}");
    wanted.len()
}

#[test]
fn a_list_and_its_call_answer_the_same_rows() {
    let app = app();
    let (mut owner, mut manager) = (app.owner(), app.sign_in(Who::Manager));
    let users = format!("{PARTNERS}/{}/users", id::NORTHWIND);
    for (address, rows) in [
        (PARTNERS.to_owned(), 5),
        (format!("{PARTNERS}?state=suspended"), 1),
        (format!("{PARTNERS}?q=lodz+o%27neill"), 1),
        (format!("{PARTNERS}?q=%C5%81%C3%B3d%C5%BA"), 1),
        (format!("{PARTNERS}?q=la"), 1),
        (format!("{PARTNERS}?q=nothing%20at%20all"), 0),
        (format!("{PARTNERS}?sort=name&order=descending"), 5),
        (format!("{PARTNERS}?sort=name"), 5),
        (users, 2),
        ("/settings/staff".into(), 3),
        ("/settings/partner-records".into(), 4),
        ("/settings/partner-records?type=supplier".into(), 2),
        ("/settings/partner-records?q=emile%27s+ate".into(), 1),
        ("/settings/partner-records?sort=sales".into(), 4),
        ("/settings/connections".into(), 1),
        ("/settings/connections?state=ended".into(), 1),
        ("/settings/api-clients?state=revoked".into(), 0),
    ] {
        let in_order = address.contains("sort=name") || address == "/settings/partner-records";
        assert_eq!(same(&app, (&mut owner, id::ACME_HOST), &address, in_order), rows, "{address}");
    }
    for (address, rows) in [
        ("/organisation/users", 2),
        ("/organisation/partners", 4),
        ("/organisation/partners?type=customer&q=ze", 1),
        ("/organisation/connections", 2),
        ("/organisation/connections?state=ended", 0),
    ] {
        assert_eq!(same(&app, (&mut manager, id::NORTHWIND), address, false), rows, "{address}");
    }
    assert!(same(&app, (&mut owner, id::ACME_HOST), "/settings/api-clients", false) > 1);
    assert!(same(&app, (&mut manager, id::NORTHWIND), "/organisation/api", false) > 1);
}

#[test]
fn what_staff_see_of_a_partners_own_lists_the_calls_below_it_answer() {
    let app = app();
    let mut owner = app.owner();
    for (address, rows) in [
        (format!("{PARTNERS}/{}/partners?sort=created", id::NORTHWIND), 4),
        (format!("{PARTNERS}/{}/partners?type=supplier&q=emile", id::NORTHWIND), 1),
        (format!("{PARTNERS}/{}/connections", id::CONTOSO), 1),
        (format!("{PARTNERS}/{}/connections?state=ended", id::CONTOSO), 1),
    ] {
        assert_eq!(same(&app, (&mut owner, id::ACME_HOST), &address, false), rows, "{address}");
    }
}

#[test]
fn a_list_of_invitations_and_its_call_answer_the_same_rows() {
    let app = app();
    let mut owner = app.owner();
    for (address, rows) in [
        ("/settings/invitations".into(), 3),
        ("/settings/invitations?q=contoso".into(), 1),
        ("/settings/invitations?state=declined".into(), 0),
        ("/settings/invitations?delivery=sent".into(), 1),
        (format!("/settings/invitations?inviter={}", id::MANAGER), 1),
        (format!("{PARTNERS}/{}/invitations", id::NORTHWIND), 1),
    ] {
        assert_eq!(same(&app, (&mut owner, id::ACME_HOST), &address, false), rows, "{address}");
    }
}

#[test]
fn a_page_of_one_thing_names_it() {
    let app = app();
    let (mut owner, mut manager) = (app.owner(), app.sign_in(Who::Manager));
    let staff = [
        format!("{PARTNERS}/{}", id::NORTHWIND),
        format!("{PARTNERS}/{}/users/{}", id::NORTHWIND, id::MEMBER),
        format!("{PARTNERS}/{}/partners/{}", id::NORTHWIND, id::record(id::NORTHWIND)),
        format!("/settings/staff/{}", id::AUDITOR),
        format!("/settings/partner-records/{}", id::record(id::ACME_HOST)),
        format!("/settings/api-clients/{}", id::api_client(id::ACME_HOST)),
        format!("/settings/invitations/{}", id::invitation(id::ACME_HOST)),
        format!("{PARTNERS}/{}/invitations/{}", id::NORTHWIND, id::invitation(id::NORTHWIND)),
    ];
    let own = [
        format!("/organisation/users/{}", id::MEMBER),
        format!("/organisation/partners/{}", id::record(id::NORTHWIND)),
        format!("/organisation/api/{}", id::api_client(id::NORTHWIND)),
        format!("/organisation/invitations/{}", id::invitation(id::NORTHWIND)),
    ];
    let of_staff = staff.iter().map(|page| (page, true));
    for (address, is_staff) in of_staff.chain(own.iter().map(|page| (page, false))) {
        let (somebody, organisation) =
            if is_staff { (&mut owner, id::ACME_HOST) } else { (&mut manager, id::NORTHWIND) };
        let line = line(&somebody.open(address)).unwrap_or_else(|| panic!("{address} has no call"));
        let wanted = address.rsplit('/').next().expect("an id");
        assert_eq!(ids(&run(&app, organisation, &line)), [wanted], "{address}");
    }
    let home = line(&manager.open("/organisation")).expect("a call");
    assert_eq!(ids(&run(&app, id::NORTHWIND, &home)), [id::NORTHWIND]);
}

#[test]
fn histories_and_invitations_answer_what_their_pages_tell() {
    let app = app();
    let (mut owner, mut manager) = (app.owner(), app.sign_in(Who::Manager));
    owner.submit(&format!("{PARTNERS}/{}/edit", id::NORTHWIND), "Save", &[("name", "Northwind Renamed")]).is(303);
    let partner = format!("{PARTNERS}/{}/history", id::NORTHWIND);
    for (address, staff) in [("/settings/history", true), (partner.as_str(), true), ("/organisation/history", false)] {
        let (somebody, organisation) = if staff { (&mut owner, id::ACME_HOST) } else { (&mut manager, id::NORTHWIND) };
        let page = somebody.open(address);
        let answer = run(&app, organisation, &line(&page).expect("a call"));
        let told = page.page().all("main .event").len();
        assert!(told > 0, "{address}");
        assert_eq!(ids(&answer).len(), told, "{address}");
        assert!(answer["data"].to_string().contains("Northwind Renamed"), "{answer}");
    }
    for (address, found) in [
        ("/organisation/invitations", 1),
        ("/organisation/invitations?state=waiting", 1),
        ("/organisation/invitations?state=declined", 0),
    ] {
        let page = manager.open(address);
        let answer = run(&app, id::NORTHWIND, &line(&page).expect("a call"));
        let emails: Vec<_> = answer["data"].as_array().expect("items").iter().map(|one| one["email"].clone()).collect();
        assert_eq!(emails.len(), found, "{address}");
        assert!(emails.iter().all(|email| page.text().contains(email.as_str().expect("an address"))), "{address}");
    }
}

#[test]
fn the_programme_its_bin_and_what_was_received_answer_what_their_pages_tell() {
    let app = app();
    app.sql(&format!(
        "UPDATE invitations SET to_organisation_id = '{}' WHERE id = '{}';
         UPDATE organisations SET state = 'deleted', deleted_at = '2026-11-19 09:00Z', state_before_deletion = 'active'
         WHERE name IN ('alpha', 'Beta Łąka and more')",
        id::NORTHWIND,
        id::invitation(id::CONTOSO)
    ));
    let (mut owner, mut manager) = (app.owner(), app.sign_in(Who::Manager));
    let profile = owner.open("/settings/profile");
    let answer = run(&app, id::ACME_HOST, &line(&profile).expect("a call"));
    profile.shows(answer["name"].as_str().expect("a name"));
    let bin = owner.open("/settings/bin");
    let answer = run(&app, id::ACME_HOST, &line(&bin).expect("a call"));
    assert_eq!(answer["totalElements"], 2);
    for item in answer["data"].as_array().expect("items") {
        bin.shows(item["name"].as_str().expect("a name"));
    }
    for (address, staff, number) in [
        ("/organisation/invitations/received", false, 1),
        (format!("{PARTNERS}/{}/invitations/received", id::NORTHWIND).as_str(), true, 1),
        ("/settings/invitations/received", true, 0),
    ] {
        let (somebody, organisation) = if staff { (&mut owner, id::ACME_HOST) } else { (&mut manager, id::NORTHWIND) };
        let page = somebody.open(address);
        let answer = run(&app, organisation, &line(&page).expect("a call"));
        assert_eq!(ids(&answer).len(), number, "{address}");
        for item in answer["data"].as_array().expect("items") {
            page.shows(item["email"].as_str().expect("an address"))
                .shows(item["organisationName"].as_str().expect("a name"));
        }
    }
}

#[test]
fn nothing_is_promised_that_the_api_does_not_answer() {
    let app = app();
    let (mut owner, mut manager) = (app.owner(), app.sign_in(Who::Manager));
    for address in [
        format!("{PARTNERS}?q=manager@northwind"),
        format!("{PARTNERS}?q=00000000-0000"),
        format!("{PARTNERS}/new"),
        "/settings/partner-records?invitation=invited".into(),
        "/settings/invitations?state=stuck".into(),
        "/settings/invitations?age=week".into(),
        "/settings/invitations?delivery=nowhere".into(),
        "/settings".into(),
    ] {
        assert!(line(&owner.open(&address)).is_none(), "{address}");
    }
    app.sql(&format!("UPDATE organisations SET state = 'deleted', deleted_at = now(), state_before_deletion = 'active' WHERE id = '{}'", id::CONTOSO));
    assert!(line(&owner.open(&format!("{PARTNERS}/{}", id::CONTOSO))).is_none(), "it is not read by its id any more");
    assert!(line(&owner.get(&format!("{PARTNERS}/{}", id::RANDOM))).is_none(), "nothing is shown");
    assert!(line(&manager.get(PARTNERS)).is_none(), "nothing is shown");
    // Members come for something else; they can make no credential.
    assert!(line(&app.sign_in(Who::Member).open("/organisation")).is_none());
}

#[test]
fn every_call_that_is_named_is_in_the_document() {
    let app = App::start();
    let document = app.visitor().get("/api/openapi.json").is(200).json();
    let mut pages = BTreeSet::new();
    for (page, method, path) in equivalent::named() {
        assert!(document["paths"][&path][method].is_object(), "{page} names {method} {path}");
        pages.insert(page);
    }
    assert!(pages.len() > 20, "{pages:?}");
}
