//! Handing one mail to a mail server, step by step, so that it is known how far a failed attempt got.
//! Owns the conversation; when to try again is the worker's business.

use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret as _;

use super::retry;
use super::smtp_url::{Encryption, SmtpUrl};
use super::transport::{Answer, Message};

/// For each address that the server's name has.
const CONNECT: Duration = Duration::from_secs(10);
/// A goodbye that is not answered is not waited for longer.
const GOODBYE: Duration = Duration::from_secs(2);
/// Replies that refuse us for want of a password, wherever they come.
const SIGN_IN_FIRST: [u16; 4] = [530, 534, 535, 538];

/// A mail server that we may use.
#[derive(Clone)]
pub struct Smtp {
    url: SmtpUrl,
    tls: Option<TlsParameters>,
    hello: ClientId,
}

impl Smtp {
    /// Reads the machine's certificates; connects to nothing yet. `host` is what the server is told we are.
    ///
    /// # Errors
    /// In words, when encryption is wanted and the machine has no certificates to check it with.
    pub fn new(url: SmtpUrl, host: &str) -> Result<Self, String> {
        let tls = match url.encryption {
            Encryption::None => None,
            _ => Some(TlsParameters::new(url.host.clone()).map_err(|error| format!("SMTP_URL: {error}"))?),
        };
        Ok(Self { url, tls, hello: ClientId::Domain(host.to_owned()) })
    }

    /// One mail over one connection.
    pub(super) async fn send(&self, message: &Message, may_leave: impl AsyncFn() -> bool) -> Answer {
        let mut connection = match self.open().await {
            Ok(connection) => connection,
            Err(answer) => return answer,
        };
        if let Err(answer) = announce(&mut connection, message).await {
            return answer;
        }
        if !may_leave().await {
            // Closed without the final dot: the server drops what it has.
            return Answer::Stopped;
        }
        let answer = match connection.message(&message.formatted).await {
            Ok(response) => Answer::Taken { code: response.code().into() },
            Err(error) if error.status().is_some() => about_the_mail(&error),
            Err(error) => Answer::Unknown {
                words: retry::words(&format!("No answer after the whole mail was sent, it may have arrived: {error}")),
            },
        };
        // What came of it is written down first; the goodbye is a courtesy.
        tokio::spawn(async move { tokio::time::timeout(GOODBYE, connection.quit()).await.map(drop) });
        answer
    }

    /// Whether the server can be reached and lets us in. Announces no mail.
    ///
    /// # Errors
    /// In the server's words or ours.
    pub async fn examine(&self) -> Result<(), String> {
        match self.open().await {
            Ok(mut connection) => {
                drop(tokio::time::timeout(GOODBYE, connection.quit()).await);
                Ok(())
            }
            Err(Answer::Later { code, words } | Answer::Refused { code, words }) => Err(format!("{code} {words}")),
            Err(Answer::Unreached { words } | Answer::Unknown { words }) => Err(words),
            Err(Answer::Taken { .. } | Answer::Stopped) => Ok(()),
        }
    }

    /// Up to the point where mail can be announced. Whatever fails here is not the mail's fault.
    async fn open(&self) -> Result<AsyncSmtpConnection, Answer> {
        let implicit = self.tls.clone().filter(|_| self.url.encryption == Encryption::Implicit);
        let server = (self.url.host.trim_matches(['[', ']']), self.url.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &self.hello, implicit, None);
        let mut connection = connecting.await.map_err(|error| about_us(&error))?;
        if let Some(tls) = self.tls.clone().filter(|_| self.url.encryption != Encryption::Implicit) {
            if connection.can_starttls() {
                connection.starttls(tls, &self.hello).await.map_err(|error| about_us(&error))?;
            } else if self.url.encryption == Encryption::Required {
                return Err(Answer::Unreached { words: "The mail server offers no encryption (STARTTLS).".into() });
            }
        }
        if let Some((user, password)) = &self.url.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let signing_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            signing_in.await.map_err(|error| about_us(&error))?;
        }
        Ok(connection)
    }
}

/// From whom, to whom, and that content will follow.
async fn announce(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Answer> {
    // The sender is the same for every mail, so a refusal here speaks of our configuration.
    let sender = Mail::new(Some(message.from.clone()), Vec::new());
    connection.command(sender).await.map_err(|error| about_us(&error))?;
    let recipient = Rcpt::new(message.to.clone(), Vec::new());
    connection.command(recipient).await.map_err(|error| about_the_mail(&error))?;
    connection.command(Data).await.map_err(|error| about_the_mail(&error))?;
    Ok(())
}

/// A negative answer that would have met any mail, or none at all: tried again.
fn about_us(error: &Error) -> Answer {
    match error.status() {
        Some(code) => Answer::Later { code: code.into(), words: said(error) },
        None => Answer::Unreached { words: retry::words(&format!("The mail server could not be used: {error}")) },
    }
}

/// A negative answer to this mail.
fn about_the_mail(error: &Error) -> Answer {
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !SIGN_IN_FIRST.contains(&code) => {
            Answer::Refused { code, words: said(error) }
        }
        _ => about_us(error),
    }
}

fn said(error: &Error) -> String {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    retry::words(&said)
}
