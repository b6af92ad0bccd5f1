//! The outbox and its worker, against mail servers on their good and bad days.

use std::collections::BTreeMap;

use actix_web::rt::System;
use guildhall::mail::{self, Done, Kind, SmtpUrl, Worker};
use uuid::Uuid;

use super::support::outbox::{Parsed, address, invite, letter, nth, post};
use super::support::smtp::{Act, SmtpServer, Step};
use super::support::{App, id};

fn step(worker: &Worker) -> Done {
    System::new().block_on(worker.step()).expect("the outbox answers")
}

/// Works until nothing is due any more.
fn work(worker: &Worker) -> usize {
    let steps = std::iter::from_fn(|| Some(step(worker).claimed()).filter(|claimed| *claimed > 0));
    steps.sum()
}

/// A portal with one mail, tried once with this plan.
fn tried(plan: impl Fn(usize, Step) -> Act + Send + Sync + 'static) -> (App, SmtpServer, Worker) {
    let app = App::start();
    invite(&app, 1..2);
    let server = SmtpServer::start(plan);
    let worker = app.worker(server.transport());
    assert_eq!(step(&worker).claimed(), 1);
    (app, server, worker)
}

/// State, code and words of the only mail.
fn told(app: &App) -> (String, String) {
    let state = app.text("SELECT state || coalesce(' ' || last_code, '') FROM mails");
    (state, app.text("SELECT coalesce(last_error, '') FROM mails"))
}

/// Acts badly at one step of the first connection.
fn first(step: Step, act: Act) -> impl Fn(usize, Step) -> Act + Send + Sync + 'static {
    move |connection, at| if connection == 0 && at == step { act } else { Act::Well }
}

#[test]
fn a_mail_leaves_once_and_its_row_says_so() {
    let (app, server, worker) = tried(|_, _| Act::Slowly);
    assert_eq!(told(&app), ("sent 250".into(), String::new()));
    assert_eq!(step(&worker), Done::default(), "nothing is due any more");
    let received = server.received();
    assert_eq!((received.len(), received[0].to.as_str()), (1, address(1).as_str()));
    let mail = Parsed::of(&received[0].raw);
    assert_eq!(mail.header("To"), address(1));
    assert!(mail.header("Message-ID").ends_with(".1@localhost>"));
    let key = guildhall::secrets::SecretKey::from_hex(super::support::app::KEY).unwrap();
    let secret = guildhall::secrets::invitation_secret(&key, nth(1), 1);
    assert!(mail.text.contains(&format!("{}/invitations/{secret}\n", app.server.origin)), "{}", mail.text);
    assert_eq!(app.text("SELECT unconfirmed || ' ' || attempts FROM mails"), "0 1");
}

#[test]
fn a_server_that_asks_for_patience_gets_it_at_every_step() {
    for at in [Step::Greeting, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::Content] {
        let (app, server, worker) = tried(first(at, Act::Say("451-4.7.1 Come\r\n451 back later")));
        let (state, words) = told(&app);
        assert_eq!(state, "deferred 451", "{at:?}");
        assert!(words.contains("back later") && !words.contains('\n'), "{at:?}: {words}");
        assert_eq!(step(&worker).claimed(), 0, "not before its time");
        app.minutes_pass(1);
        assert_eq!((step(&worker).sent, server.received().len()), (1, 1), "{at:?}");
        assert_eq!(app.text("SELECT unconfirmed || ' ' || attempts FROM mails"), "0 2");
    }
}

#[test]
fn a_mail_that_the_server_refuses_fails_at_once_with_its_words() {
    for at in [Step::Rcpt, Step::Data, Step::Content] {
        let (app, server, worker) = tried(first(at, Act::Say("550 5.1.1 No \u{202e}such\u{7} person")));
        assert_eq!(told(&app), ("failed 550".into(), "5.1.1 No such person".into()), "{at:?}");
        app.minutes_pass(60);
        assert_eq!((step(&worker).claimed(), server.received().len()), (0, 0), "{at:?}");
    }
}

#[test]
fn a_server_that_refuses_the_portal_defers_the_mail() {
    for (at, said) in [
        (Step::Greeting, "554 5.7.1 You are not welcome"),
        (Step::Ehlo, "550 No"),
        (Step::Mail, "530 5.7.0 Authentication required"),
        (Step::Rcpt, "530 5.7.0 Authentication required"),
    ] {
        let (app, server, worker) = tried(first(at, Act::Say(said)));
        assert_eq!(told(&app).0, format!("deferred {}", &said[..3]), "{at:?}");
        app.minutes_pass(1);
        assert_eq!((step(&worker).sent, server.received().len()), (1, 1), "{at:?}");
    }
}

