//! Signing in by OpenID Connect: whom it lets in, what it binds, and what it refuses.

use chrono::TimeDelta;
use guildhall::db::Fault;
use guildhall::signin::actions::{self, Outcome, Proof, Refusal};

use super::support::{Answer, App, Who, id, leaks};

/// Somebody whom a provider vouches for, or not.
fn proof(email: &str, verified: bool, subject: &str) -> Proof {
    Proof {
        issuer: "https://id.example".into(),
        subject: subject.into(),
        email: Some(email.into()),
        verified,
        name: None,
        provider: "dev".into(),
        device: "a test".into(),
    }
}

fn decide(app: &App, proof: &Proof) -> Result<Outcome, Refusal> {
    let decided = actions::sign_in(&mut app.database.connect(), proof, None, app.now());
    decided.map_err(|fault| match fault {
        Fault::Refused(refusal) => refusal,
        Fault::Db(error) => panic!("{error}"),
    })
}

#[test]
fn signing_in_leads_to_the_page_that_was_asked_for() {
    let app = App::start();
    let mut owner = app.visitor();
    let asked = owner.get("/settings/staff?from=x");
    let page = owner.follow(&asked);
    page.shows("Sign in to go on to the page that you asked for.");
    assert_eq!(owner.sign_in_from(&page, Who::Owner.email()).address, "/settings/staff?from=x");
}

#[test]
fn the_first_page_is_the_partners_for_staff_and_the_own_organisation_for_partners() {
    let app = App::start();
    assert_eq!(app.visitor().sign_in(Who::Auditor.email()).address, "/settings/profile/partners");
    assert_eq!(app.visitor().sign_in(Who::Member.email()).address, "/organisation");
    app.visitor().get("/").goes_to("/signin");
}

#[test]
fn nobody_is_sent_elsewhere_after_signing_in() {
    let app = App::start();
    for wrong in ["https://evil.example/", "//evil.example", "/\\evil.example", "/%09/evil.example"] {
        let mut owner = app.visitor();
        let page = owner.open(&format!("/signin?return_to={wrong}"));
        let callback = owner.callback(&page, Who::Owner.email());
        let landed = owner.get(&callback);
        assert!(landed.header("location").starts_with('/') && !landed.header("location").contains("//"), "{wrong}");
        assert!(!landed.header("location").contains('\\'), "{wrong}: {}", landed.header("location"));
    }
}

#[test]
fn an_identity_is_bound_once_and_counts_from_then_on() {
    let app = App::start();
    app.sign_in(Who::Member);
    assert_eq!(app.count(&format!("identities WHERE user_id = '{}'", id::MEMBER)), 1);
    app.sql(&format!(
        "UPDATE users SET email = 'new@n.example', email_key = 'new@n.example' WHERE id = '{}'",
        id::MEMBER
    ));
    app.sign_in(Who::Member);
    assert_eq!(app.count("identities"), 1);
}

#[test]
fn another_account_with_the_same_address_is_refused_and_staff_see_it() {
    let app = App::start();
    app.sign_in(Who::Member);
    app.sql("UPDATE identities SET subject = 'somebody else'");
    let refused = app.visitor().sign_in(Who::Member.email());
    refused.is(403).shows("Another account is already in use for you");
    assert_eq!(app.count("sessions"), 1);
    let history = format!("/settings/profile/partners/{}/history", id::NORTHWIND);
    app.owner().open(&history).shows("refused an unknown account for Milo Member");
}

#[test]
fn an_address_that_the_provider_does_not_vouch_for_signs_nobody_in() {
    let app = App::start();
    let refused = decide(&app, &proof(Who::Member.email(), false, "s"));
    assert!(matches!(refused, Err(Refusal::Unverified { .. })), "{refused:?}");
    let unknown = decide(&app, &proof("nobody@x.example", true, "s"));
    assert!(matches!(unknown, Err(Refusal::Unknown { .. })), "{unknown:?}");
    assert_eq!(app.count("sessions") + app.count("identities"), 0);
    assert!(matches!(decide(&app, &proof(Who::Member.email(), true, "s")), Ok(Outcome::SignedIn { .. })));
    let conflict = decide(&app, &proof(Who::Member.email(), true, "t"));
    assert!(matches!(conflict, Err(Refusal::Conflict { .. })), "{conflict:?}");
    let bound = decide(&app, &proof("changed@x.example", false, "s"));
    assert!(matches!(bound, Ok(Outcome::SignedIn { .. })), "{bound:?}");
}

