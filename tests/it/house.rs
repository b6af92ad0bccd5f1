//! The rules of the house, read from its sources: who may use whom, how long things are, what every file begins with.

use std::fs;
use std::path::Path;

/// Lines that a file, and a function, may have.
const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 40;
const LONGEST_HANDLER_ON_MEDIAN: usize = 15;

/// Features: folders with pages of their own.
const FEATURES: [&str; 11] = [
    "account",
    "api_clients",
    "audit",
    "connections",
    "gate",
    "invitations",
    "organisations",
    "partner_records",
    "settings",
    "signin",
    "users",
];

/// A file of the program.
pub struct Source {
    /// From the top of the repository, such as `src/users/queries.rs`.
    pub path: String,
    pub code: String,
}

/// Every Rust file of the program.
pub fn sources() -> Vec<Source> {
    files("src", "rs")
}

/// Every Rust file of the tests.
pub fn tests() -> Vec<Source> {
    files("tests", "rs")
}

fn files(folder: &str, extension: &str) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![top.join(folder)];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).expect("a folder of the repository").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|known| known == extension) {
                found.push(Source { path: relative(top, &path), code: fs::read_to_string(&path).expect("text") });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "{folder} has files");
    found
}

fn relative(top: &Path, path: &Path) -> String {
    path.strip_prefix(top).expect("below the top").to_string_lossy().into_owned()
}

impl Source {
    /// The code without comments and without tests of its own.
    fn working(&self) -> String {
        let code = self.code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    fn feature(&self) -> Option<&str> {
        let folder = self.path.strip_prefix("src/")?.split('/').next()?;
        FEATURES.into_iter().find(|feature| *feature == folder)
    }

    fn named(&self, name: &str) -> bool {
        self.path.ends_with(&format!("/{name}.rs"))
    }
}

/// Fails with every breach at once.
#[track_caller]
fn none(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n  {}", breaches.join("\n  "));
}

/// Files that hold a word that they must not.
fn holding(wanted: impl Fn(&Source) -> bool, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test() && wanted(source)) {
        let code = source.working();
        found.extend(words.iter().filter(|word| code.contains(**word)).map(|word| format!("{}: {word}", source.path)));
    }
    found
}

#[test]
fn actions_queries_and_models_know_no_web() {
    let inner = |source: &Source| ["actions", "queries", "model"].iter().any(|name| source.named(name));
    none("knows the web", &holding(inner, &["actix_web", "actix_session", "askama", "crate::web::view", "HttpRe"]));
}

#[test]
fn pages_and_forms_know_no_database() {
    let outer = |source: &Source| {
        source.path.contains("/pages") || source.path.starts_with("src/wire/") || source.named("forms")
    };
    let mut breaches = holding(outer, &["diesel::", "schema::", ".execute(", "sql_query"]);
    // A type in a signature is no statement; everything else of Diesel is.
    breaches.retain(|breach| {
        let path = breach.split(':').next().unwrap_or_default();
        let code = sources().into_iter().find(|source| source.path == path).expect("just read").working();
        !breach.ends_with(": diesel::")
            || code.matches("diesel::").count() > code.matches("use diesel::pg::PgConnection;").count()
    });
    none("knows the database", &breaches);
}

#[test]
fn models_know_no_connection() {
    none("reaches for the database", &holding(|source| source.named("model"), &["PgConnection", "QueryResult"]));
}

#[test]
fn only_the_database_module_opens_connections() {
    let outside = |source: &Source| {
        let program = !source.path.starts_with("src/db/") && !source.path.starts_with("src/development/");
        program && source.path != "src/cli.rs"
    };
    none("opens a connection", &holding(outside, &["establish(", "r2d2::", "pool.get("]));
}

