//! The operations of `/api/v1` that change something. All of them take `Idempotency-Key`.

use super::operations::{Operation, Parameter};

const KEY: Parameter = Parameter {
    name: "Idempotency-Key",
    place: "header",
    required: false,
    about: "A key of your own, such as a UUID, of 255 characters at most. The same call with the same key within 24 \
            hours gets the first answer and does nothing. Another call with it is a 422; while the first is under way, \
            409.",
};
const MATCH: Parameter = Parameter {
    name: "If-Match",
    place: "header",
    required: false,
    about: "The version that the change expects, as ETag gives it. When it has another one by now, nothing is changed: \
            412. The member version in the body does the same with 409.",
};
const ID: Parameter = Parameter { name: "id", place: "path", required: true, about: "Its id." };
const NUMBER: Parameter = Parameter { name: "number", place: "path", required: true, about: "Its number." };

const NEW: &[Parameter] = &[KEY];
const CHANGE: &[Parameter] = &[ID, MATCH, KEY];
const CHANGE_OF_ONE: &[Parameter] = &[MATCH, KEY];
const ACT: &[Parameter] = &[ID, KEY];
const BY_NUMBER: &[Parameter] = &[NUMBER, KEY];

/// A group of calls with one permission.
#[derive(Clone, Copy)]
struct Group(&'static str, &'static str);

