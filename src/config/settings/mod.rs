//! The table of settings: the one place that declares a key, its variable, default and meaning. Those of signing in
//! stand beside it, in [`access`] and [`sign_on`].
//!
//! Start reading at [`ALL`]. Names follow Galaxy NG where it has one (contract 09 §9.8).

mod access;
mod sign_on;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::config::hosts::HOSTS;
use crate::config::hosts::Hosts;
use crate::config::import::MOST;
use crate::config::kind::BYTES;
use crate::config::kind::COUNT;
use crate::config::kind::OPTIONAL_MINUTES;
use crate::config::kind::OPTIONAL_PATH;
use crate::config::kind::PATH;
use crate::config::kind::SECONDS;
use crate::config::kind::SWITCH;
use crate::config::listen::ADDRESS;
use crate::config::logging::FILTER;
use crate::config::logging::FORMAT;
use crate::config::logging::LogFormat;
use crate::config::origin::OPTIONAL_ORIGIN;
use crate::config::origin::Origin;
use crate::config::proxies::NETWORKS;
use crate::config::proxies::TrustedProxies;
use crate::config::publishing::BASE_PATH;
use crate::config::setting::Fallback::Computed;
use crate::config::setting::Fallback::Fixed;
use crate::config::setting::Fallback::Unset;
use crate::config::setting::Row;
use crate::config::setting::Setting;
use crate::config::setting::Variable::Own;
use crate::config::setting::Variable::Reference;

pub(super) use crate::config::settings::access::*;
pub(super) use crate::config::settings::sign_on::*;

/// Every setting, in the order of `--help` and `config show`.
pub static ALL: [Row; 59] = [
    DATA.row(),
    CONFIG.row(),
    MAX_UPLOAD_SIZE.row(),
    LISTEN.row(),
    CONTENT_ORIGIN.row(),
    TRUSTED_PROXIES.row(),
    AVATAR_HOSTS.row(),
    MAX_CONNECTIONS.row(),
    CLIENT_HEADER_TIMEOUT.row(),
    CLIENT_BODY_TIMEOUT.row(),
    ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS.row(),
    ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD.row(),
    API_SPEC_REQUIRE_AUTHENTICATION.row(),
    TOKEN_EXPIRATION.row(),
    SESSION_COOKIE_AGE.row(),
    SESSION_SAVE_EVERY_REQUEST.row(),
    FAILED_LOGINS.row(),
    FAILED_LOGINS_PER_ADDRESS.row(),
    FAILED_LOGINS_PER_ACCOUNT.row(),
    MINIMUM_PASSWORD_LENGTH.row(),
    ADMIN_PASSWORD.row(),
    ARGON_MEMORY.row(),
    ARGON_ITERATIONS.row(),
    ARGON_PARALLELISM.row(),
    OIDC_ISSUER.row(),
    OIDC_CLIENT_ID.row(),
    OIDC_CLIENT_SECRET.row(),
    OIDC_SCOPES.row(),
    OIDC_USERNAME_CLAIM.row(),
    OIDC_GROUP_CLAIM.row(),
    OIDC_GROUPS.row(),
    OIDC_MAPPED_GROUPS.row(),
    OIDC_SUPERUSER_GROUP.row(),
    OIDC_REQUIRED_GROUP.row(),
    OIDC_EMAIL_DOMAINS.row(),
    OIDC_CREATE_ACCOUNTS.row(),
    OIDC_LABEL.row(),
    OIDC_ALLOW_HTTP.row(),
    REQUIRE_CONTENT_APPROVAL.row(),
    AUTO_CREATE_NAMESPACES.row(),
    API_DEFAULT_DISTRIBUTION_BASE_PATH.row(),
    API_STAGING_DISTRIBUTION_BASE_PATH.row(),
    REQUIRE_SIGNATURE_FOR_APPROVAL.row(),
    SIGNATURE_UPLOAD_ENABLED.row(),
    SIGNATURE_REQUIRE_VERIFICATION.row(),
    COLLECT_DOWNLOAD_COUNT.row(),
    AI_DENY_INDEX.row(),
    MAX_UNPACKED_SIZE.row(),
    MAX_COMPRESSION_RATIO.row(),
    MAX_ARCHIVE_ENTRIES.row(),
    MAX_FILE_SIZE.row(),
    MAX_PATH_DEPTH.row(),
    MAX_YAML_VALUES.row(),
    MAX_DOCUMENTATION_SIZE.row(),
    WORKERS.row(),
    TASK_PROTECTION_TIME.row(),
    DATABASE_READERS.row(),
    LOG_LEVEL.row(),
    LOG_FORMAT.row(),
];

