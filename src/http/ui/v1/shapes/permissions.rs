//! The forty permissions that the web interface explains to people, in the reference's words (contract 08 §8.3).

use serde::Serialize;
use serde::Serializer;
use utoipa::ToSchema;

use crate::policy::grants::Grants;
use crate::policy::permission::Permission;
use crate::policy::permission::Permission::*;

/// What a permission is called, what it lets do on one object and everywhere, and the heading it stands under.
struct Explained(
    Permission,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const EXPLAINED: [Explained; 40] = [
    Explained(AddNamespace, "Add namespace", None,
              "Create a new namespace.", "Collection Namespaces"),
    Explained(ChangeNamespace, "Change namespace", Some("Edit this namespace."),
              "Edit any existing namespace.", "Collection Namespaces"),
    Explained(DeleteNamespace, "Delete namespace", Some("Delete this namespace."),
              "Delete any existing namespace.", "Collection Namespaces"),
    Explained(UploadToNamespace, "Upload to namespace", Some("Upload collections to this namespace."),
              "Upload collections to any existing namespace.", "Collection Namespaces"),
    Explained(DeleteCollection, "Delete collection", Some("Delete this collection."),
              "Delete any existing collection.", "Collections"),
    Explained(ModifyRepositoryContent, "Modify Ansible repo content", Some("Modify content of this Ansible repository."),
              "Upload collections to any existing namespace.", "Collections"),
    Explained(SignRepository, "Sign collections", Some("Sign collections in this repository."),
              "Sign collections in any repository.", "Collections"),
    Explained(AddUser, "Add user", None,
              "Add new users to the system.", "Users"),
    Explained(ChangeUser, "Change user", Some("Edit this user."),
              "Edit any existing user in the system.", "Users"),
    Explained(DeleteUser, "Delete user", Some("Delete this user."),
              "Delete any existing user in the system.", "Users"),
    Explained(ViewUser, "View user", Some("View this user."),
              "View any user in the system.", "Users"),
    Explained(AddGroup, "Add group", None,
              "Create new groups in the system.", "Groups"),
    Explained(ChangeGroup, "Change group", Some("Edit this group"),
              "Edit any existing group in the system.", "Groups"),
    Explained(DeleteGroup, "Delete group", Some("Delete this group."),
              "Delete any group in the system.", "Groups"),
    Explained(ViewGroup, "View group", Some("View this group."),
              "View any existing group in the system.", "Groups"),
    Explained(ViewRemote, "View collection remote", Some("View this collection remote."),
              "View any collection remote existing in the system.", "Collection Remotes"),
    Explained(AddRemote, "Add collection remote", Some("Add this collection remote."),
              "Add any collection remote existing in the system.", "Collection Remotes"),
    Explained(ChangeRemote, "Change collection remote", Some("Edit this collection remote."),
              "Edit any collection remote existing in the system.", "Collection Remotes"),
    Explained(DeleteRemote, "Delete collection remote", Some("Delete this collection remote."),
              "Delete any collection remote existing in the system.", "Collection Remotes"),
    Explained(ManageRolesRemote, "Manage remote roles", Some("Configure who has permissions on this remote."),
              "Configure who has permissions on any remote.", "Collection Remotes"),
    Explained(ViewRepository, "View Ansible repository", Some("View this Ansible repository."),
              "View any Ansible repository existing in the system.", "Ansible Repository"),
    Explained(AddRepository, "Add Ansible repository", Some("Add this Ansible repository."),
              "Add any Ansible repository existing in the system.", "Ansible Repository"),
    Explained(ChangeRepository, "Change Ansible repository", Some("Change this Ansible repository."),
              "Change any Ansible repository existing in the system.", "Ansible Repository"),
    Explained(DeleteRepository, "Delete Ansible repository", Some("Delete this Ansible repository."),
              "Delete any Ansible repository existing in the system.", "Ansible Repository"),
    Explained(ManageRolesRepository, "Manage repository roles", Some("Configure who has permissions on this repository."),
              "Configure who has permissions on any repository.", "Ansible Repository"),
    Explained(RepairRepository, "Repair Ansible repository", Some("Repair artifacts associated with this Ansible repository."),
              "Repair artifacts associated with any Ansible repository existing in the system.", "Ansible Repository"),
    Explained(ChangeContainerNamespace, "Change container namespace permissions", Some("Edit permissions on this container namespace."),
              "Edit permissions on any existing container namespace.", "Execution Environments"),
    Explained(ChangeContainerDistribution, "Change containers", Some("Edit all objects in this container namespace."),
              "Edit all objects in any container namespace in the system.", "Execution Environments"),
    Explained(ModifyContainerContent, "Change image tags", Some("Edit an image's tag in this container namespace"),
              "Edit an image's tag in any container namespace the system.", "Execution Environments"),
    Explained(AddContainerNamespace, "Create new containers", None,
              "Add new containers to the system.", "Execution Environments"),
    Explained(DeleteContainerRepository, "Delete container repository", Some("Delete this container repository."),
              "Delete any existing container repository in the system.", "Execution Environments"),
    Explained(PushContainerDistribution, "Push to existing containers", Some("Push to this namespace."),
              "Push to any existing namespace in the system.", "Execution Environments"),
    Explained(AddContainerDistribution, "Push new containers", Some("Push a new container to this namespace."),
              "Push a new containers to any namespace in the system.", "Execution Environments"),
    Explained(ManageRolesContainerNamespace, "Manage container namespace roles", Some("Manage container namespace roles."),
              "Manage container namespace roles existing in the system.", "Execution Environments"),
    Explained(AddRegistryRemote, "Add remote registry", None,
              "Add remote registry to the system.", "Container Registry Remotes"),
    Explained(ChangeRegistryRemote, "Change remote registry", Some("Edit this remote registry."),
              "Change any remote registry existing in the system.", "Container Registry Remotes"),
    Explained(DeleteRegistryRemote, "Delete remote registry", Some("Delete this remote registry."),
              "Delete any remote registry existing in the system.", "Container Registry Remotes"),
    Explained(ChangeTask, "Change task", Some("Edit this task."),
              "Edit any task existing in the system.", "Task Management"),
    Explained(DeleteTask, "Delete task", Some("Delete this task."),
              "Delete any task existing in the system.", "Task Management"),
    Explained(ViewTask, "View all tasks", Some("View this task."),
              "View any task existing in the system.", "Task Management"),
];

/// `model_permissions`: each permission by its name, and whether the caller holds it everywhere.
#[derive(Debug)]
pub struct ModelPermissions([bool; EXPLAINED.len()]);

impl ModelPermissions {
    /// Those of an account, or of a stranger.
    pub fn of(grants: Option<&Grants>) -> Self {
        Self(EXPLAINED.each_ref().map(|Explained(permission, ..)| {
            grants.is_some_and(|grants| grants.everywhere(*permission))
        }))
    }
}

/// A permission, in the words of people.
#[derive(Serialize, ToSchema)]
#[schema(as = ui::v1::permissions::Entry)]
pub struct Entry {
    name: &'static str,
    object_description: Option<&'static str>,
    global_description: &'static str,
    ui_category: &'static str,
    has_model_permission: bool,
}

impl Serialize for ModelPermissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry =
            |(Explained(permission, name, object, global, category), held): (&Explained, &bool)| {
                let entry = Entry {
                    name,
                    object_description: *object,
                    global_description: global,
                    ui_category: category,
                    has_model_permission: *held,
                };
                (permission.as_str(), entry)
            };
        serializer.collect_map(EXPLAINED.iter().zip(&self.0).map(entry))
    }
}
