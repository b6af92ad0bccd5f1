//! The table of partners: search, filters, sorting, and pages that neither skip nor repeat.

use std::collections::BTreeSet;

use super::support::{Actor, App, Who, id};

const PARTNERS: &str = "/settings/profile/partners";

/// Names found by a search, in order.
fn found(actor: &mut Actor, search: &str) -> Vec<String> {
    let query = serde_urlencoded::to_string([("q", search)]).unwrap();
    let page = actor.open(&format!("{PARTNERS}?{query}")).page();
    page.all("main table tbody th a").iter().map(|link| super::support::page::words(*link)).collect()
}

#[test]
fn search_finds_by_name_code_id_address_and_account_ids() {
    let app = App::start();
    let mut owner = app.owner();
    for search in [
        "Northwind",
        "north trad",
        "NORTHWIND  TRADERS",
        "no",
        "nwt-01",
        id::NORTHWIND,
        "manager@northwind.example",
        "member@",
        "manager@north",
        "zu-northwind",
        "SF-Northwind",
        " wind ",
    ] {
        assert_eq!(found(&mut owner, search), ["Northwind Traders"], "{search}");
    }
}

#[test]
fn people_are_found_by_the_beginning_of_their_address_without_its_sign() {
    let app = App::start();
    let mut owner = app.owner();
    app.sql(
        "UPDATE users SET email = 'Ida.Okafor7@northwind.example', email_key = 'ida.okafor7@northwind.example' \
         WHERE email_key = 'member@northwind.example'",
    );
    assert_eq!(found(&mut owner, "ida.okafor"), ["Northwind Traders"]);
    assert_eq!(found(&mut owner, "Ida.Okafor7"), ["Northwind Traders"]);
    assert!(found(&mut owner, "okafor7").is_empty(), "an address is found by its beginning");
}

#[test]
fn search_takes_every_character_for_itself() {
    let app = App::start();
    let mut owner = app.owner();
    for nothing in ["%", "_", "%%%", "no%wind", "n_wind", "\\", "'", "' OR 1=1 --", "\u{202e}x%", "zz top", "a@b"] {
        assert!(found(&mut owner, nothing).is_empty(), "{nothing}");
    }
    app.sql(&format!(
        "UPDATE organisations SET name = '100% Sure_Thing', name_key = '100% sure_thing' WHERE id = '{}'",
        id::CONTOSO
    ));
    for literal in ["100%", "100% s", "sure_t", "100% sure"] {
        assert_eq!(found(&mut owner, literal), ["100% Sure_Thing"], "{literal}");
    }
}

#[test]
fn a_search_without_a_hit_says_so_and_echoes_safely() {
    let app = App::start();
    let mut owner = app.owner();
    let page = owner.open(&format!("{PARTNERS}?q=%3Cscript%3Ealert(1)%3C/script%3E"));
    page.shows("Nothing matches “<script>alert(1)</script>”").hides("<script>alert(1)");
    for odd in ["q=%ff%fe", "q=%00", "sort=name;--&order=x", "state=deleted", "from=AAAA", "sort=", "%", "q=%zz"] {
        owner.open(&format!("{PARTNERS}?{odd}"));
    }
    owner.open(&format!("{PARTNERS}?q={}", "x".repeat(3_000)));
}

#[test]
fn filters_show_one_state() {
    let app = App::start();
    let mut owner = app.owner();
    app.sql(&format!("UPDATE organisations SET state = 'suspended' WHERE id = '{}'", id::CONTOSO));
    let names = |page: super::support::Answer| page.page().rows().iter().map(|row| row[1].clone()).collect::<Vec<_>>();
    assert_eq!(names(owner.open(&format!("{PARTNERS}?state=suspended"))), [id::CONTOSO]);
    assert_eq!(names(owner.open(&format!("{PARTNERS}?state=active"))), [id::NORTHWIND]);
}

