//! Many invitations at once: what each row is, that nothing is sent unseen, the batch and its undoing, and its pace.

use std::time::{Duration, Instant};

use super::support::{Actor, Answer, App, Who, id};

const MANY: &str = "/organisation/invitations/many";
const CHECK: &str = "Check the list";

/// Shows a list to the portal, which sends nothing yet.
#[track_caller]
fn check(actor: &mut Actor, list: &str) -> Answer {
    actor.submit(MANY, CHECK, &[("list", list)])
}

/// Sends a list that was shown.
#[track_caller]
fn confirm(actor: &mut Actor, page: &Answer) -> Answer {
    let form = page.page().posting_forms().into_iter().find(|form| form.value("confirm").is_some());
    actor.send(&form.expect("a form that confirms"))
}

/// Sends a list whose rows are all new, and opens its batch.
#[track_caller]
fn invite(actor: &mut Actor, list: &str) -> Answer {
    let page = check(actor, list);
    let sent = confirm(actor, page.is(200));
    actor.follow(sent.is(303))
}

/// What the rows of a list are, in words.
fn classes(page: &Answer) -> Vec<String> {
    page.page().rows().into_iter().map(|row| row[4].clone()).collect()
}

fn addresses(number: usize) -> String {
    (1..=number).map(|one| format!("p{one}@x.example")).collect::<Vec<_>>().join("\n")
}

/// Mails of another organisation that left for this address just now.
fn mailed(app: &App, address: &str, number: usize) {
    for _ in 0..number {
        app.sql(&format!(
            "INSERT INTO mails (id, tenant_id, organisation_id, kind, to_email, to_key, language, letter, state, due_at,
                 created_at, updated_at)
             SELECT gen_random_uuid(), tenant_id, id, 'invitation', '{address}', '{address}', 'en', '{{}}', 'sent',
                 '{now}', '{now}', '{now}' FROM organisations WHERE id = '{}'",
            id::CONTOSO,
            now = app.now()
        ));
    }
}

#[test]
fn every_row_is_judged_and_nothing_is_written_before_confirming() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    invite(&mut mona, "waits@x.example");
    app.sql(&format!("INSERT INTO mail_stops VALUES ('{}', 'stop@x.example', now())", id::NORTHWIND));
    mailed(&app, "busy@x.example", 3);
    let list = "email,role,language\nnew@x.example,,\nMember@Northwind.example,,\nmanager@contoso.example,,\n\
                waits@x.example,,\nana,,\nana@gmial.com,,\nNEW@x.example,,\nstop@x.example,,\nbusy@x.example,,\n\
                up@x.example,owner,\ntongue@x.example,,xx";
    let page = check(&mut mona, list);
    let wanted = [
        "New An invitation will be sent.",
        "Already a member Member@Northwind.example is already one of its users.",
        "Already a member manager@contoso.example belongs to another organisation. Ask Acme Software which address to \
         use.",
        "Waits already An invitation to this address waits for an answer. Open it",
        "Not an address Enter one email address, such as ana@example.com.",
        "Likely a typo Did you mean ana@gmail.com?",
        "Twice in the list The same address as in row 1.",
        "Wants no mail The person at this address wants no mail from this organisation.",
        "Had enough mail today This address got enough mail for now. Try again tomorrow.",
        "Role not yours to give Use a role that you may give: manager, member.",
        "Unknown language Use one of the languages en, de, fr, es, it.",
    ];
    assert_eq!(classes(page.is(200)), wanted);
    assert!(page.page().offers("Invite 1 person") && page.page().main().contains("Already a member 2"));
    let waits = mona.open(&page.page().link("Open it"));
    assert_eq!(waits.page().heading(), "waits@x.example");
    page.hides("Contoso Resale");
    assert_eq!((app.count("invitations"), app.count("invitation_batches"), app.count("mails")), (1, 1, 5));
}

