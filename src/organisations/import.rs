//! Partners from a CSV file: each row checked as *Create Partner* checks its form, the others told with row, column and
//! reason. For the API and the command line alike; how good rows get into the database is `load.rs`.
//!
//! The columns are the members of an organisation in the API, so that an export can be imported elsewhere; the labels of
//! the form are understood too. Cells may be parted as spreadsheets do: by commas, semicolons or tabs.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::forms::CreateForm;
pub use super::load::{prepare, save, settle};
use super::model::{Details, name_key, properties_problem};
use crate::access::{Actor, OrganisationKind, WritePartners};
use crate::csv::{BOM, unguarded};
use crate::db::schema::{organisations, tenants};
use crate::input::{self, Problem};

/// Rows that are written together, in one transaction: as many as take a moment.
pub const BATCH: usize = 1_000;

/// What is read, and what an export has besides.
const TAKEN: [&str; 10] = [
    "name",
    "logo",
    "zuoraAccountId",
    "isZuoraInvoiceOwner",
    "salesforceAccountId",
    "code",
    "country",
    "timezone",
    "customerCount",
    "properties",
];
const PASSED_OVER: &str = "id number kind parentId importId shop selfService state users version createdAt updatedAt";
/// What the pages call a column, as letters only.
const LABELS: [(&str, &str); 4] = [
    ("partnerorganisationname", "name"),
    ("logourl", "logo"),
    ("zuorainvoiceowner", "isZuoraInvoiceOwner"),
    ("customers", "customerCount"),
];

/// Where partners go, and who brings them; nobody is the program itself, told from the command line.
#[derive(Debug, Clone)]
pub struct Target {
    pub tenant: Uuid,
    /// The tenant's own organisation.
    pub parent: Uuid,
    pub time_zone: String,
    pub salesforce: bool,
    pub by: Option<Actor<WritePartners>>,
    /// The import by which they can be found and taken back.
    pub import: Option<Uuid>,
}

/// Why a row is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Its number in the file; the header is row 1.
    pub row: u64,
    /// The column; empty for the row as a whole.
    pub column: &'static str,
    pub code: &'static str,
    pub message: String,
}

/// A row that can be imported.
#[derive(Debug, Clone)]
pub struct Row {
    pub row: u64,
    pub details: Details,
}

/// The rows of a file, checked one by one.
pub struct Rows<R> {
    reader: csv::Reader<BufReader<R>>,
    columns: Vec<String>,
    salesforce: bool,
    row: u64,
    record: csv::ByteRecord,
    names: HashMap<String, u64>,
    codes: HashMap<String, u64>,
}

impl Target {
    /// The partners of whoever is asking.
    pub fn of(who: &Actor<WritePartners>) -> Self {
        Self {
            tenant: who.tenant.id,
            parent: who.organisation.id,
            time_zone: who.organisation.time_zone.clone(),
            salesforce: who.tenant.uses_salesforce,
            by: Some(who.clone()),
            import: None,
        }
    }
}

