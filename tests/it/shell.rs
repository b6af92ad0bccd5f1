//! What surrounds every page: security headers, the host, statuses, cookies, the way past the navigation.

use super::support::process::Serving;
use super::support::{Actor, Answer, App, Who, id};

/// Headers that every answer has, whatever it says.
#[track_caller]
fn is_secure(answer: &Answer) {
    let what = format!("{} ({})", answer.address, answer.status);
    let policy = answer.header("content-security-policy");
    for directive in
        ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(directive), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")]
    {
        assert_eq!(answer.header(name), value, "{what}");
    }
    assert!(!answer.header("cache-control").is_empty(), "{what} says nothing of caching");
    assert!(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty(), "{what}");
}

fn statuses(app: &App, owner: &mut Actor) -> Vec<(u16, Answer)> {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let new = "/settings/profile/partners/new";
    let token = format!("csrf={}", owner.csrf());
    let large = format!("{token}&name={}", "x".repeat(70 * 1024));
    vec![
        (200, owner.get("/account")),
        (200, owner.get("/signin")),
        (200, owner.get("/health/live")),
        (200, owner.get("/health/ready")),
        (303, owner.get("/")),
        (303, app.visitor().get("/account")),
        (400, owner.ask("POST", new, &form, b"name=%ff")),
        (403, app.sign_in(Who::Member).get("/settings")),
        (403, owner.ask("POST", new, &form, b"name=x")),
        (404, owner.get("/no/such/page")),
        (404, owner.get(&format!("/settings/profile/partners/{}", id::RANDOM))),
        (404, owner.get("/static/none.css")),
        (405, owner.ask("DELETE", "/account", &[], b"")),
        (405, owner.ask("GET", "/signout", &[], b"")),
        (413, owner.ask("POST", new, &form, large.as_bytes())),
        (415, owner.ask("POST", new, &[("Content-Type", "application/json")], b"{}")),
        (415, owner.ask("POST", new, &[("Content-Type", "multipart/form-data; boundary=x")], b"--x--")),
        (421, owner.server.send("GET", "/account", &[("Host", "evil.example")], b"")),
        (422, owner.ask("POST", new, &form, token.as_bytes())),
    ]
}

#[test]
fn every_answer_has_the_security_headers_and_its_status() {
    let app = App::start();
    let mut owner = app.owner();
    for (status, answer) in statuses(&app, &mut owner) {
        assert_eq!(answer.status, status, "{}: {}", answer.address, answer.text());
        is_secure(&answer);
    }
}

#[test]
fn every_refusal_is_a_page_with_a_next_step_and_no_stack_trace() {
    let app = App::start();
    let mut owner = app.owner();
    let refusals = statuses(&app, &mut owner).into_iter().filter(|(status, _)| *status >= 400 && *status != 422);
    for (status, answer) in refusals {
        let page = answer.page();
        assert!(
            !page.heading().is_empty() && !page.all("main a[href]").is_empty(),
            "{status} at {}: {}",
            answer.address,
            answer.body
        );
        answer.hides("panicked").hides("diesel").hides("src/");
    }
}

#[test]
fn private_pages_are_not_stored_and_shared_files_are_kept_for_ever() {
    let app = App::start();
    let mut owner = app.owner();
    for page in ["/account", "/settings/profile/partners", "/signin", "/no/such/page"] {
        assert_eq!(owner.get(page).header("cache-control"), "no-store", "{page}");
    }
    let page = owner.open("/account").page();
    let files = page.all("link[href], script[src]");
    let files: Vec<_> = files.iter().filter_map(|one| one.value().attr("href").or(one.value().attr("src"))).collect();
    assert_eq!(files.len(), 3);
    for file in files {
        let answer = owner.open(file);
        assert!(answer.header("cache-control").contains("immutable"), "{file}");
        is_secure(&answer);
    }
}

