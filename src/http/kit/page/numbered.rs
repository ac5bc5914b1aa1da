//! Shapes V1 and D: `{count, next, previous, results}` by page number.

use serde::Serialize;
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::ObjectBuilder;

use crate::http::kit::asked::Form;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::params::Params;
use crate::http::kit::schema;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// How many entries a list puts on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// When the client does not say.
    pub default: u64,
    /// At most.
    pub max: u64,
}

impl Sizes {
    /// v1 roles and their search.
    pub const ROLES: Self = Self {
        default: 10,
        max: 1000,
    };
    /// v1 users and namespaces.
    pub const V1: Self = Self {
        default: 100,
        max: 1000,
    };
    /// `_ui/v2`
    pub const UI_V2: Self = Self {
        default: 50,
        max: 200,
    };

    /// The window asked for with `page` and `page_size`. A page that is no number, or zero, is not found.
    pub fn window(self, params: &Params) -> Result<Window> {
        params.note("page", || Form::Number);
        params.note("page_size", || Form::Number);
        let asked = params
            .last("page_size")
            .and_then(|text| text.parse::<u64>().ok());
        let limit = asked
            .filter(|size| *size > 0)
            .unwrap_or(self.default)
            .min(self.max);
        let number = number(params).ok_or(Error::NotFound(Noun::Page))?;
        Ok(Window {
            offset: (number - 1).saturating_mul(limit),
            limit,
        })
    }
}

/// The page that a list of `_ui/v2` is asked for.
pub fn ui_v2_window(params: &Params) -> Result<Window> {
    Sizes::UI_V2.window(params)
}

fn number(params: &Params) -> Option<u64> {
    match params.last("page") {
        None => Some(1),
        Some(text) => text.parse().ok().filter(|number| *number > 0),
    }
}

/// A page. `count` and the links are left out of a D page asked for with `count_disabled`.
#[derive(Debug, Serialize)]
pub struct Paged<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Option<String>>,
    results: Vec<T>,
}

impl<T: ToSchema> PartialSchema for Paged<T> {
    fn schema() -> RefOr<Schema> {
        let frame = ObjectBuilder::new()
            .property("count", u64::schema())
            .property("next", schema::link())
            .property("previous", schema::link());
        schema::page::<T>(frame, "results")
    }
}

impl<T: ToSchema> ToSchema for Paged<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schema::add::<T>(schemas);
    }
}

impl<T> Paged<T> {
    /// A V1 page, with absolute links. A page past the last is not found.
    pub fn v1(
        page: Page<T>,
        window: Window,
        origin: &Origin,
        mount: &Mount,
        params: &Params,
    ) -> Result<Self> {
        Self::linked(page, window, &format!("{}{}", origin.0, mount.path), params)
    }

    /// A D page, with links as path and query. A page past the last is not found.
    pub fn ui_v2(page: Page<T>, window: Window, mount: &Mount, params: &Params) -> Result<Self> {
        if params.last("count_disabled").is_some() {
            return Ok(Self {
                count: None,
                next: None,
                previous: None,
                results: page.items,
            });
        }
        Self::linked(page, window, &mount.path, params)
    }

    fn linked(page: Page<T>, window: Window, path: &str, params: &Params) -> Result<Self> {
        let number = window.offset / window.limit + 1;
        if number > 1 && window.offset >= page.total {
            return Err(Error::NotFound(Noun::Page));
        }
        let link = |number: Option<u64>| format!("{path}?{}", params.with(&[("page", number)]));
        let has_next = window.offset.saturating_add(window.limit) < page.total;
        Ok(Self {
            count: Some(page.total),
            next: Some(has_next.then(|| link(Some(number + 1)))),
            // As the reference's framework has it: the first page needs no number.
            previous: Some((number > 1).then(|| link((number > 2).then_some(number - 1)))),
            results: page.items,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::kit::mount::Family;

    fn page(query: &str) -> Result<Paged<u8>> {
        let path = "/api/_ui/v2/users/".to_owned();
        let mount = Mount {
            root: "/api/",
            content: None,
            path,
            family: Family::Framework,
        };
        let params = Params::of(query);
        let window = Sizes::UI_V2.window(&params)?;
        Paged::ui_v2(
            Page {
                total: 120,
                items: Vec::new(),
            },
            window,
            &mount,
            &params,
        )
    }

    #[test]
    fn pages_are_linked_by_number() {
        let second = page("page=2&sort=id").unwrap();
        assert_eq!(
            second.next,
            Some(Some("/api/_ui/v2/users/?page=3&sort=id".to_owned()))
        );
        assert_eq!(
            second.previous,
            Some(Some("/api/_ui/v2/users/?sort=id".to_owned()))
        );
        assert_eq!(page("page=3").unwrap().next, Some(None));
        let bare = page("count_disabled=true").unwrap();
        assert_eq!((bare.count, bare.next, bare.previous), (None, None, None));
    }

    #[test]
    fn a_page_that_is_not_there_is_not_found() {
        for query in ["page=4", "page=0", "page=x", "page=-1"] {
            assert!(
                matches!(page(query), Err(Error::NotFound(Noun::Page))),
                "{query}"
            );
        }
    }
}
