//! The releases of the reference whose behaviour this server has; clients switch features by them.

/// Galaxy NG.
pub const GALAXY: &str = "4.12.0";
/// pulpcore.
pub const PULP_CORE: &str = "3.105.12";
/// `pulp_ansible`.
pub const PULP_ANSIBLE: &str = "0.30.0";
