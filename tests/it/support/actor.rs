//! Somebody at a browser: keeps cookies, opens pages, sends the forms found in them, signs in as a person would.

use super::form::Form;
use super::http::{Answer, Server};

const FORM: &str = "application/x-www-form-urlencoded";

/// A browser and whoever sits before it. A clone is another browser with the same cookies.
#[derive(Debug, Clone)]
pub struct Actor {
    pub server: Server,
    pub cookies: Vec<(String, String)>,
}

impl Actor {
    pub const fn new(server: Server) -> Self {
        Self { server, cookies: Vec::new() }
    }

    /// Opens a page. Never follows a redirect.
    pub fn get(&mut self, address: &str) -> Answer {
        self.ask("GET", address, &[], b"")
    }

    /// Opens a page that must be there.
    #[track_caller]
    pub fn open(&mut self, address: &str) -> Answer {
        let answer = self.get(address);
        answer.is(200);
        answer
    }

    /// Follows redirects to the page at their end.
    pub fn follow(&mut self, answer: &Answer) -> Answer {
        let mut answer = answer.clone();
        for _ in 0..10 {
            if answer.status != 303 {
                return answer;
            }
            let next = answer.location().to_owned();
            answer = self.get(&next);
        }
        panic!("{} never arrives", answer.address)
    }

    /// Opens a page, fills in the form with this button, sends it.
    #[track_caller]
    pub fn submit(&mut self, address: &str, button: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.open(address);
        self.press(&page, button, fields)
    }

    /// Fills in a form of a page that is open already, and sends it.
    #[track_caller]
    pub fn press(&mut self, page: &Answer, button: &str, fields: &[(&str, &str)]) -> Answer {
        let form = page.page().form(button);
        let form = fields.iter().fold(form, |form, (name, value)| form.fill(name, value));
        self.send(&form)
    }

    /// Sends a form.
    pub fn send(&mut self, form: &Form) -> Answer {
        self.post(&form.action, &form.body())
    }

    /// Sends a body as a browser does from a page of ours.
    pub fn post(&mut self, address: &str, body: &str) -> Answer {
        self.ask("POST", address, &[("Content-Type", FORM)], body.as_bytes())
    }

    /// Sends a body with the browser's proof of origin.
    pub fn ask(&mut self, method: &str, address: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let origin = self.server.origin.clone();
        let browser = [("Sec-Fetch-Site", "same-origin"), ("Origin", origin.as_str())];
        let browser = if method == "POST" { browser.as_slice() } else { &[] };
        self.bare(method, address, &[browser, headers].concat(), body)
    }

    /// Sends a request with cookies and host, and nothing else but what is given.
    pub fn bare(&mut self, method: &str, address: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (cookies, authority) = (cookies.join("; "), self.server.authority.clone());
        let mut all = vec![("Host", authority.as_str()), ("User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/140.0")];
        if !cookies.is_empty() {
            all.push(("Cookie", &cookies));
        }
        all.extend_from_slice(headers);
        let answer = self.server.send(method, address, &all, body);
        assert!(answer.status < 500, "{method} {address} answers {}: {}", answer.status, answer.text());
        self.keep(&answer);
        super::leaks::keep_answer(self.server.port, &answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for (name, value, attributes) in answer.cookies() {
            self.cookies.retain(|(known, _)| *known != name);
            if !attributes.contains("max-age=0") {
                self.cookies.push((name, value));
            }
        }
    }

    /// The value of a cookie; empty without it.
    pub fn cookie(&self, name: &str) -> String {
        let found = self.cookies.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Signs in through the pages, with the development provider, and goes where that leads.
    pub fn sign_in(&mut self, email: &str) -> Answer {
        let page = self.open("/signin");
        self.sign_in_from(&page, email)
    }

    /// As [`Actor::sign_in`], from a sign-in page that is open already.
    pub fn sign_in_from(&mut self, page: &Answer, email: &str) -> Answer {
        let callback = self.callback(page, email);
        let answer = self.get(&callback);
        self.follow(&answer)
    }

    /// Goes to the provider, says who one is, and stops short of opening what it answers.
    pub fn callback(&mut self, page: &Answer, email: &str) -> String {
        let begin = page.page().link("Continue with the development sign-in");
        let to_provider = self.get(&begin);
        let form = self.follow(&to_provider).page().form("Sign in").fill("email", email);
        self.send(&form).location().to_owned()
    }

    /// A token for forms, from a page that everybody signed in may open.
    pub fn csrf(&mut self) -> String {
        self.open("/account").page().csrf()
    }
}
