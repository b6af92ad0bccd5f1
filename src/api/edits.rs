//! What a body changes of an organisation, field by field. Formats that write organisations share this; the rules for
//! each field are the features'.

use crate::organisations::Details;

/// Changes to make, in the order of the fields that were sent.
#[derive(Default)]
pub struct Edits(Vec<Edit>);

type Edit = Box<dyn Fn(&mut Details) + Send>;

impl Edits {
    /// Notes the change of a field that was sent and found good; what is wrong is noted elsewhere.
    pub fn note<T: Clone + Send + 'static>(&mut self, value: Option<T>, set: fn(&mut Details, T)) {
        if let Some(value) = value {
            self.0.push(Box::new(move |details| set(details, value.clone())));
        }
    }

    /// Makes the changes.
    pub fn make(&self, details: &mut Details) {
        for change in &self.0 {
            change(details);
        }
    }

    /// The organisation that they make out of nothing.
    pub fn whole(&self) -> Details {
        let mut details = Details::default();
        self.make(&mut details);
        details
    }
}