#[test]
fn a_silent_or_vanishing_server_defers_the_mail() {
    for (at, act) in [
        (Step::Greeting, Act::Hang),
        (Step::Greeting, Act::Drop),
        (Step::Greeting, Act::Say("HTTP/1.1 400 Bad Request")),
        (Step::Mail, Act::Drop),
        (Step::Rcpt, Act::Hang),
        (Step::Data, Act::Hang),
        (Step::Data, Act::Drop),
    ] {
        let (app, server, worker) = tried(first(at, act));
        let (state, words) = told(&app);
        assert_eq!(state, "deferred", "{at:?} {act:?}");
        assert!(words.starts_with("The mail server "), "{at:?} {act:?}: {words}");
        assert_eq!(app.text("SELECT unconfirmed FROM mails"), "0", "no content left");
        app.minutes_pass(1);
        assert_eq!((step(&worker).sent, server.received().len()), (1, 1), "{at:?} {act:?}");
    }
}

#[test]
fn no_server_at_all_costs_nothing_but_time_and_after_five_days_the_mail() {
    let app = App::start();
    invite(&app, 1..2);
    let url = SmtpUrl::parse("smtp://127.0.0.1:1").unwrap();
    let worker = app.worker(mail::Transport::Smtp(mail::Smtp::new(url, "x.example").unwrap()));
    app.sql("UPDATE invitations SET expires_at = expires_at + interval '30 days'");
    let mut tries = 0;
    while step(&worker).deferred == 1 {
        tries += 1;
        app.sql(&format!("UPDATE mails SET due_at = '{}'", app.now().to_rfc3339()));
        app.minutes_pass(240);
    }
    assert_eq!(tries, 30, "four hours apart, five days long");
    assert_eq!(told(&app).0, "failed");
}

/// RFC 1047: content sent, no answer. One more copy is risked, and no third.
#[test]
fn a_mail_that_is_never_confirmed_is_risked_twice_and_no_more() {
    for act in [Act::Hang, Act::Drop] {
        let (app, server, worker) = tried(move |_, at| if at == Step::Content { act } else { Act::Well });
        assert_eq!(told(&app).0, "deferred", "{act:?}");
        app.minutes_pass(1);
        assert_eq!(step(&worker).failed, 1, "{act:?}");
        assert!(told(&app).1.contains("may have arrived"), "{:?}", told(&app));
        app.minutes_pass(600);
        assert_eq!(step(&worker).claimed(), 0);
        let received = server.received();
        assert_eq!(received.len(), 2, "{act:?}");
        assert_eq!(received[0].raw, received[1].raw, "every copy is the same, link and Message-ID included");
    }
}

#[test]
fn a_definite_answer_later_does_not_make_an_unknown_copy_forgotten() {
    let plan = |connection, at| match (connection, at) {
        (0 | 2, Step::Content) => Act::Drop,
        (1, Step::Content) => Act::Say("451 Later"),
        _ => Act::Well,
    };
    let (app, server, worker) = tried(plan);
    for _ in 0..5 {
        app.minutes_pass(600);
        work(&worker);
    }
    assert_eq!((told(&app).0, server.received().len()), ("failed".into(), 2));
}

#[test]
fn a_connection_that_breaks_inside_the_content_is_tried_again() {
    let (app, server, worker) = tried(first(Step::Data, Act::DropInside));
    assert_eq!((told(&app).0.as_str(), server.received().len()), ("deferred", 0));
    app.minutes_pass(1);
    assert_eq!((step(&worker).sent, server.received().len()), (1, 1));
}

#[test]
fn what_a_suspended_organisation_sends_waits_until_it_is_resumed() {
    for name in ["Northwind Traders", "Acme Software"] {
        let app = App::start();
        invite(&app, 1..2);
        app.sql(&format!("UPDATE organisations SET state = 'suspended' WHERE name = '{name}'"));
        let server = SmtpServer::kind();
        let worker = app.worker(server.transport());
        assert_eq!((step(&worker).sent, server.received().len()), (0, 0), "{name}");
        app.sql("UPDATE organisations SET state = 'active'");
        app.minutes_pass(10);
        assert_eq!((step(&worker).sent, server.received().len()), (1, 1), "{name}");
    }
}

