//! Who is asking.

use crate::kernel::error::Credentials;
use crate::kernel::error::Error;
use crate::kernel::ids::UserId;
use crate::policy::grants::Grants;

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
    pub grants: Grants,
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