/// The two settings that say where everything else is: enough for an administration command.
pub static LOCATION: [Row; 2] = [DATA.row(), CONFIG.row()];

/// What decides whether a file would be taken, and where the documentation of others is.
pub static CHECKING: [Row; 10] = [
    DATA.row(),
    CONFIG.row(),
    MAX_UPLOAD_SIZE.row(),
    MAX_UNPACKED_SIZE.row(),
    MAX_COMPRESSION_RATIO.row(),
    MAX_ARCHIVE_ENTRIES.row(),
    MAX_FILE_SIZE.row(),
    MAX_PATH_DEPTH.row(),
    MAX_YAML_VALUES.row(),
    MAX_DOCUMENTATION_SIZE.row(),
];

/// Workers that a machine has unless it is told to have more: each holds a collection's documentation in memory.
const WORKERS_MAX: usize = 4;

const STORAGE: &str = "Storage";
const SERVER: &str = "Server";
const ACCESS: &str = "Access";
const PUBLISHING: &str = "Publishing";
const IMPORTS: &str = "Imports (what is over a limit is refused)";
const RUNNING: &str = "Running";

pub(super) const DATA: Setting<PathBuf> = Setting {
    key: "data",
    variable: Own("GALAXY_DATA"),
    section: STORAGE,
    default: Fixed("./galaxy-data"),
    meaning: "Directory of the database and the artifacts, made when it is missing",
    kind: &PATH,
};

pub(super) const CONFIG: Setting<Option<PathBuf>> = Setting {
    key: "config",
    variable: Own("GALAXY_CONFIG"),
    section: STORAGE,
    default: Unset,
    meaning: "Settings file; when none is named, galaxy.toml of the data directory if it is there",
    kind: &OPTIONAL_PATH,
};

pub(super) const MAX_UPLOAD_SIZE: Setting<u64> = Setting {
    key: "max_upload_size",
    variable: Own("GALAXY_MAX_UPLOAD_SIZE"),
    section: STORAGE,
    default: Fixed("512 MiB"),
    meaning: "Largest artifact that may be uploaded",
    kind: &BYTES,
};

pub(super) const LISTEN: Setting<SocketAddr> = Setting {
    key: "listen",
    variable: Own("GALAXY_LISTEN"),
    section: SERVER,
    default: Fixed("127.0.0.1:8000"),
    meaning: "Address and port to listen on; 0.0.0.0 for every interface, port 0 for a free one",
    kind: &ADDRESS,
};

pub(super) const CONTENT_ORIGIN: Setting<Option<Origin>> = Setting {
    key: "content_origin",
    variable: Reference("CONTENT_ORIGIN"),
    section: SERVER,
    default: Unset,
    meaning: "Start of every absolute link, such as https://galaxy.example.org; when unset, links follow the request",
    kind: &OPTIONAL_ORIGIN,
};

pub(super) const TRUSTED_PROXIES: Setting<TrustedProxies> = Setting {
    key: "trusted_proxies",
    variable: Own("GALAXY_TRUSTED_PROXIES"),
    section: SERVER,
    default: Unset,
    meaning: "Proxies whose X-Forwarded-* headers are believed: addresses and networks with commas between them",
    kind: &NETWORKS,
};

pub(super) const AVATAR_HOSTS: Setting<Hosts> = Setting {
    key: "avatar_hosts",
    variable: Own("GALAXY_AVATAR_HOSTS"),
    section: SERVER,
    default: Unset,
    meaning: "Hosts inside the network that logos of namespaces are fetched from too, with commas between them",
    kind: &HOSTS,
};

pub(super) const MAX_CONNECTIONS: Setting<usize> = Setting {
    key: "max_connections",
    variable: Own("GALAXY_MAX_CONNECTIONS"),
    section: SERVER,
    default: Fixed("4096"),
    meaning: "Connections that are open at the same time; further ones wait. Each takes a file descriptor",
    kind: &MOST,
};

pub(super) const CLIENT_HEADER_TIMEOUT: Setting<Duration> = Setting {
    key: "client_header_timeout",
    variable: Own("GALAXY_CLIENT_HEADER_TIMEOUT"),
    section: SERVER,
    default: Fixed("10"),
    meaning: "Seconds a client may take for the head of a request",
    kind: &SECONDS,
};

pub(super) const CLIENT_BODY_TIMEOUT: Setting<Duration> = Setting {
    key: "client_body_timeout",
    variable: Own("GALAXY_CLIENT_BODY_TIMEOUT"),
    section: SERVER,
    default: Fixed("30"),
    meaning: "Seconds a client may take for the body of a request, and be silent in an upload",
    kind: &SECONDS,
};

