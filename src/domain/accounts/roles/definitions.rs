//! Roles as the automation platform sees them: by number, with who made them and the kind of thing they are for.

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles;
use crate::domain::accounts::roles::Role;
use crate::domain::accounts::roles::RoleDraft;
use crate::domain::accounts::roles::listing;
use crate::domain::accounts::roles::listing::RoleFilter;
use crate::domain::accounts::users::people;
use crate::domain::accounts::users::people::Person;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::object::Kind;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;
use crate::policy::permit::Permit;

/// A role, with people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The role.
    pub role: Role,
    /// Who made it, if somebody did and is still there.
    pub created_by: Option<Person>,
    /// Who changed it last, likewise.
    pub modified_by: Option<Person>,
}

fn with_people(tx: &ReadTx<'_>, roles: Vec<Role>) -> Result<Vec<Definition>> {
    let ids: Vec<UserId> = roles
        .iter()
        .flat_map(|role| [role.created_by, role.modified_by])
        .flatten()
        .collect();
    let people = people::all(tx, &ids)?;
    let person = |id: Option<UserId>| people.get(&id?).cloned();
    let complete = |role: Role| Definition {
        created_by: person(role.created_by),
        modified_by: person(role.modified_by),
        role,
    };
    Ok(roles.into_iter().map(complete).collect())
}

/// Roles that pass `filter`: three queries however many there are.
pub fn list(tx: &ReadTx<'_>, filter: &RoleFilter, window: Window) -> Result<Page<Definition>> {
    let Page { total, items } = listing::list(tx, filter, window)?;
    let items = with_people(tx, items)?;
    Ok(Page { total, items })
}

fn missing(id: RoleId) -> Error {
    Error::NotFound(Noun::RoleDefinition(id.0.to_string()))
}

/// The role with that number. Fails if there is none.
pub fn get(tx: &ReadTx<'_>, id: RoleId) -> Result<Definition> {
    let role = roles::numbered(tx, id)?.ok_or_else(|| missing(id))?;
    whole(tx, role)
}

fn whole(tx: &ReadTx<'_>, role: Role) -> Result<Definition> {
    let id = role.id;
    let found = with_people(tx, vec![role])?;
    found.into_iter().next().ok_or_else(|| missing(id))
}

/// The role with that number, if it was made here: those that came with the server do not change.
pub fn get_own(tx: &ReadTx<'_>, id: RoleId) -> Result<Role> {
    let role = roles::numbered(tx, id)?.ok_or_else(|| missing(id))?;
    if role.is_locked {
        return Err(Error::bare("invalid", "Role is managed by the system"));
    }
    Ok(role)
}

/// The one kind of thing that a role can be given on; `None` for a role about several, or about users.
pub fn kind_of(permissions: PermissionSet) -> Option<Kind> {
    let first = permissions.iter().next()?.kind();
    let is_alone = permissions.about(first) == permissions;
    Some(first).filter(|kind| is_alone && *kind != Kind::User)
}

/// The permission of that name. The reference's `_ui/v2` puts `galaxy.` in front of all of them; that is read too.
pub fn permission(name: &str) -> Option<Permission> {
    let code_name =
        |permission: &Permission| permission.as_str().split_once('.').map(|part| part.1);
    let alike = || {
        let wanted = name.strip_prefix("galaxy.");
        let mut all = Permission::ALL.iter().copied();
        all.find(|permission| wanted.is_some() && code_name(permission) == wanted)
    };
    Permission::parse(name).or_else(alike)
}

/// Makes a role (contract 04, V2-13). Fails if the name is taken.
pub fn create(tx: &WriteTx<'_>, permit: &Permit, draft: &RoleDraft) -> Result<Definition> {
    let role = roles::create(tx, permit, draft)?;
    whole(tx, role)
}

/// Changes a role (contract 04, V2-14). Fails if it came with the server, and if the name is taken by another.
pub fn update(
    tx: &WriteTx<'_>,
    permit: &Permit,
    id: RoleId,
    draft: &RoleDraft,
) -> Result<Definition> {
    let role = get_own(tx, id)?;
    let role = roles::update(tx, permit, role.uuid, draft)?;
    whole(tx, role)
}

/// Deletes a role (contract 04, V2-14). Fails if it came with the server.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, id: RoleId) -> Result<()> {
    let role = get_own(tx, id)?;
    roles::delete(tx, permit, role.uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_about_one_kind_of_thing_is_for_things_of_that_kind() {
        let of = |all: &[Permission]| kind_of(PermissionSet::of(all));
        let namespace = Permission::ChangeNamespace;
        assert_eq!(of(&[namespace]), Some(Kind::Namespace));
        assert_eq!(of(&[namespace, Permission::ViewTask]), None);
        assert_eq!(of(&[Permission::ViewUser]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn permissions_are_known_by_both_names() {
        let repository = Some(Permission::ViewRepository);
        assert_eq!(permission("ansible.view_ansiblerepository"), repository);
        assert_eq!(permission("galaxy.view_ansiblerepository"), repository);
        assert_eq!(permission("galaxy.fly"), None);
        assert_eq!(permission("view_ansiblerepository"), None);
    }

    #[test]
    fn no_two_permissions_have_one_code_name() {
        for one in Permission::ALL {
            let code_name = one.as_str().split_once('.').unwrap().1;
            assert_eq!(permission(&format!("galaxy.{code_name}")), Some(*one));
        }
    }
}
