//! What roles can be held on.

use crate::kernel::ids::CollectionId;
use crate::kernel::ids::DistributionId;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::TaskId;

/// What kind of thing a permission is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A namespace.
    Namespace,
    /// A repository.
    Repository,
    /// A remote of collections.
    Remote,
    /// A distribution.
    Distribution,
    /// A collection.
    Collection,
    /// A task.
    Task,
    /// A group.
    Group,
    /// A user; roles are not held on users.
    User,
    /// Anything this server does not have: containers, synclists, other kinds of remotes. The permissions
    /// exist because the roles that come with the reference name them.
    Foreign(&'static str),
}

impl Kind {
    /// What the reference calls its model, which permissions are sorted by.
    pub const fn model(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::Repository => "ansiblerepository",
            Self::Remote => "collectionremote",
            Self::Distribution => "ansibledistribution",
            Self::Collection => "collection",
            Self::Task => "task",
            Self::Group => "group",
            Self::User => "user",
            Self::Foreign(model) => model,
        }
    }

    /// How `role_assignment.object_kind` spells it; `None` for what no role is held on.
    pub const fn column(self) -> Option<&'static str> {
        match self {
            Self::Namespace => Some("namespace"),
            Self::Repository => Some("repository"),
            Self::Remote => Some("remote"),
            Self::Distribution => Some("distribution"),
            Self::Collection => Some("collection"),
            Self::Task => Some("task"),
            Self::Group => Some("group"),
            Self::User | Self::Foreign(_) => None,
        }
    }
}

/// An object that roles can be held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    /// A namespace.
    Namespace(NamespaceId),
    /// A repository.
    Repository(RepositoryId),
    /// A remote of collections.
    Remote(RemoteId),
    /// A distribution.
    Distribution(DistributionId),
    /// A collection.
    Collection(CollectionId),
    /// A task.
    Task(TaskId),
    /// A group.
    Group(GroupId),
}

impl Object {
    /// What kind of thing it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Namespace(_) => Kind::Namespace,
            Self::Repository(_) => Kind::Repository,
            Self::Remote(_) => Kind::Remote,
            Self::Distribution(_) => Kind::Distribution,
            Self::Collection(_) => Kind::Collection,
            Self::Task(_) => Kind::Task,
            Self::Group(_) => Kind::Group,
        }
    }

    /// How `role_assignment.object_kind` and `object_id` spell it.
    pub fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Namespace(id) => ("namespace", id.0),
            Self::Repository(id) => ("repository", id.0),
            Self::Remote(id) => ("remote", id.0),
            Self::Distribution(id) => ("distribution", id.0),
            Self::Collection(id) => ("collection", id.0),
            Self::Task(id) => ("task", id.0),
            Self::Group(id) => ("group", id.0),
        }
    }

    /// The object two columns stand for; `None` for a kind this program does not know.
    pub fn from_columns(kind: &str, id: i64) -> Option<Self> {
        match kind {
            "namespace" => Some(Self::Namespace(NamespaceId(id))),
            "repository" => Some(Self::Repository(RepositoryId(id))),
            "remote" => Some(Self::Remote(RemoteId(id))),
            "distribution" => Some(Self::Distribution(DistributionId(id))),
            "collection" => Some(Self::Collection(CollectionId(id))),
            "task" => Some(Self::Task(TaskId(id))),
            "group" => Some(Self::Group(GroupId(id))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_to_columns_is_read_back() {
        let all = [
            Object::Namespace(NamespaceId(1)),
            Object::Repository(RepositoryId(2)),
            Object::Remote(RemoteId(3)),
            Object::Distribution(DistributionId(4)),
            Object::Collection(CollectionId(5)),
            Object::Task(TaskId(6)),
            Object::Group(GroupId(7)),
        ];
        for object in all {
            let (kind, id) = object.columns();
            assert_eq!(Object::from_columns(kind, id), Some(object));
            assert_eq!(object.kind().column(), Some(kind));
        }
    }
}
