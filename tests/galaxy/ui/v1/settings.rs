//! What clients adapt to, and what stands empty.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::support::server::TestServer;

#[test]
fn anybody_sees_the_settings_as_they_are() {
    let galaxy = TestServer::with(|config| {
        config.publishing.require_content_approval = true;
        config.publishing.require_signature_for_approval = true;
        config.publishing.signature_upload_enabled = true;
        config.access.minimum_password_length = 12;
        config.access.token_expiration = Some(Duration::from_secs(120));
        config.access.enable_unauthenticated_collection_download = true;
    });
    let shown = galaxy
        .anonymous()
        .get("_ui/v1/settings/")
        .expect(200)
        .json();
    assert_eq!(shown["GALAXY_REQUIRE_CONTENT_APPROVAL"], true);
    assert_eq!(shown["GALAXY_REQUIRE_SIGNATURE_FOR_APPROVAL"], true);
    assert_eq!(shown["GALAXY_SIGNATURE_UPLOAD_ENABLED"], true);
    assert_eq!(shown["GALAXY_MINIMUM_PASSWORD_LENGTH"], 12);
    assert_eq!(shown["GALAXY_TOKEN_EXPIRATION"], 2);
    assert_eq!(
        shown["GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_DOWNLOAD"],
        true
    );
    assert_eq!(
        shown["GALAXY_ENABLE_UNAUTHENTICATED_COLLECTION_ACCESS"],
        false
    );
    assert_eq!(shown["CONTENT_ORIGIN"], galaxy.origin());
    for boolean in [
        "TOKEN_AUTH_DISABLED",
        "IS_CONNECTED_TO_RESOURCE_SERVER",
        "ANSIBLE_BASE_ROLES_REQUIRE_VIEW",
    ] {
        assert!(shown[boolean].is_boolean(), "{boolean}");
    }
    let flags = galaxy
        .anonymous()
        .get("_ui/v1/feature-flags/")
        .expect(200)
        .json();
    assert_eq!(shown["GALAXY_FEATURE_FLAGS"], flags);
    let signatures = [
        "can_upload_signatures",
        "display_signatures",
        "require_upload_signatures",
        "signatures_enabled",
    ];
    let on = features(&galaxy);
    assert!(signatures.iter().all(|name| on.contains(*name)), "{on:?}");
    assert_eq!(on.len(), 1 + signatures.len(), "{on:?}");
    let uploads = TestServer::with(|config| config.publishing.signature_upload_enabled = true);
    assert_eq!(
        Vec::from_iter(features(&uploads)),
        ["can_upload_signatures", "display_repositories"]
    );
}

/// What the web interface finds switched on.
fn features(galaxy: &TestServer) -> BTreeSet<String> {
    let flags = galaxy.anonymous().get("_ui/v1/feature-flags/");
    let flags = flags.expect(200).json();
    let all = flags.as_object().unwrap().iter();
    let on = all.filter(|(_, value)| **value == true);
    on.map(|(name, _)| name.clone()).collect()
}

#[test]
fn the_root_needs_somebody_and_the_landing_page_is_nobodys() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    assert_eq!(
        admin.get("_ui/").expect(200).json(),
        json!({"current_version": "v1", "available_versions": {"v1": "v1/"}})
    );
    galaxy
        .anonymous()
        .get("_ui/")
        .refuses(401, "not_authenticated", None);
    admin
        .get("_ui/v1/landing-page/")
        .refuses(403, "permission_denied", None);
    let controllers = admin.get("_ui/v1/controllers/").expect(200).json();
    assert_eq!(controllers["meta"]["count"], 0);
    assert_eq!(controllers["data"], json!([]));
    admin.get("_ui/v1/").refuses(404, "not_found", None);
}
