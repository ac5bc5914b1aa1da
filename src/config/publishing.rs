//! What happens to an uploaded collection, and where it appears.

use std::time::Duration;

use crate::config::failure::ConfigError;
use crate::config::kind::Form;
use crate::config::kind::Kind;
use crate::config::layers::Layers;
use crate::config::settings;

/// Longest base path of a distribution, in characters.
const BASE_PATH_MAX: usize = 255;

/// The way of an upload into the published repository (contract 09 §9.8).
#[derive(Debug, Clone)]
pub struct Publishing {
    /// An upload waits in staging until somebody approves it.
    pub require_content_approval: bool,
    /// An upload into a missing namespace creates it.
    pub auto_create_namespaces: bool,
    /// The base path of the distribution that URLs without one mean.
    pub default_base_path: String,
    /// The base path of the distribution that holds uploads before their approval.
    pub staging_base_path: String,
    /// Only what is signed is approved. On only if `require_content_approval` is.
    pub require_signature_for_approval: bool,
    /// The web interface offers to upload signatures.
    pub signature_upload_enabled: bool,
    /// A repository without a key takes no signatures.
    pub require_signature_verification: bool,
    /// Downloads are counted.
    pub collect_download_count: bool,
    /// Owners of namespaces can say that machines should not learn from what is in them.
    pub ai_deny_index: bool,
    /// How many imports run at the same time, at least 1.
    pub workers: usize,
    /// How long a task stays after its end; for ever if there is no time.
    pub task_protection: Option<Duration>,
}

impl Publishing {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        let require_content_approval = layers.read(&settings::REQUIRE_CONTENT_APPROVAL)?;
        let require_signature_for_approval =
            layers.read(&settings::REQUIRE_SIGNATURE_FOR_APPROVAL)?;
        if require_signature_for_approval && !require_content_approval {
            return Err(ConfigError::Pointless {
                setting: settings::REQUIRE_SIGNATURE_FOR_APPROVAL.key,
                without: settings::REQUIRE_CONTENT_APPROVAL.key,
            });
        }
        Ok(Self {
            require_content_approval,
            require_signature_for_approval,
            auto_create_namespaces: layers.read(&settings::AUTO_CREATE_NAMESPACES)?,
            default_base_path: layers.read(&settings::API_DEFAULT_DISTRIBUTION_BASE_PATH)?,
            staging_base_path: layers.read(&settings::API_STAGING_DISTRIBUTION_BASE_PATH)?,
            signature_upload_enabled: layers.read(&settings::SIGNATURE_UPLOAD_ENABLED)?,
            require_signature_verification: layers
                .read(&settings::SIGNATURE_REQUIRE_VERIFICATION)?,
            collect_download_count: layers.read(&settings::COLLECT_DOWNLOAD_COUNT)?,
            ai_deny_index: layers.read(&settings::AI_DENY_INDEX)?,
            workers: layers.read(&settings::WORKERS)?,
            task_protection: layers.read(&settings::TASK_PROTECTION_TIME)?,
        })
    }
}

/// The base path of a distribution: it stands in URLs as it is.
pub(super) const BASE_PATH: Kind<String> = Kind {
    placeholder: "NAME",
    expected: "a base path of letters, digits, `-`, `_`, `.` and inner slashes, such as published",
    form: Form::Text,
    read: |text| is_base_path(text).then(|| text.to_owned()),
    show: String::clone,
};

/// Whether a distribution can have this base path.
pub fn is_base_path(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let is_step = |step: &str| !matches!(step, "" | "." | "..") && step.bytes().all(allowed);
    text.len() <= BASE_PATH_MAX && text.split('/').all(is_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_fits_into_a_url_as_it_is() {
        for text in ["published", "rh-certified", "team/a_1.x"] {
            assert!(is_base_path(text), "{text}");
        }
        for text in ["", "/a", "a/", "a//b", "../a", "a b", "a?b", "ä"] {
            assert!(!is_base_path(text), "{text}");
        }
        assert!(!is_base_path(&"a".repeat(256)));
    }
}
