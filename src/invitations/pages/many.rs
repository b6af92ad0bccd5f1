//! *Invite many*: a list is judged row by row and shown; sent only when the reader has seen it and says so.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::actions::{Refusal, Scope};
use super::super::batches::{self, Sent, Unsent};
use super::super::bulk::{Class, Order, Row, Standpoint};
use super::super::forms::{self, ManyForm};
use super::super::sheet;
use super::refused;
use crate::access::{Role, WriteInvitations};
use crate::db::Fault;
use crate::input::{Problem, Problems, shown};
use crate::organisations::desk::{Desk, Section};
use crate::secrets;
use crate::web::kept::Kept;
use crate::web::once::{self, Claim};
use crate::web::view::{Badge, Choice, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, see_other};

#[derive(Template)]
#[template(path = "invitations/many.html")]
pub struct Many {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub errors: Vec<FieldError>,
    pub action: String,
    pub back: String,
    /// What was sent just now, and the batch's page.
    pub sent: Option<(String, Link)>,
    /// The rows with their classes, once there is a list.
    pub judged: Option<Judged>,
    pub list: Field,
    pub role: Field,
    pub roles: Vec<Choice>,
    pub language: Field,
    pub languages: Vec<Choice>,
    pub lifetime: Field,
    pub reminder: Field,
    pub reminds: bool,
}

/// A list that was looked at.
pub struct Judged {
    /// How many rows of each class, most first.
    pub counts: Vec<(Badge, String)>,
    pub rows: Vec<RowView>,
    /// What sends them; None when no row can be sent, or all that can were.
    pub confirm: Option<Confirm>,
}

/// The form that sends what was looked at: the same list, out of reach.
pub struct Confirm {
    pub fields: Vec<(&'static str, String)>,
    pub typos: Option<Field>,
    pub button: String,
}

/// One row as the table prints it.
pub struct RowView {
    pub number: usize,
    pub address: String,
    pub role: String,
    pub language: String,
    pub badge: Badge,
    pub sentence: String,
    pub href: Option<String>,
}

impl Many {
    fn of(frame: &Frame, desk: &Desk<WriteInvitations>, typed: &ManyForm, problems: &Problems) -> Self {
        let base = desk.place.address(Section::Invitations);
        let title = format!("Invite many to {}", desk.name);
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}{title}")),
            crumbs: desk.crumbs(Section::Invitations, "Invitations"),
            title,
            errors: forms::summary(problems),
            action: format!("{base}/many"),
            back: base,
            sent: None,
            judged: None,
            list: forms::list_field(&typed.list, problems),
            role: forms::role_field(problems),
            roles: forms::role_choices(desk.kind, desk.who.user.role, &typed.role),
            language: forms::language_field(problems),
            languages: forms::language_choices(&typed.language),
            lifetime: forms::lifetime_field(&typed.lifetime_days, problems),
            reminder: forms::reminder_field(),
            reminds: typed.reminder == "true",
        }
    }
}

/// `GET …/invitations/many`
pub async fn form(desk: Desk<WriteInvitations>, frame: Frame, kept: Kept<ManyForm>) -> Result<HttpResponse, AppError> {
    if !desk.is_open() {
        return Err(AppError::NotFound);
    }
    let typed = kept.0.unwrap_or_else(ManyForm::fresh);
    frame.page(&Many::of(&frame, &desk, &typed, &Problems::default()))
}

/// `POST …/invitations/many`
pub async fn create(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    sent: Submitted<ManyForm>,
) -> Result<HttpResponse, AppError> {
    let typed = sent.0;
    let order = match typed.parse(desk.kind, desk.who.user.role) {
        Ok(order) => order,
        Err(problems) => return frame.refused(&Many::of(&frame, &desk, &typed, &problems)),
    };
    if typed.confirm.is_empty() {
        return look(&frame, &desk, &typed, order).await;
    }
    let written = write(&frame, &desk, &typed, &order).await;
    answer(&request, &frame, &desk, (typed, &order), written)
}

