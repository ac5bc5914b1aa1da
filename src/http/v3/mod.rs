//! The Galaxy v3 API: what `ansible-galaxy` and mirrors speak.

pub mod artifacts;
pub mod auth;
pub mod client_configuration;
pub mod collections;
pub mod imports;
pub mod retire;
pub mod root;
pub mod search;
pub mod shapes;
pub mod tasks;
pub mod tokens;
pub mod transfer;
pub mod versions;

use crate::http::kit::routes::Routes;
use crate::http::namespaces;

/// Where the canonical tree hangs; the legacy names of the same handlers are listed beside each (contract 02 §2.2).
pub const PLUGIN: &str = "/v3/plugin/ansible";

/// The routes of this family.
pub fn routes(r: &mut Routes) {
    root::routes(r);
    auth::routes(r);
    tokens::routes(r);
    client_configuration::routes(r);
    tasks::routes(r);
    imports::routes(r);
    namespaces::routes(r, "/v3/namespaces/");
    namespaces::units::routes_of_distribution(r, &format!("{PLUGIN}/content/{{base_path:.+}}"));
    artifacts::routes(r);
    search::routes(r);
    transfer::routes(r);
    versions::routes(r);
    collections::routes(r);
}
