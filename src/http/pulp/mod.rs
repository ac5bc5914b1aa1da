//! The pulp API: what lies below `{A}pulp/api/v3/`, for the web interface, galaxykit and the Ansible modules.

pub mod assignments;
pub mod groups;
pub mod object_roles;
pub mod roles;
pub mod shapes;
pub mod tasks;
pub mod users;

use crate::http::kit::routes::Routes;

/// The routes of this family.
pub fn routes(r: &mut Routes) {
    tasks::routes(r);
    roles::routes(r);
    assignments::routes(r);
    object_roles::routes(r);
    users::routes(r);
    groups::routes(r);
}
