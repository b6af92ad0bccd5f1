//! Every language says everything, with the same names in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use guildhall::words::Language;

fn folder(language: Language) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language.as_str())
}

fn files(language: Language) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(language)).expect("a folder of sentences").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Sentences of a file: name, then whatever begins with `$` in it.
fn sentences(language: Language, file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(folder(language).join(file)).expect("text");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, words)) =
            line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            name.clone_into(&mut current);
            assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{file}: {name} stands twice");
            assert!(!words.trim().is_empty(), "{file}: {name} says nothing");
        }
        let names = line
            .split('$')
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect::<String>());
        found.entry(current.clone()).or_default().extend(names);
    }
    found.remove("");
    found
}

#[test]
fn every_language_has_the_sentences_of_english_with_the_same_names_in_them() {
    let english = files(Language::English);
    assert!(english.contains("mail.ftl") && english.contains("dates.ftl"));
    for language in Language::ALL.iter().copied() {
        assert_eq!(files(language), english, "{language:?}");
        for file in &english {
            let (own, wanted) = (sentences(language, file), sentences(Language::English, file));
            assert_eq!(own, wanted, "{language:?} {file}");
        }
    }
}

#[test]
fn no_language_repeats_english() {
    for language in Language::ALL.iter().copied().filter(|language| *language != Language::English) {
        for sentence in [
            "mail-real-title",
            "mail-stop-title",
            "mail-once",
            "mail-copy",
            "mail-offer-declined",
            "mail-why",
            "month-1",
        ] {
            assert_ne!(language.say(sentence), Language::English.say(sentence), "{language:?}");
        }
    }
}
