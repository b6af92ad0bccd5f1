//! Sessions: how long they live, how they end, and cookies that only look like ours.

use diesel::connection::SimpleConnection as _;

use super::support::api::ALL;
use super::support::{App, Who, id};

const COOKIE: &str = "guildhall_session";

#[test]
fn a_session_ends_after_half_an_hour_without_a_request() {
    let app = App::start();
    let mut owner = app.owner();
    for _ in 0..3 {
        app.minutes_pass(29);
        owner.open("/account");
    }
    app.minutes_pass(30);
    owner.get("/account").goes_to("/signin?return_to=%2Faccount");
}

#[test]
fn visits_are_noted_once_a_minute_and_not_while_somebody_holds_the_row() {
    let app = App::start();
    let mut owner = app.owner();
    let key = app.key(id::ACME_HOST, ALL);
    let noted =
        || app.text("SELECT max(last_seen_at) || ' ' || (SELECT max(last_used_at) FROM api_clients) FROM sessions");
    let mut both = || {
        owner.open("/account");
        key.get("/api/v1/me").is(200);
        noted()
    };
    let first = both();
    app.minutes_pass(1);
    assert_eq!(both(), first, "not more than a minute ago");
    app.minutes_pass(1);
    let second = both();
    assert_ne!(second, first);
    app.minutes_pass(2);
    let mut somebody = app.database.connect();
    somebody.batch_execute("BEGIN; SELECT FROM sessions FOR UPDATE; SELECT FROM api_clients FOR UPDATE").expect("held");
    assert_eq!(both(), second, "pages and calls are answered all the same");
    somebody.batch_execute("ROLLBACK").expect("let go");
    assert_ne!(both(), second);
}

#[test]
fn a_session_ends_after_twelve_hours_however_busy() {
    let app = App::start();
    let mut owner = app.owner();
    for _ in 0..35 {
        app.minutes_pass(20);
        owner.open("/account");
    }
    app.minutes_pass(20);
    owner.get("/account").is_sent_to_sign_in();
}

#[test]
fn signing_out_ends_the_session_for_every_copy_of_its_cookie() {
    let app = App::start();
    let mut owner = app.owner();
    let mut thief = owner.clone();
    let done = owner.submit("/account", "Sign out", &[]);
    done.goes_to("/signed-out");
    assert_eq!(done.header("clear-site-data"), "\"cache\", \"storage\"");
    owner.follow(&done).shows("You are signed out").shows("Sign out of the development sign-in too");
    assert_eq!(owner.cookie(COOKIE), "");
    thief.get("/account").is_sent_to_sign_in();
}

#[test]
fn only_a_hash_of_the_cookie_is_stored() {
    let app = App::start();
    let owner = app.owner();
    let stored = app.text("SELECT string_agg(encode(key_hash, 'hex') || device || provider, '') FROM sessions");
    assert!(!owner.cookie(COOKIE).is_empty() && !stored.contains(&owner.cookie(COOKIE)));
    assert_eq!(app.text("SELECT octet_length(key_hash) FROM sessions"), "32");
}

#[test]
fn people_see_and_end_their_own_sessions() {
    let app = App::start();
    let (mut here, mut there, mut third) = (app.owner(), app.owner(), app.owner());
    let page = here.open("/account");
    page.shows("Firefox on Linux").shows("This session");
    let ended = here.press(&page, "End the session on Firefox on Linux", &[]);
    here.follow(&ended).shows("That session is ended.");
    let out = [there.get("/account"), third.get("/account")].iter().filter(|answer| answer.status == 303).count();
    assert_eq!(out, 1, "one of the others is signed out");
    let ended = here.submit("/account", "End all others", &[]);
    here.follow(&ended).shows("One other session is ended.");
    there.get("/account").is_sent_to_sign_in();
    third.get("/account").is_sent_to_sign_in();
    here.open("/account");
}

#[test]
fn nobody_ends_the_session_of_somebody_else() {
    let app = App::start();
    let (mut milo, mut owner) = (app.sign_in(Who::Member), app.owner());
    let theirs = app.text(&format!("SELECT id FROM sessions WHERE user_id = '{}'", id::OWNER));
    let csrf = milo.csrf();
    milo.post(&format!("/account/sessions/{theirs}/end"), &format!("csrf={csrf}")).is(404);
    owner.open("/account");
}

#[test]
fn signing_in_gives_a_new_session_and_ends_the_old_one_of_this_browser() {
    let app = App::start();
    let mut browser = app.owner();
    let mut old = browser.clone();
    browser.sign_in(Who::Administrator.email()).is(200);
    assert_ne!(browser.cookie(COOKIE), old.cookie(COOKIE));
    old.get("/account").is_sent_to_sign_in();
    browser.open("/account").shows("Adam Administrator");
}

