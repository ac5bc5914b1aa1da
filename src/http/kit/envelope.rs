//! Errors get the body of the family they leave through.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::middleware::Next;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::kit::failure;
use crate::http::kit::failure::Failure;
use crate::http::kit::failure::Message;
use crate::http::kit::mount::Family;
use crate::http::kit::mount::Mount;
use crate::http::kit::trace::RequestId;
use crate::kernel::error;
use crate::kernel::error::Blame;
use crate::kernel::error::Noun;

/// Middleware: an answer that carries an error gets its body here, and only here.
pub async fn shape<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let Some(error) = response.response().error() else {
        return Ok(response);
    };
    let body = match error.as_error::<Failure>() {
        Some(failure) => render(&failure.0, response.request()),
        None => render(&foreign(error), response.request()),
    };
    let (request, old) = response.into_parts();
    Ok(ServiceResponse::new(request, carry_headers(&old, body)))
}

/// What actix found wrong before any of our code ran.
fn foreign(error: &Error) -> error::Error {
    let status = error.as_response_error().status_code();
    match status {
        StatusCode::NOT_FOUND => error::Error::NotFound(Noun::Route),
        status if status.is_client_error() => error::Error::Malformed(error.to_string()),
        _ => error::Error::Internal(anyhow::anyhow!("{error}")),
    }
}

fn render(error: &error::Error, request: &HttpRequest) -> HttpResponse {
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let status = Failure::status_code_of(error);
    if status.is_server_error() {
        tracing::error!(request_id, "{error}");
    }
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        // The first scheme of the reference, so that browsers do not open a password box.
        response.insert_header((header::WWW_AUTHENTICATE, "Session"));
    }
    if let error::Error::Throttled(seconds) = error {
        response.insert_header((header::RETRY_AFTER, *seconds));
    }
    match error {
        error::Error::NeededBy {
            message,
            dependants,
        } => {
            return response.json(Bare {
                detail: message,
                dependent_collection_versions: Some(dependants),
            });
        }
        error::Error::Unsigned(message) => {
            return response.json(Bare {
                detail: message,
                dependent_collection_versions: None,
            });
        }
        _ => {}
    }
    let messages = failure::messages(error, &request_id);
    match request
        .extensions()
        .get::<Mount>()
        .map_or(Family::Galaxy, |mount| mount.family)
    {
        Family::Galaxy => response.json(galaxy(status, messages)),
        Family::Framework => response.json(framework(failure::missing(error), messages)),
        Family::Plain => response
            .content_type("text/plain; charset=utf-8")
            .body(plain(status, &messages)),
    }
}

/// The same in every family (contract 01 §1.6): it is not wrapped.
#[derive(Serialize, ToSchema)]
#[schema(as = error::Bare)]
pub struct Bare<'a> {
    detail: &'a str,
    /// Names and versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    dependent_collection_versions: Option<&'a [String]>,
}

/// `{"errors": […]}`
#[derive(Serialize, ToSchema)]
#[schema(as = error::Galaxy)]
pub struct Enveloped {
    errors: Vec<Entry>,
}