#[test]
fn the_shell_knows_no_feature() {
    let words: Vec<String> = FEATURES.iter().map(|feature| format!("crate::{feature}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let shell = |source: &Source| source.path.starts_with("src/web/") && source.path != "src/web/portal.rs";
    none("names a feature", &holding(shell, &words));
    let portal = |source: &Source| source.path == "src/web/portal.rs";
    let breaches = holding(portal, &words).into_iter().filter(|breach| !breach.ends_with("crate::signin"));
    none("names a feature", &breaches.collect::<Vec<_>>());
}

#[test]
fn lower_floors_know_no_upper_ones() {
    let features: Vec<String> = FEATURES.iter().map(|feature| format!("crate::{feature}")).collect();
    let mut above: Vec<&str> = features.iter().map(String::as_str).collect();
    let database = |source: &Source| source.path.starts_with("src/db/");
    let access = |source: &Source| source.path.starts_with("src/access/");
    let input = |source: &Source| source.path.starts_with("src/input/");
    above.extend(["crate::web", "crate::app", "crate::cli", "crate::development"]);
    none("looks upwards", &holding(access, &above));
    none("looks upwards", &holding(input, &above));
    above.extend(["crate::access", "crate::input"]);
    none("looks upwards", &holding(database, &above));
}

#[test]
fn features_use_each_others_front_door_only() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let own = source.feature().or(source.path.starts_with("src/wire/").then_some("wire"));
        let Some(own) = own else { continue };
        let code = source.working();
        for other in FEATURES.iter().filter(|other| **other != own) {
            let back_door = [format!("crate::{other}::queries"), format!("crate::{other}::forms")];
            breaches.extend(
                back_door
                    .iter()
                    .filter(|door| code.contains(door.as_str()))
                    .map(|door| format!("{}: {door}", source.path)),
            );
        }
    }
    none("uses a back door", &breaches);
}

#[test]
fn development_mode_is_reached_from_the_outside_only() {
    let inside = |source: &Source| {
        let starts = ["src/cli.rs", "src/app.rs", "src/lib.rs"].contains(&source.path.as_str());
        !starts && !source.path.starts_with("src/development")
    };
    none("reaches into development mode", &holding(inside, &["crate::development"]));
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = sources().into_iter().filter(|source| !source.code.starts_with("//! "));
    none("does not begin with //!", &silent.map(|source| source.path).collect::<Vec<_>>());
    let silent = files("tests", "rs").into_iter().filter(|source| !source.code.starts_with("//! "));
    none("does not begin with //!", &silent.map(|source| source.path).collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long() {
    let all = ["src", "tests"].into_iter().flat_map(|folder| files(folder, "rs"));
    // The tables are one list, however many there are.
    let all = all.filter(|source| source.path != "src/db/schema.rs");
    let long = all.map(|source| (source.code.lines().count(), source.path)).filter(|(lines, _)| *lines > LONGEST_FILE);
    none("too long", &long.map(|(lines, path)| format!("{path}: {lines} lines")).collect::<Vec<_>>());
}

/// The binary from before goes on working while the schema is newer: what it asks for is not taken away under it.
#[test]
fn migrations_only_add() {
    const TAKING: [&str; 5] = ["DROP TABLE", "DROP COLUMN", "DROP FUNCTION", "DROP TYPE", " RENAME "];
    let ups: Vec<Source> =
        files("migrations", "sql").into_iter().filter(|file| file.path.ends_with("/up.sql")).collect();
    assert!(ups.len() > 10, "migrations were found: {}", ups.len());
    let taking = ups.iter().flat_map(|up| {
        TAKING.iter().filter(|word| up.code.to_uppercase().contains(*word)).map(|word| format!("{}: {word}", up.path))
    });
    none("takes something away", &taking.collect::<Vec<_>>());
}

/// Two files that style one class would restyle each other's pages. Print and forced colours are for all.
#[test]
fn a_class_is_styled_in_one_file() {
    let mut homes = std::collections::BTreeMap::<String, Vec<String>>::new();
    let all = files("static/css", "css").into_iter();
    for sheet in all.filter(|sheet| !["85-", "90-"].iter().any(|own| sheet.path.contains(own))) {
        let blocks = sheet.code.lines().filter_map(|line| line.trim().strip_prefix('.')?.strip_suffix(" {"));
        for class in blocks.filter(|class| class.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))) {
            let known = homes.entry(class.to_owned()).or_default();
            if !known.contains(&sheet.path) {
                known.push(sheet.path.clone());
            }
        }
    }
    assert!(homes.len() > 50, "classes were found: {}", homes.len());
    let shared = homes.into_iter().filter(|(_, sheets)| sheets.len() > 1);
    none("is styled in two files", &shared.map(|(class, sheets)| format!("{class}: {sheets:?}")).collect::<Vec<_>>());
}

/// A function's name, its number of lines, and whether it is a handler.
struct Function {
    name: String,
    lines: usize,
    handler: bool,
}

