//! People: creating, changing and removing users, the rules for roles, and two who act at once (S1-14 … S1-16).

use diesel::Connection as _;
use guildhall::access::{Actor, EmailAddress, Role, WriteUsers, queries};
use guildhall::users::actions::{self, Scope};
use guildhall::users::model::NewUser;

use super::support::{Actor as Browser, Answer, App, SAVE_USER, Who, id};

/// The list of a partner's people, for staff.
fn users() -> String {
    format!("/settings/profile/partners/{}/users", id::NORTHWIND)
}

#[track_caller]
fn create(actor: &mut Browser, list: &str, name: &str, email: &str) -> Answer {
    actor.submit(&format!("{list}/new"), SAVE_USER, &[("name", name), ("email", email)])
}

#[test]
fn create_user_asks_name_and_email_and_save_adds_the_user_to_the_list() {
    // S1-14
    let app = App::start();
    let mut owner = app.owner();
    let partners = owner.open("/settings/profile/partners");
    let organisation = partners.page().link("Northwind Traders");
    let page = owner.open(&organisation);
    let form = owner.open(&page.page().link("Create user"));
    let saved = owner.press(&form, SAVE_USER, &[("name", "Nina New"), ("email", "nina@northwind.example")]);
    saved.goes_to(&organisation);
    let page = owner.follow(&saved).page();
    assert!(page.rows().iter().any(|row| row[0] == "Nina New nina@northwind.example"), "{:?}", page.rows());
}

#[test]
fn a_blank_name_or_an_invalid_address_is_refused_and_the_rest_is_kept() {
    // S1-15
    let app = App::start();
    let mut owner = app.owner();
    let answer = create(&mut owner, &users(), " ", "nina@northwind.example");
    assert_eq!(answer.is(422).page().value_of("email"), "nina@northwind.example");
    assert_eq!(answer.page().error_of("name"), "Error: Enter the person's name.");
    for wrong in ["", "nina", "a@b", "nina@x.example, eva@x.example", "<nina@x.example>"] {
        let answer = create(&mut owner, &users(), "Nina", wrong);
        assert!(answer.is(422).page().error_of("email").contains("email address"), "{wrong}");
        assert_eq!(answer.page().value_of("name"), "Nina");
    }
    assert_eq!(app.count("users"), 8);
}

#[test]
fn an_address_in_use_is_refused_in_any_organisation_and_letter_case() {
    // S1-16
    let app = App::start();
    let mut owner = app.owner();
    for (taken, where_it_is) in [
        ("member@northwind.example", "already one of its users"),
        ("MANAGER@Contoso.Example", "already a user, in Contoso Resale"),
        ("Owner@acme.example", "already a user, in Acme Software"),
    ] {
        let answer = create(&mut owner, &users(), "Twin", taken);
        assert!(answer.is(422).page().error_of("email").contains(where_it_is), "{}", answer.page().error_of("email"));
    }
    let mut mona = app.sign_in(Who::Manager);
    let answer = create(&mut mona, "/organisation/users", "Twin", "manager@contoso.example");
    answer.is(422).hides("Contoso Resale");
    assert_eq!(app.count("users WHERE name = 'Twin'"), 0);
}

#[test]
fn an_address_of_another_tenant_is_free_here() {
    let app = App::start();
    create(&mut app.owner(), &users(), "Gloria", "owner@globex.example").is(303);
}

