//! Values of the lower floors, as the description of the API shows them: what they look like on the wire.

use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::KnownFormat;
use utoipa::openapi::Ref;
use utoipa::openapi::RefOr;
use utoipa::openapi::Schema;
use utoipa::openapi::SchemaFormat;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::schema::Type;

use crate::http::kit::chosen::Chosen;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::OrganizationId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::TokenId;
use crate::kernel::ids::UserId;

fn known(kind: Type, format: KnownFormat) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(kind)
        .format(Some(SchemaFormat::KnownFormat(format)))
        .into()
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        known(Type::String, KnownFormat::DateTime)
    }
}

impl ToSchema for Timestamp {}

macro_rules! numbers {
    ($($id:ident),+ $(,)?) => {$(
        impl PartialSchema for $id {
            fn schema() -> RefOr<Schema> {
                known(Type::Integer, KnownFormat::Int64)
            }
        }

        impl ToSchema for $id {}
    )+};
}

numbers!(
    AssignmentId,
    GroupId,
    OrganizationId,
    RoleId,
    SessionId,
    TokenId,
    UserId,
);

/// The frame of a page, and what is listed in it under `name`. Derived frames would not tell of the schema of `T`.
pub fn page<T: ToSchema>(frame: ObjectBuilder, name: &str) -> RefOr<Schema> {
    let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
    frame.property(name, items).required(name).into()
}

/// Adds the schema of `T`, and those it refers to.
pub fn add<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// A link to another page, which is null where there is none.
pub fn link() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]))
}

/// The object; the caller may leave out any part of it, so none is certain to be there.
impl<T: ToSchema> PartialSchema for Chosen<T> {
    fn schema() -> RefOr<Schema> {
        without_required(T::schema())
    }
}

impl<T: ToSchema> ToSchema for Chosen<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}.Chosen", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

fn without_required(schema: RefOr<Schema>) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            object.required.clear();
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::AllOf(mut all)) => {
            all.items = all.items.into_iter().map(without_required).collect();
            RefOr::T(Schema::AllOf(all))
        }
        other => other,
    }
}