#[test]
fn what_is_no_longer_true_does_not_leave() {
    for change in [
        "UPDATE invitations SET state = 'revoked'",
        "UPDATE invitations SET state = 'superseded'",
        "UPDATE invitations SET state = 'accepted'",
        "UPDATE invitations SET generation = 2",
        "UPDATE invitations SET expires_at = '2026-11-20 12:00Z'",
        "UPDATE organisations SET state = 'deleted', deleted_at = now() WHERE name = 'Northwind Traders'",
        "INSERT INTO mail_stops SELECT organisation_id, email_key, now() FROM invitations",
    ] {
        let app = App::start();
        invite(&app, 1..2);
        for kind in [Kind::Reminder, Kind::Accepted, Kind::Declined] {
            post(&app, 1, kind, &letter(&app));
        }
        app.sql(change);
        let server = SmtpServer::kind();
        let done = step(&app.worker(server.transport()));
        assert_eq!((done.cancelled, done.sent), (2, 2), "{change}");
        assert_eq!(
            app.text("SELECT string_agg(kind, ' ' ORDER BY kind) FROM mails WHERE state = 'sent'"),
            "accepted declined"
        );
        assert_eq!(app.count("mails WHERE lease IS NOT NULL"), 0);
    }
}

#[test]
fn a_reminder_leaves_only_while_it_is_wanted() {
    let app = App::start();
    invite(&app, 1..2);
    post(&app, 1, Kind::Reminder, &letter(&app));
    app.sql("UPDATE invitations SET reminder = false");
    let server = SmtpServer::kind();
    let done = step(&app.worker(server.transport()));
    assert_eq!((done.sent, done.cancelled), (1, 1));
    assert!(String::from_utf8_lossy(&server.received()[0].raw).contains("invites"));
}

/// Taken back between the claim and the content: the server has said 354 and gets nothing.
#[test]
fn a_mail_that_is_taken_back_at_the_last_moment_stays() {
    let app = App::start();
    invite(&app, 1..2);
    let url = app.database.url.clone();
    let server = SmtpServer::start(move |_, at| {
        if at == Step::Data {
            use diesel::Connection as _;
            let mut conn = diesel::pg::PgConnection::establish(&url).expect("the database answers");
            mail::cancel(&mut conn, nth(1), chrono::DateTime::UNIX_EPOCH).expect("the mail is taken back");
        }
        Act::Well
    });
    assert_eq!(step(&app.worker(server.transport())).dropped, 1);
    assert_eq!((told(&app).0.as_str(), server.received().len()), ("cancelled", 0));
}

#[test]
fn a_late_worker_writes_nothing_about_a_mail_that_another_has() {
    let app = App::start();
    invite(&app, 1..2);
    let url = app.database.url.clone();
    let server = SmtpServer::start(move |_, at| {
        if at == Step::Rcpt {
            use diesel::Connection as _;
            use diesel::connection::SimpleConnection as _;
            let mut conn = diesel::pg::PgConnection::establish(&url).expect("the database answers");
            let other = Uuid::from_u128(9);
            conn.batch_execute(&format!("UPDATE mails SET lease = '{other}'")).expect("another worker takes it");
        }
        Act::Well
    });
    assert_eq!(step(&app.worker(server.transport())).dropped, 1);
    assert_eq!((told(&app).0.as_str(), server.received().len()), ("queued", 0));
    app.minutes_pass(1);
    assert_eq!(step(&app.worker(SmtpServer::kind().transport())).claimed(), 1, "its lease runs out");
}

#[test]
fn a_damaged_letter_fails_alone() {
    let app = App::start();
    invite(&app, 1..4);
    app.sql(&format!("UPDATE mails SET letter = 'null' WHERE invitation_id = '{}'", nth(2)));
    let server = SmtpServer::kind();
    let done = step(&app.worker(server.transport()));
    assert_eq!((done.sent, done.failed), (2, 1));
}

/// Security part 3, row 13.
#[test]
fn three_workers_at_once_send_three_hundred_mails_once_each() {
    let app = App::start();
    invite(&app, 0..300);
    let server = SmtpServer::kind();
    let workers: Vec<_> = (0..3).map(|_| app.another_worker(server.transport())).collect();
    std::thread::scope(|scope| {
        for worker in &workers {
            scope.spawn(|| work(worker));
        }
    });
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for mail in server.received() {
        *copies.entry(mail.to).or_default() += 1;
    }
    assert_eq!((copies.len(), copies.values().max()), (300, Some(&1)));
    assert_eq!(app.count("mails WHERE state = 'sent' AND attempts = 1 AND unconfirmed = 0"), 300);
}

