//! Inviting, and what the invited person sees and decides: every state of an invitation through its page.

use super::support::invited::SEND;
use super::support::{Actor, App, Who, id};

const OWN: &str = "/organisation/invitations";
const SETTINGS: &str = "/settings/invitations";
const ANNA: &str = "anna@northwind.example";

fn manager(app: &App) -> Actor {
    app.sign_in(Who::Manager)
}

#[test]
fn a_manager_invites_a_colleague_who_accepts_and_is_in() {
    // S4-22 for colleagues: the state, the user, the history, the mail, all of one transaction.
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut anna = app.visitor();
    let page = anna.open(&link);
    page.shows("Mona Manager invites you to join Northwind Traders").shows(ANNA).shows("27 November 2026");
    let landed = anna.accept(&link, ANNA, &[("name", "Anna Andersson")]);
    landed.goes_to("/organisation");
    anna.open("/organisation").shows("Welcome. You belong to Northwind Traders now.").shows("Anna Andersson");
    assert_eq!(app.state_of(ANNA), "accepted");
    assert_eq!(app.text(&format!("SELECT role FROM users WHERE email_key = '{ANNA}'")), "member");
    manager(&app).open("/organisation/history").shows("Anna Andersson accepted the invitation for").shows("joined");
    assert_eq!(app.count("mails WHERE kind = 'accepted' AND to_key = 'manager@northwind.example'"), 1);
    anna.open(&link).shows("This invitation was accepted");
}

#[test]
fn looking_changes_nothing_and_pressing_without_signing_in_neither() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let before = digest(&app);
    for _ in 0..20 {
        let mut scanner = app.visitor();
        scanner.open(&link);
        scanner.ask("HEAD", &link, &[], b"").is(200);
        let page = scanner.open(&link);
        for form in page.page().posting_forms() {
            let answer = scanner.send(&form);
            answer.is_sent_to_sign_in();
        }
        let stop = scanner.open(&format!("{link}/stop"));
        for form in stop.page().posting_forms() {
            scanner.send(&form).is(422);
        }
    }
    assert_eq!(digest(&app), before);
    app.visitor().accept(&link, ANNA, &[]).goes_to("/organisation");
}

/// Everything that an invitation could change.
fn digest(app: &App) -> String {
    app.text(
        "SELECT md5(coalesce(string_agg(row::text, ''), '')) FROM (
             SELECT i::text AS row FROM invitations i UNION ALL SELECT m::text FROM mails m
             UNION ALL SELECT u::text FROM users u UNION ALL SELECT s::text FROM mail_stops s
             UNION ALL SELECT l::text FROM invitation_links l UNION ALL SELECT a::text FROM audit_events a ORDER BY 1
         ) all_rows",
    )
}

#[test]
fn somebody_else_is_told_both_accounts_and_cannot_accept() {
    // S4-23: six wrong identities at the right link.
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    for wrong in [
        "mallory@evil.example",
        "manager@contoso.example",
        "owner@acme.example",
        "owner@globex.example",
        "anna@northwind.example.evil.example",
        "anna+x@northwind.example",
    ] {
        let mut other = app.visitor();
        let page = other.sign_in_at(&link, wrong);
        page.is(403).shows(ANNA).shows(wrong);
        assert!(!page.page().offers("Accept invitation"), "{wrong}");
        assert!(page.page().offers("Switch account with the development sign-in"), "{wrong}");
        let token = page.page().csrf();
        let token = if token.is_empty() { other.open(&format!("{link}/stop")).page().csrf() } else { token };
        other.post(&format!("{link}/acceptance"), &format!("csrf={token}")).is(403);
        assert_eq!(app.state_of(ANNA), "pending", "{wrong}");
    }
    assert_eq!(app.count(&format!("users WHERE email_key = '{ANNA}'")), 0);
}

#[test]
fn the_wrong_person_switches_the_account_and_comes_back_to_the_page() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut person = app.sign_in(Who::OtherOrganisation);
    let page = person.get(&link);
    page.is(403).shows("You are signed in as manager@contoso.example");
    let to_provider = person.get(&page.page().link("Switch account with the development sign-in"));
    let form = person.follow(&to_provider).page().form("Sign in");
    assert_eq!(form.value("email"), Some(ANNA), "the invited address is suggested");
    let callback = person.send(&form.fill("email", ANNA)).location().to_owned();
    let arrived = person.get(&callback);
    let page = person.follow(&arrived);
    page.is(200).shows(&format!("You are signed in as {ANNA}"));
    person.press(&page, "Accept invitation", &[]).goes_to("/organisation");
    person.open("/organisation").shows("Northwind Traders");
}

