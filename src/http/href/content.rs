//! Repositories, what serves them and what is in them, as paths of the pulp API and as its resource names.

use sha2::Digest;
use sha2::Sha256;
use uuid::Uuid;

use crate::domain::accounts::roles::objects::Key;
use crate::domain::tasks::results::Made;
use crate::http::href::collection_version;
use crate::http::href::object::parse_object;
use crate::http::href::object::parse_prn;
use crate::http::href::parse_repository_version;
use crate::http::kit::mount::Mount;
use crate::http::kit::task_filter::Paths;
use crate::policy::object::Kind;

/// The path of a repository.
pub fn repository(mount: &Mount, uuid: Uuid) -> String {
    format!(
        "{}pulp/api/v3/repositories/ansible/ansible/{uuid}/",
        mount.root
    )
}

/// The path of a version of a repository.
pub fn repository_version(mount: &Mount, repository: Uuid, number: i64) -> String {
    format!("{}versions/{number}/", self::repository(mount, repository))
}

/// The resource name of a version of a repository. Versions have no id here but their number, so it is made from that
/// and from the repository: always the same one.
pub fn repository_version_prn(repository: Uuid, number: i64) -> String {
    let mut hash = Sha256::new();
    hash.update(repository.as_bytes());
    hash.update(number.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    format!("prn:core.repositoryversion:{}", Uuid::new_v8(bytes))
}

/// The path of a distribution.
pub fn distribution(mount: &Mount, uuid: Uuid) -> String {
    format!(
        "{}pulp/api/v3/distributions/ansible/ansible/{uuid}/",
        mount.root
    )
}

/// The path of a remote.
pub fn remote(mount: &Mount, uuid: Uuid) -> String {
    format!(
        "{}pulp/api/v3/remotes/ansible/collection/{uuid}/",
        mount.root
    )
}

/// The guard that every distribution has: downloads are by signed links. There is one, and it cannot be changed.
pub const CONTENT_GUARD: &str = "01900000-0000-7000-8000-000000000001";

/// The path of that guard.
pub fn content_guard(mount: &Mount) -> String {
    format!(
        "{}pulp/api/v3/contentguards/core/content_redirect/{CONTENT_GUARD}/",
        mount.root
    )
}

/// What a kind of content is called, and the list of all of it.
///
/// The kind is the word of the column `content.kind`; the name is that of a pulp type.
pub fn content_type(kind: &str) -> (String, String) {
    (
        format!("ansible.{kind}"),
        format!("pulp/api/v3/content/ansible/{kind}s/"),
    )
}

/// The path of what is said of a namespace, as content.
pub fn namespace_unit(mount: &Mount, uuid: Uuid) -> String {
    let (_, list) = content_type("namespace");
    format!("{}{list}{uuid}/", mount.root)
}

/// The path of the logo that goes with it.
pub fn avatar(mount: &Mount, unit: Uuid) -> String {
    format!("{}avatar/", namespace_unit(mount, unit))
}

/// The path of a signature of a collection version.
pub fn collection_signature(mount: &Mount, uuid: Uuid) -> String {
    let (_, list) = content_type("collection_signature");
    format!("{}{list}{uuid}/", mount.root)
}

/// The path of the artifact of a collection version; each has one of its own, so they share an id.
pub fn artifact(mount: &Mount, version: Uuid) -> String {
    format!("{}pulp/api/v3/artifacts/{version}/", mount.root)
}

/// The path of something that a task made.
pub fn made(mount: &Mount, made: Made) -> String {
    match made {
        Made::RepositoryVersion(repository, number) => {
            repository_version(mount, repository, number)
        }
        Made::Distribution(uuid) => distribution(mount, uuid),
        Made::CollectionVersion(uuid) => collection_version(mount, uuid),
    }
}

/// What the path of something that a task can make stands for.
pub fn parse_made(href: &str) -> Option<Made> {
    let version = parse_repository_version(href);
    let version = version.map(|(repository, number)| Made::RepositoryVersion(repository, number));
    version
        .or_else(|| parse_distribution(href).map(Made::Distribution))
        .or_else(|| parse_content(href).map(Made::CollectionVersion))
}

/// The UUID in the path of content of any kind.
pub fn parse_content(href: &str) -> Option<Uuid> {
    let (_, rest) = href.split_once("/pulp/api/v3/content/ansible/")?;
    let (_, id) = rest.strip_suffix('/')?.split_once('/')?;
    id.parse().ok()
}

/// The UUID in the path of a logo: that of the unit it goes with.
pub fn parse_avatar(href: &str) -> Option<Uuid> {
    parse_content(href.strip_suffix("avatar/")?)
}

/// The UUID in the path of a signing service. There are none here, but lists can be asked for what one signed.
pub fn parse_signing_service(href: &str) -> Option<Uuid> {
    let (_, rest) = href.split_once("/pulp/api/v3/signing-services/")?;
    rest.strip_suffix('/')?.parse().ok()
}

/// The UUID in the path of a repository.
pub fn parse_repository(href: &str) -> Option<Uuid> {
    uuid_of(Kind::Repository, href)
}

/// The UUID in the path of a task.
pub fn parse_task(href: &str) -> Option<Uuid> {
    uuid_of(Kind::Task, href)
}

/// The UUID of what a task can need, by its path or by its resource name.
pub fn parse_resource(name: &str) -> Option<Uuid> {
    let name = name.strip_prefix("shared:").unwrap_or(name);
    match parse_object(name).or_else(|| parse_prn(name))?.key {
        Key::Uuid(uuid) => Some(uuid),
        Key::Number(_) => None,
    }
}

/// How the paths are read that a list of tasks can be narrowed by.
pub const TASK_PATHS: Paths = Paths {
    task: parse_task,
    made: parse_made,
    resource: parse_resource,
};

/// The UUID in the path of a distribution.
pub fn parse_distribution(href: &str) -> Option<Uuid> {
    uuid_of(Kind::Distribution, href)
}

/// The UUID in the path of a remote.
pub fn parse_remote(href: &str) -> Option<Uuid> {
    uuid_of(Kind::Remote, href)
}

fn uuid_of(kind: Kind, href: &str) -> Option<Uuid> {
    let named = parse_object(href).filter(|named| named.kind == kind)?;
    match named.key {
        Key::Uuid(uuid) => Some(uuid),
        Key::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::kit::mount::Family;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(id: u128, number in 0..i64::MAX) {
            let mount = Mount { root: "/api/galaxy/", content: None, path: String::new(), family: Family::Framework };
            let uuid = Uuid::from_u128(id);
            prop_assert_eq!(parse_repository(&repository(&mount, uuid)), Some(uuid));
            prop_assert_eq!(parse_distribution(&distribution(&mount, uuid)), Some(uuid));
            prop_assert_eq!(parse_remote(&remote(&mount, uuid)), Some(uuid));
            prop_assert_eq!(parse_remote(&repository(&mount, uuid)), None);
            let version = repository_version(&mount, uuid, number);
            prop_assert_eq!(parse_repository_version(&version), Some((uuid, number)));
            let content = format!("/api/galaxy/{}{uuid}/", content_type("collection_version").1);
            prop_assert_eq!(parse_content(&content), Some(uuid));
            prop_assert_eq!(parse_avatar(&avatar(&mount, uuid)), Some(uuid));
            prop_assert_eq!(parse_avatar(&content), None);
        }
    }

    #[test]
    fn a_version_has_the_same_resource_name_for_ever() {
        let prn = repository_version_prn(Uuid::nil(), 1);
        assert_eq!(prn, repository_version_prn(Uuid::nil(), 1));
        assert_ne!(prn, repository_version_prn(Uuid::nil(), 2));
    }
}
