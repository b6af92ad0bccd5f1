//! The two demo tenants: their own companies and staff. The second exists so that isolation can be seen.

use super::tables::{Billing, Company, Tier, administrator, auditor, owner};
use super::{africa_and_middle_east, americas, asia_pacific, europe, globex};

/// A tenant, its host organisation with the staff, and its partners by sales region.
pub struct Tenant {
    pub slug: &'static str,
    pub accent: &'static str,
    pub host: Company,
    pub partners: &'static [(&'static str, &'static [Company])],
}

#[rustfmt::skip]
pub const TENANTS: &[Tenant] = &[
    Tenant {
        slug: "acme",
        accent: "#1f5fbf",
        host: Company {
            name: "Acme Cloud", domain: "acme", code: "ACME",
            country: "US", zone: "America/New_York", age: 572, customers: 0, tier: Tier::None,
            industry: "", billing: Billing::NotYet, story: &[],
            people: &[
                owner("Margaret Oyelaran", "owner"),
                administrator("Tomás Echeverría", "administrator"),
                auditor("Ingrid Solheim", "auditor"),
                administrator("Tan Wei Ling", "weiling.tan").was_role("auditor", 331),
                administrator("Pavel Novotný", "pavel.novotny").suspended(43),
                auditor("Callum Reid", "callum.reid").newcomer(6),
                administrator("Beatriz Falcão", "beatriz.falcao").removed(187),
            ],
        },
        partners: &[
            ("AMER", americas::COMPANIES),
            ("EMEA", europe::COMPANIES),
            ("EMEA", africa_and_middle_east::COMPANIES),
            ("APAC", asia_pacific::COMPANIES),
        ],
    },
    Tenant {
        slug: "globex",
        accent: "#0f766e",
        host: Company {
            name: "Globex Industries", domain: "globex", code: "GLBX",
            country: "DE", zone: "Europe/Berlin", age: 418, customers: 0, tier: Tier::None,
            industry: "", billing: Billing::NotYet, story: &[],
            people: &[
                owner("Henrike Vogt", "owner"),
                administrator("Samuel Adeyemi", "samuel.adeyemi"),
                auditor("Lucía Ferrándiz", "lucia.ferrandiz"),
            ],
        },
        partners: &[("EMEA", globex::COMPANIES)],
    },
];