#[test]
fn staff_are_told_where_a_member_is() {
    let app = App::start();
    let mut owner = app.owner();
    let many = format!("/settings/profile/partners/{}/invitations/many", id::NORTHWIND);
    let page = owner.submit(&many, CHECK, &[("list", "manager@contoso.example, nina@x.example")]);
    page.shows("is already a user, in Contoso Resale.");
    let sent = confirm(&mut owner, &page);
    sent.is(200).shows("1 person is invited.");
    let invited = "SELECT organisation_id || role FROM invitations WHERE email_key = 'nina@x.example'";
    assert_eq!(app.text(invited), format!("{}member", id::NORTHWIND));
    owner.submit("/settings/invitations/many", CHECK, &[("list", "sam@x.example"), ("role", "administrator")]).is(200);
}

#[test]
fn what_was_not_sent_stays_with_its_reason_above_the_way_to_the_batch() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let page = check(&mut mona, "email,role\na@x.example,manager\n\"Bea <b@x.example>\",member\nana,member\n");
    // Meanwhile somebody else invites one of them.
    invite(&mut app.sign_in(Who::Manager), "b@x.example");
    let left = confirm(&mut mona, &page);
    left.is(200).shows("1 person is invited. 2 people are not");
    let rows = left.page().rows();
    assert!(rows[0][4].starts_with("Waits already") && rows[1][4].starts_with("Not an address"), "{rows:?}");
    assert_eq!([&rows[0][0], &rows[1][0]], ["2", "3"], "rows keep their numbers");
    assert_eq!(left.page().value_of("list"), "email,role\n\"Bea <b@x.example>\",member\nana,member");
    let batch = mona.open(&left.page().link("See how far it is"));
    assert_eq!(batch.page().rows(), [["a@x.example", "Manager", "Waiting", "Waiting to leave"]]);
    assert!(!left.page().offers("Invite 1 person"));
}

#[test]
fn likely_typos_are_left_out_unless_wished() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let list = "a@x.example ana@gmial.com bob@nortwind.example";
    let page = check(&mut mona, list);
    page.shows("Did you mean bob@northwind.example?");
    confirm(&mut mona, &page).is(200);
    assert_eq!(app.count("invitations"), 1);
    let page = check(&mut mona, list);
    let form = page.page().form("Invite the likely typos");
    mona.send(&form).is(422).shows("No row of this list can be sent.");
    mona.send(&form.fill("typos", "true")).is(200).shows("2 people are invited.");
    assert_eq!(app.count("invitations WHERE email_key = 'ana@gmial.com' AND batch_id IS NOT NULL"), 1);
}

#[test]
fn a_list_sent_twice_is_one_batch() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let page = check(&mut mona, &addresses(3));
    let form = page.page().form("Invite 3 people");
    let (first, second) = (mona.send(&form), mona.send(&form));
    assert_eq!(second.is(303).location(), first.is(303).location());
    assert_eq!((app.count("invitations"), app.count("invitation_batches")), (3, 1));
    assert_eq!(app.count("audit_events WHERE verb = 'invite_many' AND object_name = '3 people'"), 1);
    let other = form.forge("list", "q@x.example");
    mona.send(&other).is(422).shows("A list was sent from this form already.");
    assert_eq!(app.count("invitations"), 3);
}

#[test]
fn lists_are_read_as_people_have_them() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for list in [
        "a@x.example\r\nb@x.example\r\n",
        "a@x.example,b@x.example",
        "a@x.example; b@x.example;",
        "Ana <a@x.example>, \"Boe, Bob\" <b@x.example>",
        "EMAIL;Role\n\"a@x.example\";Member\nb@x.example;",
        "language\temail\nde\ta@x.example\n\tb@x.example",
    ] {
        let page = check(&mut mona, list);
        let rows = page.is(200).page().rows();
        assert_eq!(
            rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(),
            ["a@x.example", "b@x.example"],
            "{list}"
        );
    }
    invite(&mut mona, "email,role,language\na@x.example,manager,de\nb@x.example,,");
    assert_eq!(app.text("SELECT role || language FROM invitations WHERE email_key = 'a@x.example'"), "managerde");
    assert_eq!(app.text("SELECT role || language FROM invitations WHERE email_key = 'b@x.example'"), "memberen");
}

