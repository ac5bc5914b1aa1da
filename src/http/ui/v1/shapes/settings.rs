//! The settings and features that clients adapt to.

use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Config;
use crate::http::kit::origin::Origin;

/// **Flags** of contract 04 §4.1: what the web interface shows and hides.
///
/// What this server does not have is off, whatever the reference says: execution environments, standalone roles,
/// signing, and a platform that manages users in its place.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Flags {
    legacy_roles: bool,
    display_repositories: bool,
    execution_environments: bool,
    ai_deny_index: bool,
    dab_resource_registry: bool,
    external_authentication: bool,
    collection_signing: bool,
    require_upload_signatures: bool,
    signatures_enabled: bool,
    can_upload_signatures: bool,
    can_create_signatures: bool,
    collection_auto_sign: bool,
    display_signatures: bool,
    container_signing: bool,
    #[schema(value_type = Vec<String>)]
    _messages: [&'static str; 0],
}

impl Flags {
    /// The features there are.
    pub fn of(config: &Config) -> Self {
        let required = config.publishing.require_signature_for_approval;
        Self {
            display_repositories: true,
            ai_deny_index: config.publishing.ai_deny_index,
            external_authentication: config.single_sign_on.is_on(),
            require_upload_signatures: required,
            signatures_enabled: required,
            can_upload_signatures: required || config.publishing.signature_upload_enabled,
            display_signatures: required,
            ..Self::default()
        }
    }
}

/// **Settings** of contract 04 §4.1; null is what is not set, or what nothing here asks for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Settings {
    galaxy_enable_unauthenticated_collection_access: bool,
    galaxy_enable_unauthenticated_collection_download: bool,
    galaxy_api_spec_require_authentication: bool,
    galaxy_feature_flags: Flags,
    galaxy_token_expiration: Option<u64>,
    galaxy_require_content_approval: bool,
    galaxy_collection_signing_service: Option<String>,
    galaxy_auto_sign_collections: bool,
    galaxy_signature_upload_enabled: bool,
    galaxy_require_signature_for_approval: bool,
    galaxy_minimum_password_length: usize,
    galaxy_auth_ldap_enabled: Option<bool>,
    galaxy_container_signing_service: Option<String>,
    galaxy_ldap_mirror_only_existing_groups: bool,
    galaxy_ldap_disable_referrals: Option<bool>,
    keycloak_url: Option<String>,
    ansible_base_jwt_validate_cert: bool,
    ansible_base_jwt_key: Option<String>,
    ansible_base_roles_require_view: bool,
    dynaconf_after_get_hooks: Option<String>,
    ansible_api_hostname: String,
    ansible_content_hostname: String,
    content_origin: String,
    token_server: Option<String>,
    token_auth_disabled: bool,
    is_connected_to_resource_server: bool,
}

impl Settings {
    /// The settings of this server, as somebody sees them who came in by `origin`.
    pub fn new(config: &Config, Origin(origin): Origin) -> Self {
        let access = &config.access;
        Self {
            galaxy_enable_unauthenticated_collection_access: access
                .enable_unauthenticated_collection_access,
            galaxy_enable_unauthenticated_collection_download: access
                .enable_unauthenticated_collection_download,
            galaxy_api_spec_require_authentication: access.api_spec_require_authentication,
            galaxy_feature_flags: Flags::of(config),
            // Minutes, as the setting is written.
            galaxy_token_expiration: access.token_expiration.map(|time| time.as_secs() / 60),
            galaxy_require_content_approval: config.publishing.require_content_approval,
            galaxy_collection_signing_service: None,
            galaxy_auto_sign_collections: false,
            galaxy_signature_upload_enabled: config.publishing.signature_upload_enabled,
            galaxy_require_signature_for_approval: config.publishing.require_signature_for_approval,
            galaxy_minimum_password_length: access.minimum_password_length,
            galaxy_auth_ldap_enabled: None,
            galaxy_container_signing_service: None,
            galaxy_ldap_mirror_only_existing_groups: false,
            galaxy_ldap_disable_referrals: None,
            keycloak_url: None,
            ansible_base_jwt_validate_cert: false,
            ansible_base_jwt_key: None,
            ansible_base_roles_require_view: false,
            dynaconf_after_get_hooks: None,
            ansible_api_hostname: origin.clone(),
            ansible_content_hostname: origin.clone(),
            content_origin: origin,
            token_server: None,
            token_auth_disabled: false,
            is_connected_to_resource_server: false,
        }
    }
}
