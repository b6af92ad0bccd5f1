//! The security headers of every answer, errors included. One list, one function.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::portal::Portal;

/// No inline script or style; logos are pictures from elsewhere (https), everything else is ours.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self' https: data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// HTTPS only, for a year. What else lies below the host's name is its owner's business.
const FOR_A_YEAR: &str = "max-age=31536000";
const FOR_SUBDOMAINS_TOO: &str = "max-age=31536000; includeSubDomains";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("x-robots-tag", "noindex, nofollow"),
];

/// Sets the headers that every answer has; an answer that says nothing of caching is not stored.
pub fn secure(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Applies [`secure`] to every answer, and HSTS where the portal is reached by https.
pub async fn on_every_answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let portal = request.app_data::<web::Data<Portal>>().filter(|portal| portal.base_url.is_https());
    let promise = portal.map(|portal| if portal.hsts_subdomains { FOR_SUBDOMAINS_TOO } else { FOR_A_YEAR });
    let mut response = next.call(request).await?;
    secure(response.headers_mut());
    if let Some(promise) = promise {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(promise));
    }
    Ok(response)
}
