//! HTTP: the API families, each on the kit they share.
//!
//! The order a request passes things in: [`kit::trace`] (id, log, metrics, common headers),
//! [`kit::mount`] (which root, which distribution, the missing slash), [`kit::envelope`] (errors get the
//! family's body), the router, [`kit::guard`] (who asks, may they), the handler.
//! Start reading at [`routes`].

pub mod bytes;
pub mod health;
pub mod href;
pub mod kit;
pub mod namespaces;
pub mod openapi;
pub mod pulp;
pub mod remotes;
pub mod sso;
pub mod ui;
pub mod v3;

use actix_web::App as Application;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceFactory;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::middleware::from_fn;
use actix_web::web;
use actix_web::web::Data;
use actix_web::web::PayloadConfig;

use crate::http::kit::body::BODY_MAX;
use crate::http::kit::envelope;
use crate::http::kit::mount;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::unknown_route;
use crate::http::kit::trace;
use crate::state::App;

/// All routes. Patterns are what is left of a path below its root: `{A}` is `/api/galaxy/` or `/api/`, and
/// everything below `{A}v3/` is also below `{A}content/<base path>/v3/`, with that distribution as its own.
pub fn routes() -> Routes {
    let mut routes = Routes::default();
    health::routes(&mut routes);
    bytes::routes(&mut routes);
    sso::routes(&mut routes);
    v3::routes(&mut routes);
    pulp::routes(&mut routes);
    remotes::routes(&mut routes);
    ui::routes(&mut routes);
    openapi::routes(&mut routes);
    routes
}

/// The whole service, as each reactor thread builds it.
pub fn application(
    app: Data<App>,
) -> Application<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    Application::new()
        .app_data(app)
        .app_data(PayloadConfig::new(BODY_MAX))
        .configure(|config| routes().mount(config))
        .default_service(web::to(unknown_route))
        .wrap(from_fn(envelope::shape))
        .wrap(from_fn(mount::resolve))
        .wrap(from_fn(trace::follow))
}
