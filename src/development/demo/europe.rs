//! Acme's partners in Europe.

use super::tables::{Billing, Company, Step, Tier, manager, member};

#[rustfmt::skip]
pub const COMPANIES: &[Company] = &[
    Company {
        name: "Contoso Distribution", domain: "contoso", code: "CTD-01",
        country: "GB", zone: "Europe/London", age: 534, customers: 212, tier: Tier::Gold,
        industry: "Distribution", billing: Billing::Partner, story: &[],
        people: &[
            manager("Rupert Ainsley", "manager"),
            manager("Zainab Hussain", "zainab.hussain").was_role("member", 158),
            member("Oliwia Kaczmarek", "oliwia.kaczmarek"),
            member("Fergus Drummond", "fergus.drummond"),
            member("Chidi Nwosu", "chidi.nwosu").removed(71),
        ],
    },
    Company {
        name: "Brackenmoor IT Services", domain: "brackenmoor", code: "BMI-01",
        country: "GB", zone: "Europe/London", age: 487, customers: 31, tier: Tier::Silver,
        industry: "Managed services", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Bethan Llewellyn", "bethan.llewellyn"),
            member("Arjun Mistry", "arjun.mistry"),
            member("Poppy Fairclough", "poppy.fairclough"),
        ],
    },
    Company {
        name: "O'Halleran & Daughters Telecom", domain: "ohalleran", code: "OHD-01",
        country: "IE", zone: "Europe/Dublin", age: 271, customers: 14, tier: Tier::Registered,
        industry: "Telecom", billing: Billing::Partner, story: &[],
        people: &[
            manager("Aoife O'Halleran", "aoife.ohalleran"),
            manager("Sinéad O'Halleran", "sinead.ohalleran"),
        ],
    },
    Company {
        name: "Nebelhorn Systemhaus GmbH", domain: "nebelhorn-systemhaus", code: "NSH-01",
        country: "DE", zone: "Europe/Berlin", age: 519, customers: 76, tier: Tier::Gold,
        industry: "System integration", billing: Billing::Partner, story: &[],
        people: &[
            manager("Jürgen Weißenfels", "juergen.weissenfels"),
            member("Aylin Demirtaş", "aylin.demirtas"),
            member("Friederike von Hagen", "friederike.vonhagen").was_named("Friederike Brandt", 302),
            member("Sören Petersen", "soeren.petersen"),
            member("Katarzyna Böhm", "katarzyna.boehm"),
            member("Uwe Grünwald", "uwe.gruenwald").suspended(18),
        ],
    },
    Company {
        name: "Kupferkessel Logistik AG", domain: "kupferkessel", code: "KKL-01",
        country: "DE", zone: "Europe/Berlin", age: 355, customers: 8, tier: Tier::Registered,
        industry: "Logistics", billing: Billing::EndCustomer,
        story: &[Step::Suspended(27)],
        people: &[
            manager("Wiebke Mohnhaupt", "wiebke.mohnhaupt"),
            member("Dragan Petrović", "dragan.petrovic"),
        ],
    },
    Company {
        name: "Steinadler Software e.U.", domain: "steinadler", code: "SAS-01",
        country: "AT", zone: "Europe/Vienna", age: 61, customers: 2, tier: Tier::None,
        industry: "", billing: Billing::NotYet, story: &[],
        people: &[
            manager("Leopold Zwettler", "leopold.zwettler"),
        ],
    },
    Company {
        name: "Bergseeli Treuhand & IT", domain: "bergseeli", code: "BTI-01",
        country: "CH", zone: "Europe/Zurich", age: 447, customers: 25, tier: Tier::Silver,
        industry: "Accounting", billing: Billing::Partner, story: &[],
        people: &[
            manager("Urs Aeschlimann", "urs.aeschlimann"),
            member("Giulia Bernasconi", "giulia.bernasconi"),
            member("Noé Chappuis", "noe.chappuis"),
        ],
    },
    Company {
        name: "Lanterne Bleue Conseil", domain: "lanterne-bleue", code: "LBC-01",
        country: "FR", zone: "Europe/Paris", age: 396, customers: 33, tier: Tier::Silver,
        industry: "Consulting", billing: Billing::EndCustomer,
        story: &[Step::Renamed(188, "Lanterne Bleu Conseil")],
        people: &[
            manager("Anaïs Delacroix-Morel", "anais.delacroix-morel"),
            member("Mamadou Ndiaye", "mamadou.ndiaye"),
            member("Loïc Kerguelen", "loic.kerguelen"),
            member("Hélène Pham", "helene.pham"),
        ],
    },
    Company {
        name: "Zonnewiel Cloud B.V.", domain: "zonnewiel", code: "ZWC-01",
        country: "NL", zone: "Europe/Amsterdam", age: 474, customers: 61, tier: Tier::Gold,
        industry: "Cloud services", billing: Billing::Partner, story: &[],
        people: &[
            manager("Sjoerd van der Meulen", "sjoerd.vandermeulen"),
            member("Anouk de Wit", "anouk.dewit"),
            member("Soraya el Khattabi", "soraya.elkhattabi"),
        ],
    },
    Company {
        name: "Fjordlys Systemer AS", domain: "fjordlys", code: "FLS-01",
        country: "NO", zone: "Europe/Oslo", age: 342, customers: 19, tier: Tier::Silver,
        industry: "Energy", billing: Billing::Partner, story: &[],
        people: &[
            manager("Sigrid Bjørnstad", "sigrid.bjornstad"),
            member("Håkon Ødegård", "hakon.odegard"),
        ],
    },
    Company {
        name: "Blåbärsskogen IT AB", domain: "blabarsskogen", code: "BBS-01",
        country: "SE", zone: "Europe/Stockholm", age: 207, customers: 11, tier: Tier::Registered,
        industry: "Public sector", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Åsa Lindegård", "asa.lindegard"),
            member("Mustafa Karimi", "mustafa.karimi"),
            member("Göran Öhlund", "goran.ohlund"),
        ],
    },
    Company {
        name: "Kaamospolku Oy", domain: "kaamospolku", code: "KMP-01",
        country: "FI", zone: "Europe/Helsinki", age: 119, customers: 4, tier: Tier::Registered,
        industry: "Software", billing: Billing::NotYet, story: &[],
        people: &[
            manager("Päivi Hämäläinen", "paivi.hamalainen"),
            member("Eetu Väisänen", "eetu.vaisanen"),
        ],
    },
    Company {
        name: "Olivar del Sur Mayoristas, S.L.", domain: "olivar-del-sur", code: "ODS-01",
        country: "ES", zone: "Europe/Madrid", age: 425, customers: 48, tier: Tier::Silver,
        industry: "Wholesale", billing: Billing::Partner, story: &[],
        people: &[
            manager("Macarena Núñez Rueda", "macarena.nunez"),
            member("Iker Etxeberria", "iker.etxeberria"),
            member("Montserrat Puigdomènech", "montserrat.puigdomenech"),
        ],
    },
    Company {
        name: "Caravela Azul Distribuição", domain: "caravela-azul", code: "CAD-01",
        country: "PT", zone: "Europe/Lisbon", age: 178, customers: 13, tier: Tier::Registered,
        industry: "Distribution", billing: Billing::Partner, story: &[],
        people: &[
            manager("Gonçalo Figueiredo", "goncalo.figueiredo"),
            member("Inês Magalhães", "ines.magalhaes"),
        ],
    },
    Company {
        name: "Ponte Rossa Informatica S.r.l.", domain: "ponterossa", code: "PRI-01",
        country: "IT", zone: "Europe/Rome", age: 498, customers: 39, tier: Tier::Silver,
        industry: "Retail systems", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Ludovica Santangelo", "ludovica.santangelo"),
            member("Niccolò D'Alessio", "niccolo.dalessio"),
            member("Amina Traoré", "amina.traore"),
            member("Pierfrancesco Zanetti", "pierfrancesco.zanetti").suspended(205),
        ],
    },
    Company {
        name: "Żurawi Las Systemy sp. z o.o.", domain: "zurawilas", code: "ZLS-01",
        country: "PL", zone: "Europe/Warsaw", age: 247, customers: 22, tier: Tier::Silver,
        industry: "System integration", billing: Billing::Partner, story: &[],
        people: &[
            manager("Małgorzata Wiśniewska-Łoś", "malgorzata.wisniewska-los"),
            member("Grzegorz Żmuda", "grzegorz.zmuda"),
            member("Oksana Kovalenko", "oksana.kovalenko").newcomer(15),
        ],
    },
    Company {
        name: "Čertova Skála Data s.r.o.", domain: "certovaskala", code: "CSD-01",
        country: "CZ", zone: "Europe/Prague", age: 33, customers: 0, tier: Tier::None,
        industry: "", billing: Billing::NotYet, story: &[],
        people: &[],
    },
    Company {
        name: "Μελτέμι Δίκτυα Α.Ε.", domain: "meltemi-diktya", code: "MLD-01",
        country: "GR", zone: "Europe/Athens", age: 134, customers: 6, tier: Tier::Registered,
        industry: "Hospitality", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Ελένη Παπαγεωργίου", "eleni.papageorgiou"),
            member("Stavros Kalogeras", "stavros.kalogeras"),
        ],
    },
];