#[test]
fn the_secret_is_stored_nowhere_and_a_ticket_is_good_in_its_browser_only() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let secret = link.rsplit('/').next().expect("a secret").to_owned();
    let mut anna = app.visitor();
    let page = anna.sign_in_at(&link, ANNA);
    let ticket = page.address.clone();
    assert!(ticket.starts_with("/invitations/t."), "{ticket}");
    app.visitor().get(&ticket).is(404);
    let dump = app.text("SELECT string_agg(f::text, '') FROM signin_flows f");
    let rows = app.text(
        "SELECT string_agg(row, '') FROM (SELECT i::text AS row FROM invitations i UNION ALL SELECT m::text FROM mails m
         UNION ALL SELECT encode(l.hash, 'escape') FROM invitation_links l UNION ALL SELECT a::text FROM audit_events a) r",
    );
    assert!(!dump.contains(&secret) && !rows.contains(&secret));
    for page in [OWN, "/organisation/history"] {
        manager(&app).open(page).hides(&secret);
    }
}

#[test]
fn a_link_that_leads_to_nothing_has_one_page() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut visitor = app.visitor();
    let known = visitor.get("/invitations/nothing").body;
    let mut bent = link.clone();
    for at in "/invitations/".len()..link.len() {
        let other = if link.as_bytes()[at] == b'A' { "B" } else { "A" };
        bent.replace_range(at..=at, other);
        let answer = visitor.get(&bent);
        answer.is(404).shows("This link leads to no invitation").hides("Northwind");
        assert_eq!(answer.body.len(), known.len());
        bent.replace_range(at..=at, &link[at..=at]);
    }
}

#[test]
fn an_invitation_expires_to_the_second_and_heals_itself() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut anna = app.visitor();
    app.clock.advance(chrono::Duration::days(7) - chrono::Duration::seconds(1));
    let page = anna.sign_in_at(&link, ANNA);
    assert!(page.page().offers("Accept invitation"));
    app.clock.advance(chrono::Duration::seconds(1));
    anna.press(&page, "Accept invitation", &[]).is(410).shows("This invitation has expired");
    assert_eq!(app.count(&format!("users WHERE email_key = '{ANNA}'")), 0);
    let expired = anna.get(&link);
    expired.is(410);
    anna.press(&expired, "Send me a fresh link", &[]).is(200).shows("A fresh link is on its way");
    anna.get(&link).is(410).shows("A newer link was sent");
    let fresh = app.link(ANNA);
    assert_ne!(fresh, link);
    app.visitor().accept(&fresh, ANNA, &[]).goes_to("/organisation");
}

#[test]
fn a_newer_link_replaces_the_older_which_says_so() {
    let app = App::start();
    let mut mona = manager(&app);
    let old = app.invite(&mut mona, OWN, ANNA);
    let page = format!("{OWN}/{}", app.invitation(ANNA));
    assert!(!mona.open(&page).page().offers("Send again"), "too early");
    app.minutes_pass(5);
    let answer = mona.submit(&page, "Send again", &[]);
    answer.goes_to(&page);
    mona.open(&page).shows("A new link is on its way");
    let mut anna = app.visitor();
    anna.get(&old).is(410).shows("A newer link was sent").shows("20 November 2026");
    let mut late = app.visitor();
    app.minutes_pass(6);
    let replaced = late.get(&old);
    late.press(&replaced, "Send me a fresh link", &[]).is(200);
    assert_eq!(app.link(ANNA), App::link_of(&app.invitation(ANNA), 2), "the newest link stays the newest");
    app.visitor().accept(&app.link(ANNA), ANNA, &[]).goes_to("/organisation");
}

#[test]
fn a_revoked_invitation_says_so_until_the_revocation_is_undone() {
    let app = App::start();
    let mut mona = manager(&app);
    let link = app.invite(&mut mona, OWN, ANNA);
    let page = format!("{OWN}/{}", app.invitation(ANNA));
    let answer = mona.submit(&page, "Revoke", &[]);
    let list = mona.follow(&answer);
    app.visitor().get(&link).is(410).shows("This invitation was withdrawn");
    assert_eq!(app.count("mails WHERE state = 'cancelled'"), 2, "mail and reminder do not leave");
    mona.press(&list, "Undo", &[]).goes_to(&page);
    assert_eq!(app.count("mails WHERE state = 'queued'"), 2);
    app.visitor().accept(&link, ANNA, &[]).goes_to("/organisation");
}

