//! The APIs of the web interface: `_ui/v1` and the platform's `_ui/v2`.

mod users;
pub mod v1;
pub mod v2;

use crate::http::kit::routes::Routes;

/// The routes of this family.
pub fn routes(r: &mut Routes) {
    v1::routes(r);
    v2::routes(r);
}
