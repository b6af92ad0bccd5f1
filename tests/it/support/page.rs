//! A page as its reader has it: headings, text, links by their words, forms by their buttons, errors by their fields.

use scraper::{ElementRef, Html, Selector};

use super::form::Form;
use super::http::Answer;

/// One parsed page.
pub struct Page {
    html: Html,
    address: String,
}

/// A selector that is known to be one.
pub fn select(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|_| panic!("{css} is not a selector"))
}

/// The text of an element, its spaces collapsed.
pub fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    pub fn parse(answer: &Answer) -> Self {
        Self { html: Html::parse_document(&answer.body), address: answer.address.clone() }
    }

    /// Every element that a selector finds.
    pub fn all(&self, css: &str) -> Vec<ElementRef<'_>> {
        self.html.select(&select(css)).collect()
    }

    fn first(&self, css: &str) -> Option<ElementRef<'_>> {
        self.html.select(&select(css)).next()
    }

    /// All text, its spaces collapsed.
    pub fn text(&self) -> String {
        self.first("body").map(words).unwrap_or_default()
    }

    /// The text of the main part.
    pub fn main(&self) -> String {
        self.first("main").map(words).unwrap_or_default()
    }

    /// The page's one heading of the first rank.
    pub fn heading(&self) -> String {
        self.first("h1").map(words).unwrap_or_default()
    }

    pub fn title(&self) -> String {
        self.first("title").map(words).unwrap_or_default()
    }

    /// The sentence about what was just done.
    pub fn status(&self) -> String {
        self.first("main [role=status]").map(words).unwrap_or_default()
    }

    /// The summary of what is wrong, empty when nothing is.
    pub fn alert(&self) -> String {
        self.first("[role=alert]").map(words).unwrap_or_default()
    }

    /// Where the link with these words goes, in the main part or anywhere.
    pub fn link(&self, text: &str) -> String {
        let links = self.all("main a[href]").into_iter().chain(self.all("a[href]"));
        let found = links.into_iter().find(|link| words(*link) == text);
        let href = found.and_then(|link| link.value().attr("href"));
        href.unwrap_or_else(|| panic!("{} has no link {text:?}: {}", self.address, self.text())).to_owned()
    }

    /// Whether a link or a button has these words.
    pub fn offers(&self, text: &str) -> bool {
        self.all("a[href], button").into_iter().any(|one| words(one) == text)
    }

    /// The words of the tab that begins with these.
    pub fn tab(&self, beginning: &str) -> String {
        let tabs = self.all("main nav a[href], main ul a[href]").into_iter().map(words);
        tabs.into_iter().find(|text| text.starts_with(beginning)).expect("a tab")
    }

    /// The value of a definition list's term.
    pub fn fact(&self, term: &str) -> String {
        let pairs = self.all("main dl div").into_iter();
        let found = pairs.filter(|pair| pair.select(&select("dt")).next().is_some_and(|dt| words(dt) == term));
        let value = found.filter_map(|pair| pair.select(&select("dd")).next()).map(words).next();
        value.unwrap_or_else(|| panic!("{} says nothing of {term:?}: {}", self.address, self.main()))
    }

    /// The cells of the main table's body, row by row.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let row = |row: ElementRef<'_>| row.select(&select("th, td")).map(words).collect();
        self.all("main table tbody tr").into_iter().map(row).collect()
    }

    /// The headings of the main table's columns.
    pub fn columns(&self) -> Vec<String> {
        self.all("main table thead th").into_iter().map(words).collect()
    }

    /// The message beside a field, empty when there is none.
    pub fn error_of(&self, field: &str) -> String {
        self.first(&format!("[id='{field}-error']")).map(words).unwrap_or_default()
    }

    /// The form with a button of these words.
    #[track_caller]
    pub fn form(&self, button: &str) -> Form {
        let forms = self.all("form").into_iter();
        let found = forms.filter_map(|form| {
            let pressed = form.select(&select("button")).find(|one| words(*one) == button)?;
            Some(Form::of(form, Some(pressed), &self.address))
        });
        let found = found.collect::<Vec<_>>();
        found
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("{} has no form with the button {button:?}: {}", self.address, self.text()))
    }

    /// Every form that posts, with its first button.
    pub fn posting_forms(&self) -> Vec<Form> {
        let forms = self.all("form[method=post]").into_iter();
        forms.map(|form| Form::of(form, form.select(&select("button")).next(), &self.address)).collect()
    }

    /// The value that a control shows.
    pub fn value_of(&self, name: &str) -> String {
        let posting = self.posting_forms();
        let field = posting.iter().find_map(|form| form.value(name));
        field.unwrap_or_else(|| panic!("{} has no field {name:?}", self.address)).to_owned()
    }

    /// The token of the page's forms.
    pub fn csrf(&self) -> String {
        self.first("input[name=csrf]").and_then(|one| one.value().attr("value")).unwrap_or_default().to_owned()
    }

    /// Every id of the page, as often as it occurs.
    pub fn ids(&self) -> Vec<String> {
        self.all("[id]").into_iter().filter_map(|one| one.value().attr("id")).map(str::to_owned).collect()
    }
}
