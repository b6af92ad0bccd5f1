//! Suspending, resuming, deleting and restoring organisations, with Undo and the bin.

use super::support::{Actor, Answer, App, SAVE_USER, Who, id};

const PARTNERS: &str = "/settings/profile/partners";

fn northwind() -> String {
    format!("{PARTNERS}/{}", id::NORTHWIND)
}

/// Goes through the page that asks, and on to the page that tells.
fn done(actor: &mut Actor, page: &str, button: &str) -> Answer {
    let answer = actor.submit(&format!("{}/{page}", northwind()), button, &[]);
    answer.is(303);
    actor.follow(&answer)
}

#[test]
fn suspending_says_in_numbers_what_goes_with_it_and_signs_everybody_out() {
    let app = App::start();
    let (mut owner, mut milo) = (app.owner(), app.sign_in(Who::Member));
    owner
        .open(&format!("{}/suspension", northwind()))
        .shows("2 people lose their access, 1 of them signed in right now");
    let page = done(&mut owner, "suspension", "Suspend Northwind Traders");
    page.shows("Northwind Traders is suspended.").shows("Suspended");
    milo.get("/organisation").is_sent_to_sign_in();
    app.visitor().sign_in(Who::Member.email()).is(403).shows("Your access is suspended");
    let undone = owner.press(&page, "Undo", &[]);
    owner.follow(&undone).shows("Northwind Traders is active again.");
    app.sign_in(Who::Member);
}

#[test]
fn a_suspended_organisation_is_resumed_from_its_page() {
    let app = App::start();
    let mut owner = app.owner();
    let page = done(&mut owner, "suspension", "Suspend Northwind Traders");
    let resumed = owner.press(&page, "Resume", &[]);
    owner.follow(&resumed).shows("is active again");
    assert_eq!(app.count("organisations WHERE state = 'suspended'"), 0);
}

#[test]
fn deleting_moves_to_the_bin_and_undo_brings_everything_back() {
    let app = App::start();
    let (mut owner, mut milo) = (app.owner(), app.sign_in(Who::Member));
    owner
        .open(&format!("{}/deletion", northwind()))
        .shows("2 people lose their access")
        .shows("30 days to undo: until 20 Dec 2026");
    let page = done(&mut owner, "deletion", "Delete Northwind Traders");
    page.shows("Northwind Traders is in the bin");
    assert_eq!(page.page().rows().len(), 1);
    milo.get("/organisation").is_sent_to_sign_in();
    app.visitor().sign_in(Who::Member.email()).is(403);
    let undone = owner.press(&page, "Undo", &[]);
    owner.follow(&undone).shows("Northwind Traders is restored, with 2 people.");
    app.sign_in(Who::Member);
    assert_eq!(owner.open(PARTNERS).page().rows().len(), 2);
}

#[test]
fn the_bin_lists_what_was_deleted_and_restores_it_for_thirty_days() {
    let app = App::start();
    let mut owner = app.owner();
    done(&mut owner, "deletion", "Delete Northwind Traders");
    let bin = owner.open("/settings/bin");
    assert!(bin.page().rows()[0][0].contains("Northwind Traders"));
    let page = owner.open(&northwind());
    page.shows("It is in the bin and can be restored until 20 Dec 2026");
    for gone in ["edit", "suspension", "deletion", "users/new"] {
        owner.get(&format!("{}/{gone}", northwind())).is(404);
    }
    let restored = owner.press(&bin, "Restore Northwind Traders", &[]);
    owner.follow(&restored).shows("is restored, with 2 people.");
    owner.open("/settings/bin").shows("The bin is empty");
}

#[test]
fn after_thirty_days_the_bin_is_empty_and_nothing_is_restored() {
    let app = App::start();
    let mut owner = app.owner();
    done(&mut owner, "deletion", "Delete Northwind Traders");
    app.minutes_pass(30 * 24 * 60);
    let mut owner = app.owner();
    owner.open("/settings/bin").shows("The bin is empty");
    let csrf = owner.csrf();
    owner.post(&format!("{}/deletion/undo", northwind()), &format!("csrf={csrf}")).is(404);
}

