//! Partner records: an organisation's own notes about its customers and suppliers (seed 002, S2-11 … S2-19).

use std::collections::BTreeSet;

use super::support::fixture::RECORDS;
use super::support::page::words;
use super::support::{Actor, Answer, App, Who, id};

const OWN: &str = "/organisation/partners";
const HOST: &str = "/settings/partner-records";
const ADD: &str = "Add partner";
const RIGHT: [(&str, &str); 6] = [
    ("company_name", "Zebra Papier"),
    ("partner_type", "supplier"),
    ("email", "Ana@Zebra.Example"),
    ("sales_amount", "1250000"),
    ("frequency", "monthly"),
    ("payment_terms", "30 days net"),
];

/// Sends the form that creates, with one field changed.
#[track_caller]
fn add(actor: &mut Actor, list: &str, field: &str, value: &str) -> Answer {
    let fields = RIGHT.map(|(name, right)| (name, if name == field { value } else { right }));
    actor.submit(&format!("{list}/new"), ADD, &fields)
}

/// The names in the table, in order.
fn names(actor: &mut Actor, address: &str) -> Vec<String> {
    actor.open(address).page().all("main table tbody th a").iter().map(|link| words(*link)).collect()
}

/// Records of Northwind, `Firm 1` onwards, many twins in every sorted column but the name.
fn firms(app: &App, number: usize) {
    app.sql(&format!(
        "INSERT INTO partner_records (id, tenant_id, organisation_id, company_name, name_key, partner_type, email,
             email_key, sales_amount, frequency, payment_terms, created_at, updated_at)
         SELECT gen_random_uuid(), '{}', '{}', 'Firm ' || n, 'firm ' || n % 20,
             CASE n % 3 WHEN 0 THEN 'supplier' ELSE 'customer' END, 'box@firm' || n || '.example',
             'box@firm' || n || '.example', n % 4, 'weekly', 'on receipt',
             '2026-03-01 09:00Z'::timestamptz + (n / 20) * interval '1 day', now()
         FROM generate_series(1, {number}) AS n",
        id::ACME,
        id::NORTHWIND
    ));
}

/// Gives the fixture's record of Northwind a partner invitation in this state.
fn invite(app: &App, state: &str, expires: &str) {
    app.sql(&format!(
        "INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, company_name,
             partner_record_id, language, lifetime_days, state, expires_at, last_sent_at, created_at, updated_at)
         SELECT gen_random_uuid(), tenant_id, organisation_id, 'partner', '{}', email, email_key, company_name, id,
             'en', 7, '{state}', '{expires}', '2026-11-18 09:00Z', '2026-11-18 09:00Z', '2026-11-18 09:00Z'
         FROM partner_records WHERE id = '{record}';
         UPDATE partner_records SET invitation_id = (SELECT id FROM invitations ORDER BY number DESC LIMIT 1)
         WHERE id = '{record}'",
        id::MANAGER,
        record = id::record(id::NORTHWIND)
    ));
}

#[test]
fn a_manager_records_a_company_and_finds_it_in_the_list() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    mona.open(OWN).shows("No records yet").shows("Add the first partner");
    let added = add(&mut mona, OWN, "", "");
    let page = mona.follow(added.is(303)).page();
    assert_eq!((page.heading().as_str(), page.status().as_str()), ("Zebra Papier", "Zebra Papier is added."));
    assert_eq!(page.value_of("sales_amount"), "1250000");
    let row = mona.open(OWN).page().rows().remove(0);
    let told = ["Zebra Papier Ana@Zebra.Example", "Supplier", "1,250,000", "monthly", "30 days net", "Not invited"];
    assert_eq!(row[..6], told);
    mona.open("/organisation/history").shows("Mona Manager created Zebra Papier");
}

