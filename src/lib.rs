//! Guildhall: a partner portal in one binary beside PostgreSQL. This is the map of the house.
//!
//! `main → app → features → {web, access, audit} → db`. A feature is a folder with the same file names in each:
//! `pages` (what people see) → `forms`, `actions` (rules and writes), `queries` (Diesel) and `model` (decisions without
//! a database). `tests/it/house.rs` checks these rules.

/// Who may do what, and on whose behalf.
pub mod access;
/// One's own account and sessions.
pub mod account;
/// The API's common ground.
pub mod api;
/// Machine credentials.
pub mod api_clients;
/// Puts everything together and serves it.
pub mod app;
/// History: append-only, in sentences.
pub mod audit;
/// What the binary can be told to do.
pub mod cli;
/// The time, handed in.
pub mod clock;
/// The environment, read once.
pub mod config;
/// Live partnerships between two organisations.
pub mod connections;
/// Comma-separated values.
pub mod csv;
/// Connections, deadlines, pages, schema.
pub mod db;
/// What one command gives: a database, an identity provider, demo data.
pub mod development;
/// Examines an installation and says what to do.
pub mod doctor;
/// Doors for `fuzz/`.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzz;
/// Who may pass to Shop and Self-Service.
pub mod gate;
/// Whether the program lives and can work.
pub mod health;
/// The rules for single fields.
pub mod input;
/// Invitations: colleagues and partners, from the form to the accepted page.
pub mod invitations;
/// Mail, by outbox.
pub mod mail;
/// Organisations, from creation to the bin.
pub mod organisations;
/// An organisation's own records of its customers and suppliers.
pub mod partner_records;
/// After a backup was restored.
pub mod restored;
/// Randomness, hashes, keys.
pub mod secrets;
/// The programme's settings; tenants.
pub mod settings;
/// Signing in by OpenID Connect.
pub mod signin;
/// What the portal tells its operators: log, figures, traces.
pub mod telemetry;
/// People and the rules for roles.
pub mod users;
/// The shell around every feature.
pub mod web;
/// The foreign wire formats, one file each.
pub mod wire;
/// What is said to people outside, in their language.
pub mod words;