/// Shows what would happen.
async fn look(
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    typed: &ManyForm,
    order: Order,
) -> Result<HttpResponse, AppError> {
    let (by, who, asked) = (standpoint(frame, desk), desk.who.clone(), order.clone());
    let rows = frame.portal.db.read(move |conn| Ok(batches::check(conn, &who, &asked, &by)?)).await?;
    preview(frame, desk, (typed, &order), &rows, &Problems::default())
}

fn standpoint(frame: &Frame, desk: &Desk<WriteInvitations>) -> Standpoint {
    Standpoint::of(&desk.who, desk.organisation, desk.kind, frame.portal.clock.now())
}

fn answer(
    request: &HttpRequest,
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    (typed, order): (ManyForm, &Order),
    written: Result<Written, Fault<Unsent>>,
) -> Result<HttpResponse, AppError> {
    let (rows, problem) = match written {
        Ok(Written::Before(location)) => return Ok(see_other(location).respond_to(request)),
        Ok(Written::Now(id, sent)) => {
            frame.portal.bell.ring();
            return told(request, frame, desk, (typed, order), (id, &sent));
        }
        Err(Fault::Refused(Unsent::Nothing(rows))) => {
            (rows, "No row of this list can be sent. The reasons are beside them.")
        }
        Err(Fault::Refused(Unsent::Used(rows))) => {
            (rows, "A list was sent from this form already. This is what is left to send.")
        }
        Err(Fault::Refused(Unsent::Refused(refusal))) => return refused_whole(frame, desk, &typed, refusal),
        Err(Fault::Db(error)) => return Err(error.into()),
    };
    preview(frame, desk, (&typed, order), &rows, &Problems::one("list", Problem::NotAllowed(problem)))
}

/// What confirming came to.
enum Written {
    Now(Uuid, Sent),
    /// The same form was sent before; this is its batch.
    Before(String),
}

async fn write(
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    typed: &ManyForm,
    order: &Order,
) -> Result<Written, Fault<Unsent>> {
    let (portal, now) = (frame.portal.clone(), frame.portal.clock.now());
    let (who, organisation, id) = (desk.who.clone(), desk.organisation, secrets::new_id(now));
    let location = format!("{}/batches/{id}", desk.place.address(Section::Invitations));
    let content = [typed.list.as_str(), &typed.role, &typed.language, &typed.lifetime_days, &typed.typos].join("\n");
    let form = once::Sent { key: typed.once.clone(), user: who.user.id, content };
    let (by, order) = (standpoint(frame, desk), order.clone());
    let work = move |tx: &mut PgConnection| match once::claim(tx, &form, &location, now)? {
        Claim::Again(first) => Ok(Written::Before(first)),
        Claim::Changed => Err(Fault::Refused(Unsent::Used(batches::check(tx, &who, &order, &by)?))),
        Claim::First => {
            let scope = Scope { who: &who, organisation, now, key: &portal.key };
            batches::send(tx, &scope, id, &order).map(|sent| Written::Now(id, sent))
        }
    };
    frame.portal.db.write(work).await
}

/// All sent: the batch's page. Some not: they stay in the form, with their reasons.
fn told(
    request: &HttpRequest,
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    (mut typed, order): (ManyForm, &Order),
    (id, sent): (Uuid, &Sent),
) -> Result<HttpResponse, AppError> {
    let batch = format!("{}/batches/{id}", desk.place.address(Section::Invitations));
    let now = frame.portal.clock.now();
    let mut said = vec![format!("{} invited.", are(sent.number))];
    if sent.last_due > now {
        said.push(format!("The last mail leaves at {}.", dates::moment(sent.last_due, frame.zone())));
    }
    let left: Vec<Row> = sent.rows.iter().filter(|row| row.invitation(order).is_none()).cloned().collect();
    if left.is_empty() {
        let said = Flash::done(said.join(" ")).undo(format!("{batch}/undo"));
        return Ok(see_other(batch).flash(said).respond_to(request));
    }
    typed.list = sheet::rest(order.header.as_deref(), left.iter().map(|row| row.entry.source.as_str()));
    said.push(format!("{} not: below are the reasons, and the rows to mend.", are(left.len())));
    let judged = Judged { confirm: None, ..judged(frame, desk, (&typed, order), &left) };
    let page = Many::of(frame, desk, &typed, &Problems::default());
    frame.page(&Many {
        sent: Some((said.join(" "), Link::new("See how far it is", batch))),
        judged: Some(judged),
        ..page
    })
}