#[test]
fn all_pages_together_hold_every_row_once_in_every_order() {
    let app = App::start();
    // Many twins in every sorted column, so that pages are cut inside them.
    app.sql(&format!(
        "INSERT INTO organisations (id, tenant_id, kind, name, name_key, user_count, created_at, updated_at)
         SELECT gen_random_uuid(), '{}', 'partner', 'Firm ' || n, 'firm ' || n, n % 3,
             '2026-03-01 09:00Z'::timestamptz + (n / 20) * interval '1 day', now()
         FROM generate_series(1, 58) AS n",
        id::ACME
    ));
    let mut owner = app.owner();
    for sort in ["created", "name", "users"] {
        for order in ["ascending", "descending"] {
            let forwards = walk(&mut owner, &format!("{PARTNERS}?sort={sort}&order={order}"), "next");
            let rows: Vec<_> = forwards.iter().flat_map(|(_, ids)| ids.clone()).collect();
            assert_eq!(rows.len(), 60, "{sort} {order}");
            assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), 60, "{sort} {order}");
            let last = forwards.last().unwrap().0.clone();
            let mut backwards = walk(&mut owner, &last, "prev");
            backwards.reverse();
            let again: Vec<_> = backwards.into_iter().flat_map(|(_, ids)| ids).collect();
            assert_eq!(again, rows, "{sort} {order}, backwards");
        }
    }
}

/// Every page reached by a link, with the ids on it.
fn walk(actor: &mut Actor, from: &str, rel: &str) -> Vec<(String, Vec<String>)> {
    let mut pages = Vec::new();
    let mut next = Some(from.to_owned());
    while let Some(address) = next {
        let page = actor.open(&address).page();
        pages.push((address, page.rows().iter().map(|row| row[1].clone()).collect()));
        let link =
            page.all(&format!("a[rel={rel}]")).first().and_then(|link| link.value().attr("href")).map(str::to_owned);
        next = link.filter(|_| pages.len() < 20);
    }
    pages
}

#[test]
fn a_sorted_column_says_so() {
    let app = App::start();
    let page = app.owner().open(&format!("{PARTNERS}?sort=name&order=ascending")).page();
    let sorted: Vec<_> = page
        .all("th[aria-sort]")
        .iter()
        .map(|th| (super::support::page::words(*th), th.value().attr("aria-sort").unwrap()))
        .collect();
    assert_eq!(sorted, [("Name".to_owned(), "ascending")]);
    let names: Vec<_> = page.rows().iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, [id::CONTOSO, id::NORTHWIND]);
}

#[test]
fn people_are_paged_too() {
    let app = App::start();
    app.sql(&format!(
        "INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
         SELECT gen_random_uuid(), '{}', '{}', 'Person ' || n % 7, 'p' || n || '@n.example', 'p' || n || '@n.example',
             'member', now(), now() FROM generate_series(1, 118) AS n",
        id::ACME,
        id::NORTHWIND
    ));
    let mut owner = app.owner();
    let pages = walk(&mut owner, &format!("{PARTNERS}/{}/users", id::NORTHWIND), "next");
    assert_eq!(pages.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [50, 50, 20]);
    let people = walk_first_cells(&mut owner, &pages);
    assert_eq!(people.len(), 120);
    owner.open(PARTNERS).shows("120");
}

fn walk_first_cells(actor: &mut Actor, pages: &[(String, Vec<String>)]) -> BTreeSet<String> {
    let cells = |page: &str| actor.open(page).page().rows().into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    pages.iter().map(|(page, _)| page.as_str()).flat_map(cells).collect()
}

#[test]
fn a_search_needs_no_accents_and_finds_words_and_ids_by_their_beginning() {
    let app = App::start();
    let mut owner = app.owner();
    let fields = [("name", "Čertova Skála Øst"), ("zuora_account_id", "zu-1"), ("invoice_owner", "partner")];
    let created = owner.submit("/settings/profile/partners/new", "Create Partner Organisation", &fields);
    let id = created.location().rsplit('/').next().unwrap().to_owned();
    for search in ["certova", "SKALA", "ost", "sk", &id[..13]] {
        owner.open(&format!("/settings/profile/partners?q={search}")).shows("Čertova Skála Øst");
    }
    owner.open("/settings/profile/partners?q=ertova%25").hides("Čertova Skála Øst");
}

#[test]
fn a_search_forgives_one_slip_and_says_that_it_did() {
    let app = App::start();
    let mut owner = app.owner();
    for slip in [
        "Nortwind",
        "Norhtwind",
        "Northhwind",
        "Northwimd",
        "nortwind tradres",
        "traedrs",
        "nwt-001",
        "zu-nortwhind",
        "sf-northwnd",
        "manger@northwind.example",
        "manager@nrothwind.example",
    ] {
        assert_eq!(found(&mut owner, slip), ["Northwind Traders"], "{slip}");
        owner.open(&format!("{PARTNERS}?q={}", slip.replace(' ', "+"))).shows("as typed. This comes close.");
    }
    owner.open(&format!("{PARTNERS}?q=northwind")).hides("comes close");
    for far in ["Nrthwnd", "Sothwond", "nrt", "xyz traedrs", "initexh", "manager@initexh.example"] {
        assert!(found(&mut owner, far).is_empty(), "{far}");
    }
}