/// Sixty mails and a server that does something else wrong each time: nothing lost, nothing doubled but in the gap.
#[test]
fn in_any_disorder_every_mail_is_accounted_for() {
    const STEPS: [Step; 6] = [Step::Greeting, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::Content];
    const ACTS: [Act; 6] =
        [Act::Well, Act::Say("421 4.3.2 Closing"), Act::Say("452 4.2.2 Full"), Act::Drop, Act::Hang, Act::DropInside];
    let app = App::start();
    invite(&app, 0..60);
    let server = SmtpServer::start(|connection, at| {
        let (wrong_at, wrong) = (STEPS[connection % 6], ACTS[(connection / 6) % 6]);
        let inside = wrong == Act::DropInside && at != Step::Data;
        if connection < 200 && at == wrong_at && !inside { wrong } else { Act::Well }
    });
    let worker = app.worker(server.transport());
    app.sql("UPDATE invitations SET expires_at = expires_at + interval '30 days'");
    while app.count("mails WHERE state IN ('queued', 'deferred')") > 0 {
        work(&worker);
        app.minutes_pass(240);
    }
    let mut copies: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    for mail in server.received() {
        copies.entry(mail.to).or_default().push(mail.confirmed);
    }
    for n in 0..60 {
        let state = app.text(&format!("SELECT state FROM mails WHERE invitation_id = '{}'", nth(n)));
        let copies = copies.remove(&address(n)).unwrap_or_default();
        let confirmed = copies.iter().filter(|confirmed| **confirmed).count();
        assert_eq!(confirmed, usize::from(state == "sent"), "{n}: {state}, {copies:?}");
        assert!(copies.len() <= 2, "{n}: {copies:?}");
        assert!(state == "sent" || state == "failed", "{n}: {state}");
    }
    assert!(app.count("mails WHERE state = 'sent'") > 50);
}

#[test]
fn development_mode_keeps_mail_for_people_and_programs() {
    let app = App::start();
    invite(&app, 1..3);
    app.mails();
    app.minutes_pass(1);
    post(&app, 1, Kind::Accepted, &letter(&app));
    let mails = app.mails();
    assert_eq!(mails.len(), 3);
    assert_eq!((mails[0].to.as_str(), mails[0].sent_at), (address(1).as_str(), app.now()));
    assert!(mails.iter().all(|mail| mail.html.contains("</html>")));
    assert!(mails[1].link().starts_with("/invitations/"), "{}", mails[1].text);
    let page = app.visitor().open("/dev/mail");
    page.shows(&mails[1].subject).shows(mails[1].text.lines().next().unwrap_or_default());
    let (page, link) = (page.page(), mails[1].link());
    let links = page.all("pre a[href]").into_iter().filter_map(|link| link.value().attr("href"));
    assert_eq!(links.filter(|href| href.ends_with(&link)).count(), 1);
}

#[test]
fn a_mailbox_survives_a_restart_and_a_line_cut_short() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = super::support::cluster::folder().join("mails-of-a-test.jsonl");
    let kept = |n: usize| mail::mailbox::Kept {
        to: address(n),
        subject: "A\nB".into(),
        text: "t".into(),
        html: "h".into(),
        sent_at: chrono::DateTime::UNIX_EPOCH,
    };
    mail::Mailbox::open(&path).unwrap().keep(kept(1)).unwrap();
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [whole.as_slice(), b"{\"to\":\"cut"].concat()).unwrap();
    mail::Mailbox::open(&path).unwrap().keep(kept(2)).unwrap();
    assert_eq!(mail::Mailbox::open(&path).unwrap().newest_first(), [kept(2), kept(1)]);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn health_tells_how_the_outbox_is_doing() {
    let app = App::start();
    let health = || {
        let answer = app.server.send("GET", "/health/worker", &[("Host", "10.0.0.1")], b"");
        serde_json::from_str::<serde_json::Value>(&answer.is(200).body).unwrap()
    };
    let empty = serde_json::json!({ "status": "working", "waiting": 0, "oldest_waiting_seconds": null, "deferred": 0,
        "failed_last_day": 0, "held": 0, "restored_at": null, "last_sent_at": null });
    assert_eq!(health(), empty);
    invite(&app, 1..4);
    app.minutes_pass(6);
    assert_eq!((health()["status"].as_str(), health()["waiting"].as_i64()), (Some("behind"), Some(3)));
    assert_eq!(health()["oldest_waiting_seconds"].as_i64(), Some(360));
    let server = SmtpServer::start(|connection, at| match (connection, at) {
        (0, Step::Rcpt) => Act::Say("550 No"),
        (1, Step::Rcpt) => Act::Say("450 Later"),
        _ => Act::Well,
    });
    step(&app.worker(server.transport()));
    let after = health();
    assert_eq!((after["deferred"].as_i64(), after["failed_last_day"].as_i64()), (Some(1), Some(1)), "{after}");
    assert_eq!((after["waiting"].as_i64(), after["last_sent_at"].as_str()), (Some(0), Some("2026-11-20T12:06:00Z")));
    assert_eq!(app.count(&format!("mails WHERE organisation_id = '{}'", id::NORTHWIND)), 3);
}
