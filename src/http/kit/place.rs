//! The distribution a request is about, seen with the eyes of its caller.

use std::future::Ready;
use std::future::ready;

use actix_web::FromRequest;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::web::Data;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::repositories::distributions;
use crate::domain::repositories::distributions::Served;
use crate::http::kit::failure::Failure;
use crate::http::kit::mount::BasePath;
use crate::http::kit::operation::Takes;
use crate::kernel::error::Result;
use crate::policy::permit::Permit;
use crate::state::App;

/// A distribution and who asks for it; nothing is read from it that the caller may not see.
pub struct Place {
    app: Data<App>,
    base_path: String,
    permit: Permit,
}

impl Place {
    /// Runs `work` on what the distribution serves. Fails if there is no such distribution, and with the
    /// caller's refusal if its repository is private to others.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&ReadTx<'_>, &Served) -> Result<T> + Send + 'static,
    ) -> Result<(Served, T)> {
        let Self {
            app,
            base_path,
            permit,
        } = self;
        app.read(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path)?;
            let found = work(tx, &served)?;
            Ok((served, found))
        })
        .await
    }
}

impl Place {
    /// The same place, once `check` has found nothing against it.
    pub async fn checked(
        self,
        check: impl FnOnce(&ReadTx<'_>, &Permit, &Served) -> Result<()> + Send + 'static,
    ) -> Result<Self> {
        let (permit, base_path) = (self.permit.clone(), self.base_path.clone());
        self.app
            .read(move |tx| {
                check(
                    tx,
                    &permit,
                    &distributions::visible(tx, &permit, &base_path)?,
                )
            })
            .await?;
        Ok(self)
    }

    /// As [`Place::read`], for what changes something.
    pub async fn write<T: Send + 'static>(
        self,
        work: impl FnOnce(&WriteTx<'_>, &Served) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Self {
            app,
            base_path,
            permit,
        } = self;
        app.write(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path)?;
            work(tx, &served)
        })
        .await
    }
}

impl Takes for Place {}

impl FromRequest for Place {
    type Error = Failure;
    type Future = Ready<std::result::Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned();
        let permit = request.extensions().get::<Permit>().cloned();
        let base_path = BasePath::from_request(request, payload).into_inner();
        ready(match (app, permit, base_path) {
            (Some(app), Some(permit), Ok(BasePath(base_path))) => Ok(Self {
                app,
                base_path,
                permit,
            }),
            (_, _, Err(failure)) => Err(failure),
            _ => Err(Failure(anyhow::anyhow!("a route without its guard").into())),
        })
    }
}
