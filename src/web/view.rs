//! Plain values that the layouts and macros print: the frame, forms, tables, object pages, history.
//!
//! Owns the shape of what `templates/layouts/` and `templates/macros/` expect. Must not know the
//! database, the request or any rule: handlers fill these structs, templates only print them.
//! Every text is printed escaped; nothing here may carry markup.

/// Everything the frame around a page needs.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Title of the page without the product's name; begins with `Error: ` when a form was refused.
    pub title: String,
    /// Name of the tenant, shown at the top left.
    pub tenant_name: String,
    /// Who is signed in, if anybody is.
    pub person: Option<Person>,
    /// Places in the rail, at most seven.
    pub nav: Vec<NavItem>,
    /// What the last action did, said once.
    pub flash: Option<Flash>,
    /// Token for the hidden input `csrf` of every form on the page.
    pub csrf: String,
    /// Addresses of the shared files.
    pub assets: Assets,
    /// `Some` shows the search box with this query in it.
    pub search: Option<String>,
    /// Whether the person's menu offers to sign out.
    pub sign_out: bool,
    /// The page's language where it is not English.
    pub lang: &'static str,
    /// The call that answers what the page shows, if there is one.
    pub call: Option<ApiCall>,
}

/// A page's *As API call*.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiCall {
    /// The line to copy.
    pub curl: String,
    /// What the credential needs.
    pub permissions: String,
    /// Whose credential it must be.
    pub organisation: String,
    /// Where credentials are made, if the reader may.
    pub keys: Option<&'static str>,
}

/// The signed-in person as the top bar shows them.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Display name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// One or two letters for the monogram.
    pub initials: String,
    /// The role in words, such as `Administrator`.
    pub role_word: String,
    /// Name of the organisation that the person belongs to.
    pub organisation_name: String,
}

/// One place in the rail.
#[derive(Clone, Debug, Default)]
pub struct NavItem {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Id of a symbol in `static/icons/icons.svg`.
    pub icon: String,
    /// Whether the page shown belongs to it.
    pub current: bool,
}

/// One sentence that says what was done.
#[derive(Clone, Debug, Default)]
pub struct Flash {
    /// The sentence.
    pub text: String,
    /// `done` or `warning`.
    pub kind: &'static str,
    /// The way back, where there is one.
    pub undo: Option<Undo>,
}

/// A form with one button that takes the last action back.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    /// Address to post to.
    pub action: String,
    /// The button's words, usually `Undo`.
    pub label: String,
}

/// Hashed addresses of the shared files.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// All style sheets in one.
    pub stylesheet: String,
    /// The script.
    pub script: String,
    /// The icon sprite, without a fragment.
    pub icons: String,
    /// The favicon.
    pub logo: String,
}

/// A link with its words.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// The words.
    pub label: String,
    /// The address.
    pub href: String,
}

impl Link {
    /// A link to `href` that reads `label`.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// One field of a form, with what was typed and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Name and id of the control.
    pub name: &'static str,
    /// The label above it.
    pub label: &'static str,
    /// What the control holds; after an error what the person typed, unchanged.
    pub value: String,
    /// One sentence below the label; empty for none.
    pub help: String,
    /// What to do about a refused value, in words.
    pub error: Option<String>,
    /// Whether it may stay empty; marked *(optional)*.
    pub optional: bool,
    /// The input's type: `text` (also when empty), `email`, `url`, `tel`, `number`, `password`, `search`.
    pub kind: &'static str,
    /// The `autocomplete` token; empty means `off`.
    pub autocomplete: &'static str,
    /// The most characters accepted; 0 prints no limit.
    pub max: usize,
    /// Words behind the control, such as a unit; empty for none.
    pub unit: &'static str,
}

impl Field {
    /// A text field.
    pub fn new(name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind: "text", ..Self::default() }
    }

    /// Sets what the control holds.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Sets the sentence below the label.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Sets the message beside the field.
    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// Marks the field as one that may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Sets the input's type.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// Sets the `autocomplete` token.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }

    /// Sets the most characters accepted.
    #[must_use]
    pub fn max(mut self, characters: usize) -> Self {
        self.max = characters;
        self
    }

    /// Sets the words behind the control.
    #[must_use]
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }
}

/// One choice of a select, a list of radios or a data list.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One sentence below a radio's label; empty for none.
    pub help: String,
    /// Whether it is chosen.
    pub selected: bool,
}

impl Choice {
    /// A choice without a sentence of its own.
    pub fn new(value: impl Into<String>, label: impl Into<String>, selected: bool) -> Self {
        Self { value: value.into(), label: label.into(), help: String::new(), selected }
    }

