//! What stands in the address of an invitation's page: the secret of the mail, or a ticket of this browser.
//!
//! A ticket is what a sign-in comes back with: it names the invitation without its secret, so that nothing usable is
//! stored on the way, and it works in the browser that it was made for only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::Invitation;
use super::queries;

use crate::secrets::{self, SecretKey};

const PURPOSE: &str = "invitation-ticket";

/// What names an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// SHA-256 of a secret.
    Secret(Vec<u8>),
    /// Of this browser, checked.
    Ticket { id: Uuid, generation: i32 },
}

impl Key {
    /// Reads an address's last part; None for a ticket of another browser.
    pub fn read(text: &str, browser: &str, key: &SecretKey) -> Option<Self> {
        let Some(ticket) = text.strip_prefix("t.") else { return Some(Self::Secret(secrets::sha256(text))) };
        let mut parts = ticket.splitn(3, '.');
        let id = Uuid::try_parse(parts.next()?).ok()?;
        let generation: i32 = parts.next()?.parse().ok()?;
        let mac = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        key.fits(PURPOSE, &stamped(browser, &id, &generation.to_be_bytes()), &mac)
            .then_some(Self::Ticket { id, generation })
    }

    /// The invitation, and which of its links this is.
    pub fn find(&self, conn: &mut PgConnection) -> diesel::QueryResult<Option<(Invitation, i32)>> {
        match self {
            Self::Secret(hash) => queries::by_link(conn, hash),
            Self::Ticket { id, generation } => {
                Ok(queries::by_id(conn, *id)?.map(|invitation| (invitation, *generation)))
            }
        }
    }
}

/// A ticket for the browser with this secret.
pub fn ticket(key: &SecretKey, browser: &str, id: Uuid, generation: i32) -> String {
    let mac = key.mac(PURPOSE, &stamped(browser, &id, &generation.to_be_bytes()));
    format!("t.{id}.{generation}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// A way back that a sign-in was begun with, for the secret that the browser has afterwards. None when it is no ticket
/// of the browser that it was made for: somebody else's link leads nowhere.
pub fn rebound(path: &str, (old, new): (&str, &str), key: &SecretKey) -> Option<String> {
    let rest = path.strip_prefix("/invitations/")?;
    let (text, query) = rest.split_once('?').map_or((rest, String::new()), |(text, query)| (text, format!("?{query}")));
    match Key::read(text, old, key)? {
        Key::Ticket { id, generation } => Some(format!("/invitations/{}{query}", ticket(key, new, id, generation))),
        Key::Secret(_) => None,
    }
}

/// What a ticket's stamp is made over.
fn stamped<'a>(browser: &'a str, id: &'a Uuid, generation: &'a [u8; 4]) -> [&'a [u8]; 3] {
    [browser.as_bytes(), id.as_bytes(), generation]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_in_its_own_browser_only() {
        let key = SecretKey::from_hex(&"0f".repeat(32)).unwrap();
        let id = Uuid::from_u128(7);
        let made = ticket(&key, "one", id, 2);
        assert_eq!(Key::read(&made, "one", &key), Some(Key::Ticket { id, generation: 2 }));
        assert_eq!(Key::read(&made, "other", &key), None);
        assert_eq!(Key::read(&made.replace(".2.", ".3."), "one", &key), None);
        for broken in ["t.", "t.x.y.z", "t.00000000-0000-0000-0000-000000000007.2.", "t....."] {
            assert_eq!(Key::read(broken, "one", &key), None, "{broken}");
        }
    }

    #[test]
    fn a_way_back_follows_the_browser_to_its_new_secret() {
        let key = SecretKey::from_hex(&"0f".repeat(32)).unwrap();
        let way = format!("/invitations/{}?lang=de", ticket(&key, "old", Uuid::from_u128(7), 2));
        let moved = rebound(&way, ("old", "new"), &key).unwrap();
        assert!(moved.ends_with("?lang=de"));
        let text = moved.trim_start_matches("/invitations/").trim_end_matches("?lang=de");
        assert!(Key::read(text, "new", &key).is_some() && Key::read(text, "old", &key).is_none());
        for foreign in [way.replace("/invitations/t.", "/invitations/"), "/account".into(), "/invitations/t.x".into()] {
            assert_eq!(rebound(&foreign, ("old", "new"), &key), None, "{foreign}");
        }
        assert_eq!(rebound(&way, ("another", "new"), &key), None);
    }

    #[test]
    fn anything_else_is_a_secret() {
        let key = SecretKey::from_hex(&"0f".repeat(32)).unwrap();
        assert_eq!(Key::read("abc", "one", &key), Some(Key::Secret(secrets::sha256("abc"))));
    }
}
