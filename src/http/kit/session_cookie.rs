//! Cookies: the one of a session, and how any cookie is written and read.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::http::kit::origin::Origin;

/// What clients know the cookie of a session by (contract 04).
pub const NAME: &str = "sessionid";

/// The `Set-Cookie` header that holds the text of a session for as long as the session lasts.
pub fn of(text: &str, lifetime: Duration, origin: &Origin) -> String {
    written(NAME, text, "/", lifetime, origin)
}

/// A `Set-Cookie` header. No script sees the cookie, no other site sends it along except when somebody follows a link,
/// and where the hub is reached by https it travels no other way. `value` is made of letters, digits, `-`, `_`, `.`.
pub fn written(name: &str, value: &str, path: &str, lifetime: Duration, origin: &Origin) -> String {
    let secure = match origin.is_secure() {
        true => "; Secure",
        false => "",
    };
    let age = lifetime.as_secs();
    format!("{name}={value}; HttpOnly; SameSite=Lax; Path={path}; Max-Age={age}{secure}")
}

/// The value of a cookie of a request. Of two with one name browsers send the one with the longer path first.
pub fn sent<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let lines = request.headers().get_all(header::COOKIE);
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    use actix_web::test::TestRequest;

    #[test]
    fn a_session_cookie_is_hidden_from_scripts_and_other_sites() {
        let cookie = |origin: &str| of("abc", Duration::from_secs(60), &Origin(origin.to_owned()));
        let plain = "sessionid=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60";
        assert_eq!(cookie("http://hub.example"), plain);
        assert_eq!(cookie("https://hub.example"), format!("{plain}; Secure"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let request = TestRequest::default()
            .insert_header(("cookie", "a=1; sessionid=x.y; b; xsessionid=2"))
            .to_http_request();
        assert_eq!(sent(&request, NAME), Some("x.y"));
        assert_eq!(sent(&request, "session"), None);
    }
}
