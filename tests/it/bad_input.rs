//! Hostile values in every field of every form: refused with the field named, or stored and shown as plain text;
//! never a fault of ours, never something stored from a refused form (security.md, section 4).

use super::support::{Actor, Answer, App, id};

/// Values that no text field takes.
fn unprintable() -> Vec<String> {
    let mut all: Vec<String> =
        ('\u{1}'..='\u{1f}').filter(|c| !"\t\n\u{b}\u{c}\r".contains(*c)).map(|c| format!("a{c}b")).collect();
    all.extend(('\u{7f}'..='\u{9f}').filter(|c| *c != '\u{85}').map(|c| format!("a{c}b")));
    all.extend(('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').map(|c| format!("a{c}b")));
    let others = [
        "a\0b",
        "a\tb",
        "a\nb",
        "a\r\nBcc: x@y.example",
        "a\u{85}b",
        "a\u{200b}b",
        "a\u{feff}b",
        "a\u{2028}b",
        "\u{e000}x",
        "a\u{ffff}b",
    ];
    all.extend(others.map(str::to_owned));
    all
}

/// Values that are odd, but text all the same.
fn odd_but_fine() -> Vec<String> {
    let marks = format!("Z{}", "\u{301}".repeat(98));
    ODD.iter().map(|odd| (*odd).to_owned()).chain([marks]).collect()
}

const ODD: [&str; 34] = [
    "'",
    "\"",
    "\\",
    "%",
    "_",
    "${7*7}",
    "{{7*7}}",
    "<svg onload=alert(1)>",
    "]]>",
    "../../etc/passwd",
    "%00",
    "%ff",
    "=1+1",
    "@SUM(1)",
    "'; DROP TABLE users;--",
    "<script>alert(1)</script>",
    "&amp;&lt;",
    "null",
    "undefined",
    "NaN",
    "true",
    "0",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "\u{645}\u{631}\u{62d}\u{628}\u{627}",
    "Cafe\u{301}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{10348}",
    "株式会社ノース",
    "<!-- x",
    "</textarea>",
    "${jndi:ldap:x}",
    "|id",
    "`id`",
    "$(id)",
];

