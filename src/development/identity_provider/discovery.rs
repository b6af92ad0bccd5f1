//! What the provider publishes about itself: its metadata and its public key (`OpenID` Connect Discovery §3).

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::IdentityProvider;

/// `GET /.well-known/openid-configuration`.
pub(super) async fn configuration(provider: web::Data<IdentityProvider>) -> HttpResponse {
    let issuer = &provider.inner.issuer;
    HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "scopes_supported": ["openid", "email", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash",
            "email", "email_verified", "name",
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    }))
}

/// `GET /jwks`.
pub(super) async fn keys(provider: web::Data<IdentityProvider>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "keys": [provider.inner.keys.public_key()] }))
}
