//! `{A}_ui/v1/`: what the web interface, galaxykit and the Ansible modules administer a hub with.

use crate::http::kit::routes::Routes;

/// The routes of this version.
pub fn routes(_: &mut Routes) {}
