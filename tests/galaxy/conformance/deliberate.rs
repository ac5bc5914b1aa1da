//! Where this server answers otherwise than the reference on purpose, why, and what it answers instead.

/// What this server answers.
#[derive(Debug, Clone, Copy)]
pub enum Ours {
    /// At once what the address answers to which the reference redirects.
    AtOnce,
    /// As the reference answers another recorded request.
    Like(&'static str),
    /// One enveloped error: status, code, blamed field, detail.
    Error(
        u16,
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
    ),
    /// `{"detail": …}`, the error body of the pulp and v1 families.
    Detail(u16, &'static str),
    /// Text.
    Text(u16, &'static str),
    /// JSON whose top level has these keys, and no other.
    Keys(u16, &'static [&'static str]),
    /// An import that is completed.
    Completed,
    /// An import that failed, with a description that begins like this.
    Failed(&'static str),
    /// There is no such import: the upload with this digest is refused.
    UploadRefused(&'static str),
}

/// Exchanges that differ for one reason.
#[derive(Debug)]
pub struct Difference {
    pub ours: Ours,
    pub why: &'static str,
    pub exchanges: &'static [&'static str],
}

const fn row(ours: Ours, why: &'static str, exchanges: &'static [&'static str]) -> Difference {
    Difference {
        ours,
        why,
        exchanges,
    }
}

use Ours::AtOnce;
use Ours::Completed;
use Ours::Detail;
use Ours::Error;
use Ours::Failed;
use Ours::Keys;
use Ours::Like;
use Ours::Text;
use Ours::UploadRefused;

const NOT_FOUND: Ours = Error(404, "not_found", None, None);
const CRASHED: &str = "the reference crashed (500); a 4xx instead";
const ONE_ROUTE: &str =
    "both spellings of a path are routed for every method: a 301 turns a POST into a GET";
const STRICT: &str = "galaxykit crashes on the null code of the reference";
const LEGACY: &str = "legacy names are answered directly (contract 02 §2.2)";
const NO_PAGES: &str = "JSON is all there is; browsers get it too (contract 01 §1.9)";
const JSON_404: &str = "galaxykit fails on errors that are not JSON (contract 01 §1.6)";
const DIGEST: &str = "a wrong digest is told at once (contract README, Where to differ)";
const JSON_FAULT: &str =
    "the JSON reader is another one; its text names the file, the line and the column too";

/// The table.
pub const DELIBERATE: &[Difference] = &[
    row(
        AtOnce,
        LEGACY,
        &[
            "collections/legacy-collection",
            "collections/legacy-collections-anonymous",
            "collections/legacy-collections-below-content",
            "collections/legacy-docs-blob",
            "collections/legacy-version-missing",
            "download/artifact-legacy-path",
            "download/artifact-legacy-path-below-content",
            "errors/options-content-redirect",
            "errors/patch-legacy-redirect",
            "imports/import-legacy-path-below-content",
            "imports/import-missing-below-content",
        ],
    ),
    row(
        AtOnce,
        ONE_ROUTE,
        &[
            "auth/token-no-slash",
            "collections/version-detail-no-slash",
            "discovery/content-root-no-slash",
            "discovery/root-api-no-slash",
            "discovery/root-no-slash",
            "errors/no-slash-get-pulp",
            "errors/no-slash-get-with-query",
            "groups/group-delete-no-slash",
            "namespaces/ns-detail-no-slash",
            "namespaces/ui-ns-list-no-slash",
            "publish/upload-no-slash",
            "roles/role-patch-no-slash",
        ],
    ),
    row(
        NOT_FOUND,
        JSON_404,
        &[
            "collections/legacy-all-collections",
            "collections/legacy-all-collections-below-content",
            "collections/legacy-all-versions",
            "discovery/unknown-path-authenticated",
            "download/artifact-slash",
            "errors/double-slash",
            "errors/no-slash-unknown",
            "imports/import-bad-uuid",
            "ui/ui-ai-deny-index",
            "ui/ui-group-roles-dead",
            "ui/ui-unknown",
            "ui/ui-v1-root",
        ],
    ),
    row(
        Like("groups/group-delete"),
        "the same methods in the order of every other path; clients look for a method, not for its place",
        &["ui-v2/v2-role-user-assignment-delete"],
    ),
    row(
        Like("roles/role-list-locked-galaxy"),
        "roles of the containers and files are not shipped (contract 08 §8.2), so all fit on the first page",
        &["errors/pulp-bad-boolean"],
    ),
    row(
        Keys(200, &["permissions"]),
        "the routes of roles on namespaces are there (contract 03, PNS-3)",
        &["namespaces/pulp-ns-my-permissions"],
    ),
    row(
        Detail(404, "Not found."),
        JSON_404,
        &["discovery/unknown-path-pulp", "discovery/v1-roles-off"],
    ),
    row(
        Error(
            405,
            "method_not_allowed",
            None,
            Some("Method \"TRACE\" not allowed."),
        ),
        "the reference's front server answers this one with a page of its own",
        &["errors/method-trace"],
    ),
    row(
        Error(404, "not_found", None, Some("Distribution does not exist.")),
        CRASHED,
        &[
            "collections/index-unknown-distribution",
            "download/artifact-unknown-distribution",
        ],
    ),
    row(
        Error(
            400,
            "invalid",
            Some("since"),
            Some("Enter a valid date/time, such as 2026-03-01T12:34:56Z."),
        ),
        CRASHED,
        &["imports/import-completed-since-bad"],
    ),
    row(
        Error(400, "invalid", Some("name"), Some("Not a valid string.")),
        CRASHED,
        &["errors/body-wrong-types"],
    ),
    row(
        Error(
            400,
            "required",
            Some("name"),
            Some("This field is required."),
        ),
        CRASHED,
        &["groups/group-create-empty"],
    ),
    row(
        Error(
            400,
            "not_a_list",
            Some("groups"),
            Some("Expected a list of items."),
        ),
        CRASHED,
        &["users/user-create-groups-not-a-list"],
    ),
    row(
        Error(400, "parse_error", None, None),
        JSON_FAULT,
        &["errors/body-not-utf8-json"],
    ),
    row(
        NOT_FOUND,
        "a link to a file that is not there helps nobody (contract README, Where to differ)",
        &["download/artifact-bad-name"],
    ),
    row(
        Error(
            405,
            "method_not_allowed",
            None,
            Some("Method \"GET\" not allowed."),
        ),
        "the reference takes a GET for an upload (contract 02, Corrections)",
        &["publish/upload-get-below-content"],
    ),
    row(
        Error(
            400,
            "invalid",
            Some("errors"),
            Some("Invalid Filter: 'nope'"),
        ),
        STRICT,
        &[
            "collections/versions-filter-unknown",
            "tasks/v3-task-list-unknown-filter",
            "ui/ui-repo-unknown-filter",
        ],
    ),
    row(
        Error(
            400,
            "invalid",
            Some("errors"),
            Some("Invalid Filter: 'is_highest'"),
        ),
        STRICT,
        &["collections/versions-filter-is-highest"],
    ),
    row(
        Error(
            404,
            "not_found",
            None,
            Some(
                "Namespace in filename not found. Ask an administrator to create it: \
                 pocket-galaxy namespace create rec_missing",
            ),
        ),
        "the sentence goes on to say what to do",
        &["publish/upload-unknown-namespace"],
    ),
    row(
        Error(400, "invalid", Some("sha256"), None),
        DIGEST,
        &[
            "publish/upload-sha256-mismatch",
            "publish/upload-sha256-type-after-disposition",
        ],
    ),
    row(
        UploadRefused("0000000000000000000000000000000000000000000000000000000000000000"),
        DIGEST,
        &["imports/import-failed-sha256-mismatch"],
    ),
    row(
        UploadRefused("nope"),
        DIGEST,
        &["imports/import-failed-sha256-not-hex"],
    ),
    row(
        UploadRefused("dad67c36c53fe7929e7cf07ed988e1716473ab89bc67829ba561307c14730d16"),
        DIGEST,
        &["imports/import-failed-sha256-type-after-disposition"],
    ),
    row(
        Completed,
        "the reference lost the file to a clean-up; here it stays as long as an import needs it",
        &["imports/import-failed-bare"],
    ),
    row(
        Failed("MANIFEST.json is not valid JSON: "),
        JSON_FAULT,
        &["imports/import-corpus-manifest-invalid-json"],
    ),
    row(
        Failed("FILES.json is not valid JSON: "),
        JSON_FAULT,
        &["imports/import-corpus-files-invalid-json"],
    ),
    row(
        Failed("file could not be opened successfully: it is not a tar file, "),
        "the reference lists what each of its Python readers said",
        &[
            "imports/import-corpus-not-gzip",
            "imports/import-corpus-zip-renamed",
        ],
    ),
    row(
        Like("discovery/root-authenticated"),
        NO_PAGES,
        &["discovery/root-accept-html"],
    ),
    row(
        Like("namespaces/ns-list"),
        NO_PAGES,
        &["errors/accept-html-browser", "errors/accept-html-v3"],
    ),
    row(
        Like("repositories/repo-list"),
        NO_PAGES,
        &["errors/accept-html-pulp"],
    ),
    row(
        Detail(404, "Not found."),
        "what is no id is no path of this server either, so there is no method to name",
        &["errors/pulp-bad-uuid"],
    ),
    row(
        Keys(
            200,
            &[
                "content_settings",
                "database_connection",
                "domain_enabled",
                "online_api_apps",
                "online_content_apps",
                "online_workers",
                "redis_connection",
                "storage",
                "versions",
            ],
        ),
        "containers, files and certificates are no parts of this server, and it does not say that they are",
        &["discovery/pulp-status"],
    ),
    row(
        Like("namespaces/ns-detail-missing"),
        NO_PAGES,
        &["errors/accept-html-error"],
    ),
    row(
        Text(200, "OK"),
        "two letters are no page",
        &["discovery/healthz", "discovery/healthz-below-api"],
    ),
    row(
        Text(404, "404: Not found."),
        "the list shows private distributions to anybody (contract 02, Corrections)",
        &["download/content-listing-root"],
    ),
    row(
        Keys(200, &["components", "info", "openapi", "paths", "tags"]),
        "the document describes this server: its paths, and nothing of the reference",
        &["discovery/openapi-json"],
    ),
    row(
        Keys(200, &["apis", "available_versions"]),
        "the public community server's root is served too (contract 01 §1.1)",
        &["discovery/bare-api"],
    ),
    row(
        Keys(
            202,
            &[
                "copy_task_id",
                "curate_all_synclist_repository_task_id",
                "remove_task_id",
            ],
        ),
        "the reference crashed; the one in the source is meant",
        &["lifecycle/move-other-bytes-to-published"],
    ),
    row(
        NOT_FOUND,
        "the reference redirects a DELETE, which clients make a GET of; there is no such version here",
        &["lifecycle/delete-version-legacy-path"],
    ),
    row(
        Keys(200, &["count", "next", "previous", "results"]),
        "the web client reads documents of the version that it asks for; the reference has dropped them",
        &["content/cv-list-pinned"],
    ),
    row(
        Detail(404, "No AnsibleNamespaceMetadata matches the given query."),
        NO_PAGES,
        &["content/content-namespace-avatar-none"],
    ),
    row(
        Detail(403, "You do not have permission to perform this action."),
        "an upload that goes past every pipeline (contract 03, CNT-2: deny)",
        &["content/cv-upload-empty"],
    ),
    row(
        Keys(
            201,
            &[
                "avatar_sha256",
                "avatar_url",
                "company",
                "description",
                "email",
                "groups",
                "id",
                "links",
                "metadata_sha256",
                "name",
                "pulp_href",
                "related_fields",
                "resources",
                "users",
            ],
        ),
        ONE_ROUTE,
        &["namespaces/ui-ns-create-no-slash"],
    ),
    row(
        Keys(400, &["order_by"]),
        NO_PAGES,
        &["search/search-accept-html-error"],
    ),
    row(
        Error(404, "not_found", None, Some("Distribution does not exist.")),
        CRASHED,
        &[
            "ui/ui-repo-unknown",
            "sync/sync-config-unknown-distribution",
        ],
    ),
    row(
        Error(
            404,
            "not_found",
            None,
            Some("The published distribution does not have any remotes associated with it."),
        ),
        CRASHED,
        &["sync/sync-config-no-remote"],
    ),
    row(
        Detail(403, "You do not have permission to perform this action."),
        CRASHED,
        &["tasks/task-purge-denied"],
    ),
    row(
        Like("ui/ui-search-collections-keywords"),
        "the reference crashed; collections and roles are meant (contract 04, Corrections)",
        &[
            "ui/ui-search",
            "ui/ui-search-keywords",
            "ui/ui-search-sql",
            "ui/ui-search-tags",
        ],
    ),
];
