//! The pages of API credentials among those that bear hostile data.

use super::samples::{HOSTILE, Seen, judge};
use super::support::{Actor, id};

/// Pages of API credentials, with a secret, and with what is typed wrong.
pub fn look(owner: &mut Actor, mona: &mut Actor, seen: &mut Seen) {
    for page in ["/settings/api-clients".to_owned(), format!("/settings/profile/partners/{}/api", id::NORTHWIND)] {
        judge(owner.get(&page).is(200));
        judge(owner.get(&format!("{page}/new")).is(200));
    }
    let own = "/organisation/api";
    let button = "Create and show the secret";
    judge(mona.submit(&format!("{own}/new"), button, &[("name", &"W".repeat(101))]).is(422));
    for kind in ["client", "key"] {
        let fields = [("name", HOSTILE), ("kind", kind), ("READ_USER", "true")];
        let shown = mona.submit(&format!("{own}/new"), button, &fields);
        judge(shown.is(201));
        let page = shown.page().link("I have copied it");
        judge(mona.submit(&page, "Rotate the secret", &[]).is(200));
        judge(mona.get(&page).is(200));
        judge(mona.get(&format!("{page}/revocation")).is(200));
    }
    judge(mona.get(own).is(200));
    let all = ["api_clients/index.html", "api_clients/new.html", "api_clients/show.html", "api_clients/shown.html"];
    for template in all {
        *seen.entry(template).or_default() += 1;
    }
}
