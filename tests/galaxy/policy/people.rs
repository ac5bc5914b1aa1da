//! Everybody who asks.

use crate::policy::contract;

/// Somebody, and what they hold.
#[derive(Debug)]
pub struct Person {
    pub name: &'static str,
    pub is_signed_in: bool,
    pub is_superuser: bool,
    /// A shipped role held everywhere.
    pub everywhere: Option<&'static str>,
    /// A shipped role held on the namespace `acme`.
    pub on_namespace: Option<&'static str>,
    /// A shipped role held on both repositories.
    pub on_repositories: Option<&'static str>,
}

impl Person {
    /// Whether they hold a permission everywhere.
    pub fn holds(&self, permission: &str) -> bool {
        granted(self.everywhere, permission)
    }

    /// Whether they hold it on the namespace, by a role of their own there.
    pub fn holds_on_namespace(&self, permission: &str) -> bool {
        granted(self.on_namespace, permission)
    }

    /// Whether they hold it on the repository, by a role of their own there.
    pub fn holds_on_repository(&self, permission: &str) -> bool {
        granted(self.on_repositories, permission)
    }
}

fn granted(role: Option<&str>, permission: &str) -> bool {
    role.is_some_and(|role| contract::permissions(role).contains(&permission))
}

const NOBODY: Person = Person {
    name: "anonymous",
    is_signed_in: false,
    is_superuser: false,
    everywhere: None,
    on_namespace: None,
    on_repositories: None,
};

const fn signed_in(name: &'static str) -> Person {
    Person {
        name,
        is_signed_in: true,
        ..NOBODY
    }
}

const fn holder(name: &'static str, role: &'static str) -> Person {
    Person {
        everywhere: Some(role),
        ..signed_in(name)
    }
}

/// Anonymous, signed in, owners of the objects concerned, each shipped role, a superuser.
pub const PEOPLE: &[Person] = &[
    NOBODY,
    signed_in("signed_in"),
    Person {
        on_namespace: Some("galaxy.collection_namespace_owner"),
        ..signed_in("owner_of_the_namespace")
    },
    Person {
        on_repositories: Some("galaxy.ansible_repository_owner"),
        ..signed_in("owner_of_the_repository")
    },
    holder("namespace_owner", "galaxy.collection_namespace_owner"),
    holder("publisher", "galaxy.collection_publisher"),
    holder("repository_owner", "galaxy.ansible_repository_owner"),
    holder("remote_owner", "galaxy.collection_remote_owner"),
    holder("curator", "galaxy.collection_curator"),
    holder("collection_admin", "galaxy.collection_admin"),
    holder("content_admin", "galaxy.content_admin"),
    holder(
        "ee_collaborator",
        "galaxy.execution_environment_collaborator",
    ),
    holder(
        "ee_namespace_owner",
        "galaxy.execution_environment_namespace_owner",
    ),
    holder("ee_publisher", "galaxy.execution_environment_publisher"),
    holder("ee_admin", "galaxy.execution_environment_admin"),
    holder("group_admin", "galaxy.group_admin"),
    holder("user_admin", "galaxy.user_admin"),
    holder("synclist_owner", "galaxy.synclist_owner"),
    holder("task_admin", "galaxy.task_admin"),
    holder("auditor", "galaxy.auditor"),
    Person {
        is_superuser: true,
        ..signed_in("superuser")
    },
];
