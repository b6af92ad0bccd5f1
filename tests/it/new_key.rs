//! A new secret key in the place of an old one: with the old one named, sessions go on and mails that wait lead home.

use std::sync::Arc;

use actix_web::rt::System;
use guildhall::mail::Worker;
use guildhall::secrets::{self, SecretKey};

use super::support::app::KEY;
use super::support::outbox::Parsed;
use super::support::process::Serving;
use super::support::smtp::SmtpServer;
use super::support::{App, Who};

const NEW: &str = "a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0";
const ANOTHER: &str = "c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0";

#[test]
fn a_session_lives_on_under_a_new_key_that_knows_the_old_one() {
    let app = App::start();
    let owner = app.owner();
    app.sql("UPDATE sessions SET created_at = now(), last_seen_at = now()");
    let cookies = format!("other=1; __Host-guildhall_session={}", owner.cookie("guildhall_session"));
    for (former, status) in [(KEY.to_owned(), 200), (format!("{ANOTHER}, {KEY}"), 200), (ANOTHER.to_owned(), 303)] {
        let serving = Serving::start(&app, &[("GUILDHALL_SECRET_KEY", NEW), ("GUILDHALL_FORMER_SECRET_KEYS", &former)]);
        let headers = [("Host", serving.server.authority.as_str()), ("Cookie", &cookies)];
        serving.server.send("GET", "/account", &headers, b"").is(status);
        serving.stop();
    }
}

#[test]
fn a_mail_that_waited_for_a_new_key_carries_the_link_that_works() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let fields = [("email", "anna@northwind.example")];
    mona.submit("/organisation/invitations/new", super::support::invited::SEND, &fields).is(303);
    let key = |text| SecretKey::from_hex(text).expect("a key");
    let (id, old) = (app.text("SELECT id FROM invitations"), key(KEY));
    let link = secrets::invitation_secret(&old, id.parse().expect("an id"), 1);

    let server = SmtpServer::kind();
    let worker = Worker { key: Arc::new(key(NEW).instead_of(vec![old])), ..app.worker(server.transport()) };
    System::new().block_on(worker.step()).expect("the outbox answers");
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert!(Parsed::of(&received[0].raw).text.contains(&format!("/invitations/{link}\n")));
    app.visitor().open(&format!("/invitations/{link}")).shows("Northwind");
}

#[test]
fn a_mail_whose_key_is_gone_fails_and_does_not_lead_nowhere() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let fields = [("email", "anna@northwind.example")];
    mona.submit("/organisation/invitations/new", super::support::invited::SEND, &fields).is(303);
    let server = SmtpServer::kind();
    let gone = Arc::new(SecretKey::from_hex(NEW).expect("a key"));
    let worker = Worker { key: gone, ..app.worker(server.transport()) };
    System::new().block_on(worker.step()).expect("the outbox answers");
    assert_eq!(server.received().len(), 0);
    assert_eq!(app.text("SELECT state FROM mails WHERE kind = 'invitation'"), "failed");
}
