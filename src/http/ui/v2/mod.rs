//! `{A}_ui/v2/`: users, groups, teams, organizations and roles as the automation platform sees them.

use crate::http::kit::routes::Routes;

/// The routes of this version.
pub fn routes(_: &mut Routes) {}
