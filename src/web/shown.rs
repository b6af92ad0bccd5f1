//! Which page is shown to whom, for whoever tells how to get the same otherwise. Reads the address, decides nothing.

use uuid::Uuid;

use super::query;
use crate::access::Principal;

/// A page that is being shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The route's pattern.
    pub pattern: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub reader: &'a Principal,
    /// Scheme and host of the portal.
    pub origin: &'a str,
}

impl Shown<'_> {
    /// The first value of a parameter in the address that is not empty.
    pub fn parameter(&self, name: &str) -> Option<String> {
        query::value(self.query, name).filter(|value| !value.is_empty())
    }

    /// The ids in the address, in its order.
    pub fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.path.split('/').filter_map(|segment| Uuid::try_parse(segment).ok())
    }
}
