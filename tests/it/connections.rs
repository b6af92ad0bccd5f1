//! Connections: both sides see the same one, each decides about its own records, either ends it (S2-08 … S2-10).

use diesel::Connection as _;
use guildhall::connections::{self, Allowance, Begun, NewConnection};
use uuid::Uuid;

use super::support::page::words;
use super::support::{Actor, Answer, App, Who, id};

const OWN: &str = "/organisation/connections";
const HOST: &str = "00000000-0000-7000-8000-000000000011";
const GLOBEX: &str = "00000000-0000-7000-8000-000000000002";
const SAVE: &str = "Save";
const END: &str = "End the connection";
const LATER: i64 = 60;

fn uuid(text: &str) -> Uuid {
    Uuid::parse_str(text).expect("an id")
}

/// Northwind invited Contoso, who accepted: a connection as acceptance makes it.
fn connect(app: &App) -> String {
    connect_two(app, (id::NORTHWIND, "Northwind Traders", id::MANAGER), (id::CONTOSO, "Contoso Resale"))
}

fn connect_two(app: &App, host: (&str, &str, &str), guest: (&str, &str)) -> String {
    let now = app.now();
    let (invitation, new) = (guildhall::secrets::new_id(now), guildhall::secrets::new_id(now));
    app.sql(&format!(
        "INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, company_name,
             language, lifetime_days, state, expires_at, last_sent_at, created_at, updated_at)
         VALUES ('{invitation}', '{}', '{}', 'partner', '{}', 'c@c.example', 'c@c.example', 'C', 'en', 7, 'accepted',
             '2026-11-25', '2026-11-18', '2026-11-18 09:00Z', '2026-11-18')",
        id::ACME,
        host.0,
        host.2
    ));
    let new = NewConnection {
        id: new,
        tenant: uuid(id::ACME),
        host: (uuid(host.0), host.1),
        guest: (uuid(guest.0), guest.1),
        invitation,
        by: (uuid(id::CONTOSO_MANAGER), "Carla Contoso"),
    };
    let begun = app.database.connect().transaction(|tx| connections::begin(tx, &new, now)).expect("it begins");
    assert_eq!(begun, Begun::New(new.id));
    format!("{OWN}/{}", new.id)
}

/// The id at the end of a connection's address.
fn id_of(page: &str) -> &str {
    page.rsplit('/').next().unwrap_or_default()
}

fn two(app: &App) -> (Actor, Actor) {
    (app.sign_in(Who::Manager), app.sign_in(Who::OtherOrganisation))
}

/// Puts an organisation into a state.
fn put(app: &App, organisation: &str, state: &str) {
    app.sql(&format!(
        "UPDATE organisations SET state = '{state}',
             deleted_at = CASE WHEN '{state}' = 'deleted' THEN now() END,
             state_before_deletion = CASE WHEN '{state}' = 'deleted' THEN 'active' END
         WHERE id = '{organisation}'"
    ));
}

#[track_caller]
fn save(actor: &mut Actor, page: &str, boxes: &[(&str, &str)]) -> Answer {
    let saved = actor.submit(page, SAVE, boxes);
    actor.follow(saved.is(303))
}

