//! The whole program, driven through its own pages against a real PostgreSQL.
//!
//! `support` starts things and speaks like a browser; each other file is one subject, its tests named as sentences.

#[cfg(test)]
mod acceptance;
#[cfg(test)]
mod access_api;
#[cfg(test)]
mod access_table;
#[cfg(test)]
mod api_clients;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bulk;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod credential_samples;
#[cfg(test)]
mod csrf;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod equivalent;
#[cfg(test)]
mod export;
#[cfg(test)]
mod find_meaning;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod history;
#[cfg(test)]
mod house;
#[cfg(test)]
mod import;
#[cfg(test)]
mod import_page;
#[cfg(test)]
mod import_samples;
#[cfg(test)]
mod invitation_proofs;
#[cfg(test)]
mod invitation_races;
#[cfg(test)]
mod invitation_weeks;
#[cfg(test)]
mod invitations;
#[cfg(test)]
mod inviting;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod mail_killed;
#[cfg(test)]
mod mail_written;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod new_key;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod own;
#[cfg(test)]
mod partner_records;
#[cfg(test)]
mod partners;
#[cfg(test)]
mod people;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod restored;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod security_doc;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod signin;
#[cfg(test)]
mod support;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod token_rows;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod v1;
#[cfg(test)]
mod v1_below;
#[cfg(test)]
mod v1_idempotency;
#[cfg(test)]
mod v1_inviting;
#[cfg(test)]
mod v1_programme;
#[cfg(test)]
mod v1_writes;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod wire_000;
#[cfg(test)]
mod wire_002;
#[cfg(test)]
mod wire_003;
#[cfg(test)]
mod wire_004;
