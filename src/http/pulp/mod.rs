//! The pulp API: what lies below `{A}pulp/api/v3/`, for the web interface, galaxykit and the Ansible modules.

pub mod assignments;
pub mod collection_signatures;
pub mod collection_versions;
pub mod distributions;
pub mod groups;
pub mod namespaces;
pub mod object_roles;
pub mod remotes;
pub mod repositories;
pub mod repository_content;
pub mod repository_versions;
pub mod roles;
pub mod shapes;
pub mod status;
pub mod tags;
pub mod tasks;
pub mod users;

use crate::http::kit::routes::Routes;
use crate::http::namespaces::units;

/// The routes of this family.
pub fn routes(r: &mut Routes) {
    status::routes(r);
    tasks::routes(r);
    repositories::routes(r);
    repository_versions::routes(r);
    repository_content::routes(r);
    distributions::routes(r);
    remotes::routes(r);
    collection_versions::routes(r);
    tags::routes(r);
    collection_signatures::routes(r);
    roles::routes(r);
    assignments::routes(r);
    namespaces::routes(r);
    units::routes(r);
    object_roles::routes(r);
    users::routes(r);
    groups::routes(r);
}
