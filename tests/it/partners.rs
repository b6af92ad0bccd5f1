//! Settings > Profile > Partners: who gets there, the table, creating and editing organisations (seed 001).

use super::support::{Actor, Answer, App, SAVE_USER, Who, id};

const PARTNERS: &str = "/settings/profile/partners";
const NEW: &str = "/settings/profile/partners/new";
const CREATE: &str = "Create Partner Organisation";

/// A form that is right in everything.
const ZEBRA: [(&str, &str); 5] = [
    ("name", "Zebra Trading"),
    ("logo", "https://zebra.example/logo.png"),
    ("zuora_account_id", "zu-zebra"),
    ("salesforce_account_id", ""),
    ("invoice_owner", "partner"),
];

/// Sends the right form with one field changed.
#[track_caller]
fn create_with(actor: &mut Actor, field: &str, value: &str) -> Answer {
    let fields = ZEBRA.map(|(name, right)| (name, if name == field { value } else { right }));
    actor.submit(NEW, CREATE, &fields)
}

/// The form comes back with a message at the field, everything typed, and nothing stored.
#[track_caller]
fn is_refused(app: &App, answer: &Answer, field: &str, message: &str) {
    answer.is(422);
    let page = answer.page();
    assert!(page.error_of(field).contains(message), "{field}: {:?}", page.error_of(field));
    assert!(page.alert().contains(message), "the summary says {:?}", page.alert());
    assert!(page.title().starts_with("Error: "), "{}", page.title());
    for (name, typed) in ZEBRA.iter().filter(|(name, _)| *name != field) {
        assert_eq!(page.value_of(name), *typed, "{name} is kept");
    }
    assert_eq!(app.count("organisations WHERE name = 'Zebra Trading'"), 0);
}

#[test]
fn an_administrator_creates_an_organisation_and_its_user() {
    // S1-01, S1-13
    let app = App::start();
    let mut adam = app.sign_in(Who::Administrator);
    let created = adam.submit(NEW, CREATE, &ZEBRA);
    let page = adam.follow(&created);
    page.is(200).shows("Zebra Trading is created.");
    let new_user = page.page().link("Create user");
    let saved = adam.submit(&new_user, SAVE_USER, &[("name", "Zoe Zebra"), ("email", "zoe@zebra.example")]);
    adam.follow(&saved).is(200).shows("zoe@zebra.example");
}

#[test]
fn an_anonymous_visitor_is_sent_to_sign_in_and_a_partner_is_refused() {
    // S1-01
    let app = App::start();
    for path in [PARTNERS, NEW, "/settings", "/settings/staff", "/settings/history"] {
        app.visitor().get(path).is_sent_to_sign_in();
    }
    let mut mona = app.sign_in(Who::Manager);
    for path in [PARTNERS, NEW, "/settings", "/settings/staff", "/settings/history"] {
        mona.get(path).is(403).shows("This page is not open to you");
    }
    assert_eq!(mona.post(NEW, &format!("name=X&csrf={}", mona.clone().csrf())).status, 403);
}

#[test]
fn settings_lead_to_profile_and_to_the_table_of_partners() {
    // S1-02
    let app = App::start();
    let mut owner = app.owner();
    let settings = owner.open("/settings");
    let profile =
        settings.page().all("main a[href]").iter().any(|link| link.value().attr("href") == Some("/settings/profile"));
    assert!(profile, "{}", settings.text());
    let profile = owner.open("/settings/profile");
    assert!(profile.page().all("main a[href]").iter().any(|link| link.value().attr("href") == Some(PARTNERS)));
    let partners = owner.open(PARTNERS).page();
    assert_eq!(partners.columns(), ["Name", "Partner Organisation ID", "Users", "State", "Created"]);
    assert_eq!(partners.rows().len(), 2);
}

#[test]
fn the_table_shows_an_id_of_its_own_for_every_organisation_and_its_number_of_users() {
    // S1-03, S1-04
    let app = App::start();
    let mut owner = app.owner();
    let empty = owner.submit(NEW, CREATE, &ZEBRA);
    let zebra = empty.location().rsplit('/').next().unwrap().to_owned();
    let rows = owner.open(&format!("{PARTNERS}?sort=name&order=ascending")).page().rows();
    let seen: Vec<_> = rows.iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
    assert_eq!(seen, [(id::CONTOSO, "1"), (id::NORTHWIND, "2"), (zebra.as_str(), "0")]);
}

