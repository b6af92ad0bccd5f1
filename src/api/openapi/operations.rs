//! Every operation of the API: what it is for, what it needs, what it takes and gives.

/// A parameter in the address, the query or a header.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    pub name: &'static str,
    /// `path`, `query` or `header`.
    pub place: &'static str,
    pub required: bool,
    pub about: &'static str,
}

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub group: &'static str,
    pub summary: &'static str,
    pub permissions: &'static str,
    pub parameters: &'static [Parameter],
    /// The name of the body's schema, and an example of it.
    pub body: Option<(&'static str, &'static str)>,
    /// Status and schema of success.
    pub answer: (u16, &'static str),
}

impl Operation {
    /// The permissions that a credential needs, without the words around them.
    pub fn needs(&self) -> impl Iterator<Item = &'static str> {
        let permission = |word: &&str| word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        self.permissions.split([' ', ',']).filter(permission)
    }
}

const fn parameter(name: &'static str, place: &'static str, required: bool, about: &'static str) -> Parameter {
    Parameter { name, place, required, about }
}

const ID: Parameter = parameter("id", "path", true, "Its id.");
const PAGING: &[Parameter] = &[
    parameter("page", "query", false, "The page, from 0 on."),
    parameter("size", "query", false, "Items on a page, 1,000 at most."),
    parameter("sort", "query", false, "The field to sort by."),
    parameter("sortOrder", "query", false, "ASC or DESC."),
    parameter(
        "Cache-Control",
        "header",
        false,
        "max-stale, or max-stale=5 and more: the answer may be up to 5 seconds old, where the portal reads lists from a \
         replica. Without it the answer is the newest.",
    ),
];
const FIND: &str = r#"{"type":"and","queries":[{"type":"eq","caseSensitive":true,"field":"status","value":"PENDING"},{"type":"search","caseSensitive":false,"field":"toAccountName","value":"Supplier"}]}"#;
const SIDES: &[Parameter] = &[
    parameter("Requester-Organization-ID", "header", true, "The UUID of the credential's own organisation."),
    parameter(
        "Target-Organization-ID",
        "header",
        true,
        "The organisation whose records are meant; another one needs a connection and its grant.",
    ),
];
const SIDES_AND_FILTER: &[Parameter] = &[
    SIDES[0],
    SIDES[1],
    parameter("partner_types[]", "query", true, "customer, supplier, or both."),
    parameter("limit", "query", true, "Items, 1,000 at most."),
    parameter("offset", "query", false, "Items before the first."),
    parameter("search_field", "query", false, "company_name or email."),
    parameter("search_text", "query", false, "What to search for."),
    parameter("invitation_statuses[]", "query", false, "invited, accepted."),
    parameter("order_by", "query", false, "company_name unless told."),
    parameter("order_dir", "query", false, "asc or desc."),
];
const TENANT: Parameter = parameter("X-Servitly-Tenant", "header", true, "The tenant's short name.");
const PARTNER_ID: Parameter = parameter("id", "path", true, "The organisation's id.");
const USER_ID: Parameter = parameter("user", "path", true, "The user's id.");
const LIMIT: &[Parameter] = &[
    parameter("limit", "query", false, "Items, 20 unless told, 1,000 at most."),
    parameter("queryMore", "query", false, "The token of the next page."),
];

macro_rules! operation {
    ($method:literal $path:expr, $group:expr, $summary:expr, $permissions:literal, $parameters:expr, $body:expr, $status:literal $schema:literal) => {
        Operation {
            method: $method,
            path: $path,
            group: $group,
            summary: $summary,
            permissions: $permissions,
            parameters: $parameters,
            body: $body,
            answer: ($status, $schema),
        }
    };
}

const ORGANISATION: &str = r#"{"name":"Acme Resellers","zuoraAccountId":"2c92c0f978","isZuoraInvoiceOwner":true,"salesforceAccountId":"001Dn00000","logo":"https://example.com/logo.png"}"#;
const PARTNER: &str = r#"{"company_name":"Ottawa Parts","sales_amount":250000,"partner_type":"customer","email":"jsmith@example.com","frequency":"monthly","payment_terms":"30 days net"}"#;
const NETWORK: &str = r#"{"name":"Ottawa Parts","code":"OTP-01","country":"CA","timezone":"America/Toronto","customerCount":12,"properties":{"tier":"gold"}}"#;

