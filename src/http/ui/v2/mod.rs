//! `{A}_ui/v2/`: users, groups, teams, organizations and roles as the automation platform sees them.
//!
//! Everybody who signed in reads, superusers write. Filters that a list does not know are ignored.

pub mod groups;
pub mod me;
pub mod organizations;
pub mod role_assignments;
pub mod role_definitions;
pub mod role_metadata;
pub mod shapes;
pub mod teams;
pub mod users;

use crate::http::kit::routes::Routes;

/// The routes of this version.
pub fn routes(r: &mut Routes) {
    users::routes(r);
    me::routes(r);
    groups::routes(r);
    organizations::routes(r);
    teams::routes(r);
    role_definitions::routes(r);
    role_assignments::routes(r);
    role_metadata::routes(r);
}