#[test]
fn every_text_has_its_length_in_characters() {
    // S2-11, S2-14, S2-15, S2-16
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for (field, most) in [("company_name", 100), ("frequency", 30), ("payment_terms", 50)] {
        for fine in ["x".into(), "x".repeat(most), "é".repeat(most), "株".repeat(most), "😀".repeat(most)] {
            assert_eq!(add(&mut mona, OWN, field, &fine).status, 303, "{field} {fine}");
        }
        for wrong in [String::new(), " ".into(), "x".repeat(most + 1), "株".repeat(most + 1), "😀".repeat(most + 1)]
        {
            let refused = add(&mut mona, OWN, field, &wrong);
            assert!(!refused.is(422).page().error_of(field).is_empty(), "{field} {wrong}");
        }
    }
    let address = |length: usize| format!("{}@{}.example", "a".repeat(60), "b".repeat(length - 69));
    add(&mut mona, OWN, "email", &address(100)).is(303);
    for wrong in ["", "nobody", "a@b", "a@x.example, b@x.example", &address(101)] {
        assert!(!add(&mut mona, OWN, "email", wrong).is(422).page().error_of("email").is_empty(), "{wrong}");
    }
    assert_eq!(app.count("partner_records"), 16);
}

#[test]
fn sales_are_a_whole_number_and_the_type_is_one_of_two() {
    // S2-12, S2-13
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for fine in ["0", "2147483647"] {
        add(&mut mona, OWN, "sales_amount", fine).is(303);
    }
    for wrong in ["", "-1", "2147483648", "1.5", "1e3", "1,000", "one", "99999999999999999999"] {
        let refused = add(&mut mona, OWN, "sales_amount", wrong);
        assert!(!refused.is(422).page().error_of("sales_amount").is_empty(), "{wrong}");
    }
    add(&mut mona, OWN, "partner_type", "customer").is(303);
    for wrong in ["", "Customer", "both", "reseller"] {
        assert!(!add(&mut mona, OWN, "partner_type", wrong).is(422).page().error_of("partner_type").is_empty());
    }
    assert_eq!(app.count("partner_records"), 3);
}

#[test]
fn a_refused_form_keeps_everything_and_names_every_field() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let refused = add(&mut mona, OWN, "sales_amount", "about 1.000");
    let page = refused.is(422).page();
    assert!(page.title().starts_with("Error: "), "{}", page.title());
    for (name, right) in RIGHT {
        assert_eq!(page.value_of(name), if name == "sales_amount" { "about 1.000" } else { right });
    }
    let csrf = mona.csrf();
    let page = mona.post(&format!("{OWN}/new"), &format!("csrf={csrf}")).is(422).page();
    let named: Vec<_> =
        page.all("[role=alert] a").iter().map(|link| link.value().attr("href").unwrap()[1..].to_owned()).collect();
    assert_eq!(named, RIGHT.map(|(name, _)| name));
    mona.press(&refused, ADD, &[("sales_amount", "1000")]).is(303);
    assert_eq!(app.count("partner_records WHERE sales_amount = 1000 AND company_name = 'Zebra Papier'"), 1);
}

#[test]
fn a_company_name_holds_no_link_and_may_occur_twice_with_a_hint() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    add(&mut mona, OWN, "company_name", "Win at https://evil.example").is(422);
    add(&mut app.sign_in(Who::OtherOrganisation), OWN, "", "").is(303);
    let first = add(&mut mona, OWN, "", "");
    mona.follow(first.is(303)).hides("has the same company name");
    let second = add(&mut mona, OWN, "company_name", "ZEBRA  papier");
    let page = mona.follow(second.is(303));
    page.shows("has the same company name");
    assert_eq!(page.page().link("Another record"), first.location());
}

#[test]
fn a_double_click_records_one_company() {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    let form = mona.open(&format!("{OWN}/new")).page().form(ADD);
    let form = RIGHT.iter().fold(form, |form, (name, value)| form.fill(name, value));
    let first = mona.send(&form);
    mona.send(&form).goes_to(first.is(303).location());
    mona.send(&form.fill("frequency", "weekly")).is(422).shows("has added a partner already");
    assert_eq!(app.count("partner_records"), 1);
}