#[test]
fn both_sides_see_the_same_connection_each_with_its_own_words() {
    let app = App::start();
    let page = connect(&app);
    let (mut mona, mut carla) = two(&app);
    let list = mona.open(OWN).page();
    assert_eq!((list.heading(), list.link("Records"), list.link("Connections")), {
        ("Connections".into(), "/organisation/partners".into(), OWN.into())
    });
    assert_eq!(words(list.all(".rail__link[aria-current]")[0]), "Partners");
    assert_eq!(list.rows().len(), 1);
    let row = ["CR Contoso Resale You invited them", "just now", "nothing", "nothing", "Active"];
    assert_eq!(list.rows()[0], row);
    assert_eq!(list.link("Contoso Resale"), page);
    assert_eq!(carla.open(OWN).page().rows()[0][0], "NT Northwind Traders They invited you");
    let (ours, theirs) = (mona.open(&page).page(), carla.open(&page).page());
    assert_eq!((ours.heading(), theirs.heading()), ("Contoso Resale".into(), "Northwind Traders".into()));
    for side in [&ours, &theirs] {
        assert_eq!(side.fact("Invited by"), "Mona Manager, Northwind Traders");
    }
    assert_eq!(ours.fact("Invited"), "18 Nov 2026, 10:00 (Rome)");
    assert!(ours.main().contains("Carla Contoso connected with Contoso Resale"), "{}", ours.main());
    assert!(theirs.main().contains("Carla Contoso connected with Northwind Traders"), "{}", theirs.main());
}

#[test]
fn a_connection_of_two_partners_is_nobody_elses() {
    let app = App::start();
    let page = connect(&app);
    let host_page = format!("/settings/connections/{}", id_of(&page));
    let of_others = format!("/settings/profile/partners/{}/connections/{}", id::INITECH, id_of(&page));
    for who in [Who::Owner, Who::OtherTenant] {
        let mut other = app.sign_in(who);
        for address in [&page, &host_page, &of_others, &format!("{page}/grants"), &format!("{host_page}/end")] {
            other.get(address).is(404).hides("Contoso");
        }
        let csrf = format!("csrf={}&version=1&read=true", other.csrf());
        for address in [format!("{page}/grants"), format!("{page}/end"), format!("{host_page}/end")] {
            other.post(&address, &csrf).is(404);
        }
        assert!(other.open(OWN).page().rows().is_empty());
    }
    assert_eq!(app.count("connections WHERE version = 1 AND ended_at IS NULL"), 1);
}

#[test]
fn each_side_decides_about_its_own_records_only() {
    let app = App::start();
    let page = connect(&app);
    let (mut mona, mut carla) = two(&app);
    let saved = save(&mut mona, &page, &[("read", "true")]);
    assert_eq!(saved.page().status(), "What Contoso Resale may do is saved.");
    saved.shows("Northwind Traders lets Contoso Resale see records.");
    saved.shows("Mona Manager changed what may be done by Contoso Resale What they may do");
    assert_eq!(mona.open(OWN).page().rows()[0][2..4], ["see records", "nothing"]);
    assert_eq!(carla.open(OWN).page().rows()[0][2..4], ["nothing", "see records"]);
    let theirs = carla.open(&page);
    theirs.shows("We may see records.");
    theirs.shows("Mona Manager changed what may be done with the records of Northwind Traders What we may do");
    let form = theirs.page().form(SAVE).fill("write", "true");
    assert_eq!(form.names(), ["csrf", "version", "read", "write"]);
    let forged = form.forge("host_grants", "WRITE_PARTNER").forge("side", "host").forge("organisation", id::NORTHWIND);
    carla.send(&forged).is(303);
    let grants = "SELECT host_grants::text || guest_grants::text FROM connections";
    assert_eq!(app.text(grants), "{READ_PARTNER}{WRITE_PARTNER}");
}

#[test]
fn saving_what_is_so_already_leaves_no_trace() {
    let app = App::start();
    let page = connect(&app);
    let mut mona = app.sign_in(Who::Manager);
    save(&mut mona, &page, &[]);
    assert_eq!(app.count("audit_events WHERE verb = 'grant'"), 0);
    save(&mut mona, &page, &[("read", "true"), ("write", "true")]);
    assert_eq!(app.count("audit_events WHERE verb = 'grant'"), 2);
    assert_eq!(app.count("connections WHERE version = 2"), 1);
}

