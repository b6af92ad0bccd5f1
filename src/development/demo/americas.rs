//! Acme's partners in North and South America.

use super::tables::{Billing, Company, Step, Tier, manager, member};

#[rustfmt::skip]
pub const COMPANIES: &[Company] = &[
    Company {
        name: "Northwind Resellers", domain: "northwind", code: "NWR-01",
        country: "US", zone: "America/Chicago", age: 541, customers: 128, tier: Tier::Gold,
        industry: "IT reseller", billing: Billing::Partner, story: &[],
        people: &[
            manager("Dana Whitfield", "manager"),
            member("Luis Ortega", "member"),
            member("Grace Okafor", "grace.okafor").was_named("Grace Bello", 214),
            member("Hannah Lindqvist", "hannah.lindqvist"),
            member("Theo Marchetti", "theo.marchetti").suspended(67),
            member("Priya Raman", "priya.raman").newcomer(4),
        ],
    },
    Company {
        name: "Pinefall Data Partners", domain: "pinefall", code: "PFD-01",
        country: "US", zone: "America/Denver", age: 507, customers: 36, tier: Tier::Silver,
        industry: "Analytics", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Ruth Castellanos", "ruth.castellanos"),
            member("Owen Pratt", "owen.pratt"),
            member("Keahi Nakamura", "keahi.nakamura"),
        ],
    },
    Company {
        name: "Harrow & Quill Consulting LLC", domain: "harrowquill", code: "HQC-01",
        country: "US", zone: "America/New_York", age: 433, customers: 12, tier: Tier::Registered,
        industry: "Consulting", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Imogen Harrow", "imogen.harrow"),
            member("Desmond Quill", "desmond.quill"),
        ],
    },
    Company {
        name: "Tidewrack Marine Systems", domain: "tidewrack", code: "TMS-01",
        country: "US", zone: "America/Los_Angeles", age: 289, customers: 5, tier: Tier::Registered,
        industry: "Shipping", billing: Billing::Partner,
        story: &[Step::Suspended(96), Step::Resumed(81)],
        people: &[
            manager("Marisol Vega", "marisol.vega"),
            manager("Brett Halloran", "brett.halloran").was_role("member", 81),
            member("Xiomara Duarte", "xiomara.duarte").suspended(140),
        ],
    },
    Company {
        name: "Érablière Numérique inc.", domain: "erabliere-numerique", code: "ERN-01",
        country: "CA", zone: "America/Toronto", age: 376, customers: 44, tier: Tier::Gold,
        industry: "Managed services", billing: Billing::Partner, story: &[],
        people: &[
            manager("Maëlle Tremblay-Côté", "maelle.tremblay-cote"),
            member("Étienne Lachance", "etienne.lachance"),
            member("Fatoumata Diallo", "fatoumata.diallo"),
            member("Guillaume Boisvert", "guillaume.boisvert").removed(35),
        ],
    },
    Company {
        name: "saltgrass networks", domain: "saltgrass", code: "SGN-01",
        country: "CA", zone: "America/Vancouver", age: 148, customers: 9, tier: Tier::None,
        industry: "", billing: Billing::NotYet, story: &[],
        people: &[
            manager("Jasleen Dhaliwal", "jasleen.dhaliwal"),
        ],
    },
    Company {
        name: "Quetzalli Sistemas", domain: "quetzalli", code: "QTZ-01",
        country: "MX", zone: "America/Mexico_City", age: 462, customers: 57, tier: Tier::Silver,
        industry: "Retail systems", billing: Billing::Partner, story: &[],
        people: &[
            manager("Ximena Villaseñor", "ximena.villasenor"),
            member("Citlali Hernández", "citlali.hernandez"),
            member("Rodrigo Peña", "rodrigo.pena"),
            member("Itzel Camarena", "itzel.camarena"),
        ],
    },
    Company {
        name: "Guayacán Digital S.A.S.", domain: "guayacan", code: "GYD-01",
        country: "CO", zone: "America/Bogota", age: 233, customers: 21, tier: Tier::Registered,
        industry: "Software", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Valentina Restrepo", "valentina.restrepo"),
            member("Andrés Felipe Murillo", "andres.murillo"),
        ],
    },
    Company {
        name: "Jacarandá Soluções em Nuvem Ltda.", domain: "jacaranda-nuvem", code: "JSN-01",
        country: "BR", zone: "America/Sao_Paulo", age: 528, customers: 93, tier: Tier::Gold,
        industry: "Cloud services", billing: Billing::Partner,
        story: &[Step::Renamed(257, "Jacarandá Informática Ltda.")],
        people: &[
            manager("Thaís Albuquerque", "thais.albuquerque"),
            manager("João Vítor Nogueira", "joao.nogueira"),
            member("Luana Sant'Anna", "luana.santanna"),
            member("Caio Yamashita", "caio.yamashita"),
            member("Renata de Oliveira Prado", "renata.prado").paused(120, 104),
        ],
    },
    Company {
        name: "Vereda Norte Distribuidora", domain: "vereda-norte", code: "VND-01",
        country: "BR", zone: "America/Recife", age: 92, customers: 0, tier: Tier::Registered,
        industry: "Distribution", billing: Billing::NotYet, story: &[],
        people: &[
            manager("Severino Cavalcanti Lima", "severino.lima"),
            member("Jussara Freire", "jussara.freire").newcomer(11),
        ],
    },
    Company {
        name: "Ceibo Informática", domain: "ceibo", code: "CBI-01",
        country: "AR", zone: "America/Argentina/Buenos_Aires", age: 404, customers: 17, tier: Tier::Silver,
        industry: "Education", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Florencia Iturralde", "florencia.iturralde"),
            member("Nahuel Giménez", "nahuel.gimenez"),
            member("Martina Szewczuk", "martina.szewczuk"),
        ],
    },
    Company {
        name: "Cóndor Austral Tecnología S.A.", domain: "condor-austral", code: "CAT-01",
        country: "CL", zone: "America/Santiago", age: 318, customers: 29, tier: Tier::Silver,
        industry: "Mining", billing: Billing::Partner, story: &[],
        people: &[
            manager("Catalina Huenchumilla", "catalina.huenchumilla"),
            member("Matías Undurraga", "matias.undurraga"),
        ],
    },
];
