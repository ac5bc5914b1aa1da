//! Which repositories a caller may see, for lists: they put it into their query, and never filter fetched rows.

use crate::kernel::ids::RepositoryId;
use crate::policy::object::Object;
use crate::policy::permission::Permission;
use crate::policy::principal::Viewer;

/// What is seen of repositories (contract 08 §8.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repositories {
    /// All of them.
    All,
    /// Those that are not private, and these.
    PublicAnd(Vec<RepositoryId>),
}

impl Repositories {
    /// What `viewer` sees by what they hold. How far a token reaches is the door's part.
    pub fn of(viewer: &Viewer) -> Self {
        let Some(account) = viewer.account() else {
            return Self::PublicAnd(Vec::new());
        };
        if account.grants.everywhere(Permission::ViewRepository) {
            return Self::All;
        }
        let own = account.grants.objects_with(Permission::ViewRepository);
        let own = own.filter_map(|object| match object {
            Object::Repository(id) => Some(id),
            _ => None,
        });
        Self::PublicAnd(own.collect())
    }

    /// The ids of private repositories that are seen, as JSON for `json_each`; `None` when all are.
    pub fn private_ones(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::PublicAnd(own) => {
                let ids: Vec<String> = own.iter().map(|id| id.0.to_string()).collect();
                Some(format!("[{}]", ids.join(",")))
            }
        }
    }
}

/// The namespaces that are a viewer's own: where they may upload or change something. `None` are all of them
/// (contract 08 §8.6).
pub fn own_namespaces(viewer: &Viewer) -> Option<Vec<i64>> {
    let Some(account) = viewer.account() else {
        return Some(Vec::new());
    };
    let owning = [Permission::UploadToNamespace, Permission::ChangeNamespace];
    if owning
        .iter()
        .any(|permission| account.grants.everywhere(*permission))
    {
        return None;
    }
    let held = owning
        .iter()
        .flat_map(|permission| account.grants.objects_with(*permission));
    let own = held.filter_map(|object| match object {
        Object::Namespace(id) => Some(id.0),
        _ => None,
    });
    Some(own.collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kernel::ids::NamespaceId;
    use crate::kernel::ids::UserId;
    use crate::policy::grants::Grants;
    use crate::policy::permission::PermissionSet;
    use crate::policy::principal::Account;
    use crate::policy::principal::Via;
    use crate::policy::reach::Reach;

    fn seen(grants: Grants) -> Repositories {
        Repositories::of(&Viewer::User(Account {
            id: UserId(1),
            username: "ana".to_owned(),
            grants: Arc::new(grants),
            reach: Reach::Full,
            via: Via::Token,
        }))
    }

    #[test]
    fn a_private_repository_is_seen_by_who_may_view_it_or_all() {
        let view = PermissionSet::of(&[Permission::ViewRepository]);
        let mut grants = Grants::default();
        grants.add(Some(Object::Repository(RepositoryId(7))), view);
        grants.add(Some(Object::Namespace(NamespaceId(8))), view);
        let own = seen(grants.clone());
        assert_eq!(own, Repositories::PublicAnd(vec![RepositoryId(7)]));
        assert_eq!(own.private_ones().as_deref(), Some("[7]"));
        grants.add(None, view);
        assert_eq!(seen(grants), Repositories::All);
        assert_eq!(seen(Grants::superuser()).private_ones(), None);
        let stranger = Repositories::of(&Viewer::Anonymous);
        assert_eq!(stranger.private_ones().as_deref(), Some("[]"));
    }
}
