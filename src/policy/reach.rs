//! How far a token reaches: never further than its user, and often less far.

use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RepositoryId;
use crate::policy::action::Action;
use crate::policy::object::Object;
use crate::policy::rule::Effect;
use crate::policy::rule::rule;

/// What the credentials of a request let their account do of what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Everything.
    #[default]
    Full,
    /// Reading only.
    Read,
    /// Reading content, and publishing into this namespace.
    Publish(NamespaceId),
    /// Reading content, and changing it, in this repository; others do not exist.
    Repository(RepositoryId),
}

impl Reach {
    /// Whether `action` is within reach at all.
    pub(super) fn admits(self, action: Action) -> bool {
        match self {
            Self::Full => true,
            Self::Read => rule(action).effect == Effect::Read,
            // What is in a place, not who may do what there: a role that a token gives to somebody would outlive the
            // token, and an end of the token would end nothing.
            Self::Publish(_) => is_for_programs(action) || action == Action::CollectionUpload,
            Self::Repository(_) => is_for_programs(action) || changes_content(action),
        }
    }

    /// Whether `object` is within reach of a change.
    pub(super) fn covers(self, object: Object) -> bool {
        match (self, object) {
            (Self::Publish(own), Object::Namespace(id)) => id == own,
            (Self::Publish(_), Object::Repository(_)) => true,
            (Self::Repository(own), Object::Repository(id)) => id == own,
            (Self::Repository(_), Object::Namespace(_)) => true,
            (Self::Full | Self::Read, _) => true,
            _ => false,
        }
    }

    /// Whether a repository is there at all for the caller.
    pub(super) fn shows(self, repository: RepositoryId) -> bool {
        match self {
            Self::Repository(own) => own == repository,
            Self::Full | Self::Read | Self::Publish(_) => true,
        }
    }
}

/// What changes what is in a repository and nothing else. Deleting is not among it: that is from all repositories.
const fn changes_content(action: Action) -> bool {
    matches!(
        action,
        Action::CollectionUpload
            | Action::CollectionTransfer
            | Action::CollectionDeprecate
            | Action::RepositoryModify
            | Action::SignatureUpload
            | Action::RepositoryTransfer
    )
}

