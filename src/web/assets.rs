//! The shared files: all style sheets as one, the script, the font, the icons. Part of the binary, named by their
//! content, so that browsers keep them for ever and fetch them once after an upgrade.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use super::error::AppError;
use super::path;
use super::view;
use crate::secrets;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

struct Asset {
    body: web::Bytes,
    kind: &'static str,
}

struct Catalogue {
    /// By the name in the address, which holds a hash of the content.
    by_address: HashMap<String, Asset>,
    urls: view::Assets,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::build);

/// Addresses of the shared files, for every page.
pub fn urls() -> view::Assets {
    CATALOGUE.urls.clone()
}

/// Below `/static`.
pub fn resource() -> Resource {
    web::resource("/{file}").route(web::get().to(file)).route(web::head().to(file))
}

/// `GET /static/{file}`
async fn file(request: HttpRequest) -> Result<HttpResponse, AppError> {
    let asset = CATALOGUE.by_address.get(&path::word(&request, "file")?).ok_or(AppError::NotFound)?;
    let mut response = HttpResponse::Ok().content_type(asset.kind).body(asset.body.clone());
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    Ok(response)
}

impl Catalogue {
    fn build() -> Self {
        let mut new = Self { by_address: HashMap::new(), urls: view::Assets::default() };
        let font = new.add("inter.woff2", "font/woff2", read("fonts/inter-latin.woff2"));
        let css = styles().replace("/static/fonts/inter-latin.woff2", &font);
        new.urls.stylesheet = new.add("guildhall.css", "text/css; charset=utf-8", css.into_bytes());
        new.urls.script = new.add("guildhall.js", "text/javascript; charset=utf-8", read("js/guildhall.js"));
        new.urls.icons = new.add("icons.svg", "image/svg+xml", read("icons/icons.svg"));
        new.urls.logo = new.add("logo.svg", "image/svg+xml", read("icons/logo.svg"));
        new
    }

    fn add(&mut self, name: &str, kind: &'static str, body: Vec<u8>) -> String {
        let hash = secrets::hex(Sha256::digest(&body).get(..6).unwrap_or_default());
        let file = format!("{hash}-{name}");
        let address = format!("/static/{file}");
        self.by_address.insert(file, Asset { body: body.into(), kind });
        address
    }
}

fn read(name: &str) -> Vec<u8> {
    Files::get(name).map_or(Cow::Borrowed([].as_slice()), |file| file.data).into_owned()
}

fn styles() -> String {
    let mut names: Vec<_> = Files::iter().filter(|name| name.starts_with("css/")).collect();
    names.sort_unstable();
    names.iter().map(|name| String::from_utf8_lossy(&read(name)).into_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shared_file_is_in_the_binary() {
        assert_eq!(CATALOGUE.by_address.len(), 5);
        assert!(CATALOGUE.by_address.values().all(|asset| !asset.body.is_empty()));
    }

    #[test]
    fn the_style_sheet_names_the_font_by_its_content() {
        let css = CATALOGUE
            .by_address
            .iter()
            .find(|(name, _)| name.contains("guildhall.css"))
            .map(|(_, asset)| asset.body.clone());
        let css = String::from_utf8(css.unwrap().to_vec()).unwrap();
        assert!(css.contains("-inter.woff2") && !css.contains("/static/fonts/"));
    }
}
