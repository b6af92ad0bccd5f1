//! Every acceptance statement has a test beside which its number stands: what is promised is proved somewhere.

use std::collections::BTreeSet;

use super::house;

/// How many statements each seed has; their numbers run from 1.
const STATEMENTS: [(&str, usize); 5] = [("S0", 25), ("S1", 22), ("S2", 20), ("S3", 14), ("S4", 25)];

/// `S4-05 … S4-09, S4-19` as six numbers.
fn numbers(comment: &str) -> Vec<String> {
    let words: Vec<&str> = comment.split([' ', ',', ';', ':', '(', ')', '.']).filter(|word| !word.is_empty()).collect();
    let mut found: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some((seed, number)) = statement(word) else { continue };
        let range = at >= 2 && words[at - 1] == "…";
        let from = if range { statement(words[at - 2]).map_or(number, |(_, from)| from) } else { number };
        found.extend((from..=number).map(|number| format!("{seed}-{number:02}")));
    }
    found
}

fn statement(word: &str) -> Option<(&str, usize)> {
    let (seed, number) = word.split_once('-')?;
    STATEMENTS.iter().find(|(known, _)| *known == seed)?;
    Some((seed, number.parse().ok()?))
}

/// Whether a comment line stands above a test or in one.
fn is_of_a_test(lines: &[&str], at: usize) -> bool {
    let below = lines[at..].iter().find(|line| !line.trim_start().starts_with("//"));
    let function = lines[..at].iter().rposition(|line| line.trim_start().trim_start_matches("pub ").starts_with("fn "));
    below.is_some_and(|line| line.trim_start() == "#[test]")
        || function.is_some_and(|function| function > 0 && lines[function - 1].trim_start() == "#[test]")
}

#[test]
fn every_statement_has_a_test() {
    let mut proved = BTreeSet::new();
    for source in house::sources().into_iter().chain(house::tests()) {
        let lines: Vec<&str> = source.code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if line.trim_start().starts_with("// ") && is_of_a_test(&lines, at) {
                proved.extend(numbers(line));
            }
        }
    }
    let all = STATEMENTS.iter().flat_map(|(seed, most)| (1..=*most).map(move |number| format!("{seed}-{number:02}")));
    let missing: Vec<String> = all.clone().filter(|number| !proved.contains(number)).collect();
    assert!(missing.is_empty(), "statements without a test: {missing:?}");
    let all: BTreeSet<String> = all.collect();
    assert_eq!(proved.difference(&all).collect::<Vec<_>>(), Vec::<&String>::new(), "numbers that no statement has");
}

#[test]
fn a_comment_is_read_as_people_mean_it() {
    assert_eq!(numbers("// S4-05 … S4-07, S4-19: and more"), ["S4-05", "S4-05", "S4-06", "S4-07", "S4-19"]);
    assert_eq!(numbers("// S9-01, UTF-8, S1-x"), Vec::<String>::new());
}
