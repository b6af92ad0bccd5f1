//! Whole collections as a stream, in constant memory: rows are read by key in batches, each by a statement of its own,
//! so that no connection and no transaction waits for a slow reader.
//!
//! A batch is read ahead while the one before it is on its way; more is not, until the reader has taken it. Whoever
//! asked must still be allowed to at every batch. What breaks off ends without the last chunk of HTTP/1.1, which no
//! client takes for an end. Knows formats and batches, no collection.

mod format;
mod slots;

use std::sync::Arc;

use actix_web::http::{Version, header};
use actix_web::rt::task::JoinHandle;
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use futures_util::stream;

pub use format::Format;
pub use slots::{Exports, Slot};

use super::error::ApiError;
use super::page::Parameters;
pub use super::rows::Line;
use crate::access::Principal;
use crate::access::queries::still_stands;
use crate::db::{Db, DbError, Fault};
use crate::web::AppError;
use crate::web::actor::request_id;
use crate::web::guard::NoBody;
use crate::web::portal::Shared;

/// Rows of a batch: few enough to be small, enough that asking costs little.
const BATCH: i64 = 2_000;
/// How often a batch is tried when the database has no time for it.
const TRIES: u32 = 5;

/// Where the rows of an export come from.
pub trait Source: Send + Sync + 'static {
    /// The members of an item, in their order.
    fn columns(&self) -> Vec<&'static str>;

    /// The next rows after a key, in the order of their keys; fewer than `size` only at the end.
    ///
    /// # Errors
    /// When the database fails.
    fn batch(&self, conn: &mut PgConnection, after: Option<&str>, size: i64) -> QueryResult<Vec<Line>>;
}

/// What is exported for whom, and how.
pub struct Order {
    pub who: Principal,
    pub source: Arc<dyn Source>,
    /// The collection, for the file's name.
    pub name: &'static str,
    pub format: Format,
    /// The key after which it begins.
    pub after: Option<String>,
    /// The most rows that are wanted.
    pub limit: i64,
}

/// Why an export does not begin.
#[derive(Debug)]
pub enum Refused {
    /// As many as may be are running.
    TooMany,
    /// The client could not tell an end from a break.
    OldHttp,
    Db(Fault),
}

/// `format`, or the `Accept` header; NDJSON unless told.
///
/// # Errors
/// 400 for a format that is not known.
pub fn format_of(request: &HttpRequest, parameters: &Parameters) -> Result<Format, ApiError> {
    if let Some(name) = parameters.get("format") {
        return Format::named(name).ok_or_else(|| super::page::wrong("format", "not_a_choice", "Send ndjson or csv."));
    }
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    Ok(Format::accepted(accept.unwrap_or_default()))
}

/// Begins an export. The first batch is read before the answer begins, so that what fails at once is told by a status.
///
/// # Errors
/// [`Refused`].
pub async fn answer(request: &HttpRequest, portal: &Shared, order: Order) -> Result<HttpResponse, Refused> {
    if request.version() < Version::HTTP_11 {
        return Err(Refused::OldHttp);
    }
    let now = portal.clock.now();
    let mut answer = head(&order, now);
    if request.extensions().get::<NoBody>().is_some() {
        return Ok(answer.finish());
    }
    let exports = request.app_data::<web::Data<Exports>>();
    let slot = exports.and_then(|exports| exports.take(&order.who)).ok_or(Refused::TooMany)?;
    let mut export = Export {
        reader: Arc::new(Reader { db: portal.db.for_this_asker(), who: order.who, source: order.source }),
        format: order.format,
        left: order.limit,
        next: None,
        ended: false,
        begun: false,
        request_id: request_id(request),
        _slot: slot,
    };
    let size = export.size();
    let first = export.reader.read(order.after, size).await.map_err(Refused::Db)?;
    export.took(&first);
    let bytes = export.written(&first);
    let rest = stream::unfold(export, Export::chunk);
    let body = futures_util::StreamExt::chain(stream::iter([Ok(bytes)]), rest);
    Ok(answer.streaming(Box::pin(body)))
}

