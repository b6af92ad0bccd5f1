//! A form or an operation with its fields, and how a value is written into each: what a case is made of.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

use super::kinds::Kind;
use super::values::{MARKER, Place, Value};

/// In which format a target answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Pages for people.
    Page,
    /// Statuses for a proxy, without words.
    Gate,
    /// One of the API's wire formats, by the member that every error has.
    Api(&'static str),
}

/// One field.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub place: Place,
    pub kind: Kind,
    /// As text, or as JSON in a body of JSON; not sent when it is None.
    pub right: Option<String>,
}

/// What can be asked, and by whom.
#[derive(Debug, Clone)]
pub struct Target {
    /// Such as `owner POST /settings/profile/edit`: the same in every run.
    pub name: String,
    pub method: String,
    /// `{name}` is a field in the path.
    pub path: String,
    pub fields: Vec<Field>,
    /// Cookies or credentials, and what a browser says of its own.
    pub headers: Vec<(String, String)>,
    pub face: Face,
    /// Nobody is shown its form, so that it may be of nothing: 404 before anything is read.
    pub closed: bool,
}

/// A request before it is bytes.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    pub address: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&mut self, name: &str, value: &[u8]) {
        self.headers.push((name.to_owned(), value.to_vec()));
    }

    /// The bytes that travel.
    pub fn bytes(&self) -> Vec<u8> {
        let mut all = [self.method.as_bytes(), b" ", &self.address, b" HTTP/1.1\r\n"].concat();
        for (name, value) in &self.headers {
            all.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        if !self.body.is_empty() || ["POST", "PUT", "PATCH"].contains(&self.method.as_str()) {
            all.extend(format!("Content-Length: {}\r\n", self.body.len()).bytes());
        }
        all.extend(b"Connection: close\r\n\r\n");
        all.extend(&self.body);
        all
    }
}

/// Fields that are not as they should be.
pub type Spoilt<'a> = &'a [(usize, &'a Value)];

impl Target {
    /// Whether the body is JSON.
    pub fn is_json(&self) -> bool {
        self.fields.iter().any(|field| field.place == Place::Json)
    }

    pub fn is_form(&self) -> bool {
        self.fields.iter().any(|field| field.place == Place::Form)
    }

    /// The request with these fields spoilt, everything else right.
    pub fn request(&self, spoilt: Spoilt<'_>) -> Request {
        let mut request = Request { method: self.method.clone(), ..Request::default() };
        for (name, value) in &self.headers {
            request.header(name, value.as_bytes());
        }
        let (mut path, mut query, mut form, mut json) = (self.path.clone().into_bytes(), vec![], vec![], vec![]);
        for (at, field) in self.fields.iter().enumerate() {
            let wrong = spoilt.iter().find(|(index, _)| *index == at).map(|(_, value)| *value);
            for value in field.written(wrong) {
                let name = field.name.as_bytes();
                match field.place {
                    Place::Path => path = replaced(&path, format!("{{{}}}", field.name).as_bytes(), &value),
                    Place::Query => query.push([&escaped(&field.name), &b"="[..], &value].concat()),
                    Place::Form => form.push([&escaped(&field.name), &b"="[..], &value].concat()),
                    Place::Json => json.push([b"\"", name, b"\":", &value[..]].concat()),
                    Place::Header => request.header(&field.name, &value),
                }
            }
        }
        request.address = if query.is_empty() { path } else { [path, query.join(&b'&')].join(&b'?') };
        if self.is_json() {
            request.header("Content-Type", b"application/json");
            request.body = [b"{".to_vec(), json.join(&b','), b"}".to_vec()].concat();
        } else if self.is_form() {
            request.header("Content-Type", b"application/x-www-form-urlencoded");
            request.body = form.join(&b'&');
        }
        request
    }
}

impl Field {
    /// The bytes of the field, as often as it is sent.
    fn written(&self, wrong: Option<&Value>) -> Vec<Vec<u8>> {
        let right = self
            .right
            .as_ref()
            .map(|right| if self.place == Place::Json { right.clone().into_bytes() } else { self.escape(right) });
        match wrong {
            None => right.into_iter().collect(),
            Some(Value::Absent) if self.place == Place::Path => vec![Vec::new()],
            Some(Value::Absent) => Vec::new(),
            Some(Value::Text(text)) => vec![self.escape(text)],
            Some(Value::Raw(raw)) => vec![raw.clone()],
            // The line of a request and a header have limits of their own, which `rows.rs` tries.
            Some(Value::Huge(length)) => {
                let most = if matches!(self.place, Place::Form | Place::Json) { *length } else { 20_000 };
                vec![self.escape(&"x".repeat(most))]
            }
            Some(Value::Twice) => vec![right.unwrap_or_else(|| self.escape("1")), self.escape(MARKER)],
        }
    }

    fn escape(&self, text: &str) -> Vec<u8> {
        match self.place {
            Place::Json => Json::from(text).to_string().into_bytes(),
            // No line ends in a header: that would be another header.
            Place::Header => text.replace(['\r', '\n'], "\u{b}").into_bytes(),
            _ => escaped(text),
        }
    }
}

pub fn escaped(text: &str) -> Vec<u8> {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string().into_bytes()
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    match text.windows(from.len()).position(|window| window == from) {
        Some(at) => [&text[..at], to, &text[at + from.len()..]].concat(),
        None => text.to_vec(),
    }
}
