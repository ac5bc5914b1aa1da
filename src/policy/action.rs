//! Everything anybody can ask of this server.

macro_rules! actions {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {
        /// One thing that can be asked; each route names exactly one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $(#[doc = $doc] $name),+ }

        impl Action {
            /// Every action, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What the table of routes, the table of rules and the audit trail call it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name)),+
                }
            }

            /// What it is, as a sentence.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $doc.trim_ascii()),+
                }
            }
        }
    };
}

actions! {
    /// See the versions of the server and where things are.
    Discover,
    /// See that the server is up.
    Probe,
    /// See the numbers the server keeps about itself.
    MetricsRead,
    /// Read the description of the API.
    DescriptionRead,
    /// Use an address kept only for its refusal.
    Disabled,
    /// List the collections of a repository, and its change stamp.
    CollectionList,
    /// See one collection, its versions and their documentation.
    CollectionRead,
    /// Get a link to the bytes of an artifact.
    CollectionDownload,
    /// Read the bytes behind a signed link.
    ArtifactRead,
    /// Publish a collection version.
    CollectionUpload,
    /// Copy a collection version from one distribution to another, or move it there.
    CollectionTransfer,
    /// Say that a collection should not be used any more.
    CollectionDeprecate,
    /// Delete a collection, or a version of one, from everywhere.
    CollectionDelete,
    /// Follow an import.
    ImportRead,
    /// List imports.
    ImportList,
    /// List tasks.
    TaskList,
    /// See one task.
    TaskRead,
    /// Ask a task to end.
    TaskCancel,
    /// Forget a task that has ended.
    TaskDelete,
    /// Forget all tasks that ended before some time.
    TaskPurge,
    /// See which namespaces machines should not learn from.
    DenyIndexRead,
    /// Say of a namespace that machines should not learn from it.
    DenyIndexAdd,
    /// Take that back.
    DenyIndexRemove,
    /// See what clients should ask for first.
    ClientConfiguration,
    /// List namespaces.
    NamespaceList,
    /// See one namespace.
    NamespaceRead,
    /// Create a namespace.
    NamespaceCreate,
    /// See namespaces as objects that roles are held on.
    PulpNamespaceRead,
    /// List one's own namespaces.
    OwnNamespaceList,
    /// See one of one's own namespaces.
    OwnNamespaceRead,
    /// Change what is said of a namespace, and who owns it.
    NamespaceUpdate,
    /// Delete a namespace.
    NamespaceDelete,
    /// See who has which roles on a namespace, and what one may do there.
    NamespaceRoleList,
    /// Give somebody a role on a namespace.
    NamespaceRoleAdd,
    /// Take a role on a namespace from somebody.
    NamespaceRoleRemove,
    /// Search versions in all repositories.
    Search,
    /// Search what can be installed, whichever repositories it is in.
    InterfaceSearch,
    /// Write anew what a search looks at.
    SearchRebuild,
    /// List tags.
    TagList,
    /// List tags by the pulp API.
    PulpTagList,
    /// List content of any repository.
    ContentList,
    /// See one content.
    ContentRead,
    /// See what is said of namespaces, as content.
    NamespaceContentRead,
    /// See the logo of a namespace.
    AvatarRead,
    /// List signatures of collection versions.
    SignatureList,
    /// See one signature.
    SignatureRead,
    /// Put a signature of a collection version into a repository.
    SignatureUpload,
    /// List repositories.
    RepositoryList,
    /// List repositories of all types.
    BaseRepositoryList,
    /// See one repository, and its versions.
    RepositoryRead,
    /// Make a repository.
    RepositoryCreate,
    /// Change what is said of a repository.
    RepositoryUpdate,
    /// Delete a repository.
    RepositoryDelete,
    /// Delete an old version of a repository.
    RepositoryVersionDelete,
    /// Put content into a repository, or take it out.
    RepositoryModify,
    /// Copy collection versions of a repository to others, or move them there.
    RepositoryTransfer,
    /// List distributions.
    DistributionList,
    /// List distributions of all types.
    BaseDistributionList,
    /// See one distribution.
    DistributionRead,
    /// List distributions by the API of the web interface.
    InterfaceDistributionList,
    /// See one distribution by the API of the web interface.
    InterfaceDistributionRead,
    /// Serve a repository under a name.
    DistributionCreate,
    /// Change where a repository is served, or which.
    DistributionUpdate,
    /// Serve a repository no more under a name.
    DistributionDelete,
    /// See what one may do on a repository.
    RepositoryPermissions,
    /// See who has which roles on a repository.
    RepositoryRoleList,
    /// Give somebody a role on a repository.
    RepositoryRoleAdd,
    /// Take a role on a repository from somebody.
    RepositoryRoleRemove,
    /// List remotes.
    RemoteList,
    /// See one remote.
    RemoteRead,
    /// Make a remote.
    RemoteCreate,
    /// Change a remote.
    RemoteUpdate,
    /// Delete a remote.
    RemoteDelete,
    /// See remotes and what is mirrored from them.
    RemoteConfigRead,
    /// See from where what a distribution serves is mirrored.
    SyncConfigRead,
    /// Change what is mirrored from a remote.
    RemoteConfigure,
    /// See what one may do on a remote.
    RemotePermissions,
    /// See who has which roles on a remote.
    RemoteRoleList,
    /// Give somebody a role on a remote.
    RemoteRoleAdd,
    /// Take a role on a remote from somebody.
    RemoteRoleRemove,
    /// Get an API token of one's own; the one before ends.
    TokenCreate,
    /// End one's own API token.
    TokenDelete,
    /// See one's own named tokens, without their text.
    TokenList,
    /// Get another token of one's own, with a name, a reach and an end.
    TokenIssue,
    /// End one of one's own named tokens.
    TokenRevoke,
    /// Sign in with a form, or get what the form needs.
    SessionStart,
    /// Sign out.
    SessionEnd,
    /// See where one is signed in.
    SessionList,
    /// End one of one's own sessions.
    SessionRevoke,
    /// Sign in at another server that vouches for its users.
    SingleSignOn,
    /// See oneself, and what one may do.
    MeRead,
    /// Change one's own name, address or password.
    MeUpdate,
    /// See the settings and features that clients adapt to.
    SettingsRead,
    /// See the versions of the web interface's API.
    InterfaceDiscover,
    /// List the automation controllers that use this hub.
    ControllerList,
    /// List users.
    UserList,
    /// See one user.
    UserRead,
    /// Create a user.
    UserCreate,
    /// Change a user.
    UserUpdate,
    /// Delete a user.
    UserDelete,
    /// List the roles of a user.
    UserRoleList,
    /// Give a user a role.
    UserRoleAdd,
    /// Take a role from a user.
    UserRoleRemove,
    /// List groups.
    GroupList,
    /// See one group.
    GroupRead,
    /// Create a group.
    GroupCreate,
    /// Rename a group.
    GroupUpdate,
    /// Delete a group.
    GroupDelete,
    /// See who is in a group.
    GroupMemberList,
    /// Put a user into a group.
    GroupMemberAdd,
    /// Take a user out of a group.
    GroupMemberRemove,
    /// See who is in a group, by the pulp API.
    PulpMemberList,
    /// Put a user into a group, by the pulp API.
    PulpMemberAdd,
    /// Take a user out of a group, by the pulp API.
    PulpMemberRemove,
    /// List the roles of a group.
    GroupRoleList,
    /// Give a group a role.
    GroupRoleAdd,
    /// Take a role from a group.
    GroupRoleRemove,
    /// List roles.
    RoleList,
    /// See one role.
    RoleRead,
    /// Make a role.
    RoleCreate,
    /// Change a role that was made here.
    RoleUpdate,
    /// Delete a role that was made here.
    RoleDelete,
    /// Read users, groups, teams, organizations and roles by the `_ui/v2` API.
    PlatformRead,
    /// Change any of them by the `_ui/v2` API.
    PlatformWrite,
}