fn are(number: usize) -> String {
    format!("{} {}", batches::people(number), if number == 1 { "is" } else { "are" })
}

fn preview(
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    (typed, order): (&ManyForm, &Order),
    rows: &[Row],
    problems: &Problems,
) -> Result<HttpResponse, AppError> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let judged = judged(frame, desk, (typed, order), rows);
    frame.answer(status, &Many { judged: Some(judged), ..Many::of(frame, desk, typed, problems) })
}

/// What is wrong with the whole list, or with the organisation.
fn refused_whole(
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    typed: &ManyForm,
    refusal: Refusal,
) -> Result<HttpResponse, AppError> {
    let Refusal::Fields(problems) = refusal else { return Err(refused(Fault::Refused(refusal))) };
    let sentence = problems.sentences().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ");
    frame.refused(&Many::of(frame, desk, typed, &Problems::one("list", Problem::Taken(sentence))))
}

fn judged(frame: &Frame, desk: &Desk<WriteInvitations>, (typed, order): (&ManyForm, &Order), rows: &[Row]) -> Judged {
    let mut counts: Vec<(Badge, usize)> = Vec::new();
    for badge in rows.iter().map(|row| badge(&row.class)) {
        match counts.iter_mut().find(|(known, _)| known.word == badge.word) {
            Some((_, number)) => *number += 1,
            None => counts.push((badge, 1)),
        }
    }
    counts.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let base = desk.place.address(Section::Invitations);
    Judged {
        counts: counts.into_iter().map(|(badge, number)| (badge, number.to_string())).collect(),
        rows: rows.iter().map(|row| row_view(desk, row, &base)).collect(),
        confirm: confirm(frame, (typed, order), rows),
    }
}

fn confirm(frame: &Frame, (typed, order): (&ManyForm, &Order), rows: &[Row]) -> Option<Confirm> {
    let number = rows.iter().filter(|row| row.invitation(order).is_some()).count();
    let typos = rows.iter().filter(|row| matches!(row.class, Class::Typo(_))).count();
    let fields = vec![
        ("list", typed.list.clone()),
        ("role", typed.role.clone()),
        ("language", typed.language.clone()),
        ("lifetime_days", typed.lifetime_days.clone()),
        ("reminder", typed.reminder.clone()),
        ("once", once::new_key(frame.portal.clock.now())),
    ];
    let button = match number {
        0 => "Invite the likely typos".into(),
        number => format!("Invite {}", batches::people(number)),
    };
    (number + typos > 0).then(|| Confirm { fields, typos: (typos > 0).then(|| forms::typos_field(typos)), button })
}

fn badge(class: &Class) -> Badge {
    let kind = match class {
        Class::New => "active",
        Class::Waiting(_) => "invited",
        Class::Typo(_) => "suspended",
        Class::Member(_) | Class::Twice(_) => "removed",
        Class::NotAnAddress | Class::Role | Class::Language => "deleted",
        Class::Stopped | Class::Busy | Class::Full => "expired",
    };
    Badge::new(kind, class.word())
}

fn row_view(desk: &Desk<WriteInvitations>, row: &Row, base: &str) -> RowView {
    let words = |typed: &str, known: Option<&str>| known.map_or_else(|| shown(typed), str::to_owned);
    RowView {
        number: row.number,
        address: row.email.as_ref().map_or_else(|| shown(&row.entry.address), |email| email.as_typed().to_owned()),
        role: words(&row.entry.role, row.role.map(Role::word)),
        language: words(&row.entry.language, row.language.map(crate::words::Language::name)),
        badge: badge(&row.class),
        sentence: row.class.sentence(desk.who.user.role, desk.kind),
        href: if let Class::Waiting(id) = row.class { Some(format!("{base}/{id}")) } else { None },
    }
}
