//! Domain: what the product does, one folder per noun, without a word of HTTP.
//!
//! A noun may use the nouns before it in this list, never one after it.

pub mod audit;

pub mod tasks;

pub mod accounts;

pub mod units;

pub mod namespaces;

pub mod repositories;

pub mod remotes;

pub mod collections;

pub mod signing;

pub mod imports;

pub mod search;

pub mod apply;
