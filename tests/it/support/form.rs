//! A form as found in a page: its address, its hidden fields, its controls. Filling in what is not there fails.

use scraper::ElementRef;

use super::page::select;

/// One control with what it would send.
#[derive(Debug, Clone)]
struct Control {
    name: String,
    value: String,
    /// Whether it is sent: an unchecked box is not.
    sent: bool,
}

/// A form that can be filled in and sent.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    controls: Vec<Control>,
}

impl Form {
    /// Reads the form; a pressed button with a name sends its value too.
    pub fn of(form: ElementRef<'_>, pressed: Option<ElementRef<'_>>, page: &str) -> Self {
        let action = form.value().attr("action").filter(|action| !action.is_empty());
        let action = action.unwrap_or_else(|| page.split('?').next().unwrap_or_default()).to_owned();
        let mut new = Self { action, controls: Vec::new() };
        for control in form.select(&select("input[name], select[name], textarea[name]")) {
            new.read(control);
        }
        if let Some((name, value)) =
            pressed.and_then(|button| button.value().attr("name").zip(button.value().attr("value")))
        {
            new.set(name, value);
        }
        new
    }

    fn read(&mut self, control: ElementRef<'_>) {
        let attribute = |name: &str| control.value().attr(name).unwrap_or_default().to_owned();
        let (name, kind) = (attribute("name"), attribute("type"));
        let checkable = kind == "radio" || kind == "checkbox";
        let checked = control.value().attr("checked").is_some();
        let known = self.controls.iter_mut().find(|known| known.name == name);
        match known {
            Some(radio) if checkable && checked => (radio.value, radio.sent) = (attribute("value"), true),
            Some(_) => {}
            None => {
                let sent = !checkable || checked;
                let value = match control.value().name() {
                    "textarea" => control.text().collect(),
                    _ if checkable && !checked => String::new(),
                    _ => attribute("value"),
                };
                self.controls.push(Control { name, value, sent });
            }
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.controls.retain(|control| control.name != name);
        self.controls.push(Control { name: name.into(), value: value.into(), sent: true });
    }

    /// What a control holds, if the form has it.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.controls.iter().find(|control| control.name == name).map(|control| control.value.as_str())
    }

    /// The names of the controls that a person fills in or that travel along.
    pub fn names(&self) -> Vec<&str> {
        self.controls.iter().map(|control| control.name.as_str()).collect()
    }

    /// Fills a control in.
    #[must_use]
    #[track_caller]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        assert!(
            self.value(name).is_some(),
            "the form at {} has no field {name:?}, only {:?}",
            self.action,
            self.names()
        );
        self.set(name, value);
        self
    }

    /// Adds a field that the form does not have, as a forger would.
    #[must_use]
    pub fn forge(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// The body that a browser would send.
    pub fn body(&self) -> String {
        let sent = self.controls.iter().filter(|control| control.sent);
        let pairs: Vec<_> = sent.map(|control| (control.name.as_str(), control.value.as_str())).collect();
        serde_urlencoded::to_string(pairs).expect("text can be encoded")
    }
}
