//! Inviting: who may invite whom, how often, and what can be done with an invitation that waits.

use super::support::invited::SEND;
use super::support::{Actor, App, Who, id};

const OWN: &str = "/organisation/invitations";
const SETTINGS: &str = "/settings/invitations";
const ANNA: &str = "anna@northwind.example";

fn manager(app: &App) -> Actor {
    app.sign_in(Who::Manager)
}

#[test]
fn an_address_is_corrected_and_the_old_link_is_dead() {
    let app = App::start();
    let mut mona = manager(&app);
    let old = app.invite(&mut mona, OWN, "ana@northwind.example");
    let page = format!("{OWN}/{}", app.invitation("ana@northwind.example"));
    mona.submit(&page, "Correct and send", &[("email", "not an address")]).is(422);
    mona.submit(&page, "Correct and send", &[("email", ANNA)]).goes_to(&page);
    let moved = app.visitor().get(&old);
    moved.is(410).shows("This invitation went to another address").hides(ANNA);
    app.visitor().accept(&app.link(ANNA), ANNA, &[]).goes_to("/organisation");
}

#[test]
fn one_invitation_to_an_address_waits_and_an_expired_one_blocks_nothing() {
    let app = App::start();
    let mut mona = manager(&app);
    app.invite(&mut mona, OWN, ANNA);
    let again = mona.submit(&format!("{OWN}/new"), SEND, &[("email", "ANNA@northwind.example")]);
    again.is(422).shows("An invitation to this address waits already");
    assert!(again.page().offers("Open the invitation that waits"));
    app.clock.advance(chrono::Duration::days(8));
    let mut mona = manager(&app);
    app.invite(&mut mona, OWN, ANNA);
    assert_eq!(app.count(&format!("invitations WHERE email_key = '{ANNA}' AND state = 'superseded'")), 1);
}

#[test]
fn three_mails_a_day_reach_one_address_whoever_sends_them() {
    // Threat 24: a thousand tries, three mails.
    let app = App::start();
    let mut mona = manager(&app);
    let mut carla = app.sign_in(Who::OtherOrganisation);
    let mut owner = app.owner();
    app.invite(&mut mona, OWN, "victim@elsewhere.example");
    app.invite(&mut carla, OWN, "victim@elsewhere.example");
    app.invite(&mut owner, SETTINGS, "victim@elsewhere.example");
    let page = format!(
        "{OWN}/{}",
        app.text(&format!("SELECT id::text FROM invitations WHERE organisation_id = '{}'", id::NORTHWIND))
    );
    for _ in 0..20 {
        app.minutes_pass(6);
        let page = mona.open(&page);
        let answer = mona.press(&page, "Send again", &[]);
        mona.follow(&answer).shows("got enough mail");
    }
    assert_eq!(app.count("mails WHERE to_key = 'victim@elsewhere.example' AND kind = 'invitation'"), 3);
}

#[test]
fn the_sixty_first_invitation_of_an_hour_waits_for_its_turn() {
    let app = App::start();
    let mut mona = manager(&app);
    for number in 0..61 {
        app.invite(&mut mona, OWN, &format!("person{number}@northwind.example"));
    }
    assert_eq!(app.count("mails WHERE kind = 'invitation' AND due_at = created_at"), 60);
    assert_eq!(app.count("mails WHERE kind = 'invitation' AND due_at = created_at + interval '1 hour'"), 1);
}

#[test]
fn nobody_invites_above_their_own_role_nor_people_who_are_users() {
    let app = App::start();
    let mut admin = app.sign_in(Who::Administrator);
    let form = admin.open(&format!("{SETTINGS}/new")).page().form(SEND).fill("email", "new@acme.example");
    admin.send(&form.clone().forge("role", "owner")).is(422);
    admin.send(&form.clone().forge("role", "manager")).is(422);
    admin.send(&form.fill("email", "member@northwind.example")).is(422).shows("already a user, in Northwind Traders");
    let mut mona = manager(&app);
    let form = mona.open(&format!("{OWN}/new")).page().form(SEND);
    mona.send(&form.clone().fill("email", "member@northwind.example")).is(422).shows("already one of its users");
    let foreign = mona.send(&form.clone().fill("email", "manager@contoso.example"));
    foreign.is(422).shows("belongs to another organisation").hides("Contoso");
    mona.send(&form.fill("email", "a@x.example, b@x.example")).is(422);
    assert_eq!(app.count("invitations"), 0);
}