/// A form, the right values for it, and the field to spoil.
struct Target {
    address: String,
    button: &'static str,
    right: Vec<(&'static str, String)>,
}

fn right(fields: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

fn targets() -> Vec<Target> {
    let partners = "/settings/profile/partners";
    let northwind = format!("{partners}/{}", id::NORTHWIND);
    let save = "Save";
    vec![
        Target {
            address: format!("{partners}/new"),
            button: "Create Partner Organisation",
            right: right(&[
                ("name", "Zebra"),
                ("logo", ""),
                ("zuora_account_id", "zu"),
                ("salesforce_account_id", ""),
                ("invoice_owner", "partner"),
            ]),
        },
        Target {
            address: format!("{northwind}/edit"),
            button: save,
            right: right(&[("name", "Northwind"), ("logo", "")]),
        },
        Target {
            address: format!("{northwind}/users/new"),
            button: super::support::SAVE_USER,
            right: right(&[("name", "Nina"), ("email", "nina@n.example"), ("role", "member")]),
        },
        Target {
            address: format!("{northwind}/users/{}", id::MEMBER),
            button: save,
            right: right(&[("name", "Milo"), ("role", "member")]),
        },
        partner_record(),
        Target { address: "/settings/profile/edit".into(), button: save, right: right(&[("name", "Acme")]) },
    ]
}

fn partner_record() -> Target {
    Target {
        address: "/settings/partner-records/new".into(),
        button: "Add partner",
        right: right(&[
            ("company_name", "Zebra"),
            ("partner_type", "supplier"),
            ("email", "zebra@z.example"),
            ("sales_amount", "0"),
            ("frequency", "weekly"),
            ("payment_terms", "on receipt"),
        ]),
    }
}

/// Sends the form with one field spoilt, within the rules of HTTP.
fn spoil(actor: &mut Actor, target: &Target, page: &Answer, field: &str, value: &str) -> Answer {
    let form = page.page().form(target.button);
    let form = target
        .right
        .iter()
        .fold(form, |form, (name, right)| form.fill(name, if *name == field { value } else { right }));
    actor.send(&form)
}

/// What the tables of the programme hold.
fn stored(app: &App) -> String {
    app.text(
        "SELECT md5(string_agg(row, '' ORDER BY row)) FROM (SELECT tenants::text AS row FROM tenants
         UNION ALL SELECT organisations::text FROM organisations UNION ALL SELECT users::text FROM users
         UNION ALL SELECT partner_records::text FROM partner_records
         UNION ALL SELECT audit_events::text FROM audit_events WHERE verb <> 'sign_in_first') AS rows",
    )
}

fn refuses(app: &App, values: impl Fn(&str) -> Vec<String>) {
    let mut owner = app.owner();
    for target in targets() {
        let page = owner.open(&target.address);
        let before = stored(app);
        for (field, _) in &target.right {
            for value in values(field) {
                let answer = spoil(&mut owner, &target, &page, field, &value);
                let (shown, page): (String, _) = (value.chars().take(60).collect(), answer.page());
                assert_eq!(answer.status, 422, "{} takes {shown:?} as {field}: {}", target.address, answer.location());
                assert!(!page.error_of(field).is_empty(), "{} is silent on {field} = {shown:?}", target.address);
                let links = page.all(&format!("[role=alert] a[href='#{field}']"));
                assert_eq!(links.len(), 1, "{} links to {field}", target.address);
            }
        }
        assert_eq!(stored(app), before, "{} stored nothing", target.address);
    }
}

#[test]
fn control_and_invisible_characters_are_refused_in_every_field() {
    // One rule serves every text field, so that a few of each kind will do for the others.
    refuses(&App::start(), |field| {
        let all = unprintable();
        if field == "salesforce_account_id" { all } else { all.into_iter().rev().step_by(9).collect() }
    });
}

#[test]
fn values_beyond_the_rules_of_each_field_are_refused() {
    refuses(&App::start(), |field| {
        let values: Vec<String> = match field {
            "name" => [
                " ",
                "\u{3000}",
                &"x".repeat(101),
                &"x".repeat(40_000),
                "Visit http://evil.example",
                "www.evil.example",
            ]
            .map(Into::into)
            .to_vec(),
            "company_name" => [" ", &"x".repeat(101), "www.evil.example"].map(Into::into).to_vec(),
            "partner_type" => ["", "both", "Customer", "customer,supplier"].map(Into::into).to_vec(),
            "sales_amount" => ["", "-1", "1.5", "1e3", "2147483648", "1,000", "0x1"].map(Into::into).to_vec(),
            "frequency" => [String::new(), "x".repeat(31)].to_vec(),
            "payment_terms" => [String::new(), "x".repeat(51)].to_vec(),
            "logo" => LOGOS
                .iter()
                .map(|logo| (*logo).to_owned())
                .chain([format!("https://x.example/{}", "a".repeat(2_048))])
                .collect(),
            "email" => ADDRESSES
                .iter()
                .map(|one| (*one).to_owned())
                .chain([format!("{}@x.example", "a".repeat(65)), format!("a@{}.example", "b.".repeat(130))])
                .collect(),
            "role" => ["owner", "administrator", "root", "MANAGER", "member,manager", "1"].map(Into::into).to_vec(),
            "invoice_owner" => ["", "both", "Partner", "partner ", "0"].map(Into::into).to_vec(),
            "zuora_account_id" => [String::new(), "x".repeat(65)].to_vec(),
            "salesforce_account_id" => vec!["x".repeat(65)],
            _ => Vec::new(),
        };
        values
    });
}

const LOGOS: [&str; 17] = [
    "javascript:alert(1)",
    "JaVaScript:alert(1)",
    "data:image/svg+xml,<svg>",
    "//x.example/a.png",
    "http://x.example/a.png",
    "https://u:p@x.example/",
    "https://127.1/",
    "https://[::ffff:7f00:1]/",
    "https://0x7f.1/",
    "https://localhost/",
    "https://x.example:22/",
    "ftp://x.example/",
    "https://",
    "https://x",
    "x.example/logo.png",
    "vbscript:x",
    "https://2130706433/",
];

const ADDRESSES: [&str; 17] = [
    "",
    " ",
    "a",
    "a@b",
    "@x.example",
    "a@",
    "a@@x.example",
    "a@x.example,b@y.example",
    "a@[127.0.0.1]",
    "\"a b\"@x.example",
    "<a@x.example>",
    "a@x.example (c)",
    "a%y@x.example",
    "@a,@b:c@d.example",
    "a@x.example.",
    "a b@x.example",
    "a@127.0.0.1",
];

#[test]
fn odd_names_are_stored_as_typed_and_shown_as_text() {
    let app = App::start();
    let mut owner = app.owner();
    let new = "/settings/profile/partners/new";
    for name in odd_but_fine() {
        let fields = [("name", name.as_str()), ("zuora_account_id", name.as_str()), ("invoice_owner", "partner")];
        let fields =
            if name.chars().count() > 64 { [fields[0], ("zuora_account_id", "zu"), fields[2]] } else { fields };
        let created = owner.submit(new, "Create Partner Organisation", &fields);
        let page = owner.follow(created.is(303));
        let raw = name.contains('<').then_some(name.as_str());
        assert!(raw.is_none_or(|raw| !page.body.contains(raw)), "{name:?} is escaped");
        let composed = if name == "Cafe\u{301}" { "Caf\u{e9}".to_owned() } else { name.clone() };
        assert!(
            name.contains('\u{301}') || page.page().heading() == composed,
            "{name:?} is shown as {:?}",
            page.page().heading()
        );
    }
    owner.open("/settings/profile/partners").hides("<script>alert").hides("<svg onload");
    owner.open("/settings/history").hides("<script>alert").hides("<svg onload");
}

#[test]
fn bodies_that_cannot_be_read_are_refused_whole() {
    let app = App::start();
    let mut owner = app.owner();
    let csrf = owner.csrf();
    let before = stored(&app);
    let many: Vec<String> = (0..10_000).map(|n| format!("&f{n}=1")).collect();
    let many = many.concat();
    let large = format!("&name={}", "x".repeat(65_536));
    for target in targets() {
        for (status, rest) in [
            (400, "&name=%ff"),
            (400, "&name=%c0%af"),
            (400, "&name=%zz"),
            (400, "&name=%"),
            (400, "&name=%ed%a0%80"),
            (400, "&name=a&name=b"),
            (400, "&csrf=x"),
            (413, many.as_str()),
            (413, large.as_str()),
        ] {
            let answer = owner.post(&target.address, &format!("csrf={csrf}{rest}"));
            let what: String = rest.chars().take(30).collect();
            assert_eq!(answer.status, status, "{} {what}", target.address);
        }
        for (kind, body) in [
            ("application/json", "{}"),
            ("text/plain", "name=x"),
            ("multipart/form-data; boundary=x", "--x--"),
            ("", "name=x"),
        ] {
            let answer = owner.ask("POST", &target.address, &[("Content-Type", kind)], body.as_bytes());
            assert_eq!(answer.status, 415, "{} {kind}", target.address);
        }
        let packed = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Encoding", "gzip")];
        assert_eq!(owner.ask("POST", &target.address, &packed, b"x").status, 415);
    }
    assert_eq!(stored(&app), before);
}

#[test]
fn unknown_fields_and_broken_keys_change_nothing_else() {
    let app = App::start();
    let mut owner = app.owner();
    let form = owner.open("/settings/profile/partners/new").page().form("Create Partner Organisation");
    let form = form.fill("name", "Zebra").fill("zuora_account_id", "zu").fill("invoice_owner", "partner");
    let form = form.forge("once", "not a key").forge("_method", "DELETE").forge("a[b]", "c").forge("id", id::NORTHWIND);
    owner.send(&form).is(303);
    assert_eq!(app.count("organisations"), 6);
    let edit = owner.open(&format!("/settings/profile/partners/{}/edit", id::NORTHWIND)).page().form("Save");
    for version in ["", "-1", "99999999999999999999", "1.0", "abc"] {
        owner.send(&edit.clone().fill("name", "Stale").forge("version", version)).is(409);
    }
    assert_eq!(app.count("organisations WHERE name = 'Stale'"), 0);
}

#[test]
fn a_key_of_somebody_elses_form_opens_nothing() {
    let app = App::start();
    let mut owner = app.owner();
    let new = "/settings/profile/partners/new";
    let form = owner.open(new).page().form("Create Partner Organisation");
    let key = form.value("once").unwrap().to_owned();
    owner.send(&form.fill("name", "First").fill("zuora_account_id", "zu").fill("invoice_owner", "partner")).is(303);
    let mut gloria = app.sign_in(super::support::Who::OtherTenant);
    let theirs = gloria.open(new).page().form("Create Partner Organisation").forge("once", &key);
    let made =
        gloria.send(&theirs.fill("name", "Second").fill("zuora_account_id", "zu").fill("invoice_owner", "partner"));
    made.is(422).hides("First");
    let again = gloria.press(&made, "Create Partner Organisation", &[]);
    gloria.follow(&again).is(200).shows("Second").hides("First");
}
