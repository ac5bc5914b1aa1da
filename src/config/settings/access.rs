//! Who may come in, and with which passwords and tokens.

use std::time::Duration;

use crate::config::access::ANY;
use crate::config::access::LENGTH;
use crate::config::access::MINUTES;
use crate::config::access::PARAMETER;
use crate::config::kind::OPTIONAL_SECRET;
use crate::config::kind::SECONDS;
use crate::config::kind::SWITCH;
use crate::config::kind::Secret;
use crate::config::setting::Fallback::Fixed;
use crate::config::setting::Fallback::Unset;
use crate::config::setting::Setting;
use crate::config::setting::Variable::Own;
use crate::config::setting::Variable::Reference;
use crate::config::settings::ACCESS;

pub(in crate::config) const ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS: Setting<bool> = Setting {
    key: "enable_unauthenticated_collection_access",
    variable: Reference("GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS"),
    section: ACCESS,
    default: Fixed("false"),
    meaning: "Let anybody browse collections without logging in",
    kind: &SWITCH,
};

pub(in crate::config) const ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD: Setting<bool> = Setting {
    key: "enable_unauthenticated_collection_download",
    variable: Reference("GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD"),
    section: ACCESS,
    default: Fixed("false"),
    meaning: "Let anybody download collections without logging in",
    kind: &SWITCH,
};

pub(in crate::config) const API_SPEC_REQUIRE_AUTHENTICATION: Setting<bool> = Setting {
    key: "api_spec_require_authentication",
    variable: Reference("GALAXY_API_SPEC_REQUIRE_AUTHENTICATION"),
    section: ACCESS,
    default: Fixed("true"),
    meaning: "Show the description of the API to those who are logged in only",
    kind: &SWITCH,
};

pub(in crate::config) const TOKEN_EXPIRATION: Setting<Option<Duration>> = Setting {
    key: "token_expiration",
    variable: Reference("GALAXY_TOKEN_EXPIRATION"),
    section: ACCESS,
    default: Unset,
    meaning: "Minutes until an API token stops working; when unset, it never does",
    kind: &MINUTES,
};

pub(in crate::config) const SESSION_COOKIE_AGE: Setting<Duration> = Setting {
    key: "session_cookie_age",
    variable: Reference("SESSION_COOKIE_AGE"),
    section: ACCESS,
    default: Fixed("1209600"),
    meaning: "Seconds until a browser must sign in again",
    kind: &SECONDS,
};

pub(in crate::config) const SESSION_SAVE_EVERY_REQUEST: Setting<bool> = Setting {
    key: "session_save_every_request",
    variable: Reference("SESSION_SAVE_EVERY_REQUEST"),
    section: ACCESS,
    default: Fixed("false"),
    meaning: "Count that time from the last request, not from signing in",
    kind: &SWITCH,
};

pub(in crate::config) const FAILED_LOGINS: Setting<usize> = Setting {
    key: "failed_logins",
    variable: Own("GALAXY_FAILED_LOGINS"),
    section: ACCESS,
    default: Fixed("10"),
    meaning: "Wrong passwords for one account from one address in five minutes before it must wait; 0 for any number",
    kind: &ANY,
};

pub(in crate::config) const FAILED_LOGINS_PER_ADDRESS: Setting<usize> = Setting {
    key: "failed_logins_per_address",
    variable: Own("GALAXY_FAILED_LOGINS_PER_ADDRESS"),
    section: ACCESS,
    default: Fixed("50"),
    meaning: "The same for all accounts together, and for unknown tokens; 0 for any number",
    kind: &ANY,
};

pub(in crate::config) const FAILED_LOGINS_PER_ACCOUNT: Setting<usize> = Setting {
    key: "failed_logins_per_account",
    variable: Own("GALAXY_FAILED_LOGINS_PER_ACCOUNT"),
    section: ACCESS,
    default: Fixed("100"),
    meaning: "Wrong passwords for one account from all addresses in five minutes before each has one guess; 0 for any number",
    kind: &ANY,
};

pub(in crate::config) const MINIMUM_PASSWORD_LENGTH: Setting<usize> = Setting {
    key: "minimum_password_length",
    variable: Reference("GALAXY_MINIMUM_PASSWORD_LENGTH"),
    section: ACCESS,
    default: Fixed("9"),
    meaning: "Characters a new password has at least",
    kind: &LENGTH,
};

pub(in crate::config) const ADMIN_PASSWORD: Setting<Option<Secret>> = Setting {
    key: "admin_password",
    variable: Own("GALAXY_ADMIN_PASSWORD"),
    section: ACCESS,
    default: Unset,
    meaning: "Password of the first administrator, used by the first start only; better given in the environment, as every user of the machine can see flags",
    kind: &OPTIONAL_SECRET,
};

pub(in crate::config) const ARGON_MEMORY: Setting<u32> = Setting {
    key: "argon_memory",
    variable: Own("GALAXY_ARGON_MEMORY"),
    section: ACCESS,
    default: Fixed("19456"),
    meaning: "KiB of memory for hashing a password; one hashed otherwise is hashed anew when it is next used",
    kind: &PARAMETER,
};

pub(in crate::config) const ARGON_ITERATIONS: Setting<u32> = Setting {
    key: "argon_iterations",
    variable: Own("GALAXY_ARGON_ITERATIONS"),
    section: ACCESS,
    default: Fixed("2"),
    meaning: "Times that memory is worked through; times the memory it must be 35840 at least",
    kind: &PARAMETER,
};

pub(in crate::config) const ARGON_PARALLELISM: Setting<u32> = Setting {
    key: "argon_parallelism",
    variable: Own("GALAXY_ARGON_PARALLELISM"),
    section: ACCESS,
    default: Fixed("1"),
    meaning: "Lanes of that work",
    kind: &PARAMETER,
};