#[test]
fn staff_invite_users_of_any_partner_and_a_double_click_invites_once() {
    let app = App::start();
    let list = format!("/settings/profile/partners/{}/invitations", id::CONTOSO);
    let mut owner = app.owner();
    let form = owner.open(&format!("{list}/new")).page().form(SEND).fill("email", "kei@contoso.example");
    owner.send(&form).goes_to(&list);
    owner.send(&form).goes_to(&list);
    assert_eq!(app.count("invitations"), 1);
    owner.open(SETTINGS).shows("kei@contoso.example").shows("Contoso Resale");
    owner.open(&list).shows("kei@contoso.example");
    app.visitor().accept(&app.link("kei@contoso.example"), "kei@contoso.example", &[]).goes_to("/organisation");
}

#[test]
fn what_is_stuck_is_counted_for_whoever_sent_it() {
    let app = App::start();
    let (mut mona, mut owner) = (manager(&app), app.owner());
    app.invite(&mut mona, OWN, "one@northwind.example");
    app.invite(&mut mona, OWN, "two@northwind.example");
    let of_contoso = format!("/settings/profile/partners/{}/invitations", id::CONTOSO);
    app.invite(&mut owner, &of_contoso, "kei@contoso.example");
    app.invite(&mut owner, &of_contoso, "kim@contoso.example");
    let mut counted = |whose: &str| -> Vec<String> {
        let pages = [mona.open(OWN).page(), owner.open(&of_contoso).page(), owner.open(SETTINGS).page()];
        app.sql(whose);
        pages.iter().map(|page| page.tab("Stuck")).collect()
    };
    let failed = "UPDATE mails SET state = 'failed' WHERE to_key IN ('two@northwind.example', 'kei@contoso.example')";
    assert_eq!(counted(failed), ["Stuck", "Stuck", "Stuck"]);
    let long_ago = "UPDATE invitations SET last_sent_at = last_sent_at - interval '8 days' WHERE email_key LIKE 'ki%'";
    assert_eq!(counted(long_ago), ["Stuck 1", "Stuck 1", "Stuck 2"]);
    assert_eq!(counted("UPDATE invitations SET expires_at = created_at"), ["Stuck 1", "Stuck 2", "Stuck 3"]);
    assert_eq!(counted("SELECT 1"), ["Stuck", "Stuck", "Stuck"], "what has run out waits no more");
}

#[test]
fn the_list_filters_by_state_mail_age_and_inviter() {
    // S4-24
    let app = App::start();
    let mut mona = manager(&app);
    for name in ["one", "two", "three"] {
        app.invite(&mut mona, OWN, &format!("{name}@northwind.example"));
    }
    app.sql("UPDATE mails SET state = 'failed', last_error = 'no such person' WHERE to_key = 'two@northwind.example'");
    app.sql("UPDATE invitations SET state = 'accepted' WHERE email_key = 'three@northwind.example'");
    let mut seen = |query: &str| -> Vec<String> {
        let page = mona.open(&format!("{OWN}{query}"));
        let rows = page.page().rows().into_iter();
        let mut names: Vec<_> = rows.map(|row| row[0].split('@').next().unwrap_or_default().to_owned()).collect();
        // Made in one moment of the standing clock, they have no order.
        names.sort();
        names
    };
    assert_eq!(seen(""), ["one", "three", "two"]);
    assert_eq!(seen("?state=waiting"), ["one", "two"]);
    assert_eq!(seen("?state=stuck"), ["two"]);
    assert_eq!(seen("?state=accepted"), ["three"]);
    assert_eq!(seen("?delivery=failed"), ["two"]);
    assert_eq!(seen("?age=older"), Vec::<String>::new());
    assert_eq!(seen(&format!("?inviter={}", id::MANAGER)), ["one", "three", "two"]);
    assert_eq!(seen(&format!("?inviter={}", id::MEMBER)), Vec::<String>::new());
    assert_eq!(seen("?q=TWO@"), ["two"]);
    let page = format!("{OWN}/{}", app.invitation("two@northwind.example"));
    mona.open(&page).shows("The mail was not delivered: no such person").shows("Correct the address");
}

#[test]
fn the_reminder_can_be_switched_off() {
    let app = App::start();
    let mut mona = manager(&app);
    app.invite(&mut mona, OWN, ANNA);
    assert_eq!(app.count("mails WHERE kind = 'reminder' AND due_at = created_at + interval '5 days'"), 1);
    let page = format!("{OWN}/{}", app.invitation(ANNA));
    mona.submit(&page, "Do not remind", &[]).goes_to(&page);
    mona.open(&page).shows("No reminder is sent");
    assert_eq!(app.count("invitations WHERE NOT reminder"), 1);
    mona.submit(&page, "Remind once", &[]).goes_to(&page);
    assert_eq!(app.count("invitations WHERE reminder"), 1);
}