#[test]
fn an_edit_is_told_in_the_history_and_a_stale_one_shows_both() {
    let app = App::start();
    app.sql(RECORDS);
    let (mut olivia, mut adam) = (app.owner(), app.sign_in(Who::Administrator));
    let record = format!("{HOST}/{}", id::record(id::ACME_HOST));
    let slow = adam.open(&record);
    olivia.submit(&record, "Save", &[("sales_amount", "77"), ("frequency", "yearly")]).goes_to(&record);
    olivia.open("/settings/history").shows("Sales a year, Frequency").shows("1250000 → became 77");
    let refused = adam.press(&slow, "Save", &[("payment_terms", "in advance")]);
    refused.is(409).shows("sales of 77 a year, yearly");
    assert_eq!(refused.page().value_of("payment_terms"), "in advance");
    assert_eq!(app.count("partner_records WHERE payment_terms = 'in advance'"), 0);
    adam.press(&refused, "Save", &[]).is(303);
    assert_eq!(app.count("partner_records WHERE payment_terms = 'in advance' AND sales_amount = 1250000"), 1);
    let refused = adam.submit(&record, "Save", &[("email", "nobody")]);
    assert_eq!(refused.is(422).page().value_of("email"), "nobody");
    let saves = app.count("audit_events WHERE object_kind = 'partner_record' AND verb = 'edit'");
    adam.submit(&record, "Save", &[]).is(303);
    assert_eq!(app.count("audit_events WHERE object_kind = 'partner_record' AND verb = 'edit'"), saves);
}

#[test]
fn a_deleted_record_is_gone_until_undo() {
    let app = App::start();
    app.sql(RECORDS);
    let mut mona = app.sign_in(Who::Manager);
    let record = format!("{OWN}/{}", id::record(id::NORTHWIND));
    let deleted = mona.submit(&record, "Delete this record", &[]);
    deleted.goes_to(OWN);
    let list = mona.follow(&deleted);
    list.shows("The record of Northwind Traders is deleted.").shows("No records yet");
    mona.get(&record).is(404);
    let csrf = mona.csrf();
    mona.post(&record, &format!("csrf={csrf}")).is(404);
    mona.press(&list, "Undo", &[]).goes_to(&record);
    mona.open(&record);
    let verbs = "SELECT string_agg(verb, ' ' ORDER BY verb) FROM audit_events WHERE object_kind = 'partner_record'";
    assert_eq!(app.text(verbs), "remove restore");
}

#[test]
fn what_is_typed_outlives_the_session() {
    let app = App::start();
    app.sql(RECORDS);
    let mut mona = app.sign_in(Who::Manager);
    let record = format!("{OWN}/{}", id::record(id::NORTHWIND));
    let page = mona.open(&record);
    app.sql("UPDATE sessions SET last_seen_at = last_seen_at - interval '1 day', created_at = created_at - interval '1 day'");
    app.minutes_pass(24 * 60);
    let away = mona.press(&page, "Save", &[("frequency", "every leap year")]);
    let door = mona.follow(&away);
    let back = mona.sign_in_from(&door, Who::Manager.email());
    assert_eq!(back.page().value_of("frequency"), "every leap year");
}

#[test]
fn a_member_and_an_auditor_read_and_staff_leave_a_partners_records_alone() {
    let app = App::start();
    app.sql(RECORDS);
    let record = id::record(id::NORTHWIND);
    let below = format!("/settings/profile/partners/{}/partners", id::NORTHWIND);
    for (who, list) in [(Who::Member, OWN), (Who::Auditor, &below), (Who::Owner, &below)] {
        let mut reader = app.sign_in(who);
        assert_eq!(names(&mut reader, list), ["Northwind Traders"], "{who:?}");
        assert!(!reader.open(list).page().offers("Add a partner"), "{who:?}");
        let page = reader.open(&format!("{list}/{record}")).page();
        assert_eq!(page.fact("Sales a year"), "1,250,000", "{who:?}");
        assert!(!page.offers("Save") && !page.offers("Delete this record"), "{who:?}");
    }
    let mut carla = app.sign_in(Who::OtherOrganisation);
    assert_eq!(names(&mut carla, OWN), ["Contoso Resale"]);
    carla.get(&format!("{OWN}/{record}")).is(404);
}