#[test]
fn of_two_who_give_the_same_address_at_once_one_succeeds() {
    // S1-16
    let app = App::start();
    let start = std::sync::Barrier::new(4);
    let start = &start;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let mut owner = app.owner();
                let form = owner.open(&format!("{}/new", users())).page().form(SAVE_USER);
                let form = form.fill("name", &format!("Racer {number}")).fill("email", "RACER@x.example");
                scope.spawn(move || {
                    start.wait();
                    owner.send(&form).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 3, "{statuses:?}");
    assert_eq!(app.count("users WHERE email_key = 'racer@x.example'"), 1);
}

#[test]
fn a_double_click_creates_one_user() {
    let app = App::start();
    let mut owner = app.owner();
    let form = owner.open(&format!("{}/new", users())).page().form(SAVE_USER);
    let form = form.fill("name", "Dora Double").fill("email", "dora@x.example");
    owner.send(&form).is(303);
    owner.send(&form).is(303);
    assert_eq!(app.count("users WHERE email_key = 'dora@x.example'"), 1);
}

#[test]
fn a_refused_form_can_be_mended_and_sent_again() {
    let app = App::start();
    let mut owner = app.owner();
    let refused = create(&mut owner, &users(), "Rita", "not an address");
    owner.press(&refused, SAVE_USER, &[("email", "rita@x.example")]).is(303);
    assert_eq!(app.count("users WHERE email_key = 'rita@x.example'"), 1);
}

#[test]
fn a_manager_creates_a_user_of_their_own_organisation() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let saved = create(&mut mona, "/organisation/users", "Nora", "nora@northwind.example");
    saved.goes_to("/organisation/users");
    mona.follow(&saved).shows("nora@northwind.example");
    let organisation = "SELECT organisation_id FROM users WHERE email_key = 'nora@northwind.example'";
    assert_eq!(app.text(organisation), id::NORTHWIND);
}

#[test]
fn nobody_gives_a_role_above_their_own_or_of_another_kind_of_organisation() {
    let app = App::start();
    let mut adam = app.sign_in(Who::Administrator);
    let form =
        adam.open("/settings/staff/new").page().form(SAVE_USER).fill("name", "X").fill("email", "x@acme.example");
    for wrong in ["owner", "manager", "root"] {
        adam.send(&form.clone().fill("role", wrong)).is(422);
    }
    let mut mona = app.sign_in(Who::Manager);
    let form =
        mona.open("/organisation/users/new").page().form(SAVE_USER).fill("name", "X").fill("email", "x@n.example");
    for wrong in ["owner", "administrator", "auditor"] {
        mona.send(&form.clone().fill("role", wrong)).is(422);
    }
    assert_eq!(app.count("users"), 8);
}

#[test]
fn nobody_changes_somebody_who_stands_above_them() {
    let app = App::start();
    let mut adam = app.sign_in(Who::Administrator);
    let csrf = adam.csrf();
    let olivia = format!("/settings/staff/{}", id::OWNER);
    adam.post(&olivia, &format!("csrf={csrf}&name=Usurped&role=auditor&version=1")).is(422);
    for action in ["suspension", "removal"] {
        let answer = adam.post(&format!("{olivia}/{action}"), &format!("csrf={csrf}"));
        adam.follow(&answer).shows("Their role stands above yours.");
    }
    assert_eq!(app.count("users WHERE name = 'Olivia Owner' AND role = 'owner' AND state = 'active'"), 1);
}

#[test]
fn nobody_changes_their_own_role_or_keeps_themselves_out() {
    let app = App::start();
    let mut adam = app.sign_in(Who::Administrator);
    let own = format!("/settings/staff/{}", id::ADMINISTRATOR);
    adam.submit(&own, "Save", &[("role", "auditor")]).is(422).shows("You cannot do this to yourself");
    let csrf = adam.csrf();
    for action in ["suspension", "removal"] {
        let answer = adam.post(&format!("{own}/{action}"), &format!("csrf={csrf}"));
        adam.follow(&answer).shows("You cannot do this to yourself");
    }
    adam.get(&format!("{own}/removal")).is(403);
    assert_eq!(app.count("users WHERE role = 'administrator' AND state = 'active' AND removed_at IS NULL"), 1);
}

#[test]
fn an_edit_changes_name_and_role_and_a_stale_one_shows_both() {
    let app = App::start();
    let (mut olivia, mut adam) = (app.owner(), app.sign_in(Who::Administrator));
    let milo = format!("{}/{}", users(), id::MEMBER);
    let slow = adam.open(&milo);
    olivia.submit(&milo, "Save", &[("name", "Milo Promoted"), ("role", "manager")]).goes_to(&users());
    let refused = adam.press(&slow, "Save", &[("name", "Milo of Adam")]);
    refused.is(409).shows("Milo Promoted");
    assert_eq!(refused.page().value_of("name"), "Milo of Adam");
    assert_eq!(app.count("users WHERE name = 'Milo Promoted' AND role = 'manager'"), 1);
}

