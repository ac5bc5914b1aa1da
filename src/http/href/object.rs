//! Objects that roles are held on, as paths of the pulp API and as its resource names, written and read.

use crate::domain::accounts::roles::objects::Key;
use crate::domain::accounts::roles::objects::Named;
use crate::domain::accounts::roles::objects::is_numbered;
use crate::http::kit::mount::Mount;
use crate::policy::object::Kind;

/// What stands in front of every path of the pulp API, below whichever root.
const PULP: &str = "/pulp/api/v3/";

/// Where the pulp API lists the things of a kind, and what their resource names begin with. Those of kinds this
/// server does not have are known too, because roles can be asked for by them.
const KINDS: &[(Kind, &str, &str)] = &[
    (
        Kind::Namespace,
        "pulp_ansible/namespaces/",
        "galaxy.namespace",
    ),
    (
        Kind::Repository,
        "repositories/ansible/ansible/",
        "ansible.ansiblerepository",
    ),
    (
        Kind::Remote,
        "remotes/ansible/collection/",
        "ansible.collectionremote",
    ),
    (
        Kind::Distribution,
        "distributions/ansible/ansible/",
        "ansible.ansibledistribution",
    ),
    (Kind::Task, "tasks/", "core.task"),
    (Kind::Group, "groups/", "core.group"),
    (Kind::User, "users/", "galaxy.user"),
    (
        Kind::Foreign("gitremote"),
        "remotes/ansible/git/",
        "ansible.gitremote",
    ),
    (
        Kind::Foreign("roleremote"),
        "remotes/ansible/role/",
        "ansible.roleremote",
    ),
    (
        Kind::Foreign("containernamespace"),
        "pulp_container/namespaces/",
        "container.containernamespace",
    ),
];

/// What `_ui/v1` calls groups.
const GROUP: &str = "auth.group";

/// The path of an object; `None` for kinds that the pulp API has no path for.
pub fn object(mount: &Mount, named: Named) -> Option<String> {
    let (_, list, _) = KINDS.iter().find(|(kind, ..)| *kind == named.kind)?;
    Some(format!(
        "{}pulp/api/v3/{list}{}/",
        mount.root,
        key(named.key)
    ))
}

/// The resource name of an object: `prn:galaxy.namespace:19`.
pub fn prn(named: Named) -> String {
    let known = KINDS.iter().find(|(kind, ..)| *kind == named.kind);
    let model = known.map_or("ansible.collection", |(_, _, model)| model);
    format!("prn:{model}:{}", key(named.key))
}

fn key(key: Key) -> String {
    match key {
        Key::Number(id) => id.to_string(),
        Key::Uuid(id) => id.to_string(),
    }
}

fn parse_key(kind: Kind, text: &str) -> Option<Key> {
    if is_numbered(kind) {
        // A sign or a blank is not how the paths here are spelt.
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        return text.parse().ok().filter(|_| is_number).map(Key::Number);
    }
    let hyphenated = text.len() == 36;
    text.parse().ok().filter(|_| hyphenated).map(Key::Uuid)
}

/// What is left of a path behind the root of the pulp API, with or without scheme and host.
fn below_pulp(href: &str) -> Option<&str> {
    Some(href.split_once(PULP)?.1)
}

/// The object behind a path, with or without scheme and host.
pub fn parse_object(href: &str) -> Option<Named> {
    let (list, id) = below_pulp(href)?.strip_suffix('/')?.rsplit_once('/')?;
    let known = |path: &str| path.strip_suffix('/') == Some(list);
    let (kind, ..) = KINDS.iter().find(|(_, path, _)| known(path))?;
    let key = parse_key(*kind, id)?;
    Some(Named { kind: *kind, key })
}

/// The object of a resource name.
pub fn parse_prn(prn: &str) -> Option<Named> {
    let (model, id) = prn.strip_prefix("prn:")?.split_once(':')?;
    let kind = match model {
        GROUP => Kind::Group,
        "ansible.collection" => Kind::Collection,
        _ => KINDS.iter().find(|(_, _, known)| *known == model)?.0,
    };
    let key = parse_key(kind, id)?;
    Some(Named { kind, key })
}

/// The kind of things that a path lists.
pub fn parse_list(href: &str) -> Option<Kind> {
    let list = below_pulp(href)?;
    let (kind, ..) = KINDS.iter().find(|(_, path, _)| *path == list)?;
    Some(*kind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::http::kit::mount::Family;

    fn mount(root: &'static str) -> Mount {
        Mount {
            root,
            content: None,
            path: String::new(),
            family: Family::Framework,
        }
    }

    fn named(kind: Kind, number: i64, uuid: u128) -> Named {
        let key = match is_numbered(kind) {
            true => Key::Number(number),
            false => Key::Uuid(Uuid::from_u128(uuid)),
        };
        Named { kind, key }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(number in 0..=i64::MAX, uuid: u128) {
            for (kind, ..) in KINDS {
                let named = named(*kind, number, uuid);
                for root in ["/api/galaxy/", "/api/"] {
                    let path = object(&mount(root), named).unwrap();
                    prop_assert_eq!(parse_object(&path), Some(named));
                    prop_assert_eq!(parse_object(&format!("https://hub.example.com{path}")), Some(named));
                }
                prop_assert_eq!(parse_prn(&prn(named)), Some(named));
            }
            let collection = named(Kind::Collection, number, uuid);
            prop_assert_eq!(object(&mount("/api/"), collection), None);
            prop_assert_eq!(parse_prn(&prn(collection)), Some(collection));
        }

        #[test]
        fn no_text_is_read_as_an_object_that_is_written_otherwise(text in "(/api/galaxy/pulp/api/v3/(groups|tasks)/|prn:core.(group|task):)?[-+ 0-9a-f/]{0,40}") {
            if let Some(named) = parse_object(&text) {
                // Zeros in front of a number and capitals in a UUID are all that may differ.
                let again = object(&mount("/api/galaxy/"), named).unwrap();
                prop_assert_eq!(parse_object(&again), Some(named));
                prop_assert!(text.starts_with("/api/galaxy/pulp/api/v3/"));
            }
            if let Some(named) = parse_prn(&text) {
                prop_assert_eq!(parse_prn(&prn(named)), Some(named));
            }
        }
    }

    #[test]
    fn paths_and_names_are_those_of_the_reference() {
        let beta = named(Kind::Namespace, 19, 0);
        let path = "/api/galaxy/pulp/api/v3/pulp_ansible/namespaces/19/";
        assert_eq!(object(&mount("/api/galaxy/"), beta).as_deref(), Some(path));
        assert_eq!(prn(beta), "prn:galaxy.namespace:19");
        let group = named(Kind::Group, 11, 0);
        assert_eq!(parse_prn("prn:auth.group:11"), Some(group));
        assert_eq!(parse_prn("prn:core.group:11"), Some(group));
        let repositories = "/api/galaxy/pulp/api/v3/repositories/ansible/ansible/";
        assert_eq!(parse_list(repositories), Some(Kind::Repository));
        for wrong in [
            "",
            "/",
            repositories,
            "/api/galaxy/pulp/api/v3/groups/-1/",
            "/api/galaxy/pulp/api/v3/groups/1",
            "/api/galaxy/pulp/api/v3/groups/1/roles/1/",
            "/api/galaxy/pulp/api/v3/tasks/1/",
            "prn:core.task:1",
            "prn:nope.nope:1",
        ] {
            assert_eq!(parse_object(wrong), None, "{wrong}");
            assert_eq!(parse_prn(wrong), None, "{wrong}");
        }
    }
}