/// Of every format, in the order of the page.
pub fn all() -> Vec<Operation> {
    let mut all =
        vec![operation!("get" "/api/v1/me", "Credential", "Who this credential is", "any", &[], None, 200 "Me")];
    all.extend_from_slice(INVITATIONS);
    all.extend_from_slice(PARTNERS);
    all.extend_from_slice(ORGANISATIONS);
    all.extend_from_slice(NETWORK_PARTNERS);
    all.extend(collections());
    all.push(operation!("get" "/api/v1/organisations/{id}/invoice-owner", "Collections", "Which Zuora account owns a new subscription’s invoices", "READ_PARTNER", INVOICE, None, 200 "InvoiceOwner"));
    all.extend(exports());
    all.push(operation!("post" "/api/v1/organisations/import", "Change organisations", "Import organisations from CSV: a header of name, zuoraAccountId, isZuoraInvoiceOwner and what else there is; 10,000 rows and 4 MiB at most", "WRITE_PARTNER, by the programme’s own credentials", IMPORT, Some((CSV, PARTNERS_CSV)), 200 "Import"));
    all.extend(super::writes::all());
    // The history has its moments under another name.
    for operation in all.iter_mut().filter(|operation| operation.path.starts_with("/api/v1/audit-events")) {
        operation.body = operation.body.map(|(schema, _)| (schema, RECENT));
    }
    all
}

const RECENT: &str = r#"{"type":"greaterOrEqual","field":"at","value":"2026-01-01T00:00:00.000Z"}"#;
const IMPORT: &[Parameter] =
    &[parameter("dry_run", "query", false, "true checks every row and creates nothing; the answer is the same.")];
/// The name of a body that is no JSON.
pub const CSV: &str = "Csv";
const PARTNERS_CSV: &str = "name,zuoraAccountId,isZuoraInvoiceOwner\r\nAcme Resellers,2c92c0f978,true\r\n";
const INVOICE: &[Parameter] =
    &[ID, parameter("customerZuoraAccountId", "query", true, "The new customer’s Zuora account ID.")];

const INVITATIONS: &[Operation] = &[
    operation!("get" "/api/v1/partner-invitations", "Partner invitations", "List invitations", "READ_INVITATION", PAGING, None, 200 "List"),
    operation!("post" "/api/v1/partner-invitations/find", "Partner invitations", "Find invitations", "READ_INVITATION", PAGING, Some(("Query", FIND)), 200 "List"),
    operation!("get" "/api/v1/partner-invitations/{number}", "Partner invitations", "Get an invitation by its number", "READ_INVITATION", &[parameter("number", "path", true, "Its number.")], None, 200 "PartnerInvitation"),
];

const PARTNERS: &[Operation] = &[
    operation!("post" "/api/partners", "Partners", "Create a partner record", "WRITE_PARTNER", SIDES, Some(("NewPartner", PARTNER)), 201 "Partner"),
    operation!("get" "/api/partners", "Partners", "List partner records", "READ_PARTNER", SIDES_AND_FILTER, None, 200 "Partners"),
];

