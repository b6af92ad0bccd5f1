//! Partner organisations of the second demo tenant. One of them is a partner of the first tenant too, with a
//! person who signs in to both and picks one.

use super::tables::{Billing, Company, Tier, manager, member};

#[rustfmt::skip]
pub const COMPANIES: &[Company] = &[
    Company {
        name: "Ironquay Components", domain: "ironquay", code: "IQC-01",
        country: "GB", zone: "Europe/London", age: 392, customers: 18, tier: Tier::Gold,
        industry: "Manufacturing", billing: Billing::Partner, story: &[],
        people: &[
            manager("Gareth Pritchard", "gareth.pritchard"),
            member("Nadia Rahman", "nadia.rahman"),
            member("Joel Ashworth", "joel.ashworth").suspended(52),
        ],
    },
    Company {
        name: "Steelbeck Werkzeuge GmbH", domain: "steelbeck", code: "SBW-01",
        country: "DE", zone: "Europe/Berlin", age: 301, customers: 41, tier: Tier::Silver,
        industry: "Tooling", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Annegret Hölscher", "annegret.hoelscher"),
            member("Emre Yıldız", "emre.yildiz"),
        ],
    },
    Company {
        name: "Harrow & Quill Consulting LLC", domain: "harrowquill", code: "HQC-01",
        country: "US", zone: "America/New_York", age: 166, customers: 7, tier: Tier::Registered,
        industry: "Consulting", billing: Billing::NotYet, story: &[],
        people: &[
            manager("Imogen Harrow", "imogen.harrow"),
        ],
    },
    Company {
        name: "海燕精密 (Haiyan Precision)", domain: "haiyan-precision", code: "HYP-01",
        country: "CN", zone: "Asia/Shanghai", age: 74, customers: 3, tier: Tier::None,
        industry: "", billing: Billing::NotYet, story: &[],
        people: &[
            manager("Liu Jiahui", "liu.jiahui"),
            member("Zhao Mingyuan", "zhao.mingyuan").newcomer(9),
        ],
    },
];
