//! The roles that come with the server and cannot be edited (contract 08 §8.2).
//!
//! They are also rows, written from here at each start, so that one query lists them beside those people made.

use crate::policy::permission::Permission;
use crate::policy::permission::Permission::*;
use crate::policy::permission::PermissionSet;

/// A shipped role.
#[derive(Debug)]
pub struct Role {
    /// The name every API knows it by.
    pub name: &'static str,
    /// What its holder may do, inherited permissions included.
    pub permissions: PermissionSet,
}

const fn set(own: &[Permission]) -> PermissionSet {
    PermissionSet::of(own)
}

const NAMESPACE_OWNER: PermissionSet = set(&[ChangeNamespace, UploadToNamespace]);
const PUBLISHER: PermissionSet = set(&[AddNamespace]).and(NAMESPACE_OWNER);
const REPOSITORY_OWNER: PermissionSet = set(&[
    ModifyRepositoryContent,
    ViewRepository,
    AddRepository,
    ChangeRepository,
    DeleteRepository,
    RepairRepository,
    SignRepository,
    ManageRolesRepository,
]);
const REMOTE_OWNER: PermissionSet = set(&[
    ViewRemote,
    AddRemote,
    ChangeRemote,
    DeleteRemote,
    ManageRolesRemote,
]);
const CURATOR: PermissionSet = REPOSITORY_OWNER.and(REMOTE_OWNER);
const COLLECTION_ADMIN: PermissionSet = set(&[DeleteCollection, RepairRepository, DeleteNamespace])
    .and(PUBLISHER)
    .and(CURATOR);
const ENVIRONMENT_COLLABORATOR: PermissionSet = set(&[
    PushContainerDistribution,
    ChangeContainerDistribution,
    ModifyContainerContent,
]);
const ENVIRONMENT_NAMESPACE_OWNER: PermissionSet = set(&[
    ChangeContainerNamespace,
    AddContainerDistribution,
    ManageRolesContainerNamespace,
    ViewContainerNamespace,
])
.and(ENVIRONMENT_COLLABORATOR);
const ENVIRONMENT_PUBLISHER: PermissionSet =
    set(&[AddContainerNamespace]).and(ENVIRONMENT_NAMESPACE_OWNER);
const ENVIRONMENT_ADMIN: PermissionSet = set(&[
    DeleteContainerRepository,
    AddRegistryRemote,
    ChangeRegistryRemote,
    DeleteRegistryRemote,
])
.and(ENVIRONMENT_PUBLISHER);

