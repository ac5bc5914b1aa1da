//! How callers say who they are, and where they must.

use utoipa::openapi::security::ApiKey;
use utoipa::openapi::security::ApiKeyValue;
use utoipa::openapi::security::Http;
use utoipa::openapi::security::HttpAuthScheme;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::security::SecurityScheme;

use crate::http::kit::cookie;
use crate::http::kit::csrf;
use crate::policy::rule::Door;
use crate::policy::rule::Effect;
use crate::policy::rule::Rule;
use crate::policy::rule::Switch;

const TOKEN: &str = "tokenAuth";
const BASIC: &str = "basicAuth";
const SESSION: &str = "sessionAuth";
const CSRF: &str = "csrfToken";

/// The ways to say who one is (contract 01 §1.3).
pub(super) fn schemes() -> [(&'static str, SecurityScheme); 4] {
    let header = |name, about| ApiKey::Header(ApiKeyValue::with_description(name, about));
    [
        (
            TOKEN,
            SecurityScheme::ApiKey(header(
                "Authorization",
                "`Token`, a blank, and an API token",
            )),
        ),
        (
            BASIC,
            SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)),
        ),
        (
            SESSION,
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                cookie::SESSION,
                "What a browser has after it signed in",
            ))),
        ),
        (
            CSRF,
            SecurityScheme::ApiKey(header(
                csrf::HEADER,
                "The value of the cookie `csrftoken`, which browsers send along with a change",
            )),
        ),
    ]
}

/// Which of them a route takes; any one will do.
pub(super) fn requirements(rule: Rule) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    let session = SecurityRequirement::new(SESSION, none);
    let session = match rule.effect {
        Effect::Read => session,
        Effect::Write => session.add(CSRF, none),
    };
    let known = [
        SecurityRequirement::new(TOKEN, none),
        SecurityRequirement::new(BASIC, none),
        session,
    ];
    match rule.door {
        Door::SignedLink => vec![SecurityRequirement::default()],
        Door::Anyone => [SecurityRequirement::default()]
            .into_iter()
            .chain(known)
            .collect(),
        Door::OpenIf(_) | Door::SignedIn | Door::Superuser | Door::Nobody => known.into(),
    }
}

/// What a client cannot tell from that.
pub(super) fn about(rule: Rule) -> Option<&'static str> {
    match rule.door {
        Door::Anyone | Door::SignedIn => None,
        Door::SignedLink => Some("By a link that this server signed, which needs no credentials."),
        Door::Superuser => Some("For superusers."),
        Door::Nobody => Some("Refused to everybody."),
        Door::OpenIf(Switch::AnonymousAccess) => {
            Some("Open to all with `GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS`.")
        }
        Door::OpenIf(Switch::AnonymousDownload) => {
            Some("Open to all with `GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD`.")
        }
        Door::OpenIf(Switch::AnonymousDescription) => {
            Some("Open to all without `GALAXY_API_SPEC_REQUIRE_AUTHENTICATION`.")
        }
    }
}
