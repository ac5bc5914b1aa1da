//! Requests that change something and are known by a cookie must come from our own pages (contract 01 §1.3).
//!
//! A browser sends cookies along with whatever any page makes it ask for. What a foreign page cannot do is read the
//! CSRF cookie to repeat it in a header, or claim another origin. The checks are those of the reference's framework,
//! in its order and its words.

use actix_web::HttpRequest;
use actix_web::http::header;
use subtle::ConstantTimeEq;
use url::Url;

use crate::http::kit::cookie;
use crate::http::kit::origin;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::random;
use crate::state::App;

/// The header that repeats the cookie.
pub const HEADER: &str = "x-csrftoken";
/// Characters of a token.
const LENGTH: usize = 32;
const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A new token: 32 random letters and digits.
pub fn generate() -> Result<String> {
    let mut token = String::with_capacity(LENGTH);
    while token.len() < LENGTH {
        let random = random::bytes::<64>()?;
        // The 248 lower values are four times the letters: each is as likely as the others.
        let fair = random.iter().filter(|byte| **byte < 248);
        let letters = fair.map(|byte| char::from(LETTERS[usize::from(byte % 62)]));
        token.extend(letters.take(LENGTH - token.len()));
    }
    Ok(token)
}

/// The token of the request's cookie, if it is one.
pub fn sent(request: &HttpRequest) -> Option<&str> {
    cookie::read(request, cookie::CSRF).filter(|token| fault(token).is_none())
}

/// Lets requests through that change nothing, and those that come from our own pages. Fails with [`Error::Denied`].
pub fn check(app: &App, request: &HttpRequest) -> Result<()> {
    if request.method().is_safe() {
        return Ok(());
    }
    check_origin(app, request)
        .and_then(|()| check_token(request))
        .map_err(|why| Error::Denied(format!("CSRF Failed: {why}")))
}

fn check_origin(app: &App, request: &HttpRequest) -> std::result::Result<(), String> {
    let text = |name| {
        let value = request.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    if let Some(sent) = text(header::ORIGIN) {
        return match origin::is_own(app, request, &sent) {
            true => Ok(()),
            false => Err(format!(
                "Origin checking failed - {sent} does not match any trusted origins."
            )),
        };
    }
    if !origin::is_https(app, request) {
        return Ok(());
    }
    // Somebody on the way could have put a cookie of ours into an answer over plain http.
    let failed = |why: &str| Err(format!("Referer checking failed - {why}"));
    let Some(referer) = text(header::REFERER) else {
        return failed("no Referer.");
    };
    let Some(page) = Url::parse(&referer).ok().filter(Url::has_host) else {
        return failed("Referer is malformed.");
    };
    if page.scheme() != "https" {
        return failed("Referer is insecure while host is secure.");
    }
    match origin::is_own(app, request, &page.origin().ascii_serialization()) {
        true => Ok(()),
        false => failed(&format!("{referer} does not match any trusted origins.")),
    }
}

fn check_token(request: &HttpRequest) -> std::result::Result<(), String> {
    let Some(kept) = cookie::read(request, cookie::CSRF) else {
        return Err("CSRF cookie not set.".to_owned());
    };
    if let Some(fault) = fault(kept) {
        return Err(format!("CSRF cookie {fault}."));
    }
    let repeated = request.headers().get(HEADER).map(|value| value.as_bytes());
    let Some(repeated) = repeated.filter(|value| !value.is_empty()) else {
        return Err("CSRF token missing.".to_owned());
    };
    let wrong = |why| {
        Err(format!(
            "CSRF token from the 'X-Csrftoken' HTTP header {why}."
        ))
    };
    match std::str::from_utf8(repeated).map_or(Some(CHARACTERS), fault) {
        Some(fault) => wrong(fault),
        None if bool::from(kept.as_bytes().ct_eq(repeated)) => Ok(()),
        None => wrong("incorrect"),
    }
}

const CHARACTERS: &str = "has invalid characters";

/// What keeps a text from being a token.
fn fault(token: &str) -> Option<&'static str> {
    if token.len() != LENGTH {
        Some("has incorrect length")
    } else if !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Some(CHARACTERS)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_random_letters_and_digits() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        assert_eq!((fault(&one), fault(&other)), (None, None));
    }
}
