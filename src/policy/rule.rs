//! The table: what each action asks of its caller.

use crate::policy::action::Action;
use crate::policy::permission::Permission;

/// Who passes the door, before the body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anybody.
    Anyone,
    /// Anybody who holds a link this server signed; the handler checks the signature.
    SignedLink,
    /// Signed-in callers, and everybody when the switch is on.
    OpenIf(Switch),
    /// Signed-in callers.
    SignedIn,
    /// Nobody, not even a superuser: the reference has no statement for it either.
    Nobody,
}

/// The two settings that let strangers in (contract 01 §1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// `GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS`
    AnonymousAccess,
    /// `GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD`
    AnonymousDownload,
}

/// What kind of object a permission is held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No object: the permission must be held everywhere, and is asked for at the door.
    Site,
    /// The namespace concerned.
    Namespace,
    /// The repository concerned.
    Repository,
}

/// The circumstances under which a need counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In any case.
    Always,
    /// When the namespace is there.
    NamespaceExists,
    /// When the namespace is not there, and would be created.
    NamespaceMissing,
    /// When the repository has no `pipeline` label.
    RepositoryUnlabelled,
    /// When somebody else started the task.
    TaskOfAnother,
}

/// One permission on one kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The permission.
    pub permission: Permission,
    /// What it must be held on.
    pub on: Kind,
    /// When it must.
    pub when: When,
}

/// All that an action asks: pass the door, hold every need, and see the repository if it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Who passes the door.
    pub door: Door,
    /// What must be held besides.
    pub needs: &'static [Need],
    /// Whether a private repository concerned must be visible to the caller.
    pub seeing_repository: bool,
}

impl Rule {
    const fn new(door: Door) -> Self {
        Self {
            door,
            needs: &[],
            seeing_repository: false,
        }
    }

    const fn holding(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    const fn seeing_repository(self) -> Self {
        Self {
            seeing_repository: true,
            ..self
        }
    }
}

const fn need(permission: Permission, on: Kind, when: When) -> Need {
    Need {
        permission,
        on,
        when,
    }
}

const ADD_NAMESPACE: &[Need] = &[need(Permission::AddNamespace, Kind::Site, When::Always)];
const UPLOAD: &[Need] = &[
    need(
        Permission::UploadToNamespace,
        Kind::Namespace,
        When::NamespaceExists,
    ),
    need(Permission::AddNamespace, Kind::Site, When::NamespaceMissing),
    need(
        Permission::UploadToNamespace,
        Kind::Site,
        When::NamespaceMissing,
    ),
    need(
        Permission::ModifyRepositoryContent,
        Kind::Repository,
        When::RepositoryUnlabelled,
    ),
];

const CANCEL_TASK: &[Need] = &[need(
    Permission::ChangeTask,
    Kind::Site,
    When::TaskOfAnother,
)];

/// The rule of `action` (contract 08 §8.4).
pub const fn rule(action: Action) -> Rule {
    use Action::*;
    use Door::*;
    match action {
        Discover | Probe | MetricsRead => Rule::new(Anyone),
        Disabled => Rule::new(Nobody),

        CollectionList | CollectionRead => {
            Rule::new(OpenIf(Switch::AnonymousAccess)).seeing_repository()
        }
        CollectionDownload => Rule::new(OpenIf(Switch::AnonymousDownload)).seeing_repository(),
        ArtifactRead => Rule::new(SignedLink),
        // Which repositories take uploads at all is the label's say, in domain::imports.
        CollectionUpload => Rule::new(SignedIn).holding(UPLOAD).seeing_repository(),
        ImportRead | TaskList | TaskRead => Rule::new(SignedIn),
        TaskCancel => Rule::new(SignedIn).holding(CANCEL_TASK),

        NamespaceList | NamespaceRead => Rule::new(OpenIf(Switch::AnonymousAccess)),
        NamespaceCreate => Rule::new(SignedIn).holding(ADD_NAMESPACE),

        TokenCreate | TokenDelete => Rule::new(SignedIn),
    }
}