#[test]
fn whoever_declines_is_believed_and_nothing_is_made() {
    // S4-23: declining never creates a partnership.
    let app = App::start();
    let mut owner = app.owner();
    let link = app.invite_partner(&mut owner, SETTINGS, ("Ottawa Parts", "olga@ottawa.example"));
    let mut olga = app.visitor();
    let page = olga.sign_in_at(&link, "olga@ottawa.example");
    let answer = olga.press(&page, "Decline", &[]);
    olga.follow(&answer).is(200).shows("This invitation was declined");
    assert_eq!(app.state_of("olga@ottawa.example"), "declined");
    assert_eq!(app.count("connections") + app.count("organisations WHERE name = 'Ottawa Parts'"), 0);
    assert_eq!(app.count("mails WHERE kind = 'declined' AND to_key = 'owner@acme.example'"), 1);
    app.minutes_pass(6);
    app.invite_partner(&mut owner, SETTINGS, ("Ottawa Parts", "olga@ottawa.example"));
    assert_eq!(app.state_of("olga@ottawa.example"), "pending", "a declined invitation blocks no new one");
}

#[test]
fn a_company_that_is_not_here_yet_becomes_a_connected_partner() {
    // S4-21, S4-22
    let app = App::start();
    let link = app.invite_partner(&mut app.owner(), SETTINGS, ("Ottawa Parts", "olga@ottawa.example"));
    let mut olga = app.visitor();
    olga.open(&link).shows("Olivia Owner of Acme Software invites Ottawa Parts to become a partner");
    let page = olga.sign_in_at(&link, "olga@ottawa.example");
    assert_eq!(page.page().value_of("company"), "Ottawa Parts", "the name is filled in");
    let fields = [("company", "Ottawa Parts Ltd"), ("name", "Olga Olsen")];
    olga.press(&page, "Accept invitation", &fields).goes_to("/organisation");
    olga.open("/organisation").shows("Ottawa Parts Ltd").shows("Olga Olsen");
    app.owner().open("/settings/profile/partners?q=ottawa").shows("Ottawa Parts Ltd");
    assert_eq!(app.count("connections WHERE host_grants = '{}' AND guest_grants = '{}' AND ended_at IS NULL"), 1);
    assert_eq!(app.text("SELECT role FROM users WHERE email_key = 'olga@ottawa.example'"), "manager");
}

#[test]
fn a_manager_links_the_organisation_that_they_have() {
    let app = App::start();
    let link = app.invite_partner(&mut manager(&app), OWN, ("Contoso, as we call it", "manager@contoso.example"));
    let mut carla = app.sign_in(Who::OtherOrganisation);
    let page = carla.open(&link);
    assert!(page.page().posting_forms().iter().all(|form| form.value("company").is_none()), "nothing to name");
    carla.press(&page, "Accept invitation", &[]).goes_to("/organisation");
    let sides = format!(
        "connections WHERE host_organisation_id = '{}' AND guest_organisation_id = '{}'",
        id::NORTHWIND,
        id::CONTOSO
    );
    assert_eq!(app.count(&sides), 1);
    carla.open("/organisation/invitations/received").shows("Northwind Traders").shows("Accepted");
    manager(&app).open(OWN).shows("Accepted");
}

#[test]
fn a_member_cannot_accept_for_their_organisation() {
    let app = App::start();
    let member = "member@northwind.example";
    let link = app.invite_partner(&mut app.sign_in(Who::OtherOrganisation), OWN, ("Northwind", member));
    let mut milo = app.sign_in(Who::Member);
    milo.get(&link).is(403).shows("A manager of Northwind Traders has to accept this");
    assert_eq!(app.state_of(member), "pending");
}

#[test]
fn a_taken_name_is_refused_beside_its_field_and_everything_typed_is_kept() {
    let app = App::start();
    let link = app.invite_partner(&mut app.owner(), SETTINGS, ("Ottawa", "olga@ottawa.example"));
    let mut olga = app.visitor();
    let page = olga.sign_in_at(&link, "olga@ottawa.example");
    let refused = olga.press(&page, "Accept invitation", &[("company", "contoso RESALE"), ("name", "Olga O.")]);
    refused.is(422);
    assert!(refused.page().error_of("company").contains("Another organisation has this name here"));
    assert_eq!(refused.page().value_of("company"), "contoso RESALE");
    assert_eq!(refused.page().value_of("name"), "Olga O.");
    assert_eq!(app.state_of("olga@ottawa.example"), "pending");
    for (name, company) in
        [("", "Ottawa"), ("Olga http://evil.example", "Ottawa"), ("Olga", "x\u{202e}y"), ("Olga", "")]
    {
        let refused = olga.press(&page, "Accept invitation", &[("company", company), ("name", name)]);
        refused.is(422);
    }
    olga.press(&page, "Accept invitation", &[("company", "Ottawa"), ("name", "Olga")]).goes_to("/organisation");
}