fn head(order: &Order, now: DateTime<Utc>) -> actix_web::HttpResponseBuilder {
    let file = format!("{}-{}.{}", order.name, now.format("%Y-%m-%d"), order.format.extension());
    let mut answer = HttpResponse::Ok();
    answer.content_type(order.format.media_type());
    answer.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")));
    answer
}

/// Reads one batch at a time, each with a connection for its own while only.
struct Reader {
    db: Db,
    who: Principal,
    source: Arc<dyn Source>,
}

impl Reader {
    /// A busy database is asked again: an hour's export does not end because of one full second.
    async fn read(self: &Arc<Self>, after: Option<String>, size: i64) -> Result<Vec<Line>, Fault> {
        let mut tries = 1;
        loop {
            let (reader, after) = (Arc::clone(self), after.clone());
            let work = move |conn: &mut PgConnection| {
                still_stands(conn, &reader.who)?;
                Ok(reader.source.batch(conn, after.as_deref(), size)?)
            };
            match self.db.read(work).await {
                Err(Fault::Db(DbError::Busy | DbError::Unavailable)) if tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }
}

/// An export on its way.
struct Export {
    reader: Arc<Reader>,
    format: Format,
    left: i64,
    /// The batch that is being read.
    next: Option<JoinHandle<Result<Vec<Line>, Fault>>>,
    ended: bool,
    begun: bool,
    request_id: String,
    _slot: Slot,
}

impl Export {
    fn size(&self) -> i64 {
        self.left.min(BATCH)
    }

    /// Notes what a batch means for the next one, and begins to read that.
    fn took(&mut self, batch: &[Line]) {
        let got = i64::try_from(batch.len()).unwrap_or(BATCH);
        let whole = got == self.size();
        self.left -= got;
        let last = batch.last().filter(|_| whole && self.left > 0);
        let (reader, size) = (Arc::clone(&self.reader), self.size());
        self.next = last
            .map(|last| last.key.clone())
            .map(|after| actix_web::rt::spawn(async move { reader.read(Some(after), size).await }));
    }

    fn written(&mut self, batch: &[Line]) -> Bytes {
        let mut out = String::with_capacity(batch.iter().map(|line| line.item.len() + 2).sum::<usize>() + 1_024);
        if !std::mem::replace(&mut self.begun, true) {
            self.format.begin(&mut out, &self.reader.source.columns());
        }
        for line in batch {
            self.format.line(&mut out, &line.item);
        }
        Bytes::from(out)
    }

    /// The next piece of the body, and what is left of the export.
    async fn chunk(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        if self.ended {
            return None;
        }
        let Some(reading) = self.next.take() else {
            self.ended = true;
            return None;
        };
        let failed = match reading.await {
            Ok(Ok(batch)) => {
                self.took(&batch);
                return Some((Ok(self.written(&batch)), self));
            }
            Ok(Err(Fault::Refused(never))) => match never {},
            Ok(Err(Fault::Db(error))) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(request_id = %self.request_id, error = %failed, "an export broke off");
        self.ended = true;
        Some((Err(std::io::Error::other("the export broke off")), self))
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Db(fault) => fault.into(),
            Refused::TooMany => {
                let message = "As many exports as may run are running. Wait until one of them has ended.";
                Self { retry_after: Some(10), ..Self::new(actix_web::http::StatusCode::TOO_MANY_REQUESTS, message) }
            }
            Refused::OldHttp => Self::new(actix_web::http::StatusCode::BAD_REQUEST, OLD_HTTP),
        }
    }
}

const OLD_HTTP: &str = "Exports need HTTP/1.1, which tells an end from a break.";

impl From<Refused> for AppError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Db(fault) => fault.into(),
            Refused::TooMany => Self::Busy,
            Refused::OldHttp => Self::Malformed(OLD_HTTP.into()),
        }
    }
}
