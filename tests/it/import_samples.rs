//! The pages of an import among those that bear hostile data.

use super::samples::{HOSTILE, Seen, judge};
use super::support::Actor;

/// A file of partners with rows of every kind, and the import that becomes of it.
pub fn look(owner: &mut Actor, seen: &mut Seen) {
    let file = format!(
        "name;Zuora account ID;Zuora Invoice Owner;Salesforce account ID\nBrought in;z;Partner;s\nNorthwind Traders;z;Partner;s\n{HOSTILE};;{HOSTILE};\n"
    );
    let form = owner.open("/settings/profile/partners/import").page().form("Check the rows").fill("file", &file);
    let shown = owner.send(&form);
    judge(shown.is(200));
    judge(&owner.send(&form.clone().fill("file", HOSTILE)));
    let made = owner.send(&shown.page().form("Import 2 partners"));
    judge(made.is(200));
    *seen.entry("organisations/import.html").or_default() += 1;
    judge(&owner.open(&made.page().link("See what was imported")));
    *seen.entry("organisations/imported.html").or_default() += 1;
}
