//! The real `ansible-galaxy`, in the releases that `tests/run.sh` installs, and `galaxykit`, against a running server.
//!
//! A client that is missing fails its tests. Start reading at [`ansible_galaxy`], then at any story.

/// Makes one test of each story for each release of the client: the name of a failure tells the release.
macro_rules! with_each_release {
    ($($story:ident),+ $(,)?) => {
        mod core_2_15 {
            $(#[test] fn $story() { super::$story("2.15"); })+
        }
        mod core_2_17 {
            $(#[test] fn $story() { super::$story("2.17"); })+
        }
        mod core_2_19 {
            $(#[test] fn $story() { super::$story("2.19"); })+
        }
    };
}

mod anonymous;
mod ansible_galaxy;
mod cache;
mod download;
mod galaxykit;
mod install;
mod installed;
mod paging;
mod publish;
mod refusals;
mod roots;
mod run;
mod staging;
mod verify;
