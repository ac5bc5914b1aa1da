//! Shape G: `{meta, links, data}`.

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

use crate::http::kit::failure::Failure;
use crate::http::kit::mount::Mount;
use crate::http::kit::operation::Operation;
use crate::http::kit::operation::Takes;
use crate::http::kit::page::offset_link;
use crate::http::kit::page::offset_neighbours;
use crate::http::kit::page::offset_window;
use crate::http::kit::params::Params;
use crate::http::kit::schema;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// Entries on a page when the client does not say.
const LIMIT_DEFAULT: u64 = 10;
/// Most entries on a page; asking for more is asking for this many. galaxykit asks for 999999.
const LIMIT_MAX: u64 = 100;

/// The window asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset(pub Window);

impl Offset {
    fn of(params: &Params) -> Self {
        Self(offset_window(params, LIMIT_DEFAULT, LIMIT_MAX))
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
        operation.offset(&format!(
            "How many on a page: {LIMIT_DEFAULT} if not said, {LIMIT_MAX} at most"
        ));
    }
}

/// A page, with links as path and query.
///
/// `ansible-galaxy` replaces the path of its request by `links.next`, and tells a later page by its `offset`.
#[derive(Debug, Serialize)]
pub struct Paged<T> {
    meta: Meta,
    links: Links,
    data: Vec<T>,
}

impl<T: ToSchema> PartialSchema for Paged<T> {
    fn schema() -> RefOr<Schema> {
        let frame = ObjectBuilder::new()
            .property("meta", Meta::schema())
            .required("meta")
            .property("links", Links::schema())
            .required("links");
        schema::page::<T>(frame, "data")
    }
}

impl<T: ToSchema> ToSchema for Paged<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schema::add::<T>(schemas);
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Meta {
    count: u64,
}

#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Links {
    first: String,
    previous: Option<String>,
    next: Option<String>,
    last: String,
}

impl<T> Paged<T> {
    /// The page that was found for a request.
    pub fn new(page: Page<T>, mount: &Mount, params: &Params) -> Self {
        let links = links(page.total, &mount.path, params);
        Self {
            meta: Meta { count: page.total },
            links,
            data: page.items,
        }
    }
}

fn links(total: u64, path: &str, params: &Params) -> Links {
    let window = Offset::of(params).0;
    let (previous, next) = offset_neighbours(total, window, path, params);
    let at = |offset| offset_link(path, params, window.limit, Some(offset));
    Links {
        first: at(0),
        previous,
        next,
        last: at(total.saturating_sub(window.limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_those_of_the_reference() {
        let recorded = |query| links(16, "/p/", &Params::of(query));
        let links = recorded("limit=3&offset=2");
        assert_eq!(links.first, "/p/?limit=3&offset=0");
        assert_eq!(links.previous.as_deref(), Some("/p/?limit=3"));
        assert_eq!(links.next.as_deref(), Some("/p/?limit=3&offset=5"));
        assert_eq!(links.last, "/p/?limit=3&offset=13");
        let links = recorded("limit=3&offset=900");
        assert_eq!(links.previous.as_deref(), Some("/p/?limit=3&offset=897"));
        assert_eq!(links.next, None);
    }

    #[test]
    fn a_limit_that_is_none_falls_back_and_a_large_one_is_capped() {
        for (query, limit) in [
            ("", 10),
            ("limit=0", 10),
            ("limit=-1", 10),
            ("limit=x", 10),
            ("limit=999999", 100),
        ] {
            assert_eq!(Offset::of(&Params::of(query)).0.limit, limit, "{query}");
        }
    }
}
