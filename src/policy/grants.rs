//! What an account holds: the one reader of role assignments.

use std::collections::HashMap;

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::UserId;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;
use crate::policy::roles;

/// An object that roles can be held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    /// A namespace.
    Namespace(NamespaceId),
    /// A repository.
    Repository(RepositoryId),
}

impl Object {
    /// How `role_assignment.object_kind` and `object_id` spell it.
    pub fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Namespace(id) => ("namespace", id.0),
            Self::Repository(id) => ("repository", id.0),
        }
    }

    fn from_columns(kind: &str, id: i64) -> Option<Self> {
        match kind {
            "namespace" => Some(Self::Namespace(NamespaceId(id))),
            "repository" => Some(Self::Repository(RepositoryId(id))),
            _ => None,
        }
    }
}

/// Everything one account holds, through itself and its groups.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    superuser: bool,
    everywhere: PermissionSet,
    on: HashMap<Object, PermissionSet>,
}

impl Grants {
    /// The grants of somebody who passes every permission test.
    pub fn superuser() -> Self {
        Self {
            superuser: true,
            ..Self::default()
        }
    }

    /// Whether `permission` is held everywhere.
    pub fn everywhere(&self, permission: Permission) -> bool {
        self.superuser || self.everywhere.holds(permission)
    }

    /// Whether `permission` is held everywhere or on `object`.
    pub fn on(&self, permission: Permission, object: Object) -> bool {
        self.everywhere(permission)
            || self
                .on
                .get(&object)
                .is_some_and(|set| set.holds(permission))
    }

    #[cfg(test)]
    pub(super) fn grant_for_test(&mut self, object: Object, permission: Permission) {
        self.add(Some(object), PermissionSet::of(&[permission]));
    }

    fn add(&mut self, object: Option<Object>, permissions: PermissionSet) {
        let set = match object {
            None => &mut self.everywhere,
            Some(object) => self.on.entry(object).or_default(),
        };
        *set = set.and(permissions);
    }
}

const OF_USER: &str = "
    SELECT role, object_kind, object_id FROM role_assignment WHERE user_id = :user
    UNION ALL
    SELECT a.role, a.object_kind, a.object_id
      FROM group_member m JOIN role_assignment a ON a.group_id = m.group_id
     WHERE m.user_id = :user";

/// Reads what `user` holds. One query; a superuser needs none.
pub fn load(tx: &ReadTx<'_>, user: UserId, is_superuser: bool) -> Result<Grants> {
    if is_superuser {
        return Ok(Grants::superuser());
    }
    let mut grants = Grants::default();
    let mut statement = tx.prepare_cached(OF_USER)?;
    let mut rows = statement.query(named_params! {":user": user})?;
    while let Some(row) = rows.next()? {
        let role: String = row.get(0)?;
        let kind: Option<String> = row.get(1)?;
        let object = match kind {
            None => None,
            Some(kind) => match Object::from_columns(&kind, row.get(2)?) {
                Some(object) => Some(object),
                None => continue, // held on a kind of object that has no permission tests
            },
        };
        if let Some(role) = roles::find(&role) {
            grants.add(object, role.permissions);
        }
    }
    Ok(grants)
}