impl<R: Read> Rows<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// A sentence about the header.
    pub fn of(file: R, salesforce: bool) -> Result<Self, String> {
        let mut file = BufReader::new(file);
        let comma = parted_by(file.fill_buf().map_err(|error| error.to_string())?);
        let mut reader = reader(comma).from_reader(file);
        let mut header = csv::ByteRecord::new();
        if !reader.read_byte_record(&mut header).map_err(|error| error.to_string())? {
            return Err("The file is empty.".into());
        }
        let columns: Vec<String> = header.iter().map(|cell| column(&String::from_utf8_lossy(cell))).collect();
        let unknown = columns.iter().find(|name| !known().any(|known| known == name.as_str()));
        if let Some(unknown) = unknown {
            let unknown: String = unknown.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(format!("The column “{unknown}” is not known. Columns: {}.", TAKEN.join(", ")));
        }
        if columns.iter().collect::<HashSet<_>>().len() < columns.len() {
            return Err("A column stands twice.".into());
        }
        if !columns.iter().any(|name| name == "name") {
            return Err("The column name is missing.".into());
        }
        let (names, codes) = (HashMap::new(), HashMap::new());
        Ok(Self { reader, columns, salesforce, row: 1, record: csv::ByteRecord::new(), names, codes })
    }

    /// The name in the row that was read last, as it was written.
    pub fn name(&self) -> String {
        let at = self.columns.iter().position(|column| column == "name").unwrap_or_default();
        String::from_utf8_lossy(self.record.get(at).unwrap_or_default()).into_owned()
    }

    fn check(&mut self, record: &csv::ByteRecord) -> Result<Row, Vec<RowFault>> {
        let row = self.row;
        let whole = |code, message: &str| vec![RowFault { row, column: "", code, message: message.into() }];
        if record.len() != self.columns.len() {
            return Err(whole("wrong_length", "The row has another number of cells than the header."));
        }
        let cells: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
        let Ok(cells) = cells else { return Err(whole("not_utf8", "Save the file as UTF-8.")) };
        let cell = |name: &str| {
            let at = self.columns.iter().position(|column| column == name);
            at.map_or("", |at| unguarded(cells[at]))
        };
        if cell("kind") == "host" {
            return Err(whole("not_a_partner", "This is the programme's own organisation."));
        }
        let details = details(&cell, self.salesforce).map_err(|faults| {
            let fault = |(column, code, message)| RowFault { row, column, code, message };
            faults.into_iter().map(fault).collect::<Vec<_>>()
        })?;
        let twice = |column, first: u64| {
            let message = format!("Row {first} has the same {column}.");
            vec![RowFault { row, column, code: "taken", message }]
        };
        let code = details.code.as_ref().map(|code| code.to_lowercase());
        if let Some(first) = self.names.get(&name_key(&details.name)) {
            return Err(twice("name", *first));
        }
        if let Some(first) = code.as_ref().and_then(|code| self.codes.get(code)) {
            return Err(twice("code", *first));
        }
        self.names.insert(name_key(&details.name), row);
        self.codes.extend(code.map(|code| (code, row)));
        Ok(Row { row, details })
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row, Vec<RowFault>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.row += 1;
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => None,
            Ok(true) => {
                let record = std::mem::take(&mut self.record);
                let checked = self.check(&record);
                self.record = record;
                Some(checked)
            }
            Err(error) => {
                let fault = RowFault { row: self.row, column: "", code: "unreadable", message: error.to_string() };
                Some(Err(vec![fault]))
            }
        }
    }
}

type CellFault = (&'static str, &'static str, String);

/// What parts the cells of a file, by its first line.
fn parted_by(begin: &[u8]) -> u8 {
    let line = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let times = |comma: u8| line.split(|byte| *byte == comma).count();
    // The last of equals wins.
    [b'\t', b';', b','].into_iter().max_by_key(|comma| times(*comma)).unwrap_or(b',')
}

fn reader(comma: u8) -> csv::ReaderBuilder {
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(comma).flexible(true).has_headers(false);
    reader
}

fn known() -> impl Iterator<Item = &'static str> {
    TAKEN.into_iter().chain(PASSED_OVER.split(' '))
}

/// A column by its name or by a page's label, in any case and however its words are joined.
fn column(cell: &str) -> String {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let (cell, written) = (cell.trim_start_matches(BOM).trim(), letters(cell));
    let own = known().find(|name| letters(name) == written);
    let label = || LABELS.iter().find(|(label, _)| *label == written).map(|(_, name)| *name);
    own.or_else(label).unwrap_or(cell).to_owned()
}

/// The header of a file and some of its rows, as they were written; the header is row 1.
pub fn only(file: &str, rows: &BTreeSet<u64>) -> String {
    let mut reader = reader(parted_by(file.as_bytes())).from_reader(file.as_bytes());
    let (mut record, mut begins) = (csv::ByteRecord::new(), Vec::new());
    while reader.read_byte_record(&mut record).unwrap_or_default() {
        begins.push(record.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or_default());
    }
    begins.push(file.len());
    let lines = begins.windows(2).zip(1..).filter(|(_, row)| *row == 1 || rows.contains(row));
    lines.filter_map(|(place, _)| file.get(place[0]..place[1])).collect()
}

