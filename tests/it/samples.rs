//! Every template, rendered by the real pages with data that hurts: markup, both directions, the longest names.
//!
//! Each page must be well-formed, hold every id once, label every control, and show the data as text. A template that
//! no page here renders fails.

use std::collections::BTreeMap;

use super::house;
use super::support::page::words;
use super::support::{Actor, Answer, App, Who, id};

const HOSTILE: &str = "<script>alert(1)</script>\"'&";

/// Names that hurt, each as long as a name may be.
fn hostile_names() -> Vec<String> {
    let longest = format!("{HOSTILE}{}", "W".repeat(100 - HOSTILE.chars().count()));
    let both_ways = format!("{} שלום مرحبا {HOSTILE}", "é".repeat(20));
    let wide = "株".repeat(100);
    vec![longest, both_ways, wide]
}

/// A portal in which everything that has a name has this one.
fn hostile_app(name: &str) -> App {
    let app = App::start();
    let quoted = name.replace('\'', "''");
    app.sql(&format!(
        "UPDATE organisations SET name = '{quoted}', code = 'CODE-' || number, zuora_account_id = left('{quoted}', 64),
             salesforce_account_id = left('{quoted}', 64), logo_url = 'https://x.example/?\"><script>alert(1)</script>';
         UPDATE organisations SET name_key = left(lower(name), 90) || number;
         UPDATE users SET name = '{quoted}';
         UPDATE tenants SET name = '{quoted}';
         UPDATE organisations SET state = 'suspended' WHERE id = '{}';",
        id::CONTOSO
    ));
    app
}

/// The templates that a page shows by what only they have, and the page.
type Seen = BTreeMap<&'static str, usize>;

fn staff_pages() -> Vec<(&'static str, String)> {
    let partners = "/settings/profile/partners";
    let (northwind, contoso) = (format!("{partners}/{}", id::NORTHWIND), format!("{partners}/{}", id::CONTOSO));
    vec![
        ("organisations/index.html", partners.to_owned()),
        ("organisations/index.html", format!("{partners}?q=%3Cscript%3E")),
        ("organisations/index.html", format!("{partners}?q=nothing-of-this-name")),
        ("organisations/new.html", format!("{partners}/new")),
        ("organisations/show.html", northwind.clone()),
        ("organisations/show.html", contoso.clone()),
        ("organisations/edit.html", format!("{northwind}/edit")),
        ("organisations/consequences.html", format!("{northwind}/suspension")),
        ("organisations/consequences.html", format!("{northwind}/deletion")),
        ("organisations/consequences.html", format!("{northwind}/users/{}/removal", id::MEMBER)),
        ("organisations/bin.html", "/settings/bin".into()),
        ("users/index.html", format!("{northwind}/users")),
        ("users/index.html", "/settings/staff".into()),
        ("users/new.html", format!("{northwind}/users/new")),
        ("users/new.html", "/settings/staff/new".into()),
        ("users/edit.html", format!("{northwind}/users/{}", id::MEMBER)),
        ("audit/index.html", "/settings/history".into()),
        ("audit/index.html", format!("{northwind}/history")),
        ("settings/index.html", "/settings".into()),
        ("settings/profile.html", "/settings/profile".into()),
        ("settings/edit.html", "/settings/profile/edit".into()),
        ("account/show.html", "/account".into()),
        ("errors/framed.html", "/no/such/page".into()),
        ("signin/index.html", "/signin".into()),
        ("signin/signed_out.html", "/signed-out".into()),
    ]
}

/// Does things, so that history, bin and flash have something to tell, then looks at every page.
fn look_at_everything(app: &App, seen: &mut Seen) {
    let mut owner = app.owner();
    let northwind = format!("/settings/profile/partners/{}", id::NORTHWIND);
    let csrf = format!("csrf={}", owner.csrf());
    for step in ["suspension", "suspension/end"] {
        let done = owner.post(&format!("{northwind}/{step}"), &csrf);
        judge(&owner.follow(done.is(303)));
    }
    for (template, page) in staff_pages() {
        judge(&owner.get(&page));
        *seen.entry(template).or_default() += 1;
    }
    refused_forms(&mut owner, &northwind);
    let mut mona = app.sign_in(Who::Manager);
    for page in
        ["/organisation", "/organisation/users", "/organisation/users/new", "/organisation/history", "/settings"]
    {
        judge(&mona.get(page));
    }
    *seen.entry("organisations/own.html").or_default() += 1;
    let contoso = format!("/settings/profile/partners/{}", id::CONTOSO);
    let done = owner.post(&format!("{contoso}/deletion"), &csrf);
    judge(&owner.follow(done.is(303)));
    for page in ["/settings/bin", &contoso, &format!("{contoso}/users"), "/settings/history"] {
        judge(owner.get(page).is(200));
    }
    at_the_door(app, seen);
}

/// Forms that come back: with errors, and with somebody else's version.
fn refused_forms(owner: &mut Actor, northwind: &str) {
    for (page, fields) in [
        ("/settings/profile/partners/new".to_owned(), [("name", HOSTILE), ("logo", HOSTILE)].as_slice()),
        (format!("{northwind}/edit"), &[("name", ""), ("logo", HOSTILE)]),
        (format!("{northwind}/edit"), &[("name", HOSTILE), ("version", "0")]),
        (format!("{northwind}/users/new"), &[("name", HOSTILE), ("email", HOSTILE)]),
        (format!("{northwind}/users/{}", id::MEMBER), &[("name", "")]),
        (format!("{northwind}/users/{}", id::MEMBER), &[("name", HOSTILE), ("version", "0")]),
        ("/settings/profile/edit".to_owned(), &[("name", "")]),
    ] {
        let form = owner.open(&page).page().posting_forms().into_iter().find(|form| form.value("name").is_some());
        let form = fields.iter().fold(form.expect("a form with a name"), |form, (name, value)| form.fill(name, value));
        let answer = owner.send(&form);
        assert!([409, 422].contains(&answer.status), "{page}: {}", answer.status);
        judge(&answer);
    }
}

