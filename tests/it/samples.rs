//! Every template, rendered by the real pages with data that hurts: markup, both directions, the longest names.
//!
//! Each page must be well-formed, hold every id once, label every control, and show the data as text. A template that
//! no page here renders fails.

use std::collections::BTreeMap;

use super::credential_samples as credentials;
use super::house;
use super::import_samples;
use super::support::fixture::{INVITATIONS, RECORDS};
use super::support::page::words;
use super::support::{Actor, Answer, App, Who, id};

pub const HOSTILE: &str = "<script>alert(1)</script>\"'&";

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
    app.sql(RECORDS);
    connect(&app);
    app
}

/// A live connection with everything granted, and one that has ended, each from an invitation.
fn connect(app: &App) {
    app.sql(&format!(
        "INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, company_name,
             language, lifetime_days, state, expires_at, last_sent_at, created_at, updated_at)
         VALUES ('{INVITATION}', '{acme}', '{northwind}', 'partner', '{manager}', 'x@x.example', 'x@x.example', 'X', 'en',
             7, 'accepted', now(), now(), now(), now());
         INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, invitation_id, host_grants,
             guest_grants, created_at, updated_at)
         VALUES ('{LIVE}', '{acme}', '{northwind}', '{contoso}', '{INVITATION}', ARRAY['READ_PARTNER', 'WRITE_PARTNER'],
             ARRAY['WRITE_PARTNER'], now(), now());
         INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at,
             ended_at, ended_by_organisation_id)
         VALUES ('{ENDED}', '{acme}', '{northwind}', '{host}', now(), now(), now(), '{northwind}');",
        acme = id::ACME,
        northwind = id::NORTHWIND,
        contoso = id::CONTOSO,
        manager = id::MANAGER,
        host = "00000000-0000-7000-8000-000000000011",
    ));
}

const INVITATION: &str = "00000000-0000-7000-8000-000000000501";
const LIVE: &str = "00000000-0000-7000-8000-000000000502";
const ENDED: &str = "00000000-0000-7000-8000-000000000503";

/// Pages of connections: for staff, then for a manager.
fn look_at_connections(owner: &mut Actor, mona: &mut Actor, seen: &mut Seen) {
    let partner = format!("/settings/profile/partners/{}/connections", id::NORTHWIND);
    for page in [partner.as_str(), "/settings/connections", "/settings/connections?state=ended"] {
        judge(owner.get(page).is(200));
    }
    for page in [format!("{partner}/{LIVE}"), format!("/settings/connections/{ENDED}")] {
        judge(owner.get(&page).is(200));
    }
    let own = "/organisation/connections";
    judge(mona.get(own).is(200));
    let (page, ending) = (mona.open(&format!("{own}/{LIVE}")), mona.open(&format!("{own}/{LIVE}/end")));
    judge(&page);
    judge(&ending);
    let forged = mona.send(&page.page().form("Save").forge("read", HOSTILE));
    judge(forged.is(422));
    judge(mona.press(&page, "Save", &[("version", "0")]).is(409));
    let saved = mona.press(&page, "Save", &[]);
    judge(&mona.follow(saved.is(303)));
    let ended = mona.press(&ending, "End the connection", &[]);
    judge(&mona.follow(ended.is(303)));
    for template in ["connections/index.html", "connections/show.html"] {
        *seen.entry(template).or_default() += 1;
    }
}

/// Pages of partner records, with errors and with somebody else's version.
fn look_at_records(mona: &mut Actor) {
    let record = format!("/organisation/partners/{}", id::record(id::NORTHWIND));
    for page in
        ["/organisation/partners", "/organisation/partners?q=%3Cscript%3E", "/organisation/partners/new", &record]
    {
        judge(mona.get(page).is(200));
    }
    for version in ["0", "1"] {
        let name = if version == "0" { HOSTILE } else { "" };
        let form = mona.open(&record).page().form("Save").fill("company_name", name).fill("version", version);
        judge(&mona.send(&form));
    }
}

