//! Shop and Self-Service: who gets through the gate, who finds the way there, and how staff decide (S1-11, S1-12,
//! S1-18 … S1-20).

use super::support::api::ALL;
use super::support::page::words;
use super::support::{Actor, Answer, App, Who, id};

const PROFILE: &str = "/settings/profile/edit";
const ADDRESSES: [(&str, &str); 2] =
    [("shop_url", "https://shop.acme.example/store/"), ("self_service_url", "https://help.acme.example/")];

fn northwind() -> String {
    format!("/settings/profile/partners/{}", id::NORTHWIND)
}

/// An owner who has said where the applications lie, and turned this one on for Northwind.
fn turned_on(app: &App, word: &str) -> Actor {
    let mut owner = app.owner();
    owner.submit(PROFILE, "Save", &ADDRESSES).goes_to("/settings/profile");
    owner.submit(&northwind(), &format!("Turn on {word}"), &[]).goes_to(&northwind());
    owner
}

/// Whether their page leads to the application.
fn offers(somebody: &mut Actor, word: &str) -> bool {
    let page = somebody.open("/organisation").page();
    page.all("main a.tile .tile__title").into_iter().any(|tile| words(tile) == word)
}

/// What a proxy learns at a door.
fn told(answer: &Answer) -> [&str; 3] {
    ["x-guildhall-user", "x-guildhall-organisation", "x-guildhall-tenant"].map(|name| answer.header(name))
}

#[test]
fn whoever_has_the_application_passes_and_the_proxy_learns_who_it_is() {
    // S1-19
    let app = App::start();
    turned_on(&app, "Shop");
    for (who, user) in [(Who::Manager, id::MANAGER), (Who::Member, id::MEMBER)] {
        let mut somebody = app.sign_in(who);
        let sessions = app.count("sessions");
        let answer = somebody.get("/gate/shop");
        assert_eq!(told(answer.is(204)), [user, id::NORTHWIND, "acme"]);
        assert_eq!((answer.header("cache-control"), answer.body.as_str()), ("no-store", ""));
        assert!(answer.cookies().is_empty() && app.count("sessions") == sessions, "the gate only looks");
        assert_eq!(told(somebody.get("/gate/self-service").is(403)), [""; 3]);
    }
}

#[test]
fn nobody_else_passes() {
    // S1-18, S1-19
    let app = App::start();
    turned_on(&app, "Shop");
    for who in [Who::Owner, Who::Administrator, Who::Auditor, Who::OtherOrganisation, Who::OtherTenant] {
        assert_eq!(told(app.sign_in(who).get("/gate/shop").is(403)), [""; 3], "{who:?}");
    }
    let mut stranger = app.visitor();
    stranger.sign_in("stranger@nowhere.example").is(403);
    let answer = stranger.get("/gate/shop");
    let way = format!("{}/gate/shop/enter", app.server.origin);
    assert_eq!(answer.is(401).header("x-guildhall-sign-in"), way);
    assert!(answer.cookies().is_empty() && answer.header("location").is_empty());
    let key = app.key(id::NORTHWIND, ALL);
    key.get("/gate/shop").is(401);
}

#[test]
fn a_proxy_may_ask_by_any_method_and_of_one_programme_only() {
    let app = App::start();
    turned_on(&app, "Shop");
    let mut milo = app.sign_in(Who::Member);
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        milo.bare(method, "/gate/shop", &[], b"").is(204);
        app.visitor().bare(method, "/gate/shop", &[], b"").is(401);
    }
    milo.get("/gate/shop?tenant=acme").is(204);
    milo.get("/gate/shop?tenant=globex").is(403);
    app.minutes_pass(31);
    milo.bare("POST", "/gate/shop", &[], b"").is(401);
    assert_eq!(app.count("kept_forms"), 0);
}

#[test]
fn turning_it_off_works_on_the_next_request() {
    // S1-20
    let app = App::start();
    for (word, door) in [("Shop", "/gate/shop"), ("Self-Service", "/gate/self-service")] {
        let mut owner = turned_on(&app, word);
        let mut milo = app.sign_in(Who::Member);
        milo.get(door).is(204);
        assert!(offers(&mut milo, word));
        owner.submit(&northwind(), &format!("Turn off {word}"), &[]).is(303);
        milo.get(door).is(403);
        assert!(!offers(&mut milo, word));
        let page = owner.open(&northwind());
        page.shows(&format!("Northwind Traders no longer has {word}."));
        let back = owner.press(&page, "Undo", &[]);
        owner.follow(&back).shows(&format!("Northwind Traders has {word}."));
        milo.get(door).is(204);
    }
}

#[test]
fn a_person_or_an_organisation_that_is_kept_out_is_out_at_the_gate_too() {
    let app = App::start();
    let mut owner = turned_on(&app, "Shop");
    let (mut milo, mut mona) = (app.sign_in(Who::Member), app.sign_in(Who::Manager));
    owner.submit(&format!("{}/suspension", northwind()), "Suspend Northwind Traders", &[]).is(303);
    milo.get("/gate/shop").is(401);
    mona.get("/gate/shop").is(401);
}

