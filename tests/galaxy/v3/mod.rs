//! The v3 API, file for file.

mod artifacts;
mod auth;
mod collections;
mod docs;
mod downloads;
mod dry_run;
mod imports;
mod namespaces;
mod openapi;
mod retire;
mod root;
mod search;
mod tokens;
mod transfer;
mod versions;
