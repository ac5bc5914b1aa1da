//! `{A}_ui/v1/`: what the web interface, galaxykit and the Ansible modules administer a hub with.

pub mod collections;
pub mod deny_index;
pub mod distributions;
pub mod groups;
pub mod imports;
pub mod me;
pub mod root;
pub mod search;
pub mod session;
pub mod settings;
pub mod shapes;
pub mod tags;
pub mod users;

use crate::http::kit::routes::Routes;
use crate::http::namespaces;

/// The routes of this version.
pub fn routes(r: &mut Routes) {
    root::routes(r);
    namespaces::routes(r, "/_ui/v1/namespaces/");
    namespaces::own_routes(r, "/_ui/v1/my-namespaces/");
    settings::routes(r);
    collections::routes(r);
    distributions::routes(r);
    imports::routes(r);
    tags::routes(r);
    search::routes(r);
    deny_index::routes(r);
    me::routes(r);
    users::routes(r);
    groups::routes(r);
    session::routes(r);
}