#[test]
fn an_identity_of_one_issuer_is_nobody_at_another() {
    let app = App::start();
    assert!(decide(&app, &proof(Who::Member.email(), true, "s")).is_ok());
    let twin = Proof { issuer: "https://other.example".into(), ..proof(Who::Member.email(), true, "s") };
    assert!(matches!(decide(&app, &twin), Err(Refusal::Conflict { .. })));
}

#[test]
fn a_suspended_user_or_organisation_is_told_so() {
    let app = App::start();
    app.sql(&format!("UPDATE users SET state = 'suspended' WHERE id = '{}'", id::MEMBER));
    app.visitor().sign_in(Who::Member.email()).is(403).shows("Your access is suspended").shows("Northwind Traders");
    app.sql(&format!("UPDATE organisations SET state = 'suspended' WHERE id = '{}'", id::CONTOSO));
    app.visitor().sign_in(Who::OtherOrganisation.email()).is(403).shows("Your access is suspended");
    assert_eq!(app.count("sessions"), 0);
}

/// Makes the owners of acme and globex one person.
fn known_in_both(app: &App) {
    app.sql(&format!(
        "UPDATE users SET email = 'owner@acme.example', email_key = 'owner@acme.example' WHERE id = '{}'",
        id::GLOBEX_OWNER
    ));
}

/// The button that picks this tenant.
fn button_for(tenant: &str, choose: &Answer) -> String {
    let page = choose.page();
    let buttons = page.all("main button");
    buttons.iter().map(|one| super::support::page::words(*one)).find(|text| text.contains(tenant)).unwrap()
}

#[test]
fn signing_out_leaves_no_choice_open_that_signs_in_again() {
    let app = App::start();
    known_in_both(&app);
    let mut both = app.visitor();
    both.sign_in("owner@acme.example");
    let choose = both.sign_in("owner@acme.example");
    let picked = both.press(&choose, &button_for("Globex", &choose), &[]);
    both.follow(&picked).is(200);
    both.submit("/account", "Sign out", &[]).is(303);
    both.get("/signin/choose").is(400);
    both.get("/account").is_sent_to_sign_in();
}

#[test]
fn a_person_of_several_tenants_picks_one() {
    let app = App::start();
    known_in_both(&app);
    let mut both = app.visitor();
    let choose = both.sign_in("owner@acme.example");
    assert_eq!(choose.page().heading(), "Where do you want to work?");
    let button = button_for("Globex", &choose);
    let picked = both.press(&choose, &button, &[]);
    both.follow(&picked).is(200).shows("Gloria Globex").hides("Olivia");
    both.get("/signin/choose").is(400);
}

#[test]
fn a_tenant_that_is_not_theirs_cannot_be_picked() {
    let app = App::start();
    known_in_both(&app);
    let mut both = app.visitor();
    let choose = both.sign_in("owner@acme.example");
    let form = choose.page().posting_forms().remove(0).fill("tenant", id::RANDOM);
    let refused = both.send(&form);
    assert!(refused.status == 403 || refused.status == 400, "{}", refused.status);
    assert_eq!(app.count("sessions"), 0);
}

#[test]
fn a_callback_works_once() {
    let app = App::start();
    let mut owner = app.visitor();
    let page = owner.open("/signin");
    let callback = owner.callback(&page, Who::Owner.email());
    owner.get(&callback).is(303);
    owner.get(&callback).is(400).shows("This sign-in has run out");
    assert_eq!(app.count("sessions"), 1);
}

#[test]
fn a_callback_works_only_in_the_browser_that_began() {
    let app = App::start();
    let mut attacker = app.visitor();
    let page = attacker.open("/signin");
    let callback = attacker.callback(&page, Who::Owner.email());
    let mut victim = app.visitor();
    victim.get(&callback).is(400).shows("This sign-in has run out");
    victim.open("/signin");
    victim.get("/signin/begin/dev").is(303);
    victim.get(&callback).is(400);
    victim.get("/account").is_sent_to_sign_in();
}