#[test]
fn a_box_holds_a_tick_or_nothing() {
    let app = App::start();
    let page = connect(&app);
    let mut mona = app.sign_in(Who::Manager);
    let form = mona.open(&page).page().form(SAVE);
    for wrong in ["maybe", "false", "<script>alert(1)</script>", " true", "1"] {
        let refused = mona.send(&form.clone().fill("read", wrong));
        assert_eq!(refused.is(422).page().error_of("read"), "Error: Tick this or leave it.");
        assert_eq!(refused.page().all("[role=alert] a[href='#read']").len(), 1);
    }
    assert_eq!(app.count("connections WHERE version = 1"), 1);
}

#[test]
fn of_two_who_save_at_once_the_second_sees_both() {
    let app = App::start();
    let page = connect(&app);
    let (mut mona, mut carla) = two(&app);
    let form = mona.open(&page).page().form(SAVE).fill("write", "true");
    save(&mut mona.clone(), &page, &[("read", "true")]);
    let refused = mona.send(&form);
    let alert = refused.is(409).page().alert();
    assert!(alert.contains("What Contoso Resale may do see records"), "{alert}");
    let again = refused.page().form(SAVE);
    assert_eq!((again.value("read"), again.value("write")), (Some(""), Some("true")));
    mona.send(&again).is(303);
    assert_eq!(app.text("SELECT host_grants::text FROM connections"), "{WRITE_PARTNER}");
    let racers = [mona.open(&page).page().form(SAVE).fill("read", "true"), carla.open(&page).page().form(SAVE)];
    let mut answers = at_once([(mona, racers[0].clone()), (carla, racers[1].clone().fill("read", "true"))]);
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
}

/// Sends two forms at the same moment.
fn at_once(racers: [(Actor, super::support::form::Form); 2]) -> [u16; 2] {
    let start = std::sync::Barrier::new(2);
    let start = &start;
    std::thread::scope(|scope| {
        let threads = racers.map(|(mut actor, form)| {
            scope.spawn(move || {
                start.wait();
                actor.send(&form).status
            })
        });
        threads.map(|thread| thread.join().expect("the racer arrives"))
    })
}

#[test]
fn what_was_ticked_outlives_the_session() {
    let app = App::start();
    let page = connect(&app);
    let mut mona = app.sign_in(Who::Manager);
    let form = mona.open(&page).page().form(SAVE).fill("read", "true");
    app.minutes_pass(LATER);
    let sent = mona.send(&form);
    sent.is_sent_to_sign_in();
    let door = mona.open(sent.location());
    let back = mona.sign_in_from(&door, Who::Manager.email());
    assert_eq!(back.is(200).page().form(SAVE).value("read"), Some("true"));
    assert_eq!(app.count("connections WHERE version = 1"), 1);
    mona.press(&back, SAVE, &[]).is(303);
    assert_eq!(app.text("SELECT host_grants::text FROM connections"), "{READ_PARTNER}");
}

#[test]
fn a_member_and_staff_only_look() {
    let app = App::start();
    let page = connect(&app);
    let mut milo = app.sign_in(Who::Member);
    let seen = milo.open(&page).page();
    assert!(!seen.offers(SAVE) && !seen.offers(END), "{}", seen.main());
    milo.get(&format!("{page}/end")).is(403);
    let mut owner = app.owner();
    let of_northwind = format!("/settings/profile/partners/{}/connections", id::NORTHWIND);
    let list = owner.open(&of_northwind).page();
    assert_eq!(list.rows()[0][0], "CR Contoso Resale Northwind Traders invited them");
    let seen = owner.open(&list.link("Contoso Resale")).page();
    assert!(!seen.offers(SAVE) && !seen.offers(END), "{}", seen.main());
    assert!(seen.main().contains("What Northwind Traders may do"), "{}", seen.main());
    owner.get(&format!("{of_northwind}/{}/end", id_of(&page))).is(404);
}

