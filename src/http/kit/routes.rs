//! The route table: one line per path; each verb names its action and its handler.

use std::fmt;
use std::sync::Arc;

use actix_web::FromRequest;
use actix_web::Handler;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::Responder;
use actix_web::Route;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::web;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::kit::body::Body;
use crate::http::kit::cookie;
use crate::http::kit::failure::Answer;
use crate::http::kit::failure::Failure;
use crate::http::kit::guard;
use crate::http::kit::guard::Allow;
use crate::http::kit::mount::TREE;
use crate::http::kit::operation::Gives;
use crate::http::kit::operation::Operation;
use crate::http::kit::operation::RequestBody;
use crate::http::kit::operation::Takes;
use crate::http::kit::params::Params;
use crate::http::kit::started::Started;
use crate::http::kit::viewer;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::policy::action::Action;
use crate::state::App;

/// One method of a path.
pub struct Verb {
    method: Method,
    action: Action,
    handler: &'static str,
    tells: Vec<Tell>,
    route: Route,
}

/// What is known of a route, from its types and the functions that read its query and its body.
type Tell = Arc<dyn Fn(&mut Operation) + Send + Sync>;

/// What a handler's types do not say; all of it is for the description of the API.
impl Verb {
    /// An answer of a handler that builds its answers itself.
    pub fn gives<T: ToSchema>(mut self, status: StatusCode) -> Self {
        self.tells
            .push(Arc::new(move |operation| operation.answer::<T>(status)));
        self
    }

    /// As [`Verb::gives`], for what was made.
    pub fn creates<T: ToSchema>(self) -> Self {
        self.gives::<T>(StatusCode::CREATED)
    }

    /// As [`Verb::gives`], for a task that was begun.
    pub fn starts(self) -> Self {
        self.gives::<Started>(StatusCode::ACCEPTED)
    }

    /// An answer without a body.
    pub fn empty(mut self, status: StatusCode) -> Self {
        self.tells
            .push(Arc::new(move |operation| operation.empty(status)));
        self
    }

    /// The function that reads the query.
    pub fn query<R: 'static>(mut self, read: fn(&Params) -> R) -> Self {
        self.tells.push(Arc::new(move |operation| {
            operation.query.extend(Params::asked(read).parameters());
        }));
        self
    }

    /// The function that reads the body.
    pub fn body<R: 'static>(mut self, read: fn(&mut Body) -> R) -> Self {
        self.tells.push(Arc::new(move |operation| {
            operation.body = Some(RequestBody::Fields(Box::new(Body::schema(read))));
        }));
        self
    }
}

/// `GET` and `HEAD`.
pub fn get<F, Args>(action: Action, handler: F) -> Verb
where
    F: Handler<Args>,
    Args: FromRequest + Takes + 'static,
    F::Output: Responder + Gives + 'static,
{
    let either = actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head());
    verb(Method::GET, action, Route::new().guard(either), handler)
}

/// `POST`
pub fn post<F, Args>(action: Action, handler: F) -> Verb
where
    F: Handler<Args>,
    Args: FromRequest + Takes + 'static,
    F::Output: Responder + Gives + 'static,
{
    verb(Method::POST, action, web::post(), handler)
}

/// `PUT`
pub fn put<F, Args>(action: Action, handler: F) -> Verb
where
    F: Handler<Args>,
    Args: FromRequest + Takes + 'static,
    F::Output: Responder + Gives + 'static,
{
    verb(Method::PUT, action, web::put(), handler)
}

/// `PATCH`
pub fn patch<F, Args>(action: Action, handler: F) -> Verb
where
    F: Handler<Args>,
    Args: FromRequest + Takes + 'static,
    F::Output: Responder + Gives + 'static,
{
    verb(Method::PATCH, action, web::patch(), handler)
}

/// `DELETE`
pub fn delete<F, Args>(action: Action, handler: F) -> Verb
where
    F: Handler<Args>,
    Args: FromRequest + Takes + 'static,
    F::Output: Responder + Gives + 'static,
{
    verb(Method::DELETE, action, web::delete(), handler)
}