/// One entry of the `errors` list; `status` is text because clients compare it as text.
#[derive(Serialize, ToSchema)]
#[schema(as = error::Entry)]
pub struct Entry {
    status: String,
    code: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

/// What is to blame.
#[derive(Serialize, ToSchema)]
#[schema(as = error::Source)]
pub struct Source {
    /// The name of a field or a parameter.
    parameter: Cow<'static, str>,
}

fn galaxy(status: StatusCode, messages: Vec<Message>) -> Enveloped {
    let entry = |message: Message| Entry {
        status: status.as_u16().to_string(),
        code: message.code,
        title: message.title,
        detail: message.detail,
        source: match message.blame {
            Blame::Request | Blame::Bare => None,
            Blame::Field(parameter) => Some(Source { parameter }),
            Blame::Item(field, _) | Blame::Nested(field, _) => Some(Source {
                parameter: field.into(),
            }),
        },
    };
    Enveloped {
        errors: messages.into_iter().map(entry).collect(),
    }
}

/// `{"detail": …}`, `{"field": [messages]}` when fields are to blame, `{"field": {"0": [messages]}}` when items of
/// a list are, or the bare messages.
#[derive(Serialize, ToSchema)]
#[schema(as = error::Framework)]
#[serde(untagged)]
pub enum Framework {
    /// What is wrong.
    Detail {
        /// The sentence.
        detail: String,
    },
    /// What is wrong with which fields.
    Fields(BTreeMap<Cow<'static, str>, Messages>),
    /// What is wrong, line by line.
    Bare(Vec<String>),
}

/// What is wrong with a field.
#[derive(Serialize, ToSchema)]
#[schema(as = error::Messages)]
#[serde(untagged)]
pub enum Messages {
    /// With the field.
    OfField(Vec<String>),
    /// With the items of a list, by their place in it.
    OfItems(BTreeMap<usize, Vec<String>>),
    /// With the fields of an object.
    Nested(BTreeMap<&'static str, String>),
}

fn framework(missing: Option<String>, messages: Vec<Message>) -> Framework {
    if let Some(detail) = missing {
        return Framework::Detail { detail };
    }
    let mut fields = BTreeMap::new();
    let mut bare = Vec::new();
    for message in messages {
        let text = message.detail.unwrap_or_else(|| message.title.to_owned());
        match message.blame {
            Blame::Field(field) => add(&mut fields, field, text),
            Blame::Item(field, at) => add_to_item(&mut fields, field, at, text),
            Blame::Nested(field, inner) => {
                fields.insert(
                    field.into(),
                    Messages::Nested(BTreeMap::from([(inner, text)])),
                );
            }
            Blame::Bare => bare.push(text),
            Blame::Request if message.title == "Invalid input." => {
                add(&mut fields, "non_field_errors".into(), text);
            }
            Blame::Request => return Framework::Detail { detail: text },
        }
    }
    if bare.is_empty() {
        Framework::Fields(fields)
    } else {
        Framework::Bare(bare)
    }
}

fn add(fields: &mut BTreeMap<Cow<'static, str>, Messages>, field: Cow<'static, str>, text: String) {
    let messages = fields
        .entry(field)
        .or_insert_with(|| Messages::OfField(Vec::new()));
    match messages {
        Messages::OfField(texts) => texts.push(text),
        // A list that is wrong as a whole was not looked into, so this does not happen; the text is not lost.
        Messages::OfItems(items) => items.entry(0).or_default().push(text),
        // What is wrong inside is told first.
        Messages::Nested(_) => {}
    }
}

fn add_to_item(
    fields: &mut BTreeMap<Cow<'static, str>, Messages>,
    field: &'static str,
    at: usize,
    text: String,
) {
    let messages = fields
        .entry(field.into())
        .or_insert_with(|| Messages::OfItems(BTreeMap::new()));
    match messages {
        Messages::OfItems(items) => items.entry(at).or_default().push(text),
        Messages::OfField(texts) => texts.push(text),
        Messages::Nested(_) => {}
    }
}

/// `403: Permission denied`, the form of the byte server.
fn plain(status: StatusCode, messages: &[Message]) -> String {
    let text = messages
        .first()
        .map(|message| message.detail.as_deref().unwrap_or(message.title));
    format!("{}: {}", status.as_u16(), text.unwrap_or_default())
}

fn carry_headers(old: &HttpResponse, mut new: HttpResponse) -> HttpResponse {
    for (name, value) in old.headers() {
        if name == header::SET_COOKIE || name == header::VARY {
            new.headers_mut().append(name.clone(), value.clone());
        } else if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            new.headers_mut().insert(name.clone(), value.clone());
        }
    }
    new
}
