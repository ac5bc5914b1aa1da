//! The door of every route: who asks, may they, and can they read the answer; all before the body is read.
//!
//! So a broken body gets 401 without credentials, 403 with weak ones, and 400 only with sufficient ones.

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::domain::audit::Actor;
use crate::domain::audit::Entry;
use crate::domain::audit::Outcome;
use crate::http::kit::cookie;
use crate::http::kit::csrf;
use crate::http::kit::failure::Failure;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin;
use crate::http::kit::params::Params;
use crate::http::kit::upload;
use crate::http::kit::viewer;
use crate::kernel::error;
use crate::kernel::error::Credentials;
use crate::kernel::error::Noun;
use crate::policy::action::Action;
use crate::policy::permit;
use crate::policy::permit::Permit;
use crate::policy::principal::Viewer;
use crate::policy::rule::Door;
use crate::policy::rule::Effect;
use crate::policy::rule::rule;
use crate::state::App;

/// The `Allow` header of a path: its methods in the reference's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow(pub String);

impl Allow {
    /// The header for a path with these methods.
    pub fn of(methods: &[Method]) -> Self {
        let listed = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        let mut names: Vec<&str> = listed
            .iter()
            .filter(|one| methods.contains(one))
            .map(Method::as_str)
            .collect();
        if methods.contains(&Method::GET) {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        Self(names.join(", "))
    }
}

/// Middleware of one route: lets the request through with a [`Permit`] beside it, or answers for it.
pub async fn check<B: MessageBody + 'static>(
    action: Action,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let allow = request
        .app_data::<Allow>()
        .and_then(|allow| header::HeaderValue::from_str(&allow.0).ok());
    let mut response = match admit(action, request.request()).await {
        Ok(permit) => {
            request.extensions_mut().insert(permit);
            let response = next.call(request).await?.map_into_boxed_body();
            note_refusal(action, &response, |request| {
                request.extensions().get().map(Actor::of)
            });
            response
        }
        Err((viewer, failure)) => {
            let (request, payload) = request.into_parts();
            upload::drain(payload).await;
            let response = ServiceResponse::new(request, HttpResponse::from_error(failure));
            note_refusal(action, &response, |request| {
                let app = request.app_data::<Data<App>>()?;
                Some(Actor::asking(&viewer, origin::address(app, request)))
            });
            response
        }
    };
    let request = response.request().clone();
    let headers = response.headers_mut();
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, allow);
    }
    if !PLAIN.contains(&action) {
        // Who asks makes the answer; a cache may know a cookie for no reason to keep answers apart.
        headers.append(header::VARY, header::HeaderValue::from_static("Cookie"));
    }
    cookie::settle(&request, headers);
    Ok(response)
}

/// A permit, or the refusal and who it is for.
async fn admit(
    action: Action,
    request: &HttpRequest,
) -> std::result::Result<Permit, (Viewer, Failure)> {
    let stranger = |failure: Failure| (Viewer::Anonymous, failure);
    let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| {
        let error = anyhow::anyhow!("no app on the request");
        stranger(error.into())
    })?;
    let viewer = match rule(action).door {
        // The link is all that counts: what a client still sends across the redirect is not looked at.
        Door::SignedLink => Viewer::Anonymous,
        _ => viewer::resolve(&app, request)
            .await
            .map_err(|error| stranger(error.into()))?,
    };
    let known = |error: error::Error| (viewer.clone(), Failure(error));
    if action == Action::SessionStart {
        // There is no session to protect yet, but a victim must not be signed in as somebody else.
        csrf::check(&app, request).map_err(known)?;
    }
    let permit = permit::admit(viewer.clone(), action, app.switches).map_err(known)?;
    check_representation(action, request).map_err(known)?;
    Ok(permit.from(origin::address(&app, request)))
}

/// Notes for the audit trail that somebody was refused: wrong credentials, and what an account may not do to
/// anything. Strangers without credentials are everyday; so is what an account may not see. `asker` is called only for
/// what is noted: most requests are not.
fn note_refusal(
    action: Action,
    response: &ServiceResponse<BoxBody>,
    asker: impl FnOnce(&HttpRequest) -> Option<Actor>,
) {
    let error = response.response().error();
    let Some(Failure(error)) = error.and_then(|error| error.as_error::<Failure>()) else {
        return;
    };
    let is_noted = match error {
        // Single sign-on tells itself whom it refused and why, and stops when strangers go on.
        error::Error::Denied(_) if action == Action::SingleSignOn => false,
        error::Error::Unauthenticated(Credentials::Refused(_)) | error::Error::Throttled(_) => true,
        error::Error::Forbidden | error::Error::Denied(_) => rule(action).effect == Effect::Write,
        _ => false,
    };
    if !is_noted {
        return;
    }
    let request = response.request();
    if let (Some(app), Some(actor)) = (request.app_data::<Data<App>>(), asker(request)) {
        let path = request
            .extensions()
            .get::<Mount>()
            .map(|mount| mount.path.clone());
        let entry = Entry {
            actor,
            action: action.name().to_owned(),
            object: path.unwrap_or_default(),
            outcome: Outcome::Refused,
            detail: error.to_string(),
        };
        app.audit.note(app.clock.now(), entry);
    }
}

/// JSON is all there is: `?format=` must not ask for more, and `Accept` must not rule it out.
/// Bytes are bytes to any reader; a browser that asks for HTML is given JSON rather than a refusal.
fn check_representation(action: Action, request: &HttpRequest) -> Result<(), error::Error> {
    // The description has an address for each of its forms.
    if PLAIN.contains(&action) || action == Action::DescriptionRead {
        return Ok(());
    }
    let params = Params::of(request.query_string());
    if let Some(format) = params
        .last("format")
        .filter(|format| !matches!(*format, "json" | "api"))
    {
        return Err(error::Error::NotFound(Noun::Format(format.to_owned())));
    }
    let accept: Vec<&str> = request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .collect();
    let fits = |range: &str| {
        let media = range
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        matches!(
            media.as_str(),
            "*/*" | "application/*" | "application/json" | "text/*" | "text/html" | "text/plain"
        )
    };
    let mut ranges = accept
        .iter()
        .flat_map(|line| line.split(','))
        .filter(|range| !range.trim().is_empty())
        .peekable();
    if ranges.peek().is_none() || ranges.any(fits) {
        Ok(())
    } else {
        Err(error::Error::NotAcceptable)
    }
}

/// Actions whose answers are bytes or text, which any reader takes.
const PLAIN: [Action; 4] = [
    Action::ArtifactRead,
    Action::CollectionDownload,
    Action::Probe,
    Action::MetricsRead,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_lists_methods_in_the_order_of_the_reference() {
        assert_eq!(
            Allow::of(&[Method::DELETE, Method::GET]).0,
            "GET, DELETE, HEAD, OPTIONS"
        );
        assert_eq!(Allow::of(&[Method::POST]).0, "POST, OPTIONS");
    }
}