const ORGANISATIONS: &[Operation] = &[
    operation!("get" "/api/partner-organisations", "Partner organisations", "List organisations", "READ_PARTNER", LIMIT, None, 200 "PartnerOrganisations"),
    operation!("post" "/api/partner-organisation", "Partner organisations", "Create an organisation", "WRITE_PARTNER", &[], Some(("NewPartnerOrganisation", ORGANISATION)), 200 "PartnerOrganisation"),
    operation!("post" "/api/partner-organisation/{id}", "Partner organisations", "Create a user", "WRITE_USER", &[PARTNER_ID], Some(("NewPartnerUser", r#"{"email":"user@example.com"}"#)), 200 "PartnerUser"),
    operation!("put" "/api/partner-organisation/{id}", "Partner organisations", "Update an organisation", "WRITE_PARTNER", &[PARTNER_ID], Some(("PartnerOrganisationUpdate", r#"{"isZuoraInvoiceOwner":false}"#)), 200 "PartnerOrganisation"),
    operation!("patch" "/api/partner-organisation/{id}", "Partner organisations", "Update an organisation", "WRITE_PARTNER", &[PARTNER_ID], Some(("PartnerOrganisationUpdate", r#"{"logo":"https://example.com/logo.png"}"#)), 200 "PartnerOrganisation"),
    operation!("delete" "/api/partner-organisation/{id}", "Partner organisations", "Delete an organisation", "WRITE_PARTNER", &[PARTNER_ID], None, 200 "Success"),
    operation!("get" "/api/partner-organisation/{id}/users", "Partner organisations", "List users", "READ_USER", LIMIT_OF_ONE, None, 200 "PartnerUsers"),
    operation!("delete" "/api/partner-organisation/{id}/users/{user}", "Partner organisations", "Delete a user", "WRITE_USER", &[PARTNER_ID, USER_ID], None, 200 "Success"),
];
const LIMIT_OF_ONE: &[Parameter] = &[PARTNER_ID, LIMIT[0], LIMIT[1]];

const NETWORK_PARTNERS: &[Operation] = &[
    operation!("post" "/api/network/partners", "Network partners", "Create a partner", "READ_PARTNER WRITE_PARTNER", &[TENANT], Some(("NewNetworkPartner", NETWORK)), 201 "NetworkPartner"),
    operation!("get" "/api/network/partners", "Network partners", "List partners", "READ_PARTNER", &[TENANT, PAGING[0], PAGING[1]], None, 200 "NetworkPartners"),
    operation!("get" "/api/network/partners/{id}", "Network partners", "Get a partner", "READ_PARTNER", &[TENANT, ID], None, 200 "NetworkPartner"),
    operation!("put" "/api/network/partners/{id}", "Network partners", "Update a partner", "READ_PARTNER WRITE_PARTNER", &[TENANT, ID], Some(("NetworkPartnerUpdate", r#"{"customerCount":13,"properties":{"tier":"silver"}}"#)), 200 "NetworkPartner"),
];

macro_rules! collection {
    ($name:literal, $list:literal, $find:literal, $one:literal, $permissions:literal) => {
        [
            operation!("get" $list, "Collections", concat!("List ", $name), $permissions, PAGING, None, 200 "List"),
            operation!("post" $find, "Collections", concat!("Find ", $name), $permissions, PAGING, Some(("Query", ANY)), 200 "List"),
            operation!("get" $one, "Collections", concat!("Get one by its id: ", $name), $permissions, &[ID], None, 200 "Item"),
        ]
    };
}

const ANY: &str = r#"{"type":"greaterOrEqual","field":"createdAt","value":"2026-01-01T00:00:00.000Z"}"#;

fn collections() -> Vec<Operation> {
    let mails = operation!("get" "/api/v1/invitations/{id}/mails", "Collections", "List an invitation’s mails, and how far each is", "READ_INVITATION", MAILS, None, 200 "List");
    [people(), invited(), vec![mails], network(), of_one()].concat()
}

const OF_ONE: &[Parameter] = &[
    parameter("id", "path", true, "The organisation’s id: your own, or (the programme’s credentials) a partner’s."),
    PAGING[0],
    PAGING[1],
    PAGING[2],
    PAGING[3],
    PAGING[4],
];
const ONE_OF_ONE: &[Parameter] = &[OF_ONE[0], parameter("item", "path", true, "Its id.")];
const EXPORT_OF_ONE: &[Parameter] = &[OF_ONE[0], EXPORT[0], EXPORT[1], EXPORT[2]];
const MAILS: &[Parameter] = &[ID, PAGING[0], PAGING[1], PAGING[2], PAGING[3], PAGING[4]];

macro_rules! of_one {
    ($name:literal, $path:literal) => {
        [
            operation!("get" $path, "Collections", concat!("List an organisation’s ", $name), "READ_PARTNER", OF_ONE, None, 200 "List"),
            operation!("post" concat!($path, "/find"), "Collections", concat!("Find an organisation’s ", $name), "READ_PARTNER", OF_ONE, Some(("Query", ANY)), 200 "List"),
            operation!("get" concat!($path, "/{item}"), "Collections", concat!("Get one of an organisation’s ", $name), "READ_PARTNER", ONE_OF_ONE, None, 200 "Item"),
            operation!("get" concat!($path, "/export"), "Exports", concat!("Export an organisation’s ", $name), "READ_PARTNER", EXPORT_OF_ONE, None, 200 "Export"),
            operation!("post" concat!($path, "/export"), "Exports", concat!("Export what a query finds of an organisation’s ", $name), "READ_PARTNER", EXPORT_OF_ONE, Some(("Query", ANY)), 200 "Export"),
        ]
    };
}

/// What belongs to each organisation alone, of one that is named.
fn of_one() -> Vec<Operation> {
    [
        of_one!("partner records", "/api/v1/organisations/{id}/partners"),
        of_one!("connections", "/api/v1/organisations/{id}/connections"),
    ]
    .concat()
}

const EXPORT: &[Parameter] = &[
    parameter(
        "format",
        "query",
        false,
        "ndjson or csv; without it, what Accept names: application/x-ndjson (also when it names none) or text/csv.",
    ),
    parameter("after", "query", false, "The id of an item: the export goes on behind it, such as after a break."),
    parameter("limit", "query", false, "The most items that are wanted; all unless told."),
];

macro_rules! export {
    ($path:literal, $permissions:literal) => {
        [
            operation!("get" $path, "Exports", "Export all, by id; a body without its last chunk has broken off", $permissions, EXPORT, None, 200 "Export"),
            operation!("post" $path, "Exports", "Export what a query finds, by id", $permissions, EXPORT, Some(("Query", ANY)), 200 "Export"),
        ]
    };
}

fn exports() -> Vec<Operation> {
    [
        export!("/api/v1/organisations/export", "READ_PARTNER"),
        export!("/api/v1/users/export", "READ_USER"),
        export!("/api/v1/partners/export", "READ_PARTNER"),
        export!("/api/v1/partner-invitations/export", "READ_INVITATION"),
        export!("/api/v1/invitations/export", "READ_INVITATION"),
        export!("/api/v1/invitation-batches/export", "READ_INVITATION"),
        export!("/api/v1/received-invitations/export", "READ_INVITATION"),
        export!("/api/v1/deleted-organisations/export", "READ_PARTNER, by the programme’s own credentials"),
        export!("/api/v1/organisation-imports/export", "READ_PARTNER, by the programme’s own credentials"),
        export!("/api/v1/connections/export", "READ_PARTNER"),
        export!("/api/v1/api-clients/export", "MANAGE_API_CLIENTS"),
        export!("/api/v1/audit-events/export", "READ_AUDIT"),
    ]
    .concat()
}

fn people() -> Vec<Operation> {
    [
        collection!(
            "organisations",
            "/api/v1/organisations",
            "/api/v1/organisations/find",
            "/api/v1/organisations/{id}",
            "READ_PARTNER"
        ),
        collection!(
            "deleted organisations",
            "/api/v1/deleted-organisations",
            "/api/v1/deleted-organisations/find",
            "/api/v1/deleted-organisations/{id}",
            "READ_PARTNER, by the programme’s own credentials"
        ),
        collection!(
            "imports of organisations",
            "/api/v1/organisation-imports",
            "/api/v1/organisation-imports/find",
            "/api/v1/organisation-imports/{id}",
            "READ_PARTNER, by the programme’s own credentials"
        ),
        collection!("users", "/api/v1/users", "/api/v1/users/find", "/api/v1/users/{id}", "READ_USER"),
        collection!(
            "partner records",
            "/api/v1/partners",
            "/api/v1/partners/find",
            "/api/v1/partners/{id}",
            "READ_PARTNER"
        ),
    ]
    .concat()
}

fn invited() -> Vec<Operation> {
    [
        collection!(
            "Invitations",
            "/api/v1/invitations",
            "/api/v1/invitations/find",
            "/api/v1/invitations/{id}",
            "READ_INVITATION"
        ),
        collection!(
            "Lists of invitations",
            "/api/v1/invitation-batches",
            "/api/v1/invitation-batches/find",
            "/api/v1/invitation-batches/{id}",
            "READ_INVITATION"
        ),
        collection!(
            "invitations received",
            "/api/v1/received-invitations",
            "/api/v1/received-invitations/find",
            "/api/v1/received-invitations/{id}",
            "READ_INVITATION"
        ),
    ]
    .concat()
}

fn network() -> Vec<Operation> {
    [
        collection!(
            "connections",
            "/api/v1/connections",
            "/api/v1/connections/find",
            "/api/v1/connections/{id}",
            "READ_PARTNER"
        ),
        collection!(
            "API clients",
            "/api/v1/api-clients",
            "/api/v1/api-clients/find",
            "/api/v1/api-clients/{id}",
            "MANAGE_API_CLIENTS"
        ),
        collection!(
            "the history",
            "/api/v1/audit-events",
            "/api/v1/audit-events/find",
            "/api/v1/audit-events/{id}",
            "READ_AUDIT"
        ),
    ]
    .concat()
}
