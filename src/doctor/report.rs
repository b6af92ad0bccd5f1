//! What was found, and how it is told.

use std::fmt;

/// How good or bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Fine,
    /// Works, and deserves a look.
    Warning,
    /// Something does not work until it is mended.
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub verdict: Verdict,
    /// The part of the installation, such as Database.
    pub part: &'static str,
    pub words: String,
    /// What to do; empty when all is well.
    pub remedy: String,
}

/// Everything that was found, in order.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn fine(&mut self, part: &'static str, words: impl Into<String>) {
        self.add(Verdict::Fine, part, words.into(), "");
    }

    pub(super) fn warn(&mut self, part: &'static str, words: impl Into<String>, remedy: &str) {
        self.add(Verdict::Warning, part, words.into(), remedy);
    }

    pub(super) fn fault(&mut self, part: &'static str, words: impl Into<String>, remedy: &str) {
        self.add(Verdict::Fault, part, words.into(), remedy);
    }

    fn add(&mut self, verdict: Verdict, part: &'static str, words: String, remedy: &str) {
        self.findings.push(Finding { verdict, part, words, remedy: remedy.to_owned() });
    }

    /// How many findings are of this kind.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let mark = match finding.verdict {
                Verdict::Fine => "ok  ",
                Verdict::Warning => "look",
                Verdict::Fault => "BAD ",
            };
            writeln!(f, "{mark}  {:<18} {}", finding.part, finding.words)?;
            if !finding.remedy.is_empty() {
                writeln!(f, "{:24} → {}", "", finding.remedy)?;
            }
        }
        let (faults, warnings) = (self.count(Verdict::Fault), self.count(Verdict::Warning));
        match (faults, warnings) {
            (0, 0) => write!(f, "All is well."),
            (0, _) => write!(f, "It works; {warnings} to look at."),
            _ => write!(f, "{faults} to mend, {warnings} to look at."),
        }
    }
}