/// Pages of invitations: for those who invite, then for whoever was invited, in every language.
fn look_at_invitations(app: &App, owner: &mut Actor, mona: &mut Actor, seen: &mut Seen) {
    app.sql(INVITATIONS);
    app.sql(&format!(
        "INSERT INTO invitation_links (hash, invitation_id, generation, email, created_at)
         SELECT sha256('sample'), id, 1, email, '2026-11-19 09:00Z' FROM invitations WHERE id = '{}'",
        id::invitation(id::NORTHWIND)
    ));
    let partner = format!("/settings/profile/partners/{}/invitations", id::NORTHWIND);
    let all = ["/settings/invitations", "/settings/invitations?q=none", "/settings/invitations/received"];
    for page in all.into_iter().chain(["/settings/invitations/weeks", &partner]) {
        judge(owner.get(page).is(200));
    }
    let own = "/organisation/invitations";
    for page in ["", "/new", "/new?kind=partner", "/received", "/weeks"] {
        judge(mona.get(&format!("{own}{page}")).is(200));
    }
    judge(mona.submit(&format!("{own}/new?kind=partner"), "Send invitation", &[("company", HOSTILE)]).is(422));
    let shown = mona.get(&format!("{own}/{}", id::invitation(id::NORTHWIND)));
    judge(shown.is(200));
    judge(mona.press(&shown, "Correct and send", &[("email", HOSTILE)]).is(422));
    for language in ["en", "de", "fr", "es", "it"] {
        let mut visitor = app.visitor();
        judge(visitor.get(&format!("/invitations/sample?lang={language}")).is(200));
        let stop = visitor.get(&format!("/invitations/sample/stop?lang={language}"));
        judge(&stop);
        let form = stop.page().posting_forms().remove(0).fill("email", HOSTILE);
        judge(visitor.send(&form).is(422));
    }
    let email = app.text(&format!("SELECT email FROM invitations WHERE id = '{}'", id::invitation(id::NORTHWIND)));
    let mut invited = app.visitor();
    let page = invited.sign_in_at("/invitations/sample", &email);
    judge(&page);
    judge(invited.press(&page, "Accept invitation", &[("company", HOSTILE), ("name", "")]).is(422));
    let all = ["invitations/index.html", "invitations/new.html", "invitations/show.html", "invitations/visit.html"];
    for template in all.into_iter().chain(["invitations/stop.html", "invitations/weeks.html"]) {
        *seen.entry(template).or_default() += 1;
    }
}

/// The templates that a page shows by what only they have, and the page.
pub type Seen = BTreeMap<&'static str, usize>;

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
        ("partner_records/index.html", format!("{northwind}/partners")),
        ("partner_records/index.html", "/settings/partner-records".into()),
        ("partner_records/index.html", "/settings/partner-records?q=nothing-of-this-name".into()),
        ("partner_records/new.html", "/settings/partner-records/new".into()),
        ("partner_records/show.html", format!("{northwind}/partners/{}", id::record(id::NORTHWIND))),
        ("partner_records/show.html", format!("/settings/partner-records/{}", id::record(id::ACME_HOST))),
        ("audit/index.html", "/settings/history".into()),
        ("audit/index.html", format!("{northwind}/history")),
        ("settings/index.html", "/settings".into()),
        ("settings/profile.html", "/settings/profile".into()),
        ("settings/edit.html", "/settings/profile/edit".into()),
        ("account/show.html", "/account".into()),
        ("errors/framed.html", "/no/such/page".into()),
        ("signin/index.html", "/signin".into()),
        ("api/docs.html", "/api/docs".into()),
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
    many_at_once(&mut owner, &northwind, seen);
    let mut mona = app.sign_in(Who::Manager);
    for page in
        ["/organisation", "/organisation/users", "/organisation/users/new", "/organisation/history", "/settings"]
    {
        judge(&mona.get(page));
    }
    look_at_records(&mut mona);
    *seen.entry("organisations/own.html").or_default() += 1;
    look_at_connections(&mut owner, &mut mona, seen);
    credentials::look(&mut owner, &mut mona, seen);
    look_at_invitations(app, &mut owner, &mut mona, seen);
    let contoso = format!("/settings/profile/partners/{}", id::CONTOSO);
    let done = owner.post(&format!("{contoso}/deletion"), &csrf);
    judge(&owner.follow(done.is(303)));
    for page in ["/settings/bin", &contoso, &format!("{contoso}/users"), "/settings/history"] {
        judge(owner.get(page).is(200));
    }
    import_samples::look(&mut owner, seen);
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

/// A list of people with rows of every kind, and the batch that becomes of it.
fn many_at_once(owner: &mut Actor, northwind: &str, seen: &mut Seen) {
    let list =
        format!("email,role,language\nmany@x.example,,\nmany@x.example,,\nana@gmial.com,,\n{HOSTILE},{HOSTILE},");
    let form = owner.open(&format!("{northwind}/invitations/many")).page().form("Check the list").fill("list", &list);
    let shown = owner.send(&form);
    judge(shown.is(200));
    judge(&owner.send(&form.clone().fill("list", "")));
    let left = owner.send(&shown.page().form("Invite 1 person"));
    judge(left.is(200));
    *seen.entry("invitations/many.html").or_default() += 1;
    judge(&owner.open(&left.page().link("See how far it is")));
    *seen.entry("invitations/batch.html").or_default() += 1;
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
    judge(&visitor.get("/dev/applications/shop"));
    judge(&visitor.get("/dev/applications/self-service"));
    *seen.entry("development/application.html").or_default() += 1;
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
    // Mails are no pages: mail_written.rs looks at them.
    let pages = pages.filter(|path| !path.starts_with("mail/"));
    let missing: Vec<_> = pages.filter(|path| !seen.contains_key(path.as_str())).collect();
    assert!(missing.is_empty(), "no page here renders {missing:?}");
}

/// What every page must be.
#[track_caller]
pub fn judge(answer: &Answer) {
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
