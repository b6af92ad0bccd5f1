//! *Import*: partners from a spreadsheet. Every row is shown with what would become of it; created only when the reader
//! has seen it and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;
use uuid::Uuid;

use super::super::actions;
use super::super::forms::{self, IMPORTED_AT_MOST, ImportForm};
use super::super::import::{self, Row, RowFault, Rows, Target};
use super::super::imports;
use crate::access::{Actor, WritePartners};
use crate::db::Fault;
use crate::input::{Problem, Problems, shown};
use crate::web::kept::Kept;
use crate::web::once::{self, Claim};
use crate::web::view::{Badge, Fact, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, paths, see_other};

/// Bytes of the form: the rows are in it as the browser writes them, three bytes for many a character.
pub const FORM_LIMIT: usize = 256 * 1024;

#[derive(Template)]
#[template(path = "organisations/import.html")]
pub struct ImportPage {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub errors: Vec<FieldError>,
    pub file: Field,
    /// What was imported just now, and the import's page.
    pub made: Option<(String, Link)>,
    /// The rows with what they are, once there is a file.
    pub judged: Option<Judged>,
    /// What the first line may say, and what belongs below.
    pub headings: Vec<Fact>,
}

/// A file that was looked at.
pub struct Judged {
    pub counts: Vec<(Badge, String)>,
    pub rows: Vec<RowView>,
    /// What imports them; None when no row can be, or all that can were.
    pub confirm: Option<Confirm>,
}

/// The form that imports what was looked at: the same file, out of reach.
pub struct Confirm {
    pub file: String,
    pub once: String,
    pub button: String,
}

/// One row as the table prints it.
pub struct RowView {
    pub number: u64,
    pub name: String,
    pub code: String,
    pub zuora: String,
    pub badge: Badge,
    pub sentences: Vec<String>,
}

/// A file taken apart: what can be created, and what is wrong with the other rows.
struct File {
    good: Arc<[Row]>,
    faults: BTreeMap<u64, Wrong>,
}

/// A row that is not imported: its name as it was written, and why.
type Wrong = (String, Vec<RowFault>);

const TITLE: &str = "Import partners";
const HEADINGS: [(&str, &str); 9] = [
    ("Partner organisation name", "At most 100 characters. No other organisation has it."),
    ("Zuora account ID", "You find it in Zuora under Customers."),
    ("Zuora Invoice Owner", "Partner or End customer."),
    ("Salesforce account ID", "Where you keep your partners in Salesforce."),
    ("Logo (URL)", "An https address. (optional)"),
    ("Code", "Your own short name for the partner. No other organisation has it. (optional)"),
    ("Country", "Two letters, such as DE. (optional)"),
    ("Time zone", "Such as Europe/Rome. Without it, that of your own organisation. (optional)"),
    ("Customers", "How many the partner has. (optional)"),
];

impl ImportPage {
    fn of(frame: &Frame, typed: &ImportForm, problems: &Problems) -> Self {
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}{TITLE}")),
            crumbs: super::crumbs(),
            errors: forms::summary(problems),
            file: forms::file_field(&typed.file, problems),
            made: None,
            judged: None,
            headings: HEADINGS.iter().map(|(heading, below)| Fact::new(heading, *below)).collect(),
        }
    }
}

/// `GET /settings/profile/partners/import`
pub async fn form(_: Actor<WritePartners>, frame: Frame, kept: Kept<ImportForm>) -> Result<HttpResponse, AppError> {
    frame.page(&ImportPage::of(&frame, &kept.0.unwrap_or_default(), &Problems::default()))
}