#[test]
fn create_partner_opens_a_form_with_five_inputs() {
    // S1-05
    let app = App::start();
    let mut owner = app.owner();
    let href = owner.open(PARTNERS).page().link("Create Partner");
    let page = owner.open(&href).page();
    let labels: Vec<_> =
        page.all("main form label, main form legend").iter().map(|one| super::support::page::words(*one)).collect();
    for label in ["Partner organisation name", "Logo (URL)", "Zuora account ID", "Zuora Invoice Owner"] {
        assert!(labels.iter().any(|known| known.starts_with(label)), "{label} is not in {labels:?}");
    }
    assert!(labels.iter().any(|known| known.starts_with("Salesforce account ID")));
}

#[test]
fn a_blank_name_is_refused_and_the_rest_is_kept() {
    // S1-06
    let app = App::start();
    let mut owner = app.owner();
    for blank in ["", "   "] {
        let answer = create_with(&mut owner, "name", blank);
        is_refused(&app, &answer, "name", "Enter the organisation's name.");
    }
}

#[test]
fn the_logo_may_be_blank_but_not_something_else_than_an_https_address() {
    // S1-07
    let app = App::start();
    let mut owner = app.owner();
    for wrong in
        ["not a url", "javascript:alert(1)", "http://x.example/a.png", "data:image/png;base64,AA", "//x.example"]
    {
        let answer = create_with(&mut owner, "logo", wrong);
        is_refused(&app, &answer, "logo", "Enter a");
    }
    create_with(&mut owner, "logo", "").is(303);
}

#[test]
fn a_blank_zuora_account_id_is_refused() {
    // S1-08
    let app = App::start();
    let answer = create_with(&mut app.owner(), "zuora_account_id", " ");
    is_refused(&app, &answer, "zuora_account_id", "Enter a Zuora account ID");
}

#[test]
fn the_salesforce_account_id_is_required_when_the_programme_uses_salesforce() {
    // S1-09
    let app = App::start();
    let mut owner = app.owner();
    owner.submit("/settings/profile/edit", "Save", &[("uses_salesforce", "true")]).goes_to("/settings/profile");
    let answer = create_with(&mut owner, "salesforce_account_id", "");
    is_refused(&app, &answer, "salesforce_account_id", "Enter the Salesforce account ID");
    create_with(&mut owner, "salesforce_account_id", "001Dn").is(303);
    let form = owner.open("/settings/profile/edit").page().form("Save");
    assert_eq!(form.value("uses_salesforce"), Some("true"));
}

#[test]
fn the_invoice_owner_is_the_partner_or_the_end_customer_and_must_be_chosen() {
    // S1-10
    let app = App::start();
    let mut owner = app.owner();
    let page = owner.open(NEW).page();
    let radios = page.all("input[name=invoice_owner]");
    let values: Vec<_> = radios.iter().filter_map(|radio| radio.value().attr("value")).collect();
    assert_eq!(values, ["partner", "end_customer"]);
    assert!(radios.iter().all(|radio| radio.value().attr("checked").is_none()));
    assert!(page.text().contains("Partner") && page.text().contains("End customer"));
    for wrong in ["", "customer", "PARTNER"] {
        let answer = create_with(&mut owner, "invoice_owner", wrong);
        is_refused(&app, &answer, "invoice_owner", "Choose who owns the invoices");
    }
}

#[test]
fn a_created_organisation_is_at_once_in_the_table_and_on_its_page() {
    // S1-13
    let app = App::start();
    let mut owner = app.owner();
    let created = owner.submit(NEW, CREATE, &ZEBRA);
    let page = owner.follow(&created).page();
    assert_eq!(page.heading(), "Zebra Trading");
    assert_eq!(page.fact("Zuora account ID"), "zu-zebra");
    assert_eq!(page.fact("Zuora Invoice Owner"), "Partner");
    let id = page.fact("Partner Organisation ID");
    let rows = owner.open(PARTNERS).page().rows();
    assert_eq!((rows[0][0].ends_with("Zebra Trading"), rows[0][1].as_str()), (true, id.as_str()));
}

