//! Turns the demo tables into rows: every organisation and user in the state that its story leaves it in, and one
//! audit event for each thing that happened on the way. Sends no SQL.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::derived::{office_hour, pick, salesforce_account, zuora_account};
use super::journal::{Actor, Journal, Subject, change};
use super::life::Life;
use super::rows::{EventRow, OrganisationRow, TenantRow, UserRow};
use super::tables::{Billing, Company, Fate, Person, Step, Tier};
use super::tenants::Tenant;
use crate::secrets::new_id;

/// Everything that one tenant inserts, each list in the order in which it came about.
pub struct Programme {
    pub tenant: TenantRow,
    pub organisations: Vec<OrganisationRow>,
    pub users: Vec<UserRow>,
    pub events: Vec<EventRow>,
}

/// Works out one tenant's rows as of `now`.
pub fn build(tenant: &Tenant, now: DateTime<Utc>) -> Programme {
    let founded = office_hour(now, tenant.host.age, tenant.slug);
    let tenant_row = TenantRow {
        id: new_id(founded),
        slug: tenant.slug,
        name: tenant.host.name,
        uses_salesforce: false,
        accent: Some(tenant.accent),
        created_at: founded,
        updated_at: founded,
    };
    let journal = Journal::new(tenant_row.id, now);
    let mut builder = Builder { now, tenant_id: tenant_row.id, journal, organisations: Vec::new(), users: Vec::new() };
    builder.host(&tenant.host, founded);
    for (region, companies) in tenant.partners {
        for company in *companies {
            builder.partner(company, region);
        }
    }
    builder.finish(tenant_row)
}

struct Builder {
    now: DateTime<Utc>,
    tenant_id: Uuid,
    journal: Journal,
    organisations: Vec<OrganisationRow>,
    users: Vec<UserRow>,
}

impl Builder {
    /// The tenant's own company. It and its first person, the owner, are made by the program
    /// itself; the tenant's creation stands for both it and its company in the history.
    fn host(&mut self, company: &Company, founded: DateTime<Utc>) {
        let created = founded + Duration::milliseconds(3);
        let row = self.organisation(company, "host", created);
        let host_id = row.id;
        let tenant = Subject { kind: "tenant", id: self.tenant_id, organisation_id: host_id, name: company.name };
        self.journal.write(founded, &Actor::system(), "create", tenant, json!([]));
        self.organisations.push(row);
        for (place, person) in company.people.iter().enumerate() {
            let creator = if place == 0 { Some(Actor::system()) } else { self.journal.first_staff() };
            let start = if place == 0 { created + Duration::minutes(2) } else { self.joined(person, company, created) };
            let life = self.user(person, company, host_id, start, creator);
            self.journal.staff_joined(person.role, &life);
        }
    }

    fn partner(&mut self, company: &Company, region: &'static str) {
        let created = office_hour(self.now, company.age, company.code);
        let mut row = self.organisation(company, "partner", created);
        row.properties = properties(company, region);
        let subject = Subject { kind: "organisation", id: row.id, organisation_id: row.id, name: company.name };
        let first_name = company.story.iter().find_map(|step| match step {
            Step::Renamed(_, from) => Some(*from),
            _ => None,
        });
        let name = first_name.unwrap_or(company.name);
        let actor = self.journal.staff_at(created, company.code);
        self.journal.write(created, &actor, "create", Subject { name, ..subject }, created_with(&row, company));
        self.story(company, &mut row, subject);
        let (closed, deleted_at) = ((row.state != "active").then_some(row.updated_at), row.deleted_at);
        let organisation_id = row.id;
        self.organisations.push(row);
        let from = self.users.len();
        self.colleagues(company, organisation_id, created);
        if let Some(closed) = closed {
            self.shut_out(from, closed, deleted_at);
        }
    }

    /// The people of a suspended or deleted organisation did not sign in since, and went to the bin with it.
    fn shut_out(&mut self, from: usize, closed: DateTime<Utc>, deleted_at: Option<DateTime<Utc>>) {
        for user in &mut self.users[from..] {
            user.last_signed_in_at = user.last_signed_in_at.map(|at| at.min(closed - Duration::hours(3)));
            if let Some(deleted_at) = deleted_at.filter(|_| user.removed_at.is_none()) {
                user.removed_at = Some(deleted_at);
                user.removed_with_organisation = true;
            }
        }
    }

