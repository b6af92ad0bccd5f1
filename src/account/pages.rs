//! `/account`.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::queries::{self, OwnSession};
use crate::access::{Actor, SignedIn};
use crate::organisations::pages::lifecycle::Pressed;
use crate::web::view::{Fact, Shell};
use crate::web::{AppError, Flash, Frame, Id, Reply, Submitted, dates, paths, see_other};

#[derive(Template)]
#[template(path = "account/show.html")]
pub struct Account {
    pub shell: Shell,
    pub facts: Vec<Fact>,
    pub sessions: Vec<SessionRow>,
}

/// A browser in which the reader is signed in.
pub struct SessionRow {
    pub icon: &'static str,
    pub label: String,
    pub sub: String,
    pub current: bool,
    pub end: String,
}

/// Routes of this feature.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(paths::ACCOUNT).route(web::get().to(show)))
        .service(web::resource(paths::OTHER_SESSIONS_END).route(web::post().to(end_others)))
        .service(web::scope("/account/sessions").service(web::resource("/{id}/end").route(web::post().to(end))));
}

async fn show(who: Actor<SignedIn>, frame: Frame) -> Result<HttpResponse, AppError> {
    let (user, now) = (who.user.id, frame.portal.clock.now());
    let sessions = frame.portal.db.read(move |conn| Ok(queries::live(conn, user, now)?)).await?;
    frame.page(&Account {
        shell: frame.shell("Your account"),
        facts: vec![
            Fact::new("Name", &who.user.name),
            Fact::new("Email address", &who.user.email),
            Fact::new("Organisation", &who.organisation.name),
            Fact::new("Role", format!("{}: {}", who.user.role.word(), who.user.role.explanation())),
            Fact::new("Time zone", dates::place(frame.zone())),
        ],
        sessions: sessions.iter().map(|session| row(session, &who, &frame)).collect(),
    })
}

fn row(session: &OwnSession, who: &Actor<SignedIn>, frame: &Frame) -> SessionRow {
    let (zone, now) = (frame.zone(), frame.portal.clock.now());
    // A provider that was taken out of the configuration since has no name but its key.
    let configs = frame.portal.providers.iter().map(|provider| provider.config());
    let name = configs.filter(|config| config.key == session.provider).map(|config| config.name.as_str()).next();
    let provider = name.unwrap_or(&session.provider);
    let phone = ["iPhone", "iPad", "Android"].iter().any(|system| session.device.contains(system));
    SessionRow {
        icon: if phone { "smartphone" } else { "monitor" },
        label: session.device.clone(),
        sub: format!(
            "Signed in {} by {}, last seen {}",
            dates::moment(session.created_at, zone),
            provider,
            dates::age(session.last_seen_at, now, zone)
        ),
        current: session.id == who.session_id,
        end: paths::session_end(session.id),
    }
}

async fn end(who: Actor<SignedIn>, frame: Frame, id: Id, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let (user, now) = (who.user.id, frame.portal.clock.now());
    let ended = frame.portal.db.write(move |tx| Ok(crate::access::queries::end_session(tx, user, id.0, now)?)).await?;
    if ended == 0 {
        return Err(AppError::NotFound);
    }
    Ok(see_other(paths::ACCOUNT).flash(Flash::done("That session is ended.")))
}

async fn end_others(who: Actor<SignedIn>, frame: Frame, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let (user, current, now) = (who.user.id, who.session_id, frame.portal.clock.now());
    let ended = frame
        .portal
        .db
        .write(move |tx| Ok(crate::access::queries::end_sessions_of(tx, user, Some(current), now)?))
        .await?;
    let said = match ended {
        0 => "You are signed in nowhere else.".to_owned(),
        1 => "One other session is ended.".to_owned(),
        more => format!("{more} other sessions are ended."),
    };
    Ok(see_other(paths::ACCOUNT).flash(Flash::done(said)))
}