impl Group {
    const fn call(
        self,
        (method, path): (&'static str, &'static str),
        summary: &'static str,
        parameters: &'static [Parameter],
        body: Option<(&'static str, &'static str)>,
        answer: (u16, &'static str),
    ) -> Operation {
        Operation { method, path, group: self.0, summary, permissions: self.1, parameters, body, answer }
    }

    /// A call without a body that answers with the object.
    const fn act(self, path: &'static str, summary: &'static str, schema: &'static str) -> Operation {
        self.call(("post", path), summary, ACT, None, (200, schema))
    }
}

/// All of them, in the order of the page.
pub fn all() -> Vec<Operation> {
    let people = [organisations(), users(), records(), connections()].concat();
    [people, invitations(), numbered(), batches(), clients(), tenant()].concat()
}

/// Another success that a call can have: a list that was only judged.
pub fn also(operation: &Operation) -> Option<(u16, &'static str)> {
    let judges = operation.method == "post" && operation.path == "/api/v1/invitation-batches";
    judges.then_some((200, "InvitationBatchCheck"))
}

const ORGANISATION: &str = r#"{"name":"Halifax Marine","zuoraAccountId":"2c92c0f978","isZuoraInvoiceOwner":true,"salesforceAccountId":"001Dn00000","code":"HFX-01","country":"CA","timezone":"America/Halifax","shop":true,"properties":{"tier":"gold"}}"#;

fn organisations() -> Vec<Operation> {
    let group = Group("Change organisations", "WRITE_PARTNER, by the programme’s own credentials");
    let change = Some(("OrganisationChange", r#"{"name":"Ottawa Parts Ltd","selfService":true,"version":1}"#));
    vec![
        group.call(
            ("post", "/api/v1/organisations"),
            "Create a partner organisation",
            NEW,
            Some(("NewOrganisation", ORGANISATION)),
            (201, "Organisation"),
        ),
        group.call(
            ("patch", "/api/v1/organisations/{id}"),
            "Change an organisation, Shop and Self-Service included",
            CHANGE,
            change,
            (200, "Organisation"),
        ),
        group.act("/api/v1/organisations/{id}/suspend", "Keep everybody of it out", "Organisation"),
        group.act("/api/v1/organisations/{id}/resume", "Let everybody of it in again", "Organisation"),
        group.call(
            ("delete", "/api/v1/organisations/{id}"),
            "Put it into the bin, with its people, for 30 days",
            ACT,
            None,
            (200, "Deleted"),
        ),
        group.act("/api/v1/organisations/{id}/restore", "Take it out of the bin, with its people", "Organisation"),
        group.act(
            "/api/v1/organisation-imports/{id}/undo",
            "Put what an import created into the bin, but for partners that have people by now",
            "OrganisationImport",
        ),
    ]
}

fn users() -> Vec<Operation> {
    let group = Group("Change users", "WRITE_USER");
    let new = r#"{"email":"ana@example.com","name":"Ana Silva","role":"auditor"}"#;
    vec![
        group.call(
            ("post", "/api/v1/users"),
            "Create a user of your organisation, or (the programme’s credentials) of any other",
            NEW,
            Some(("NewUser", new)),
            (201, "User"),
        ),
        group.call(
            ("patch", "/api/v1/users/{id}"),
            "Change name and role",
            CHANGE,
            Some(("UserChange", r#"{"role":"manager","version":1}"#)),
            (200, "User"),
        ),
        group.act("/api/v1/users/{id}/suspend", "Keep a person out and sign them out", "User"),
        group.act("/api/v1/users/{id}/resume", "Let a suspended person in again", "User"),
        group.call(("delete", "/api/v1/users/{id}"), "Remove a person", ACT, None, (200, "Deleted")),
        group.act("/api/v1/users/{id}/restore", "Bring a removed person back", "User"),
        group.act(
            "/api/v1/users/{id}/reset-identity",
            "Forget the account that signs a person in; the next one with their verified address will",
            "User",
        ),
    ]
}

fn records() -> Vec<Operation> {
    let group = Group("Change partner records", "WRITE_PARTNER");
    let new = r#"{"companyName":"Ottawa Parts","type":"customer","email":"jsmith@example.com","salesAmount":250000,"frequency":"monthly","paymentTerms":"30 days net"}"#;
    vec![
        group.call(
            ("post", "/api/v1/partners"),
            "Add a partner record",
            NEW,
            Some(("NewPartnerRecord", new)),
            (201, "PartnerRecord"),
        ),
        group.call(
            ("patch", "/api/v1/partners/{id}"),
            "Change a partner record",
            CHANGE,
            Some(("PartnerRecordChange", r#"{"salesAmount":300000,"version":1}"#)),
            (200, "PartnerRecord"),
        ),
        group.call(("delete", "/api/v1/partners/{id}"), "Delete a partner record", ACT, None, (200, "Deleted")),
        group.act("/api/v1/partners/{id}/restore", "Bring a deleted record back", "PartnerRecord"),
    ]
}

fn connections() -> Vec<Operation> {
    let group = Group("Change connections", "WRITE_PARTNER");
    vec![
        group.call(
            ("patch", "/api/v1/connections/{id}"),
            "Say what your organisation lets the other do",
            CHANGE,
            Some(("ConnectionChange", r#"{"grants":["READ_PARTNER"],"version":1}"#)),
            (200, "Connection"),
        ),
        group.act("/api/v1/connections/{id}/end", "End a connection, for both sides", "Connection"),
    ]
}

fn invitations() -> Vec<Operation> {
    let group = Group("Send invitations", "WRITE_INVITATION");
    let new = r#"{"kind":"colleague","email":"ben@example.com","role":"auditor","language":"en","lifetimeDays":7}"#;
    vec![
        group.call(
            ("post", "/api/v1/invitations"),
            "Invite a colleague or a partner",
            NEW,
            Some(("NewInvitation", new)),
            (201, "Invitation"),
        ),
        group.call(
            ("patch", "/api/v1/invitations/{id}"),
            "Correct the address, which sends a new link there; or switch the reminder",
            ACT,
            Some(("InvitationChange", r#"{"email":"ana.silva@example.com"}"#)),
            (200, "Invitation"),
        ),
        group.act("/api/v1/invitations/{id}/resend", "Send it again, with a new link and a new term", "Invitation"),
        group.act("/api/v1/invitations/{id}/revoke", "Take it back; its link is dead at once", "Invitation"),
        group.act("/api/v1/invitations/{id}/reinstate", "Undo a revocation of the last 30 minutes", "Invitation"),
    ]
}

fn numbered() -> Vec<Operation> {
    let group = Group("Send partner invitations", "WRITE_INVITATION");
    let act = |path, summary| group.call(("post", path), summary, BY_NUMBER, None, (200, "PartnerInvitation"));
    vec![
        group.call(
            ("post", "/api/v1/partner-invitations"),
            "Invite a partner",
            NEW,
            Some(("NewPartnerInvitation", r#"{"toAccountName":"Ottawa Parts","toUserEmail":"jsmith@example.com"}"#)),
            (201, "PartnerInvitation"),
        ),
        group.call(
            ("patch", "/api/v1/partner-invitations/{number}"),
            "Correct the address, which sends a new link there; or switch the reminder",
            BY_NUMBER,
            Some(("PartnerInvitationChange", r#"{"toUserEmail":"john.smith@example.com"}"#)),
            (200, "PartnerInvitation"),
        ),
        act("/api/v1/partner-invitations/{number}/resend", "Send it again, with a new link and a new term"),
        act("/api/v1/partner-invitations/{number}/revoke", "Take it back; its link is dead at once"),
    ]
}

fn batches() -> Vec<Operation> {
    let group = Group("Send many invitations", "WRITE_INVITATION");
    let new = r#"{"rows":[{"email":"ana@example.com"},{"email":"bo@example.com","role":"manager"}],"dry_run":true}"#;
    vec![
        group.call(
            ("post", "/api/v1/invitation-batches"),
            "Invite up to 1,000 colleagues at once; with dry_run only judge every row (200) and change nothing",
            NEW,
            Some(("NewInvitationBatch", new)),
            (201, "InvitationBatch"),
        ),
        group.act(
            "/api/v1/invitation-batches/{id}/undo",
            "Revoke every invitation of it that nobody has answered",
            "InvitationBatch",
        ),
    ]
}

fn clients() -> Vec<Operation> {
    let group = Group("Change API clients", "MANAGE_API_CLIENTS");
    let new = r#"{"name":"Billing sync","kind":"client","permissions":["READ_PARTNER","READ_USER"]}"#;
    vec![
        group.call(
            ("post", "/api/v1/api-clients"),
            "Make a credential; its secret is in this answer only, and a repeat gets null in its place",
            NEW,
            Some(("NewApiClient", new)),
            (201, "ApiClientWithSecret"),
        ),
        group.act(
            "/api/v1/api-clients/{id}/rotate",
            "Give it a second secret, shown in this answer only; the first works for another week",
            "ApiClientWithSecret",
        ),
        group.act("/api/v1/api-clients/{id}/end-older-secrets", "End the older secrets at once", "ApiClient"),
        group.act("/api/v1/api-clients/{id}/revoke", "Revoke it with every token, for good", "ApiClient"),
    ]
}

fn tenant() -> Vec<Operation> {
    let group = |needs| Group("Programme", needs);
    let change = r#"{"usesSalesforce":false,"shopUrl":"https://shop.example.com/"}"#;
    vec![
        group("READ_PARTNER, by the programme’s own credentials").call(
            ("get", "/api/v1/tenant"),
            "Read the programme’s settings",
            &[],
            None,
            (200, "Tenant"),
        ),
        group("MANAGE_TENANT").call(
            ("patch", "/api/v1/tenant"),
            "Change the programme’s settings",
            CHANGE_OF_ONE,
            Some(("TenantChange", change)),
            (200, "Tenant"),
        ),
    ]
}