#[test]
fn the_state_of_the_invitation_is_shown_and_leads_on() {
    // S2-18, S2-19
    let app = App::start();
    app.sql(RECORDS);
    let mut mona = app.sign_in(Who::Manager);
    let record = format!("{OWN}/{}", id::record(id::NORTHWIND));
    let to_invite = format!("/organisation/invitations/new?kind=partner&record={}", id::record(id::NORTHWIND));
    assert_eq!(mona.open(&record).page().link("Invite this partner"), to_invite);
    for (state, expires, word, filter, invitable) in [
        ("pending", "2026-11-20 12:00:01Z", "Invited, 2 days ago", "invited", false),
        ("pending", "2026-11-20 12:00Z", "Expired", "none", true),
        ("declined", "2026-11-25 12:00Z", "Declined", "none", true),
        ("revoked", "2026-11-25 12:00Z", "Revoked", "none", true),
        ("accepted", "2026-11-19 12:00Z", "Accepted", "accepted", true),
    ] {
        app.sql("UPDATE invitations SET state = 'superseded'");
        invite(&app, state, expires);
        assert_eq!(mona.open(OWN).page().rows()[0][5], word);
        assert_eq!(mona.open(&record).page().offers("Invite this partner"), invitable, "{word}");
        for each in ["none", "invited", "accepted"] {
            let found = names(&mut mona, &format!("{OWN}?invitation={each}"));
            assert_eq!(found.is_empty(), each != filter, "{word} among {each}");
        }
    }
    app.sql(&format!("UPDATE partner_records SET guest_organisation_id = '{}'", id::CONTOSO));
    let page = mona.open(&record).page();
    assert_eq!(page.fact("On the portal as"), "Contoso Resale");
    assert!(!page.offers("Invite this partner"));
    let invitation = app.text("SELECT id FROM invitations WHERE state = 'accepted'");
    assert_eq!(page.link("Accepted"), format!("/organisation/invitations/{invitation}"));
}

#[test]
fn search_and_filters_find_and_say_what_they_looked_for() {
    let app = App::start();
    firms(&app, 60);
    app.sql("UPDATE partner_records SET company_name = 'Čertova 100% Skála', name_key = 'čertova 100% skála' WHERE company_name = 'Firm 7'");
    let mut mona = app.sign_in(Who::Manager);
    for search in ["certova", "SKÁLA čert", "box@firm7.", "firm7.example", "100%25", "sk"] {
        let search = search.replace('Š', "%C5%A0").replace('Á', "%C3%81").replace('č', "%C4%8D").replace(' ', "+");
        assert_eq!(names(&mut mona, &format!("{OWN}?q={search}")), ["Čertova 100% Skála"], "{search}");
    }
    for nothing in ["zz", "%25%25%25", "f_rm", "%5c", "'"] {
        assert!(names(&mut mona, &format!("{OWN}?q={nothing}")).is_empty(), "{nothing}");
    }
    mona.open(&format!("{OWN}?q=%3Cb%3Enone")).shows("Nothing matches “<b>none”").shows("Clear the search");
    let page = mona.open(&format!("{OWN}?q=firm&type=supplier&sort=sales")).page();
    assert!(page.rows().iter().all(|row| row[1] == "Supplier") && page.rows().len() == 20);
    assert_eq!(page.link("All"), format!("{OWN}?q=firm&sort=sales&order=descending"));
    assert_eq!(page.link("Customers"), format!("{OWN}?q=firm&type=customer&sort=sales&order=descending"));
    mona.open(&format!("{OWN}?type=supplier&q=nobody")).shows("Search all records");
    for odd in ["type=both&sort=;&order=x", "from=AAAA", "invitation=%00", "sort=sales&from=eyJrIjoieCIsImkiOiIwIn0"] {
        mona.open(&format!("{OWN}?{odd}"));
    }
}