/// What a program reads that publishes or installs. A limited token shows no more: neither who is there and what they
/// hold, nor where its user signed in. What is not listed is not within reach.
const fn is_for_programs(action: Action) -> bool {
    matches!(
        action,
        Action::Discover
            | Action::Probe
            | Action::MetricsRead
            | Action::DescriptionRead
            | Action::SettingsRead
            | Action::InterfaceDiscover
            | Action::MeRead
            | Action::CollectionList
            | Action::CollectionRead
            | Action::CollectionDownload
            | Action::ArtifactRead
            | Action::ClientConfiguration
            | Action::ImportRead
            | Action::TaskList
            | Action::TaskRead
            | Action::NamespaceList
            | Action::NamespaceRead
            | Action::RepositoryRead
            | Action::DistributionRead
            | Action::RepositoryPermissions
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMESPACE: Object = Object::Namespace(NamespaceId(1));
    const REPOSITORY: Object = Object::Repository(RepositoryId(1));

    /// Everything that is read: all that a token for reading reaches.
    const READS: &[Action] = &[
        Action::Discover,
        Action::Probe,
        Action::MetricsRead,
        Action::DescriptionRead,
        Action::Disabled,
        Action::CollectionList,
        Action::CollectionRead,
        Action::CollectionDownload,
        Action::ArtifactRead,
        Action::ImportRead,
        Action::ImportList,
        Action::TaskList,
        Action::TaskRead,
        Action::DenyIndexRead,
        Action::ClientConfiguration,
        Action::NamespaceList,
        Action::NamespaceRead,
        Action::PulpNamespaceRead,
        Action::OwnNamespaceList,
        Action::OwnNamespaceRead,
        Action::NamespaceRoleList,
        Action::Search,
        Action::InterfaceSearch,
        Action::TagList,
        Action::PulpTagList,
        Action::ContentList,
        Action::ContentRead,
        Action::NamespaceContentRead,
        Action::AvatarRead,
        Action::SignatureList,
        Action::SignatureRead,
        Action::RepositoryList,
        Action::BaseRepositoryList,
        Action::RepositoryRead,
        Action::DistributionList,
        Action::BaseDistributionList,
        Action::DistributionRead,
        Action::InterfaceDistributionList,
        Action::InterfaceDistributionRead,
        Action::RepositoryPermissions,
        Action::RepositoryRoleList,
        Action::RemoteList,
        Action::RemoteRead,
        Action::RemoteConfigRead,
        Action::SyncConfigRead,
        Action::RemotePermissions,
        Action::RemoteRoleList,
        Action::TokenList,
        Action::SessionList,
        Action::MeRead,
        Action::SettingsRead,
        Action::InterfaceDiscover,
        Action::ControllerList,
        Action::UserList,
        Action::UserRead,
        Action::UserRoleList,
        Action::GroupList,
        Action::GroupRead,
        Action::GroupMemberList,
        Action::PulpMemberList,
        Action::GroupRoleList,
        Action::RoleList,
        Action::RoleRead,
        Action::PlatformRead,
    ];

    /// All that a token for one namespace reaches.
    const FOR_PROGRAMS: &[Action] = &[
        Action::Discover,
        Action::Probe,
        Action::MetricsRead,
        Action::DescriptionRead,
        Action::CollectionList,
        Action::CollectionRead,
        Action::CollectionDownload,
        Action::ArtifactRead,
        Action::CollectionUpload,
        Action::ImportRead,
        Action::TaskList,
        Action::TaskRead,
        Action::ClientConfiguration,
        Action::NamespaceList,
        Action::NamespaceRead,
        Action::RepositoryRead,
        Action::DistributionRead,
        Action::RepositoryPermissions,
        Action::MeRead,
        Action::SettingsRead,
        Action::InterfaceDiscover,
    ];

    fn reached(reach: Reach) -> Vec<Action> {
        let all = Action::ALL.iter().copied();
        all.filter(|action| reach.admits(*action)).collect()
    }

    /// Spelled out, so that an action that is new is within no reach before somebody thought of it.
    #[test]
    fn each_kind_of_token_reaches_what_is_listed_here_and_no_more() {
        assert_eq!(reached(Reach::Full), Action::ALL);
        assert_eq!(reached(Reach::Read), READS);
        assert_eq!(reached(Reach::Publish(NamespaceId(1))), FOR_PROGRAMS);
        let mut for_content = FOR_PROGRAMS.to_vec();
        for_content.extend([
            Action::CollectionTransfer,
            Action::CollectionDeprecate,
            Action::RepositoryModify,
            Action::SignatureUpload,
            Action::RepositoryTransfer,
        ]);
        for_content.sort();
        assert_eq!(reached(Reach::Repository(RepositoryId(1))), for_content);
        let writes = Action::ALL
            .iter()
            .filter(|action| rule(**action).effect == Effect::Write);
        for action in writes {
            assert!(!Reach::Read.admits(*action), "{action:?}");
        }
    }

    #[test]
    fn a_token_for_publishing_changes_its_namespace_only() {
        let reach = Reach::Publish(NamespaceId(1));
        assert!(reach.covers(NAMESPACE) && reach.covers(REPOSITORY));
        assert!(!reach.covers(Object::Namespace(NamespaceId(2))));
        assert!(reach.shows(RepositoryId(1)));
    }

    #[test]
    fn a_token_for_a_repository_stays_in_it() {
        let reach = Reach::Repository(RepositoryId(1));
        assert!(reach.covers(REPOSITORY) && !reach.covers(Object::Repository(RepositoryId(2))));
        assert!(reach.shows(RepositoryId(1)) && !reach.shows(RepositoryId(2)));
    }
}