/// `POST /settings/profile/partners/import`
pub async fn create(
    request: HttpRequest,
    who: Actor<WritePartners>,
    frame: Frame,
    sent: Submitted<ImportForm, FORM_LIMIT>,
) -> Result<HttpResponse, AppError> {
    let typed = sent.0;
    let mut file = match File::of(&typed.file, who.tenant.uses_salesforce) {
        Ok(file) => file,
        Err(problems) => return frame.refused(&ImportPage::of(&frame, &typed, &problems)),
    };
    if typed.confirm.is_empty() {
        file.refuse(attempt(&frame, &who, &file).await?);
        return frame.page(&look(&frame, &typed, &file, &Problems::default()));
    }
    match write(&frame, &who, &typed, &file).await {
        Ok(Written::Before(location)) => Ok(see_other(location).respond_to(&request)),
        Ok(Written::Now(id, refused)) => {
            file.refuse(refused);
            told(&request, &frame, typed, &file, id)
        }
        Err(Fault::Refused(why)) => {
            let sentence = match why {
                Unmade::Nothing(refused) => {
                    file.refuse(refused);
                    "No row can be imported. The reasons are beside them."
                }
                Unmade::Used => "Something was imported from this form already. Check what is left.",
            };
            let problems = Problems::one("file", Problem::NotAllowed(sentence));
            frame.answer(StatusCode::UNPROCESSABLE_ENTITY, &look(&frame, &typed, &file, &problems))
        }
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

impl File {
    fn of(text: &str, salesforce: bool) -> Result<Self, Problems> {
        let wrong = |sentence: String| Problems::one("file", Problem::Taken(sentence));
        if text.trim().is_empty() {
            return Err(wrong("Paste the rows of your partners, with their headings.".into()));
        }
        let (mut good, mut faults) = (Vec::new(), BTreeMap::new());
        let mut rows = Rows::of(text.as_bytes(), salesforce).map_err(wrong)?;
        while let Some(row) = rows.next() {
            if good.len() + faults.len() >= IMPORTED_AT_MOST {
                return Err(wrong(format!(
                    "Import {} at most at a time; the API takes more.",
                    partners(IMPORTED_AT_MOST)
                )));
            }
            match row {
                Ok(row) => good.push(row),
                Err(why) => drop(faults.insert(why.first().map_or(0, |fault| fault.row), (rows.name(), why))),
            }
        }
        if good.is_empty() && faults.is_empty() {
            return Err(wrong("There are headings, but no row below them.".into()));
        }
        Ok(Self { good: good.into(), faults })
    }

    fn refuse(&mut self, refused: Vec<RowFault>) {
        for fault in refused {
            let name = self.good.iter().find(|row| row.row == fault.row).map(|row| row.details.name.clone());
            self.faults.entry(fault.row).or_insert_with(|| (name.unwrap_or_default(), Vec::new())).1.push(fault);
        }
    }

    /// The rows that nothing is wrong with.
    fn sound(&self) -> impl Iterator<Item = &Row> {
        self.good.iter().filter(|row| !self.faults.contains_key(&row.row))
    }
}

/// What the database would refuse: everything is written, and undone.
async fn attempt(frame: &Frame, who: &Actor<WritePartners>, file: &File) -> Result<Vec<RowFault>, AppError> {
    let (target, rows, now) = (Target::of(who), Arc::clone(&file.good), frame.portal.clock.now());
    let work = move |tx: &mut _| {
        let tried = import::save(tx, &target, now, &rows).map_err(|fault| fault.map_refusal(|never| match never {}))?;
        Err::<(), _>(Fault::Refused(tried))
    };
    match frame.portal.db.write(work).await {
        Ok(()) => Ok(Vec::new()),
        Err(Fault::Refused(tried)) => Ok(tried),
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

/// What confirming came to.
enum Written {
    Now(Uuid, Vec<RowFault>),
    /// The same form was sent before; this is its import.
    Before(String),
}

/// Why nothing was written.
enum Unmade {
    Nothing(Vec<RowFault>),
    Used,
}

async fn write(
    frame: &Frame,
    who: &Actor<WritePartners>,
    typed: &ImportForm,
    file: &File,
) -> Result<Written, Fault<Unmade>> {
    let (target, rows, now) = (Target::of(who), Arc::clone(&file.good), frame.portal.clock.now());
    let (id, who) = (actions::new_id(now), who.clone());
    let form = once::Sent { key: typed.once.clone(), user: who.user.id, content: typed.file.clone() };
    let work = move |tx: &mut _| match once::claim(tx, &form, &paths::partners_import(id), now)? {
        Claim::Again(first) => Ok(Written::Before(first)),
        Claim::Changed => Err(Fault::Refused(Unmade::Used)),
        Claim::First => match imports::make(tx, (&target, &who), (id, now), &rows) {
            Ok(refused) => Ok(Written::Now(id, refused)),
            Err(fault) => Err(fault.map_refusal(Unmade::Nothing)),
        },
    };
    frame.portal.db.write(work).await
}

/// All in: the import's page. Some not: they stay in the form, with their reasons.
fn told(
    request: &HttpRequest,
    frame: &Frame,
    mut typed: ImportForm,
    file: &File,
    id: Uuid,
) -> Result<HttpResponse, AppError> {
    let location = paths::partners_import(id);
    let said = format!("{} imported.", are(file.sound().count()));
    if file.faults.is_empty() {
        let said = Flash::done(said).undo(format!("{location}/undo"));
        return Ok(see_other(location).flash(said).respond_to(request));
    }
    let left: BTreeSet<u64> = file.faults.keys().copied().collect();
    typed.file = import::only(&typed.file, &left);
    let page = ImportPage::of(frame, &typed, &Problems::default());
    let said = format!("{said} {} not: below are the reasons, and the rows to mend.", are(left.len()));
    let judged = Judged { confirm: None, counts: Vec::new(), rows: file.faults.iter().map(faulty).collect() };
    let made = Some((said, Link::new("See what was imported", location)));
    frame.page(&ImportPage { made, judged: Some(judged), ..page })
}

fn are(number: usize) -> String {
    format!("{} {}", partners(number), if number == 1 { "is" } else { "are" })
}

/// *1 partner*, *23 partners*.
pub fn partners(number: usize) -> String {
    if number == 1 { "1 partner".into() } else { format!("{} partners", crate::web::numbers::grouped(number as u64)) }
}

/// The page with what would happen.
fn look(frame: &Frame, typed: &ImportForm, file: &File, problems: &Problems) -> ImportPage {
    let sound = file.sound().count();
    let counts = [(Badge::new("active", "New"), sound), (refused_badge(), file.faults.len())];
    let confirm = (sound > 0).then(|| Confirm {
        file: typed.file.clone(),
        once: once::new_key(frame.portal.clock.now()),
        button: format!("Import {}", partners(sound)),
    });
    let mut rows: Vec<RowView> = file.sound().map(fine).chain(file.faults.iter().map(faulty)).collect();
    // What needs a hand comes first.
    rows.sort_by_key(|row| (row.sentences.is_empty(), row.number));
    let counts = counts.into_iter().filter(|(_, number)| *number > 0);
    let counts = counts.map(|(badge, number)| (badge, number.to_string())).collect();
    let judged = Some(Judged { counts, rows, confirm });
    ImportPage { judged, ..ImportPage::of(frame, typed, problems) }
}

fn refused_badge() -> Badge {
    Badge::new("deleted", "Not imported")
}

fn fine(row: &Row) -> RowView {
    let details = &row.details;
    RowView {
        number: row.row,
        name: details.name.clone(),
        code: details.code.clone().unwrap_or_default(),
        zuora: details.zuora_account_id.clone().unwrap_or_default(),
        badge: Badge::new("active", "New"),
        sentences: Vec::new(),
    }
}

fn faulty((number, (name, faults)): (&u64, &Wrong)) -> RowView {
    let sentence = |fault: &RowFault| match label(fault.column) {
        "" => fault.message.clone(),
        "Zuora Invoice Owner" => "Zuora Invoice Owner: Enter Partner or End customer.".into(),
        label => format!("{label}: {}", fault.message),
    };
    let (code, zuora) = (String::new(), String::new());
    let sentences = faults.iter().map(sentence).collect();
    RowView { number: *number, name: shown(name), code, zuora, badge: refused_badge(), sentences }
}

/// What the pages call a column.
fn label(column: &str) -> &'static str {
    match column {
        "name" => "Partner organisation name",
        "logo" => "Logo (URL)",
        "zuoraAccountId" => "Zuora account ID",
        "isZuoraInvoiceOwner" => "Zuora Invoice Owner",
        "salesforceAccountId" => "Salesforce account ID",
        "code" => "Code",
        "country" => "Country",
        "timezone" => "Time zone",
        "customerCount" => "Customers",
        "properties" => "Properties",
        _ => "",
    }
}