pub(super) const REQUIRE_CONTENT_APPROVAL: Setting<bool> = Setting {
    key: "require_content_approval",
    variable: Reference("GALAXY_REQUIRE_CONTENT_APPROVAL"),
    section: PUBLISHING,
    default: Fixed("false"),
    meaning: "Keep uploads in staging until somebody approves them",
    kind: &SWITCH,
};

pub(super) const AUTO_CREATE_NAMESPACES: Setting<bool> = Setting {
    key: "auto_create_namespaces",
    variable: Own("GALAXY_AUTO_CREATE_NAMESPACES"),
    section: PUBLISHING,
    default: Fixed("true"),
    meaning: "Create a missing namespace when a collection is uploaded into it",
    kind: &SWITCH,
};

pub(super) const API_DEFAULT_DISTRIBUTION_BASE_PATH: Setting<String> = Setting {
    key: "api_default_distribution_base_path",
    variable: Reference("GALAXY_API_DEFAULT_DISTRIBUTION_BASE_PATH"),
    section: PUBLISHING,
    default: Fixed("published"),
    meaning: "Distribution served where a URL names none",
    kind: &BASE_PATH,
};

pub(super) const API_STAGING_DISTRIBUTION_BASE_PATH: Setting<String> = Setting {
    key: "api_staging_distribution_base_path",
    variable: Reference("GALAXY_API_STAGING_DISTRIBUTION_BASE_PATH"),
    section: PUBLISHING,
    default: Fixed("staging"),
    meaning: "Distribution of uploads that wait for approval",
    kind: &BASE_PATH,
};

pub(super) const REQUIRE_SIGNATURE_FOR_APPROVAL: Setting<bool> = Setting {
    key: "require_signature_for_approval",
    variable: Reference("GALAXY_REQUIRE_SIGNATURE_FOR_APPROVAL"),
    section: PUBLISHING,
    default: Fixed("false"),
    meaning: "Approve only what is signed; needs require_content_approval",
    kind: &SWITCH,
};

pub(super) const SIGNATURE_UPLOAD_ENABLED: Setting<bool> = Setting {
    key: "signature_upload_enabled",
    variable: Reference("GALAXY_SIGNATURE_UPLOAD_ENABLED"),
    section: PUBLISHING,
    default: Fixed("false"),
    meaning: "Have the web interface offer to upload signatures; the API takes them either way",
    kind: &SWITCH,
};

pub(super) const SIGNATURE_REQUIRE_VERIFICATION: Setting<bool> = Setting {
    key: "signature_require_verification",
    variable: Reference("ANSIBLE_SIGNATURE_REQUIRE_VERIFICATION"),
    section: PUBLISHING,
    default: Fixed("true"),
    meaning: "Refuse signatures for repositories without a key; where there is one, they are always checked",
    kind: &SWITCH,
};

pub(super) const COLLECT_DOWNLOAD_COUNT: Setting<bool> = Setting {
    key: "collect_download_count",
    variable: Reference("ANSIBLE_COLLECT_DOWNLOAD_COUNT"),
    section: PUBLISHING,
    default: Fixed("false"),
    meaning: "Count the downloads of every collection",
    kind: &SWITCH,
};

pub(super) const AI_DENY_INDEX: Setting<bool> = Setting {
    key: "ai_deny_index",
    variable: Reference("GALAXY_FEATURE_FLAGS__ai_deny_index"),
    section: PUBLISHING,
    default: Fixed("false"),
    meaning: "Let owners list namespaces that machines should not learn from",
    kind: &SWITCH,
};

pub(super) const MAX_UNPACKED_SIZE: Setting<u64> = Setting {
    key: "max_unpacked_size",
    variable: Own("GALAXY_MAX_UNPACKED_SIZE"),
    section: IMPORTS,
    default: Fixed("1 GiB"),
    meaning: "Largest collection when unpacked; the largest known has 100 MiB",
    kind: &BYTES,
};

pub(super) const MAX_COMPRESSION_RATIO: Setting<usize> = Setting {
    key: "max_compression_ratio",
    variable: Own("GALAXY_MAX_COMPRESSION_RATIO"),
    section: IMPORTS,
    default: Fixed("200"),
    meaning: "How many times larger than its file a collection may be when unpacked, beyond 16 MiB; real ones come to 40, a bomb to 1000",
    kind: &MOST,
};

