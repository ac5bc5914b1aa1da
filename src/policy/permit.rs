//! The two steps of a decision: the door, then the object.

use std::net::IpAddr;

use crate::kernel::error::Credentials;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::UserId;
use crate::policy::action::Action;
use crate::policy::grants::Grants;
use crate::policy::object::Object;
use crate::policy::permission::Permission;
use crate::policy::principal::Account;
use crate::policy::principal::Viewer;
use crate::policy::reach::Reach;
use crate::policy::rule::Door;
use crate::policy::rule::Need;
use crate::policy::rule::Place;
use crate::policy::rule::Switch;
use crate::policy::rule::When;
use crate::policy::rule::rule;

/// Which strangers the settings let in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Switches {
    /// Strangers may list and read collections and namespaces.
    pub anonymous_access: bool,
    /// Strangers may download artifacts.
    pub anonymous_download: bool,
    /// Strangers may read the description of the API.
    pub anonymous_description: bool,
}

impl Switches {
    fn is_on(self, switch: Switch) -> bool {
        match switch {
            Switch::AnonymousAccess => self.anonymous_access,
            Switch::AnonymousDownload => self.anonymous_download,
            Switch::AnonymousDescription => self.anonymous_description,
        }
    }
}

/// The first step: may `viewer` come in for `action` at all? Runs before the body is read.
///
/// Fails with [`Error::Unauthenticated`] for strangers and [`Error::Forbidden`] for everybody else.
pub fn admit(viewer: Viewer, action: Action, switches: Switches) -> Result<Permit> {
    let rule = rule(action);
    let enters = match rule.door {
        Door::Anyone | Door::SignedLink => true,
        Door::SignedIn => viewer.account().is_some(),
        Door::OpenIf(switch) => viewer.account().is_some() || switches.is_on(switch),
        Door::Superuser => viewer
            .account()
            .is_some_and(|account| account.grants.is_superuser()),
        Door::Nobody => false,
    };
    let reached = viewer
        .account()
        .is_none_or(|account| account.reach.admits(action));
    let permit = Permit {
        viewer,
        action,
        address: None,
    };
    let mut site = rule
        .needs
        .iter()
        .filter(|need| need.when == When::Always && need.place == Place::Site);
    if !(enters && site.all(|need| permit.holds_everywhere(need.permission))) {
        return Err(permit.refusal());
    }
    if !reached {
        return Err(beyond_reach());
    }
    Ok(permit)
}

/// What somebody is told who may do it, but not with this token.
fn beyond_reach() -> Error {
    Error::Denied("This token is limited and does not reach that far.".to_owned())
}

/// Proof that its viewer passed the door of its action.
#[derive(Debug, Clone)]
pub struct Permit {
    viewer: Viewer,
    action: Action,
    address: Option<IpAddr>,
}

impl Permit {
    /// The same permit, noting the address its viewer asks from.
    pub fn from(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }

    /// Who asks.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// What for.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Where from, if that is known.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The account behind the permit, or the refusal for strangers.
    pub fn account(&self) -> Result<&Account> {
        self.viewer
            .account()
            .ok_or(Error::Unauthenticated(Credentials::Missing))
    }

    /// The second step: everything the action's rule needs under the circumstances `when`, on `object` or,
    /// for what is needed on the site, everywhere. Fails with [`Permit::refusal`], or says that a limited token
    /// does not reach the object.
    ///
    /// A circumstance the rule says nothing about is refused too: nothing is allowed by omission.
    pub fn check(&self, when: When, object: Option<Object>) -> Result<()> {
        let mut needs = rule(self.action)
            .needs
            .iter()
            .filter(|need| need.when == when)
            .peekable();
        let holds = |need: &Need| match (need.place, object) {
            (Place::Site, _) => self.holds_everywhere(need.permission),
            (Place::On(kind), Some(object)) => {
                object.kind() == kind && self.holds_on(need.permission, object)
            }
            (Place::On(_), None) => false,
        };
        if needs.peek().is_none() || !needs.all(holds) {
            return Err(self.refusal());
        }
        // Without an object, what is asked for concerns the site, which only an unlimited token changes.
        let covered = match object {
            Some(object) => self.reach().covers(object),
            None => matches!(self.reach(), Reach::Full | Reach::Read),
        };
        if covered { Ok(()) } else { Err(beyond_reach()) }
    }

    /// [`Permit::check`] of what is needed in any case, on the object concerned.
    pub fn on(&self, object: Object) -> Result<()> {
        self.check(When::Always, Some(object))
    }

