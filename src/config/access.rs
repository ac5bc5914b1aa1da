//! Who may come in, and with which passwords and tokens.

use std::time::Duration;

use crate::config::failure::ConfigError;
use crate::config::kind::Form;
use crate::config::kind::Kind;
use crate::config::kind::Secret;
use crate::config::kind::whole;
use crate::config::layers::Layers;
use crate::config::settings;

/// The switches and numbers of authentication.
#[derive(Debug, Clone)]
pub struct Access {
    /// Collections can be browsed by anybody (contract 01 §1.3).
    pub enable_unauthenticated_collection_access: bool,
    /// Collections can be downloaded by anybody (contract 01 §1.3).
    pub enable_unauthenticated_collection_download: bool,
    /// The description of the API is for those who are signed in only (contract 09).
    pub api_spec_require_authentication: bool,
    /// How long an API token works after it was made; `None` is for ever.
    pub token_expiration: Option<Duration>,
    /// How long a browser stays signed in.
    pub session_age: Duration,
    /// Whether that is counted from the last request.
    pub session_slides: bool,
    /// Failures of one account from one address; 0 for any number.
    pub failed_logins: usize,
    /// Failures from one address; 0 for any number.
    pub failed_logins_per_address: usize,
    /// Failures of one account; 0 for any number.
    pub failed_logins_per_account: usize,
    /// KiB of memory for hashing a password.
    pub argon_memory: u32,
    /// Times that memory is worked through.
    pub argon_iterations: u32,
    /// Lanes of that work.
    pub argon_parallelism: u32,
    /// The least number of characters of a new password.
    pub minimum_password_length: usize,
    /// The password of the first administrator; `None` lets the first start make one up.
    pub admin_password: Option<Secret>,
}

impl Access {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            enable_unauthenticated_collection_access: layers
                .read(&settings::ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS)?,
            enable_unauthenticated_collection_download: layers
                .read(&settings::ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD)?,
            api_spec_require_authentication: layers
                .read(&settings::API_SPEC_REQUIRE_AUTHENTICATION)?,
            token_expiration: layers.read(&settings::TOKEN_EXPIRATION)?,
            session_age: layers.read(&settings::SESSION_COOKIE_AGE)?,
            session_slides: layers.read(&settings::SESSION_SAVE_EVERY_REQUEST)?,
            failed_logins: layers.read(&settings::FAILED_LOGINS)?,
            failed_logins_per_address: layers.read(&settings::FAILED_LOGINS_PER_ADDRESS)?,
            failed_logins_per_account: layers.read(&settings::FAILED_LOGINS_PER_ACCOUNT)?,
            argon_memory: layers.read(&settings::ARGON_MEMORY)?,
            argon_iterations: layers.read(&settings::ARGON_ITERATIONS)?,
            argon_parallelism: layers.read(&settings::ARGON_PARALLELISM)?,
            minimum_password_length: layers.read(&settings::MINIMUM_PASSWORD_LENGTH)?,
            admin_password: layers.read(&settings::ADMIN_PASSWORD)?,
        })
    }
}

/// Whole minutes that may be left out.
pub(super) const MINUTES: Kind<Option<Duration>> = Kind {
    placeholder: "MINUTES",
    expected: "a whole number of minutes from 1 up; leave it out for never",
    form: Form::Number,
    read: minutes,
    show: |time| time.map_or(String::new(), |time| (time.as_secs() / 60).to_string()),
};

/// How many of something are free of charge.
pub(super) const ANY: Kind<usize> = Kind {
    placeholder: "NUMBER",
    expected: "a whole number; 0 for no limit",
    form: Form::Number,
    read: whole,
    show: usize::to_string,
};

/// A number that Argon2 takes; which go together is known where passwords are hashed.
pub(super) const PARAMETER: Kind<u32> = Kind {
    placeholder: "NUMBER",
    expected: "a whole number from 1 up",
    form: Form::Number,
    read: |text| {
        u32::try_from(whole(text)?)
            .ok()
            .filter(|number| *number > 0)
    },
    show: u32::to_string,
};

/// The length of a password.
pub(super) const LENGTH: Kind<usize> = Kind {
    placeholder: "NUMBER",
    expected: "a whole number from 1 to 128",
    form: Form::Number,
    // The reference stores any length, but a demand beyond this locks everybody out.
    read: |text| whole(text).filter(|length| (1..=128).contains(length)),
    show: usize::to_string,
};

fn minutes(text: &str) -> Option<Option<Duration>> {
    if text.is_empty() {
        return Some(None);
    }
    // 32 bits of minutes are eight thousand years, and cannot overflow a timestamp.
    let minutes = u32::try_from(whole(text)?).ok()?;
    (minutes > 0).then(|| Some(Duration::from_secs(u64::from(minutes) * 60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_whole_minutes_or_never() {
        assert_eq!(minutes("1440"), Some(Some(Duration::from_secs(86_400))));
        assert_eq!(minutes(""), Some(None));
        for text in ["0", "-1", "1.5", "soon", "4294967296"] {
            assert_eq!(minutes(text), None, "{text}");
        }
        assert_eq!((MINUTES.show)(&Some(Duration::from_secs(120))), "2");
    }
}
