//! `{A}_ui/v1/`: what the web interface, galaxykit and the Ansible modules administer a hub with.

pub mod session;

use crate::http::kit::routes::Routes;

/// The routes of this version.
pub fn routes(r: &mut Routes) {
    session::routes(r);
}
