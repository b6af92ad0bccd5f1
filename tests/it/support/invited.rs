//! Invitations as a test needs them: invite through the page, know the link that only the mail has.

use guildhall::secrets::{SecretKey, invitation_secret};
use uuid::Uuid;

use super::actor::Actor;
use super::app::{App, KEY};
use super::http::Answer;

/// The button that sends an invitation.
pub const SEND: &str = "Send invitation";

impl App {
    /// Invites a colleague from a list of invitations, as the page's form does.
    #[track_caller]
    pub fn invite(&self, inviter: &mut Actor, list: &str, email: &str) -> String {
        inviter.submit(&format!("{list}/new"), SEND, &[("email", email)]).goes_to(list);
        self.link(email)
    }

    /// Invites a company.
    #[track_caller]
    pub fn invite_partner(&self, inviter: &mut Actor, list: &str, (company, email): (&str, &str)) -> String {
        let fields = [("company", company), ("email", email)];
        inviter.submit(&format!("{list}/new?kind=partner"), SEND, &fields).goes_to(list);
        self.link(email)
    }

    /// The id of the newest invitation to an address.
    pub fn invitation(&self, email: &str) -> String {
        self.text(&format!(
            "SELECT id::text FROM invitations WHERE email_key = lower('{email}') ORDER BY id DESC LIMIT 1"
        ))
    }

    /// The path of the newest link to an address.
    #[track_caller]
    pub fn link(&self, email: &str) -> String {
        let id = self.invitation(email);
        let generation = self.text(&format!("SELECT generation::text FROM invitations WHERE id = '{id}'"));
        Self::link_of(&id, generation.parse().expect("a number"))
    }

    /// The path of one of an invitation's links.
    pub fn link_of(id: &str, generation: i32) -> String {
        let key = SecretKey::from_hex(KEY).expect("the key of the tests");
        let id = Uuid::parse_str(id).expect("an id");
        format!("/invitations/{}", invitation_secret(&key, id, generation))
    }

    /// The stored state of the newest invitation to an address.
    pub fn state_of(&self, email: &str) -> String {
        self.text(&format!("SELECT state FROM invitations WHERE email_key = lower('{email}') ORDER BY id DESC LIMIT 1"))
    }
}

impl Actor {
    /// Opens an invitation, presses *Accept invitation*, signs in on the way, and comes back to the page.
    #[track_caller]
    pub fn sign_in_at(&mut self, link: &str, email: &str) -> Answer {
        let page = self.open(link);
        let answer = self.press(&page, "Accept invitation", &[]);
        answer.is_sent_to_sign_in();
        let page = self.follow(&answer);
        self.sign_in_from(&page, email)
    }

    /// The whole way of an invited person: open, sign in, accept.
    #[track_caller]
    pub fn accept(&mut self, link: &str, email: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.sign_in_at(link, email);
        page.is(200);
        self.press(&page, "Accept invitation", fields)
    }
}