/// All of them.
pub const LOCKED: &[Role] = &[
    Role {
        name: "galaxy.collection_namespace_owner",
        permissions: NAMESPACE_OWNER,
    },
    Role {
        name: "galaxy.collection_publisher",
        permissions: PUBLISHER,
    },
    Role {
        name: "galaxy.ansible_repository_owner",
        permissions: REPOSITORY_OWNER,
    },
    Role {
        name: "galaxy.collection_remote_owner",
        permissions: REMOTE_OWNER,
    },
    Role {
        name: "galaxy.collection_curator",
        permissions: CURATOR,
    },
    Role {
        name: "galaxy.collection_admin",
        permissions: COLLECTION_ADMIN,
    },
    Role {
        name: "galaxy.content_admin",
        permissions: COLLECTION_ADMIN.and(ENVIRONMENT_ADMIN),
    },
    Role {
        name: "galaxy.execution_environment_collaborator",
        permissions: ENVIRONMENT_COLLABORATOR,
    },
    Role {
        name: "galaxy.execution_environment_namespace_owner",
        permissions: ENVIRONMENT_NAMESPACE_OWNER,
    },
    Role {
        name: "galaxy.execution_environment_publisher",
        permissions: ENVIRONMENT_PUBLISHER,
    },
    Role {
        name: "galaxy.execution_environment_admin",
        permissions: ENVIRONMENT_ADMIN,
    },
    Role {
        name: "galaxy.group_admin",
        permissions: set(&[ViewGroup, AddGroup, ChangeGroup, DeleteGroup]),
    },
    Role {
        name: "galaxy.user_admin",
        permissions: set(&[ViewUser, AddUser, ChangeUser, DeleteUser]),
    },
    Role {
        name: "galaxy.synclist_owner",
        permissions: set(&[ViewSynclist, AddSynclist, ChangeSynclist, DeleteSynclist]),
    },
    Role {
        name: "galaxy.task_admin",
        permissions: set(&[ViewTask, ChangeTask, DeleteTask]),
    },
    Role {
        name: "galaxy.auditor",
        permissions: set(&[ViewRepository, ViewRemote, ViewTask, ViewGroup, ViewUser]),
    },
    Role {
        name: "ansible.ansiblerepository_creator",
        permissions: set(&[AddRepository]),
    },
    Role {
        name: "ansible.ansiblerepository_owner",
        permissions: set(&[
            ViewRepository,
            ChangeRepository,
            DeleteRepository,
            ManageRolesRepository,
            ModifyRepositoryContent,
            RebuildMetadataRepository,
            RepairRepository,
            SignRepository,
            SyncRepository,
        ]),
    },
    Role {
        name: "ansible.ansiblerepository_viewer",
        permissions: set(&[ViewRepository]),
    },
    Role {
        name: "ansible.collectionremote_creator",
        permissions: set(&[AddRemote]),
    },
    Role {
        name: "ansible.collectionremote_owner",
        permissions: set(&[ViewRemote, ChangeRemote, DeleteRemote, ManageRolesRemote]),
    },
    Role {
        name: "ansible.collectionremote_viewer",
        permissions: set(&[ViewRemote]),
    },
    Role {
        name: "ansible.gitremote_creator",
        permissions: set(&[AddGitRemote]),
    },
    Role {
        name: "ansible.gitremote_owner",
        permissions: set(&[
            ViewGitRemote,
            ChangeGitRemote,
            DeleteGitRemote,
            ManageRolesGitRemote,
        ]),
    },
    Role {
        name: "ansible.gitremote_viewer",
        permissions: set(&[ViewGitRemote]),
    },
    Role {
        name: "ansible.roleremote_creator",
        permissions: set(&[AddRoleRemote]),
    },
    Role {
        name: "ansible.roleremote_owner",
        permissions: set(&[
            ViewRoleRemote,
            ChangeRoleRemote,
            DeleteRoleRemote,
            ManageRolesRoleRemote,
        ]),
    },
    Role {
        name: "ansible.roleremote_viewer",
        permissions: set(&[ViewRoleRemote]),
    },
    Role {
        name: "ansible.ansibledistribution_creator",
        permissions: set(&[AddDistribution]),
    },
    Role {
        name: "ansible.ansibledistribution_owner",
        permissions: set(&[
            ViewDistribution,
            ChangeDistribution,
            DeleteDistribution,
            ManageRolesDistribution,
        ]),
    },
    Role {
        name: "ansible.ansibledistribution_viewer",
        permissions: set(&[ViewDistribution]),
    },
    Role {
        name: "core.task_owner",
        permissions: set(&[ViewTask, ChangeTask, DeleteTask, ManageRolesTask]),
    },
    Role {
        name: "core.task_viewer",
        permissions: set(&[ViewTask]),
    },
    Role {
        name: "core.task_user_dispatcher",
        permissions: set(&[AddTask]),
    },
];

/// Shipped roles that the reference lets no user hold everywhere, only on one object; groups may (contract 03,
/// corrections, PUS-7). Its own accident, but clients see it.
pub const NEVER_EVERYWHERE_FOR_A_USER: &[&str] = &[
    "galaxy.ansible_repository_owner",
    "galaxy.collection_namespace_owner",
    "galaxy.collection_publisher",
    "galaxy.collection_remote_owner",
    "galaxy.execution_environment_collaborator",
    "galaxy.execution_environment_namespace_owner",
    "galaxy.execution_environment_publisher",
    "galaxy.task_admin",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_as_many_permissions_as_the_reference_ships() {
        let galaxy = LOCKED
            .iter()
            .filter(|role| role.name.starts_with("galaxy."));
        let sizes: Vec<u32> = galaxy.map(|role| role.permissions.len()).collect();
        assert_eq!(sizes, [2, 3, 8, 5, 13, 18, 30, 3, 7, 8, 12, 4, 4, 4, 3, 5]);
    }

    #[test]
    fn roles_that_no_user_holds_everywhere_are_shipped_and_about_one_kind_of_thing() {
        for name in NEVER_EVERYWHERE_FOR_A_USER {
            let role = LOCKED.iter().find(|role| role.name == *name).unwrap();
            let kind = role.permissions.iter().next().unwrap().kind();
            assert_eq!(role.permissions.about(kind), role.permissions, "{name}");
        }
    }
}
