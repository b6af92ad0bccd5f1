//! Finds addresses whose domain looks like a slip of the keyboard: close to a domain that many people have.
//! Only suggests; whether the mail goes there all the same is the inviter's word.

/// Where a great many people have their mail.
const BIG: [&str; 25] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "ymail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "outlook.com",
    "outlook.de",
    "live.com",
    "icloud.com",
    "aol.com",
    "protonmail.com",
    "proton.me",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "orange.fr",
    "wanadoo.fr",
    "libero.it",
    "virgilio.it",
    "comcast.net",
];

/// Real domains that lie close to a big one.
const REAL: [&str; 14] = [
    "email.com",
    "mail.com",
    "gmx.com",
    "gmx.at",
    "gmx.ch",
    "gmx.fr",
    "me.com",
    "yahoo.ca",
    "yahoo.de",
    "yahoo.it",
    "hotmail.de",
    "hotmail.it",
    "outlook.fr",
    "outlook.it",
];

/// Up to this length one slip is enough to be another name.
const SHORT: usize = 8;

/// The address that was probably meant; `own` are the domains that people of the organisation have, most used first.
pub fn meant(key: &str, own: &[String]) -> Option<String> {
    let (local, domain) = key.split_once('@')?;
    if own.iter().any(|known| known == domain) || BIG.contains(&domain) || REAL.contains(&domain) {
        return None;
    }
    let known = own.iter().take(1).map(String::as_str).chain(BIG);
    let close = known.filter_map(|known| {
        let most = if known.len() <= SHORT { 1 } else { 2 };
        Some(distance(domain, known)).filter(|slips| *slips <= most).map(|slips| (slips, known))
    });
    close.min_by_key(|(slips, _)| *slips).map(|(_, known)| format!("{local}@{known}"))
}

/// Damerau–Levenshtein distance (optimal string alignment) of two domains in ASCII: letters that are wrong, missing,
/// too many, or changed places.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, wanted) in other.iter().enumerate() {
            let mut slips = (last[j] + usize::from(letter != wanted)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && one[i - 1] == *wanted {
                slips = slips.min(before[j - 1] + 1);
            }
            row.push(slips);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Vec<String> {
        vec!["northwind.example".into(), "nordwind.example".into()]
    }

    #[test]
    fn a_slip_in_a_domain_is_noticed() {
        for (typed, wanted) in [
            ("ana@gmial.com", "ana@gmail.com"),
            ("ana@gmail.co", "ana@gmail.com"),
            ("ana@gnail.con", "ana@gmail.com"),
            ("ana@hotmial.com", "ana@hotmail.com"),
            ("ana@outlok.com", "ana@outlook.com"),
            ("ana@wbe.de", "ana@web.de"),
            ("ana@nortwind.example", "ana@northwind.example"),
        ] {
            assert_eq!(meant(typed, &own()).as_deref(), Some(wanted), "{typed}");
        }
    }

    #[test]
    fn a_domain_of_its_own_is_no_slip() {
        for typed in ["gmail.com", "email.com", "gmx.at", "nordwind.example", "contoso.example", "abb.de", "x.org"] {
            assert_eq!(meant(&format!("ana@{typed}"), &own()), None, "{typed}");
        }
    }

    #[test]
    fn letters_that_changed_places_are_one_slip() {
        assert_eq!(
            [("ab", "ba"), ("abc", "abc"), ("abc", "ab"), ("", "ab")].map(|(a, b)| distance(a, b)),
            [1, 0, 1, 2]
        );
        assert_eq!(distance("a", "abcdefgh"), usize::MAX);
    }
}
