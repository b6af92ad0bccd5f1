//! `guildhall worker`, the real process, killed at every point of a mail's way, and started again.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;

use super::support::app::KEY;
use super::support::outbox::invite;
use super::support::smtp::{Act, SmtpServer, Step};
use super::support::{App, proof};

/// The fault that these have to notice: nobody remembers that a mail may have left.
const FORGETFUL: &str = "
    CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.unconfirmed := 0; RETURN NEW; END $$;
    CREATE TRIGGER forgetting BEFORE UPDATE ON mails FOR EACH ROW EXECUTE FUNCTION forget()";

/// A portal with one mail that is due by the machine's own clock, which is the process's.
fn with_a_mail() -> App {
    let app = App::start();
    if proof::planted("mail") {
        app.sql(FORGETFUL);
    }
    proof::tried("mail", "mails followed", 1);
    invite(&app, 1..2);
    app.sql(
        "UPDATE mails SET due_at = now() - interval '1 minute';
         UPDATE invitations SET expires_at = now() + interval '7 days'",
    );
    app
}

fn worker(app: &App, server: &SmtpServer) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
    command.arg("worker").env_clear().envs([
        ("DATABASE_URL", app.database.url.as_str()),
        ("BASE_URL", "https://partners.acme.example"),
        ("GUILDHALL_SECRET_KEY", KEY),
        ("OIDC_PROVIDERS", "google"),
        ("OIDC_GOOGLE_ISSUER", "https://accounts.google.com"),
        ("OIDC_GOOGLE_CLIENT_ID", "guildhall"),
        ("SMTP_URL", &server.url()),
    ]);
    command.stdout(Stdio::null()).spawn().expect("the worker starts")
}

/// SIGKILL: nothing of it runs any more.
fn kill(mut worker: Child) {
    worker.kill().expect("the worker is there");
    worker.wait().expect("the worker is gone");
    proof::tried("mail", "workers killed", 1);
}

/// Tells it to stop and waits until it has.
fn stop(mut worker: Child) {
    terminate(&worker);
    assert!(worker.wait().expect("the worker ends").success());
}

/// SIGTERM: it ends what it has in hand.
#[expect(unsafe_code, reason = "the standard library sends no other signal than SIGKILL")]
fn terminate(worker: &Child) {
    let process = i32::try_from(worker.id()).expect("a process");
    // SAFETY: a signal to a child that has not been waited for, so that the number is still its own.
    assert_eq!(unsafe { libc::kill(process, libc::SIGTERM) }, 0);
}

/// Starts a worker with a kind server, after the lease of the killed one has run out, and waits for the mail.
fn start_again(app: &App) -> SmtpServer {
    app.sql("UPDATE mails SET leased_until = now() - interval '1 second', due_at = now() - interval '1 second' WHERE state <> 'sent'");
    let server = SmtpServer::kind();
    let worker = worker(app, &server);
    until(app, "state = 'sent'");
    stop(worker);
    server
}

/// Asks until the mail is so.
#[track_caller]
fn until(app: &App, condition: &str) {
    let began = Instant::now();
    while app.count(&format!("mails WHERE {condition}")) == 0 {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "never {condition}: {}",
            app.text("SELECT state FROM mails")
        );
        std::thread::yield_now();
    }
}

/// Security part 3, rows 10 and 11: after the claim, before DATA, and before the content.
#[test]
fn killed_before_the_content_the_mail_leaves_exactly_once() {
    for at in [Step::Greeting, Step::Rcpt, Step::Data] {
        let app = with_a_mail();
        let server = SmtpServer::start(move |_, step| if step == at { Act::Hang } else { Act::Well });
        let first = worker(&app, &server);
        server.comes_to(at);
        kill(first);
        assert_eq!(
            app.text("SELECT state || ' ' || attempts || ' ' || unconfirmed FROM mails"),
            "queued 1 0",
            "{at:?}"
        );
        let second = start_again(&app);
        assert_eq!((server.received().len(), second.received().len()), (0, 1), "{at:?}");
    }
}

