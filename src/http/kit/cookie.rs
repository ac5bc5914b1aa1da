//! The two cookies of a browser that signed in: which session it has, and the CSRF token its scripts read.

use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::http::header::HeaderMap;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;

use crate::http::kit::origin;
use crate::kernel::clock::Timestamp;
use crate::state::App;

/// The cookie of a session. Scripts cannot read it.
pub const SESSION: &str = "sessionid";
/// The cookie of the CSRF token. Scripts read it and send it back in a header.
pub const CSRF: &str = "csrftoken";

/// How long a CSRF token is good for: a year, as on the reference.
const CSRF_AGE: Duration = Duration::from_secs(364 * 24 * 60 * 60);
/// When a cookie ends that is to go.
const LONG_AGO: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

/// Beside a request whose session cookie stands for no session: its answer clears the cookie.
#[derive(Debug, Clone, Copy)]
pub struct Stale;

/// Beside a request whose session was prolonged: its answer tells the browser.
#[derive(Debug, Clone, Copy)]
pub struct Prolonged;

/// The value of a cookie of the request; `None` also for an empty one.
pub fn read<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request
        .headers()
        .get_all(header::COOKIE)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
}

/// The `Set-Cookie` headers of a session that has begun and lasts so long: its own, and that of `token`, a new CSRF token.
/// Whoever knew the cookies before knows nothing.
pub fn begun(
    app: &App,
    request: &HttpRequest,
    session: &str,
    age: Duration,
    token: &str,
) -> impl Iterator<Item = HeaderValue> {
    let cookies = [
        self::csrf(app, request, token),
        self::session(app, request, session, age),
    ];
    cookies.into_iter().flatten()
}

/// The `Set-Cookie` header of a session.
fn session(app: &App, request: &HttpRequest, value: &str, age: Duration) -> Option<HeaderValue> {
    let cookie = Cookie {
        name: SESSION,
        value,
        path: "/",
        age,
        for_scripts: false,
    };
    cookie.set(app, request)
}

/// The `Set-Cookie` header of a CSRF token.
pub fn csrf(app: &App, request: &HttpRequest, value: &str) -> Option<HeaderValue> {
    let cookie = Cookie {
        name: CSRF,
        value,
        path: "/",
        age: CSRF_AGE,
        for_scripts: true,
    };
    cookie.set(app, request)
}

/// The `Set-Cookie` header that ends the session's cookie.
pub fn cleared() -> HeaderValue {
    HeaderValue::from_static(
        "sessionid=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax",
    )
}

/// A cookie for the browser. It is not a strict one: links from other sites lead here signed in.
pub struct Cookie<'c> {
    /// The name.
    pub name: &'c str,
    /// The value: letters, digits, `-`, `_`, `.`.
    pub value: &'c str,
    /// The paths it is sent to.
    pub path: &'c str,
    /// How long it is kept; zero ends it.
    pub age: Duration,
    /// Whether scripts may read it.
    pub for_scripts: bool,
}

impl Cookie<'_> {
    /// The `Set-Cookie` header.
    pub fn set(&self, app: &App, request: &HttpRequest) -> Option<HeaderValue> {
        let expires = match self.age {
            Duration::ZERO => LONG_AGO.to_owned(),
            age => http_date(app.clock.now().after(age)),
        };
        let http_only = if self.for_scripts { "" } else { "; HttpOnly" };
        // Over plain http a browser would not send a secure cookie back.
        let secure = match origin::is_https(app, request) {
            true => "; Secure",
            false => "",
        };
        let Self {
            name, value, path, ..
        } = self;
        let seconds = self.age.as_secs();
        let text = format!(
            "{name}={value}; expires={expires}; Max-Age={seconds}; Path={path}; SameSite=Lax{http_only}{secure}"
        );
        HeaderValue::from_str(&text).ok()
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn http_date(moment: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(moment.0).map_or(LONG_AGO.to_owned(), |moment| {
        moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    })
}

/// Tells the browser what became of its session: after the handler, which may have said more about it.
pub fn settle(request: &HttpRequest, headers: &mut HeaderMap) {
    let is_told = headers
        .get_all(header::SET_COOKIE)
        .any(|value| value.as_bytes().starts_with(b"sessionid="));
    if is_told {
        return;
    }
    let (is_stale, is_prolonged) = {
        let extensions = request.extensions();
        (
            extensions.contains::<Stale>(),
            extensions.contains::<Prolonged>(),
        )
    };
    if is_stale {
        headers.append(header::SET_COOKIE, cleared());
    } else if is_prolonged
        && let Some(app) = request.app_data::<Data<App>>()
        && let Some(value) = read(request, SESSION)
            .and_then(|value| session(app, request, value, app.config.access.session_age))
    {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let request = TestRequest::default()
            .append_header((
                header::COOKIE,
                "a=b; xsessionid=no; sessionid=yes;csrftoken=t",
            ))
            .append_header((header::COOKIE, "sessionid=late; empty="))
            .to_http_request();
        assert_eq!(read(&request, SESSION), Some("yes"));
        assert_eq!(read(&request, CSRF), Some("t"));
        assert_eq!(read(&request, "empty"), None);
    }

    #[test]
    fn a_date_is_written_as_http_has_it() {
        let moment = Timestamp::parse("1994-11-06T08:49:37Z").unwrap();
        assert_eq!(http_date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
