//! Checking passwords of strangers: few at a time, not for ever, and never telling more than no.

use std::time::Duration;

use actix_web::HttpRequest;
use anyhow::Context;
use tokio::time::Instant;

use crate::http::kit::origin;
use crate::kernel::error::Result;
use crate::state::App;
use crate::state::blocking;

/// No refusal leaves earlier than this. Names nobody has take as long to refuse as others, but a password that is
/// stored otherwise, such as one that came from the reference, takes another time, and would tell that it is there.
const REFUSED_AFTER: Duration = Duration::from_millis(500);

/// Runs `check`, which compares a password of `username` and finds something or nothing. Fails with
/// [`crate::kernel::error::Error::Throttled`], before any of that, if there were too many failures lately.
///
/// Failures are counted when they are known, so as many more than the limit are possible as are checked at a time;
/// counted before, a burst of right ones would be refused.
pub async fn check<T: Send + 'static>(
    app: &App,
    request: &HttpRequest,
    username: &str,
    check: impl FnOnce() -> Result<Option<T>> + Send + 'static,
) -> Result<Option<T>> {
    let began = Instant::now();
    let address = origin::address(app, request);
    let may_try = || app.attempts.check(username, address, app.clock.now());
    may_try()?;
    let found = {
        let turn = app.password_turns.acquire().await;
        let _turn = turn.context("the server is going down")?;
        may_try()?;
        blocking(check).await?
    };
    if found.is_some() {
        app.attempts.succeeded(username, address);
    } else {
        app.attempts.failed(username, address, app.clock.now());
        tokio::time::sleep_until(began + REFUSED_AFTER).await;
    }
    Ok(found)
}
