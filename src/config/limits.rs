//! How many calls of the API in a minute: what the environment may say of it.

use super::{ConfigFault, Reader};
use crate::api::Limits;

/// The limits alone, which development mode reads too.
///
/// # Errors
/// Every fault of them.
pub fn read_limits(get: &dyn Fn(&str) -> Option<String>) -> Result<Limits, Vec<ConfigFault>> {
    let mut reader = Reader { get, faults: Vec::new() };
    let limits = of(&mut reader);
    if reader.faults.is_empty() { Ok(limits) } else { Err(reader.faults) }
}

/// What the environment says of them, and the defaults for the rest.
pub fn of(reader: &mut Reader<'_>) -> Limits {
    let standard = Limits::default();
    let mut one = |variable: &str, default: i32| {
        reader.or(variable, default, "a number of calls between 1 and 1000000", |text| {
            text.parse().ok().filter(|number| (1..=1_000_000).contains(number))
        })
    };
    Limits {
        calls: one("API_CALLS_PER_MINUTE", standard.calls),
        invitation_reads: one("API_INVITATION_READS_PER_MINUTE", standard.invitation_reads),
        failures: one("API_FAILURES_PER_MINUTE", standard.failures),
        sign_ins: one("SIGN_INS_PER_MINUTE", standard.sign_ins),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_the_products_unless_told_otherwise() {
        assert_eq!(read_limits(&|_| None), Ok(Limits::default()));
        let read = read_limits(&|variable| (variable == "API_CALLS_PER_MINUTE").then(|| "9000".into()));
        assert_eq!(read, Ok(Limits { calls: 9_000, ..Limits::default() }));
        for wrong in ["0", "-1", "many", "1000001"] {
            let faults = read_limits(&|variable| (variable == "API_FAILURES_PER_MINUTE").then(|| wrong.into()));
            assert_eq!(faults.unwrap_err()[0].variable, "API_FAILURES_PER_MINUTE");
        }
    }
}