    /// Refuses what the rule lets nobody do to oneself or to a superuser.
    pub fn spares(&self, user: UserId, is_superuser: bool) -> Result<()> {
        let oneself = self
            .viewer
            .account()
            .is_some_and(|account| account.id == user);
        if rule(self.action).sparing && (oneself || is_superuser) {
            return Err(self.refusal());
        }
        Ok(())
    }

    fn reach(&self) -> Reach {
        self.viewer
            .account()
            .map_or(Reach::Full, |account| account.reach)
    }

    fn holds_everywhere(&self, permission: Permission) -> bool {
        self.grants()
            .is_some_and(|grants| grants.everywhere(permission))
    }

    fn holds_on(&self, permission: Permission, object: Object) -> bool {
        self.grants()
            .is_some_and(|grants| grants.on(permission, object))
    }

    /// Refuses callers who may not see a private repository, if the action's rule asks for that, and those whose
    /// token is for another repository.
    pub fn sees(&self, repository: RepositoryId, is_private: bool) -> Result<()> {
        let asks = rule(self.action).seeing_repository;
        let seen = !is_private
            || self.holds_on(Permission::ViewRepository, Object::Repository(repository));
        if asks && !seen {
            return Err(self.refusal());
        }
        if asks && !self.reach().shows(repository) {
            return Err(beyond_reach());
        }
        Ok(())
    }

    /// What the caller is told when refused.
    pub fn refusal(&self) -> Error {
        self.viewer.refusal()
    }

    fn grants(&self) -> Option<&Grants> {
        self.viewer.account().map(|account| account.grants.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kernel::ids::NamespaceId;
    use crate::kernel::ids::TaskId;
    use crate::kernel::ids::UserId;
    use crate::policy::permission::PermissionSet;
    use crate::policy::principal::Via;

    fn user(grants: Grants) -> Viewer {
        Viewer::User(Account {
            id: UserId(1),
            username: "ana".to_owned(),
            grants: Arc::new(grants),
            reach: Reach::Full,
            via: Via::Token,
        })
    }

    #[test]
    fn a_stranger_is_told_to_sign_in_and_a_user_that_they_may_not() {
        let off = Switches::default();
        let refused = |viewer| admit(viewer, Action::NamespaceCreate, off).unwrap_err();
        assert!(matches!(
            refused(Viewer::Anonymous),
            Error::Unauthenticated(Credentials::Missing)
        ));
        assert!(matches!(refused(user(Grants::default())), Error::Forbidden));
        assert!(admit(user(Grants::superuser()), Action::NamespaceCreate, off).is_ok());
    }

    #[test]
    fn a_switch_opens_its_own_door_only() {
        let on = Switches {
            anonymous_access: true,
            ..Switches::default()
        };
        assert!(admit(Viewer::Anonymous, Action::CollectionRead, on).is_ok());
        assert!(admit(Viewer::Anonymous, Action::CollectionDownload, on).is_err());
        assert!(admit(Viewer::Anonymous, Action::TaskRead, on).is_err());
    }

    #[test]
    fn what_is_held_on_one_namespace_counts_for_no_other() {
        let mut grants = Grants::default();
        let own = Object::Namespace(NamespaceId(1));
        let uploads = PermissionSet::of(&[Permission::UploadToNamespace]);
        grants.add(Some(own), uploads);
        let permit = admit(user(grants), Action::CollectionUpload, Switches::default()).unwrap();
        assert!(permit.check(When::NamespaceExists, Some(own)).is_ok());
        let other = Object::Namespace(NamespaceId(2));
        assert!(permit.check(When::NamespaceExists, Some(other)).is_err());
        assert!(permit.check(When::NamespaceMissing, None).is_err());
        assert!(
            permit.check(When::Always, Some(own)).is_err(),
            "nothing is allowed by omission"
        );
    }

    #[test]
    fn a_task_of_somebody_else_takes_the_permission_to_change_tasks() {
        let (off, task) = (Switches::default(), Object::Task(TaskId(1)));
        let permit = admit(user(Grants::default()), Action::TaskCancel, off).unwrap();
        assert!(permit.check(When::TaskOfAnother, Some(task)).is_err());
        let permit = admit(user(Grants::superuser()), Action::TaskCancel, off).unwrap();
        assert!(permit.check(When::TaskOfAnother, Some(task)).is_ok());
        assert!(admit(Viewer::Anonymous, Action::TaskCancel, off).is_err());
    }

    #[test]
    fn nobody_passes_a_disabled_door() {
        assert!(
            admit(
                user(Grants::superuser()),
                Action::Disabled,
                Switches::default()
            )
            .is_err()
        );
    }
}
