//! *Import* on the partners page: every row is seen before anything is created, what is wrong stays to be mended, and the
//! whole can be taken back.

use super::support::{Actor, Answer, App, Who};

const IMPORT: &str = "/settings/profile/partners/import";
const HEADER: &str = "Partner organisation name,Zuora account ID,Zuora Invoice Owner,Salesforce account ID,Code";

fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// Shows a file to the portal, which creates nothing yet.
#[track_caller]
fn check(actor: &mut Actor, file: &str) -> Answer {
    actor.submit(IMPORT, "Check the rows", &[("file", file)])
}

/// Imports what was shown.
#[track_caller]
fn confirm(actor: &mut Actor, page: &Answer) -> Answer {
    let form = page.page().posting_forms().into_iter().find(|form| form.value("confirm").is_some());
    actor.send(&form.expect("a form that confirms"))
}

/// Row, name and what is said of it.
fn rows(page: &Answer) -> Vec<[String; 3]> {
    page.page().rows().into_iter().map(|row| [row[0].clone(), row[1].clone(), row[4].clone()]).collect()
}

#[test]
fn each_row_is_told_what_would_become_of_it_and_nothing_is_created_before_confirming() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    let before = (app.count("organisations"), app.count("audit_events"), app.count("organisation_imports"));
    let sent = file(&[
        "First,z1,Partner,s1,F1",
        "northwind traders,z2,End customer,s2,",
        "Third,,true,s3,f1",
        "Last,z4,false,s4,",
    ]);
    let page = check(&mut olga, &sent);
    let told = rows(page.is(200));
    assert_eq!((app.count("organisations"), app.count("audit_events"), app.count("organisation_imports")), before);
    assert_eq!(told.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["3", "4", "2", "5"], "mistakes come first");
    assert!(told[0][2].contains("Partner organisation name: Another organisation has this name."), "{told:?}");
    assert!(told[1][2].contains("Zuora account ID: Enter"), "{told:?}");
    assert_eq!((told[2][2].as_str(), told[3][2].as_str()), ("New", "New"));
    assert_eq!(page.page().form("Import 2 partners").value("file"), Some(sent.as_str()));
}

#[test]
fn what_spreadsheets_write_is_understood() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    for (at, between) in ["\t", ";", ","].into_iter().enumerate() {
        let header = HEADER.replace(',', between).to_uppercase();
        let row = [&format!("Firm {at}"), "z", "partner", "s", &format!("c{at}")].join(between);
        let page = check(&mut olga, &format!("\u{feff}{header}\r\n{row}\r\n"));
        let done = confirm(&mut olga, page.is(200));
        assert_eq!(olga.follow(done.is(303)).page().heading(), "1 partner imported", "{between:?}");
    }
    let found = "organisations WHERE name LIKE 'Firm %' AND invoice_owner = 'partner' AND zuora_account_id = 'z'";
    assert_eq!(app.count(found), 3);
}

#[test]
fn good_rows_come_in_and_the_others_stay_in_the_form_with_their_reasons() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    let sent = file(&["\"Two\nlines, Ltd\",,Partner,s,", "Good,z,Partner,s,", "Bad,,Partner,s,"]);
    let page = check(&mut olga, &sent);
    let made = confirm(&mut olga, page.is(200));
    let left = made.is(200).page().form("Check the rows").value("file").expect("the rest").to_owned();
    assert_eq!(left.replace("\r\n", "\n"), file(&["\"Two\nlines, Ltd\",,Partner,s,", "Bad,,Partner,s,"]));
    assert!(made.text().contains("1 partner is imported. 2 partners are not"), "{}", made.text());
    assert_eq!(rows(&made).iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["2", "4"]);
    let import = olga.open(&made.page().link("See what was imported"));
    assert_eq!((import.page().heading(), rows_named(&import)), ("1 partner imported".into(), vec!["Good".to_owned()]));
}

