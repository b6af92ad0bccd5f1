//! The routes that only development mode has. Production gets [`Extras::none`].

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::applications;
use super::identity_provider::IdentityProvider;
use crate::mail::mailbox::Kept;
use crate::mail::{Mailbox, Worker};
use crate::web::view::Shell;
use crate::web::{AppError, assets};

/// How long a page of mail waits for mail that is just leaving.
const FLUSH: Duration = Duration::from_secs(2);
/// Mails on the page; programs get all.
const SHOWN: usize = 50;

/// What is served beside the portal.
#[derive(Clone)]
pub struct Extras(Option<Development>);

#[derive(Clone)]
struct Development {
    provider: IdentityProvider,
    post: Post,
}

/// The mailbox, and who fills it.
#[derive(Clone)]
struct Post {
    mailbox: Mailbox,
    worker: Worker,
}

impl Post {
    /// Everything that was sent up to this moment, newest first.
    async fn newest_first(&self) -> Vec<Kept> {
        self.worker.flush(FLUSH).await;
        self.mailbox.newest_first()
    }
}

impl Extras {
    /// Nothing: production.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Everything of development mode. `worker` sends into `mailbox`.
    pub const fn of(provider: IdentityProvider, mailbox: Mailbox, worker: Worker) -> Self {
        Self(Some(Development { provider, post: Post { mailbox, worker } }))
    }

    /// Adds the routes, or answers 404 under `/dev` like anything that does not exist.
    pub fn routes(&self, config: &mut web::ServiceConfig) {
        match &self.0 {
            Some(Development { provider, post }) => {
                config.app_data(web::Data::new(post.clone()));
                config.configure(provider.routes()).configure(applications::routes);
                config
                    .service(web::resource("/dev/mail").route(web::get().to(mail)))
                    .service(web::resource("/dev/mail.json").route(web::get().to(mail_json)));
            }
            None => {
                config.service(web::scope("/dev").default_service(web::to(nothing)));
            }
        }
    }
}

async fn nothing() -> Result<HttpResponse, AppError> {
    Err(AppError::NotFound)
}

/// The page of mail.
#[derive(Template)]
#[template(path = "development/mail.html")]
pub struct Mail {
    pub shell: Shell,
    pub letters: Vec<Letter>,
    /// How many more there are.
    pub older: usize,
}

/// One mail as people read it.
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub sent_at: String,
    /// The text in pieces, those that are addresses clickable.
    pub text: Vec<Piece>,
    pub html: String,
}

/// A piece of a mail's text.
pub struct Piece {
    pub words: String,
    pub link: bool,
}

/// `GET /dev/mail`: every mail sent, for people.
async fn mail(post: web::Data<Post>) -> Result<HttpResponse, AppError> {
    let kept = post.newest_first().await;
    let shell = Shell { title: "Mail".into(), assets: assets::urls(), ..Shell::default() };
    let older = kept.len().saturating_sub(SHOWN);
    let letters = kept.into_iter().take(SHOWN).map(letter).collect();
    let page = Mail { shell, letters, older };
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.render()?))
}

/// `GET /dev/mail.json`: every mail sent, newest first, for programs.
async fn mail_json(post: web::Data<Post>) -> HttpResponse {
    HttpResponse::Ok().json(post.newest_first().await)
}

fn letter(kept: Kept) -> Letter {
    Letter {
        to: kept.to,
        subject: kept.subject,
        sent_at: kept.sent_at.format("%-d %B %Y, %H:%M:%S UTC").to_string(),
        text: pieces(&kept.text),
        html: kept.html,
    }
}

/// A line that is nothing but an address is a link; nothing else in a mail is.
fn pieces(text: &str) -> Vec<Piece> {
    let is_address = |line: &str| {
        (line.starts_with("http://") || line.starts_with("https://")) && !line.trim_end().contains(char::is_whitespace)
    };
    let piece = |line: &str| Piece { words: line.to_owned(), link: is_address(line) };
    text.split_inclusive('\n')
        .flat_map(|line| {
            let end = line.trim_end_matches('\n').len();
            [piece(&line[..end]), piece(&line[end..])]
        })
        .collect()
}
