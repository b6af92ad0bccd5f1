//! What a mistyped word may have meant: every word that one slip of the keyboard turns into it. Knows no table.

use std::collections::BTreeSet;

/// Shorter words have too many neighbours to be guessed.
const SHORTEST: usize = 4;
/// Longer ones have more neighbours than one look can take.
const LONGEST: usize = 40;

const LATIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const CYRILLIC: &str = "абвгдежзийклмнопрстуфхцчшщъыьэюя";
const GREEK: &str = "αβγδεζηθικλμνξοπρσςτυφχψω";
const OF_ADDRESSES: &str = ".-_@";

/// The words that differ from `word` by two letters swapped, one missing, one too many or one mistaken; `word` itself is
/// not among them. None for words that are too short or too long to be guessed.
pub fn slips(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if !(SHORTEST..=LONGEST).contains(&letters.len()) {
        return Vec::new();
    }
    let mut found = BTreeSet::new();
    for at in 0..letters.len() {
        found.insert(edited(&letters, at, at + 1, &[]));
        if let [one, other] = letters[at..letters.len().min(at + 2)] {
            found.insert(edited(&letters, at, at + 2, &[other, one]));
        }
    }
    for letter in alphabet(word).chars() {
        for at in 0..letters.len() {
            found.insert(edited(&letters, at, at + 1, &[letter]));
            found.insert(edited(&letters, at, at, &[letter]));
        }
        found.insert(edited(&letters, letters.len(), letters.len(), &[letter]));
    }
    found.remove(word);
    found.into_iter().collect()
}

/// The letters with those from `from` to `to` replaced.
fn edited(letters: &[char], from: usize, to: usize, by: &[char]) -> String {
    letters[..from].iter().chain(by).chain(&letters[to..]).collect()
}

/// The letters that may have been meant.
fn alphabet(word: &str) -> String {
    let mut all = LATIN.to_owned();
    for (script, first, last) in [(CYRILLIC, 'а', 'я'), (GREEK, 'α', 'ω')] {
        if word.chars().any(|c| (first..=last).contains(&c)) {
            all.push_str(script);
        }
    }
    if word.contains('@') {
        all.push_str(OF_ADDRESSES);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_slip_is_undone() {
        for typed in
            ["nortwhind", "nothwind", "northhwind", "morthwind", "northwin", "orthwind", "northwindd", "onrthwind"]
        {
            assert!(slips(typed).iter().any(|word| word == "northwind"), "{typed}");
        }
        for typed in ["northwind", "nrthwnd", "nor", &"n".repeat(41)] {
            assert!(!slips(typed).iter().any(|word| word == "northwind"), "{typed}");
        }
    }

    #[test]
    fn other_alphabets_and_addresses_have_letters_of_their_own() {
        for (typed, meant) in [("моска", "москва"), ("αθηα", "αθηνα"), ("anaacme.example@x", "ana.acme.example@x")]
        {
            assert!(slips(typed).iter().any(|word| word == meant), "{typed}");
        }
    }

    #[test]
    fn a_word_has_a_bounded_number_of_neighbours() {
        assert!(slips(&"ab".repeat(20)).len() < 3_000);
        assert!(slips("a@bc.example.of.a.long.address.somewhere").len() < 3_500);
    }
}
