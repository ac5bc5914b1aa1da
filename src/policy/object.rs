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
}

/// Each kind of object is one line: its name, its id, and how `role_assignment.object_kind` spells it.
macro_rules! objects {
    ($($(#[$doc:meta])* $kind:ident($id:ident) = $column:literal,)+) => {
        /// An object that roles can be held on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Object {
            $($(#[$doc])* $kind($id),)+
        }

        impl Object {
            /// What kind of thing it is.
            pub const fn kind(self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)+
                }
            }

            /// How `role_assignment.object_kind` and `object_id` spell it.
            pub const fn columns(self) -> (&'static str, i64) {
                match self {
                    $(Self::$kind(id) => ($column, id.0),)+
                }
            }

            /// The object two columns stand for; `None` for a kind this program does not know.
            pub fn from_columns(kind: &str, id: i64) -> Option<Self> {
                match kind {
                    $($column => Some(Self::$kind($id(id))),)+
                    _ => None,
                }
            }
        }

        impl Kind {
            /// How `role_assignment.object_kind` spells it; `None` for what no role is held on.
            pub const fn column(self) -> Option<&'static str> {
                match self {
                    $(Self::$kind => Some($column),)+
                    Self::User | Self::Foreign(_) => None,
                }
            }
        }
    };
}

objects! {
    /// A namespace.
    Namespace(NamespaceId) = "namespace",
    /// A repository.
    Repository(RepositoryId) = "repository",
    /// A remote of collections.
    Remote(RemoteId) = "remote",
    /// A distribution.
    Distribution(DistributionId) = "distribution",
    /// A collection.
    Collection(CollectionId) = "collection",
    /// A task.
    Task(TaskId) = "task",
    /// A group.
    Group(GroupId) = "group",
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