#[test]
fn the_tiles_lead_to_the_applications_that_are_granted() {
    // S1-19
    let app = App::start();
    let mut milo = app.sign_in(Who::Member);
    app.sql("UPDATE organisations SET shop_access = true");
    milo.open("/organisation").hides("shop.acme.example");
    turned_on(&app, "Self-Service");
    let page = milo.open("/organisation");
    let tiles: Vec<_> =
        page.page().all("main a.tile").iter().filter_map(|tile| tile.attr("href")).map(str::to_owned).collect();
    assert_eq!(tiles, ["https://shop.acme.example/store/", "https://help.acme.example/"]);
    app.owner().open("/organisation").hides("shop.acme.example");
    app.sign_in(Who::OtherOrganisation).open("/organisation").hides("help.acme.example");
}

#[test]
fn signing_in_leads_back_into_the_application_and_nowhere_else() {
    let app = App::start();
    turned_on(&app, "Shop");
    let shop = "https://shop.acme.example/store/";
    let deep = format!("{shop}cart?item=1&page=2");
    let mut milo = app.visitor();
    let sent = milo.get(&format!("/gate/shop/enter?to={deep}"));
    sent.is_sent_to_sign_in();
    let page = milo.follow(&sent);
    let callback = milo.callback(&page, Who::Member.email());
    let arrived = milo.get(&callback);
    let entered = milo.get(arrived.is(303).header("location"));
    assert_eq!((entered.status, entered.header("location")), (303, deep.as_str()));
    for wrong in [
        "https://evil.example/store/",
        "https%3A%2F%2Fevil.example%2Fstore%2F",
        "https://shop.acme.example.evil.example/store/",
        "https://shop.acme.example@evil.example/store/",
        "https://shop.acme.example/storefront",
        "https://shop.acme.example/store/../admin",
        "https://shop.acme.example/store/%2e%2e/admin",
        "http://shop.acme.example/store/",
        "//evil.example/store/",
        "/store/",
        "javascript:alert(1)",
        "",
    ] {
        let answer = milo.get(&format!("/gate/shop/enter?to={wrong}"));
        assert_eq!((answer.status, answer.header("location")), (303, shop), "{wrong}");
    }
    milo.get("/gate/self-service/enter").is(403);
    app.sql("UPDATE tenants SET shop_url = NULL");
    milo.get("/gate/shop/enter").is(404);
}

#[test]
fn the_history_tells_who_turned_what_on() {
    let app = App::start();
    let mut owner = turned_on(&app, "Shop");
    let address = format!("{}/access?shop=on", northwind());
    let body = format!("csrf={}", owner.csrf());
    let before = app.count("audit_events");
    owner.post(&address, &body).is(303);
    assert_eq!(app.count("audit_events"), before, "twice is once");
    let page = owner.open(&format!("{}/history", northwind()));
    page.shows("turned on Shop for Northwind Traders");
    owner.open("/settings/history").shows("Address of Shop");
    for wrong in ["", "?shop=maybe", "?elsewhere=on", "?shop=on&self_service=on"] {
        owner.post(&format!("{}/access{wrong}", northwind()), &body).is(404);
    }
    assert_eq!(app.count("audit_events"), before);
    let auditor = app.sign_in(Who::Auditor).open(&northwind());
    assert!(!auditor.page().offers("Turn off Shop"));
    assert!(auditor.page().fact("Shop").starts_with("On"));
}

#[test]
fn an_address_of_an_application_is_https_or_on_this_machine() {
    let app = App::start();
    let mut owner = app.owner();
    for wrong in ["shop", "http://shop.acme.example/", "javascript:alert(1)", "https://u:p@shop.acme.example/"] {
        let answer = owner.submit(PROFILE, "Save", &[("shop_url", wrong)]);
        answer.is(422);
        assert!(answer.page().error_of("shop_url").contains("Enter "), "{wrong}");
        assert_eq!(answer.page().value_of("shop_url"), wrong);
    }
    assert_eq!(app.count("tenants WHERE shop_url IS NOT NULL"), 0);
    owner.submit(PROFILE, "Save", &[("shop_url", "http://localhost:9000/")]).is(303);
    let profile = owner.open("/settings/profile").page();
    assert_eq!(
        (profile.fact("Shop"), profile.fact("Self-Service")),
        ("http://localhost:9000/".into(), "– not set".into())
    );
}

#[test]
fn the_api_tells_who_owns_the_invoices() {
    // S1-11, S1-12
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let address = |organisation: &str| format!("/api/v1/organisations/{organisation}/invoice-owner");
    let ask =
        |organisation: &str| machine.get(&format!("{}?customerZuoraAccountId=zu-customer", address(organisation)));
    for (owner, account) in [("partner", "zu-own"), ("end_customer", "zu-customer")] {
        app.sql(&format!("UPDATE organisations SET invoice_owner = '{owner}', zuora_account_id = 'zu-own'"));
        let answer = ask(id::NORTHWIND);
        let expected = serde_json::json!({"object": "invoice_owner", "organisationId": id::NORTHWIND, "owner": owner,
            "zuoraAccountId": account});
        assert_eq!(answer.is(200).json(), expected);
    }
    for foreign in [id::INITECH, id::RANDOM, id::ACME_HOST, "1"] {
        ask(foreign).is(404);
    }
    machine.get(&address(id::NORTHWIND)).is(400);
    machine.get(&format!("{}?customerZuoraAccountId=", address(id::NORTHWIND))).is(400);
    app.key(id::NORTHWIND, ALL).get(&format!("{}?customerZuoraAccountId=x", address(id::NORTHWIND))).is(403);
    app.key(id::ACME_HOST, "READ_USER").get(&format!("{}?customerZuoraAccountId=x", address(id::NORTHWIND))).is(403);
    app.sql("UPDATE organisations SET invoice_owner = NULL");
    ask(id::NORTHWIND).is(409);
}
