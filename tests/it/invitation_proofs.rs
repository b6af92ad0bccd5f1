//! What a browser proves on its way to an invitation: whose it is, how long it lasts, and who cannot use it.

use super::support::{Actor, App, Who};

const OWN: &str = "/organisation/invitations";
const ANNA: &str = "anna@northwind.example";

fn manager(app: &App) -> Actor {
    app.sign_in(Who::Manager)
}

#[test]
fn what_was_proven_ends_with_the_persons_sessions() {
    let app = App::start();
    let link = app.invite_partner(&mut manager(&app), OWN, ("Contoso", "manager@contoso.example"));
    let mut left_open = app.visitor();
    let page = left_open.sign_in_at(&link, "manager@contoso.example");
    let mut carla = app.sign_in(Who::OtherOrganisation);
    carla.submit("/account", "End all others", &[]);
    left_open.get("/account").is_sent_to_sign_in();
    left_open.press(&page, "Accept invitation", &[]).is(403);
    assert_eq!(app.state_of("manager@contoso.example"), "pending");
}

#[test]
fn a_planted_browser_secret_opens_nothing_that_was_proven_later() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut anna = app.visitor();
    anna.open(&link);
    let attacker = anna.clone();
    anna.sign_in_at(&link, ANNA).is(200);
    let page = attacker.clone().open(&link);
    attacker.clone().press(&page, "Accept invitation", &[]).is_sent_to_sign_in();
    assert_eq!(app.state_of(ANNA), "pending");
}

#[test]
fn a_made_up_ticket_neither_signs_anybody_out_nor_leads_anywhere() {
    let app = App::start();
    let mut mona = manager(&app);
    let begun = mona.get("/signin/begin/dev?return_to=%2Finvitations%2Ft.x");
    let form = mona.follow(&begun).page().form("Sign in").fill("email", "nobody@nowhere.example");
    let callback = mona.send(&form).location().to_owned();
    let refused = mona.get(&callback);
    mona.follow(&refused).is(403);
    mona.open("/organisation");
}

#[test]
fn a_proof_lasts_half_an_hour() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut anna = app.visitor();
    let page = anna.sign_in_at(&link, ANNA);
    app.minutes_pass(30);
    anna.press(&page, "Accept invitation", &[]).is_sent_to_sign_in();
    assert_eq!(app.state_of(ANNA), "pending");
}

#[test]
fn signing_out_forgets_what_was_proven() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut anna = app.visitor();
    let page = anna.sign_in_at(&link, ANNA);
    let csrf = page.page().csrf();
    anna.post("/signout", &format!("csrf={csrf}")).is(303);
    anna.press(&page, "Accept invitation", &[]).is_sent_to_sign_in();
}
