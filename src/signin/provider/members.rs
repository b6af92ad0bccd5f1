//! The members of a JSON object, each of which comes once. Readers differ on which of two twins counts, and somebody
//! else may have judged the other one (RFC 7519, section 4); makes no request and judges nothing.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

/// An object without twins.
pub(super) struct Members(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut all = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if all.insert(name, value).is_some() {
                return Err(A::Error::custom("a member comes twice"));
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_are_refused_wherever_they_stand() {
        let read = |text: &str| serde_json::from_str::<Members>(text).map(|members| members.0);
        assert_eq!(read("{\"sub\":\"a\",\"aud\":[\"b\"]}").unwrap().len(), 2);
        for wrong in ["{\"sub\":1,\"sub\":2}", "{\"sub\":\"a\",\"x\":{},\"s\\u0075b\":\"a\"}", "[]", "1", "{\"a\":1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
