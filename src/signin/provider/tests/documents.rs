//! Discovery documents in the form in which well-known providers publish them, with all that we do not read.

use serde_json::json;

use super::*;

fn judge(document: Value) -> Metadata {
    let issuer = document["issuer"].as_str().unwrap().to_owned();
    let document: metadata::Document = serde_json::from_value(document).unwrap();
    Metadata::judge(&document, &ProviderConfig::new("test", &issuer, "client", BACK)).unwrap()
}

#[test]
fn google() {
    let metadata = judge(json!({
        "issuer": "https://accounts.google.com",
        "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "device_authorization_endpoint": "https://oauth2.googleapis.com/device/code",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
        "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
        "response_types_supported": ["code", "token", "id_token", "code token", "none"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "iss", "name", "sub"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"]
    }));
    assert_eq!(metadata.token.host_str(), Some("oauth2.googleapis.com"), "endpoints may live on other hosts");
    assert_eq!(metadata.auth_method, AuthMethod::Basic);
    assert!(metadata.advertises_s256 && !metadata.answers_name_issuer && metadata.end_session.is_none());
}

#[test]
fn amazon_cognito() {
    let metadata = judge(json!({
        "authorization_endpoint": "https://acme.auth.eu-west-1.amazoncognito.com/oauth2/authorize",
        "end_session_endpoint": "https://acme.auth.eu-west-1.amazoncognito.com/logout",
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
        "jwks_uri": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/jwks.json",
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": "https://acme.auth.eu-west-1.amazoncognito.com/oauth2/revoke",
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": "https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token",
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": "https://acme.auth.eu-west-1.amazoncognito.com/oauth2/userInfo"
    }));
    assert!(metadata.end_session.is_some() && !metadata.advertises_s256);
}

#[test]
fn entra_id_of_a_single_tenant() {
    let tenant = "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555";
    let metadata = judge(json!({
        "token_endpoint": format!("{tenant}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{tenant}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{tenant}/v2.0"),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": format!("{tenant}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{tenant}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{tenant}/oauth2/v2.0/logout"),
        "claims_supported": ["sub", "iss", "cloud_instance_name", "aud", "exp", "iat", "nonce", "name", "tid", "email"],
        "kerberos_endpoint": format!("{tenant}/kerberos"),
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net"
    }));
    assert!(metadata.end_session.is_some() && !metadata.advertises_s256);
}

#[test]
fn keycloak() {
    let realm = "https://sso.acme.example/realms/acme";
    let connect = format!("{realm}/protocol/openid-connect");
    let metadata = judge(json!({
        "issuer": realm,
        "authorization_endpoint": format!("{connect}/auth"),
        "token_endpoint": format!("{connect}/token"),
        "introspection_endpoint": format!("{connect}/token/introspect"),
        "userinfo_endpoint": format!("{connect}/userinfo"),
        "end_session_endpoint": format!("{connect}/logout"),
        "frontchannel_logout_session_supported": true,
        "jwks_uri": format!("{connect}/certs"),
        "check_session_iframe": format!("{connect}/login-status-iframe.html"),
        "grant_types_supported": ["authorization_code", "urn:openid:params:grant-type:ciba"],
        "acr_values_supported": ["0", "1"],
        "response_types_supported": ["code", "none", "id_token", "code id_token token"],
        "id_token_signing_alg_values_supported": ["PS384", "RS384", "EdDSA", "HS256", "HS512", "ES256", "RS256"],
        "id_token_encryption_alg_values_supported": ["ECDH-ES+A256KW", "RSA-OAEP-256", "RSA1_5"],
        "token_endpoint_auth_methods_supported":
            ["private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth", "client_secret_jwt"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "name", "email", "acr", "azp", "nonce"],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "require_request_uri_registration": true,
        "code_challenge_methods_supported": ["plain", "S256"],
        "tls_client_certificate_bound_access_tokens": true,
        "mtls_endpoint_aliases": {"token_endpoint": format!("{connect}/token")},
        "authorization_response_iss_parameter_supported": true
    }));
    assert!(metadata.answers_name_issuer && metadata.advertises_s256 && metadata.end_session.is_some());
}

#[test]
fn the_document_lies_under_the_issuer_with_or_without_a_slash() {
    for (issuer, expected) in [
        ("https://idp.example", "https://idp.example/.well-known/openid-configuration"),
        ("https://idp.example/", "https://idp.example/.well-known/openid-configuration"),
        ("https://idp.example/realms/a", "https://idp.example/realms/a/.well-known/openid-configuration"),
    ] {
        let location = Metadata::location(&ProviderConfig::new("test", issuer, "client", BACK)).unwrap();
        assert_eq!(location.as_str(), expected);
    }
}
