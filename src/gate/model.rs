//! Where somebody who has signed in may be sent: into the application, and nowhere else. No database, no pages.

use url::Url;

use crate::web::query;

/// The address in an application's query that somebody wants to go back to. A proxy can only append it as it is, so
/// what follows `to=` is all of it; escaped, it is one parameter.
pub fn wanted(query: &str) -> String {
    let rest = query.strip_prefix("to=").or_else(|| query.split_once("&to=").map(|(_, rest)| rest)).unwrap_or_default();
    if rest.starts_with("https://") || rest.starts_with("http://") {
        rest.to_owned()
    } else {
        query::value(query, "to").unwrap_or_default()
    }
}

/// `to`, written anew, if it lies at or below the application's own address.
pub fn within(application: &str, to: &str) -> Option<String> {
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if to.len() > 2_000 || to.contains(odd) {
        return None;
    }
    let (base, url) = (Url::parse(application).ok()?, Url::parse(to).ok()?);
    let plain = url.username().is_empty() && url.password().is_none() && base.origin().is_tuple();
    let folder = base.path().trim_end_matches('/');
    let below = url.path().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    // Escaped separators mean one thing here and may mean another to the application's server.
    let lower = url.path().to_ascii_lowercase();
    let hidden = ["%2f", "%5c", "%2e"].iter().any(|escape| lower.contains(escape));
    (plain && below && !hidden && url.origin() == base.origin()).then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "https://partners.example.com/shop/";

    #[test]
    fn what_lies_in_the_application_is_kept() {
        for fine in [
            "https://partners.example.com/shop",
            "https://partners.example.com/shop/",
            "https://partners.example.com/shop/cart?item=1&next=https://elsewhere.example",
        ] {
            assert_eq!(within(SHOP, fine).as_deref(), Some(fine));
        }
        let port = "https://partners.example.com:8443/x";
        assert_eq!(within("https://partners.example.com:8443", port).as_deref(), Some(port));
        assert_eq!(within("https://x.example", "https://X.example:443/a/../b").as_deref(), Some("https://x.example/b"));
    }

    #[test]
    fn nothing_else_is_an_address_to_go_to() {
        for wrong in [
            "",
            "/",
            "/shop/cart",
            "//evil.example/shop/",
            "https://evil.example/shop/",
            "http://partners.example.com/shop/",
            "https://partners.example.com:8443/shop/",
            "https://partners.example.com.evil.example/shop/",
            "https://partners.example.com@evil.example/shop/",
            "https://u:p@partners.example.com/shop/",
            "https://partners.example.com/shopping",
            "https://partners.example.com/settings",
            "https://partners.example.com/shop/../settings",
            "https://partners.example.com/shop/%2e%2e/settings",
            "https://partners.example.com/shop/..%2fsettings",
            "https://partners.example.com/shop/..%5Csettings",
            "https://partners.example.com\\@evil.example/shop/",
            "https:\\\\evil.example/shop/",
            "https://partners.example.com/shop/\r\nSet-Cookie: a=b",
            "ht\ttps://partners.example.com/shop/",
            " https://partners.example.com/shop/",
            "javascript:alert(1)",
            "data:text/html,x",
            "blob:https://partners.example.com/shop/",
            "file:///shop/",
        ] {
            assert_eq!(within(SHOP, wrong), None, "{wrong:?}");
        }
        assert_eq!(within("https://x.example", &format!("https://x.example/{}", "a".repeat(2_000))), None);
    }

    #[test]
    fn an_address_may_be_appended_as_it_is_or_escaped() {
        assert_eq!(wanted("to=https://x.example/a?b=1&c=2"), "https://x.example/a?b=1&c=2");
        assert_eq!(wanted("to=https%3A%2F%2Fx.example%2Fa%3Fb%3D1%26c%3D2"), "https://x.example/a?b=1&c=2");
        assert_eq!(wanted("a=1&to=https://x.example/"), "https://x.example/");
        assert_eq!([wanted(""), wanted("to="), wanted("from=https://x.example/")], ["", "", ""]);
    }
}
