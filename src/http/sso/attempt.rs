//! What a browser carries while it is at the provider: a cookie that only this hub can write, and that holds no secret.
//!
//! State, nonce and verifier follow from a random number in it and the hub's key, so that nothing has to be kept here:
//! strangers who start a thousand sign-ins cost no memory and push nobody out.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use sha2::Sha256;
use url::Url;

use crate::domain::accounts::instance::SigningKey;
use crate::http::kit::cookie::Cookie;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::random;
use crate::upstream::openid::Attempt;

/// The name of the cookie.
pub(super) const NAME: &str = "oidc_attempt";
/// Where it is sent, and nowhere else.
const PATH: &str = "/complete/oidc";
/// How long somebody may take to sign in at the provider.
const LIFETIME: Duration = Duration::from_secs(600);
/// Where who names no place goes.
const HOME: &str = "/";
/// Longest place to go to afterwards, so that the cookie fits into what browsers keep.
const NEXT_MAX: usize = 1500;

/// An attempt, and where it goes when it has succeeded.
#[derive(PartialEq, Eq)]
pub(super) struct Journey {
    /// The attempt itself.
    pub(super) attempt: Attempt,
    /// A path of this hub.
    pub(super) next: String,
    /// The text of the cookie.
    text: String,
}

impl fmt::Debug for Journey {
    /// Without the cookie.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journey")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl Journey {
    /// A new one.
    pub(super) fn begin(key: &SigningKey, next: &str, now: Timestamp) -> Result<Self> {
        let until = now.after(LIFETIME).epoch_seconds();
        let claim = format!(
            "{until}.{}.{}",
            hex::encode(random::bytes::<32>()?),
            BASE64_URL_SAFE_NO_PAD.encode(next)
        );
        let text = format!("{claim}.{}", derived(key, "cookie", &claim));
        Ok(Self {
            attempt: attempt(key, &claim),
            next: next.to_owned(),
            text,
        })
    }

    /// The one a cookie stands for, if this hub wrote it and it is not too old.
    pub(super) fn resume(key: &SigningKey, cookie: &str, now: Timestamp) -> Option<Self> {
        let (claim, seal) = cookie.rsplit_once('.')?;
        // verify_slice compares in constant time.
        mac(key, "cookie", claim)
            .verify_slice(&hex::decode(seal).ok()?)
            .ok()?;
        let mut parts = claim.split('.');
        let until: i64 = parts.next()?.parse().ok()?;
        let next = BASE64_URL_SAFE_NO_PAD.decode(parts.nth(1)?).ok()?;
        (now.epoch_seconds() < until).then_some(Self {
            attempt: attempt(key, claim),
            next: String::from_utf8(next).ok()?,
            text: cookie.to_owned(),
        })
    }

    /// The cookie. Not a strict one, because the way back from the provider is a link from another site.
    pub(super) fn cookie(&self) -> Cookie<'_> {
        Cookie {
            name: NAME,
            value: &self.text,
            path: PATH,
            age: LIFETIME,
            for_scripts: false,
        }
    }

    /// The cookie that ends it.
    pub(super) const fn end() -> Cookie<'static> {
        Cookie {
            name: NAME,
            value: "",
            path: PATH,
            age: Duration::ZERO,
            for_scripts: false,
        }
    }
}

fn attempt(key: &SigningKey, claim: &str) -> Attempt {
    Attempt {
        state: derived(key, "state", claim),
        nonce: derived(key, "nonce", claim),
        verifier: derived(key, "verifier", claim),
    }
}

/// 64 digits that only who has the key can work out, different for each purpose.
fn derived(key: &SigningKey, purpose: &str, claim: &str) -> String {
    hex::encode(mac(key, purpose, claim).finalize().into_bytes())
}

fn mac(key: &SigningKey, purpose: &str, claim: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new(key.into());
    // The first line tells these from signed links, which begin with a base path and no blank.
    for part in ["single sign-on ", purpose, "\n", claim] {
        mac.update(part.as_bytes());
    }
    mac
}

/// Where to go afterwards: a path of this hub, whatever was asked for. A link to us must not lead elsewhere.
pub(super) fn place(wanted: Option<&str>) -> &str {
    wanted.filter(|path| is_own_path(path)).unwrap_or(HOME)
}

fn is_own_path(path: &str) -> bool {
    const BASE: &str = "https://hub.invalid";
    // Browsers read `\` as `/`, and leave out tabs and line breaks.
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= NEXT_MAX
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    plain
        && Url::parse(BASE)
            .and_then(|base| base.join(path))
            .is_ok_and(|url| url.origin().ascii_serialization() == BASE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SigningKey = [7; 64];
    const NOW: Timestamp = Timestamp(1_000_000_000_000_000);

    #[test]
    fn a_journey_is_resumed_by_its_cookie_for_ten_minutes() {
        let begun = Journey::begin(&KEY, "/ui/x?a=1", NOW).unwrap();
        let resume = |key, at| Journey::resume(key, &begun.text, at);
        assert_eq!(resume(&KEY, NOW).unwrap(), begun);
        assert_eq!(resume(&KEY, NOW.after(LIFETIME)), None);
        assert_eq!(resume(&[8; 64], NOW), None);
        let Attempt {
            state,
            nonce,
            verifier,
        } = &begun.attempt;
        assert!(state != nonce && nonce != verifier && state != verifier);
        assert!((43..=128).contains(&verifier.len()));
        assert!(!begun.text.contains(verifier) && !begun.text.contains(nonce));
    }

    #[test]
    fn a_cookie_that_somebody_changed_is_none() {
        let text = Journey::begin(&KEY, "/", NOW).unwrap().text;
        let later = text.replacen("1000", "9000", 1);
        for forged in [
            later.as_str(),
            "",
            "a.b.c.d",
            "...",
            &text[1..],
            &format!("{text}0"),
        ] {
            assert_eq!(Journey::resume(&KEY, forged, NOW), None, "{forged}");
        }
    }

    #[test]
    fn the_way_on_stays_on_this_hub() {
        for path in [
            "/",
            "/ui/collections?x=//y#z",
            "/a/../b",
            "/%2f%2fevil.example",
        ] {
            assert_eq!(place(Some(path)), path);
        }
        for path in [
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "ui",
            "",
            "/ä",
            "/a\r\nSet-Cookie: x=y",
        ] {
            assert_eq!(place(Some(path)), HOME, "{path:?}");
        }
        assert_eq!(place(Some(&format!("/{}", "x".repeat(2000)))), HOME);
        assert_eq!(place(None), HOME);
    }
}
