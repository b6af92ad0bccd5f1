//! Reads a list of addresses as people have them: pasted from a mail, one a line, or CSV with a header line.
//!
//! Only takes apart; what an entry is worth is decided in `bulk.rs`. Nothing is dropped in silence: what is not an
//! address becomes an entry too, so that it can be shown with its reason.

/// One person of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// What stands where an address belongs.
    pub address: String,
    /// As written; empty for what the form says.
    pub role: String,
    pub language: String,
    /// The entry as it stood in the list, to be shown again.
    pub source: String,
}

/// A list, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The header line, if it has one.
    pub header: Option<String>,
    pub entries: Vec<Entry>,
}

/// Takes a list apart.
pub fn read(text: &str) -> Sheet {
    let text = text.trim_start_matches('\u{feff}').trim();
    let first = text.lines().next().unwrap_or_default();
    match columns(first) {
        Some(columns) => table(text, &columns),
        None => Sheet { header: None, entries: pasted(text) },
    }
}

/// The list that only holds these entries.
pub fn rest<'a>(header: Option<&'a str>, sources: impl Iterator<Item = &'a str>) -> String {
    header.into_iter().chain(sources).collect::<Vec<_>>().join("\n")
}

/// Which column is which, told by a header line.
struct Columns {
    separator: char,
    address: usize,
    role: Option<usize>,
    language: Option<usize>,
}

fn columns(line: &str) -> Option<Columns> {
    let of = |separator: char| {
        let names: Vec<String> =
            records(line, separator).into_iter().flat_map(|record| record.fields).map(|name| folded(&name)).collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        let address = find(&["email", "e-mail", "email address", "e-mail address"])?;
        Some(Columns { separator, address, role: find(&["role"]), language: find(&["language"]) })
    };
    [',', ';', '\t'].into_iter().find_map(of)
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace('_', " ")
}

fn table(text: &str, columns: &Columns) -> Sheet {
    let mut records = records(text, columns.separator).into_iter();
    let header = records.next().map(|record| record.source);
    let field = |fields: &[String], at: Option<usize>| {
        at.and_then(|at| fields.get(at)).map(|field| field.trim().to_owned()).unwrap_or_default()
    };
    let entry = |record: Record| Entry {
        address: bare(&field(&record.fields, Some(columns.address))),
        role: field(&record.fields, columns.role),
        language: field(&record.fields, columns.language),
        source: record.source,
    };
    let filled = records.filter(|record| record.fields.iter().any(|field| !field.trim().is_empty()));
    Sheet { header, entries: filled.map(entry).collect() }
}

/// `ana@x.org` of `Ana <ana@x.org>`; anything else as it is.
fn bare(field: &str) -> String {
    let inner = field.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map(|(_, inner)| inner.trim());
    inner.unwrap_or(field).to_owned()
}

/// One record of a CSV file.
#[derive(Default)]
struct Record {
    fields: Vec<String>,
    source: String,
}

/// RFC 4180, with any separator: quoted fields hold separators, line breaks and doubled quotes.
fn records(text: &str, separator: char) -> Vec<Record> {
    let mut found = Vec::new();
    let (mut record, mut field, mut quoted) = (Record::default(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\n' && !quoted {
            record.fields.push(std::mem::take(&mut field));
            found.push(std::mem::take(&mut record));
            continue;
        }
        record.source.push(c);
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                record.source.extend(characters.next());
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            c if c == separator && !quoted => record.fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    record.fields.push(field);
    found.push(record);
    found
}

/// What a pasted list is made of.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Word(String),
    /// What stood in quotes: a name, whatever is in it.
    Quoted,
    /// What stood in angle brackets: an address, whose name stands before it.
    Angle(String),
    Comma,
    /// A semicolon or the end of a line.
    End,
}

/// Addresses separated by lines, semicolons, commas or spaces, with or without names.
fn pasted(text: &str) -> Vec<Entry> {
    let (mut found, mut waiting) = (Vec::new(), Vec::<String>::new());
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => waiting.push(word),
            Piece::Quoted => {}
            Piece::Angle(address) => {
                waiting.retain(|word| word.contains('@'));
                settle(&mut found, &mut waiting);
                found.push(address);
            }
            // "Doe, Ana <ana@x.org>" has a comma inside a name.
            Piece::Comma if !waiting.iter().any(|word| word.contains('@')) => {}
            Piece::Comma | Piece::End => settle(&mut found, &mut waiting),
        }
    }
    settle(&mut found, &mut waiting);
    found.into_iter().map(|address| Entry { source: address.clone(), address, ..Entry::default() }).collect()
}