#[test]
fn either_side_ends_it_for_both_and_it_stays_to_be_read() {
    let app = App::start();
    let page = connect(&app);
    let (mut mona, mut carla) = two(&app);
    save(&mut mona, &page, &[("read", "true")]);
    let ask = carla.open(&carla.clone().open(&page).page().link(END));
    ask.shows("This cannot be undone").shows("1 permission that Northwind Traders gives you");
    let open_form = mona.open(&page).page().form(SAVE);
    let ended = carla.press(&ask, END, &[]);
    let after = carla.follow(ended.is(303));
    assert_eq!(after.page().status(), "The connection with Northwind Traders has ended.");
    for (actor, other) in [(&mut mona, "Contoso Resale"), (&mut carla, "Northwind Traders")] {
        assert!(actor.open(OWN).page().rows().is_empty());
        assert_eq!(actor.open(&format!("{OWN}?state=ended")).page().rows()[0][4], "Ended");
        let seen = actor.open(&page);
        assert!(!seen.page().offers(SAVE) && !seen.page().offers(END), "{}", seen.text());
        assert_eq!(seen.page().fact("Ended by"), "Contoso Resale");
        seen.shows(&format!("Carla Contoso ended the connection with {other}"));
        actor.get(&format!("{page}/end")).goes_to(&page);
    }
    let late = mona.send(&open_form);
    late.goes_to(&page);
    assert_eq!(mona.follow(&late).page().status(), "Not saved: the connection has ended.");
    assert_eq!(app.count("audit_events WHERE verb = 'disconnect'"), 2);
}

#[test]
fn two_sides_that_end_it_at_once_end_it_once() {
    let app = App::start();
    let page = connect(&app);
    let (mut mona, mut carla) = two(&app);
    let form = |actor: &mut Actor| actor.open(&format!("{page}/end")).page().form(END);
    let forms = [form(&mut mona), form(&mut carla)];
    let [first, second] = forms;
    assert_eq!(at_once([(mona.clone(), first.clone()), (carla, second)]), [303, 303]);
    assert_eq!(app.count("audit_events WHERE verb = 'disconnect'"), 2);
    let again = mona.send(&first);
    assert_eq!(mona.follow(&again).page().status(), "The connection with Contoso Resale had ended before.");
}

#[test]
fn two_that_parted_can_be_connected_again() {
    let app = App::start();
    let page = connect(&app);
    let mut mona = app.sign_in(Who::Manager);
    mona.submit(&format!("{page}/end"), END, &[]).is(303);
    let new = connect(&app);
    assert_ne!(page, new);
    assert_eq!(mona.open(OWN).page().link("Contoso Resale"), new);
    mona.open(&page).shows("This connection has ended");
}

#[test]
fn what_a_suspended_partner_may_do_can_still_be_taken_back() {
    let app = App::start();
    let page = connect(&app);
    let mut mona = app.sign_in(Who::Manager);
    save(&mut mona, &page, &[("read", "true")]);
    for (state, word) in [("suspended", "Suspended"), ("deleted", "In the bin")] {
        put(&app, id::CONTOSO, state);
        assert!(mona.open(OWN).page().rows()[0][0].ends_with(word));
        mona.open(&page).shows(word).shows("You can still take back what you allow it.");
    }
    let form = mona.open(&page).page().form(SAVE).fill("read", "");
    mona.send(&form).is(303);
    assert_eq!(app.text("SELECT host_grants::text FROM connections"), "{}");
}

