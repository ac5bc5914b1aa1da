//! Permissions by the names the reference gives them (contract 08 §8.3).

use std::fmt;

macro_rules! permissions {
    ($($name:ident = $text:literal),+ $(,)?) => {
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
        }
    };
}

permissions! {
    AddNamespace = "galaxy.add_namespace",
    ChangeNamespace = "galaxy.change_namespace",
    DeleteNamespace = "galaxy.delete_namespace",
    UploadToNamespace = "galaxy.upload_to_namespace",
    DeleteCollection = "ansible.delete_collection",
    ModifyRepositoryContent = "ansible.modify_ansible_repo_content",
    SignRepository = "ansible.sign_ansiblerepository",
    AddUser = "galaxy.add_user",
    ChangeUser = "galaxy.change_user",
    DeleteUser = "galaxy.delete_user",
    ViewUser = "galaxy.view_user",
    AddGroup = "galaxy.add_group",
    ChangeGroup = "galaxy.change_group",
    DeleteGroup = "galaxy.delete_group",
    ViewGroup = "galaxy.view_group",
    ViewRemote = "ansible.view_collectionremote",
    AddRemote = "ansible.add_collectionremote",
    ChangeRemote = "ansible.change_collectionremote",
    DeleteRemote = "ansible.delete_collectionremote",
    ManageRolesRemote = "ansible.manage_roles_collectionremote",
    ViewRepository = "ansible.view_ansiblerepository",
    AddRepository = "ansible.add_ansiblerepository",
    ChangeRepository = "ansible.change_ansiblerepository",
    DeleteRepository = "ansible.delete_ansiblerepository",
    ManageRolesRepository = "ansible.manage_roles_ansiblerepository",
    RepairRepository = "ansible.repair_ansiblerepository",
    ChangeContainerNamespace = "container.change_containernamespace",
    ChangeContainerDistribution = "container.namespace_change_containerdistribution",
    ModifyContainerContent = "container.namespace_modify_content_containerpushrepository",
    AddContainerNamespace = "container.add_containernamespace",
    DeleteContainerRepository = "container.delete_containerrepository",
    PushContainerDistribution = "container.namespace_push_containerdistribution",
    AddContainerDistribution = "container.namespace_add_containerdistribution",
    ManageRolesContainerNamespace = "container.manage_roles_containernamespace",
    ViewContainerNamespace = "container.view_containernamespace",
    AddRegistryRemote = "galaxy.add_containerregistryremote",
    ChangeRegistryRemote = "galaxy.change_containerregistryremote",
    DeleteRegistryRemote = "galaxy.delete_containerregistryremote",
    ChangeTask = "core.change_task",
    DeleteTask = "core.delete_task",
    ViewTask = "core.view_task",
    ViewSynclist = "galaxy.view_synclist",
    AddSynclist = "galaxy.add_synclist",
    ChangeSynclist = "galaxy.change_synclist",
    DeleteSynclist = "galaxy.delete_synclist",
}

/// A set of permissions, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet(u64);

const _: () = assert!(Permission::ALL.len() <= 64, "PermissionSet has 64 bits");

impl PermissionSet {
    /// The set of the given permissions.
    pub const fn of(all: &[Permission]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < all.len() {
            bits |= 1 << all[at] as u64;
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
        self.0 & (1 << permission as u64) != 0
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

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
