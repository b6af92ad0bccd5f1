//! The documents on security say what is there: every file and test that they name exists, no requirement of ASVS and no
//! threat is left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::house;

const DOCUMENTS: [&str; 2] = ["SECURITY.md", "docs/asvs.md"];
/// Ids and levels of ASVS 5.0.0, levels 1 and 2.
const IDS: &str = include_str!("asvs_ids.txt");
const VERDICTS: [&str; 3] = ["met", "not applicable", "open"];
const THREATS: usize = 40;
/// What a name in backticks begins with if it is a file of ours.
const FOLDERS: [&str; 9] =
    ["src/", "tests/", "templates/", "static/", "migrations/", "docs/", "benches/", "bin/", ".ci/"];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(document: &str) -> String {
    fs::read_to_string(top().join(document)).expect("the document is there")
}

/// What stands in backticks.
fn named(text: &str) -> Vec<String> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn is_path(name: &str) -> bool {
    !name.contains(' ')
        && (FOLDERS.iter().any(|folder| name.starts_with(folder))
            || Path::new(name).extension().is_some_and(|kind| kind == "toml"))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `module::function`, and nothing else.
fn as_test(name: &str) -> Option<(&str, &str)> {
    let (module, function) = name.split_once("::")?;
    (is_word(module) && is_word(function)).then_some((module, function))
}

/// Whether the code has a test of this name: its attributes stand on the lines above it.
fn has_test(code: &str, function: &str) -> bool {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let begin = format!("fn {function}(");
    lines.iter().enumerate().any(|(at, line)| {
        let is_it = line.strip_prefix("async ").unwrap_or(line).starts_with(&begin);
        is_it && lines[..at].iter().rev().take_while(|above| above.starts_with("#[")).any(|one| one.ends_with("test]"))
    })
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// The cells of the rows whose first one is an id or a number.
fn rows(text: &str) -> Vec<Vec<String>> {
    let all = text.lines().filter(|line| line.starts_with("| ")).map(cells);
    all.filter(|row| row[0].starts_with(|c: char| c.is_ascii_digit())).collect()
}

fn is_there(sources: &[house::Source], module: &str, function: &str) -> bool {
    let (file, folder) = (format!("/{module}.rs"), format!("/{module}/"));
    let of_module = |source: &house::Source| source.path.ends_with(&file) || source.path.contains(&folder);
    sources.iter().any(|source| of_module(source) && has_test(&source.code, function))
}

#[test]
fn what_is_named_is_there() {
    let sources: Vec<house::Source> = house::sources().into_iter().chain(house::tests()).collect();
    let (mut missing, mut tests) = (BTreeSet::new(), 0);
    for document in DOCUMENTS {
        for name in named(&text(document)) {
            let there = match as_test(&name) {
                Some((module, function)) => {
                    tests += 1;
                    is_there(&sources, module, function)
                }
                None => !is_path(&name) || top().join(&name).exists(),
            };
            if !there {
                missing.insert(format!("{document}: {name}"));
            }
        }
    }
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(missing.is_empty(), "named and not there:\n  {}", missing.join("\n  "));
    assert!(tests > 100, "tests were found: {tests}");
}

#[test]
fn every_requirement_has_one_row_and_a_verdict() {
    let wanted: Vec<(&str, &str)> = IDS.lines().filter_map(|line| line.split_once(' ')).collect();
    let of_level = |level: &str| wanted.iter().filter(|one| one.1 == level).count();
    assert_eq!((wanted.len(), of_level("1"), of_level("2")), (253, 70, 183));
    let rows = rows(&text("docs/asvs.md"));
    let found: Vec<(&str, &str)> = rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!(found, wanted);
    for row in &rows {
        assert_eq!(row.len(), 5, "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        assert!(VERDICTS.contains(&row[3].as_str()), "{row:?}");
        assert!((2..=10).contains(&row[2].split_whitespace().count()), "a subject has a few words: {row:?}");
    }
    // The table above the rows counts them: the second cell of its last line is what is met.
    let document = text("docs/asvs.md");
    let counts = cells(document.lines().find(|line| line.starts_with("| Both |")).expect("the counts are there"));
    let of_verdict = |verdict: &str| rows.iter().filter(|row| row[3] == verdict).count().to_string();
    assert_eq!(counts[1..4], VERDICTS.map(of_verdict));
}

#[test]
fn every_threat_has_a_row() {
    let text = text("SECURITY.md");
    let threats = text.split("\n## Threats\n").nth(1).expect("there is a list of threats");
    let rows = rows(threats);
    let numbers: Vec<String> = (1..=THREATS).map(|number| number.to_string()).collect();
    assert_eq!(rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), numbers);
    for row in &rows {
        assert!(row.len() == 4 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        assert!(row[3].contains('`') || row[3].contains("open"), "neither a test nor the word open: {row:?}");
    }
}

#[test]
fn names_are_told_from_other_words() {
    assert_eq!(as_test("csrf::a_get_changes_nothing"), Some(("csrf", "a_get_changes_nothing")));
    assert_eq!(as_test("web::Form"), None);
    assert!(is_path("src/web/form.rs") && is_path("deny.toml") && !is_path("/api/docs") && !is_path("sslmode"));
    assert!(has_test("#[test]\nfn it_works() {", "it_works") && !has_test("fn it_works() {", "it_works"));
    assert_eq!(named("a `b` c `d::e`, `f`"), ["b", "d::e", "f"]);
}
