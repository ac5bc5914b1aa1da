//! Where a request came in: which root, which distribution, which family.
//!
//! The same tree hangs in several places (contract 02 §2.2). This is the one piece that knows the places;
//! behind it a path is what is left below its root, with its final slash, and each handler is routed once.

use std::future::Ready;
use std::future::ready;

use actix_web::Error;
use actix_web::FromRequest;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::dev::Payload;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::http::href;
use crate::http::kit::failure::Failure;
use crate::http::kit::operation::Takes;
use crate::state::App;

/// What stands in front of the patterns of API routes. Only `Mount::of` writes it.
pub const TREE: &str = "/(api)";

/// How a family words its errors (contract 01 §1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `{"errors": […]}`
    Galaxy,
    /// `{"detail": …}` or `{"field": […]}`
    Framework,
    /// One line of text.
    Plain,
}

impl Family {
    /// The family of what is left of a path below its root, without a slash in front.
    pub fn below_root(rest: &str) -> Self {
        let framework = ["pulp/", "v1/", "_ui/v2/", "v3/plugin/ansible/search/"];
        if framework.iter().any(|prefix| rest.starts_with(prefix)) {
            Self::Framework
        } else {
            Self::Galaxy
        }
    }

    /// The family of a path that is below no root.
    pub fn beside_roots(path: &str) -> Self {
        let bytes = [href::BYTES, href::AVATARS];
        if bytes.iter().any(|prefix| path.starts_with(prefix)) {
            Self::Plain
        } else {
            Self::Galaxy
        }
    }
}

/// Where a request came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `/api/galaxy/` or `/api/`; links are built on the one the request used.
    pub root: &'static str,
    /// The base path of `{A}content/<base path>/`, if the request came in below one.
    pub content: Option<String>,
    /// The path as it was sent, for links to other pages of the same list.
    pub path: String,
    /// How errors are worded here.
    pub family: Family,
}

const GALAXY_ROOT: &str = "/api/galaxy/";
const COMMUNITY_ROOT: &str = "/api/";

impl Mount {
    /// Splits a path into its mount and what is left for the router.
    fn of(path: &str) -> (Self, String) {
        let slashed = with_slash(path);
        let below = |root: &'static str| slashed.strip_prefix(root).map(|rest| (root, rest));
        let Some((root, rest)) = below(GALAXY_ROOT).or_else(|| below(COMMUNITY_ROOT)) else {
            // The router decodes paths; nothing from outside may decode to what only this function writes.
            let forged = slashed.contains('(') || slashed.contains("%28");
            let slashed = if forged { "/-/".to_owned() } else { slashed };
            let family = Family::beside_roots(&slashed);
            let mount = Self {
                root: GALAXY_ROOT,
                content: None,
                path: path.to_owned(),
                family,
            };
            return (mount, slashed);
        };
        let (content, rest) = match rest.strip_prefix("content/").and_then(split_content) {
            Some((base_path, rest)) => (Some(base_path.to_owned()), rest),
            None => (None, rest),
        };
        let family = Family::below_root(rest);
        (
            Self {
                root,
                content,
                path: path.to_owned(),
                family,
            },
            format!("{TREE}/{rest}"),
        )
    }
}

/// Both spellings of a path are the same resource for every method: a redirect would turn a POST into a GET.
/// Artifacts have no slash; there a slash is another path, which is not found.
fn with_slash(path: &str) -> String {
    if path.ends_with('/') || path.ends_with(".tar.gz") {
        path.to_owned()
    } else {
        format!("{path}/")
    }
}

/// Splits what follows `content/` into base path and rest. A base path may hold slashes; it ends at the first
/// `v3/`, at a final `api/`, or at the end.
fn split_content(text: &str) -> Option<(&str, &str)> {
    let at = text
        .find("/v3/")
        .or_else(|| text.strip_suffix("/api/").map(str::len))
        .or(text.len().checked_sub(1))?;
    let (base_path, rest) = (&text[..at], &text[at + 1..]);
    (!base_path.is_empty()).then_some((base_path, rest))
}

/// Middleware: puts the [`Mount`] beside the request and what is left of the path into it.
pub async fn resolve<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let (mount, path) = Mount::of(request.path());
    let mut parts = request.head().uri.clone().into_parts();
    let text = match request.head().uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.clone(),
    };
    // A path that was a URI stays one with a slash or a prefix added; if not, the router sees it as it came.
    if let Ok(path_and_query) = PathAndQuery::from_maybe_shared(text) {
        parts.path_and_query = Some(path_and_query);
        if let Ok(uri) = Uri::from_parts(parts) {
            request.match_info_mut().get_mut().update(&uri);
            request.head_mut().uri = uri;
        }
    }
    request.extensions_mut().insert(mount);
    next.call(request).await
}

/// The mount of a request, for handlers.
impl FromRequest for Mount {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mount = request.extensions().get::<Self>().cloned();
        ready(mount.ok_or_else(|| Failure(anyhow::anyhow!("no mount on the request").into())))
    }
}

impl Takes for Mount {}

/// The distribution a request is about: named in its path, else that of its mount, else the default one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasePath(pub String);

impl FromRequest for BasePath {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = request.match_info().get("base_path").map(str::to_owned);
        let mounted = || {
            request
                .extensions()
                .get::<Mount>()
                .and_then(|mount| mount.content.clone())
        };
        let default = || {
            let app = request.app_data::<Data<App>>()?;
            Some(app.config.publishing.default_base_path.clone())
        };
        let base_path = named.or_else(mounted).or_else(default);
        ready(
            base_path
                .map(Self)
                .ok_or_else(|| Failure(anyhow::anyhow!("no settings on the request").into())),
        )
    }
}

impl Takes for BasePath {}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(path: &str) -> (&'static str, Option<String>, String) {
        let (mount, rest) = Mount::of(path);
        (mount.root, mount.content, rest)
    }

    #[test]
    fn every_spelling_of_a_path_leads_to_the_same_route() {
        let plain = |root, rest: &str| (root, None, format!("{TREE}/{rest}"));
        let below =
            |base: &str, rest: &str| (GALAXY_ROOT, Some(base.to_owned()), format!("{TREE}/{rest}"));
        assert_eq!(split("/api/galaxy/"), plain(GALAXY_ROOT, ""));
        assert_eq!(split("/api/galaxy"), plain(GALAXY_ROOT, ""));
        assert_eq!(split("/api"), plain(COMMUNITY_ROOT, ""));
        assert_eq!(
            split("/api/v3/namespaces"),
            plain(COMMUNITY_ROOT, "v3/namespaces/")
        );
        assert_eq!(split("/api/galaxy/content/staging"), below("staging", ""));
        assert_eq!(
            split("/api/galaxy/content/staging/api"),
            below("staging", "api/")
        );
        assert_eq!(
            split("/api/galaxy/content/a/b/v3/collections"),
            below("a/b", "v3/collections/")
        );
        assert_eq!(split("/api/galaxy/content/a/v3"), below("a", "v3/"));
    }

    #[test]
    fn the_inside_spelling_of_a_path_is_not_served_to_the_outside() {
        for path in ["/(api)/v3/namespaces/", "/%28api%29/v3/namespaces/"] {
            assert_eq!(split(path).2, "/-/", "{path}");
        }
    }

    #[test]
    fn an_artifact_keeps_its_name_without_a_slash() {
        let path = "/api/galaxy/v3/artifacts/collections/published/a-b-1.0.0.tar.gz";
        assert!(split(path).2.ends_with("/a-b-1.0.0.tar.gz"));
    }
}
