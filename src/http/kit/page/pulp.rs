//! Shape P: `{count, next, previous, results}` by offset, links with scheme and host.

use std::future::Ready;
use std::future::ready;

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use serde::Serialize;
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::ObjectBuilder;

use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Failure;
use crate::http::kit::mount::Mount;
use crate::http::kit::operation::Operation;
use crate::http::kit::operation::Takes;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::offset_neighbours;
use crate::http::kit::page::offset_window;
use crate::http::kit::params::Params;
use crate::http::kit::schema;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// Entries on a page when the client does not say. It may ask for any number.
const LIMIT_DEFAULT: u64 = 100;

/// The window asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset(pub Window);

impl Offset {
    fn of(params: &Params) -> Self {
        Self(offset_window(params, LIMIT_DEFAULT, u64::MAX))
    }
}

impl FromRequest for Offset {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(&Params::of(request.query_string()))))
    }
}

impl Takes for Offset {
    fn tell(operation: &mut Operation) {
        operation.offset(&format!("How many on a page: {LIMIT_DEFAULT} if not said"));
        // Of what is on a page, each shows what is asked for.
        operation.query.extend(Params::asked(Keys::of).parameters());
    }
}

/// A page.
#[derive(Debug, Serialize)]
pub struct Paged<T> {
    count: u64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<Chosen<T>>,
}

impl<T: ToSchema> PartialSchema for Paged<T> {
    fn schema() -> RefOr<Schema> {
        let frame = ObjectBuilder::new()
            .property("count", u64::schema())
            .required("count")
            .property("next", schema::link())
            .required("next")
            .property("previous", schema::link())
            .required("previous");
        schema::page::<Chosen<T>>(frame, "results")
    }
}

impl<T: ToSchema> ToSchema for Paged<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schema::add::<Chosen<T>>(schemas);
    }
}

impl<T: Serialize> Paged<T> {
    /// The page that was found for a request.
    pub fn new(page: Page<T>, origin: &Origin, mount: &Mount, params: &Params) -> Self {
        let path = format!("{}{}", origin.0, mount.path);
        let (previous, next) = offset_neighbours(page.total, Offset::of(params).0, &path, params);
        Self {
            count: page.total,
            next,
            previous,
            results: page
                .items
                .into_iter()
                .map(|item| Chosen::new(item, params))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::kit::mount::Family;

    #[test]
    fn a_page_is_that_of_the_reference() {
        let path = "/api/galaxy/pulp/api/v3/roles/".to_owned();
        let mount = Mount {
            root: "/api/galaxy/",
            content: None,
            path,
            family: Family::Framework,
        };
        let params = Params::of("locked=perhaps");
        let page = Page {
            total: 107,
            items: vec![1],
        };
        let paged = Paged::new(page, &Origin("http://hub".to_owned()), &mount, &params);
        let next = "http://hub/api/galaxy/pulp/api/v3/roles/?limit=100&locked=perhaps&offset=100";
        assert_eq!((paged.next.as_deref(), paged.previous), (Some(next), None));
        assert_eq!(
            Offset::of(&Params::of("limit=0&offset=x")).0,
            Window {
                offset: 0,
                limit: 100
            }
        );
    }
}
