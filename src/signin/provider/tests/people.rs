//! What is believed about a person: e-mail only when the provider vouches for it, a name only to greet with.

use serde_json::json;

use super::*;

fn claims(fields: &Value) -> Map<String, Value> {
    fields.as_object().unwrap().clone()
}

/// Whether an address with this `email_verified` counts, by default and from a trusted provider.
fn counts(verified: Option<Value>) -> (bool, bool) {
    let mut fields = json!({"email": "ada@example.org"});
    if let Some(verified) = verified {
        fields["email_verified"] = verified;
    }
    let read = |trusted| person::email(&claims(&fields), trusted).unwrap().unwrap().verified;
    (read(false), read(true))
}

#[test]
fn only_the_boolean_true_vouches_for_an_address() {
    assert_eq!(counts(Some(json!(true))), (true, true));
    assert_eq!(counts(Some(json!(false))), (false, false), "a provider that says no is believed");
    assert_eq!(counts(None), (false, true), "silence counts when the operator trusts the provider");
    assert_eq!(counts(Some(json!("true"))), (false, true), "the string likewise");
    for other in [json!("false"), json!("TRUE"), json!(1), json!(null), json!([true]), json!({})] {
        assert_eq!(counts(Some(other.clone())), (false, false), "{other}");
    }
}

#[test]
fn an_email_that_is_not_one_plain_string_is_refused() {
    let endless = format!("{}@x.org", "a".repeat(10_240));
    for email in [
        json!(["ada@example.org"]),
        json!({"a": "ada@example.org"}),
        json!(7),
        json!(true),
        json!("no-at"),
        json!("a@b@c"),
        json!("a@x.org\r\nBcc: b@y.org"),
        json!("a b@x.org"),
        json!(endless),
    ] {
        let refused = person::email(&claims(&json!({"email": email})), true).unwrap_err();
        assert_eq!(refused.code(), "email_form");
    }
    for none in [json!({}), json!({"email": null}), json!({"email": ""})] {
        assert_eq!(person::email(&claims(&none), true).unwrap(), None);
    }
}

#[test]
fn a_name_is_made_harmless() {
    let read = |name: Value| person::name(&claims(&json!({"name": name})));
    assert_eq!(read(json!(" Ada\r\n\u{0} L. ")).as_deref(), Some("Ada L."));
    assert_eq!(read(json!("é".repeat(500))).unwrap().chars().count(), 100);
    for none in [json!(""), json!(" \n"), json!(7), json!(["Ada"]), json!(null)] {
        assert_eq!(read(none), None);
    }
}

#[actix_web::test]
async fn an_email_from_userinfo_is_vouched_for_by_userinfo_alone() {
    let idp = Idp::start();
    idp.script(|script| {
        script.drop("claims", "email");
        script.set("userinfo", "email_verified", json!("true"));
    });
    let mut config = config(&idp);
    let person = sign_in(&idp, &TestClock::new().provider(config.clone())).await.unwrap();
    assert_eq!(person.email.as_deref(), Some("ada@example.org"));
    assert!(!person.email_verified, "the ID token's word is about no address, and a string is no boolean");
    assert_eq!(person.name.as_deref(), Some("Ada Lovelace"));
    config.trust_email = true;
    assert!(sign_in(&idp, &TestClock::new().provider(config)).await.unwrap().email_verified);
}

#[actix_web::test]
async fn a_person_without_an_email_is_still_a_person() {
    let idp = Idp::start();
    idp.script(|script| {
        script.drop("claims", "email");
        script.drop("userinfo", "email");
    });
    let mut config = config(&idp);
    config.trust_email = true;
    let person = sign_in(&idp, &TestClock::new().provider(config)).await.unwrap();
    assert_eq!((person.email, person.email_verified), (None, false));
}

#[actix_web::test]
async fn odd_addresses_in_a_token_are_refused_and_strange_ones_handed_on_as_they_are() {
    let cases: [Case; 5] = [
        ("array", |s| s.set("claims", "email", json!(["ada@example.org"])), "email_form"),
        ("two", |s| s.set("claims", "email", json!("a@x.org,b@y.org")), "email_form"),
        ("Kelvin sign", |s| s.set("claims", "email", json!("\u{212a}im@example.org")), "ok"),
        ("Cyrillic", |s| s.set("claims", "email", json!("аda@example.org")), "ok"),
        ("upper case", |s| s.set("claims", "email", json!("ADA@EXAMPLE.ORG")), "ok"),
    ];
    try_all(&cases).await;
}
