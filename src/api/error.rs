//! The one error type of API handlers. What it looks like on the wire is `dialect.rs`.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::dialect::Dialect;
use crate::db::{self, DbError};
use crate::input::Problems;
use crate::web::AppError;

/// One thing that is wrong with a request, and where: a JSON path, a parameter, a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `body`, `query`, `header` or `path`.
    pub place: &'static str,
    /// Such as `company_name`, or `queries[1].value`.
    pub path: String,
    /// A stable word for machines.
    pub code: &'static str,
    pub message: String,
}

/// Why a call was not done.
#[derive(Debug, Clone)]
pub struct ApiError {
    pub status: StatusCode,
    /// One sentence.
    pub message: String,
    pub faults: Vec<Fault>,
    /// The `error` of RFC 6750, where the bearer is at fault.
    pub bearer: Option<&'static str>,
    /// In seconds.
    pub retry_after: Option<u64>,
    /// The methods that an address knows.
    pub allow: Option<String>,
}

impl ApiError {
    /// An error without particulars.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), faults: Vec::new(), bearer: None, retry_after: None, allow: None }
    }

    /// No credential, or none that is good.
    pub fn unauthorised(bearer: Option<&'static str>) -> Self {
        Self { bearer, ..Self::new(StatusCode::UNAUTHORIZED, "The credential is missing, unknown or has expired.") }
    }

    /// Known, but without the permission.
    pub fn forbidden() -> Self {
        Self {
            bearer: Some("insufficient_scope"),
            ..Self::new(StatusCode::FORBIDDEN, "The credential lacks a permission that this call needs.")
        }
    }

    /// There is no such thing for this caller.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such thing.")
    }

    /// The request cannot be read.
    pub fn malformed(fault: Fault) -> Self {
        Self { faults: vec![fault.clone()], ..Self::new(StatusCode::BAD_REQUEST, fault.message) }
    }

    /// The request can be read but not done.
    pub fn refused(faults: Vec<Fault>) -> Self {
        let message = faults.first().map_or_else(String::new, |fault| fault.message.clone());
        Self { faults, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, message) }
    }

    /// Something with the same name or address is there already.
    pub fn conflict(path: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fault = Fault { place: "body", path: path.into(), code: "taken", message: message.clone() };
        Self { faults: vec![fault], ..Self::new(StatusCode::CONFLICT, message) }
    }

    /// Too many calls.
    pub fn too_many(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many calls in a minute. Wait, then go on.")
        }
    }

    /// The address knows other methods.
    pub fn method(allow: String) -> Self {
        let message = format!("This address knows {allow}.");
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    /// The rules for fields, under the names that this wire format has for them.
    pub fn fields(problems: &Problems, rename: impl Fn(&'static str) -> &'static str) -> Self {
        let taken = problems.iter().any(|(_, problem)| problem.code() == "taken");
        let fault = |(field, problem): (&'static str, &crate::input::Problem)| Fault {
            place: "body",
            path: rename(field).into(),
            code: problem.code(),
            message: problem.words(),
        };
        let error = Self::refused(problems.iter().map(fault).collect());
        if taken { Self { status: StatusCode::CONFLICT, ..error } } else { error }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        Dialect::Own.answer(self)
    }
}

impl From<&AppError> for ApiError {
    fn from(error: &AppError) -> Self {
        match error.status_code() {
            StatusCode::SEE_OTHER => Self::unauthorised(None),
            StatusCode::FORBIDDEN => Self::forbidden(),
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::SERVICE_UNAVAILABLE => Self::busy(),
            status if status.is_server_error() => Self::internal(),
            status => Self::new(status, status.canonical_reason().unwrap_or("The request cannot be done.")),
        }
    }
}

impl ApiError {
    /// The database does not answer in time.
    pub fn busy() -> Self {
        Self {
            retry_after: Some(2),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "The portal cannot answer right now. Try again.")
        }
    }

    /// A fault of ours; what it was is in the log.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        Self::from(&AppError::from(error))
    }
}

impl From<db::Fault> for ApiError {
    fn from(fault: db::Fault) -> Self {
        match fault {
            db::Fault::Refused(never) => match never {},
            db::Fault::Db(error) => error.into(),
        }
    }
}
