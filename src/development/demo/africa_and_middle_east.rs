//! Acme's partners in Africa and the Middle East.

use super::tables::{Billing, Company, Step, Tier, manager, member};

#[rustfmt::skip]
pub const COMPANIES: &[Company] = &[
    Company {
        name: "Baobab Ridge Solutions", domain: "baobabridge", code: "BRS-01",
        country: "ZA", zone: "Africa/Johannesburg", age: 456, customers: 34, tier: Tier::Silver,
        industry: "Financial services", billing: Billing::Partner, story: &[],
        people: &[
            manager("Nomvula Dlamini", "nomvula.dlamini"),
            member("Pieter Swanepoel", "pieter.swanepoel"),
            member("Lerato Mokoena", "lerato.mokoena"),
        ],
    },
    Company {
        name: "Iroko Bridge Technologies Ltd", domain: "irokobridge", code: "IBT-01",
        country: "NG", zone: "Africa/Lagos", age: 384, customers: 27, tier: Tier::Silver,
        industry: "Telecom", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Adaeze Okonkwo", "adaeze.okonkwo"),
            member("Babatunde Olawale", "babatunde.olawale"),
            member("Hauwa Suleiman", "hauwa.suleiman"),
            member("Emeka Chukwu", "emeka.chukwu"),
        ],
    },
    Company {
        name: "Mvuli Networks", domain: "mvuli", code: "MVN-01",
        country: "KE", zone: "Africa/Nairobi", age: 196, customers: 10, tier: Tier::Registered,
        industry: "Internet provider", billing: Billing::Partner, story: &[],
        people: &[
            manager("Wanjiku Kamau", "wanjiku.kamau"),
            member("Barasa Wekesa", "barasa.wekesa"),
        ],
    },
    Company {
        name: "Najmat Al Barr Trading LLC", domain: "najmatalbarr", code: "NAB-01",
        country: "AE", zone: "Asia/Dubai", age: 328, customers: 16, tier: Tier::Registered,
        industry: "Trading", billing: Billing::EndCustomer,
        story: &[Step::Deleted(9)],
        people: &[
            manager("Khalid Al Mansoori", "khalid.almansoori"),
            member("Reem Haddad", "reem.haddad"),
            member("Joseph Thekkekara", "joseph.thekkekara"),
        ],
    },
    Company {
        name: "Çınaraltı Bilişim A.Ş.", domain: "cinaralti", code: "CAB-01",
        country: "TR", zone: "Europe/Istanbul", age: 264, customers: 24, tier: Tier::Silver,
        industry: "Textiles", billing: Billing::Partner,
        story: &[Step::Deleted(155), Step::Restored(154)],
        people: &[
            manager("Şebnem Karaoğlu", "sebnem.karaoglu"),
            member("Oğuzhan Işık", "oguzhan.isik"),
            member("Defne Aksoy", "defne.aksoy"),
        ],
    },
];
