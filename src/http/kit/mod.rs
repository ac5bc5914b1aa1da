//! What all API families share: routes and their guard, mounts, pages, filters, errors, bodies in and out.
//!
//! Never knows a URL of any family. Start reading at [`routes`] and [`guard`].

pub mod account_handlers;
pub mod accounts;
pub mod asked;
pub mod asking;
pub mod attempt;
pub mod base_repository;
pub mod body;
pub mod chosen;
pub mod compressed;
pub mod cookie;
pub mod csrf;
pub mod download;
pub mod envelope;
pub mod failure;
pub mod filter;
pub mod guard;
pub mod idle;
pub mod membership;
pub mod mount;
pub mod multipart;
pub mod operation;
pub mod origin;
pub mod page;
pub mod params;
pub mod place;
pub mod releases;
pub mod routes;
pub mod schema;
pub mod signed_link;
pub mod started;
pub mod task_error;
pub mod task_filter;
pub mod trace;
pub mod upload;
pub mod viewer;
pub mod wait;
