//! Contract 08 as the matrix needs it: what each shipped role holds (§8.2), and what each kind of rule asks (§8.4).

use crate::policy::Told;
use crate::policy::people::Person;

/// What the holder of a shipped role may do, as far as any rule of §8.4 asks for it.
pub fn permissions(role: &str) -> Vec<&'static str> {
    let repository_owner = [
        "ansible.modify_ansible_repo_content",
        "ansible.view_ansiblerepository",
        "ansible.add_ansiblerepository",
        "ansible.change_ansiblerepository",
        "ansible.delete_ansiblerepository",
        "ansible.manage_roles_ansiblerepository",
    ];
    let remote_owner = [
        "ansible.view_collectionremote",
        "ansible.add_collectionremote",
        "ansible.change_collectionremote",
        "ansible.delete_collectionremote",
        "ansible.manage_roles_collectionremote",
    ];
    let namespace_owner = ["galaxy.change_namespace", "galaxy.upload_to_namespace"];
    match role {
        "galaxy.collection_namespace_owner" => namespace_owner.to_vec(),
        "galaxy.collection_publisher" => [&["galaxy.add_namespace"][..], &namespace_owner].concat(),
        "galaxy.ansible_repository_owner" => repository_owner.to_vec(),
        "galaxy.collection_remote_owner" => remote_owner.to_vec(),
        "galaxy.collection_curator" => [&repository_owner[..], &remote_owner].concat(),
        "galaxy.collection_admin" | "galaxy.content_admin" => [
            &[
                "galaxy.add_namespace",
                "galaxy.delete_namespace",
                "ansible.delete_collection",
            ][..],
            &namespace_owner,
            &repository_owner,
            &remote_owner,
        ]
        .concat(),
        "galaxy.group_admin" => vec![
            "galaxy.view_group",
            "galaxy.add_group",
            "galaxy.change_group",
            "galaxy.delete_group",
        ],
        "galaxy.user_admin" => vec![
            "galaxy.view_user",
            "galaxy.add_user",
            "galaxy.change_user",
            "galaxy.delete_user",
        ],
        "galaxy.task_admin" => vec!["core.view_task", "core.change_task", "core.delete_task"],
        "galaxy.auditor" => vec![
            "ansible.view_ansiblerepository",
            "ansible.view_collectionremote",
            "core.view_task",
            "galaxy.view_group",
            "galaxy.view_user",
        ],
        // Containers and synclists are no part of this server.
        _ => Vec::new(),
    }
}

/// What a rule of §8.4 asks.
#[derive(Debug, Clone, Copy)]
pub enum Ask {
    /// Anyone.
    Anyone,
    /// Authenticated; the switches that let strangers in are off.
    SignedIn,
    /// The permission, held everywhere.
    Everywhere(&'static str),
    /// The permission, held everywhere or on the namespace concerned.
    OnNamespace(&'static str),
    /// The permission, held everywhere or on the repository concerned.
    OnRepository(&'static str),
    /// The permission, held everywhere or on the remote concerned; nobody here holds anything on one.
    OnRemote(&'static str),
    /// To upload into a namespace that is there, and into a repository without a label.
    Publish,
    /// To delete a collection: to change its namespace, or the permission for that.
    Delete,
    /// A superuser.
    Superuser,
    /// A link this server signed, whoever has it.
    SignedLink,
    /// Denied to all.
    Nobody,
}

impl Ask {
    /// The words of `contract.txt`.
    pub fn parse(text: &'static str) -> Option<Self> {
        Some(match text.split_once(' ') {
            Some(("everywhere", permission)) => Self::Everywhere(permission),
            Some(("namespace", permission)) => Self::OnNamespace(permission),
            Some(("repository", permission)) => Self::OnRepository(permission),
            Some(("remote", permission)) => Self::OnRemote(permission),
            _ => match text {
                "anyone" => Self::Anyone,
                "signed in" => Self::SignedIn,
                "publish" => Self::Publish,
                "delete" => Self::Delete,
                "superuser" => Self::Superuser,
                "signed link" => Self::SignedLink,
                "nobody" => Self::Nobody,
                _ => return None,
            },
        })
    }

    /// What somebody is told; `is_hidden` when a private repository is concerned that must be seen.
    pub fn of(self, person: &Person, is_hidden: bool) -> Told {
        let is_superuser = person.is_superuser;
        let everywhere = |permission: &str| is_superuser || person.holds(permission);
        let on_namespace =
            |permission: &str| everywhere(permission) || person.holds_on_namespace(permission);
        let on_repository =
            |permission: &str| everywhere(permission) || person.holds_on_repository(permission);
        let may = match self {
            Self::Anyone => true,
            Self::SignedIn => person.is_signed_in,
            Self::Everywhere(permission) | Self::OnRemote(permission) => everywhere(permission),
            Self::OnNamespace(permission) => on_namespace(permission),
            Self::OnRepository(permission) => on_repository(permission),
            Self::Publish => {
                on_namespace("galaxy.upload_to_namespace")
                    && on_repository("ansible.modify_ansible_repo_content")
            }
            Self::Delete => {
                on_namespace("galaxy.change_namespace") || everywhere("ansible.delete_collection")
            }
            Self::Superuser => is_superuser,
            // Nobody here has one, and the byte server does not ask anybody to sign in.
            Self::SignedLink => return Told::Refused,
            Self::Nobody => false,
        };
        let sees = !is_hidden || on_repository("ansible.view_ansiblerepository");
        match (may && sees, person.is_signed_in) {
            (true, _) => Told::Allowed,
            (false, false) => Told::SignIn,
            (false, true) => Told::Refused,
        }
    }
}
