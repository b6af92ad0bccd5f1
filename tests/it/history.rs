//! History: every change in a sentence, on the page where it belongs, and never changed afterwards.

use diesel::connection::SimpleConnection as _;

use super::support::{App, SAVE_USER, Who, id};

/// A page, the button to press there, and what to fill in before.
type Step = (String, &'static str, &'static [(&'static str, &'static str)]);

const PARTNERS: &str = "/settings/profile/partners";

#[test]
fn every_change_is_told_in_a_sentence() {
    let app = App::start();
    let mut owner = app.owner();
    let northwind = format!("{PARTNERS}/{}", id::NORTHWIND);
    let milo = format!("{northwind}/users/{}", id::MEMBER);
    let steps: [Step; 7] = [
        (format!("{northwind}/edit"), "Save", &[("name", "Northwind Ltd")]),
        (format!("{northwind}/users/new"), SAVE_USER, &[("name", "Nina"), ("email", "nina@n.example")]),
        (milo.clone(), "Save", &[("role", "manager")]),
        (milo.clone(), "Suspend access", &[]),
        (milo.clone(), "Resume access", &[]),
        (format!("{milo}/removal"), "Remove Milo Member", &[]),
        (format!("{northwind}/suspension"), "Suspend Northwind Ltd", &[]),
    ];
    for (page, button, fields) in &steps {
        app.minutes_pass(1);
        owner.submit(page, button, fields).is(303);
    }
    let history = owner.open(&format!("{northwind}/history")).page();
    let lines: Vec<_> = history.all("main ol li p").iter().map(|line| super::support::page::words(*line)).collect();
    let expected = [
        "suspended Northwind Ltd",
        "removed Milo Member",
        "resumed Milo Member ’s access",
        "suspended Milo Member ’s access",
        "changed the role of Milo Member to Manager",
        "created the user Nina",
        "renamed Northwind Traders to Northwind Ltd",
    ];
    let expected: Vec<_> = expected.iter().map(|line| format!("Olivia Owner {line}")).collect();
    assert_eq!(lines, expected);
    owner.open("/settings/history").shows("Olivia Owner renamed Northwind Traders to Northwind Ltd");
}

#[test]
fn a_refused_change_leaves_no_trace_and_an_empty_edit_neither() {
    let app = App::start();
    let mut owner = app.owner();
    let before = app.count("audit_events");
    owner.submit(&format!("{PARTNERS}/{}/edit", id::NORTHWIND), "Save", &[("name", "")]).is(422);
    owner.submit(&format!("{PARTNERS}/{}/edit", id::NORTHWIND), "Save", &[]).is(303);
    assert_eq!(app.count("audit_events"), before);
}

#[test]
fn a_manager_reads_the_history_of_their_own_organisation_only() {
    let app = App::start();
    let (mut owner, mut mona) = (app.owner(), app.sign_in(Who::Manager));
    for (organisation, name) in [(id::NORTHWIND, "Northwind Two"), (id::CONTOSO, "Contoso Two")] {
        app.minutes_pass(1);
        owner.submit(&format!("{PARTNERS}/{organisation}/edit"), "Save", &[("name", name)]).is(303);
    }
    mona.open("/organisation/history")
        .shows("Olivia Owner renamed Northwind Traders to Northwind Two")
        .hides("Contoso");
    app.sign_in(Who::Member).get("/organisation/history").is(403);
    mona.get("/settings/history").is(403);
}

#[test]
fn history_cannot_be_changed() {
    let app = App::start();
    app.owner();
    assert!(app.count("audit_events") > 0);
    for statement in ["UPDATE audit_events SET actor_name = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"] {
        let refused = app.database.connect().batch_execute(statement);
        assert!(refused.is_err_and(|error| error.to_string().contains("append-only")), "{statement}");
    }
}

#[test]
fn history_holds_no_secret_and_names_its_request() {
    let app = App::start();
    let mut owner = app.owner();
    let answer = owner.submit(&format!("{PARTNERS}/{}/edit", id::NORTHWIND), "Save", &[("name", "Traced")]);
    let request = answer.header("x-request-id").to_owned();
    assert_eq!(app.text("SELECT request_id FROM audit_events WHERE object_name = 'Traced'"), request);
    let all = app.text("SELECT string_agg(audit_events::text, ' ') FROM audit_events");
    assert!(!all.contains(&owner.cookie("guildhall_session")) && !all.contains("csrf"));
}
