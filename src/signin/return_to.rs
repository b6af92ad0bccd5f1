//! Where to go after signing in: a path of ours, or the first page. Parsed and written anew, so that nothing else
//! gets through (threat 9).

use url::Url;

/// The path and query of `text` if it lies on this portal, else `/`.
pub fn safe(text: &str) -> String {
    let Ok(base) = Url::parse("https://portal.invalid") else { return "/".into() };
    let plain = text.starts_with('/') && !text.starts_with("//") && !text.contains(['\\', '\t', '\n', '\r', '\0', '@']);
    match base.join(text) {
        Ok(url) if plain && text.len() <= 2_000 && url.origin() == base.origin() && !url.path().starts_with("//") => {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            let path = url.path();
            // The secret of an invitation must not be stored with a sign-in: its page gives a ticket to come back with.
            if is_invitation_secret(path) || path.starts_with("/signin") || path == "/signout" || path == "/signed-out"
            {
                "/".into()
            } else {
                format!("{path}{query}")
            }
        }
        _ => "/".into(),
    }
}

/// Whether a safe path leads to the page of an invitation.
pub fn leads_to_invitation(path: &str) -> bool {
    path.starts_with("/invitations/t.")
}

fn is_invitation_secret(path: &str) -> bool {
    path.starts_with("/invitations/") && !leads_to_invitation(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_ours_is_kept() {
        for fine in ["/", "/organisation", "/settings/profile/partners?q=zebra&state=active", "/account?kept=1"] {
            assert_eq!(safe(fine), fine);
        }
    }

    #[test]
    fn anything_else_is_the_first_page() {
        for wrong in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/%09/../..//evil.example@",
            "///evil.example",
            "/..//evil.example",
            "evil.example",
            " /x",
            "/signin",
            "/signout",
            "/invitations/c2VjcmV0",
            "/invitations/../invitations/c2VjcmV0",
            "/\u{0}",
            "data:text/html,x",
            "/x@evil.example",
        ] {
            assert_eq!(safe(wrong), "/", "{wrong:?}");
        }
    }
}