#[test]
fn a_list_that_cannot_be_read_is_refused_and_kept() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    check(&mut mona, " \n ").is(422).shows("Enter the email addresses to send invitations to.");
    let long = addresses(1_001);
    let refused = check(&mut mona, &long);
    assert!(refused.is(422).page().error_of("list").contains("The list has 1001 entries."));
    assert_eq!(refused.page().value_of("list"), long);
    let form = mona.open(MANY).page().form(CHECK).fill("list", "a@x.example");
    for (field, wrong) in [("role", "owner"), ("language", "xx"), ("lifetime_days", "31")] {
        let refused = mona.send(&form.clone().fill(field, wrong));
        assert!(!refused.is(422).page().error_of(field).is_empty(), "{field}");
    }
    assert_eq!(app.count("invitations"), 0);
}

#[test]
fn hostile_lists_are_text() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let long = "x".repeat(40_000);
    for list in [
        "a\0b",
        "\u{202e}ana",
        "=1+1",
        "<script>alert(1)</script>",
        "</textarea><script>alert(1)</script>",
        "email\n\"<script>alert(1)</script>\"",
        "a@x.example\u{0}",
        "<a@x.org>\r\nBcc: b@y.example.",
        "';DROP TABLE users;--",
        "email\n\"x",
        long.as_str(),
    ] {
        let page = check(&mut mona, list);
        assert!(!page.is(200).page().rows().is_empty(), "{list:?}");
        page.hides("<script>alert").hides("\u{202e}</th>");
    }
    assert_eq!(app.count("invitations"), 0);
    let refused = check(&mut mona, &"x".repeat(70_000));
    assert_eq!(refused.status, 413);
}

#[test]
fn the_sixty_first_mail_waits_an_hour_and_so_does_the_next_single_one() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let page = invite(&mut mona, &addresses(61));
    page.shows("0 of 61 mails have left. 61 wait for their turn: at most 60 mails of one person leave in an hour.");
    page.shows("The last one leaves at 20 Nov 2026, 14:00 (Rome).");
    let due = |address: &str| {
        let at = "(EXTRACT(EPOCH FROM due_at - created_at) / 60)::int";
        app.text(&format!("SELECT {at}::text FROM mails WHERE kind = 'invitation' AND to_key = '{address}'"))
    };
    assert_eq!([due("p1@x.example"), due("p60@x.example"), due("p61@x.example")], ["0", "0", "60"]);
    mona.submit("/organisation/invitations/new", "Send invitation", &[("email", "one@x.example")]).is(303);
    assert_eq!(due("one@x.example"), "60");
    let paid = app.count(&format!("mails WHERE sender_id = '{}'", id::MANAGER));
    assert_eq!((paid, app.count("mails WHERE kind = 'reminder'")), (62, 62), "reminders are nobody's turn");
    invite(&mut app.sign_in(Who::Manager), "other@x.example");
    assert_eq!(due("other@x.example"), "60", "the same sender, in another browser");
}

#[test]
fn undoing_a_batch_revokes_what_waits_and_says_what_stays() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let page = invite(&mut mona, &addresses(3));
    app.sql("UPDATE invitations SET state = 'accepted', decided_at = now() WHERE email_key = 'p2@x.example'");
    app.sql("UPDATE mails SET state = 'sent', attempts = 1 WHERE to_key = 'p2@x.example' AND kind = 'invitation'");
    let undone = mona.press(&page, "Undo the batch", &[]);
    let page = mona.follow(&undone);
    assert_eq!(page.page().status(), "2 invitations are revoked. 1 was accepted already and stays.");
    assert_eq!((page.page().fact("Accepted"), page.page().fact("Revoked")), ("1".into(), "2".into()));
    assert!(!page.page().offers("Undo the batch"));
    assert_eq!(app.count("mails WHERE state = 'cancelled'"), 4);
    assert_eq!(app.count("audit_events WHERE verb = 'undo_batch' AND object_name = '2 people'"), 1);
    let csrf = mona.csrf();
    let again = mona.post(&format!("{}/undo", page.address), &format!("csrf={csrf}"));
    mona.follow(&again).shows("Nothing was changed: the batch was undone before. 1 was accepted already and stays.");
    mona.open("/organisation/history").shows("took back the invitations of 2 people");
    assert_eq!(app.count("audit_events WHERE verb = 'undo_batch'"), 1);
}