#[test]
fn the_rule_for_records_knows_direction_allowance_end_state_and_tenant() {
    // S2-09, S2-10
    let app = App::start();
    connect(&app);
    let ask = |tenant: &str, owner: &str, other: &str| {
        let mut conn = app.database.connect();
        let mut allows = |what| {
            connections::allows(&mut conn, uuid(tenant), uuid(owner), uuid(other), what).expect("the rule is asked")
        };
        (allows(Allowance::Read), allows(Allowance::Write))
    };
    let both = || (ask(id::ACME, id::NORTHWIND, id::CONTOSO), ask(id::ACME, id::CONTOSO, id::NORTHWIND));
    let nothing = (false, false);
    assert_eq!(both(), (nothing, nothing), "nothing at first");
    app.sql("UPDATE connections SET host_grants = '{READ_PARTNER}', guest_grants = '{WRITE_PARTNER}'");
    let granted = ((true, false), (false, true));
    assert_eq!(both(), granted);
    assert_eq!(ask(GLOBEX, id::NORTHWIND, id::CONTOSO), nothing, "in another tenant");
    assert_eq!(ask(id::ACME, HOST, id::CONTOSO), nothing, "without a connection (S2-08)");
    assert_eq!(ask(id::ACME, id::NORTHWIND, id::NORTHWIND), nothing, "with oneself");
    for side in [id::NORTHWIND, id::CONTOSO] {
        for state in ["suspended", "deleted"] {
            put(&app, side, state);
            assert_eq!(both(), (nothing, nothing), "{side} is {state}");
        }
        put(&app, side, "active");
    }
    assert_eq!(both(), granted, "again");
    app.sql("UPDATE connections SET ended_at = now()");
    assert_eq!(both(), (nothing, nothing), "after the end");
}

#[test]
fn all_pages_together_hold_every_connection_of_both_sides_once() {
    let app = App::start();
    app.sql(&format!(
        "INSERT INTO organisations (id, tenant_id, kind, name, name_key, time_zone, created_at, updated_at)
         SELECT ('00000000-0000-7000-8000-0000000a' || lpad(n::text, 4, '0'))::uuid, '{0}', 'partner', 'Mass ' || n,
             'mass ' || n, 'UTC', now(), now() FROM generate_series(1, 60) AS n;
         INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
         SELECT ('00000000-0000-7000-8000-0000000b' || lpad(n::text, 4, '0'))::uuid, '{0}',
             CASE WHEN n % 3 = 0 THEN mass ELSE '{1}' END, CASE WHEN n % 3 = 0 THEN '{1}' ELSE mass END, now(), now()
         FROM (SELECT n, ('00000000-0000-7000-8000-0000000a' || lpad(n::text, 4, '0'))::uuid AS mass
             FROM generate_series(1, 60) AS n) AS rows",
        id::ACME,
        id::NORTHWIND
    ));
    let mut mona = app.sign_in(Who::Manager);
    let expected: Vec<String> = (1..=60).rev().map(|n| format!("Mass {n}")).collect();
    let (forwards, last) = walk(&mut mona, OWN, "next");
    assert_eq!(forwards.concat(), expected);
    let (mut backwards, _) = walk(&mut mona, &last, "prev");
    backwards.reverse();
    assert_eq!(backwards.concat(), expected);
    assert_eq!(forwards[0].len(), 25);
}

/// The names on every page from here on, and the address of the last one.
fn walk(actor: &mut Actor, from: &str, rel: &str) -> (Vec<Vec<String>>, String) {
    let (mut pages, mut address) = (Vec::new(), from.to_owned());
    for _ in 0..10 {
        let page = actor.open(&address).page();
        pages.push(page.all("main .row-link").into_iter().map(words).collect());
        let next = page.all(&format!("nav a[rel={rel}]")).first().and_then(|link| link.value().attr("href"));
        let Some(next) = next else { return (pages, address) };
        next.clone_into(&mut address);
    }
    panic!("{from} has no end")
}

#[test]
fn an_empty_list_says_what_would_be_here_and_how_to_begin() {
    let app = App::start();
    let page = app.sign_in(Who::Manager).open(OWN).page();
    assert_eq!(page.link("Invite a partner"), "/organisation/invitations/new?kind=partner");
    let mut milo = app.sign_in(Who::Member);
    assert!(!milo.open(OWN).page().offers("Invite a partner"));
    let ended = milo.open(&format!("{OWN}?state=ended"));
    ended.shows("No connection has ended");
}