#[test]
fn a_suspended_organisation_comes_back_suspended() {
    let app = App::start();
    let mut owner = app.owner();
    done(&mut owner, "suspension", "Suspend Northwind Traders");
    let page = done(&mut owner, "deletion", "Delete Northwind Traders");
    owner.press(&page, "Undo", &[]).is(303);
    assert_eq!(app.text(&format!("SELECT state FROM organisations WHERE id = '{}'", id::NORTHWIND)), "suspended");
}

#[test]
fn a_name_taken_meanwhile_keeps_it_in_the_bin_and_says_so() {
    let app = App::start();
    let mut owner = app.owner();
    let page = done(&mut owner, "deletion", "Delete Northwind Traders");
    let fields = [("name", "Northwind Traders"), ("zuora_account_id", "zu"), ("invoice_owner", "partner")];
    owner.submit(&format!("{PARTNERS}/new"), "Create Partner Organisation", &fields).is(303);
    let undone = owner.press(&page, "Undo", &[]);
    owner.follow(&undone).shows("It was not restored: another organisation has its name");
    assert_eq!(app.count("organisations WHERE state = 'deleted'"), 1);
}

#[test]
fn people_whose_address_was_given_away_meanwhile_stay_out() {
    let app = App::start();
    let mut owner = app.owner();
    let page = done(&mut owner, "deletion", "Delete Northwind Traders");
    let contoso = format!("{PARTNERS}/{}/users/new", id::CONTOSO);
    owner.submit(&contoso, SAVE_USER, &[("name", "Second"), ("email", "member@northwind.example")]).is(303);
    let undone = owner.press(&page, "Undo", &[]);
    owner.follow(&undone).shows("is restored, with 1 person. 1 stayed out");
}

#[test]
fn somebody_removed_before_the_deletion_stays_removed() {
    let app = App::start();
    let mut owner = app.owner();
    let removal = format!("{}/users/{}/removal", northwind(), id::MEMBER);
    owner.submit(&removal, "Remove Milo Member", &[]).is(303);
    let page = done(&mut owner, "deletion", "Delete Northwind Traders");
    let undone = owner.press(&page, "Undo", &[]);
    owner.follow(&undone).shows("is restored, with 1 person.");
}

#[test]
fn doing_it_twice_is_the_same_as_once() {
    let app = App::start();
    let mut owner = app.owner();
    let csrf = format!("csrf={}", owner.csrf());
    for _ in 0..2 {
        owner.post(&format!("{}/suspension", northwind()), &csrf).is(303);
    }
    assert_eq!(app.count("audit_events WHERE verb = 'suspend'"), 1);
    for _ in 0..2 {
        owner.post(&format!("{}/suspension/end", northwind()), &csrf).is(303);
    }
    assert_eq!(app.count("audit_events WHERE verb = 'resume'"), 1);
    let statuses = [(); 2].map(|()| owner.post(&format!("{}/deletion", northwind()), &csrf).status);
    assert_eq!(statuses, [303, 404]);
}

#[test]
fn an_auditor_is_offered_no_button_that_changes() {
    let app = App::start();
    let mut audrey = app.sign_in(Who::Auditor);
    let page = audrey.open(&northwind()).page();
    for button in ["Edit name and logo", "Suspend", "Delete", "Create user"] {
        assert!(!page.offers(button), "{button}");
    }
    assert!(!audrey.open(PARTNERS).page().offers("Create Partner"));
}

#[test]
fn a_restore_leaves_out_those_who_were_removed_by_hand() {
    let app = App::start();
    let mut owner = app.owner();
    done(&mut owner, "deletion", "Delete Northwind Traders");
    let member = format!("UPDATE users SET removed_with_organisation = false WHERE id = '{}'", id::MEMBER);
    app.sql(&member);
    let bin = owner.open("/settings/bin");
    let restored = owner.press(&bin, "Restore Northwind Traders", &[]);
    owner.follow(&restored).shows("is restored, with 1 person.");
    assert_eq!(app.count(&format!("users WHERE id = '{}' AND removed_at IS NULL", id::MEMBER)), 0);
}