#[test]
fn a_suspended_user_is_signed_out_at_once_and_comes_back_after_undo() {
    let app = App::start();
    let (mut owner, mut milo) = (app.owner(), app.sign_in(Who::Member));
    milo.open("/organisation");
    let done = owner.submit(&format!("{}/{}", users(), id::MEMBER), "Suspend access", &[]);
    let page = owner.follow(&done);
    page.shows("Milo Member is suspended and signed out.");
    milo.get("/organisation").is_sent_to_sign_in();
    app.visitor().sign_in(Who::Member.email()).is(403).shows("Your access is suspended");
    let undone = owner.press(&page, "Undo", &[]);
    owner.follow(&undone).shows("Milo Member can sign in again.");
    app.sign_in(Who::Member);
}

#[test]
fn a_removed_user_is_signed_out_and_undo_brings_them_back() {
    let app = App::start();
    let (mut owner, mut milo) = (app.owner(), app.sign_in(Who::Member));
    let page = owner.open(&format!("{}/{}/removal", users(), id::MEMBER));
    page.shows("email address can be used again: member@northwind.example");
    let done = owner.press(&page, "Remove Milo Member", &[]);
    let list = owner.follow(&done);
    assert!(list.page().status().contains("Milo Member is removed."));
    assert_eq!(list.page().rows().len(), 1);
    milo.get("/organisation").is_sent_to_sign_in();
    app.visitor().sign_in(Who::Member.email()).is(403).shows("You do not have access yet");
    let undone = owner.press(&list, "Undo", &[]);
    assert_eq!(owner.follow(&undone).page().rows().len(), 2);
    app.sign_in(Who::Member);
}

#[test]
fn undo_of_a_removal_says_so_when_the_address_belongs_to_somebody_else_by_now() {
    let app = App::start();
    let mut owner = app.owner();
    let done = owner.submit(&format!("{}/{}/removal", users(), id::MEMBER), "Remove Milo Member", &[]);
    let list = owner.follow(&done);
    let contoso = format!("/settings/profile/partners/{}/users", id::CONTOSO);
    create(&mut owner, &contoso, "Second", "member@northwind.example").is(303);
    let undone = owner.press(&list, "Undo", &[]);
    owner.follow(&undone).shows("Not brought back: somebody else has the email address by now.");
    assert_eq!(app.count("users WHERE email_key = 'member@northwind.example' AND removed_at IS NULL"), 1);
}

#[test]
fn the_last_active_owner_stays() {
    let app = App::start();
    let mut owner = app.owner();
    let second = owner.submit(
        "/settings/staff/new",
        SAVE_USER,
        &[("name", "Otto"), ("email", "otto@acme.example"), ("role", "owner")],
    );
    owner.follow(&second).shows("Otto can sign in now.");
    let otto = app.text("SELECT id FROM users WHERE name = 'Otto'");
    owner.submit(&format!("/settings/staff/{otto}"), "Suspend access", &[]).is(303);
    app.sql(&format!("UPDATE users SET state = 'active' WHERE id = '{otto}'"));
    let mut otto = app.visitor();
    otto.sign_in("otto@acme.example").is(200);
    otto.submit(&format!("/settings/staff/{}", id::OWNER), "Suspend access", &[]).is(303);
    owner.get("/settings").is_sent_to_sign_in();
    assert_eq!(app.count("users WHERE role = 'owner' AND state = 'active' AND email LIKE '%acme%'"), 1);
}

