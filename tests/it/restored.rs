//! A restored backup: nothing that may have left since is sent again, and nobody who may have signed out is signed in.

use std::process::Command;

use actix_web::rt::System;

use super::support::App;
use super::support::app::KEY;
use super::support::outbox::invite;
use super::support::smtp::SmtpServer;

/// As if the data had come from another database than the one that it lies in.
const MOVED: &str = "UPDATE installation SET mark = 'another cluster/1'";

fn states(app: &App) -> String {
    app.text("SELECT coalesce(string_agg(state || ' ' || number, ', ' ORDER BY state), '') FROM (SELECT state, count(*) AS number FROM mails GROUP BY state) AS all_of_them")
}

fn send(app: &App, server: &SmtpServer) {
    System::new().block_on(app.worker(server.transport()).step()).expect("the outbox answers");
}

/// `guildhall restored` with these arguments; what it says.
fn command(app: &App, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
    command.arg("restored").args(arguments).env_clear().envs([
        ("DATABASE_URL", app.database.url.as_str()),
        ("BASE_URL", "https://partners.acme.example"),
        ("GUILDHALL_SECRET_KEY", KEY),
        ("OIDC_PROVIDERS", "google"),
        ("OIDC_GOOGLE_ISSUER", "https://accounts.google.com"),
        ("OIDC_GOOGLE_CLIENT_ID", "guildhall"),
    ]);
    let done = command.output().expect("the command runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// Security part 5, row 27.
#[test]
fn mails_that_were_due_are_held_and_those_whose_time_had_not_come_are_not() {
    let (app, server) = (App::start(), SmtpServer::kind());
    invite(&app, 1..4);
    app.sql("UPDATE mails SET due_at = due_at + interval '1 hour' WHERE id = (SELECT min(id::text)::uuid FROM mails)");
    let mut owner = app.owner();
    app.sql(MOVED);
    send(&app, &server);
    assert_eq!((server.received().len(), states(&app)), (0, "held 2, queued 1".into()));
    owner.get("/settings/profile/partners").is(303);
    let health = app.server.send("GET", "/health/worker", &[("Host", "10.0.0.1")], b"").is(200).body.clone();
    assert!(health.contains("\"held\":2") && health.contains("\"restored_at\":\"2026-11-20T12:00:00Z\""), "{health}");
    // It is noticed once: what is caused from now on leaves.
    invite(&app, 4..5);
    app.minutes_pass(61);
    send(&app, &server);
    assert_eq!((server.received().len(), states(&app)), (2, "held 2, sent 2".into()));
    app.owner().get("/settings/history").is(200).shows("was restored from a backup");
}

#[test]
fn held_mails_are_sent_or_dropped_by_a_command() {
    let (app, server) = (App::start(), SmtpServer::kind());
    invite(&app, 1..3);
    app.sql(MOVED);
    send(&app, &server);
    assert!(command(&app, &["--release"]).starts_with("2 mails are on their way."));
    assert_eq!(states(&app), "queued 2");
    // The command has the machine's own time, so the mails are due now and their invitations over for this portal's clock.
    app.sql("UPDATE mails SET due_at = created_at");
    send(&app, &server);
    assert_eq!((server.received().len(), states(&app)), (2, "sent 2".into()));

    invite(&app, 3..5);
    app.sql(MOVED);
    send(&app, &server);
    assert!(command(&app, &["--drop"]).starts_with("2 mails will not be sent."));
    assert_eq!(states(&app), "cancelled 2, sent 2");
}

/// A restore of files or to a point in time looks like the same database.
#[test]
fn a_restore_in_place_is_said_by_command() {
    let (app, server) = (App::start(), SmtpServer::kind());
    invite(&app, 1..3);
    app.sql("UPDATE mails SET due_at = now() - interval '1 minute'");
    assert!(command(&app, &[]).starts_with("2 mails that were due are held"));
    send(&app, &server);
    assert_eq!((server.received().len(), states(&app)), (0, "held 2".into()));
}

#[test]
fn staff_can_send_a_held_invitation_again_and_it_leaves_once() {
    let (app, server) = (App::start(), SmtpServer::kind());
    invite(&app, 1..2);
    app.sql(MOVED);
    send(&app, &server);
    app.minutes_pass(6);
    let mut owner = app.owner();
    let page = format!(
        "/settings/profile/partners/{}/invitations/{}",
        super::support::id::NORTHWIND,
        super::support::outbox::nth(1)
    );
    let page = owner.get(&page);
    page.is(200).shows("Held back").shows("restored from a backup");
    owner.press(&page, "Send again", &[]).is(303);
    send(&app, &server);
    assert_eq!((server.received().len(), app.count("mails WHERE state = 'held'")), (1, 0));
}
