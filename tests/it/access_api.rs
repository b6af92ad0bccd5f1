//! The rows of the API's authorisation table; `matrix` asks them of the running portal.

/// What a caller needs: nothing at all.
pub const PUBLIC: &str = "public";
/// Any credential.
pub const ANY: &str = "";

/// A route of the API.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub method: &'static str,
    pub path: &'static str,
    /// [`PUBLIC`], [`ANY`], or permissions; without one of them a credential is answered 403.
    pub needs: &'static str,
    /// What a partner's credential that holds them gets for its own id, and what the host's gets.
    pub partner: u16,
    pub host: u16,
    /// What follows the path, `?` included.
    pub query: &'static str,
    /// What is sent.
    pub body: &'static str,
}

const fn row(
    (method, path): (&'static str, &'static str),
    needs: &'static str,
    (partner, host): (u16, u16),
    query: &'static str,
    body: &'static str,
) -> Row {
    Row { method, path, needs, partner, host, query, body }
}

/// The body of a find for what none but its owner may find.
const FIND: &str = r#"{"type":"search","caseSensitive":false,"field":"name","value":"zqmark"}"#;

/// Every route of the API. A body of `{}` is wanted whole, so it is refused by its fields.
pub const API: &[Row] = &[
    row(("GET", "/api/docs"), PUBLIC, (200, 200), "", ""),
    row(("GET", "/api/openapi.json"), PUBLIC, (200, 200), "", ""),
    row(("GET", "/.well-known/oauth-authorization-server"), PUBLIC, (200, 200), "", ""),
    row(("POST", "/oauth2/token"), PUBLIC, (401, 401), "", "{}"),
    row(("POST", "/oauth2/revoke"), PUBLIC, (401, 401), "", "{}"),
    row(("POST", "/oauth2/introspect"), PUBLIC, (401, 401), "", "{}"),
    row(("POST", "/api/oauth2/token"), PUBLIC, (401, 401), "", "{}"),
    row(("POST", "/api/oauth2/revoke"), PUBLIC, (401, 401), "", "{}"),
    row(("POST", "/api/oauth2/introspect"), PUBLIC, (401, 401), "", "{}"),
    row(("GET", "/api/v1/me"), ANY, (200, 200), "", ""),
    row(
        ("GET", "/api/v1/organisations/{id}/invoice-owner"),
        "READ_PARTNER",
        (403, 200),
        "?customerZuoraAccountId=zu",
        "",
    ),
    row(("GET", "/api/v1/organisations"), "READ_PARTNER", (200, 200), "?size=1000", ""),
    row(("POST", "/api/v1/organisations/find"), "READ_PARTNER", (200, 200), "?size=1000", FIND),
    row(("GET", "/api/v1/organisations/export"), "READ_PARTNER", (200, 200), "?format=csv", ""),
    row(("POST", "/api/v1/organisations/export"), "READ_PARTNER", (200, 200), "", FIND),
    row(("GET", "/api/v1/organisations/{id}"), "READ_PARTNER", (200, 200), "", ""),
    row(("GET", "/api/v1/users"), "READ_USER", (200, 200), "?size=1000", ""),
    row(("POST", "/api/v1/users/find"), "READ_USER", (200, 200), "?size=1000", FIND),
    row(("GET", "/api/v1/users/export"), "READ_USER", (200, 200), "?format=csv", ""),
    row(("POST", "/api/v1/users/export"), "READ_USER", (200, 200), "", FIND),
    row(("GET", "/api/v1/users/{id}"), "READ_USER", (200, 200), "", ""),
    row(("GET", "/api/v1/partners"), "READ_PARTNER", (200, 200), "?size=1000", ""),
    row(
        ("POST", "/api/v1/partners/find"),
        "READ_PARTNER",
        (200, 200),
        "?size=1000",
        r#"{"type":"search","caseSensitive":false,"field":"companyName","value":"zqmark"}"#,
    ),
    row(("GET", "/api/v1/partners/export"), "READ_PARTNER", (200, 200), "?format=csv", ""),
    row(
        ("POST", "/api/v1/partners/export"),
        "READ_PARTNER",
        (200, 200),
        "",
        r#"{"type":"search","caseSensitive":false,"field":"companyName","value":"zqmark"}"#,
    ),
    row(("GET", "/api/v1/partners/{id}"), "READ_PARTNER", (200, 200), "", ""),
    row(("GET", "/api/v1/connections"), "READ_PARTNER", (200, 200), "?size=1000", ""),
    row(
        ("POST", "/api/v1/connections/find"),
        "READ_PARTNER",
        (200, 200),
        "?size=1000",
        r#"{"type":"search","caseSensitive":false,"field":"hostOrganisationName","value":"a"}"#,
    ),
    row(("GET", "/api/v1/connections/export"), "READ_PARTNER", (200, 200), "?format=csv", ""),
    row(
        ("POST", "/api/v1/connections/export"),
        "READ_PARTNER",
        (200, 200),
        "",
        r#"{"type":"search","caseSensitive":false,"field":"hostOrganisationName","value":"a"}"#,
    ),
    row(("GET", "/api/v1/connections/{id}"), "READ_PARTNER", (200, 200), "", ""),
    row(("GET", "/api/v1/api-clients"), "MANAGE_API_CLIENTS", (200, 200), "?size=1000", ""),
    row(("POST", "/api/v1/api-clients/find"), "MANAGE_API_CLIENTS", (200, 200), "?size=1000", FIND),
    row(("GET", "/api/v1/api-clients/export"), "MANAGE_API_CLIENTS", (200, 200), "?format=csv", ""),
    row(("POST", "/api/v1/api-clients/export"), "MANAGE_API_CLIENTS", (200, 200), "", FIND),
    row(("GET", "/api/v1/api-clients/{id}"), "MANAGE_API_CLIENTS", (200, 200), "", ""),
    row(("GET", "/api/v1/audit-events"), "READ_AUDIT", (200, 200), "?size=1000", ""),
    row(
        ("POST", "/api/v1/audit-events/find"),
        "READ_AUDIT",
        (200, 200),
        "?size=1000",
        r#"{"type":"search","caseSensitive":false,"field":"objectName","value":"zqmark"}"#,
    ),
    row(("GET", "/api/v1/audit-events/export"), "READ_AUDIT", (200, 200), "?format=csv", ""),
    row(
        ("POST", "/api/v1/audit-events/export"),
        "READ_AUDIT",
        (200, 200),
        "",
        r#"{"type":"search","caseSensitive":false,"field":"objectName","value":"zqmark"}"#,
    ),
    row(("GET", "/api/v1/audit-events/{id}"), "READ_AUDIT", (200, 200), "", ""),
    row(("GET", "/api/v1/partner-invitations"), "READ_INVITATION", (200, 200), "?size=1000", ""),
    row(
        ("POST", "/api/v1/partner-invitations/find"),
        "READ_INVITATION",
        (200, 200),
        "?size=1000",
        r#"{"type":"search","caseSensitive":false,"field":"toAccountName","value":"q"}"#,
    ),
    row(("GET", "/api/v1/partner-invitations/export"), "READ_INVITATION", (200, 200), "?format=csv", ""),
    row(
        ("POST", "/api/v1/partner-invitations/export"),
        "READ_INVITATION",
        (200, 200),
        "",
        r#"{"type":"search","caseSensitive":false,"field":"toAccountName","value":"q"}"#,
    ),
    row(("GET", "/api/v1/partner-invitations/{number}"), "READ_INVITATION", (200, 200), "", ""),
    row(("POST", "/api/partners"), "WRITE_PARTNER", (422, 422), "", "{}"),
    row(("GET", "/api/partners"), "READ_PARTNER", (200, 200), "?limit=1000&partner_types[]=customer", ""),
    row(("GET", "/api/partner-organisations"), "READ_PARTNER", (403, 200), "?limit=1000", ""),
    row(("POST", "/api/partner-organisation"), "WRITE_PARTNER", (403, 400), "", "{}"),
    row(
        ("POST", "/api/partner-organisation/{id}"),
        "WRITE_USER",
        (403, 200),
        "",
        r#"{"email":"new@somewhere.example"}"#,
    ),
    row(
        ("PUT", "/api/partner-organisation/{id}"),
        "WRITE_PARTNER",
        (403, 200),
        "",
        r#"{"logo":"https://logo.example/new.png"}"#,
    ),
    row(
        ("PATCH", "/api/partner-organisation/{id}"),
        "WRITE_PARTNER",
        (403, 200),
        "",
        r#"{"logo":"https://logo.example/new.png"}"#,
    ),
    row(("DELETE", "/api/partner-organisation/{id}"), "WRITE_PARTNER", (403, 200), "", ""),
    row(("GET", "/api/partner-organisation/{id}/users"), "READ_PARTNER", (403, 200), "?limit=1000", ""),
    row(("DELETE", "/api/partner-organisation/{id}/users/{user}"), "WRITE_USER", (403, 200), "", ""),
    row(("GET", "/api/network/partners"), "WRITE_PARTNER,READ_PARTNER", (403, 200), "?size=1000", ""),
    row(("POST", "/api/network/partners"), "WRITE_PARTNER,READ_PARTNER", (403, 400), "", "{}"),
    row(("GET", "/api/network/partners/{id}"), "WRITE_PARTNER,READ_PARTNER", (403, 200), "", ""),
    row(("PUT", "/api/network/partners/{id}"), "WRITE_PARTNER,READ_PARTNER", (403, 200), "", r#"{"country":"CA"}"#),
    // What changes something. An empty body is wanted whole where one is wanted at all.
    row(("POST", "/api/v1/organisations"), "WRITE_PARTNER", (403, 400), "", "{}"),
    // Not JSON.
    row(("POST", "/api/v1/organisations/import"), "WRITE_PARTNER", (403, 415), "", "{}"),
    row(("PATCH", "/api/v1/organisations/{id}"), "WRITE_PARTNER", (403, 200), "", r#"{"country":"CA"}"#),
    row(("DELETE", "/api/v1/organisations/{id}"), "WRITE_PARTNER", (403, 200), "", ""),
    row(("POST", "/api/v1/organisations/{id}/suspend"), "WRITE_PARTNER", (403, 200), "", ""),
    row(("POST", "/api/v1/organisations/{id}/resume"), "WRITE_PARTNER", (403, 200), "", ""),
    row(("POST", "/api/v1/organisations/{id}/restore"), "WRITE_PARTNER", (403, 404), "", ""),
    row(("POST", "/api/v1/users"), "WRITE_USER", (400, 400), "", "{}"),
    row(("PATCH", "/api/v1/users/{id}"), "WRITE_USER", (200, 200), "", r#"{"name":"Another Name"}"#),
    row(("DELETE", "/api/v1/users/{id}"), "WRITE_USER", (200, 200), "", ""),
    row(("POST", "/api/v1/users/{id}/suspend"), "WRITE_USER", (200, 200), "", ""),
    row(("POST", "/api/v1/users/{id}/resume"), "WRITE_USER", (200, 200), "", ""),
    row(("POST", "/api/v1/users/{id}/restore"), "WRITE_USER", (200, 200), "", ""),
    row(("POST", "/api/v1/users/{id}/reset-identity"), "WRITE_USER", (200, 200), "", ""),
    row(("POST", "/api/v1/partners"), "WRITE_PARTNER", (400, 400), "", "{}"),
    row(("PATCH", "/api/v1/partners/{id}"), "WRITE_PARTNER", (200, 200), "", r#"{"salesAmount":7}"#),
    row(("DELETE", "/api/v1/partners/{id}"), "WRITE_PARTNER", (200, 200), "", ""),
    row(("POST", "/api/v1/partners/{id}/restore"), "WRITE_PARTNER", (200, 200), "", ""),
    row(("PATCH", "/api/v1/connections/{id}"), "WRITE_PARTNER", (400, 400), "", "{}"),
    row(("POST", "/api/v1/connections/{id}/end"), "WRITE_PARTNER", (200, 200), "", ""),
    row(("POST", "/api/v1/invitations"), "WRITE_INVITATION", (400, 400), "", "{}"),
    row(("PATCH", "/api/v1/invitations/{id}"), "WRITE_INVITATION", (200, 200), "", r#"{"reminder":false}"#),
    row(("POST", "/api/v1/invitations/{id}/resend"), "WRITE_INVITATION", (200, 200), "", ""),
    row(("POST", "/api/v1/invitations/{id}/revoke"), "WRITE_INVITATION", (200, 200), "", ""),
    row(("POST", "/api/v1/invitations/{id}/reinstate"), "WRITE_INVITATION", (200, 200), "", ""),
    row(("POST", "/api/v1/partner-invitations"), "WRITE_INVITATION", (400, 400), "", "{}"),
    row(("PATCH", "/api/v1/partner-invitations/{number}"), "WRITE_INVITATION", (200, 200), "", r#"{"reminder":false}"#),
    row(("POST", "/api/v1/partner-invitations/{number}/resend"), "WRITE_INVITATION", (200, 200), "", ""),
    row(("POST", "/api/v1/partner-invitations/{number}/revoke"), "WRITE_INVITATION", (200, 200), "", ""),
    row(("POST", "/api/v1/invitation-batches"), "WRITE_INVITATION", (400, 400), "", "{}"),
    row(("POST", "/api/v1/invitation-batches/{id}/undo"), "WRITE_INVITATION", (200, 200), "", ""),
    row(("POST", "/api/v1/api-clients"), "MANAGE_API_CLIENTS", (400, 400), "", "{}"),
    row(("POST", "/api/v1/api-clients/{id}/rotate"), "MANAGE_API_CLIENTS", (200, 200), "", ""),
    row(("POST", "/api/v1/api-clients/{id}/end-older-secrets"), "MANAGE_API_CLIENTS", (200, 200), "", ""),
    row(("POST", "/api/v1/api-clients/{id}/revoke"), "MANAGE_API_CLIENTS", (200, 200), "", ""),
];
