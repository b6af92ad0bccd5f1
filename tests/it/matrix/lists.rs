//! What a list could tell beside its items: an order by a field that nobody sees, and where another one's page ended.

use serde_json::json;

use super::policy;
use crate::support::api::ALL;
use crate::support::{App, id};

/// Columns that are in the tables and in no answer.
const HIDDEN: [&str; 8] = ["tenantId", "tenant_id", "t.id", "name_key", "sort_key", "hash", "secret", "key_hash"];

#[test]
fn a_hidden_field_orders_and_filters_nothing() {
    let app = App::start();
    let key = app.key(id::ACME_HOST, ALL);
    let lists: Vec<_> = policy::routes().into_iter().filter_map(|route| route.pattern.strip_suffix("/find")).collect();
    assert!(lists.len() >= 7, "the lists of the API: {lists:?}");
    for list in lists {
        for field in HIDDEN {
            key.get(&format!("{list}?sort={field}")).is(400);
            key.post(&format!("{list}/find"), &json!({ "type": "eq", "field": field, "value": "x" })).is(400);
        }
    }
}

#[test]
fn the_token_of_the_next_page_is_good_for_whoever_got_it() {
    let app = App::start();
    let host = |organisation| app.key(organisation, ALL);
    let (ours, colleague, foreign) = (host(id::ACME_HOST), host(id::ACME_HOST), host(id::GLOBEX_HOST));
    let people = format!("/api/partner-organisation/{}/users?limit=1", id::NORTHWIND);
    for list in ["/api/partner-organisations?limit=1", &people] {
        let token = ours.get(list).is(200).json()["queryMore"].as_str().expect("a second page").to_owned();
        let next = format!("{list}&queryMore={token}");
        ours.get(&next).is(200);
        colleague.get(&next).is(400);
        let refused = foreign.get(&next);
        assert!([400, 404].contains(&refused.status), "{}: {}", refused.address, refused.status);
        ours.get(&format!("{list}&queryMore={token}x")).is(400);
    }
}