#[test]
fn all_pages_together_hold_every_record_once_in_every_order() {
    let app = App::start();
    firms(&app, 60);
    let mut mona = app.sign_in(Who::Manager);
    for sort in ["name", "created", "sales"] {
        for order in ["ascending", "descending"] {
            let forwards = walk(&mut mona, &format!("{OWN}?sort={sort}&order={order}"), "next");
            let sizes: Vec<_> = forwards.iter().map(|(_, rows)| rows.len()).collect();
            assert_eq!(sizes, [25, 25, 10], "{sort} {order}");
            let rows: Vec<_> = forwards.iter().flat_map(|(_, rows)| rows.clone()).collect();
            assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), 60, "{sort} {order}");
            let mut backwards = walk(&mut mona, &forwards[2].0, "prev");
            backwards.reverse();
            let again: Vec<_> = backwards.into_iter().flat_map(|(_, rows)| rows).collect();
            assert_eq!(again, rows, "{sort} {order}, backwards");
        }
    }
    let page = mona.open(&format!("{OWN}?sort=sales")).page();
    let sorted: Vec<_> =
        page.all("th[aria-sort]").iter().map(|th| (words(*th), th.value().attr("aria-sort"))).collect();
    assert_eq!(sorted, [("Sales a year".to_owned(), Some("descending"))]);
    assert_eq!(page.link("Connections"), "/organisation/connections");
}

/// Every page reached by a link, with the names on it.
fn walk(actor: &mut Actor, from: &str, rel: &str) -> Vec<(String, Vec<String>)> {
    let mut pages = Vec::new();
    let mut next = Some(from.to_owned());
    while let Some(address) = next {
        let page = actor.open(&address).page();
        pages.push((address, page.rows().iter().map(|row| row[0].clone()).collect()));
        let links = page.all(&format!("a[rel={rel}]"));
        next = links.first().and_then(|link| link.value().attr("href")).map(str::to_owned).filter(|_| pages.len() < 9);
    }
    pages
}

/// A function that tells how PostgreSQL would go about a query.
const PLAN: &str = "CREATE FUNCTION plan(query text) RETURNS text LANGUAGE plpgsql AS $f$
    DECLARE line text; said text := '';
    BEGIN
        FOR line IN EXECUTE 'EXPLAIN ' || query LOOP said := said || line || E'\\n'; END LOOP;
        RETURN said;
    END $f$";

#[test]
fn twenty_thousand_records_are_read_by_index() {
    let app = App::start();
    firms(&app, 20_000);
    app.sql("UPDATE partner_records SET name_key = 'firm ' || number");
    app.sql("VACUUM ANALYZE partner_records");
    app.sql(PLAN);
    let of_northwind = format!(
        "SELECT p.id FROM partner_records p LEFT JOIN invitations i ON i.id = p.invitation_id
         WHERE p.organisation_id = '{}' AND p.deleted_at IS NULL",
        id::NORTHWIND
    );
    for (which, rest) in [
        ("by name", "ORDER BY p.sort_key, p.id LIMIT 26"),
        ("by sales", "ORDER BY p.sales_amount DESC, p.id DESC LIMIT 26"),
        ("by creation", "ORDER BY p.created_at, p.id LIMIT 26"),
        (
            "a later page",
            "AND p.sort_key >= 'firm 3' AND (p.sort_key > 'firm 3' OR p.id > p.organisation_id) ORDER BY p.sort_key, p.id LIMIT 26",
        ),
        ("suppliers", "AND p.partner_type = 'supplier' ORDER BY p.sort_key, p.id LIMIT 26"),
        ("a search", "AND p.search_text LIKE '%box@firm777.%' ORDER BY p.sort_key, p.id LIMIT 26"),
        ("a namesake", "AND p.sort_key = 'firm 3' AND p.name_key = 'firm 3' AND p.id <> p.organisation_id LIMIT 1"),
        (
            "accepted",
            "AND i.organisation_id = p.organisation_id AND i.state = 'accepted' ORDER BY p.sort_key, p.id LIMIT 26",
        ),
    ] {
        let plan = app.text(&format!("SELECT plan($q$ {of_northwind} {rest} $q$)"));
        assert!(plan.contains("Index") && !plan.contains("Seq Scan on partner_records"), "{which}: {plan}");
    }
}