#[test]
fn what_was_renamed_or_created_is_found_in_spite_of_a_slip() {
    let app = App::start();
    let mut owner = app.owner();
    let fields = [("name", "Škoda Überlandwerke"), ("zuora_account_id", "zu-1"), ("invoice_owner", "partner")];
    owner.submit("/settings/profile/partners/new", "Create Partner Organisation", &fields);
    assert_eq!(found(&mut owner, "uberlandwerek"), ["Škoda Überlandwerke"]);
    app.sql(&format!("UPDATE organisations SET name = 'Fabrikam', name_key = 'fabrikam' WHERE id = '{}'", id::CONTOSO));
    assert_eq!(found(&mut owner, "fabrikma"), ["Fabrikam"]);
}

#[test]
fn a_search_is_paged_in_every_order_however_it_is_answered() {
    let app = App::start();
    app.sql(&format!(
        "INSERT INTO organisations (id, tenant_id, kind, name, name_key, user_count, created_at, updated_at)
         SELECT gen_random_uuid(), '{}', 'partner', 'Firm ' || n, 'firm ' || n, n % 3,
             '2026-03-01 09:00Z'::timestamptz + (n / 20) * interval '1 day', now()
         FROM generate_series(1, 58) AS n",
        id::ACME
    ));
    let mut owner = app.owner();
    for search in ["firm", "fimr"] {
        for sort in ["created", "name", "users"] {
            let forwards = walk(&mut owner, &format!("{PARTNERS}?q={search}&sort={sort}&order=ascending"), "next");
            let rows: Vec<_> = forwards.iter().flat_map(|(_, ids)| ids.clone()).collect();
            assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), 58, "{search} {sort}");
            assert_eq!(rows.len(), 58, "{search} {sort}");
            let mut backwards = walk(&mut owner, &forwards.last().unwrap().0, "prev");
            backwards.reverse();
            assert_eq!(backwards.into_iter().flat_map(|(_, ids)| ids).collect::<Vec<_>>(), rows, "{search} {sort}");
        }
    }
}

/// Words that the first rows of a list have, that only later ones have, and that hardly any row has: each is looked for in
/// another way, and nothing may be lost between them.
#[test]
fn a_search_in_a_long_list_finds_every_partner_however_rare_its_word() {
    let app = App::start();
    app.sql(&format!(
        "INSERT INTO organisations (id, tenant_id, kind, name, name_key, user_count, created_at, updated_at)
         SELECT gen_random_uuid(), '{}', 'partner', name, lower(name), n % 3, '2026-03-01 09:00Z'::timestamptz - n * interval '1 hour', now()
         FROM (SELECT n, 'House ' || n || CASE WHEN n % 90 = 0 THEN ' Harbour' ELSE '' END
             || CASE WHEN n % 400 = 399 THEN ' Quillwort' ELSE '' END || CASE WHEN n > 6550 THEN ' Ancient' ELSE '' END
             || CASE WHEN n = 6900 THEN ' Zzzzzzzzzzzzzzzzzz' ELSE '' END AS name FROM generate_series(1, 7000) AS n) AS made",
        id::ACME
    ));
    app.sql(&format!(
        "UPDATE organisations SET name = 'House Harbour Quillwort Ancient Zzzzzzzzzzzzzzzzzz', name_key = 'foreign' WHERE id = '{}'",
        id::INITECH
    ));
    let mut owner = app.owner();
    owner.open(PARTNERS).shows("about 7,0");
    app.sign_in(Who::OtherTenant).open(PARTNERS).hides("about 7,0");
    for (search, number) in
        [("harbour", 77), ("quillwort", 17), ("ancient", 450), ("zzzzzzzzzzzzzzzzzz", 1), ("quilwort", 17)]
    {
        for sort in ["created", "name", "users"] {
            let pages = walk(&mut owner, &format!("{PARTNERS}?q={search}&sort={sort}&order=descending"), "next");
            let rows: Vec<_> = pages.into_iter().flat_map(|(_, ids)| ids).collect();
            assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), number, "{search} {sort}");
            assert_eq!(rows.len(), number, "{search} {sort}");
        }
    }
}
