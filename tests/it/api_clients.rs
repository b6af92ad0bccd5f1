//! Machine credentials through their pages: shown once, narrowed, rotated, ended, and nobody else's.

use guildhall::access::queries::still_stands;
use guildhall::api_clients::{self, Presented};

use super::support::api::ALL;
use super::support::page::words;
use super::support::{Actor, Answer, App, Who, id};

const OWN: &str = "/organisation/api";
const HOST: &str = "/settings/api-clients";
const CREATE: &str = "Create and show the secret";
const ROTATE: &str = "Rotate the secret";
const END: &str = "End the old secret now";

fn new(actor: &mut Actor, place: &str, kind: &str, ticked: &[&str]) -> Answer {
    let fields = ticked.iter().map(|permission| (*permission, "true"));
    let fields: Vec<_> = [("name", "Billing sync"), ("kind", kind)].into_iter().chain(fields).collect();
    actor.submit(&format!("{place}/new"), CREATE, &fields)
}

/// What a page shows under an id.
fn shown(answer: &Answer, id: &str) -> String {
    answer.page().all(&format!("main #{id}")).into_iter().map(words).next().unwrap_or_default()
}

fn ask(app: &App, header: &str, value: &str) -> Answer {
    app.server.send("GET", "/api/v1/me", &[("Host", &app.server.authority), (header, value)], b"")
}

fn with_key(app: &App, key: &str) -> u16 {
    ask(app, "X-Api-Key", key).status
}

fn fetch(app: &App, id: &str, secret: &str) -> Answer {
    let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let headers = [("Host", app.server.authority.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    app.server.send("POST", "/oauth2/token", &headers, body.as_bytes())
}

fn token(app: &App, id: &str, secret: &str) -> String {
    fetch(app, id, secret).is(200).json()["access_token"].as_str().expect("a token").to_owned()
}

fn with_token(app: &App, token: &str) -> u16 {
    ask(app, "Authorization", &format!("Bearer {token}")).status
}

/// The page of the credential that was just shown.
fn page_of(answer: &Answer) -> String {
    answer.page().link("I have copied it")
}

#[test]
fn a_key_is_shown_once_and_works() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let answer = new(&mut mona, OWN, "key", &["READ_PARTNER", "READ_USER"]);
    answer.is(201).shows("it is shown only here").hides("Client ID");
    assert_eq!(answer.header("cache-control"), "no-store");
    let key = shown(&answer, "secret");
    assert!(shown(&answer, "curl").contains(&format!("X-Api-Key: {key}\" {}/api/v1/me", app.server.origin)));
    let me = ask(&app, "X-Api-Key", &key).is(200).json();
    assert_eq!(me["organisationId"], id::NORTHWIND);
    assert_eq!(me["permissions"], serde_json::json!(["READ_PARTNER", "READ_USER"]));
    let hint = &key[key.len() - 4..];
    let page = mona.open(&page_of(&answer));
    page.hides(&key).shows(hint).shows("Created by Mona Manager").shows("See people");
    mona.open(OWN).hides(&key).shows(hint).shows("Billing sync").shows("API key, created by Mona Manager");
}

#[test]
fn a_client_fetches_tokens_that_work() {
    let app = App::start();
    let answer = new(&mut app.owner(), HOST, "client", &["READ_PARTNER"]);
    let (client, secret) = (shown(answer.is(201), "client-id"), shown(&answer, "secret"));
    assert!(shown(&answer, "curl").contains("grant_type=client_credentials"));
    let me = ask(&app, "Authorization", &format!("Bearer {}", token(&app, &client, &secret)));
    assert_eq!(me.is(200).json()["id"], client);
    assert_eq!(with_key(&app, &secret), 401, "a client's secret is no key");
}

#[test]
fn staff_make_one_for_a_partner() {
    let app = App::start();
    let place = format!("/settings/profile/partners/{}/api", id::NORTHWIND);
    let mut adam = app.sign_in(Who::Administrator);
    let answer = new(&mut adam, &place, "key", &["READ_PARTNER"]);
    let me = ask(&app, "X-Api-Key", &shown(answer.is(201), "secret")).is(200).json();
    assert_eq!(me["organisationId"], id::NORTHWIND);
    adam.open(&place).shows("Billing sync");
    app.sign_in(Who::Manager).open(OWN).shows("created by Adam Administrator");
    adam.open(HOST).hides("Billing sync");
}

#[test]
fn the_same_form_sent_twice_makes_one_and_shows_no_secret_again() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let form = mona.open(&format!("{OWN}/new")).page().form(CREATE);
    let form = form.fill("name", "Twice").fill("kind", "key").fill("READ_USER", "true");
    let first = mona.send(&form);
    let key = shown(first.is(201), "secret");
    let again = mona.send(&form);
    again.goes_to(&page_of(&first));
    let page = mona.follow(&again);
    page.hides(&key).shows("Its secret was shown then and cannot be shown again");
    assert_eq!(app.count("api_clients"), 1);
    mona.send(&form.clone().fill("name", "Changed")).is(422).shows("has made a credential already");
    let page = mona.open(&page_of(&first));
    let rotate = page.page().form(ROTATE);
    mona.send(&rotate).is(200);
    mona.send(&rotate).goes_to(&page_of(&first));
    assert_eq!(app.count("api_secrets"), 2);
}

