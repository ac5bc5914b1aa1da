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
    /// How long an API token works after it was made; `None` is for ever.
    pub token_expiration: Option<Duration>,
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
            token_expiration: layers.read(&settings::TOKEN_EXPIRATION)?,
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
