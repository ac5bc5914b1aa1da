//! Permissions by the names the reference gives them (contract 08 §8.3).

use std::fmt;

use crate::policy::object::Kind;
use crate::policy::object::Kind::*;

macro_rules! permissions {
    ($($name:ident = $text:literal on $kind:expr),+ $(,)?) => {
        /// A single permission; roles are sets of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Permission { $(#[doc = concat!("`", $text, "`")] $name),+ }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// `app.codename`, as every API spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The kind of thing it is about.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => $kind),+ }
            }

            /// The permission spelt `text`.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

permissions! {
    AddNamespace = "galaxy.add_namespace" on Namespace,
    ChangeNamespace = "galaxy.change_namespace" on Namespace,
    DeleteNamespace = "galaxy.delete_namespace" on Namespace,
    UploadToNamespace = "galaxy.upload_to_namespace" on Namespace,
    DeleteCollection = "ansible.delete_collection" on Collection,
    ModifyRepositoryContent = "ansible.modify_ansible_repo_content" on Repository,
    SignRepository = "ansible.sign_ansiblerepository" on Repository,
    AddUser = "galaxy.add_user" on User,
    ChangeUser = "galaxy.change_user" on User,
    DeleteUser = "galaxy.delete_user" on User,
    ViewUser = "galaxy.view_user" on User,
    AddGroup = "galaxy.add_group" on Group,
    ChangeGroup = "galaxy.change_group" on Group,
    DeleteGroup = "galaxy.delete_group" on Group,
    ViewGroup = "galaxy.view_group" on Group,
    ViewRemote = "ansible.view_collectionremote" on Remote,
    AddRemote = "ansible.add_collectionremote" on Remote,
    ChangeRemote = "ansible.change_collectionremote" on Remote,
    DeleteRemote = "ansible.delete_collectionremote" on Remote,
    ManageRolesRemote = "ansible.manage_roles_collectionremote" on Remote,
    ViewRepository = "ansible.view_ansiblerepository" on Repository,
    AddRepository = "ansible.add_ansiblerepository" on Repository,
    ChangeRepository = "ansible.change_ansiblerepository" on Repository,
    DeleteRepository = "ansible.delete_ansiblerepository" on Repository,
    ManageRolesRepository = "ansible.manage_roles_ansiblerepository" on Repository,
    RepairRepository = "ansible.repair_ansiblerepository" on Repository,
    ChangeContainerNamespace = "container.change_containernamespace" on Foreign("containernamespace"),
    ChangeContainerDistribution = "container.namespace_change_containerdistribution" on Foreign("containernamespace"),
    ModifyContainerContent = "container.namespace_modify_content_containerpushrepository" on Foreign("containernamespace"),
    AddContainerNamespace = "container.add_containernamespace" on Foreign("containernamespace"),
    DeleteContainerRepository = "container.delete_containerrepository" on Foreign("containerrepository"),
    PushContainerDistribution = "container.namespace_push_containerdistribution" on Foreign("containernamespace"),
    AddContainerDistribution = "container.namespace_add_containerdistribution" on Foreign("containernamespace"),
    ManageRolesContainerNamespace = "container.manage_roles_containernamespace" on Foreign("containernamespace"),
    ViewContainerNamespace = "container.view_containernamespace" on Foreign("containernamespace"),
    AddRegistryRemote = "galaxy.add_containerregistryremote" on Foreign("containerregistryremote"),
    ChangeRegistryRemote = "galaxy.change_containerregistryremote" on Foreign("containerregistryremote"),
    DeleteRegistryRemote = "galaxy.delete_containerregistryremote" on Foreign("containerregistryremote"),
    ChangeTask = "core.change_task" on Task,
    DeleteTask = "core.delete_task" on Task,
    ViewTask = "core.view_task" on Task,
    ViewSynclist = "galaxy.view_synclist" on Foreign("synclist"),
    AddSynclist = "galaxy.add_synclist" on Foreign("synclist"),
    ChangeSynclist = "galaxy.change_synclist" on Foreign("synclist"),
    DeleteSynclist = "galaxy.delete_synclist" on Foreign("synclist"),
    RebuildMetadataRepository = "ansible.rebuild_metadata_ansiblerepository" on Repository,
    SyncRepository = "ansible.sync_ansiblerepository" on Repository,
    ViewDistribution = "ansible.view_ansibledistribution" on Distribution,
    AddDistribution = "ansible.add_ansibledistribution" on Distribution,
    ChangeDistribution = "ansible.change_ansibledistribution" on Distribution,
    DeleteDistribution = "ansible.delete_ansibledistribution" on Distribution,
    ManageRolesDistribution = "ansible.manage_roles_ansibledistribution" on Distribution,
    ViewGitRemote = "ansible.view_gitremote" on Foreign("gitremote"),
    AddGitRemote = "ansible.add_gitremote" on Foreign("gitremote"),
    ChangeGitRemote = "ansible.change_gitremote" on Foreign("gitremote"),
    DeleteGitRemote = "ansible.delete_gitremote" on Foreign("gitremote"),
    ManageRolesGitRemote = "ansible.manage_roles_gitremote" on Foreign("gitremote"),
    ViewRoleRemote = "ansible.view_roleremote" on Foreign("roleremote"),
    AddRoleRemote = "ansible.add_roleremote" on Foreign("roleremote"),
    ChangeRoleRemote = "ansible.change_roleremote" on Foreign("roleremote"),
    DeleteRoleRemote = "ansible.delete_roleremote" on Foreign("roleremote"),
    ManageRolesRoleRemote = "ansible.manage_roles_roleremote" on Foreign("roleremote"),
    ManageRolesTask = "core.manage_roles_task" on Task,
    AddTask = "core.add_task" on Task,
}

/// A set of permissions, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet(u128);

const _: () = assert!(Permission::ALL.len() <= 128, "PermissionSet has 128 bits");

impl PermissionSet {
    /// The set of the given permissions.
    pub const fn of(all: &[Permission]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < all.len() {
            bits |= 1 << all[at] as u128;
            at += 1;
        }
        Self(bits)
    }

    /// Both sets together.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `permission` is in the set.
    pub const fn holds(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u128) != 0
    }

    /// Every permission of the set, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let all = Permission::ALL.iter().copied();
        all.filter(move |permission| self.holds(*permission))
    }

    /// Those about things of this kind.
    pub fn about(self, kind: Kind) -> Self {
        let about = self.iter();
        about
            .filter(|permission| permission.kind() == kind)
            .collect()
    }

    /// The names in the order every API shows them: by application, model and code name.
    pub fn names(self) -> Vec<&'static str> {
        let mut all: Vec<Permission> = self.iter().collect();
        all.sort_by_key(|permission| {
            let (app, code_name) = permission.as_str().split_once('.').unwrap_or_default();
            (app, permission.kind().model(), code_name)
        });
        all.into_iter().map(Permission::as_str).collect()
    }

    /// Whether any of them is about things of this kind: only then can a role be held on one.
    pub fn concerns(self, kind: Kind) -> bool {
        self.iter().any(|permission| permission.kind() == kind)
    }

    /// How many there are.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(all: I) -> Self {
        all.into_iter()
            .fold(Self::default(), |set, one| set.and(Self::of(&[one])))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_by_application_then_model_then_code_name() {
        let set = PermissionSet::of(&[
            Permission::UploadToNamespace,
            Permission::DeleteCollection,
            Permission::ViewRemote,
            Permission::ViewRepository,
            Permission::ModifyRepositoryContent,
        ]);
        let sorted = [
            "ansible.modify_ansible_repo_content",
            "ansible.view_ansiblerepository",
            "ansible.delete_collection",
            "ansible.view_collectionremote",
            "galaxy.upload_to_namespace",
        ];
        assert_eq!(set.names(), sorted);
        assert_eq!(set.about(Kind::Remote).names(), sorted[3..4]);
    }
}
