//! Who asks for a task, and how the request is called in the log.

use std::future::Ready;
use std::future::ready;
use std::sync::Arc;

use actix_web::FromRequest;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::dev::Payload;

use crate::domain::tasks::queue::Asked;
use crate::http::kit::failure::Failure;
use crate::http::kit::operation::Takes;
use crate::http::kit::trace::RequestId;
use crate::policy::permit::Permit;

/// The permit of a request and its id. A clone is the same.
#[derive(Clone)]
pub struct Asking {
    permit: Arc<Permit>,
    request_id: Arc<str>,
}

impl Asking {
    /// The permit.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// What a task needs to know of them; `name` is the reference's for this kind of work.
    pub fn task<'a>(&'a self, name: &'a str) -> Asked<'a> {
        Asked {
            permit: &self.permit,
            correlation_id: &self.request_id,
            name,
        }
    }
}

impl Takes for Asking {}

impl FromRequest for Asking {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let found = extensions
            .get::<Permit>()
            .zip(extensions.get::<RequestId>())
            .map(|(permit, id)| Self {
                permit: Arc::new(permit.clone()),
                request_id: id.0.as_str().into(),
            });
        ready(found.ok_or_else(|| Failure(anyhow::anyhow!("a route without its guard").into())))
    }
}
