//! JSON bodies: read within limits, never half understood, every field's fault told at once.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt as _;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::{ApiError, Fault};
use crate::input::Problem;

/// Bodies take no more than this, and arrive within this.
const LIMIT: usize = 256 * 1024;
const TIME: Duration = Duration::from_secs(10);
/// Deeper than anything of ours.
const DEPTH: usize = 32;

/// A body that is JSON, whatever it holds.
#[derive(Debug, Clone)]
pub struct Body(pub Value);

impl FromRequest for Body {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            is_json(&request)?;
            let bytes = read(payload).await?;
            parse(&bytes).map(Self)
        })
    }
}

/// Whether a request says that its body is JSON.
///
/// # Errors
/// 415 when it does not.
pub fn is_json(request: &HttpRequest) -> Result<(), ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let plain = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    if plain && !request.headers().contains_key(header::CONTENT_ENCODING) {
        return Ok(());
    }
    Err(not_json())
}

/// The answer to a body that is not JSON, or missing.
pub fn not_json() -> ApiError {
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send JSON, with the header Content-Type: application/json.")
}

/// Reads a body within its limits.
///
/// # Errors
/// 413, 408, or 400 when it breaks off.
pub async fn read(payload: Payload) -> Result<Vec<u8>, ApiError> {
    read_within(payload, LIMIT).await
}

/// As [`read`], for bodies with a limit of their own.
///
/// # Errors
/// As [`read`].
pub async fn read_within(mut payload: Payload, limit: usize) -> Result<Vec<u8>, ApiError> {
    let all = async {
        let mut body = web::BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| ApiError::new(StatusCode::BAD_REQUEST, "The body did not arrive whole."))?;
            if body.len() + chunk.len() > limit {
                let message = format!("This body takes {} KiB.", limit / 1024);
                return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.to_vec())
    };
    let late = |_| ApiError::new(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time.");
    tokio::time::timeout(TIME, all).await.map_err(late)?
}

/// JSON in which no member comes twice and nothing lies too deep.
///
/// # Errors
/// 400 that says where it stops being JSON.
pub fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict(0).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        let message = format!("The body is not JSON that can be read: {error}.");
        ApiError::malformed(Fault { place: "body", path: String::new(), code: "not_json", message })
    })
}

/// The whole number that a JSON number is, however it is written: JSON knows no integers.
fn whole(number: &Number) -> Option<i64> {
    /// Beyond this not every whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT);
    #[expect(clippy::cast_possible_truncation, reason = "whole and within bounds")]
    number.as_i64().or_else(|| float().map(|float| float as i64))
}

/// Reads a value at this depth.
#[derive(Clone, Copy)]
struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if all.contains_key(&name) {
                return Err(serde::de::Error::custom("a member comes twice"));
            }
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.0 >= DEPTH { Err(E::custom("it is nested too deeply")) } else { Ok(Self(self.0 + 1)) }
    }
}

/// The members of an object, taken one by one; what is wrong with each is gathered.
#[derive(Debug)]
pub struct Fields {
    members: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Fields {
    /// The members of a body.
    ///
    /// # Errors
    /// 400 when it is no object.
    pub fn of(body: Body) -> Result<Self, ApiError> {
        match body.0 {
            Value::Object(members) => Ok(Self { members, faults: Vec::new() }),
            _ => Err(ApiError::malformed(Fault {
                place: "body",
                path: String::new(),
                code: "not_an_object",
                message: "Send an object.".into(),
            })),
        }
    }

    /// Whether a member was sent, even as null.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Notes a fault of a member.
    pub fn fault(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        self.faults.push(Fault { place: "body", path: name.into(), code, message: message.into() });
    }

    /// A text that must be there, checked by its rule.
    pub fn text<T>(&mut self, name: &str, rule: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
        match self.members.remove(name) {
            Some(Value::String(text)) => self.checked(name, rule(&text)),
            None => {
                self.fault(name, "required", "Send this field.");
                None
            }
            Some(_) => {
                self.fault(name, "not_a_string", "Send a string.");
                None
            }
        }
    }

    /// A text that may be missing or null, which is `Some(None)`.
    pub fn optional_text<T>(
        &mut self,
        name: &str,
        rule: impl FnOnce(&str) -> Result<Option<T>, Problem>,
    ) -> Option<Option<T>> {
        match self.members.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(Value::String(text)) => self.checked(name, rule(&text)),
            Some(_) => {
                self.fault(name, "not_a_string", "Send a string.");
                None
            }
        }
    }

