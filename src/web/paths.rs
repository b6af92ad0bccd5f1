//! Every address of the portal, in one place: a pattern for the router and a function that fills it.
//! Templates and handlers take addresses from here, so that no link can name a page that does not exist.

use uuid::Uuid;

pub const HOME: &str = "/";
pub const SIGN_IN: &str = "/signin";
pub const CHOOSE_TENANT: &str = "/signin/choose";
pub const SIGN_OUT: &str = "/signout";
pub const SIGNED_OUT: &str = "/signed-out";
pub const ACCOUNT: &str = "/account";
pub const OTHER_SESSIONS_END: &str = "/account/sessions/end-others";
pub const SETTINGS: &str = "/settings";
pub const PROFILE: &str = "/settings/profile";
pub const PROFILE_EDIT: &str = "/settings/profile/edit";
pub const PARTNERS: &str = "/settings/profile/partners";
pub const PARTNERS_NEW: &str = "/settings/profile/partners/new";
pub const PARTNERS_EXPORT: &str = "/settings/profile/partners/export";
pub const PARTNERS_IMPORT: &str = "/settings/profile/partners/import";
pub const STAFF: &str = "/settings/staff";
pub const HISTORY: &str = "/settings/history";
pub const BIN: &str = "/settings/bin";
pub const INVITATIONS: &str = "/settings/invitations";
pub const RECORDS: &str = "/settings/partner-records";
pub const CONNECTIONS: &str = "/settings/connections";
pub const API_CLIENTS: &str = "/settings/api-clients";
pub const ORGANISATION: &str = "/organisation";
pub const OWN_USERS: &str = "/organisation/users";
pub const OWN_HISTORY: &str = "/organisation/history";
pub const OWN_INVITATIONS: &str = "/organisation/invitations";
pub const OWN_RECORDS: &str = "/organisation/partners";
pub const OWN_CONNECTIONS: &str = "/organisation/connections";
pub const OWN_API_CLIENTS: &str = "/organisation/api";
pub const GATE_SHOP: &str = "/gate/shop";
pub const GATE_SELF_SERVICE: &str = "/gate/self-service";
pub const ENTER_SHOP: &str = "/gate/shop/enter";
pub const ENTER_SELF_SERVICE: &str = "/gate/self-service/enter";

/// A provider's sign-in, by its key.
pub fn sign_in_with(provider: &str) -> String {
    format!("/signin/begin/{provider}")
}

/// The order to end one of one's own sessions.
pub fn session_end(session: Uuid) -> String {
    format!("/account/sessions/{session}/end")
}

/// A partner organisation's page.
pub fn partner(id: Uuid) -> String {
    format!("{PARTNERS}/{id}")
}

/// The page of an import of partners.
pub fn partners_import(id: Uuid) -> String {
    format!("{PARTNERS}/imports/{id}")
}

/// The page of an invitation for whoever was invited; `key` is the link's secret, or a ticket of this browser.
pub fn invitation(key: &str) -> String {
    format!("/invitations/{key}")
}

/// A page below a partner organisation's: `edit`, `users`, `invitations`, `partners`, `connections`, `history`, `api`, `access`, `suspension`, `suspension/end`, `deletion`,
/// `deletion/undo`.
pub fn partner_page(id: Uuid, page: &str) -> String {
    format!("{PARTNERS}/{id}/{page}")
}
