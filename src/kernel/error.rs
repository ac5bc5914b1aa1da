//! What can go wrong, in the words of the domain.
//!
//! `http::kit::failure` is the one place that turns these into statuses and bodies.

use std::borrow::Cow;
use std::fmt;

/// The result of everything below the HTTP floor.
pub type Result<T> = std::result::Result<T, Error>;

/// What happened, without saying how it will be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing asked for is not here, or not visible to the caller.
    #[error("{0} not found")]
    NotFound(Noun),
    /// The thing asked for is not here, which the reference tells in these words.
    #[error("{0}")]
    Missing(String),
    /// The caller must say who they are.
    #[error("{0}")]
    Unauthenticated(Credentials),
    /// The caller is known and may not do this.
    #[error("permission denied")]
    Forbidden,
    /// The caller may not do this, and this sentence says why.
    #[error("{0}")]
    Denied(String),
    /// The caller must wait this many seconds before the next attempt.
    #[error("too many attempts; the next is possible in {0} seconds")]
    Throttled(u64),
    /// The request is understood but its values are not acceptable; one entry per message.
    #[error("invalid input: {}", faults(.0))]
    Invalid(Vec<Fault>),
    /// The request could not be parsed at all.
    #[error("malformed request: {0}")]
    Malformed(String),
    /// It cannot go, because others need it.
    #[error("{message}")]
    NeededBy {
        /// What cannot go, and why.
        message: String,
        /// Who needs it: `namespace.name 1.0.0`.
        dependants: Vec<String>,
    },
    /// It must be signed before, and is not; this sentence says what.
    #[error("{0}")]
    Unsigned(String),
    /// The request contradicts what is stored.
    #[error("{0}")]
    Conflict(Conflict),
    /// The body is over the limit, in bytes.
    #[error("the request is larger than the limit of {limit} bytes. {advice}")]
    TooLarge {
        /// The limit that was exceeded, in bytes.
        limit: u64,
        /// A sentence on what to do about it, or nothing.
        advice: &'static str,
    },
    /// The body has a media type this endpoint does not read.
    #[error("unsupported media type {0:?}")]
    UnsupportedMediaType(String),
    /// The route exists, but not for this method.
    #[error("method {0} not allowed")]
    MethodNotAllowed(String),
    /// No representation satisfies the `Accept` header.
    #[error("could not satisfy the request Accept header")]
    NotAcceptable,
    /// The disk that holds the data directory is full.
    #[error("no space left in the data directory")]
    StorageFull,
    /// Another server that this one needs cannot be asked, or answers nonsense; this sentence says which.
    #[error("{0}")]
    Upstream(String),
    /// A bug, a broken disk, or a foreign hand in the data directory. The cause goes to the log only.
    #[error("internal error: {0:#}")]
    Internal(#[from] anyhow::Error),
}

impl Error {
    /// A request that is wrong as a whole, where the framework of the reference answers a bare list.
    pub fn bare(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault::of(Blame::Bare, code, message)])
    }

    /// One wrong field, with the code clients compare (`invalid`, `required`, …).
    pub fn invalid(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault::new(Some(field), code, message)])
    }
}