/// Words that no address in brackets followed: each address is an entry, and what stands between them is one.
fn settle(found: &mut Vec<String>, waiting: &mut Vec<String>) {
    let mut stray: Vec<String> = Vec::new();
    for word in waiting.drain(..) {
        if word.contains('@') {
            found.extend((!stray.is_empty()).then(|| std::mem::take(&mut stray).join(" ")));
            found.push(word);
        } else {
            stray.push(word);
        }
    }
    found.extend((!stray.is_empty()).then(|| stray.join(" ")));
}

fn pieces(text: &str) -> Vec<Piece> {
    let (mut found, mut word) = (Vec::new(), String::new());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let closing = if c == '<' { Some('>') } else { (c == '"' && word.is_empty()).then_some('"') };
        let inner = closing.and_then(|closing| rest.as_str().split_once(closing)).map(|(inner, _)| inner);
        let single = match c {
            ',' => Some(Piece::Comma),
            ';' | '\n' => Some(Piece::End),
            _ => inner.filter(|inner| !inner.contains('\n')).map(|inner| {
                rest = rest.as_str()[inner.len() + 1..].chars();
                if c == '<' { Piece::Angle(inner.trim().to_owned()) } else { Piece::Quoted }
            }),
        };
        if single.is_none() && !c.is_whitespace() {
            word.push(c);
            continue;
        }
        found.extend((!word.is_empty()).then(|| Piece::Word(std::mem::take(&mut word))));
        found.extend(single);
    }
    found.extend((!word.is_empty()).then_some(Piece::Word(word)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        read(text).entries.into_iter().map(|entry| entry.address).collect()
    }

    #[test]
    fn addresses_stand_on_lines_or_between_commas_semicolons_and_spaces() {
        for text in
            ["a@x.org\nb@x.org", "a@x.org, b@x.org", "a@x.org;b@x.org;", " a@x.org\tb@x.org \n\n", "a@x.org,,b@x.org"]
        {
            assert_eq!(addresses(text), ["a@x.org", "b@x.org"], "{text:?}");
        }
    }

    #[test]
    fn a_name_before_an_address_in_brackets_is_not_an_entry() {
        let text = "Ana <a@x.org>; \"Doe, <Bob>\" <b@x.org>, Roe, Cai <c@x.org>\nd@x.org Eve <e@x.org>";
        assert_eq!(addresses(text), ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"]);
    }

    #[test]
    fn what_is_no_address_is_an_entry_all_the_same() {
        assert_eq!(addresses("see below\nana\na@x.org and others"), ["see below", "ana", "a@x.org", "and others"]);
        assert_eq!(addresses("<a@x.org\n\"b@x.org"), ["<a@x.org", "\"b@x.org"]);
        assert_eq!(addresses("Ana <>"), [""]);
        assert_eq!(addresses(" \n "), [""; 0]);
    }

    #[test]
    fn csv_has_columns_in_any_order_and_case_and_with_any_separator() {
        let wanted =
            Entry { address: "a@x.org".into(), role: "Manager".into(), language: "de".into(), source: String::new() };
        for text in [
            "email,role,language\na@x.org,Manager,de",
            "\u{feff}Language;EMAIL;Phone;Role\nde; a@x.org ;1;Manager\n;;;\n",
            "role\tE-Mail\tlanguage\n\"Manager\"\t\"Ana, \"\"A\"\" <a@x.org>\"\tde",
        ] {
            let sheet = read(text);
            assert!(sheet.header.is_some(), "{text}");
            assert_eq!(sheet.entries.len(), 1, "{text}");
            assert_eq!(Entry { source: String::new(), ..sheet.entries[0].clone() }, wanted, "{text}");
        }
    }

    #[test]
    fn the_rest_of_a_list_can_be_read_again() {
        let sheet = read("email,role\n\"Ana, A <a@x.org>\",member\nb@x.org,\n");
        let rest = rest(sheet.header.as_deref(), sheet.entries.iter().map(|entry| entry.source.as_str()));
        assert_eq!(read(&rest), sheet);
        assert_eq!(read("email\na@x.org").entries[0].role, "");
    }

    #[test]
    fn quotes_that_never_close_and_odd_lines_end_nowhere_else() {
        assert_eq!(addresses("email,role\n\"a@x.org,member\nb@x.org"), ["a@x.org,member\nb@x.org"]);
        assert_eq!(addresses("email,role\nb@x.org,member,more,and,more"), ["b@x.org"]);
        assert_eq!(read("name,role\nAna,member").header, None);
    }
}
