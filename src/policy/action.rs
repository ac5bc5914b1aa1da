//! Everything anybody can ask of this server.

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// One thing that can be asked; each route names exactly one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($(#[$doc])* $name),+ }

        impl Action {
            /// Every action, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
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
    /// Follow an import.
    ImportRead,
    /// List tasks.
    TaskList,
    /// See one task.
    TaskRead,
    /// Ask a task to end.
    TaskCancel,
    /// List namespaces.
    NamespaceList,
    /// See one namespace.
    NamespaceRead,
    /// Create a namespace.
    NamespaceCreate,
    /// Get an API token of one's own; the one before ends.
    TokenCreate,
    /// End one's own API token.
    TokenDelete,
}