/// The names of an import's partners, which stand behind their monograms.
fn rows_named(page: &Answer) -> Vec<String> {
    page.page().rows().into_iter().map(|row| row[0].split(' ').skip(1).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn an_import_is_undone_but_for_partners_that_have_people() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    let sent: Vec<String> = (1..=120).map(|n| format!("Firm {n},z{n},Partner,s{n},c{n}")).collect();
    let page = check(&mut olga, &file(&sent.iter().map(String::as_str).collect::<Vec<_>>()));
    let done = confirm(&mut olga, page.is(200));
    let import = olga.follow(done.is(303));
    assert!(import.text().contains("120 partners are imported."));
    app.sql(
        "INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
         SELECT gen_random_uuid(), tenant_id, id, 'Ann', 'ann@firm.example', 'ann@firm.example', 'manager', now(), now()
         FROM organisations WHERE name = 'Firm 7'",
    );
    let undone = olga.send(&import.page().form("Undo the import"));
    let page = olga.follow(undone.is(303));
    assert!(page.text().contains("119 partners are in the bin, for 30 days. 1 has people by now and stays."));
    assert_eq!(app.count("organisations WHERE name LIKE 'Firm %' AND state = 'active'"), 1);
    assert_eq!(app.count("audit_events WHERE verb = 'delete' AND object_name LIKE 'Firm %'"), 119);
    let csrf = format!("csrf={}", olga.csrf());
    let again = olga.post(&format!("{}/undo", done.location()), &csrf);
    assert!(olga.follow(again.is(303)).text().contains("no partner of this import can be taken back"));
    assert_eq!(app.count("audit_events WHERE verb = 'delete' AND object_name LIKE 'Firm %'"), 119);
    // What is in the bin can come back, as always.
    assert_eq!(olga.get("/settings/bin").is(200).page().rows().len(), 25);
}

#[test]
fn the_same_form_twice_is_one_import() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    let page = check(&mut olga, &file(&["Once,z,Partner,s,", "Twice,z,Partner,s,"]));
    let first = confirm(&mut olga, page.is(200));
    let second = confirm(&mut olga, &page);
    assert_eq!(first.is(303).location(), second.is(303).location());
    assert_eq!((app.count("organisation_imports"), app.count("organisations WHERE name IN ('Once', 'Twice')")), (1, 2));
}

#[test]
fn a_thousand_rows_are_taken_and_one_more_is_told() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    let long = "x".repeat(80);
    let rows = |number: usize| {
        (1..=number).map(|n| format!("Firm {n} {long},z{n},Partner,s{n},")).collect::<Vec<_>>().join("\n")
    };
    let page = check(&mut olga, &format!("{HEADER}\n{}\n", rows(1_000)));
    let done = confirm(&mut olga, page.is(200));
    assert_eq!(olga.follow(done.is(303)).page().heading(), "1,000 partners imported");
    let refused = check(&mut olga, &format!("{HEADER}\n{}\n", rows(1_001)));
    assert!(refused.is(422).text().contains("Import 1,000 partners at most at a time"));
}

#[test]
fn a_file_that_cannot_be_read_is_told_so_and_stays() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    for (sent, sentence) in [
        ("", "Paste the rows of your partners, with their headings."),
        (HEADER, "There are headings, but no row below them."),
        ("Firm,z,Partner\n", "The column “Firm” is not known."),
        ("code\nx\n", "The column name is missing."),
    ] {
        let refused = check(&mut olga, sent);
        let page = refused.is(422).page();
        assert!(refused.text().contains(sentence), "{sent}: {}", refused.text());
        assert_eq!(page.form("Check the rows").value("file").map(str::trim_end), Some(sent.trim_end()));
    }
}

#[test]
fn another_tenants_import_is_not_there() {
    let app = App::start();
    let mut olga = app.sign_in(Who::Owner);
    let page = check(&mut olga, &file(&["Ours,z,Partner,s,"]));
    let done = confirm(&mut olga, page.is(200));
    let path = done.is(303).location().to_owned();
    let mut foreign = app.sign_in(Who::OtherTenant);
    foreign.get(&path).is(404);
    let csrf = format!("csrf={}", foreign.csrf());
    foreign.post(&format!("{path}/undo"), &csrf).is(404);
    assert_eq!(app.count("organisations WHERE name = 'Ours' AND state = 'active'"), 1);
}
