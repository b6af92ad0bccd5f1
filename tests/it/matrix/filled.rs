//! Forms that are filled and addresses that ask for something: what an empty form never comes to. `{friend}` is the
//! number of an organisation of the caller's tenant that nobody here belongs to, `{foreign}` that of one of another
//! tenant, and `{record}` a place for the id of a partner record.
//!
//! Each of these addresses is somebody's already, or was, or is waited for, but elsewhere: that keeps nobody from being
//! invited.

use crate::access_api::Row;
use crate::access_table::IN;

/// A page's method, pattern, question, form and statuses, as in `access_table.rs`.
pub const FILLED: &[(&str, &str, &str, &str, [u16; 8])] = &[
    ("GET", "/organisation/partners", "?invitation=invited", "", EVERYBODY),
    ("GET", "/organisation/partners/new", "?kept=00000000-0000-7000-8d00-000000000001", "", MANAGERS),
    ("POST", "/organisation/partners/new", "", RECORD_SENT_BEFORE, MANAGERS_FORM),
    ("GET", "/settings/profile/partners", "?q=personc{friend}@people.example", "", STAFF_READ),
    ("GET", "/settings/profile/partners", "?q=personb{foreign}@people.example", "", STAFF_READ),
    ("GET", "/settings/profile/partners/export", "?q=personb{foreign}@people.example", "", STAFF_READ),
    // A part of the mark of another tenant's partner, and what only its id and its people's addresses begin with.
    ("GET", "/settings/profile/partners", "?q=mark{foreign}q", "", STAFF_READ),
    ("GET", "/settings/profile/partners", "?q=mrak{foreign}qz", "", STAFF_READ),
    ("GET", "/settings/profile/partners", "?q=00000000-0000-7000-8000-0000000000{foreign}", "", STAFF_READ),
    ("GET", "/settings/profile/partners", "?q=personb{foreign}@peolpe.example", "", STAFF_READ),
    ("POST", "/settings/profile/partners/{id}/access", "?shop=on", "", STAFF_DONE),
    ("GET", "/organisation/invitations", "?state=waiting", "", EVERYBODY),
    ("GET", "/organisation/invitations/new", "?kind=partner&record={record}", "", MANAGERS),
    ("POST", "/organisation/invitations/new", "?kind=partner", OF_A_RECORD, MANAGERS_DONE),
    ("POST", "/organisation/invitations/new", "", "email=personb{foreign}@people.example", MANAGERS_DONE),
    ("POST", "/organisation/invitations/new", "", "email=personc{friend}@people.example", MANAGERS_DONE),
    ("POST", "/organisation/invitations/new", "", "email=invited{friend}@people.example", MANAGERS_DONE),
    ("POST", "/organisation/invitations/new", "", "email=stopped{friend}@people.example", MANAGERS_DONE),
    ("POST", "/organisation/invitations/many", "", MANY, MANAGERS_DONE),
    ("POST", "/settings/profile/partners/{id}/invitations/many", "", MANY_ELSEWHERE, STAFF_DONE),
];

const OF_A_RECORD: &str = "kind=partner&company=Company&email=new@people.example&record={record}";

/// Under a key that somebody else used for just this.
const RECORD_SENT_BEFORE: &str = "company_name=Company&partner_type=customer&email=new@people.example&sales_amount=5&\
                                  frequency=monthly&payment_terms=net&once=00000000-0000-7000-8d00-000000000002";

/// The last one's domain is a slip of one that most people have, but not those of the organisation.
const MANY: &str = "confirm=true&list=personb{foreign}@people.example,personc{friend}@people.example,\
                    invited{friend}@people.example,stopped{friend}@people.example,new@peoples.example";

const MANY_ELSEWHERE: &str = "confirm=true&list=personb{foreign}@people.example,personc{friend}@people.example,\
                              invited{friend}@people.example,stopped{friend}@people.example";

const STAFF_READ: [u16; 8] = [IN, 200, 200, 200, 403, 403, 403, 200];
const STAFF_DONE: [u16; 8] = [IN, 303, 303, 403, 403, 403, 403, 303];
const EVERYBODY: [u16; 8] = [IN, 200, 200, 200, 200, 200, 200, 200];
const MANAGERS: [u16; 8] = [IN, 200, 200, 403, 200, 403, 200, 200];
const MANAGERS_FORM: [u16; 8] = [IN, 422, 422, 403, 422, 403, 422, 422];
const MANAGERS_DONE: [u16; 8] = [IN, 303, 303, 403, 303, 403, 303, 303];

/// Rows as in `access_api.rs`.
pub const FILLED_API: &[Row] = &[
    Row {
        method: "POST",
        path: "/api/v1/organisations",
        needs: "WRITE_PARTNER",
        partner: 403,
        host: 409,
        query: "",
        body: r#"{"name":"New","zuoraAccountId":"zu-new","isZuoraInvoiceOwner":true,"salesforceAccountId":"001000000000001AAA","parentId":"00000000-0000-7000-8000-0000000000{foreign}"}"#,
    },
    Row {
        method: "POST",
        path: "/api/v1/invitations",
        needs: "WRITE_INVITATION",
        partner: 201,
        host: 201,
        query: "",
        body: r#"{"kind":"colleague","email":"personb{foreign}@people.example"}"#,
    },
];