/// The pages of somebody who is not in yet.
fn at_the_door(app: &App, seen: &mut Seen) {
    judge(&app.visitor().get("/no/such/page"));
    *seen.entry("errors/page.html").or_default() += 1;
    judge(&app.visitor().sign_in("stranger@nowhere.example"));
    *seen.entry("signin/refusal.html").or_default() += 1;
    let mut visitor = app.visitor();
    let to_provider = visitor.get("/signin/begin/dev?login_hint=%3Cscript%3Ealert(1)%3C/script%3E");
    let form = visitor.follow(&to_provider);
    judge(&form);
    *seen.entry("development/identity_sign_in.html").or_default() += 1;
    judge(&visitor.get("/dev/mail"));
    *seen.entry("development/mail.html").or_default() += 1;
    judge(&visitor.get("/dev/identity/logout"));
    *seen.entry("development/identity_signed_out.html").or_default() += 1;
    judge(&visitor.get("/dev/identity/authorize?client_id=%3Cscript%3Ealert(1)%3C/script%3E"));
    *seen.entry("development/identity_refused.html").or_default() += 1;
    app.sql("UPDATE users SET email = 'twice@x.example', email_key = 'twice@x.example' WHERE role = 'owner'");
    judge(&app.visitor().sign_in("twice@x.example"));
    *seen.entry("signin/choose.html").or_default() += 1;
}

#[test]
fn every_page_bears_hostile_data() {
    let mut seen = Seen::new();
    for name in hostile_names() {
        look_at_everything(&hostile_app(&name), &mut seen);
    }
    let pages = house::templates().into_iter().filter(|path| !path.contains("/_") && !path.starts_with("layouts/"));
    let pages = pages.filter(|path| !path.starts_with("macros/") && path != "development/identity_provider.html");
    let missing: Vec<_> = pages.filter(|path| !seen.contains_key(path.as_str())).collect();
    assert!(missing.is_empty(), "no page here renders {missing:?}");
}

/// What every page must be.
#[track_caller]
fn judge(answer: &Answer) {
    let address = &answer.address;
    assert!(answer.header("content-type").starts_with("text/html"), "{address}: {}", answer.status);
    for raw in ["<script>alert", "\"><script", "'><script"] {
        assert!(!answer.body.contains(raw), "{address} lets {raw} through");
    }
    let page = answer.page();
    let mut ids = page.ids();
    ids.sort();
    let twice: Vec<_> = ids.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0].clone()).collect();
    assert!(twice.is_empty(), "{address} holds ids twice: {twice:?}");
    balanced(answer);
    assert_eq!(page.all("h1").len(), 1, "{address} has one heading of the first rank");
    assert!(!page.title().is_empty(), "{address} has a title");
    for reference in ["for", "aria-describedby", "aria-labelledby"] {
        for element in page.all(&format!("[{reference}]")) {
            let named = element.value().attr(reference).unwrap_or_default();
            for name in named.split_whitespace() {
                assert!(ids.iter().any(|known| known == name), "{address}: {reference}={name} leads nowhere");
            }
        }
    }
    named(answer);
}

/// Every control has a label, every link and button words, every picture an alternative.
#[track_caller]
fn named(answer: &Answer) {
    let page = answer.page();
    for control in page.all("input:not([type=hidden]), select, textarea") {
        let id = control.value().attr("id").unwrap_or_default();
        assert!(
            !page.all(&format!("label[for='{id}']")).is_empty(),
            "{}: {} has no label",
            answer.address,
            control.html()
        );
    }
    for one in page.all("a[href], button") {
        assert!(!words(one).is_empty(), "{}: {} says nothing", answer.address, one.html());
    }
    for picture in page.all("img") {
        assert!(picture.value().attr("alt").is_some(), "{}: {}", answer.address, picture.html());
        assert_eq!(picture.value().attr("referrerpolicy"), Some("no-referrer"), "{}", answer.address);
    }
    let inline = page.all("[style], [onclick], [onload], [onerror], style, script:not([src])");
    assert!(inline.is_empty(), "{} holds inline style or script", answer.address);
}

/// Every tag that opens closes, in order.
#[track_caller]
fn balanced(answer: &Answer) {
    const VOID: [&str; 8] = ["meta", "link", "input", "img", "br", "hr", "use", "!doctype"];
    let mut open: Vec<String> = Vec::new();
    for tag in answer.body.split('<').skip(1).map(tag) {
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n', '>'])
            .next()
            .unwrap_or_default()
            .trim_end_matches('/')
            .to_lowercase();
        if VOID.contains(&name.as_str()) {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name.as_str()),
                "{}: </{name}> closes something else",
                answer.address
            );
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{}: {open:?} never close", answer.address);
}

/// A tag's text up to its end; a `>` inside quotes does not end it.
fn tag(rest: &str) -> &str {
    let mut quoted = false;
    let end = rest.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    });
    end.map_or(rest, |(at, _)| &rest[..at])
}