#[test]
fn a_name_that_another_organisation_has_is_refused_in_any_letter_case() {
    let app = App::start();
    let mut owner = app.owner();
    for twin in ["Northwind Traders", "NORTHWIND  traders", "northwind traders "] {
        let answer = create_with(&mut owner, "name", twin);
        answer.is(422);
        assert!(answer.page().error_of("name").contains("Another organisation has this name"), "{twin}");
    }
    assert_eq!(app.count("organisations WHERE tenant_id = (SELECT id FROM tenants WHERE slug = 'acme')"), 3);
}

#[test]
fn a_double_click_creates_one_organisation_and_both_land_on_it() {
    let app = App::start();
    let mut owner = app.owner();
    let form = owner.open(NEW).page().form(CREATE);
    let form = ZEBRA.iter().fold(form, |form, (name, value)| form.fill(name, value));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| (owner.clone(), form.clone()))
            .map(|(mut twin, form)| scope.spawn(move || twin.send(&form)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(
        answers.iter().all(|answer| answer.status == 303 && answer.location() == answers[0].location()),
        "{answers:?}"
    );
    assert_eq!(app.count("organisations WHERE name = 'Zebra Trading'"), 1);
    assert_eq!(app.count("audit_events WHERE object_name = 'Zebra Trading'"), 1);
}

#[test]
fn a_form_that_comes_back_changed_is_asked_about_before_it_creates_a_second_one() {
    let app = App::start();
    let mut owner = app.owner();
    let page = owner.open(NEW);
    owner.press(&page, CREATE, &ZEBRA).is(303);
    let mut other = ZEBRA;
    other[0].1 = "Zebra Two";
    let asked = owner.press(&page, CREATE, &other);
    asked.is(422).shows("This form has created an organisation already.");
    assert_eq!(app.count("organisations WHERE name = 'Zebra Two'"), 0);
    owner.press(&asked, CREATE, &[]).is(303);
    assert_eq!(app.count("organisations WHERE name LIKE 'Zebra T%'"), 2);
}

#[test]
fn the_pencil_opens_name_and_logo_only() {
    // S1-21
    let app = App::start();
    let mut owner = app.owner();
    let href = owner.open(&format!("{PARTNERS}/{}", id::NORTHWIND)).page().link("Edit name and logo");
    let form = owner.open(&href).page().form("Save");
    let mut names = form.names();
    names.sort_unstable();
    assert_eq!(names, ["csrf", "logo", "name", "version"]);
    assert_eq!(form.value("name"), Some("Northwind Traders"));
}

#[test]
fn an_edit_of_name_and_logo_stays_and_forged_fields_change_nothing() {
    // S1-22
    let app = App::start();
    let mut owner = app.owner();
    let path = format!("{PARTNERS}/{}", id::NORTHWIND);
    let others = format!(
        "SELECT zuora_account_id || salesforce_account_id || invoice_owner || code || country || state || tenant_id FROM organisations WHERE id = '{}'",
        id::NORTHWIND
    );
    let before = app.text(&others);
    let form = owner
        .open(&format!("{path}/edit"))
        .page()
        .form("Save")
        .fill("name", "Northwind & Sons")
        .fill("logo", "https://n.example/new.png");
    let forged =
        ["zuora_account_id", "salesforce_account_id", "invoice_owner", "code", "country", "state", "tenant_id", "kind"];
    let form = forged.iter().fold(form, |form, name| form.forge(name, "end_customer"));
    owner.send(&form).goes_to(&path);
    assert_eq!(app.text(&others), before);
    let page = owner.open(&path);
    page.shows("Northwind & Sons");
    assert!(page.body.contains("https://n.example/new.png"));
}

#[test]
fn the_second_of_two_who_edit_sees_both_versions() {
    let app = App::start();
    let (mut olivia, mut adam) = (app.owner(), app.sign_in(Who::Administrator));
    let path = format!("{PARTNERS}/{}/edit", id::NORTHWIND);
    let slow = adam.open(&path);
    olivia.submit(&path, "Save", &[("name", "Northwind of Olivia")]).is(303);
    let refused = adam.press(&slow, "Save", &[("name", "Northwind of Adam")]);
    refused.is(409).shows("Northwind of Olivia");
    assert_eq!(refused.page().value_of("name"), "Northwind of Adam");
    assert_eq!(app.count("organisations WHERE name = 'Northwind of Olivia'"), 1);
    adam.press(&refused, "Save", &[]).is(303);
    assert_eq!(app.count("organisations WHERE name = 'Northwind of Adam'"), 1);
}