    /// Sets the sentence below the label.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// One line of the summary above a refused form.
#[derive(Clone, Debug, Default)]
pub struct FieldError {
    /// Name of the field; empty when the message is about the whole form.
    pub field: &'static str,
    /// What to do, in words; the same as beside the field.
    pub message: String,
}

/// A column head.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Its words.
    pub label: &'static str,
    /// Address that sorts by it; `None` for a column that cannot be sorted.
    pub href: Option<String>,
    /// `ascending`, `descending`, or empty when the list is not sorted by it.
    pub sort: &'static str,
    /// Whether it holds numbers, which stand to the right.
    pub numeric: bool,
}

/// Keyset paging.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// Address of the page before, if there is one.
    pub newer: Option<String>,
    /// Address of the page behind, if there is one.
    pub older: Option<String>,
    /// Words in the middle, such as `25 of about 10,000`; empty for none.
    pub summary: String,
}

/// A place among its siblings: a tab of an object, or a filter of a list.
#[derive(Clone, Debug, Default)]
pub struct Tab {
    /// Its words.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Whether it is the one shown.
    pub current: bool,
    /// How many it holds, already formatted.
    pub count: Option<String>,
}

/// A state as a word, a shape and a colour.
#[derive(Clone, Debug, Default)]
pub struct Badge {
    /// `active`, `suspended`, `deleted`, `invited`, `removed` or `expired`: decides shape and colour.
    pub kind: &'static str,
    /// The word, such as `Active` or `Invited, 2 days ago`.
    pub word: String,
}

impl Badge {
    /// The badge of a state.
    pub fn new(kind: &'static str, word: impl Into<String>) -> Self {
        Self { kind, word: word.into() }
    }
}

/// An organisation's logo over the monogram that shows when there is none or it is broken.
#[derive(Clone, Debug, Default)]
pub struct Logo {
    /// One or two letters.
    pub initials: String,
    /// A steady colour derived from the id: 0 to 11.
    pub tint: u8,
    /// Address of the picture, `https` only.
    pub url: Option<String>,
}

/// One fact of an object page.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// Its name.
    pub label: &'static str,
    /// Its value; empty prints a dash that is read as *not set*.
    pub value: String,
    /// Where the value leads, if anywhere.
    pub href: Option<String>,
    /// The machine form of a date (RFC 3339), if the value is one.
    pub datetime: Option<String>,
    /// Whether the value is an identifier, printed in a fixed-width face.
    pub mono: bool,
}

impl Fact {
    /// A fact that is plain words.
    pub fn new(label: &'static str, value: impl Into<String>) -> Self {
        Self { label, value: value.into(), ..Self::default() }
    }

    /// A fact that is an identifier.
    pub fn id(label: &'static str, value: impl Into<String>) -> Self {
        Self { label, value: value.into(), mono: true, ..Self::default() }
    }

    /// A fact that is a moment: how it reads, and its RFC 3339 form.
    pub fn time(label: &'static str, value: impl Into<String>, datetime: impl Into<String>) -> Self {
        Self { label, value: value.into(), datetime: Some(datetime.into()), ..Self::default() }
    }

    /// Makes the value a link.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// The history of one day.
#[derive(Clone, Debug, Default)]
pub struct HistoryDay {
    /// The day in words, such as `Friday, 20 November 2026`.
    pub label: String,
    /// The day as `2026-11-20`.
    pub date: String,
    /// What happened, newest first.
    pub entries: Vec<HistoryEntry>,
}

/// One sentence of history: *actor* *action* *object* *rest*.
#[derive(Clone, Debug, Default)]
pub struct HistoryEntry {
    /// Id of a symbol in the sprite; empty for a plain dot.
    pub icon: &'static str,
    /// Who did it.
    pub actor: String,
    /// What they did, such as `suspended`.
    pub action: String,
    /// The printable name of what it was done to.
    pub object: String,
    /// Where the object is, if it can still be reached.
    pub href: Option<String>,
    /// The end of the sentence, with its own leading space or apostrophe; may be empty.
    pub rest: String,
    /// The time in words, such as `14:02`.
    pub time: String,
    /// The moment in RFC 3339.
    pub datetime: String,
    /// The names of the changed fields, in one line.
    pub summary: String,
    /// The changed fields, folded away.
    pub changes: Vec<Change>,
    /// Nothing was there before: only what the fields hold now is printed.
    pub creation: bool,
}

/// One changed field.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The field's label.
    pub field: String,
    /// What it held; empty prints *empty*.
    pub before: String,
    /// What it holds; empty prints *empty*.
    pub after: String,
}
