//! Who is asking.

use std::sync::Arc;

use crate::kernel::error::Credentials;
use crate::kernel::error::Error;
use crate::kernel::ids::UserId;
use crate::policy::grants::Grants;
use crate::policy::reach::Reach;

/// The caller of a request.
#[derive(Debug, Clone)]
pub enum Viewer {
    /// Nobody in particular.
    Anonymous,
    /// Somebody whose credentials were accepted.
    User(Account),
}

/// A signed-in caller and all they may do.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user.
    pub id: UserId,
    /// The name they sign in with.
    pub username: String,
    /// What they hold, directly and through groups.
    pub grants: Arc<Grants>,
    /// What the credentials let them do of it.
    pub reach: Reach,
    /// How they said who they are.
    pub via: Via,
}

/// How a caller said who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// By the cookie of a browser.
    Session,
    /// By an API token.
    Token,
    /// By username and password.
    Password,
}

impl Via {
    /// How `audit.via` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Password => "password",
        }
    }
}

impl Viewer {
    /// The account, if the caller is signed in.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Anonymous => None,
            Self::User(account) => Some(account),
        }
    }

    /// What the caller is told when refused: strangers to sign in, others that they may not.
    pub fn refusal(&self) -> Error {
        match self {
            Self::Anonymous => Error::Unauthenticated(Credentials::Missing),
            Self::User(_) => Error::Forbidden,
        }
    }
}
