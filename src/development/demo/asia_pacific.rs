//! Acme's partners in Asia and the Pacific.

use super::tables::{Billing, Company, Step, Tier, manager, member};
use super::vayunetra;

#[rustfmt::skip]
pub const COMPANIES: &[Company] = &[
    Company {
        name: "株式会社みなと雲", domain: "minatogumo", code: "MNG-01",
        country: "JP", zone: "Asia/Tokyo", age: 411, customers: 52, tier: Tier::Gold,
        industry: "Manufacturing", billing: Billing::Partner, story: &[],
        people: &[
            manager("高橋 陽菜", "haruna.takahashi"),
            member("Kenji Morimoto", "kenji.morimoto"),
            member("佐々木 蓮", "ren.sasaki"),
        ],
    },
    Company {
        name: "Byeolmaru Solutions", domain: "byeolmaru", code: "BMS-01",
        country: "KR", zone: "Asia/Seoul", age: 309, customers: 23, tier: Tier::Silver,
        industry: "Gaming", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Kim Seo-yeon", "seoyeon.kim"),
            member("Park Ji-hoon", "jihoon.park"),
        ],
    },
    Company {
        name: "Vayunetra Infosystems Pvt. Ltd.", domain: "vayunetra", code: "VNI-01",
        country: "IN", zone: "Asia/Kolkata", age: 545, customers: 340, tier: Tier::Gold,
        industry: "System integration", billing: Billing::Partner, story: &[],
        people: vayunetra::PEOPLE,
    },
    Company {
        name: "Sen Hồng Technology", domain: "senhong", code: "SHT-01",
        country: "VN", zone: "Asia/Ho_Chi_Minh", age: 223, customers: 15, tier: Tier::Registered,
        industry: "Software", billing: Billing::Partner, story: &[],
        people: &[
            manager("Nguyễn Thị Mai Phương", "maiphuong.nguyen"),
            member("Trần Quốc Bảo", "quocbao.tran"),
        ],
    },
    Company {
        name: "Merbau Systems Pte Ltd", domain: "merbau", code: "MBS-01",
        country: "SG", zone: "Asia/Singapore", age: 439, customers: 45, tier: Tier::Gold,
        industry: "Financial services", billing: Billing::Partner, story: &[],
        people: &[
            manager("Siti Nurhaliza Rahim", "siti.rahim"),
            member("Darren Koh", "darren.koh"),
            member("Kavitha Subramaniam", "kavitha.subramaniam"),
            member("Lim Jia Hui", "jiahui.lim").removed(112),
        ],
    },
    Company {
        name: "Ombak Timur Teknologi", domain: "ombaktimur", code: "OTT-01",
        country: "ID", zone: "Asia/Jakarta", age: 159, customers: 7, tier: Tier::Registered,
        industry: "Logistics", billing: Billing::NotYet,
        story: &[Step::Suspended(58)],
        people: &[
            manager("Putri Wulandari", "putri.wulandari"),
            member("Bayu Setiawan", "bayu.setiawan"),
        ],
    },
    Company {
        name: "Currawong Cloud Pty Ltd", domain: "currawong", code: "CWC-01",
        country: "AU", zone: "Australia/Melbourne", age: 367, customers: 38, tier: Tier::Silver,
        industry: "Cloud services", billing: Billing::Partner, story: &[],
        people: &[
            manager("Kirra Dunstan", "kirra.dunstan"),
            member("Nikos Stathopoulos", "nikos.stathopoulos"),
            member("Mei Fong", "mei.fong"),
        ],
    },
    Company {
        name: "Tūī Hollow Digital", domain: "tuihollow", code: "THD-01",
        country: "NZ", zone: "Pacific/Auckland", age: 105, customers: 3, tier: Tier::Registered,
        industry: "Agriculture", billing: Billing::EndCustomer, story: &[],
        people: &[
            manager("Aroha Ngata", "aroha.ngata"),
            member("Finn McAllister", "finn.mcallister"),
        ],
    },
];
