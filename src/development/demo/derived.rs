//! Values that the demo data derives instead of listing: times of day and external account numbers. All of it
//! follows from the texts given, so that two installations show the same programme.

use chrono::{DateTime, Datelike, Duration, NaiveTime, Utc, Weekday};

/// 64 bits that follow from the text alone: FNV-1a, then the finaliser of `SplitMix64` to spread short texts.
pub fn scatter(text: &str) -> u64 {
    let folded = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (folded ^ (folded >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A whole number in `0..bound` that follows from the text; 0 when `bound` is 0.
pub fn pick(text: &str, bound: u32) -> u32 {
    if bound == 0 {
        return 0;
    }
    u32::try_from(scatter(text) % u64::from(bound)).unwrap_or(0)
}

/// A moment in office hours (08:00–17:00 UTC) `days` before now. Saturdays and Sundays become the Friday before,
/// because a programme whose staff works every weekend looks made up.
pub fn office_hour(now: DateTime<Utc>, days: u32, text: &str) -> DateTime<Utc> {
    let date = now.date_naive() - Duration::days(i64::from(days));
    let back = match date.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => 0,
    };
    let seconds = 8 * 3600 + pick(text, 9 * 3600);
    let midnight = (date - Duration::days(back)).and_time(NaiveTime::MIN).and_utc();
    midnight + Duration::seconds(i64::from(seconds)) + Duration::milliseconds(i64::from(pick(text, 997)))
}

/// A Zuora account id: 32 hexadecimal digits, as Zuora's own.
pub fn zuora_account(code: &str) -> String {
    let (high, low) = (scatter(&format!("zuora {code}")), scatter(&format!("{code} zuora")));
    format!("2c92c0f9{:08x}{low:016x}", high >> 32)
}

/// A Salesforce account id: `001`, twelve characters, and the three that Salesforce computes from the letter case of
/// the fifteen before them (one per five, bit by bit), so that tools which check the sum accept it.
pub fn salesforce_account(code: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const SUMS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let mut id = String::from("0015g00000");
    for place in 0..5 {
        let digit = pick(&format!("salesforce {code} {place}"), 62);
        id.push(char::from(DIGITS[digit as usize]));
    }
    let sums: String = id
        .as_bytes()
        .chunks(5)
        .map(|five| {
            let bits = five.iter().rev().fold(0_usize, |bits, byte| bits << 1 | usize::from(byte.is_ascii_uppercase()));
            char::from(SUMS[bits])
        })
        .collect();
    id + &sums
}
