//! What a partner sees: its own organisation and nothing else (S1-17 … S1-19).

use super::support::{App, SAVE_USER, Who, id};

#[test]
fn a_new_partner_user_signs_in_and_sees_their_organisation() {
    // S1-17, S1-19
    let app = App::start();
    let mut owner = app.owner();
    let users = format!("/settings/profile/partners/{}/users/new", id::NORTHWIND);
    owner.submit(&users, SAVE_USER, &[("name", "Nina New"), ("email", "Nina@Northwind.example")]).is(303);
    let mut nina = app.visitor();
    let landed = nina.sign_in("nina@northwind.example");
    assert_eq!(landed.address, "/organisation");
    assert_eq!(landed.page().heading(), "Northwind Traders");
    assert!(landed.body.contains("https://northwind.example/logo.png"), "the logo is shown");
    landed.shows("Nina New · Member in the Acme Software partner programme");
}

#[test]
fn an_identity_whose_address_matches_nobody_gets_no_access() {
    // S1-18
    let app = App::start();
    let mut stranger = app.visitor();
    let refused = stranger.sign_in("stranger@nowhere.example");
    refused.is(403).shows("No organisation on this portal knows that address.").shows("Back to sign-in");
    stranger.get("/organisation").is_sent_to_sign_in();
    assert_eq!(app.count("sessions"), 0);
}

#[test]
fn a_partner_user_sees_only_pages_of_their_own_organisation() {
    // S1-19
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for page in ["/organisation", "/organisation/users", "/organisation/history", "/account"] {
        mona.open(page).hides("Contoso").hides("Initech").hides(id::CONTOSO);
    }
    mona.get(&format!("/organisation/users/{}", id::CONTOSO_MANAGER)).is(404);
    mona.get(&format!("/settings/profile/partners/{}", id::CONTOSO)).is(403).hides("Contoso");
    mona.get(&format!("/settings/profile/partners/{}", id::NORTHWIND)).is(403);
    let places: Vec<_> = mona
        .open("/organisation")
        .page()
        .all("nav[aria-label=Main] a")
        .iter()
        .map(|link| link.text().collect::<String>())
        .collect();
    assert_eq!(places, ["Organisation", "People", "Invitations", "Partners", "API", "History"]);
}

#[test]
fn the_own_page_tells_its_details_in_its_time_zone() {
    let app = App::start();
    let page = app.sign_in(Who::Manager).open("/organisation").page();
    assert_eq!(page.fact("Partner Organisation ID"), id::NORTHWIND);
    assert_eq!(page.fact("Code"), "NWT-01");
    assert!(["IT", "Italy"].contains(&page.fact("Country").as_str()));
    assert_eq!(page.fact("Time zone"), "Rome, now 13:00");
    let tokyo = app.sign_in(Who::OtherOrganisation).open("/organisation").page();
    assert_eq!(tokyo.fact("Time zone"), "Tokyo, now 21:00");
}

#[test]
fn another_tenant_sees_nothing_of_acme() {
    let app = App::start();
    let mut gloria = app.sign_in(Who::OtherTenant);
    for page in
        ["/settings/profile/partners", "/settings/staff", "/settings/history", "/settings/bin", "/settings/profile"]
    {
        gloria.open(page).hides("Northwind").hides("Contoso").hides("Acme").hides("acme.example");
    }
    gloria.open("/settings/profile/partners?q=north").hides("Northwind Traders");
    gloria.open(&format!("/settings/profile/partners?q={}", id::NORTHWIND)).hides("Northwind Traders");
    gloria.open("/settings/profile/partners?q=manager@northwind.example").hides("Northwind Traders");
    assert_eq!(gloria.open("/settings/profile/partners").page().rows().len(), 1);
}