#[test]
fn a_session_that_was_planted_is_not_taken_over() {
    let app = App::start();
    let mut browser = app.visitor();
    browser.cookies.push((COOKIE.into(), "planted-by-somebody-else".into()));
    browser.sign_in(Who::Owner.email()).is(200);
    assert_ne!(browser.cookie(COOKIE), "planted-by-somebody-else");
}

#[test]
fn a_cookie_that_only_looks_like_ours_opens_nothing() {
    let app = App::start();
    let owner = app.owner();
    let value = owner.cookie(COOKIE);
    for name in [
        "guildhall%5Fsession",
        "GUILDHALL_SESSION",
        "guildhall_session%20",
        "%67uildhall_session",
        "__Host-guildhall_session",
    ] {
        let mut disguised = app.visitor();
        disguised.cookies.push((name.into(), value.clone()));
        disguised.get("/account").is_sent_to_sign_in();
    }
    let mut tampered = app.visitor();
    let flipped = if value.starts_with('A') { value.replacen('A', "B", 1) } else { format!("A{}", &value[1..]) };
    tampered.cookies.push((COOKIE.into(), flipped));
    tampered.get("/account").is_sent_to_sign_in();
    let mut twice = owner.clone();
    twice.cookies.push((COOKIE.into(), "evil".into()));
    assert_eq!(twice.get("/account").status, 400);
    let mut beside = owner;
    beside.cookies.insert(0, ("guildhall%5Fsession".into(), "evil".into()));
    beside.open("/account");
}

#[test]
fn a_demotion_counts_from_the_next_request_on() {
    let app = App::start();
    let mut adam = app.sign_in(Who::Administrator);
    adam.open("/settings/profile/partners/new");
    app.sql(&format!("UPDATE users SET role = 'auditor' WHERE id = '{}'", id::ADMINISTRATOR));
    adam.get("/settings/profile/partners/new").is(403);
}

#[test]
fn what_was_typed_outlives_the_session() {
    let app = App::start();
    let mut owner = app.owner();
    let form = owner.open("/settings/profile/partners/new");
    app.minutes_pass(45);
    let typed = [("name", "Zebra & Söhne"), ("zuora_account_id", "zu-1"), ("invoice_owner", "end_customer")];
    let sent = owner.press(&form, "Create Partner Organisation", &typed);
    sent.is_sent_to_sign_in();
    let page = owner.follow(&sent);
    page.shows("What you typed is kept");
    let back = owner.sign_in_from(&page, Who::Owner.email());
    assert_eq!(back.page().value_of("name"), "Zebra & Söhne");
    assert_eq!(back.page().value_of("invoice_owner"), "end_customer");
    let created = owner.press(&back, "Create Partner Organisation", &[]);
    owner.follow(&created).shows("Zebra & Söhne is created.");
}

#[test]
fn what_was_typed_is_shown_to_its_author_only() {
    let app = App::start();
    let mut owner = app.owner();
    let form = owner.open("/settings/profile/partners/new");
    app.minutes_pass(45);
    let sent = owner.press(&form, "Create Partner Organisation", &[("name", "Secret plan")]);
    let page = owner.follow(&sent);
    let other = owner.clone().sign_in_from(&page, Who::Administrator.email());
    other.is(200).hides("Secret plan");
    let kept = "SELECT body FROM kept_forms";
    assert!(!app.text(kept).contains("csrf") && !app.text(kept).contains("once"), "{}", app.text(kept));
}

#[test]
fn an_edit_sent_after_its_session_ran_out_comes_back_too() {
    let app = App::start();
    let mut owner = app.owner();
    let path = format!("/settings/profile/partners/{}/edit", id::NORTHWIND);
    let form = owner.open(&path);
    app.minutes_pass(45);
    let sent = owner.press(&form, "Save", &[("name", "Typed for long")]);
    let page = owner.follow(&sent);
    let back = owner.sign_in_from(&page, Who::Owner.email());
    assert_eq!(back.page().value_of("name"), "Typed for long");
    owner.press(&back, "Save", &[]).is(303);
    assert_eq!(app.count("organisations WHERE name = 'Typed for long'"), 1);
}

#[test]
fn a_kept_edit_does_not_overwrite_what_others_saved_meanwhile() {
    let app = App::start();
    let edit = format!("/settings/profile/partners/{}/edit", id::NORTHWIND);
    let mut owner = app.owner();
    let form = owner.open(&edit);
    app.minutes_pass(31);
    let mut administrator = app.sign_in(Who::Administrator);
    administrator.submit(&edit, "Save", &[("name", "Northwind of Adam")]).is(303);
    let sent = owner.press(&form, "Save", &[("name", "Northwind of Olivia")]);
    let sign_in = owner.follow(&sent);
    let kept = owner.sign_in_from(&sign_in, Who::Owner.email());
    kept.shows("What you typed is here; it has not been sent yet.");
    assert_eq!(kept.page().value_of("name"), "Northwind of Olivia");
    owner.press(&kept, "Save", &[]).is(409).shows("Northwind of Adam");
}
