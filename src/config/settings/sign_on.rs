//! The rows of single sign-on in the table of settings. The names are of this edition: the reference has none.

use crate::config::kind::OPTIONAL_SECRET;
use crate::config::kind::SWITCH;
use crate::config::kind::Secret;
use crate::config::setting::Fallback::Fixed;
use crate::config::setting::Fallback::Unset;
use crate::config::setting::Setting;
use crate::config::setting::Variable::Own;
use crate::config::single_sign_on::DOMAINS;
use crate::config::single_sign_on::Domains;
use crate::config::single_sign_on::GROUP_MAPPING;
use crate::config::single_sign_on::GROUP_NAMES;
use crate::config::single_sign_on::GroupMapping;
use crate::config::single_sign_on::GroupNames;
use crate::config::single_sign_on::Issuer;
use crate::config::single_sign_on::OPTIONAL_ISSUER;
use crate::config::single_sign_on::OPTIONAL_TEXT;
use crate::config::single_sign_on::TEXT;

const SINGLE_SIGN_ON: &str = "Single sign-on (OpenID Connect)";

pub(in crate::config) const OIDC_ISSUER: Setting<Option<Issuer>> = Setting {
    key: "oidc_issuer",
    variable: Own("GALAXY_OIDC_ISSUER"),
    section: SINGLE_SIGN_ON,
    default: Unset,
    meaning: "URL of the provider, as its discovery document writes it; single sign-on is off unless this and the client id are set",
    kind: &OPTIONAL_ISSUER,
};

pub(in crate::config) const OIDC_CLIENT_ID: Setting<Option<String>> = Setting {
    key: "oidc_client_id",
    variable: Own("GALAXY_OIDC_CLIENT_ID"),
    section: SINGLE_SIGN_ON,
    default: Unset,
    meaning: "What the provider calls this hub",
    kind: &OPTIONAL_TEXT,
};

pub(in crate::config) const OIDC_CLIENT_SECRET: Setting<Option<Secret>> = Setting {
    key: "oidc_client_secret",
    variable: Own("GALAXY_OIDC_CLIENT_SECRET"),
    section: SINGLE_SIGN_ON,
    default: Unset,
    meaning: "Secret of that client; better given in the environment or the file, as every user of the machine can see flags",
    kind: &OPTIONAL_SECRET,
};

pub(in crate::config) const OIDC_SCOPES: Setting<String> = Setting {
    key: "oidc_scopes",
    variable: Own("GALAXY_OIDC_SCOPES"),
    section: SINGLE_SIGN_ON,
    default: Fixed("openid profile email"),
    meaning: "What the provider is asked for, with spaces between",
    kind: &TEXT,
};

pub(in crate::config) const OIDC_USERNAME_CLAIM: Setting<String> = Setting {
    key: "oidc_username_claim",
    variable: Own("GALAXY_OIDC_USERNAME_CLAIM"),
    section: SINGLE_SIGN_ON,
    default: Fixed("preferred_username"),
    meaning: "Claim that becomes the name of a new account",
    kind: &TEXT,
};

pub(in crate::config) const OIDC_GROUP_CLAIM: Setting<String> = Setting {
    key: "oidc_group_claim",
    variable: Own("GALAXY_OIDC_GROUP_CLAIM"),
    section: SINGLE_SIGN_ON,
    default: Fixed("groups"),
    meaning: "Claim that lists the groups of who signs in",
    kind: &TEXT,
};

pub(in crate::config) const OIDC_GROUPS: Setting<GroupMapping> = Setting {
    key: "oidc_groups",
    variable: Own("GALAXY_OIDC_GROUPS"),
    section: SINGLE_SIGN_ON,
    default: Fixed("existing"),
    meaning: "What these groups do: existing puts people into groups of that name, create also makes missing ones, off does neither",
    kind: &GROUP_MAPPING,
};

pub(in crate::config) const OIDC_MAPPED_GROUPS: Setting<GroupNames> = Setting {
    key: "oidc_mapped_groups",
    variable: Own("GALAXY_OIDC_MAPPED_GROUPS"),
    section: SINGLE_SIGN_ON,
    default: Unset,
    meaning: "Only these groups do it; without a list, all but those whose name begins with system:",
    kind: &GROUP_NAMES,
};

pub(in crate::config) const OIDC_SUPERUSER_GROUP: Setting<Option<String>> = Setting {
    key: "oidc_superuser_group",
    variable: Own("GALAXY_OIDC_SUPERUSER_GROUP"),
    section: SINGLE_SIGN_ON,
    default: Unset,
    meaning: "Who is in this group of the provider is a superuser here, for as long",
    kind: &OPTIONAL_TEXT,
};

pub(in crate::config) const OIDC_REQUIRED_GROUP: Setting<Option<String>> = Setting {
    key: "oidc_required_group",
    variable: Own("GALAXY_OIDC_REQUIRED_GROUP"),
    section: SINGLE_SIGN_ON,
    default: Unset,
    meaning: "Only who is in this group of the provider may sign in",
    kind: &OPTIONAL_TEXT,
};

pub(in crate::config) const OIDC_EMAIL_DOMAINS: Setting<Domains> = Setting {
    key: "oidc_email_domains",
    variable: Own("GALAXY_OIDC_EMAIL_DOMAINS"),
    section: SINGLE_SIGN_ON,
    default: Unset,
    meaning: "Only who has a verified e-mail address in one of these domains may sign in",
    kind: &DOMAINS,
};

pub(in crate::config) const OIDC_CREATE_ACCOUNTS: Setting<bool> = Setting {
    key: "oidc_create_accounts",
    variable: Own("GALAXY_OIDC_CREATE_ACCOUNTS"),
    section: SINGLE_SIGN_ON,
    default: Fixed("true"),
    meaning: "Give somebody new an account when they sign in",
    kind: &SWITCH,
};

pub(in crate::config) const OIDC_LABEL: Setting<String> = Setting {
    key: "oidc_label",
    variable: Own("GALAXY_OIDC_LABEL"),
    section: SINGLE_SIGN_ON,
    default: Fixed("Single sign-on"),
    meaning: "What the button for it says",
    kind: &TEXT,
};

pub(in crate::config) const OIDC_ALLOW_HTTP: Setting<bool> = Setting {
    key: "oidc_allow_http",
    variable: Own("GALAXY_OIDC_ALLOW_HTTP"),
    section: SINGLE_SIGN_ON,
    default: Fixed("false"),
    meaning: "Ask a provider on another machine without TLS, for test networks only: who listens there can sign in as anybody",
    kind: &SWITCH,
};