pub(super) const MAX_ARCHIVE_ENTRIES: Setting<usize> = Setting {
    key: "max_archive_entries",
    variable: Own("GALAXY_MAX_ARCHIVE_ENTRIES"),
    section: IMPORTS,
    default: Fixed("100000"),
    meaning: "Most files and directories in one collection; the largest known has 10000",
    kind: &MOST,
};

pub(super) const MAX_FILE_SIZE: Setting<u64> = Setting {
    key: "max_file_size",
    variable: Own("GALAXY_MAX_FILE_SIZE"),
    section: IMPORTS,
    default: Fixed("512 MiB"),
    meaning: "Largest file in a collection",
    kind: &BYTES,
};

pub(super) const MAX_PATH_DEPTH: Setting<usize> = Setting {
    key: "max_path_depth",
    variable: Own("GALAXY_MAX_PATH_DEPTH"),
    section: IMPORTS,
    default: Fixed("64"),
    meaning: "Most parts of one path in a collection; the deepest known has 20",
    kind: &MOST,
};

pub(super) const MAX_YAML_VALUES: Setting<usize> = Setting {
    key: "max_yaml_values",
    variable: Own("GALAXY_MAX_YAML_VALUES"),
    section: IMPORTS,
    default: Fixed("100000"),
    meaning: "Most values in one YAML document; aliases count as what they stand for",
    kind: &MOST,
};

pub(super) const MAX_DOCUMENTATION_SIZE: Setting<u64> = Setting {
    key: "max_documentation_size",
    variable: Own("GALAXY_MAX_DOCUMENTATION_SIZE"),
    section: IMPORTS,
    default: Fixed("24 MiB"),
    meaning: "Most documentation in one collection, which is held in memory while it is read; the largest known has 15 MiB",
    kind: &BYTES,
};

pub(super) const WORKERS: Setting<usize> = Setting {
    key: "workers",
    variable: Own("GALAXY_WORKERS"),
    section: RUNNING,
    default: Computed {
        described: "number of cores, at most 4",
        value: workers,
    },
    meaning: "Imports that run at the same time",
    kind: &COUNT,
};

pub(super) const TASK_PROTECTION_TIME: Setting<Option<Duration>> = Setting {
    key: "task_protection_time",
    variable: Reference("TASK_PROTECTION_TIME"),
    section: RUNNING,
    default: Fixed("43200"),
    meaning: "Minutes that a task, and the log of an import, stays after its end; 0 for ever",
    kind: &OPTIONAL_MINUTES,
};

pub(super) const DATABASE_READERS: Setting<usize> = Setting {
    key: "database_readers",
    variable: Own("GALAXY_DATABASE_READERS"),
    section: RUNNING,
    default: Computed {
        described: "twice the number of cores, at least 4",
        value: readers,
    },
    meaning: "Database connections that read at the same time",
    kind: &COUNT,
};

pub(super) const LOG_LEVEL: Setting<String> = Setting {
    key: "log_level",
    variable: Own("GALAXY_LOG_LEVEL"),
    section: RUNNING,
    default: Fixed("info"),
    meaning: "What is logged: error, warn, info, debug, trace, or target=level with commas between them",
    kind: &FILTER,
};

pub(super) const LOG_FORMAT: Setting<LogFormat> = Setting {
    key: "log_format",
    variable: Own("GALAXY_LOG_FORMAT"),
    section: RUNNING,
    default: Fixed("auto"),
    meaning: "How it is logged: human, json, or auto, which is human on a terminal and json elsewhere",
    kind: &FORMAT,
};

fn cores() -> usize {
    // At most what COUNT takes: a machine of any size must start without settings.
    thread::available_parallelism().map_or(1, |count| count.get().min(256))
}

/// Imports keep a core busy each: many at once must leave some to those who read.
fn workers() -> usize {
    cores().min(WORKERS_MAX)
}

fn readers() -> usize {
    (2 * cores()).max(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::HashSet;

    #[test]
    fn keys_and_variables_are_unique_and_well_formed() {
        let mut seen = HashSet::new();
        for row in &ALL {
            assert!(seen.insert(row.key) && seen.insert(row.variable.name()));
            let key = row.key.bytes();
            assert!(key.clone().all(|b| b.is_ascii_lowercase() || b == b'_'));
            // The keys of a setting of the reference that has some are written small.
            let name = row.variable.name();
            let (name, part) = name.split_once("__").unwrap_or((name, row.key));
            assert_eq!(part, row.key);
            let mut name = name.bytes();
            assert!(name.all(|b| b.is_ascii_uppercase() || b == b'_'));
            assert!(!row.meaning.ends_with('.'));
        }
    }
}
