//! What `bin/prove` asks of the tests: their figures in one form, and faults that they have to notice.
//!
//! Figures lie in `target/figures/NAME.txt`: sentences, and lines of a name, a number and, where it is promised, the
//! number that it has to be, with a tab between them. `GUILDHALL_PLANT=NAME` plants the fault of that name; nothing but
//! tests reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// What one proof tells of itself.
#[derive(Debug, Default)]
struct Told {
    sentence: String,
    /// The number of each, and whether it has to be zero.
    figures: Vec<(&'static str, usize, bool)>,
}

static TOLD: Mutex<BTreeMap<&'static str, Told>> = Mutex::new(BTreeMap::new());

/// Whether the fault of this name is planted.
pub fn planted(name: &str) -> bool {
    std::env::var("GUILDHALL_PLANT").is_ok_and(|planted| planted == name)
}

/// What people read of it.
pub fn tell(proof: &'static str, sentence: &str) {
    change(proof, |told| sentence.clone_into(&mut told.sentence));
}

/// So many more of what was tried.
pub fn tried(proof: &'static str, what: &'static str, number: usize) {
    change(proof, |told| told.add(what, number, false));
}

/// So many more of what must never be.
pub fn wrong(proof: &'static str, what: &'static str, number: usize) {
    change(proof, |told| told.add(what, number, true));
}

impl Told {
    fn add(&mut self, what: &'static str, number: usize, zero: bool) {
        match self.figures.iter_mut().find(|one| one.0 == what) {
            Some(one) => one.1 += number,
            None => self.figures.push((what, number, zero)),
        }
    }

    fn text(&self) -> String {
        let sentence = self.sentence.trim_end();
        let mut text = if sentence.is_empty() { String::new() } else { format!("{sentence}\n") };
        for (what, number, zero) in &self.figures {
            writeln!(text, "{what}\t{number}\t{}", if *zero { "0" } else { "" }).expect("a string takes it");
        }
        text
    }
}

/// Changes what is told, and leaves all of it where whoever collects figures finds it.
fn change(proof: &'static str, by: impl FnOnce(&mut Told)) {
    let mut all = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let told = all.entry(proof).or_default();
    by(told);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/figures");
    std::fs::create_dir_all(&folder).expect("a folder for figures");
    std::fs::write(folder.join(format!("{proof}.txt")), told.text()).expect("the figures are kept");
}

#[test]
fn figures_have_one_form() {
    let mut told = Told { sentence: "Seen.\n".into(), ..Told::default() };
    told.add("tried", 2, false);
    told.add("wrong", 0, true);
    told.add("tried", 3, false);
    assert_eq!(told.text(), "Seen.\ntried\t5\t\nwrong\t0\t0\n");
}