#[test]
fn killed_after_the_final_dot_there_is_at_most_one_more_copy_and_it_is_the_same() {
    let app = with_a_mail();
    let server = SmtpServer::start(|_, step| if step == Step::Content { Act::Hang } else { Act::Well });
    let first = worker(&app, &server);
    server.comes_to(Step::Content);
    kill(first);
    assert_eq!(app.text("SELECT state || ' ' || unconfirmed FROM mails"), "queued 1");
    let second = start_again(&app);
    let (first, second) = (server.received(), second.received());
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(first[0].raw, second[0].raw);
    assert!(!first[0].message_id.is_empty());
}

#[test]
fn killed_after_the_final_dot_twice_there_is_no_third_copy() {
    let app = with_a_mail();
    let server = SmtpServer::start(|_, step| if step == Step::Content { Act::Hang } else { Act::Well });
    for _ in 0..2 {
        let one = worker(&app, &server);
        server.comes_to(Step::Content);
        kill(one);
        app.sql("UPDATE mails SET leased_until = now() - interval '1 second'");
    }
    let last = worker(&app, &server);
    until(&app, "state = 'failed' AND last_error LIKE '%may have arrived%'");
    stop(last);
    assert_eq!(server.received().len(), 2);
}

/// The server has answered, and the process dies before it could write that down.
#[test]
fn killed_between_the_answer_and_its_record_there_is_one_more_copy() {
    let app = with_a_mail();
    let mut other = app.database.connect();
    let url = app.database.url.clone();
    let server = SmtpServer::start(move |_, step| {
        if step == Step::Content {
            // From here on nobody can write the mail's row.
            use diesel::Connection as _;
            let mut conn = diesel::pg::PgConnection::establish(&url).expect("the database answers");
            conn.batch_execute("BEGIN; SELECT FROM mails FOR UPDATE").expect("the row is ours");
            std::mem::forget(conn);
        }
        Act::Well
    });
    let first = worker(&app, &server);
    server.comes_to(Step::Quit);
    kill(first);
    other
        .batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()")
        .expect("the row is free");
    assert_eq!(app.text("SELECT state || ' ' || unconfirmed FROM mails"), "queued 1");
    let second = start_again(&app);
    assert_eq!((server.received().len(), second.received().len()), (1, 1));
    assert_eq!(server.received()[0].raw, second.received()[0].raw);
}

#[test]
fn killed_after_the_record_the_mail_is_not_sent_again() {
    let app = with_a_mail();
    let server = SmtpServer::kind();
    let first = worker(&app, &server);
    until(&app, "state = 'sent' AND unconfirmed = 0");
    kill(first);
    invite(&app, 2..3);
    app.sql(
        "UPDATE mails SET leased_until = now() - interval '1 minute', due_at = now() - interval '1 minute';
         UPDATE invitations SET expires_at = now() + interval '7 days'",
    );
    let again = worker(&app, &server);
    until(&app, "(SELECT count(*) FROM mails WHERE state = 'sent') = 2");
    stop(again);
    assert_eq!(server.received().len(), 2, "one each");
}

#[test]
fn told_to_stop_a_worker_ends_the_mail_in_hand() {
    let app = with_a_mail();
    let (tell, told) = std::sync::mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let server = SmtpServer::start(move |_, step| {
        if step == Step::Content {
            // Answers only after the worker has been told.
            told.lock().expect("nobody else waits").recv_timeout(Duration::from_secs(20)).unwrap_or_default();
        }
        Act::Well
    });
    let worker = worker(&app, &server);
    server.comes_to(Step::Content);
    terminate(&worker);
    tell.send(()).expect("the server waits");
    stop(worker);
    assert_eq!(app.text("SELECT state FROM mails"), "sent");
    assert_eq!(server.received().len(), 1);
}