#[test]
fn an_invitation_from_a_record_shows_its_state_there() {
    // S2-18, S2-19
    let app = App::start();
    app.sql(super::support::fixture::RECORDS);
    let mut mona = manager(&app);
    let record = format!("/organisation/partners/{}", id::record(id::NORTHWIND));
    let invite = mona.open(&record).page().link("Invite this partner");
    let form = mona.open(&invite);
    assert_eq!(form.page().value_of("company"), "Northwind Traders", "what the record knows is filled in");
    mona.press(&form, SEND, &[("company", "Ottawa Parts"), ("email", "olga@ottawa.example")]).goes_to(OWN);
    mona.open(&record).shows("Invited");
    let status = "SELECT guest_organisation_id IS NULL FROM partner_records WHERE invitation_id IS NOT NULL";
    assert_eq!(app.count(&format!("({status}) AS s WHERE true")), 1);
    let link = app.link("olga@ottawa.example");
    app.visitor().accept(&link, "olga@ottawa.example", &[("name", "Olga")]).goes_to("/organisation");
    let guest = app.text("SELECT name FROM organisations WHERE id = (SELECT guest_organisation_id FROM partner_records WHERE guest_organisation_id IS NOT NULL)");
    assert_eq!(guest, "Ottawa Parts");
    mona.open(&record).shows("Ottawa Parts").shows("Accepted");
    assert!(!mona.open(&record).page().offers("Invite this partner"));
}

#[test]
fn a_revocation_is_undone_by_whoever_may_make_such_an_invitation_only() {
    let app = App::start();
    let mut owner = app.owner();
    owner
        .submit(&format!("{SETTINGS}/new"), SEND, &[("email", "chief@acme.example"), ("role", "owner")])
        .goes_to(SETTINGS);
    let page = format!("{SETTINGS}/{}", app.invitation("chief@acme.example"));
    owner.submit(&page, "Revoke", &[]).goes_to(SETTINGS);
    let mut admin = app.sign_in(Who::Administrator);
    let csrf = format!("csrf={}", admin.csrf());
    let refused = admin.post(&format!("{page}/revocation/undo"), &csrf);
    admin.follow(&refused).shows("roles that you may give");
    assert_eq!(app.state_of("chief@acme.example"), "revoked");
    app.minutes_pass(31);
    let mut owner = app.owner();
    let csrf = format!("csrf={}", owner.csrf());
    let late = owner.post(&format!("{page}/revocation/undo"), &csrf);
    owner.follow(&late).shows("it is revoked by now");
}

#[test]
fn revoking_and_undoing_sends_no_more_than_inviting() {
    let app = App::start();
    let mut mona = manager(&app);
    app.invite(&mut mona, OWN, ANNA);
    let page = format!("{OWN}/{}", app.invitation(ANNA));
    app.sql("UPDATE mails SET state = 'sent', sent_at = created_at, attempts = 1 WHERE kind = 'invitation'");
    for _ in 0..8 {
        let answer = mona.submit(&page, "Revoke", &[]);
        let list = mona.follow(&answer);
        mona.press(&list, "Undo", &[]).goes_to(&page);
    }
    assert_eq!(app.count("mails WHERE kind = 'invitation' AND state <> 'cancelled'"), 1);
    assert_eq!(app.count("mails WHERE kind = 'reminder' AND state <> 'cancelled'"), 1);
}

#[test]
fn what_a_suspended_organisation_sent_can_be_revoked() {
    let app = App::start();
    let mut owner = app.owner();
    let list = format!("/settings/profile/partners/{}/invitations", id::CONTOSO);
    app.invite(&mut owner, &list, "kei@contoso.example");
    app.sql(&format!("UPDATE organisations SET state = 'suspended' WHERE id = '{}'", id::CONTOSO));
    assert!(app.mails().is_empty(), "nothing leaves for a suspended organisation");
    owner.submit(&format!("{list}/{}", app.invitation("kei@contoso.example")), "Revoke", &[]).goes_to(&list);
    assert_eq!(app.state_of("kei@contoso.example"), "revoked");
}

#[test]
fn aliases_of_one_mailbox_count_as_one() {
    let app = App::start();
    let mut mona = manager(&app);
    for alias in ["one", "two", "three"] {
        app.invite(&mut mona, OWN, &format!("victim+{alias}@elsewhere.example"));
    }
    let fourth = mona.submit(&format!("{OWN}/new"), SEND, &[("email", "victim@elsewhere.example")]);
    fourth.is(422).shows("got enough mail");
}
