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
pub const STAFF: &str = "/settings/staff";
pub const HISTORY: &str = "/settings/history";
pub const BIN: &str = "/settings/bin";
pub const ORGANISATION: &str = "/organisation";
pub const OWN_USERS: &str = "/organisation/users";
pub const OWN_HISTORY: &str = "/organisation/history";

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

/// A page below a partner organisation's: `edit`, `users`, `history`, `suspension`, `suspension/end`, `deletion`,
/// `deletion/undo`.
pub fn partner_page(id: Uuid, page: &str) -> String {
    format!("{PARTNERS}/{id}/{page}")
}