/// A noun that can be missing. Some of them carry a detail that the reference shows to its callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noun {
    /// A route nobody serves.
    Route,
    /// A collection, `namespace.name`.
    Collection(String),
    /// A collection version, `namespace.name:version`.
    Version(String),
    /// An artifact file, by its file name.
    Artifact(String),
    /// A namespace.
    Namespace(String),
    /// The namespace an upload belongs into; the second part says how to create it.
    UploadNamespace(String),
    /// A distribution, by base path.
    Distribution(String),
    /// A task or an import, by id.
    Task(String),
    /// A user.
    User(String),
    /// A group.
    Group(String),
    /// A role, by id.
    Role(String),
    /// A role that a user was given, by the id of that.
    UserRole(String),
    /// A role that a group was given, by the id of that.
    GroupRole(String),
    /// A role as `_ui/v2` has it, by number.
    RoleDefinition(String),
    /// A role that a user was given, by number.
    RoleUserAssignment(String),
    /// A role that a team was given, by number.
    RoleTeamAssignment(String),
    /// An organization, by number.
    Organization(String),
    /// A team, by number.
    Team(String),
    /// A page of a list, past its end or no page at all.
    Page,
    /// A repository, by id.
    Repository(String),
    /// Content of a kind, by the name of its model.
    Content(&'static str),
    /// A version of a repository, by number.
    RepositoryVersion(i64),
    /// A distribution, by id.
    DistributionId(String),
    /// A remote, by id.
    Remote(String),
    /// The remote of what is served under a base path.
    RemoteOf(String),
    /// An API token of the caller, by id.
    Token(i64),
    /// A session of the caller, by id.
    Session(i64),
    /// A namespace in the index of what machines should not learn from.
    Denial(String),
    /// A renderer asked for with `?format=`.
    Format(String),
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Route => write!(f, "route"),
            Self::Collection(name) => write!(f, "collection {name}"),
            Self::Version(name) => write!(f, "collection version {name}"),
            Self::Artifact(name) => write!(f, "artifact {name}"),
            Self::Namespace(name) | Self::UploadNamespace(name) => write!(f, "namespace {name}"),
            Self::Distribution(path) => write!(f, "distribution {path}"),
            Self::Task(id) => write!(f, "task {id}"),
            Self::User(name) => write!(f, "user {name}"),
            Self::Group(name) => write!(f, "group {name}"),
            Self::Role(id) | Self::RoleDefinition(id) => write!(f, "role {id}"),
            Self::UserRole(id)
            | Self::GroupRole(id)
            | Self::RoleUserAssignment(id)
            | Self::RoleTeamAssignment(id) => write!(f, "role assignment {id}"),
            Self::Organization(id) => write!(f, "organization {id}"),
            Self::Team(id) => write!(f, "team {id}"),
            Self::Page => write!(f, "page"),
            Self::Repository(id) => write!(f, "repository {id}"),
            Self::Content(model) => write!(f, "content {model}"),
            Self::RepositoryVersion(number) => write!(f, "repository version {number}"),
            Self::DistributionId(id) => write!(f, "distribution {id}"),
            Self::Remote(id) => write!(f, "remote {id}"),
            Self::RemoteOf(path) => write!(f, "remote of what is served as {path}"),
            Self::Token(id) => write!(f, "token {id}"),
            Self::Session(id) => write!(f, "session {id}"),
            Self::Denial(name) => write!(f, "denial of namespace {name}"),
            Self::Format(name) => write!(f, "format {name}"),
        }
    }
}

/// Why a caller counts as unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// None were sent.
    Missing,
    /// Some were sent and refused, with the text shown to the caller.
    Refused(&'static str),
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("Authentication credentials were not provided."),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

/// What a fault is a fault of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blame {
    /// The request as a whole.
    Request,
    /// The request as a whole; the framework of the reference answers a bare list here.
    Bare,
    /// A field or parameter.
    Field(Cow<'static, str>),
    /// A field of a field that is an object.
    Nested(&'static str, &'static str),
    /// One item of a field that is a list, counted from 0.
    Item(&'static str, usize),
}

/// One thing wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is to blame.
    pub blame: Blame,
    /// The stable code: `required`, `invalid`, `max_length`, `invalid_choice`, …
    pub code: &'static str,
    /// A sentence for a person.
    pub message: String,
}

impl Fault {
    /// A fault of `field`, or of the request as a whole, with its code and a sentence for a person.
    pub fn new(
        field: Option<&'static str>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let blame = field.map_or(Blame::Request, |field| Blame::Field(field.into()));
        Self::of(blame, code, message)
    }

    /// A fault of anything.
    pub fn of(blame: Blame, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            blame,
            code,
            message: message.into(),
        }
    }
}

fn faults(all: &[Fault]) -> String {
    let texts: Vec<&str> = all.iter().map(|fault| fault.message.as_str()).collect();
    texts.join("; ")
}

/// What the request contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// A namespace of this name is there already.
    NamespaceExists(String),
    /// A namespace of this name is in the index of what machines should not learn from already.
    DenialExists(String),
    /// A user of this name is there already.
    UserExists(String),
    /// A group of this name is there already.
    GroupExists(String),
    /// The user has a token of this name already.
    TokenExists(String),
    /// Content would be replaced, and the caller asked for that not to happen.
    ContentReplaced,
    /// The task has ended, so it cannot be canceled.
    TaskFinished,
    /// The task has not ended, so it cannot be forgotten.
    TaskUnfinished,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NamespaceExists(name) => write!(f, "A namespace named {name} already exists."),
            Self::UserExists(name) => write!(f, "A user named {name} already exists."),
            Self::GroupExists(name) => write!(f, "A group named {name} already exists."),
            Self::TokenExists(name) => write!(f, "A token named {name} already exists."),
            Self::DenialExists(name) => write!(f, "Namespace {name} is in the index already."),
            Self::ContentReplaced => {
                f.write_str("Content that is in the repository would be replaced.")
            }
            Self::TaskUnfinished => f.write_str("The task has not ended yet; cancel it first."),
            Self::TaskFinished => {
                f.write_str("The task has ended already; there is nothing to cancel.")
            }
        }
    }
}
