//! Answers that are not pages: where to go next, and what to say there.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::cookies;
use super::flash::Flash;
use super::portal::Shared;

/// A redirect after a post (303), with or without a sentence.
#[derive(Debug)]
pub struct Reply {
    location: String,
    flash: Option<Flash>,
}

/// Sends the browser to `location`, a path of ours.
pub fn see_other(location: impl Into<String>) -> Reply {
    Reply { location: location.into(), flash: None }
}

impl Reply {
    /// Says `flash` on the next page.
    #[must_use]
    pub fn flash(mut self, flash: Flash) -> Self {
        self.flash = Some(flash);
        self
    }
}

impl Responder for Reply {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::SeeOther();
        response.insert_header((header::LOCATION, self.location));
        if let (Some(flash), Some(portal)) = (self.flash, request.app_data::<Shared>()) {
            response.cookie(cookies::make(cookies::FLASH, flash.seal(&portal.key), portal.base_url.is_https()));
        }
        response.finish()
    }
}
