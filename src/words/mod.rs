//! What the portal says to people outside, in their language: mails and the page of an invitation.
//!
//! Owns the languages and the lookup; the sentences are Fluent files in `locales/`. Everything that staff and partner
//! users see stays English for now. Knows no feature. `tests/it/languages.rs` checks that no language misses a sentence.

mod dates;

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::{Loader as _, static_loader};
use unic_langid::LanguageIdentifier;

pub use dates::moment;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Names are printed in their own elements; in a mail's subject the marks would only be noise.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

crate::text_enum! {
    /// A language that the portal speaks to people outside.
    #[derive(Default)]
    Language {
        #[default]
        English = "en",
        German = "de",
        French = "fr",
        Spanish = "es",
        Italian = "it",
    }
}

impl Language {
    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Italian => "Italiano",
        }
    }

    /// One sentence, by its name in `locales/`.
    pub fn say(self, sentence: &str) -> String {
        LOCALES.lookup(&self.identifier(), sentence)
    }

    /// One sentence with names and numbers in it.
    pub fn say_with(self, sentence: &str, values: &[(&'static str, &str)]) -> String {
        let values: HashMap<Cow<'static, str>, _> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned().into())).collect();
        LOCALES.lookup_with_args(&self.identifier(), sentence, &values)
    }

    /// One sentence that depends on a number, such as *1 day* and *2 days*; the number is `$count`.
    pub fn count(self, sentence: &str, count: i64) -> String {
        let values: HashMap<Cow<'static, str>, _> = HashMap::from([(Cow::Borrowed("count"), count.into())]);
        LOCALES.lookup_with_args(&self.identifier(), sentence, &values)
    }

    fn identifier(self) -> LanguageIdentifier {
        // The five words are language identifiers; a test would notice if one were not.
        self.as_str().parse().unwrap_or_default()
    }
}