    /// Applies the steps of a company's story to its row and writes them down.
    fn story(&mut self, company: &Company, row: &mut OrganisationRow, subject: Subject<'_>) {
        let mut last = row.created_at;
        for step in company.story {
            let text = format!("{} {}", company.code, step.days());
            let at = office_hour(self.now, step.days(), &text).max(last + Duration::minutes(9));
            let before = row.state;
            let (verb, changes) = match step {
                Step::Renamed(_, from) => ("edit", json!([change("name", Some(from), Some(company.name))])),
                Step::Suspended(_) => ("suspend", json!([])),
                Step::Resumed(_) => ("resume", json!([])),
                Step::Deleted(_) => ("delete", json!([])),
                Step::Restored(_) => ("restore", json!([])),
            };
            match step {
                Step::Suspended(_) => row.state = "suspended",
                Step::Resumed(_) | Step::Restored(_) => row.state = "active",
                Step::Deleted(_) => row.state = "deleted",
                Step::Renamed(..) => {}
            }
            let in_bin = row.state == "deleted";
            row.state_before_deletion = in_bin.then_some(before);
            row.deleted_at = in_bin.then_some(at);
            row.version += 1;
            row.updated_at = at;
            last = at;
            let actor = self.journal.staff_at(at, &text);
            self.journal.write(at, &actor, verb, subject, changes);
        }
    }

    /// A partner's people. Its first manager creates some of the later ones, staff the others.
    fn colleagues(&mut self, company: &Company, organisation_id: Uuid, created: DateTime<Utc>) {
        let mut first: Option<Life> = None;
        for (place, person) in company.people.iter().enumerate() {
            let start = if place == 0 { created + Duration::minutes(6) } else { self.joined(person, company, created) };
            let creator = first.as_ref().filter(|_| pick(person.mail, 5) < 2).and_then(|life| life.actor_at(start));
            let life = self.user(person, company, organisation_id, start, creator);
            first = first.or(Some(life));
        }
    }

    /// When a later colleague was created: before anything else happened to them, and after the organisation.
    fn joined(&self, person: &Person, company: &Company, created: DateTime<Utc>) -> DateTime<Utc> {
        let text = format!("{}@{}", person.mail, company.domain);
        let last_step = company.story.iter().map(|step| step.days()).max().unwrap_or(0);
        let latest = match person.fate {
            Fate::Newcomer(days) => days,
            fate => {
                let earliest_end = fate.first_day().max(last_step) + 4;
                earliest_end + pick(&text, company.age.saturating_sub(earliest_end))
            }
        };
        let settling = Duration::minutes(11 + i64::from(pick(&text, 90)));
        office_hour(self.now, latest, &text).max(created + settling)
    }

    fn user(
        &mut self,
        person: &Person,
        company: &Company,
        organisation_id: Uuid,
        created: DateTime<Utc>,
        creator: Option<Actor>,
    ) -> Life {
        let creator = creator.unwrap_or_else(|| self.journal.staff_at(created, person.mail));
        let life = Life::new(person, company.domain, organisation_id, created, self.now);
        self.journal.write_life(&life, &creator);
        self.users.push(life.row(self.tenant_id));
        life
    }

    fn organisation(&self, company: &Company, kind: &'static str, created: DateTime<Utc>) -> OrganisationRow {
        let billed = company.billing != Billing::NotYet;
        let in_salesforce = billed && pick(company.code, 3) > 0;
        OrganisationRow {
            id: new_id(created),
            tenant_id: self.tenant_id,
            kind,
            name: company.name,
            name_key: crate::organisations::model::name_key(company.name),
            code: Some(company.code),
            zuora_account_id: billed.then(|| zuora_account(company.code)),
            invoice_owner: company.billing.word(),
            salesforce_account_id: in_salesforce.then(|| salesforce_account(company.code)),
            country: Some(company.country),
            time_zone: company.zone,
            customer_count: company.customers,
            properties: json!({}),
            shop_access: matches!(company.tier, Tier::Gold | Tier::Silver),
            self_service_access: company.tier == Tier::Gold,
            state: "active",
            state_before_deletion: None,
            deleted_at: None,
            version: 1,
            created_at: created,
            updated_at: created,
        }
    }

    fn finish(mut self, tenant: TenantRow) -> Programme {
        self.organisations.sort_by_key(|row| row.created_at);
        self.users.sort_by_key(|row| row.created_at);
        Programme { tenant, organisations: self.organisations, users: self.users, events: self.journal.close() }
    }
}

fn properties(company: &Company, region: &str) -> Value {
    match company.tier.word() {
        Some(tier) => json!({ "tier": tier, "region": region, "industry": company.industry }),
        None => json!({}),
    }
}

/// What the form of a new organisation filled in, beside the name that the event carries anyway.
fn created_with(row: &OrganisationRow, company: &Company) -> Value {
    let fields = [
        ("zuora_account_id", row.zuora_account_id.as_deref()),
        ("salesforce_account_id", row.salesforce_account_id.as_deref()),
        ("invoice_owner", company.billing.label()),
    ];
    fields.iter().filter(|(_, to)| to.is_some()).map(|(field, to)| change(field, None, *to)).collect()
}
