//! The userinfo endpoint: who an access token speaks for (`OpenID` Connect Core §5.3, RFC 6750).

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{IdentityProvider, tokens};

/// `GET` and `POST /userinfo`. The token comes in the header only.
pub(super) async fn show(provider: web::Data<IdentityProvider>, request: HttpRequest) -> HttpResponse {
    let Some(token) = bearer(&request) else {
        return refuse(r#"Bearer realm="development identity""#);
    };
    let now = provider.now();
    // Taken out first: the lock must not be held while the answer is written.
    let access = provider.store().access(token, now);
    match access {
        Some(access) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(tokens::claims(&access.email, &access.name)),
        None => refuse(r#"Bearer realm="development identity", error="invalid_token""#),
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refuse(challenge: &'static str) -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((WWW_AUTHENTICATE, challenge))
        .json(json!({ "error": "invalid_token" }))
}
