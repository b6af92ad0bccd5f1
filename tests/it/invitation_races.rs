//! Everything that can happen to one invitation at the same moment: exactly one outcome, and every page tells it.

use std::sync::{Arc, Barrier};
use std::thread;

use super::support::invited::SEND;
use super::support::{Actor, Answer, App, Who, id, proof};

const OWN: &str = "/organisation/invitations";

/// The fault that these have to notice: an acceptance that makes two users, as if nothing had kept the second one out.
const TWO_WIN: &str = "DROP INDEX users_email_is_taken;
    CREATE FUNCTION twin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF pg_trigger_depth() = 1 THEN NEW.id := gen_random_uuid(); INSERT INTO users (id, tenant_id, organisation_id, name,
            email, email_key, role, created_at, updated_at) VALUES (NEW.id, NEW.tenant_id, NEW.organisation_id, NEW.name,
            NEW.email, NEW.email_key, NEW.role, NEW.created_at, NEW.updated_at); END IF;
        RETURN NULL; END $$;
    CREATE TRIGGER twins AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION twin();";

/// Does everything at once and gives back the answers, in order.
fn at_once(all: Vec<Box<dyn FnOnce() -> Answer + Send>>) -> Vec<Answer> {
    proof::tried("races", "races", 1);
    proof::tried("races", "requests at once", all.len());
    let start = Arc::new(Barrier::new(all.len()));
    let threads = all.into_iter().map(|one| {
        let start = Arc::clone(&start);
        thread::spawn(move || {
            start.wait();
            one()
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().map(|thread| thread.join().expect("a request is answered")).collect()
}

/// Presses a button of a page that is open already, later.
fn press(actor: &Actor, page: &Answer, button: &'static str) -> Box<dyn FnOnce() -> Answer + Send> {
    let (mut actor, form) = (actor.clone(), page.page().form(button));
    Box::new(move || actor.send(&form))
}

fn users(app: &App, email: &str) -> i64 {
    app.count(&format!("users WHERE email_key = '{email}' AND removed_at IS NULL"))
}

#[test]
fn fifty_acceptances_at_once_make_one_user() {
    let app = App::start();
    if proof::planted("races") {
        app.sql(TWO_WIN);
    }
    let mut mona = app.sign_in(Who::Manager);
    for round in 0..4 {
        let email = format!("anna{round}@northwind.example");
        let link = app.invite(&mut mona, OWN, &email);
        let mut anna = app.visitor();
        let page = anna.sign_in_at(&link, &email);
        let answers = at_once((0..50).map(|_| press(&anna, &page, "Accept invitation")).collect());
        let accepted = answers.iter().filter(|answer| answer.status == 303).count();
        assert_eq!((accepted, users(&app, &email)), (1, 1), "round {round}");
        assert_eq!(
            app.count(&format!(
                "audit_events WHERE verb = 'join' AND object_name LIKE '%' AND organisation_id = '{}'",
                id::NORTHWIND
            )),
            round + 1
        );
    }
}

#[test]
fn fifty_companies_founded_by_one_invitation_are_one() {
    let app = App::start();
    let mut owner = app.owner();
    let link = app.invite_partner(&mut owner, "/settings/invitations", ("Ottawa Parts", "olga@ottawa.example"));
    let mut olga = app.visitor();
    let page = olga.sign_in_at(&link, "olga@ottawa.example");
    at_once((0..50).map(|_| press(&olga, &page, "Accept invitation")).collect());
    assert_eq!(app.count("organisations WHERE name = 'Ottawa Parts'"), 1);
    assert_eq!((app.count("connections"), users(&app, "olga@ottawa.example")), (1, 1));
}

#[test]
fn accepting_and_revoking_at_once_has_one_outcome() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for round in 0..12 {
        let email = format!("race{round}@northwind.example");
        let link = app.invite(&mut mona, OWN, &email);
        let mut anna = app.visitor();
        let page = anna.sign_in_at(&link, &email);
        let own = mona.open(&format!("{OWN}/{}", app.invitation(&email)));
        let answers = at_once(vec![press(&anna, &page, "Accept invitation"), press(&mona, &own, "Revoke")]);
        let state = app.state_of(&email);
        let expected = match state.as_str() {
            "accepted" => (303, 1),
            "revoked" => (410, 0),
            other => panic!("it is {other}"),
        };
        assert_eq!((answers[0].status, users(&app, &email)), expected, "round {round}: {state}");
    }
}

#[test]
fn accepting_and_declining_at_once_has_one_outcome() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for round in 0..8 {
        let email = format!("both{round}@northwind.example");
        let link = app.invite(&mut mona, OWN, &email);
        let mut anna = app.visitor();
        let page = anna.sign_in_at(&link, &email);
        at_once(vec![press(&anna, &page, "Accept invitation"), press(&anna, &page, "Decline")]);
        let state = app.state_of(&email);
        let told = app.count("mails WHERE kind IN ('accepted', 'declined')");
        assert_eq!(users(&app, &email), i64::from(state == "accepted"), "round {round}: {state}");
        assert_eq!(told, round + 1, "the inviter is told once");
    }
}

#[test]
fn accepting_while_the_organisation_is_suspended_has_one_outcome() {
    let app = App::start();
    let mut owner = app.owner();
    let list = format!("/settings/profile/partners/{}/invitations", id::CONTOSO);
    let partner = format!("/settings/profile/partners/{}", id::CONTOSO);
    for round in 0..8 {
        let email = format!("kei{round}@contoso.example");
        let link = app.invite(&mut owner, &list, &email);
        let mut kei = app.visitor();
        let page = kei.sign_in_at(&link, &email);
        let suspension = owner.open(&format!("{partner}/suspension"));
        let answers = at_once(vec![
            press(&kei, &page, "Accept invitation"),
            press(&owner, &suspension, "Suspend Contoso Resale"),
        ]);
        let accepted = app.state_of(&email) == "accepted";
        assert_eq!(users(&app, &email), i64::from(accepted), "round {round}: {}", answers[0].status);
        kei.get("/organisation").is_sent_to_sign_in();
        app.sql(&format!("UPDATE organisations SET state = 'active' WHERE id = '{}'", id::CONTOSO));
    }
}

#[test]
fn accepting_an_old_link_while_a_new_one_is_sent_has_one_outcome() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for round in 0..8 {
        let email = format!("late{round}@northwind.example");
        let link = app.invite(&mut mona, OWN, &email);
        let mut anna = app.visitor();
        app.minutes_pass(6);
        let mut mona = mona.clone();
        let page = anna.sign_in_at(&link, &email);
        let own = mona.open(&format!("{OWN}/{}", app.invitation(&email)));
        at_once(vec![press(&anna, &page, "Accept invitation"), press(&mona, &own, "Send again")]);
        let accepted = app.state_of(&email) == "accepted";
        assert_eq!(users(&app, &email), i64::from(accepted), "round {round}");
        let fresh = app.count(&format!("mails WHERE to_key = '{email}' AND kind = 'invitation' AND state = 'queued'"));
        assert_eq!(fresh, i64::from(!accepted), "round {round}: nothing leaves for an accepted invitation");
    }
}

#[test]
fn inviting_one_address_twice_at_once_invites_once() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for round in 0..8 {
        let email = format!("twice{round}@northwind.example");
        let forms: Vec<_> = (0..6)
            .map(|_| {
                let form = mona.open(&format!("{OWN}/new")).page().form(SEND).fill("email", &email);
                let mut mona = mona.clone();
                Box::new(move || mona.send(&form)) as Box<dyn FnOnce() -> Answer + Send>
            })
            .collect();
        let answers = at_once(forms);
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert_eq!(app.count(&format!("invitations WHERE email_key = '{email}'")), 1);
    }
}
