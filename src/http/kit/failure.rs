//! The one mapping from what went wrong to what the client is told.

use std::fmt;

use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::http::StatusCode;

use crate::kernel::error::Blame;
use crate::kernel::error::Conflict;
use crate::kernel::error::Credentials;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;

/// What a handler returns.
pub type Answer<T> = Result<T, Failure>;

/// A domain error on its way out. [`super::envelope`] gives it the body of its family.
#[derive(Debug)]
pub struct Failure(pub Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        Self::status_code_of(&self.0)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl Failure {
    /// The status of an error.
    pub fn status_code_of(error: &Error) -> StatusCode {
        match error {
            Error::NotFound(_) | Error::Missing(_) => StatusCode::NOT_FOUND,
            Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Error::Forbidden | Error::Denied(_) => StatusCode::FORBIDDEN,
            Error::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::Invalid(_)
            | Error::Malformed(_)
            | Error::NeededBy { .. }
            | Error::Unsigned(_) => StatusCode::BAD_REQUEST,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Error::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Error::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Error::Upstream(_) => StatusCode::BAD_GATEWAY,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// One message of an error, in the parts every envelope is made of.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// What is to blame.
    pub blame: Blame,
    /// The stable code.
    pub code: &'static str,
    /// The sentence of this class of errors; `{…}` stands literally where the reference forgot to fill it in.
    pub title: &'static str,
    /// The sentence of this very error, if it says more than the title.
    pub detail: Option<String>,
}

/// The messages of an error (contract 01 §1.6). `request_id` is what the log knows an internal error by.
pub fn messages(error: &Error, request_id: &str) -> Vec<Message> {
    let one = |code, title: &'static str, detail: Option<String>| {
        vec![Message {
            blame: Blame::Request,
            code,
            title,
            detail,
        }]
    };
    match error {
        Error::Invalid(faults) => faults
            .iter()
            .map(|fault| Message {
                blame: fault.blame.clone(),
                code: fault.code,
                title: "Invalid input.",
                detail: Some(fault.message.clone()),
            })
            .collect(),
        Error::NotFound(noun) => one("not_found", "Not found.", detail_of(noun)),
        Error::Missing(text) => one("not_found", "Not found.", Some(text.clone())),
        Error::NeededBy { message, .. } | Error::Unsigned(message) => {
            one("invalid", "Invalid input.", Some(message.clone()))
        }
        Error::Unauthenticated(Credentials::Missing) => one(
            "not_authenticated",
            "Authentication credentials were not provided.",
            None,
        ),
        Error::Unauthenticated(Credentials::Refused(why)) => one(
            "authentication_failed",
            "Incorrect authentication credentials.",
            Some((*why).to_owned()),
        ),
        Error::Forbidden => one(
            "permission_denied",
            "You do not have permission to perform this action.",
            None,
        ),
        Error::Denied(why) => one(
            "permission_denied",
            "You do not have permission to perform this action.",
            Some(why.clone()),
        ),
        Error::Throttled(seconds) => one(
            "throttled",
            "Request was throttled.",
            Some(format!(
                "Request was throttled. Expected available in {seconds} seconds."
            )),
        ),
        Error::Malformed(why) => one("parse_error", "Malformed request.", Some(why.clone())),
        Error::Conflict(conflict) => vec![Message {
            blame: match conflict {
                Conflict::NamespaceExists(_)
                | Conflict::GroupExists(_)
                | Conflict::TokenExists(_) => Blame::Field("name".into()),
                Conflict::UserExists(_) => Blame::Field("username".into()),
                Conflict::DenialExists(_) => Blame::Field("reference".into()),
                Conflict::TaskFinished | Conflict::TaskUnfinished | Conflict::ContentReplaced => {
                    Blame::Request
                }
            },
            code: "conflict",
            title: "Data conflicts with existing entity.",
            detail: Some(conflict.to_string()),
        }],
        Error::TooLarge { limit, advice } => {
            let detail = format!("The request is larger than the limit of {limit} bytes. {advice}");
            one(
                "too_large",
                "The request is too large.",
                Some(detail.trim_end().to_owned()),
            )
        }
        Error::UnsupportedMediaType(media_type) => one(
            "unsupported_media_type",
            "Unsupported media type \"{media_type}\" in request.",
            Some(format!(
                "Unsupported media type \"{media_type}\" in request."
            )),
        ),
        Error::MethodNotAllowed(method) => one(
            "method_not_allowed",
            "Method \"{method}\" not allowed.",
            Some(format!("Method \"{method}\" not allowed.")),
        ),
        Error::NotAcceptable => one(
            "not_acceptable",
            "Could not satisfy the request Accept header.",
            None,
        ),
        Error::StorageFull => one(
            "storage_full",
            "The server has no space left.",
            Some(
                "Nothing was stored. Free space in the server's data directory and try again."
                    .to_owned(),
            ),
        ),
        Error::Upstream(why) => one(
            "bad_gateway",
            "Another server did not answer as it must.",
            Some(why.clone()),
        ),
        Error::Internal(_) => one(
            "internal_error",
            "Internal server error.",
            Some(format!(
                "The server's log has the cause under request id {request_id}."
            )),
        ),
    }
}

/// What the reference's framework says of a missing row, by the name of its model. Its galaxy envelope leaves it out.
pub fn missing(error: &Error) -> Option<String> {
    let Error::NotFound(noun) = error else {
        return None;
    };
    let model = match noun {
        Noun::Task(_) => "Task",
        Noun::User(_) => "User",
        Noun::Group(_) => "Group",
        Noun::Role(_) => "Role",
        Noun::UserRole(_) => "UserRole",
        Noun::GroupRole(_) => "GroupRole",
        Noun::RoleDefinition(_) => "RoleDefinition",
        Noun::RoleUserAssignment(_) => "RoleUserAssignment",
        Noun::RoleTeamAssignment(_) => "RoleTeamAssignment",
        Noun::Organization(_) => "Organization",
        Noun::Team(_) => "Team",
        Noun::Page => return Some("Invalid page.".to_owned()),
        Noun::Namespace(_) => "Namespace",
        Noun::Repository(_) => "AnsibleRepository",
        Noun::Content(model) => model,
        Noun::RepositoryVersion(_) => "RepositoryVersion",
        Noun::DistributionId(_) => "AnsibleDistribution",
        Noun::Remote(_) => "CollectionRemote",
        _ => return None,
    };
    Some(format!("No {model} matches the given query."))
}

/// The details the reference adds to some 404s; all others are bare.
fn detail_of(noun: &Noun) -> Option<String> {
    match noun {
        Noun::Distribution(_) => Some("Distribution does not exist.".to_owned()),
        Noun::RemoteOf(path) => Some(format!(
            "The {path} distribution does not have any remotes associated with it."
        )),
        Noun::UploadNamespace(name) => Some(format!(
            "Namespace in filename not found. Ask an administrator to create it: pocket-galaxy namespace create {name}"
        )),
        _ => None,
    }
}
