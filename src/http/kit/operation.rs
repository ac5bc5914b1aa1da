//! What a route takes, told by the types its handler asks for: so the description of the API cannot say otherwise.

use actix_web::Either;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::Payload;
use actix_web::web::Redirect;
use actix_web::web::ReqData;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::RefOr;
use utoipa::openapi::Schema;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::path::ParameterBuilder;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::schema::Type;

use crate::http::kit::failure::Answer;
use crate::http::kit::schema;

/// What is known of a route besides its pattern and its action.
#[derive(Default)]
pub struct Operation {
    /// The parameters of the query string.
    pub query: Vec<Parameter>,
    /// Whether it reads a query string at all, and so may refuse it.
    pub has_query: bool,
    /// What it reads of the body.
    pub body: Option<RequestBody>,
    /// What it answers when all is well, as far as that is known.
    pub answers: Vec<(StatusCode, Option<RefOr<Schema>>)>,
    /// The schemas that are referred to, by their names.
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

/// What a body may be.
pub enum RequestBody {
    /// An object, as JSON or as a form.
    Fields(Box<Schema>),
    /// A form with a file in it.
    File,
}

impl Operation {
    /// Adds a parameter of the query string that may be left out.
    pub fn parameter(&mut self, name: &str, meaning: Option<&str>, schema: impl Into<Schema>) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .description(meaning)
            .schema(Some(schema.into()));
        self.query.push(parameter.build());
    }

    /// Adds a whole number, from `minimum` up.
    pub fn number(&mut self, name: &str, meaning: &str, minimum: u64) {
        let schema = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(minimum));
        self.parameter(name, Some(meaning), schema);
    }

    /// Adds the two parameters of pages by offset.
    pub fn offset(&mut self, limit: &str) {
        self.number("limit", limit, 1);
        self.number("offset", "How many come before the page", 0);
    }

    /// Adds an answer without a body.
    pub fn empty(&mut self, status: StatusCode) {
        self.answers.push((status, None));
    }

    /// Adds an answer.
    pub fn answer<T: ToSchema>(&mut self, status: StatusCode) {
        // Chosen parts and pages of different things have one name, so each is written out where it is answered.
        if std::any::type_name::<T>().contains('<') {
            self.answers.push((status, Some(T::schema())));
            T::schemas(&mut self.schemas);
        } else {
            let schema = Ref::from_schema_name(T::name());
            self.answers.push((status, Some(schema.into())));
            schema::add::<T>(&mut self.schemas);
        }
    }
}

/// What handlers return, and what that says of their route.
pub trait Gives {
    /// Adds what is known.
    fn tell(_operation: &mut Operation) {}
}

impl<T: Gives> Gives for Answer<T> {
    fn tell(operation: &mut Operation) {
        T::tell(operation);
    }
}

impl<T: ToSchema> Gives for Json<T> {
    fn tell(operation: &mut Operation) {
        operation.answer::<T>(StatusCode::OK);
    }
}

impl<L: Gives, R: Gives> Gives for Either<L, R> {
    fn tell(operation: &mut Operation) {
        L::tell(operation);
        R::tell(operation);
    }
}

impl Gives for Redirect {
    fn tell(operation: &mut Operation) {
        operation.empty(StatusCode::FOUND);
    }
}

/// Anything; the route says what ([`Verb`](crate::http::kit::routes::Verb)).
impl Gives for HttpResponse {}

/// What handlers ask for of a request, and what that says of their route.
pub trait Takes {
    /// Adds what is known. Most of what handlers ask for is no business of the caller.
    fn tell(_operation: &mut Operation) {}
}

impl<T> Takes for Data<T> {}
impl<T: Clone> Takes for ReqData<T> {}
impl<T: Clone> Takes for Option<ReqData<T>> {}
// The pattern of the route says what is in its path.
impl<T> Takes for Path<T> {}
impl Takes for HttpRequest {}

/// The body as it comes: an upload.
impl Takes for Payload {
    fn tell(operation: &mut Operation) {
        operation.body = Some(RequestBody::File);
    }
}

macro_rules! all_of {
    ($($one:ident)*) => {
        impl<$($one: Takes),*> Takes for ($($one,)*) {
            fn tell(_operation: &mut Operation) {
                $($one::tell(_operation);)*
            }
        }
    };
}

all_of!();
all_of!(A);
all_of!(A B);
all_of!(A B C);
all_of!(A B C D);
all_of!(A B C D E);
all_of!(A B C D E F);
all_of!(A B C D E F G);
all_of!(A B C D E F G H);
