//! The whole program, driven through its own pages against a real PostgreSQL.
//!
//! `support` starts things and speaks like a browser; each other file is one subject, its tests named as sentences.

#[cfg(test)]
mod access;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod csrf;
#[cfg(test)]
mod history;
#[cfg(test)]
mod house;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod own;
#[cfg(test)]
mod partners;
#[cfg(test)]
mod people;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod signin;
#[cfg(test)]
mod support;
