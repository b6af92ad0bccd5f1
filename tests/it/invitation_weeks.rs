//! *Twelve weeks*: the picture and its table tell what became of the invitations that were sent, each organisation's own.

use super::support::{Answer, App, Who, id};

/// An invitation of an organisation, made some days ago, with what became of it.
fn sent(app: &App, organisation: &str, (number, days): (usize, i64), state: &str, more: &str) {
    app.sql(&format!(
        "INSERT INTO invitations (id, tenant_id, organisation_id, inviter_id, kind, company_name, email, email_key, language,
             lifetime_days, state, expires_at, last_sent_at, created_at, updated_at)
         SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70009000' || lpad('{number}', 12, '0'))::uuid,
             o.tenant_id, o.id, u.id, 'partner', 'Firm', '{number}@x.example', '{number}@x.example', 'en', 7, '{state}',
             at + {more}, at, at, at
         FROM organisations o JOIN users u ON u.organisation_id = o.id AND u.role IN ('owner', 'manager'),
             LATERAL (SELECT '{now}'::timestamptz - interval '{days} days' AS at) AS moment
         WHERE o.id = '{organisation}' ORDER BY u.id LIMIT 1",
        now = app.now(),
    ));
}

/// Sent, accepted, waiting, stuck and over, of the week that stands at this place.
fn week(page: &Answer, number: usize) -> Vec<String> {
    page.page().rows()[number - 1][1..].to_vec()
}

#[test]
fn the_weeks_tell_what_became_of_what_was_sent() {
    let app = App::start();
    let open = "interval '100 days'";
    sent(&app, id::NORTHWIND, (1, 1), "pending", open);
    sent(&app, id::NORTHWIND, (2, 4), "pending", open);
    sent(&app, id::NORTHWIND, (3, 6), "accepted", open);
    sent(&app, id::NORTHWIND, (4, 8), "pending", "interval '7 days'");
    sent(&app, id::NORTHWIND, (5, 83), "declined", open);
    sent(&app, id::NORTHWIND, (6, 85), "accepted", open);
    sent(&app, id::CONTOSO, (7, 1), "accepted", open);
    let page = app.sign_in(Who::Manager).get("/organisation/invitations/weeks");
    assert_eq!(week(page.is(200), 12), ["3", "1", "1", "1", "0"], "one waits, one waits too long, one is accepted");
    assert_eq!(week(&page, 11), ["1", "0", "0", "0", "1"], "one has expired");
    assert_eq!(week(&page, 1), ["1", "0", "0", "0", "1"], "what is older than twelve weeks is left out");
    page.shows("5 invitations were sent in the last twelve weeks, 1 is accepted. 1 is stuck.");
    assert_eq!(page.page().all("svg.chart__picture rect").len(), 5, "a piece for each number that is not nought");
    let all = app.sign_in(Who::Owner).get("/settings/invitations/weeks");
    assert_eq!(week(all.is(200), 12), ["4", "2", "1", "1", "0"], "staff see the whole programme");
    let one = app.sign_in(Who::Owner).get(&format!("/settings/profile/partners/{}/invitations/weeks", id::CONTOSO));
    assert_eq!(week(one.is(200), 12), ["1", "1", "0", "0", "0"]);
}

#[test]
fn nothing_sent_is_said_so() {
    let app = App::start();
    let page = app.sign_in(Who::OtherOrganisation).get("/organisation/invitations/weeks");
    page.is(200).shows("No invitation was sent in the last twelve weeks");
}
