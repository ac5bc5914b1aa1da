//! How far a token reaches: never further than its user, and often less far.

use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RepositoryId;
use crate::policy::action::Action;
use crate::policy::object::Kind;
use crate::policy::object::Object;
use crate::policy::rule::Effect;
use crate::policy::rule::Place;
use crate::policy::rule::Rule;
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
    /// Reading and changing what is in this repository; others do not exist.
    Repository(RepositoryId),
}

impl Reach {
    /// Whether `action` is within reach at all.
    pub(super) fn admits(self, action: Action) -> bool {
        let rule = rule(action);
        let reads = rule.effect == Effect::Read;
        match self {
            Self::Full => true,
            Self::Read => reads,
            Self::Publish(_) => is_for_programs(action) || action == Action::CollectionUpload,
            Self::Repository(_) => is_for_programs(action) || is_about_repositories(&rule),
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

/// What a program reads that publishes or installs. A limited token shows no more: neither who is there and what they
/// hold, nor where its user signed in. What is not listed is not within reach.
const fn is_for_programs(action: Action) -> bool {
    matches!(
        action,
        Action::Discover
            | Action::Probe
            | Action::MetricsRead
            | Action::SettingsRead
            | Action::InterfaceDiscover
            | Action::MeRead
            | Action::CollectionList
            | Action::CollectionRead
            | Action::CollectionDownload
            | Action::ArtifactRead
            | Action::ImportRead
            | Action::TaskList
            | Action::TaskRead
            | Action::NamespaceList
            | Action::NamespaceRead
            | Action::RepositoryPermissions
    )
}

fn is_about_repositories(rule: &Rule) -> bool {
    let on_one = |need: &crate::policy::rule::Need| need.place == Place::On(Kind::Repository);
    rule.needs.iter().any(on_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMESPACE: Object = Object::Namespace(NamespaceId(1));
    const REPOSITORY: Object = Object::Repository(RepositoryId(1));

    #[test]
    fn a_token_for_reading_changes_nothing() {
        for action in Action::ALL {
            let reads = rule(*action).effect == Effect::Read;
            assert_eq!(Reach::Read.admits(*action), reads, "{action:?}");
        }
    }

    #[test]
    fn a_token_for_publishing_publishes_into_its_namespace_and_shows_no_administration() {
        let reach = Reach::Publish(NamespaceId(1));
        let writes: Vec<&Action> = Action::ALL
            .iter()
            .filter(|action| rule(**action).effect == Effect::Write && reach.admits(**action))
            .collect();
        assert_eq!(writes, [&Action::CollectionUpload]);
        assert!(reach.admits(Action::CollectionRead) && reach.admits(Action::ImportRead));
        assert!(!reach.admits(Action::UserList) && !reach.admits(Action::RoleRead));
        assert!(!reach.admits(Action::TokenList) && !reach.admits(Action::SessionList));
        assert!(!reach.admits(Action::PlatformRead));
        assert!(reach.covers(NAMESPACE) && reach.covers(REPOSITORY));
        assert!(!reach.covers(Object::Namespace(NamespaceId(2))));
    }

    #[test]
    fn a_token_for_a_repository_stays_in_it() {
        let reach = Reach::Repository(RepositoryId(1));
        assert!(reach.admits(Action::CollectionUpload) && reach.admits(Action::RepositoryRoleAdd));
        assert!(!reach.admits(Action::TokenIssue) && !reach.admits(Action::UserList));
        assert!(!reach.admits(Action::PlatformRead));
        assert!(reach.covers(REPOSITORY) && !reach.covers(Object::Repository(RepositoryId(2))));
        assert!(reach.shows(RepositoryId(1)) && !reach.shows(RepositoryId(2)));
    }
}