#[test]
fn an_expired_invitation_does_not_stand_in_the_way() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    invite(&mut mona, "a@x.example");
    app.sql("UPDATE invitations SET expires_at = created_at");
    invite(&mut mona, "a@x.example");
    assert_eq!(app.count("invitations WHERE state = 'superseded'"), 1);
    assert_eq!(app.count("invitations WHERE state = 'pending'"), 1);
    assert_eq!(app.count("mails WHERE state = 'cancelled'"), 2);
}

#[test]
fn a_thousand_rows_are_sent_within_seconds() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let before = Instant::now();
    let page = check(&mut mona, &addresses(1_000));
    let checked = before.elapsed();
    let before = Instant::now();
    let sent = confirm(&mut mona, &page);
    let took = before.elapsed();
    println!("checked in {checked:?}, sent in {took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    let page = mona.follow(sent.is(303));
    page.shows("The last one leaves at");
    assert_eq!((app.count("invitations"), app.count("invitation_links"), app.count("mails")), (1_000, 1_000, 2_000));
    let rows = page.page().rows();
    assert_eq!((rows.len(), rows[0][0].as_str()), (50, "p1@x.example"));
    let next = mona.open(&page.page().link("Older"));
    assert_eq!(next.page().rows()[0][0], "p51@x.example");
    mona.press(&page, "Undo the batch", &[]).is(303);
    assert_eq!(app.count("invitations WHERE state = 'revoked'"), 1_000);
}

#[test]
fn no_more_wait_than_an_organisation_may_have() {
    let app = App::start();
    app.sql(&format!(
        "INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, role, language,
             lifetime_days, expires_at, last_sent_at, created_at, updated_at)
         SELECT gen_random_uuid(), '{}', '{}', 'colleague', '{}', n || '@y.example', n || '@y.example', 'member', 'en', 7,
             now(), now(), now(), now() FROM generate_series(1, 4999) AS n",
        id::ACME,
        id::NORTHWIND,
        id::MANAGER
    ));
    let page = check(&mut app.sign_in(Who::Manager), &addresses(2));
    assert!(classes(&page)[0].starts_with("New") && classes(&page)[1].starts_with("No room"), "{:?}", classes(&page));
}

#[test]
fn a_batch_of_somebody_else_is_not_found() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let address = invite(&mut mona, "a@x.example").address;
    let batch = address.rsplit('/').next().expect("an id").to_owned();
    let mut carla = app.sign_in(Who::OtherOrganisation);
    let csrf = carla.csrf();
    carla.get(&address).is(404);
    carla.post(&format!("{address}/undo"), &format!("csrf={csrf}")).is(404);
    let mut owner = app.owner();
    owner.get(&format!("/settings/profile/partners/{}/invitations/batches/{batch}", id::CONTOSO)).is(404);
    owner.open(&format!("/settings/profile/partners/{}/invitations/batches/{batch}", id::NORTHWIND));
    owner.get(&format!("/settings/invitations/batches/{batch}")).is(404);
    app.sign_in(Who::OtherTenant).get(&format!("/settings/invitations/batches/{batch}")).is(404);
    let mut milo = app.sign_in(Who::Member);
    assert!(!milo.open(&address).page().offers("Undo the batch"));
    assert_eq!(app.count("invitations WHERE state = 'pending'"), 1);
}

#[test]
fn the_list_of_invitations_leads_to_the_newest_batches() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    invite(&mut mona, &addresses(2));
    let list = mona.open("/organisation/invitations");
    mona.open(&list.page().link("2 people, 20 Nov 2026, 13:00 (Rome)")).shows("By Mona Manager");
    mona.open("/organisation/history").shows("Mona Manager invited 2 people");
}

#[test]
fn the_page_of_a_batch_looks_again_while_mails_leave() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let page = invite(&mut mona, &addresses(2));
    assert_eq!(page.page().all("meta[http-equiv=refresh]").len(), 1);
    app.sql("UPDATE mails SET state = 'sent' WHERE to_key = 'p1@x.example' AND kind = 'invitation'");
    app.sql("UPDATE mails SET state = 'failed' WHERE to_key = 'p2@x.example' AND kind = 'invitation'");
    let page = mona.open(&page.address);
    page.shows("1 of 2 mails have left.");
    assert_eq!((page.page().fact("Have left"), page.page().fact("Not delivered")), ("1".into(), "1".into()));
    assert!(page.page().all("meta[http-equiv=refresh]").is_empty());
}