#[test]
fn of_two_owners_who_remove_each_other_at_once_one_stays() {
    let app = App::start();
    let mut olivia = app.owner();
    olivia
        .submit(
            "/settings/staff/new",
            SAVE_USER,
            &[("name", "Otto"), ("email", "otto@acme.example"), ("role", "owner")],
        )
        .is(303);
    let otto_id = app.text("SELECT id FROM users WHERE name = 'Otto'");
    let mut otto = app.visitor();
    otto.sign_in("otto@acme.example").is(200);
    let (one, other) = (olivia.csrf(), otto.csrf());
    let start = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            olivia.post(&format!("/settings/staff/{otto_id}/removal"), &format!("csrf={one}"))
        });
        scope.spawn(|| {
            start.wait();
            otto.post(&format!("/settings/staff/{}/removal", id::OWNER), &format!("csrf={other}"))
        });
    });
    assert_eq!(
        app.count("users WHERE role = 'owner' AND removed_at IS NULL AND state = 'active' AND email LIKE '%acme%'"),
        1
    );
}

#[test]
fn a_person_can_be_let_in_with_another_account() {
    let app = App::start();
    let (mut owner, mut milo) = (app.owner(), app.sign_in(Who::Member));
    let done = owner.submit(&format!("{}/{}", users(), id::MEMBER), "Let sign in with another account", &[]);
    owner.follow(&done).shows("The next account with Milo Member’s verified address will sign them in.");
    milo.get("/organisation").is_sent_to_sign_in();
    assert_eq!(app.count(&format!("identities WHERE user_id = '{}'", id::MEMBER)), 0);
    app.sign_in(Who::Member);
}

#[test]
fn a_member_sees_the_people_and_changes_none() {
    let app = App::start();
    let mut milo = app.sign_in(Who::Member);
    let page = milo.open("/organisation/users");
    assert_eq!(page.page().rows().len(), 2);
    assert!(!page.page().offers("Create user") && !page.page().offers("Manage Mona Manager"));
    let csrf = milo.csrf();
    milo.post("/organisation/users/new", &format!("csrf={csrf}&name=X&email=x@x.example")).is(403);
    milo.post(&format!("/organisation/users/{}/suspension", id::MANAGER), &format!("csrf={csrf}")).is(403);
}

/// The administrator as their request found them.
fn administrator(app: &App) -> Actor<WriteUsers> {
    drop(app.sign_in(Who::Administrator));
    let key = format!("SELECT encode(key_hash, 'hex') FROM sessions WHERE user_id = '{}'", id::ADMINISTRATOR);
    let hex = app.text(&key);
    let hash: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let found = queries::session(&mut app.database.connect(), &hash).unwrap().unwrap();
    Actor::granted(found.principal.into(), "a request".into()).unwrap()
}

#[test]
fn a_write_under_way_does_not_survive_the_end_of_its_authors_right() {
    // security.md §1 row 13: the request was let in before; the write asks again.
    for change in [
        "users SET role = 'auditor' WHERE id",
        "users SET removed_at = now() WHERE id",
        "users SET state = 'suspended' WHERE id",
        "sessions SET ended_at = now() WHERE user_id",
    ] {
        let app = App::start();
        let who = administrator(&app);
        let northwind = uuid::Uuid::parse_str(id::NORTHWIND).unwrap();
        let email = EmailAddress::parse("too.late@northwind.example").unwrap();
        let new = NewUser { name: "Too Late".into(), email, role: Role::Member };
        let scope = Scope { who: &who, organisation: northwind, now: app.now() };
        app.sql(&format!("UPDATE {change} = '{}'", id::ADMINISTRATOR));
        let created = app.database.connect().transaction(|tx| actions::create(tx, &scope, northwind, &new));
        assert!(created.is_err(), "{change}");
        assert_eq!(app.count("users WHERE name = 'Too Late'"), 0);
    }
}

#[test]
fn an_edit_without_a_role_changes_nobodys_role() {
    let app = App::start();
    let mut owner = app.owner();
    let person = format!("/settings/profile/partners/{}/users/{}", id::NORTHWIND, id::MANAGER);
    let csrf = owner.csrf();
    owner.post(&person, &format!("csrf={csrf}&version=1&name=Mona")).is(422);
    assert_eq!(app.text(&format!("SELECT role FROM users WHERE id = '{}'", id::MANAGER)), "manager");
}