#[test]
fn only_the_host_of_the_base_url_is_answered() {
    let app = App::start();
    let server = &app.server;
    let port = server.port;
    for foreign in
        ["evil.example", "localhost", "localhost:1", "localhost.evil.example", "", "localhost:80@evil.example"]
    {
        assert_eq!(server.send("GET", "/signin", &[("Host", foreign)], b"").status, 421, "{foreign}");
    }
    let ours = format!("LOCALHOST:{port}");
    assert_eq!(server.send("GET", "/signin", &[("Host", &ours)], b"").status, 200);
    let elsewhere = [("Host", ours.as_str()), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example")];
    let answer = server.send("GET", "/account", &elsewhere, b"");
    assert!(!answer.header("location").contains("evil"), "{}", answer.header("location"));
    assert_eq!(server.send("GET", "http://evil.example/signin", &[("Host", &ours)], b"").status, 421);
    assert_eq!(server.send("GET", "/health/live", &[("Host", "10.0.0.1")], b"").status, 200);
}

#[test]
fn headers_that_rewrite_addresses_are_ignored() {
    let app = App::start();
    let mut member = app.sign_in(Who::Member);
    for name in ["X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"] {
        let answer = member.ask("GET", "/organisation", &[(name, "/settings")], b"");
        answer.is(200).shows("Northwind Traders");
    }
}

#[test]
fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let app = App::start();
    let mut owner = app.visitor();
    let page = owner.open("/signin");
    let callback = owner.callback(&page, Who::Owner.email());
    let answer = owner.get(&callback);
    let cookies = answer.cookies();
    assert!(cookies.iter().any(|(name, ..)| name == "guildhall_session"), "{cookies:?}");
    for (name, _, attributes) in cookies {
        for attribute in ["httponly", "samesite=lax", "path=/"] {
            assert!(attributes.contains(attribute), "{name}: {attributes}");
        }
        assert!(!attributes.contains("domain="), "{name}: {attributes}");
    }
}

#[test]
fn behind_https_cookies_are_secure_and_bound_to_the_host() {
    let app = App::at(|_| "https://portal.example.com".into());
    let mut visitor = app.visitor();
    let answer = visitor.open("/signin");
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    let cookies = answer.cookies();
    assert!(!cookies.is_empty());
    for (name, _, attributes) in cookies {
        assert!(name.starts_with("__Host-") && attributes.contains("secure"), "{name}: {attributes}");
    }
}

#[test]
fn https_for_subdomains_is_promised_when_the_operator_says_so() {
    let app = App::start();
    let told = [("false", "max-age=31536000"), ("true", "max-age=31536000; includeSubDomains")];
    for (setting, header) in told {
        let serving = Serving::start(&app, &[("HSTS_SUBDOMAINS", setting)]);
        let host = [("Host", serving.server.authority.as_str())];
        let answer = serving.server.send("GET", "/signin", &host, b"");
        assert_eq!(answer.header("strict-transport-security"), header);
        serving.stop();
    }
}

#[test]
fn every_page_can_skip_to_its_main_content() {
    // S2-20
    let app = App::start();
    let (mut owner, mut mona) = (app.owner(), app.sign_in(Who::Manager));
    let partner = format!("/settings/profile/partners/{}", id::NORTHWIND);
    let staff = [
        "/account",
        "/settings",
        "/settings/profile",
        "/settings/profile/edit",
        "/settings/profile/partners",
        "/settings/profile/partners/new",
        "/settings/staff",
        "/settings/staff/new",
        "/settings/history",
        "/settings/bin",
        "/signin",
        "/signed-out",
        "/no/such/page",
        partner.as_str(),
    ];
    let below =
        ["edit", "users", "users/new", "history", "suspension", "deletion"].map(|page| format!("{partner}/{page}"));
    let answers =
        staff.iter().copied().chain(below.iter().map(String::as_str)).map(|page| owner.get(page)).collect::<Vec<_>>();
    let own = ["/organisation", "/organisation/users", "/organisation/users/new", "/organisation/history", "/settings"]
        .map(|page| mona.get(page));
    for answer in answers.into_iter().chain(own) {
        let page = answer.page();
        let first = page
            .all("body a[href], body button")
            .into_iter()
            .next()
            .map(|one| (super::support::page::words(one), one.value().attr("href").map(str::to_owned)));
        assert_eq!(first, Some(("Skip to main content".into(), Some("#main".into()))), "{}", answer.address);
        let main = page.all("main#main[tabindex='-1']");
        assert_eq!(main.len(), 1, "{} has one main part that takes the focus", answer.address);
    }
}

#[test]
fn a_page_answers_head_like_get_without_a_body() {
    let app = App::start();
    let answer = app.visitor().ask("HEAD", "/signin", &[], b"");
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    is_secure(&answer);
}

#[test]
fn every_answer_names_its_own_request_never_the_senders() {
    let app = App::start();
    let mut visitor = app.visitor();
    let one = visitor.ask("GET", "/signin", &[("X-Request-Id", "forged")], b"");
    let other = visitor.get("/signin");
    assert_eq!(one.header("x-request-id").len(), 32);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
}

#[test]
fn nonsense_on_the_wire_does_not_end_the_portal() {
    let app = App::start();
    for nonsense in ["GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n"] {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", app.server.port)).unwrap();
        stream.write_all(nonsense.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        drop(stream.read_to_end(&mut Vec::new()));
    }
    app.visitor().open("/signin");
}