/// The rules of the form, and of the API for what the form does not have.
fn details<'a>(cell: &impl Fn(&str) -> &'a str, salesforce: bool) -> Result<Details, Vec<CellFault>> {
    let owner = match cell("isZuoraInvoiceOwner").trim().to_ascii_lowercase().as_str() {
        "true" | "partner" => "partner",
        "false" | "end customer" | "end_customer" => "end_customer",
        _ => "",
    };
    let form = CreateForm {
        name: cell("name").into(),
        logo: cell("logo").into(),
        zuora_account_id: cell("zuoraAccountId").into(),
        salesforce_account_id: cell("salesforceAccountId").into(),
        invoice_owner: owner.into(),
        once: String::new(),
    };
    let mut faults: Vec<CellFault> = Vec::new();
    let mut details = form.parse(salesforce).unwrap_or_else(|problems| {
        faults.extend(problems.iter().map(|(field, problem)| told(field, problem)));
        Details::default()
    });
    beyond_the_form(cell, &mut details, &mut faults);
    let properties = Some(cell("properties")).filter(|text| !text.trim().is_empty());
    match properties.map(serde_json::from_str::<serde_json::Value>).transpose() {
        Err(_) => faults.push(("properties", "not_an_object", "Send an object of strings.".into())),
        Ok(None) => {}
        Ok(Some(value)) => match properties_problem(&value) {
            Some((code, message)) => faults.push(("properties", code, message.into())),
            None => details.properties = value,
        },
    }
    if faults.is_empty() { Ok(details) } else { Err(faults) }
}

/// The columns that the form of a new partner does not have.
fn beyond_the_form<'a>(cell: &impl Fn(&str) -> &'a str, details: &mut Details, faults: &mut Vec<CellFault>) {
    let mut note = |column, problem: &Problem| faults.push((column, problem.code(), problem.words()));
    match input::code(cell("code")) {
        Ok(code) => details.code = code,
        Err(problem) => note("code", &problem),
    }
    match input::country(cell("country")) {
        Ok(country) => details.country = country,
        Err(problem) => note("country", &problem),
    }
    match Some(cell("timezone")).filter(|zone| !zone.trim().is_empty()).map(input::time_zone).transpose() {
        Ok(zone) => details.time_zone = zone,
        Err(problem) => note("timezone", &problem),
    }
    match Some(cell("customerCount")).filter(|count| !count.trim().is_empty()).map(input::sales_amount).transpose() {
        Ok(count) => details.customer_count = count.unwrap_or_default(),
        Err(problem) => note("customerCount", &problem),
    }
}

/// A problem of the form under the name of its column.
fn told(field: &str, problem: &Problem) -> CellFault {
    match field {
        "name" => ("name", problem.code(), problem.words()),
        "logo" => ("logo", problem.code(), problem.words()),
        "zuora_account_id" => ("zuoraAccountId", problem.code(), problem.words()),
        "salesforce_account_id" => ("salesforceAccountId", problem.code(), problem.words()),
        _ => ("isZuoraInvoiceOwner", "not_a_boolean", "Enter true or false.".into()),
    }
}

/// The tenant of a slug, for the command line. None when there is none.
pub fn target(conn: &mut PgConnection, slug: &str) -> QueryResult<Option<Target>> {
    let found = organisations::table
        .inner_join(tenants::table)
        .filter(tenants::slug.eq(slug))
        .filter(organisations::kind.eq(OrganisationKind::Host))
        .select((tenants::id, organisations::id, organisations::time_zone, tenants::uses_salesforce))
        .first::<(Uuid, Uuid, String, bool)>(conn)
        .optional()?;
    Ok(found.map(|(tenant, parent, time_zone, salesforce)| {
        let (by, import) = (None, None);
        Target { tenant, parent, time_zone, salesforce, by, import }
    }))
}
