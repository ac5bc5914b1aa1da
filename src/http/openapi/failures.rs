//! The answers that say no: which there are, and how each family words them (contract 01 §1.6).

use utoipa::ToSchema;
use utoipa::openapi::ContentBuilder;
use utoipa::openapi::RefOr;
use utoipa::openapi::Response;
use utoipa::openapi::ResponseBuilder;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::schema::Ref;
use utoipa::openapi::schema::Type;

use crate::http::kit::envelope::Bare;
use crate::http::kit::envelope::Enveloped;
use crate::http::kit::envelope::Framework;
use crate::http::kit::mount::Family;
use crate::http::kit::operation::Operation;
use crate::http::kit::schema;
use crate::policy::action::Action;
use crate::policy::rule::Door;
use crate::policy::rule::Effect;
use crate::policy::rule::rule;

/// A status with its name.
type Status = (&'static str, &'static str);

/// The refusals that a route knows, with the status of each.
pub(super) fn responses(
    action: Action,
    family: Family,
    operation: &Operation,
    is_about_one: bool,
) -> Vec<(&'static str, Response)> {
    let rule = rule(action);
    let is_write = rule.effect == Effect::Write;
    let reads_input = operation.has_query || operation.body.is_some();
    let may_be_missing = is_about_one || rule.door == Door::Nobody;
    let takes_credentials = rule.door != Door::SignedLink;
    let known: [(bool, Status); 8] = [
        (reads_input || is_write, ("400", "What was sent is wrong.")),
        // Wrong credentials are refused even where none are needed.
        (
            takes_credentials,
            ("401", "The credentials are missing or wrong."),
        ),
        (
            is_write || rule.door != Door::Anyone,
            ("403", "The caller may not do this."),
        ),
        (
            may_be_missing || is_write,
            ("404", "There is no such thing."),
        ),
        (is_write, ("409", "It cannot be done as things are.")),
        (operation.body.is_some(), ("413", "The body is too large.")),
        (
            operation.body.is_some(),
            ("415", "The body has a type that is not read."),
        ),
        (
            takes_credentials,
            ("429", "Too many wrong credentials were sent."),
        ),
    ];
    known
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, (status, meaning))| (status, response(action, family, status, meaning)))
        .collect()
}

fn response(action: Action, family: Family, status: &str, meaning: &str) -> Response {
    let (media_type, schema) = match family {
        Family::Plain => (
            "text/plain",
            RefOr::from(ObjectBuilder::new().schema_type(Type::String)),
        ),
        // What could not be done to a task is told by the task.
        Family::Framework if action == Action::TaskCancel && status == "409" => {
            ("application/json", utoipa::openapi::schema::empty().into())
        }
        Family::Framework => ("application/json", named::<Framework>()),
        Family::Galaxy if action == Action::CollectionDelete && status == "400" => {
            let either = AnyOfBuilder::new()
                .item(named::<Enveloped>())
                .item(named::<Bare<'_>>());
            ("application/json", RefOr::T(either.into()))
        }
        Family::Galaxy => ("application/json", named::<Enveloped>()),
    };
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(meaning)
        .content(media_type, content)
        .build()
}

fn named<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
}

/// The schemas of all that is told above.
pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = Vec::new();
    schema::add::<Enveloped>(&mut schemas);
    schema::add::<Framework>(&mut schemas);
    schema::add::<Bare<'_>>(&mut schemas);
    schemas
}