/// Functions of a file that is formatted by rustfmt: from `fn` to the brace that closes at the same depth.
fn functions(source: &Source) -> Vec<Function> {
    let lines: Vec<&str> = source.code.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        let words: Vec<&str> = text.split_whitespace().take_while(|word| *word != "fn").collect();
        let is_function = text.contains("fn ")
            && words.iter().all(|word| {
                ["pub", "async", "const", "unsafe", "extern", "\"C\""].contains(word) || word.starts_with("pub(")
            });
        if !is_function || text.ends_with(';') || text.ends_with('}') || text.starts_with("fn(") {
            continue;
        }
        let close = format!("{}}}", " ".repeat(indent));
        let Some(length) = lines[start..].iter().position(|line| *line == close) else { continue };
        let body = lines[start..=start + length].join("\n");
        let name = text.split("fn ").nth(1).unwrap_or_default().split(['(', '<']).next().unwrap_or_default().to_owned();
        let handler = text.contains("async fn")
            && (body.contains("Result<HttpResponse, AppError>") || body.contains("Result<Reply, AppError>"));
        found.push(Function { name, lines: length + 1, handler });
    }
    found
}

#[test]
fn no_function_is_too_long() {
    let all = ["src", "tests"].into_iter().flat_map(|folder| files(folder, "rs"));
    let mut breaches = Vec::new();
    for source in all {
        let long = functions(&source).into_iter().filter(|function| function.lines > LONGEST_FUNCTION);
        breaches
            .extend(long.map(|function| format!("{}: {} has {} lines", source.path, function.name, function.lines)));
    }
    none("too long", &breaches);
}

#[test]
fn handlers_are_short() {
    let pages = sources().into_iter().filter(|source| source.feature().is_some() && !source.is_test());
    let mut lines: Vec<usize> =
        pages.flat_map(|source| functions(&source)).filter(|one| one.handler).map(|one| one.lines).collect();
    lines.sort_unstable();
    assert!(lines.len() > 30, "handlers were found: {}", lines.len());
    let median = lines[lines.len() / 2];
    assert!(median <= LONGEST_HANDLER_ON_MEDIAN, "half of {} handlers are longer than {median} lines", lines.len());
}

#[test]
fn templates_escape_everything_and_hold_no_script_or_style_of_their_own() {
    let mut breaches = Vec::new();
    for template in files("templates", "html") {
        let code = template.code.to_lowercase();
        let unescaped = ["|safe", "| safe", "escape none", "{% autoescape"];
        let inline = [
            " style=",
            "<style",
            "javascript:",
            " onclick",
            " onload",
            " onerror",
            " onsubmit",
            " onchange",
            " onfocus",
        ];
        // Mail programs know no style sheets, so that styles in place are all there is.
        let mail = template.path.starts_with("templates/mail/");
        let words = unescaped.iter().chain(inline.iter().filter(|word| !mail || **word != " style="));
        let words = words.filter(|word| code.contains(**word));
        breaches.extend(words.map(|word| format!("{}: {word}", template.path)));
        let scripts = code.match_indices("<script").filter(|(at, _)| !code[*at..].starts_with("<script src=\"{{"));
        breaches.extend(scripts.map(|_| format!("{}: a script of its own", template.path)));
    }
    none("not allowed in a template", &breaches);
}

#[test]
fn every_form_that_posts_carries_its_token() {
    let mut breaches = Vec::new();
    for template in files("templates", "html").iter().filter(|one| !one.path.contains("/development/")) {
        for form in template.code.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or_default()) {
            let posts = form.split('>').next().is_some_and(|tag| tag.contains("method=\"post\""));
            let token = form.contains("name=\"csrf\"") || form.contains("form::hidden(");
            if posts && !token {
                breaches.push(format!("{}: a form without a token", template.path));
            }
        }
    }
    none("can be forged", &breaches);
}

#[test]
fn time_and_chance_come_from_one_place_each() {
    let words = ["Utc::now(", "SystemTime::now(", "Local::now("];
    none("asks the machine for the time", &holding(|source| source.path != "src/clock.rs", &words));
    let words = ["rand::rng(", "thread_rng", "OsRng", "rand::random"];
    let others = |source: &Source| source.path != "src/secrets.rs" && !source.path.starts_with("src/development/");
    none("draws chance", &holding(others, &words));
}

#[test]
fn the_readme_names_every_variable() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).expect("there is a README.md");
    let missing = guildhall::config::VARIABLES.iter().filter(|name| {
        let (start, end) = name.split_once('*').unwrap_or((name, ""));
        !readme.lines().any(|line| line.split_once(start).is_some_and(|(_, rest)| rest.contains(end)))
    });
    none("not in README.md", &missing.map(|name| (*name).to_owned()).collect::<Vec<_>>());
}

/// Every template, by its path below `templates`.
pub fn templates() -> Vec<String> {
    let all = files("templates", "html").into_iter();
    all.filter_map(|source| source.path.strip_prefix("templates/").map(str::to_owned)).collect()
}
