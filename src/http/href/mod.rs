//! The one place that turns names into URLs, and URLs into names.

pub mod content;
pub mod object;

use std::fmt;

use uuid::Uuid;

use crate::domain::accounts::roles::assignments::Holder;
use crate::http::kit::mount::Mount;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::UserId;
use crate::kernel::name::ArtifactName;
use crate::policy::principal::Viewer;

/// The path of a collection, in the form the reference shows: below its distribution, twice.
///
/// Stable whatever mount was asked: `ansible-galaxy verify` compares it with what it noted at the install.
#[derive(Debug, Clone, Copy)]
pub struct Collection<'a> {
    /// `/api/galaxy/` or `/api/`.
    pub root: &'a str,
    /// The distribution.
    pub base_path: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The name.
    pub name: &'a str,
}

impl Collection<'_> {
    /// The list of its versions.
    pub fn versions(&self) -> String {
        format!("{self}versions/")
    }

    /// One of its versions.
    pub fn version(&self, version: &str) -> String {
        format!("{self}versions/{}/", encode(version))
    }
}

impl fmt::Display for Collection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            root,
            base_path,
            namespace,
            name,
        } = self;
        write!(
            f,
            "{root}content/{base_path}/v3/plugin/ansible/content/{base_path}/collections/index/{namespace}/{name}/"
        )
    }
}

/// The path where a collection version is downloaded; ends in the file name, which clients cut off the URL.
pub fn artifact(root: &str, base_path: &str, name: &ArtifactName) -> String {
    let file = encode(&name.to_string());
    format!("{root}v3/plugin/ansible/content/{base_path}/collections/artifacts/{file}")
}

/// What the paths of bytes begin with.
pub const BYTES: &str = "/pulp/content/";

/// The path of the bytes of an artifact, which take a signed query string.
pub fn artifact_bytes(base_path: &str, name: &ArtifactName) -> String {
    format!("{BYTES}{base_path}/{}", encode(&name.to_string()))
}

/// What the paths of logos begin with.
pub const AVATARS: &str = "/pulp/avatars/";

/// The path of the bytes of a logo, which take a signed query string; `unit` is what it goes with.
pub fn avatar_bytes(unit: Uuid) -> String {
    format!("{AVATARS}{unit}/")
}

/// The path of an import: below the distribution it was sent to, as the reference has it.
pub fn import(mount: &Mount, target: &str, uuid: Uuid) -> String {
    format!(
        "{}content/{target}/v3/plugin/ansible/imports/collections/{uuid}/",
        mount.root
    )
}

/// The path of a task in the v3 API.
pub fn task(mount: &Mount, uuid: Uuid) -> String {
    format!("{}v3/tasks/{uuid}/", mount.root)
}

/// The path of a task in the pulp API.
pub fn pulp_task(mount: &Mount, uuid: Uuid) -> String {
    format!("{}pulp/api/v3/tasks/{uuid}/", mount.root)
}

/// The path of a user in the pulp API.
pub fn user(mount: &Mount, id: UserId) -> String {
    format!("{}pulp/api/v3/users/{}/", mount.root, id.0)
}

/// The path of a group in the pulp API.
pub fn group(mount: &Mount, id: GroupId) -> String {
    format!("{}pulp/api/v3/groups/{}/", mount.root, id.0)
}

/// The path of a collection version in the pulp API.
pub fn collection_version(mount: &Mount, uuid: Uuid) -> String {
    format!(
        "{}pulp/api/v3/content/ansible/collection_versions/{uuid}/",
        mount.root
    )
}

/// The path of a namespace in the pulp API.
pub fn namespace(mount: &Mount, id: NamespaceId) -> String {
    format!(
        "{}pulp/api/v3/pulp_ansible/namespaces/{}/",
        mount.root, id.0
    )
}

/// The path of a role.
pub fn role(mount: &Mount, uuid: Uuid) -> String {
    format!("{}pulp/api/v3/roles/{uuid}/", mount.root)
}

/// The path of a role that a user or group was given.
pub fn assignment(mount: &Mount, holder: Holder, uuid: Uuid) -> String {
    let (holders, id) = match holder {
        Holder::User(id) => ("users", id.0),
        Holder::Group(id) => ("groups", id.0),
    };
    format!("{}pulp/api/v3/{holders}/{id}/roles/{uuid}/", mount.root)
}

/// The path of one thing in a list of `_ui/v2`.
pub fn platform(mount: &Mount, list: &str, id: i64) -> String {
    format!("{}_ui/v2/{list}/{id}/", mount.root)
}

/// The path of a namespace in the v3 API.
pub fn namespace_by_name(mount: &Mount, name: &str) -> String {
    format!("{}v3/namespaces/{}/", mount.root, encode(name))
}

/// The path of what a distribution holds of namespaces, or of the one of this name.
pub fn namespaces_of_distribution(mount: &Mount, base_path: &str, name: Option<&str>) -> String {
    let list = format!(
        "{}v3/plugin/ansible/content/{base_path}/namespaces/",
        mount.root
    );
    match name {
        Some(name) => format!("{list}{}/", encode(name)),
        None => list,
    }
}

/// The API versions a caller is told of, and where they are below the root (contract 01 §1.1).
pub fn available_versions(viewer: &Viewer) -> &'static [(&'static str, &'static str)] {
    match viewer {
        Viewer::Anonymous => &[("v3", "v3/")],
        Viewer::User(_) => &[("v3", "v3/"), ("pulp-v3", "pulp/api/v3/")],
    }
}

/// Repository and number of a repository version's path, with or without what stands in front of it.
pub fn parse_repository_version(href: &str) -> Option<(Uuid, i64)> {
    let (_, rest) = href.split_once("repositories/ansible/ansible/")?;
    let (repository, number) = rest.trim_end_matches('/').split_once("/versions/")?;
    Some((repository.parse().ok()?, number.parse().ok()?))
}

/// The discovery document of the place a request came in.
pub fn discovery(mount: &Mount) -> String {
    let below = mount
        .content
        .as_deref()
        .map(|base_path| format!("content/{base_path}/"));
    format!("{}{}", mount.root, below.unwrap_or_default())
}

/// Where the pulp API was before the hub had a root of its own, in terms of today.
pub fn moved_pulp(path: &str) -> String {
    format!("/api/galaxy{path}")
}

/// A `+` in a version would be read as a blank by some clients.
fn encode(text: &str) -> String {
    text.replace('+', "%2B")
}
