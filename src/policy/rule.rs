//! The table: what each action asks of its caller.

use crate::policy::action::Action;
use crate::policy::object::Kind;
use crate::policy::permission::Permission;

/// Whether an action leaves everything as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It does. Tokens that are limited to reading may do it.
    Read,
    /// It does not; what was done is told to the audit trail.
    Write,
}

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
    /// Superusers.
    Superuser,
    /// Nobody, not even a superuser: the reference has no statement for it either.
    Nobody,
}

/// The settings that let strangers in (contract 01 §1.3, ROOT-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// `GALAXY_API_SPEC_REQUIRE_AUTHENTICATION` is off.
    AnonymousDescription,
    /// `GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS`
    AnonymousAccess,
    /// `GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD`
    AnonymousDownload,
}

/// Where a permission must be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Everywhere; it is asked for at the door if it is always needed.
    Site,
    /// Everywhere, or on the object concerned, which is of this kind.
    On(Kind),
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
    /// When a repository that is named is not there.
    RepositoryMissing,
    /// When the namespace is what lets one do it.
    ByNamespace,
    /// When the collection is what lets one do it.
    ByCollection,
    /// When the distribution serves no repository.
    NothingServed,
    /// When somebody else started the task.
    TaskOfAnother,
    /// When a user is put into a group or taken out of it whom the caller does not share.
    GroupOfOthers,
}

/// One permission on one kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The permission.
    pub permission: Permission,
    /// Where it must be held.
    pub place: Place,
    /// When it must.
    pub when: When,
}

/// All that an action asks: pass the door, hold every need, and see the repository if it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Whether it changes anything.
    pub effect: Effect,
    /// Who passes the door.
    pub door: Door,
    /// What must be held besides.
    pub needs: &'static [Need],
    /// Whether a private repository concerned must be visible to the caller.
    pub seeing_repository: bool,
    /// Whether it is refused for oneself and for superusers, whoever asks.
    pub sparing: bool,
}

impl Rule {
    const fn of(effect: Effect, door: Door) -> Self {
        Self {
            effect,
            door,
            needs: &[],
            seeing_repository: false,
            sparing: false,
        }
    }

    const fn reads(door: Door) -> Self {
        Self::of(Effect::Read, door)
    }

