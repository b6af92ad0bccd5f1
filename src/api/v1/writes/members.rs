//! Members of bodies that several collections have: ids, and texts by the rules for fields.

use serde_json::Value;
use uuid::Uuid;

use crate::api::Fields;
use crate::input::Problem;

/// An id that may be missing or null. One that is no id is noted as a fault.
pub fn id(fields: &mut Fields, name: &str) -> Option<Uuid> {
    match fields.raw(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => {
            let id = Uuid::try_parse(&text).ok().filter(|id| id.hyphenated().to_string() == text);
            if id.is_none() {
                fields.fault(name, "not_a_uuid", "Send a UUID, in small letters and with hyphens.");
            }
            id
        }
        Some(_) => {
            fields.fault(name, "not_a_string", "Send a string.");
            None
        }
    }
}

/// A text by a rule that knows what to take where nothing was sent: it gets an empty text.
pub fn text_or<T>(fields: &mut Fields, name: &str, rule: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
    if fields.has(name) { fields.text(name, rule) } else { rule("").ok() }
}

/// True or false, and what holds where nothing was sent.
pub fn flag(fields: &mut Fields, name: &str, standard: bool) -> bool {
    if fields.has(name) { fields.boolean(name).unwrap_or(standard) } else { standard }
}

/// A member that a change may leave out.
pub fn sent<T>(fields: &mut Fields, name: &str, rule: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
    if fields.has(name) { fields.text(name, rule) } else { None }
}
