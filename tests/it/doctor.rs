//! `guildhall doctor`: what an engineer reads after an installation that does not do what it should.

use std::process::Command;

use diesel_migrations::MigrationHarness as _;
use guildhall::db::MIGRATIONS;
use guildhall::doctor::INDEXES;

use super::support::App;
use super::support::process::{free_port, guildhall};
use super::support::smtp::SmtpServer;

/// Whether it found nothing to mend, and what it said.
fn examined(command: &mut Command) -> (bool, String) {
    let output = command.output().expect("the doctor comes");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.success(), String::from_utf8(output.stdout).expect("text"))
}

/// That one of its lines holds all of these.
#[track_caller]
fn says(text: &str, words: &[&str]) {
    assert!(text.lines().any(|line| words.iter().all(|word| line.contains(word))), "{words:?} in\n{text}");
}

#[test]
fn a_sound_installation_is_told_so_part_by_part() {
    let app = App::start();
    let (well, text) = examined(&mut guildhall(&app, "doctor"));
    assert!(well, "{text}");
    says(&text, &["ok", "Configuration", "https://partners.acme.example"]);
    says(&text, &["ok", "Database", "PostgreSQL"]);
    says(&text, &["ok", "Migrations"]);
    says(&text, &["ok", "Indexes"]);
    says(&text, &["ok", "Identity provider", "Dev"]);
    says(&text, &["ok", "Programmes", "acme"]);
    says(&text, &["look", "Mail", "no mail server"]);
}

#[test]
fn every_fault_of_the_configuration_is_named_and_no_value_is_shown() {
    let app = App::start();
    let mut command = guildhall(&app, "doctor");
    let (well, text) = examined(command.env("GUILDHALL_SECRET_KEY", "hunter2").env("PORT", "eighty"));
    assert!(!well);
    says(&text, &["BAD", "GUILDHALL_SECRET_KEY"]);
    says(&text, &["BAD", "PORT"]);
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_database_that_is_gone_behind_or_damaged_is_told_apart() {
    let app = App::start();
    let gone = format!("postgres://nobody:hunter2@127.0.0.1:{}/guildhall", free_port());
    let (well, text) = examined(guildhall(&app, "doctor").env("DATABASE_URL", gone));
    assert!(!well && !text.contains("hunter2"), "{text}");
    says(&text, &["BAD", "Database", "cannot be reached"]);

    let index = INDEXES.lines().find(|name| name.starts_with("organisations_") && !name.ends_with("key")).unwrap();
    app.sql(&format!("DROP INDEX {index}"));
    let (well, text) = examined(&mut guildhall(&app, "doctor"));
    assert!(!well);
    says(&text, &["BAD", "Indexes", index]);

    app.database.connect().revert_last_migration(MIGRATIONS).unwrap();
    let (well, text) = examined(&mut guildhall(&app, "doctor"));
    assert!(!well);
    says(&text, &["BAD", "Migrations", "1 are missing"]);
    says(&text, &["guildhall migrate"]);
}

#[test]
fn an_identity_provider_that_nobody_can_use_is_named_with_the_reason() {
    let app = App::start();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let (well, text) = examined(guildhall(&app, "doctor").env("OIDC_DEV_ISSUER", nobody));
    assert!(!well);
    says(&text, &["BAD", "Identity provider", "Dev", "discovery_unreachable"]);
}

#[test]
fn a_mail_server_is_asked_whether_it_lets_us_in_and_gets_no_mail() {
    let app = App::start();
    let server = SmtpServer::kind();
    let mut command = guildhall(&app, "doctor");
    let (_, text) = examined(command.env("SMTP_URL", server.url()));
    says(&text, &["ok", "Mail", "lets us in"]);
    says(&text, &["look", "Mail", "partners.acme.example is no domain"]);
    assert!(server.received().is_empty());
    let nobody = format!("smtp://127.0.0.1:{}?tls=none", free_port());
    let mut command = guildhall(&app, "doctor");
    let (well, text) = examined(command.env("SMTP_URL", nobody));
    assert!(!well);
    says(&text, &["BAD", "Mail"]);
}

#[test]
fn the_doctors_list_of_indexes_is_that_of_a_fresh_database() {
    let app = App::start();
    let there = app.text(
        "SELECT string_agg(relname, E'\\n' ORDER BY relname COLLATE \"C\") FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
         WHERE relkind = 'i' AND nspname = 'public' AND relname !~ '^__diesel'",
    );
    assert_eq!(there, INDEXES.trim_end(), "src/doctor/indexes.txt is made of this list");
}