fn verb<F, Args>(method: Method, action: Action, route: Route, handler: F) -> Verb
where
    F: Handler<Args>,
    Args: FromRequest + Takes + 'static,
    F::Output: Responder + Gives + 'static,
{
    let route = route.to(handler).wrap(from_fn(move |request, next| {
        guard::check(action, request, next)
    }));
    Verb {
        method,
        action,
        handler: std::any::type_name::<F>(),
        tells: vec![Arc::new(Args::tell), Arc::new(F::Output::tell)],
        route,
    }
}

/// A line of the table.
#[derive(Clone)]
pub struct Line {
    /// The method; `GET` stands for `HEAD` too.
    pub method: Method,
    /// The pattern below its root.
    pub pattern: String,
    /// What is asked for, which `pocket-galaxy policy` explains.
    pub action: Action,
    /// The module path of the function that answers.
    pub handler: &'static str,
    tells: Vec<Tell>,
}

impl Line {
    /// What is known of the route besides.
    pub fn operation(&self) -> Operation {
        let mut operation = Operation::default();
        for tell in &self.tells {
            tell(&mut operation);
        }
        operation
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            pattern,
            action,
            handler,
            tells: _,
        } = self;
        let handler = handler.strip_prefix("pocket_galaxy::").unwrap_or(handler);
        write!(
            f,
            "{:<6} {pattern:<95} {:<20} {handler}",
            method.as_str(),
            action.name()
        )
    }
}

/// The table while it is built, and what can be shown of it.
#[derive(Default)]
pub struct Routes {
    lines: Vec<Line>,
    resources: Vec<(String, Allow, Vec<Route>)>,
}

impl Routes {
    /// A path outside the API roots.
    pub fn path<const N: usize>(&mut self, pattern: &str, verbs: [Verb; N]) {
        self.add(pattern.to_owned(), pattern.to_owned(), verbs.into());
    }

    /// A path below an API root; `pattern` begins with a slash.
    pub fn api<const N: usize>(&mut self, pattern: &str, verbs: [Verb; N]) {
        self.add(
            format!("{TREE}{pattern}"),
            format!("{{A}}{}", &pattern[1..]),
            verbs.into(),
        );
    }

    fn add(&mut self, pattern: String, shown: String, verbs: Vec<Verb>) {
        let methods: Vec<Method> = verbs.iter().map(|verb| verb.method.clone()).collect();
        let mut routes = Vec::with_capacity(verbs.len());
        for Verb {
            method,
            action,
            handler,
            tells,
            route,
        } in verbs
        {
            self.lines.push(Line {
                method,
                pattern: shown.clone(),
                action,
                handler,
                tells,
            });
            routes.push(route);
        }
        self.resources.push((pattern, Allow::of(&methods), routes));
    }

    /// The lines, in the order they were added.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Hands the table to the router.
    pub fn mount(self, config: &mut web::ServiceConfig) {
        for (pattern, allow, routes) in self.resources {
            let mut resource = web::resource(pattern).app_data(allow);
            for route in routes {
                resource = resource.route(route);
            }
            config.service(resource.default_service(web::to(other_method)));
        }
    }
}

/// What `OPTIONS` tells of a path anybody may use; every other path refuses it, as the reference does.
#[derive(Serialize)]
struct Options {
    name: &'static str,
    description: &'static str,
    renders: [&'static str; 1],
    parses: [&'static str; 3],
}

/// A method the path does not have.
async fn other_method(app: Data<App>, request: HttpRequest) -> Answer<HttpResponse> {
    let viewer = viewer::resolve(&app, &request).await?;
    let allow = request
        .app_data::<Allow>()
        .map(|allow| allow.0.clone())
        .unwrap_or_default();
    let mut response = match *request.method() {
        Method::OPTIONS
            if request
                .match_pattern()
                .is_some_and(|pattern| pattern == format!("{TREE}/")) =>
        {
            HttpResponse::Ok().json(Options {
                name: "Api Root",
                description: "",
                renders: ["application/json"],
                parses: [
                    "application/json",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data",
                ],
            })
        }
        Method::OPTIONS => HttpResponse::from_error(Failure(viewer.refusal())),
        _ => HttpResponse::from_error(Failure(Error::MethodNotAllowed(
            request.method().to_string(),
        ))),
    };
    if let Ok(allow) = header::HeaderValue::from_str(&allow) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    cookie::settle(&request, response.headers_mut());
    Ok(response)
}

/// A path nobody serves.
pub async fn unknown_route() -> Answer<HttpResponse> {
    Err(Failure(Error::NotFound(Noun::Route)))
}
