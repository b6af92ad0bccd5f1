//! Where a form comes from: every route that changes something, under every combination of what browsers send.

use super::support::{Actor, App, Who, id};

type Headers = &'static [(&'static str, &'static str)];

/// A sender, the headers of its request, and whether it may have come from our own page.
const SENDERS: [(&str, Headers, bool); 9] = [
    ("our page in a browser of today", &[("Sec-Fetch-Site", "same-origin"), ("Origin", "OURS")], true),
    ("our page in an older browser", &[("Origin", "OURS")], true),
    ("an address typed or a bookmark", &[("Sec-Fetch-Site", "none")], true),
    ("no browser", &[], true),
    ("another site", &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")], false),
    ("a sibling host", &[("Sec-Fetch-Site", "same-site"), ("Origin", "http://evil.localhost")], false),
    ("another site in an older browser", &[("Origin", "https://evil.example")], false),
    ("a sandboxed frame", &[("Origin", "null")], false),
    ("another site that lies about its origin", &[("Sec-Fetch-Site", "cross-site"), ("Origin", "OURS")], false),
];

/// Every address that takes a post, with ids of things that are there.
fn targets(app: &App) -> Vec<String> {
    // Nobody writes to a partner's own records from there: the table says 404 for staff.
    let closed = "/settings/profile/partners/{id}/partners/";
    let api = ["/api/", "/oauth2/"];
    let page = |at: &str| !at.starts_with(closed) && !api.iter().any(|prefix| at.starts_with(prefix));
    let posts = app.routes().into_iter().filter(|(method, at)| method == "POST" && page(at));
    let session = "/account/sessions/{id}/end";
    let filled = posts.map(|(_, pattern)| {
        let own = if pattern == session { id::RANDOM } else { id::NORTHWIND };
        let user = if pattern.starts_with("/settings/staff") { id::AUDITOR } else { id::MEMBER };
        pattern.replace("{id}", own).replace("{user}", user).replace("{item}", id::RANDOM)
    });
    filled.filter(|address| address != "/signout").collect()
}

fn send(actor: &mut Actor, address: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let origin = actor.server.origin.clone();
    let headers = headers.iter().map(|(name, value)| (*name, if *value == "OURS" { origin.as_str() } else { *value }));
    let mut headers: Vec<_> = headers.collect();
    headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    actor.bare("POST", address, &headers, body.as_bytes()).status
}

#[test]
fn a_post_from_elsewhere_is_refused_on_every_route_even_with_a_right_token() {
    let app = App::start();
    let mut owner = app.owner();
    let body = format!("csrf={}", owner.csrf());
    let before = digest(&app);
    for address in targets(&app) {
        for (sender, headers, _) in SENDERS.iter().filter(|(.., ours)| !ours) {
            assert_eq!(send(&mut owner, &address, headers, &body), 403, "{address} from {sender}");
        }
    }
    assert_eq!(digest(&app), before);
}

#[test]
fn a_post_without_a_right_token_is_refused_on_every_route_wherever_it_comes_from() {
    let app = App::start();
    let (mut owner, mut other) = (app.owner(), app.sign_in(Who::Administrator));
    let foreign = other.csrf();
    let before = digest(&app);
    for address in targets(&app) {
        for (sender, headers, _) in SENDERS.iter().filter(|(.., ours)| *ours) {
            for token in ["", "csrf=", "csrf=AAAA", &format!("csrf={foreign}")] {
                assert_eq!(send(&mut owner, &address, headers, token), 403, "{address} from {sender} with {token:?}");
            }
        }
    }
    assert_eq!(digest(&app), before);
}

#[test]
fn our_own_page_is_believed_in_every_browser() {
    let app = App::start();
    let mut owner = app.owner();
    let body = format!("csrf={}", owner.csrf());
    for (sender, headers, _) in SENDERS.iter().filter(|(.., ours)| *ours) {
        assert_eq!(send(&mut owner, "/settings/profile/partners/new", headers, &body), 422, "{sender}");
    }
}

#[test]
fn a_token_of_an_earlier_session_is_refused_and_says_what_to_do() {
    let app = App::start();
    let mut owner = app.owner();
    let form = owner.open("/settings/profile/partners/new");
    owner.sign_in(Who::Owner.email()).is(200);
    owner
        .press(&form, "Create Partner Organisation", &[("name", "Late")])
        .is(403)
        .shows("This form is too old to send");
    assert_eq!(app.count("organisations WHERE name = 'Late'"), 0);
}

#[test]
fn a_get_changes_nothing() {
    let app = App::start();
    let mut owner = app.owner();
    let before = digest(&app);
    for address in targets(&app) {
        let status = owner.get(&address).status;
        assert!([200, 404, 405, 400].contains(&status), "{address}: {status}");
    }
    assert_eq!(digest(&app), before);
}

/// What the tables hold that a forged post could change.
fn digest(app: &App) -> String {
    app.text(
        "SELECT md5(string_agg(row, '' ORDER BY row)) FROM (
            SELECT tenants::text AS row FROM tenants UNION ALL SELECT organisations::text FROM organisations
            UNION ALL SELECT users::text FROM users UNION ALL SELECT identities::text FROM identities
            UNION ALL SELECT audit_events::text FROM audit_events
            UNION ALL SELECT id || coalesce(ended_at::text, '') FROM sessions
        ) AS rows",
    )
}