#[test]
fn what_closes_on_the_inviting_side_is_said_and_cannot_be_accepted() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut anna = app.visitor();
    let page = anna.sign_in_at(&link, ANNA);
    for (close, reopen, said) in [
        (
            format!("UPDATE organisations SET state = 'suspended' WHERE id = '{}'", id::NORTHWIND),
            format!("UPDATE organisations SET state = 'active' WHERE id = '{}'", id::NORTHWIND),
            "Northwind Traders is closed at the moment",
        ),
        (
            format!("UPDATE users SET state = 'suspended' WHERE id = '{}'", id::MANAGER),
            format!("UPDATE users SET state = 'active' WHERE id = '{}'", id::MANAGER),
            "Mona Manager cannot invite for Northwind Traders any more",
        ),
        (
            format!("UPDATE users SET role = 'member' WHERE id = '{}'", id::MANAGER),
            format!("UPDATE users SET role = 'manager' WHERE id = '{}'", id::MANAGER),
            "Mona Manager cannot invite for Northwind Traders any more",
        ),
    ] {
        app.sql(&close);
        anna.press(&page, "Accept invitation", &[]).is(410).shows(said);
        assert_eq!(app.state_of(ANNA), "pending");
        app.sql(&reopen);
    }
    anna.press(&page, "Accept invitation", &[]).goes_to("/organisation");
}

#[test]
fn the_recipient_stops_mail_by_typing_their_address() {
    let app = App::start();
    let mut mona = manager(&app);
    let link = app.invite(&mut mona, OWN, ANNA);
    let mut anna = app.visitor();
    let page = anna.open(&link);
    let stop = anna.open(&page.page().link("Not you? Stop mails from Northwind Traders"));
    anna.press(&stop, "Stop mails", &[("email", "other@northwind.example")]).is(422);
    anna.press(&stop, "Stop mails", &[("email", "Anna@Northwind.example")]).is(200).shows("No more mails");
    assert_eq!(app.state_of(ANNA), "pending", "the invitation stays as it is");
    let page = format!("{OWN}/{}", app.invitation(ANNA));
    mona.submit(&page, "Revoke", &[]).goes_to(OWN);
    mona.submit(&format!("{OWN}/new"), SEND, &[("email", ANNA)]).is(422).shows("wants no mail");
    app.invite(&mut app.owner(), SETTINGS, ANNA);
}

#[test]
fn one_account_cannot_become_two_users_of_a_programme() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    app.sign_in(Who::OtherOrganisation);
    let mut anna = app.visitor();
    let page = anna.sign_in_at(&link, ANNA);
    // Anna's account turns out to be the one that signs Carla in.
    app.sql(&format!(
        "UPDATE identities SET (issuer, subject) = (SELECT issuer, subject FROM signin_proofs LIMIT 1) WHERE user_id = '{}'",
        id::CONTOSO_MANAGER
    ));
    anna.press(&page, "Accept invitation", &[]).is(403).shows("Your account is in use already");
    assert_eq!(app.state_of(ANNA), "pending");
}

#[test]
fn the_page_speaks_the_language_of_the_invitation_and_offers_the_others() {
    let app = App::start();
    let mut mona = manager(&app);
    let fields = [("email", ANNA), ("language", "de")];
    mona.submit(&format!("{OWN}/new"), SEND, &fields).goes_to(OWN);
    let mut anna = app.visitor();
    let page = anna.open(&app.link(ANNA));
    assert!(page.body.contains("<html lang=\"de\">"));
    page.shows("27. November 2026");
    let french = anna.open(&page.page().link("Français"));
    assert!(french.body.contains("<html lang=\"fr\">"));
    french.shows("27 novembre 2026");
    assert!(french.page().offers("Accepter l’invitation"));
}

#[test]
fn extra_fields_of_an_acceptance_are_refused() {
    let app = App::start();
    let link = app.invite(&mut manager(&app), OWN, ANNA);
    let mut anna = app.visitor();
    let page = anna.sign_in_at(&link, ANNA);
    let form = page.page().form("Accept invitation");
    let forged = ["role", "email", "organisation_id", "org_id", "tenant_id", "state"].into_iter();
    let form = forged.fold(form, |form, name| form.forge(name, "owner"));
    anna.send(&form).is(422);
    assert_eq!(app.state_of(ANNA), "pending");
    anna.press(&page, "Accept invitation", &[]).goes_to("/organisation");
    assert_eq!(
        app.text(&format!("SELECT role || ' ' || organisation_id FROM users WHERE email_key = '{ANNA}'")),
        format!("member {}", id::NORTHWIND)
    );
}