#[test]
fn what_is_missing_or_not_ones_own_is_refused_and_changes_nothing() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let empty = mona.submit(&format!("{OWN}/new"), CREATE, &[]);
    let page = empty.is(422).page();
    assert_eq!(page.error_of("name"), "Error: Enter a name, such as Billing sync.");
    assert_eq!(page.error_of("kind"), "Error: Choose an API client or an API key.");
    assert_eq!(page.error_of("permissions"), "Error: Tick at least one permission.");
    let form = mona.open(&format!("{OWN}/new")).page().form(CREATE).fill("name", "x").fill("kind", "key");
    assert!(form.value("MANAGE_TENANT").is_none());
    mona.send(&form.clone().forge("MANAGE_TENANT", "true")).is(422).shows("permissions that you have yourself");
    mona.send(&form.clone().forge("READ_USER", "yes")).is(422);
    mona.send(&form.clone().fill("READ_USER", "true").fill("kind", "both")).is(422);
    mona.send(&form.clone().fill("READ_USER", "true").fill("name", &"x".repeat(101))).is(422);
    let mut adam = app.sign_in(Who::Administrator);
    let form = adam.open(&format!("{HOST}/new")).page().form(CREATE).fill("name", "x").fill("kind", "key");
    adam.send(&form.forge("MANAGE_TENANT", "true")).is(422);
    let place = format!("/settings/profile/partners/{}/api", id::NORTHWIND);
    let mut owner = app.owner();
    let form = owner.open(&format!("{place}/new")).page().form(CREATE).fill("name", "x").fill("kind", "key");
    owner.send(&form.forge("MANAGE_TENANT", "true")).is(422);
    assert_eq!(app.count("api_clients"), 0);
    new(&mut owner, HOST, "key", &["MANAGE_TENANT"]).is(201);
}

#[test]
fn the_old_secret_works_for_a_week_beside_the_new_one() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let answer = new(&mut mona, OWN, "key", &["READ_USER"]);
    let (page, old) = (page_of(answer.is(201)), shown(&answer, "secret"));
    let rotated = mona.submit(&page, ROTATE, &[]);
    let fresh = shown(rotated.is(200).shows("7 more days"), "secret");
    assert_eq!([with_key(&app, &old), with_key(&app, &fresh)], [200, 200]);
    mona.open(&page).shows(&old[old.len() - 4..]).shows(&fresh[fresh.len() - 4..]).hides(&fresh);
    app.minutes_pass(7 * 24 * 60 - 1);
    assert_eq!([with_key(&app, &old), with_key(&app, &fresh)], [200, 200]);
    app.minutes_pass(1);
    assert_eq!([with_key(&app, &old), with_key(&app, &fresh)], [401, 200]);
}

#[test]
fn the_old_secret_can_be_ended_at_once() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let answer = new(&mut mona, OWN, "client", &["READ_USER"]);
    let (page, client, old) = (page_of(&answer), shown(&answer, "client-id"), shown(&answer, "secret"));
    assert!(!mona.open(&page).page().offers(END));
    let fresh = shown(&mona.submit(&page, ROTATE, &[]), "secret");
    assert_eq!([fetch(&app, &client, &old).status, fetch(&app, &client, &fresh).status], [200, 200]);
    mona.submit(&page, END, &[]).goes_to(&page);
    assert_eq!([fetch(&app, &client, &old).status, fetch(&app, &client, &fresh).status], [401, 200]);
    let history = mona.open("/organisation/history");
    for line in ["created the API credential", "gave a second secret to", "ended the older secret of"] {
        history.shows(&format!("Mona Manager {line} Billing sync"));
    }
}

