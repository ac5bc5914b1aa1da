//! Links that carry their own authority: whoever has one may read those bytes until it expires.

use std::time::Duration;

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use sha2::Sha256;

use crate::domain::accounts::instance::SigningKey;
use crate::http::kit::params::Params;
use crate::kernel::clock::Timestamp;

/// How long a link is good for (contract 02, ART-1). A client fetches it at once.
const LIFETIME: Duration = Duration::from_secs(3600);

/// What stands for a base path in links to logos. No distribution has it.
pub const AVATARS: &str = "avatars:";

/// The query string that lets its holder read `file` below `base_path`.
pub fn sign(key: &SigningKey, base_path: &str, file: &str, now: Timestamp) -> String {
    let expires = now.after(LIFETIME).epoch_seconds().to_string();
    // The expiry is hashed too, and serves as the salt of the reference's `salt:digest` form.
    let salt = hex::encode(&expires);
    let digest = hex::encode(mac(key, base_path, file, &expires).finalize().into_bytes());
    format!("expires={expires}&validate_token={salt}:{digest}")
}

/// What [`sign`] puts into a link: when it ends, and the proof.
pub fn seal(params: &Params) -> Option<(&str, &str)> {
    let (expires, token) = (params.last("expires"), params.last("validate_token"));
    expires.zip(token)
}

/// Whether the parameters of a request are what [`sign`] made for this very file, and still good.
pub fn is_valid(
    key: &SigningKey,
    base_path: &str,
    file: &str,
    params: &Params,
    now: Timestamp,
) -> bool {
    let Some((expires, token)) = seal(params) else {
        return false;
    };
    let Some(digest) = token
        .split_once(':')
        .and_then(|(_, digest)| hex::decode(digest).ok())
    else {
        return false;
    };
    let in_time = expires
        .parse::<i64>()
        .is_ok_and(|expires| now.epoch_seconds() < expires);
    // verify_slice compares in constant time.
    in_time
        && mac(key, base_path, file, expires)
            .verify_slice(&digest)
            .is_ok()
}

fn mac(key: &SigningKey, base_path: &str, file: &str, expires: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new(key.into());
    // Neither a base path nor an expiry can hold a line break, so the parts cannot run into each other.
    for part in [base_path, "\n", file, "\n", expires] {
        mac.update(part.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SigningKey = [7; 64];

    #[test]
    fn a_link_is_good_for_its_own_file_until_it_expires() {
        let now = Timestamp(1_000_000_000_000_000);
        let params = Params::of(&sign(&KEY, "published", "a-b-1.0.0.tar.gz", now));
        let valid = |base: &str, file: &str, at| is_valid(&KEY, base, file, &params, at);
        assert!(valid("published", "a-b-1.0.0.tar.gz", now));
        assert!(!valid("published", "a-b-1.0.1.tar.gz", now));
        assert!(!valid("private", "a-b-1.0.0.tar.gz", now));
        assert!(!valid("published", "a-b-1.0.0.tar.gz", now.after(LIFETIME)));
        assert!(!is_valid(
            &[8; 64],
            "published",
            "a-b-1.0.0.tar.gz",
            &params,
            now
        ));
        assert!(!is_valid(
            &KEY,
            "published",
            "a-b-1.0.0.tar.gz",
            &Params::default(),
            now
        ));
    }
}