    /// `true` or `false`, which must be there.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.members.remove(name) {
            Some(Value::Bool(value)) => Some(value),
            None => {
                self.fault(name, "required", "Send this field.");
                None
            }
            Some(_) => {
                self.fault(name, "not_a_boolean", "Send true or false.");
                None
            }
        }
    }

    /// A whole number within bounds, as a JSON number, `3.0` included; None when it is missing and `standard` is None too.
    pub fn integer(&mut self, name: &str, (least, most): (i64, i64), standard: Option<i64>) -> Option<i64> {
        let wanted = format!("Send a whole number from {least} to {most}.");
        match self.members.remove(name) {
            Some(Value::Number(number)) if whole(&number).is_some_and(|whole| (least..=most).contains(&whole)) => {
                whole(&number)
            }
            None if standard.is_some() => standard,
            None => {
                self.fault(name, "required", "Send this field.");
                None
            }
            Some(_) => {
                self.fault(name, "out_of_range", wanted);
                None
            }
        }
    }

    /// A member as it is.
    pub fn raw(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    fn checked<T>(&mut self, name: &str, outcome: Result<T, Problem>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault(name, problem.code(), problem.words());
                None
            }
        }
    }

    /// What is left over is of no concern: a client of the old system may send more than we know.
    ///
    /// # Errors
    /// 422 with every fault.
    pub fn done(self) -> Result<(), ApiError> {
        if self.faults.is_empty() { Ok(()) } else { Err(ApiError::refused(self.faults)) }
    }

    /// As [`Fields::done`], and what is left over is refused: of our own formats nothing is guessed.
    ///
    /// # Errors
    /// 422 with every fault.
    pub fn done_strictly(mut self) -> Result<(), ApiError> {
        let unknown: Vec<String> = self.members.keys().take(20).cloned().collect();
        for name in unknown {
            self.fault(&name, "unknown", "This field is not known here.");
        }
        self.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_quite_json_is_refused() {
        let deep = "[".repeat(100_000);
        for wrong in
            ["", "{", "{\"a\":1,\"a\":2}", "{\"a\":1}x", "\u{feff}{}", "{'a':1}", "[1,]", deep.as_str(), "\"\\ud800\""]
        {
            assert!(parse(wrong.as_bytes()).is_err(), "{}", wrong.get(..20).unwrap_or(wrong));
        }
        assert!(parse(&[0x22, 0xff, 0x22]).is_err());
        assert!(parse(b"{\"a\":[1,2.5,null,true,\"x\"]}").is_ok());
    }

    #[test]
    fn every_fault_of_an_object_is_told() {
        let body = Body(serde_json::json!({ "name": 1, "count": 1.5, "flag": "yes" }));
        let mut fields = Fields::of(body).unwrap();
        fields.text("name", |text| Ok(text.to_owned()));
        fields.text("missing", |text| Ok(text.to_owned()));
        fields.integer("count", (0, 10), None);
        fields.boolean("flag");
        let error = fields.done().unwrap_err();
        let paths: Vec<_> = error.faults.iter().map(|fault| (fault.path.as_str(), fault.code)).collect();
        let expected =
            [("name", "not_a_string"), ("missing", "required"), ("count", "out_of_range"), ("flag", "not_a_boolean")];
        assert_eq!(paths, expected);
    }
}
