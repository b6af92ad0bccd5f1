//! How many exports run at once: some for each credential, some for each tenant, some for the whole process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::access::Principal;

/// Of one credential or person, of one tenant, of this process.
const OF_ONE: usize = 2;
const OF_TENANT: usize = 4;
const OF_ALL: usize = 16;

/// The exports that are running in this process.
#[derive(Debug, Clone, Default)]
pub struct Exports(Arc<Mutex<HashMap<Uuid, usize>>>);

/// The right to run one export, until it is dropped.
#[derive(Debug)]
pub struct Slot {
    exports: Exports,
    whose: [Uuid; 3],
}

impl Exports {
    /// A slot; None while too many are taken.
    pub fn take(&self, who: &Principal) -> Option<Slot> {
        let one = who.client.as_ref().map_or(who.user.id, |client| client.id);
        let whose = [one, who.tenant.id, Uuid::nil()];
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = whose
            .iter()
            .zip([OF_ONE, OF_TENANT, OF_ALL])
            .any(|(id, most)| running.get(id).is_some_and(|running| *running >= most));
        if full {
            return None;
        }
        for id in whose {
            *running.entry(id).or_default() += 1;
        }
        Some(Slot { exports: self.clone(), whose })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut running = self.exports.0.lock().unwrap_or_else(PoisonError::into_inner);
        for id in self.whose {
            if let Some(count) = running.get_mut(&id) {
                *count -= 1;
                if *count == 0 {
                    running.remove(&id);
                }
            }
        }
    }
}