    const fn writes(door: Door) -> Self {
        Self::of(Effect::Write, door)
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

    const fn sparing(self) -> Self {
        Self {
            sparing: true,
            ..self
        }
    }
}

const fn need(permission: Permission, place: Place, when: When) -> Need {
    Need {
        permission,
        place,
        when,
    }
}

/// The one permission an action always needs, everywhere.
macro_rules! everywhere {
    ($permission:ident) => {
        const { &[need(Permission::$permission, Place::Site, When::Always)] }
    };
}

/// The one permission an action always needs, everywhere or on the object concerned.
macro_rules! on_object {
    ($permission:ident, $kind:ident) => {
        const {
            &[need(
                Permission::$permission,
                Place::On(Kind::$kind),
                When::Always,
            )]
        }
    };
}

const UPLOAD: &[Need] = &[
    need(
        Permission::UploadToNamespace,
        Place::On(Kind::Namespace),
        When::NamespaceExists,
    ),
    need(
        Permission::AddNamespace,
        Place::Site,
        When::NamespaceMissing,
    ),
    need(
        Permission::UploadToNamespace,
        Place::Site,
        When::NamespaceMissing,
    ),
    need(
        Permission::ModifyRepositoryContent,
        Place::On(Kind::Repository),
        When::RepositoryUnlabelled,
    ),
];

const TRANSFER: &[Need] = &[
    need(
        Permission::ModifyRepositoryContent,
        Place::On(Kind::Repository),
        When::Always,
    ),
    need(
        Permission::ModifyRepositoryContent,
        Place::Site,
        When::RepositoryMissing,
    ),
];

/// Either will do: an owner of the namespace may delete what is in it, from all repositories.
const DELETE_COLLECTION: &[Need] = &[
    need(
        Permission::ChangeNamespace,
        Place::On(Kind::Namespace),
        When::ByNamespace,
    ),
    need(
        Permission::DeleteCollection,
        Place::On(Kind::Collection),
        When::ByCollection,
    ),
];

const CHANGE_DISTRIBUTION: &[Need] = &[
    need(
        Permission::ChangeRepository,
        Place::On(Kind::Repository),
        When::Always,
    ),
    need(
        Permission::ChangeRepository,
        Place::Site,
        When::NothingServed,
    ),
];

const DELETE_DISTRIBUTION: &[Need] = &[
    need(
        Permission::DeleteRepository,
        Place::On(Kind::Repository),
        When::Always,
    ),
    need(
        Permission::DeleteRepository,
        Place::Site,
        When::NothingServed,
    ),
];

const CANCEL_TASK: &[Need] = &[need(
    Permission::ChangeTask,
    Place::On(Kind::Task),
    When::TaskOfAnother,
)];

const CHANGE_USER: &[Need] = &[
    need(Permission::ChangeUser, Place::Site, When::Always),
    need(Permission::ChangeGroup, Place::Site, When::GroupOfOthers),
];

const ADD_USER: &[Need] = &[
    need(Permission::AddUser, Place::Site, When::Always),
    need(Permission::ChangeGroup, Place::Site, When::GroupOfOthers),
];

/// The rule of `action` (contract 08 §8.4).
pub const fn rule(action: Action) -> Rule {
    use Action::*;
    use Door::*;
    match action {
        // The search of the web interface leaves out what is private; anybody may ask (contract 04, USR-1).
        Discover | Probe | MetricsRead | SettingsRead | AvatarRead | InterfaceSearch
        | DenyIndexRead => Rule::reads(Anyone),
        DescriptionRead => Rule::reads(OpenIf(Switch::AnonymousDescription)),
        Disabled => Rule::reads(Nobody),

        CollectionList | CollectionRead => {
            Rule::reads(OpenIf(Switch::AnonymousAccess)).seeing_repository()
        }
        CollectionDownload => Rule::reads(OpenIf(Switch::AnonymousDownload)).seeing_repository(),
        ArtifactRead => Rule::reads(SignedLink),
        // Which repositories take uploads at all is the label's say, in domain::imports.
        CollectionUpload => Rule::writes(SignedIn).holding(UPLOAD).seeing_repository(),
        CollectionTransfer | RepositoryTransfer => {
            Rule::writes(SignedIn).holding(TRANSFER).seeing_repository()
        }
        CollectionDeprecate => Rule::writes(SignedIn)
            .holding(on_object!(UploadToNamespace, Namespace))
            .seeing_repository(),
        CollectionDelete => Rule::writes(SignedIn)
            .holding(DELETE_COLLECTION)
            .seeing_repository(),
        // All tasks are visible, but not what they tell of a repository that is not.
        ImportList | ImportRead | TaskList | TaskRead => Rule::reads(SignedIn).seeing_repository(),
        TaskCancel => Rule::writes(SignedIn)
            .holding(CANCEL_TASK)
            .seeing_repository(),

        TaskDelete | TaskPurge => Rule::writes(SignedIn).holding(everywhere!(DeleteTask)),

        NamespaceList | NamespaceRead => Rule::reads(OpenIf(Switch::AnonymousAccess)),
        NamespaceCreate => Rule::writes(SignedIn).holding(everywhere!(AddNamespace)),

        PulpNamespaceRead | NamespaceContentRead | OwnNamespaceList | OwnNamespaceRead => {
            Rule::reads(SignedIn)
        }
        NamespaceUpdate | DenyIndexAdd | DenyIndexRemove => {
            Rule::writes(SignedIn).holding(on_object!(ChangeNamespace, Namespace))
        }
        NamespaceDelete => Rule::writes(SignedIn).holding(on_object!(DeleteNamespace, Namespace)),

        NamespaceRoleList => Rule::reads(SignedIn).holding(on_object!(ChangeNamespace, Namespace)),
        // Any role that fits may be given on one's own namespace, also one that holds more than the giver does
        // there (galaxy.collection_admin may delete it). As in the reference, where owners do that by changing
        // the namespace; what it opens ends at the namespace.
        NamespaceRoleAdd | NamespaceRoleRemove => {
            Rule::writes(SignedIn).holding(on_object!(ChangeNamespace, Namespace))
        }
        // Lists leave out what is private to others.
        SearchRebuild => Rule::writes(Superuser),
        PulpTagList => Rule::reads(Superuser),
        Search | ContentList | ContentRead | RepositoryList | DistributionList => {
            Rule::reads(OpenIf(Switch::AnonymousAccess))
        }
        BaseRepositoryList
        | BaseDistributionList
        | InterfaceDistributionList
        | SignatureList
        | SignatureRead => Rule::reads(SignedIn),
        InterfaceDistributionRead => Rule::reads(SignedIn).seeing_repository(),
        RepositoryRead | DistributionRead => {
            Rule::reads(OpenIf(Switch::AnonymousAccess)).seeing_repository()
        }
        // Which base paths and repositories are never changed is domain::repositories' say.
        RepositoryCreate | DistributionCreate => Rule::writes(SignedIn)
            .holding(everywhere!(AddRepository))
            .seeing_repository(),
        RepositoryUpdate => Rule::writes(SignedIn)
            .holding(on_object!(ChangeRepository, Repository))
            .seeing_repository(),
        RepositoryDelete | RepositoryVersionDelete => Rule::writes(SignedIn)
            .holding(on_object!(DeleteRepository, Repository))
            .seeing_repository(),
        RepositoryModify | SignatureUpload => Rule::writes(SignedIn)
            .holding(on_object!(ModifyRepositoryContent, Repository))
            .seeing_repository(),
        DistributionUpdate => Rule::writes(SignedIn)
            .holding(CHANGE_DISTRIBUTION)
            .seeing_repository(),
        DistributionDelete => Rule::writes(SignedIn)
            .holding(DELETE_DISTRIBUTION)
            .seeing_repository(),
        RepositoryPermissions => Rule::reads(OpenIf(Switch::AnonymousAccess)).seeing_repository(),
        RepositoryRoleList => {
            Rule::reads(SignedIn).holding(on_object!(ManageRolesRepository, Repository))
        }
        RepositoryRoleAdd | RepositoryRoleRemove => {
            Rule::writes(SignedIn).holding(on_object!(ManageRolesRepository, Repository))
        }
        RemoteList => Rule::reads(SignedIn).holding(everywhere!(ViewRemote)),
        RemoteRead => Rule::reads(SignedIn).holding(on_object!(ViewRemote, Remote)),
        RemoteCreate => Rule::writes(SignedIn).holding(everywhere!(AddRemote)),
        RemoteUpdate => Rule::writes(SignedIn).holding(on_object!(ChangeRemote, Remote)),
        RemoteDelete => Rule::writes(SignedIn).holding(on_object!(DeleteRemote, Remote)),
        // These show the account used at the other galaxy to everybody, if no secret: the reference's rule, and why
        // `domain::remotes::checks` takes none where it would be shown.
        RemoteConfigRead => Rule::reads(SignedIn),
        SyncConfigRead => Rule::reads(SignedIn).seeing_repository(),
        RemoteConfigure => Rule::writes(SignedIn)
            .holding(on_object!(ChangeRemote, Remote))
            .seeing_repository(),
        RemotePermissions => Rule::reads(SignedIn).holding(on_object!(ViewRemote, Remote)),
        RemoteRoleList => Rule::reads(SignedIn).holding(on_object!(ManageRolesRemote, Remote)),
        RemoteRoleAdd | RemoteRoleRemove => {
            Rule::writes(SignedIn).holding(on_object!(ManageRolesRemote, Remote))
        }

        TokenCreate | TokenDelete | TokenIssue | TokenRevoke => Rule::writes(SignedIn),
        TokenList | SessionList => Rule::reads(SignedIn),
        SessionStart | SessionEnd | SingleSignOn => Rule::writes(Anyone),
        SessionRevoke => Rule::writes(SignedIn),

        MeRead => Rule::reads(OpenIf(Switch::AnonymousAccess)),
        MeUpdate => Rule::writes(SignedIn),
        TagList | ClientConfiguration | InterfaceDiscover | ControllerList => Rule::reads(SignedIn),

        UserList | UserRead => Rule::reads(SignedIn).holding(everywhere!(ViewUser)),
        UserCreate => Rule::writes(SignedIn).holding(ADD_USER),
        UserUpdate => Rule::writes(SignedIn).holding(CHANGE_USER),
        UserDelete => Rule::writes(SignedIn)
            .holding(everywhere!(DeleteUser))
            .sparing(),
        UserRoleList => Rule::reads(Superuser),
        UserRoleAdd | UserRoleRemove => Rule::writes(Superuser),

        GroupList | GroupRead | GroupMemberList | GroupRoleList => Rule::reads(SignedIn),
        // Whoever may add groups may give them any role, and put people into them: so the holder of
        // galaxy.add_group can come to hold every role, if not what only superusers may. That is the
        // reference's rule, and clients rely on it (galaxy.group_admin sets up groups by itself); the price is
        // that galaxy.group_admin must be given with as much care as galaxy.content_admin and galaxy.user_admin.
        GroupCreate | GroupMemberAdd | GroupRoleAdd => {
            Rule::writes(SignedIn).holding(everywhere!(AddGroup))
        }
        GroupDelete | GroupMemberRemove | GroupRoleRemove => {
            Rule::writes(SignedIn).holding(everywhere!(DeleteGroup))
        }
        // The reference asks for galaxy.update_group, which no role holds.
        GroupUpdate => Rule::writes(Superuser),
        PulpMemberList => Rule::reads(Superuser),
        PulpMemberAdd | PulpMemberRemove => Rule::writes(Superuser),

        RoleList => Rule::reads(SignedIn),
        RoleRead => Rule::reads(Superuser),
        RoleCreate | RoleUpdate | RoleDelete => Rule::writes(Superuser),

        PlatformRead => Rule::reads(SignedIn),
        // Superusers are spared here as everywhere else.
        PlatformWrite => Rule::writes(Superuser).sparing(),
    }
}
