//! Comma-separated values as RFC 4180 has them: rows end in CR LF, a quote is doubled, and no cell can become a formula
//! in a spreadsheet. Knows no table and no format but this one.

/// What a file begins with. Spreadsheets take a file without it for one in the encoding of their country.
pub const BOM: &str = "\u{feff}";

/// A text that begins with one of these is a formula to some spreadsheet; the wide ones are to those of East Asia.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet could take this text for a formula.
fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}

/// Appends a text as a cell, guarded and quoted where it must be. Separators are the caller's.
pub fn text(out: &mut String, text: &str) {
    let formula = is_formula(text);
    let quoted = formula || text.contains([',', ';', '"', '\r', '\n', '\t']) || text.trim() != text;
    if !quoted {
        out.push_str(text);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}

/// The text that [`text`] made a cell of: its guard, if it has one, is taken off.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Appends a row of texts.
pub fn row<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        text(out, cell);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: &str) -> String {
        let mut out = String::new();
        text(&mut out, value);
        out
    }

    #[test]
    fn nothing_becomes_a_formula_and_everything_comes_back() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "='x'"] {
            assert!(cell(formula).starts_with("\"'"), "{formula:?}");
            let inner = cell(formula);
            assert_eq!(unguarded(&inner[1..inner.len() - 1].replace("\"\"", "\"")), formula);
        }
        for plain in ["", "Acme", "a=b", "1+1", "'quoted'", "Ünïcode 株式会社"] {
            assert_eq!((cell(plain).as_str(), unguarded(plain)), (plain, plain));
        }
    }

    #[test]
    fn what_would_break_a_row_is_quoted() {
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(cell("two\r\nlines"), "\"two\r\nlines\"");
        assert_eq!(cell(" space"), "\" space\"");
        let mut out = String::new();
        row(&mut out, ["a;b", "", "c"]);
        assert_eq!(out, "\"a;b\",,c\r\n");
    }
}