#[test]
fn a_revoked_credential_and_its_tokens_end_at_once() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let answer = new(&mut mona, OWN, "client", &["READ_USER"]);
    let (page, client, secret) = (page_of(&answer), shown(&answer, "client-id"), shown(&answer, "secret"));
    let token = token(&app, &client, &secret);
    assert_eq!(with_token(&app, &token), 200);
    let asking = mona.open(&mona.clone().open(&page).page().link("Revoke"));
    asking.shows("This cannot be undone");
    mona.press(&asking, "Revoke it", &[]).goes_to(&page);
    assert_eq!((with_token(&app, &token), fetch(&app, &client, &secret).status), (401, 401));
    let after = mona.open(&page).page();
    assert!(!after.offers(ROTATE) && !after.offers("Revoke"));
    mona.open(OWN).hides("Billing sync");
    mona.open(&format!("{OWN}?state=revoked")).shows("Billing sync");
    mona.open("/organisation/history").shows("Mona Manager revoked the API credential Billing sync");
    mona.press(&asking, "Revoke it", &[]).is(404);
}

#[test]
fn nobody_else_sees_or_touches_it() {
    let app = App::start();
    let answer = new(&mut app.sign_in(Who::Manager), OWN, "key", &["READ_USER"]);
    let page = page_of(&answer);
    for who in [Who::OtherOrganisation, Who::OtherTenant, Who::Owner] {
        app.sign_in(who).get(&page).is(404);
    }
    for who in [Who::Member, Who::Auditor] {
        let mut actor = app.sign_in(who);
        for address in [OWN, &page] {
            actor.get(address).is(403);
        }
        assert!(!actor.open("/account").page().offers("API"));
    }
    let partner = format!("/settings/profile/partners/{}", id::NORTHWIND);
    assert!(!app.sign_in(Who::Auditor).open(&partner).page().offers("API"));
    assert!(app.owner().open(&partner).page().offers("API"));
    assert_eq!(app.sign_in(Who::Manager).open("/organisation").page().link("API"), OWN);
    app.owner().open("/settings").shows("API clients and API keys");
}

#[test]
fn a_secret_is_kept_nowhere() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let answer = new(&mut mona, OWN, "client", &["READ_USER"]);
    let (client, secret) = (shown(&answer, "client-id"), shown(&answer, "secret"));
    let token = token(&app, &client, &secret);
    for page in [OWN, &page_of(&answer), "/organisation/history"] {
        mona.open(page).hides(&secret);
    }
    let tables = app.text(
        "SELECT string_agg(table_name, ' ') FROM information_schema.tables
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    for table in tables.split_whitespace() {
        let rows = app.text(&format!("SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"));
        assert!(!rows.contains(&secret[4..40]) && !rows.contains(&token[4..40]), "{table} holds a secret");
    }
}

#[test]
fn last_use_is_told() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let answer = new(&mut mona, OWN, "key", &["READ_USER"]);
    assert_eq!(mona.open(OWN).page().rows()[0][2], "never");
    assert_eq!(mona.open(&page_of(&answer)).page().fact("Last used"), "Never");
    with_key(&app, &shown(&answer, "secret"));
    assert_ne!(mona.open(OWN).page().rows()[0][2], "never");
}

#[test]
fn a_call_under_way_does_not_survive_the_end_of_its_credential() {
    // Its door let it in before; the write asks again.
    for change in ["api_clients SET revoked_at = now()", "organisations SET state = 'suspended'"] {
        let app = App::start();
        let key = app.key(id::NORTHWIND, ALL);
        let mut conn = app.database.connect();
        let presented = Presented::Key(key.secret);
        let (who, _) = api_clients::find(&mut conn, &presented, app.now()).unwrap().expect("the credential is known");
        still_stands(&mut conn, &who).expect("it stands");
        app.sql(&format!("UPDATE {change} WHERE id IN ('{}', '{}')", key.id, id::NORTHWIND));
        assert!(still_stands(&mut conn, &who).is_err(), "{change}");
    }
}