#[test]
fn a_sign_in_may_take_ten_minutes_and_no_longer() {
    let app = App::start();
    let mut owner = app.visitor();
    let page = owner.open("/signin");
    let begin = page.page().link("Continue with the development sign-in");
    let at_provider = owner.get(&begin);
    let form = owner.follow(&at_provider).page().form("Sign in").fill("email", Who::Owner.email());
    app.minutes_pass(10);
    let callback = owner.send(&form);
    owner.get(callback.location()).is(400).shows("This sign-in has run out");
}

#[test]
fn a_refusal_of_the_provider_is_told_and_never_echoed() {
    let app = App::start();
    let mut owner = app.visitor();
    let to_provider = owner.get("/signin/begin/dev");
    let state = to_provider.location().split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let hostile = "%3Cscript%3Ealert(1)%3C/script%3E";
    let told =
        owner.get(&format!("/signin/callback/dev?error=access_denied&error_description={hostile}&state={state}"));
    told.is(400).shows("You are not signed in").hides("alert(1)");
}

#[test]
fn a_callback_without_sense_is_refused() {
    let app = App::start();
    let mut owner = app.visitor();
    owner.get("/signin/begin/dev").is(303);
    for query in ["", "?code=x", "?state=x", "?code=x&state=", "?code=%ff&state=%00", "?error=x"] {
        owner.get(&format!("/signin/callback/dev{query}")).is(400);
    }
    for unknown in ["/signin/begin/nobody", "/signin/callback/nobody?state=x"] {
        owner.get(unknown).is(404);
    }
    let long = "x".repeat(3_000);
    owner.get(&format!("/signin/callback/dev?code=x&state={long}")).is(400);
}

#[test]
fn a_first_sign_in_is_in_the_history_once() {
    let app = App::start();
    app.sign_in(Who::Member);
    app.sign_in(Who::Member);
    assert_eq!(app.count("audit_events WHERE verb = 'sign_in_first'"), 1);
}

#[test]
fn a_person_removed_and_created_again_signs_in_with_the_same_account() {
    let app = App::start();
    drop(app.sign_in(Who::Member));
    let mut owner = app.owner();
    let person = format!("/settings/profile/partners/{}/users/{}", id::NORTHWIND, id::MEMBER);
    let page = owner.open(&format!("{person}/removal"));
    let button = page.page().heading();
    owner.press(&page, &button, &[]).is(303);
    let new = format!("/settings/profile/partners/{}/users/new", id::CONTOSO);
    owner.submit(&new, "Save", &[("name", "Back Again"), ("email", Who::Member.email())]).is(303);
    app.visitor().sign_in(Who::Member.email()).is(200).shows("Contoso");
    assert_eq!(app.count("identities WHERE user_id IN (SELECT id FROM users WHERE name = 'Back Again')"), 1);
}

#[test]
fn every_sign_in_is_in_the_log_by_ids() {
    let app = App::start();
    let mut admin = app.visitor();
    for _ in 0..2 {
        admin.sign_in(Who::Administrator.email()).is(200);
    }
    assert!(leaks::logged(&["a person signs in", id::ADMINISTRATOR, "\"provider\":\"dev\""]));
    assert!(!leaks::logged(&["a person signs in", "@"]), "no address");
}

#[test]
fn an_address_that_begins_too_many_sign_ins_waits() {
    let app = App::start();
    let mut visitor = app.visitor();
    let begin = visitor.open("/signin").page().link("Continue with the development sign-in");
    // As many as there may be, a second ago, whichever instance counted them.
    app.has_counted(3_000, "sign-in 127.0.0.1", app.now() - TimeDelta::seconds(1));
    let refused = visitor.get(&begin);
    refused.is(429).shows("Too many at once");
    assert_eq!((refused.header("retry-after"), app.count("signin_flows")), ("59", 0));
    app.minutes_pass(1);
    visitor.get(&begin).is(303);
    assert_eq!(app.count("signin_flows"), 1);
}
