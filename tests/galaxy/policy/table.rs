//! What each route asks by contract 08 §8.4, and how to ask it so that nothing changes when it is allowed.
//!
//! `{d}` in a path is the distribution of a public or a private repository, `{repository}` that repository's id. What
//! is allowed then fails on purpose: a body that is no object, an id that is nobody's.

use crate::policy::contract::Ask;

/// What is sent along.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    None,
    Json(&'static str),
    Artifact,
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub method: &'static str,
    /// As `pocket-galaxy routes` prints it.
    pub pattern: &'static str,
    pub path: &'static str,
    pub body: Body,
    pub ask: Ask,
    /// Whether the repository concerned must be visible besides.
    pub is_seen: bool,
}

const fn get(pattern: &'static str, path: &'static str, ask: Ask) -> Row {
    Row {
        method: "GET",
        pattern,
        path,
        body: Body::None,
        ask,
        is_seen: false,
    }
}

const fn send(
    method: &'static str,
    pattern: &'static str,
    path: &'static str,
    body: Body,
    ask: Ask,
) -> Row {
    Row {
        method,
        body,
        ..get(pattern, path, ask)
    }
}

/// A route that shows what is in a repository.
const fn seen(pattern: &'static str, path: &'static str) -> Row {
    Row {
        is_seen: true,
        ..get(pattern, path, Ask::SignedIn)
    }
}

use Ask::Anyone;
use Ask::Everywhere;
use Ask::Nobody;
use Ask::OnNamespace;
use Ask::OnRemote;
use Ask::OnRepository;
use Ask::Publish;
use Ask::SignedIn;
use Ask::Superuser;
use Body::Artifact;
use Body::Json;

/// Every route.
pub fn rows() -> Vec<Row> {
    let parts = [
        PLAIN, V3, CONTENT, TASKS, ROLES, OBJECTS, ACCOUNTS, INTERFACE,
    ];
    parts.into_iter().flatten().copied().collect()
}

/// Beside the API roots.
const PLAIN: &[Row] = &[
    get("/livez/", "/livez/", Anyone),
    get("/readyz/", "/readyz/", Anyone),
    get("/healthz/", "/healthz/", Anyone),
    get("/metrics/", "/metrics/", Anyone),
    get("{A}status/healthz/", "status/healthz/", Anyone),
    get("{A}status/metrics/", "status/metrics/", Anyone),
    get("/pulp/api/{rest:.*}", "/pulp/api/v3/status/", Anyone),
    get(
        r"/pulp/content/{base_path:.+}/{file:[^/]+\.tar\.gz}",
        "/pulp/content/none/a-b-1.0.0.tar.gz",
        Ask::SignedLink,
    ),
    get("{A}", "", Anyone),
    get("{A}api/", "api/", Anyone),
];

const V3: &[Row] = &[
    send(
        "POST",
        "{A}v3/auth/token/",
        "v3/auth/token/",
        Body::None,
        SignedIn,
    ),
    send(
        "DELETE",
        "{A}v3/auth/token/",
        "v3/auth/token/",
        Body::None,
        SignedIn,
    ),
    get("{A}v3/tasks/", "v3/tasks/", SignedIn),
    get(
        "{A}v3/tasks/{id:[0-9a-fA-F-]{36}}/",
        "v3/tasks/{task}/",
        SignedIn,
    ),
    get(
        "{A}v3/plugin/ansible/imports/collections/{id:[0-9a-fA-F-]{36}}/",
        "v3/plugin/ansible/imports/collections/{task}/",
        SignedIn,
    ),
    get(
        "{A}v3/imports/collections/{id:[0-9a-fA-F-]{36}}/",
        "v3/imports/collections/{task}/",
        SignedIn,
    ),
    get("{A}v3/namespaces/", "v3/namespaces/", SignedIn),
    send(
        "POST",
        "{A}v3/namespaces/",
        "v3/namespaces/",
        Json("[]"),
        Everywhere("galaxy.add_namespace"),
    ),
    get("{A}v3/namespaces/{name}/", "v3/namespaces/acme/", SignedIn),
];

const fn upload(pattern: &'static str, path: &'static str) -> Row {
    Row {
        is_seen: true,
        ..send("POST", pattern, path, Artifact, Publish)
    }
}

/// What is in repositories.
const CONTENT: &[Row] = &[
    upload(
        "{A}v3/artifacts/collections/",
        "content/{d}/v3/artifacts/collections/?dry_run=true",
    ),
    upload(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/artifacts/",
        "v3/plugin/ansible/content/{d}/collections/artifacts/?dry_run=true",
    ),
    seen(
        r"{A}v3/plugin/ansible/content/{base_path:.+}/collections/artifacts/{file:[^/]+\.tar\.gz}",
        "v3/plugin/ansible/content/{d}/collections/artifacts/acme-tools-1.0.0.tar.gz",
    ),
    seen(
        r"{A}v3/artifacts/collections/{base_path:.+}/{file:[^/]+\.tar\.gz}",
        "v3/artifacts/collections/{d}/acme-tools-1.0.0.tar.gz",
    ),
    seen(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/index/{namespace}/{name}/",
        "v3/plugin/ansible/content/{d}/collections/index/acme/tools/",
    ),
    seen(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/index/{namespace}/{name}/versions/",
        "v3/plugin/ansible/content/{d}/collections/index/acme/tools/versions/",
    ),
    seen(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/index/{namespace}/{name}/versions/{version}/",
        "v3/plugin/ansible/content/{d}/collections/index/acme/tools/versions/1.0.0/",
    ),
    seen(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/index/{namespace}/{name}/versions/{version}/docs-blob/",
        "v3/plugin/ansible/content/{d}/collections/index/acme/tools/versions/1.0.0/docs-blob/",
    ),
    seen(
        "{A}v3/collections/{namespace}/{name}/",
        "content/{d}/v3/collections/acme/tools/",
    ),
    seen(
        "{A}v3/collections/{namespace}/{name}/versions/",
        "content/{d}/v3/collections/acme/tools/versions/",
    ),
    seen(
        "{A}v3/collections/{namespace}/{name}/versions/{version}/",
        "content/{d}/v3/collections/acme/tools/versions/1.0.0/",
    ),
    seen(
        "{A}v3/collections/{namespace}/{name}/versions/{version}/docs-blob/",
        "content/{d}/v3/collections/acme/tools/versions/1.0.0/docs-blob/",
    ),
    seen(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/",
        "v3/plugin/ansible/content/{d}/collections/",
    ),
    seen(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/index/",
        "v3/plugin/ansible/content/{d}/collections/index/",
    ),
    seen("{A}v3/", "content/{d}/v3/"),
    seen("{A}v3/collections/", "content/{d}/v3/collections/"),
    get(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/all-collections/",
        "v3/plugin/ansible/content/{d}/collections/all-collections/",
        Nobody,
    ),
    get(
        "{A}v3/plugin/ansible/content/{base_path:.+}/collections/all-versions/",
        "v3/plugin/ansible/content/{d}/collections/all-versions/",
        Nobody,
    ),
    get("{A}v3/collections/all/", "v3/collections/all/", Anyone),
    get(
        "{A}v3/collection_versions/all/",
        "v3/collection_versions/all/",
        Anyone,
    ),
];

const TASKS: &[Row] = &[
    get(
        "{A}pulp/api/v3/tasks/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/tasks/{task}/",
        SignedIn,
    ),
    send(
        "PATCH",
        "{A}pulp/api/v3/tasks/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/tasks/{task}/",
        Json("{}"),
        Everywhere("core.change_task"),
    ),
];

const ROLES: &[Row] = &[
    get("{A}pulp/api/v3/roles/", "pulp/api/v3/roles/", SignedIn),
    send(
        "POST",
        "{A}pulp/api/v3/roles/",
        "pulp/api/v3/roles/",
        Json("[]"),
        Superuser,
    ),
    get(
        "{A}pulp/api/v3/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/roles/{role}/",
        Superuser,
    ),
    send(
        "PUT",
        "{A}pulp/api/v3/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/roles/00000000-0000-0000-0000-000000000000/",
        Json("[]"),
        Superuser,
    ),
    send(
        "PATCH",
        "{A}pulp/api/v3/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/roles/00000000-0000-0000-0000-000000000000/",
        Json("[]"),
        Superuser,
    ),
    send(
        "DELETE",
        "{A}pulp/api/v3/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/roles/00000000-0000-0000-0000-000000000000/",
        Body::None,
        Superuser,
    ),
    get(
        "{A}pulp/api/v3/groups/{holder:[0-9]+}/roles/",
        "pulp/api/v3/groups/{group}/roles/",
        SignedIn,
    ),
    send(
        "POST",
        "{A}pulp/api/v3/groups/{holder:[0-9]+}/roles/",
        "pulp/api/v3/groups/{group}/roles/",
        Json("[]"),
        Everywhere("galaxy.add_group"),
    ),
    get(
        "{A}pulp/api/v3/groups/{holder:[0-9]+}/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/groups/{group}/roles/00000000-0000-0000-0000-000000000000/",
        SignedIn,
    ),
    send(
        "DELETE",
        "{A}pulp/api/v3/groups/{holder:[0-9]+}/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/groups/{group}/roles/00000000-0000-0000-0000-000000000000/",
        Body::None,
        Everywhere("galaxy.delete_group"),
    ),
    get(
        "{A}pulp/api/v3/users/{holder:[0-9]+}/roles/",
        "pulp/api/v3/users/{user}/roles/",
        Superuser,
    ),
    send(
        "POST",
        "{A}pulp/api/v3/users/{holder:[0-9]+}/roles/",
        "pulp/api/v3/users/{user}/roles/",
        Json("[]"),
        Superuser,
    ),
    get(
        "{A}pulp/api/v3/users/{holder:[0-9]+}/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/users/{user}/roles/00000000-0000-0000-0000-000000000000/",
        Superuser,
    ),
    send(
        "DELETE",
        "{A}pulp/api/v3/users/{holder:[0-9]+}/roles/{id:[0-9a-fA-F-]{36}}/",
        "pulp/api/v3/users/{user}/roles/00000000-0000-0000-0000-000000000000/",
        Body::None,
        Superuser,
    ),
];

/// Roles on one object. Giving one to nobody is allowed and changes nothing.
const OBJECTS: &[Row] = &[
    get(
        "{A}pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/list_roles/",
        "pulp/api/v3/repositories/ansible/ansible/{repository}/list_roles/",
        OnRepository("ansible.manage_roles_ansiblerepository"),
    ),
    send(
        "POST",
        "{A}pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/add_role/",
        "pulp/api/v3/repositories/ansible/ansible/{repository}/add_role/",
        Json(r#"{"role": "galaxy.ansible_repository_owner"}"#),
        OnRepository("ansible.manage_roles_ansiblerepository"),
    ),
    send(
        "POST",
        "{A}pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/remove_role/",
        "pulp/api/v3/repositories/ansible/ansible/{repository}/remove_role/",
        Json(r#"{"role": "galaxy.ansible_repository_owner"}"#),
        OnRepository("ansible.manage_roles_ansiblerepository"),
    ),
    seen(
        "{A}pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/my_permissions/",
        "pulp/api/v3/repositories/ansible/ansible/{repository}/my_permissions/",
    ),
    get(
        "{A}pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/list_roles/",
        "pulp/api/v3/remotes/ansible/collection/{remote}/list_roles/",
        OnRemote("ansible.manage_roles_collectionremote"),
    ),
    send(
        "POST",
        "{A}pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/add_role/",
        "pulp/api/v3/remotes/ansible/collection/{remote}/add_role/",
        Json(r#"{"role": "galaxy.collection_remote_owner"}"#),
        OnRemote("ansible.manage_roles_collectionremote"),
    ),
    send(
        "POST",
        "{A}pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/remove_role/",
        "pulp/api/v3/remotes/ansible/collection/{remote}/remove_role/",
        Json(r#"{"role": "galaxy.collection_remote_owner"}"#),
        OnRemote("ansible.manage_roles_collectionremote"),
    ),
    get(
        "{A}pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/my_permissions/",
        "pulp/api/v3/remotes/ansible/collection/{remote}/my_permissions/",
        OnRemote("ansible.view_collectionremote"),
    ),
    get(
        "{A}pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/list_roles/",
        "pulp/api/v3/pulp_ansible/namespaces/{namespace}/list_roles/",
        OnNamespace("galaxy.change_namespace"),
    ),
    send(
        "POST",
        "{A}pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/add_role/",
        "pulp/api/v3/pulp_ansible/namespaces/{namespace}/add_role/",
        Json(r#"{"role": "galaxy.collection_namespace_owner"}"#),
        OnNamespace("galaxy.change_namespace"),
    ),
    send(
        "POST",
        "{A}pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/remove_role/",
        "pulp/api/v3/pulp_ansible/namespaces/{namespace}/remove_role/",
        Json(r#"{"role": "galaxy.collection_namespace_owner"}"#),
        OnNamespace("galaxy.change_namespace"),
    ),
    get(
        "{A}pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/my_permissions/",
        "pulp/api/v3/pulp_ansible/namespaces/{namespace}/my_permissions/",
        OnNamespace("galaxy.change_namespace"),
    ),
];

/// Users, groups and who is in them, by both APIs.
const ACCOUNTS: &[Row] = &[
    get(
        "{A}pulp/api/v3/users/",
        "pulp/api/v3/users/",
        Everywhere("galaxy.view_user"),
    ),
    send(
        "POST",
        "{A}pulp/api/v3/users/",
        "pulp/api/v3/users/",
        Json("[]"),
        Everywhere("galaxy.add_user"),
    ),
    get(
        "{A}pulp/api/v3/users/{id:[0-9]+}/",
        "pulp/api/v3/users/99999999/",
        Everywhere("galaxy.view_user"),
    ),
    send(
        "PUT",
        "{A}pulp/api/v3/users/{id:[0-9]+}/",
        "pulp/api/v3/users/99999999/",
        Json("[]"),
        Everywhere("galaxy.change_user"),
    ),
    send(
        "PATCH",
        "{A}pulp/api/v3/users/{id:[0-9]+}/",
        "pulp/api/v3/users/99999999/",
        Json("[]"),
        Everywhere("galaxy.change_user"),
    ),
    send(
        "DELETE",
        "{A}pulp/api/v3/users/{id:[0-9]+}/",
        "pulp/api/v3/users/99999999/",
        Body::None,
        Everywhere("galaxy.delete_user"),
    ),
    get("{A}pulp/api/v3/groups/", "pulp/api/v3/groups/", SignedIn),
    send(
        "POST",
        "{A}pulp/api/v3/groups/",
        "pulp/api/v3/groups/",
        Json("[]"),
        Everywhere("galaxy.add_group"),
    ),
    get(
        "{A}pulp/api/v3/groups/{id:[0-9]+}/",
        "pulp/api/v3/groups/99999999/",
        SignedIn,
    ),
    send(
        "DELETE",
        "{A}pulp/api/v3/groups/{id:[0-9]+}/",
        "pulp/api/v3/groups/99999999/",
        Body::None,
        Everywhere("galaxy.delete_group"),
    ),
    send(
        "PUT",
        "{A}pulp/api/v3/groups/{id:[0-9]+}/",
        "pulp/api/v3/groups/99999999/",
        Json("[]"),
        Superuser,
    ),
    send(
        "PATCH",
        "{A}pulp/api/v3/groups/{id:[0-9]+}/",
        "pulp/api/v3/groups/99999999/",
        Json("[]"),
        Superuser,
    ),
    get(
        "{A}pulp/api/v3/groups/{id:[0-9]+}/users/",
        "pulp/api/v3/groups/{group}/users/",
        Superuser,
    ),
    send(
        "POST",
        "{A}pulp/api/v3/groups/{id:[0-9]+}/users/",
        "pulp/api/v3/groups/{group}/users/",
        Json("[]"),
        Superuser,
    ),
    send(
        "DELETE",
        "{A}pulp/api/v3/groups/{id:[0-9]+}/users/{user:[0-9]+}/",
        "pulp/api/v3/groups/{group}/users/99999999/",
        Body::None,
        Superuser,
    ),
    get(
        "{A}_ui/v1/users/",
        "_ui/v1/users/",
        Everywhere("galaxy.view_user"),
    ),
    send(
        "POST",
        "{A}_ui/v1/users/",
        "_ui/v1/users/",
        Json("[]"),
        Everywhere("galaxy.add_user"),
    ),
    get(
        "{A}_ui/v1/users/{id:[0-9]+}/",
        "_ui/v1/users/99999999/",
        Everywhere("galaxy.view_user"),
    ),
    send(
        "PUT",
        "{A}_ui/v1/users/{id:[0-9]+}/",
        "_ui/v1/users/99999999/",
        Json("[]"),
        Everywhere("galaxy.change_user"),
    ),
    send(
        "PATCH",
        "{A}_ui/v1/users/{id:[0-9]+}/",
        "_ui/v1/users/99999999/",
        Json("[]"),
        Everywhere("galaxy.change_user"),
    ),
    send(
        "DELETE",
        "{A}_ui/v1/users/{id:[0-9]+}/",
        "_ui/v1/users/99999999/",
        Body::None,
        Everywhere("galaxy.delete_user"),
    ),
    get("{A}_ui/v1/groups/", "_ui/v1/groups/", SignedIn),
    send(
        "POST",
        "{A}_ui/v1/groups/",
        "_ui/v1/groups/",
        Json("[]"),
        Everywhere("galaxy.add_group"),
    ),
    get(
        "{A}_ui/v1/groups/{id:[0-9]+}/",
        "_ui/v1/groups/99999999/",
        SignedIn,
    ),
    send(
        "DELETE",
        "{A}_ui/v1/groups/{id:[0-9]+}/",
        "_ui/v1/groups/99999999/",
        Body::None,
        Everywhere("galaxy.delete_group"),
    ),
    get(
        "{A}_ui/v1/groups/{id:[0-9]+}/users/",
        "_ui/v1/groups/{group}/users/",
        SignedIn,
    ),
    send(
        "POST",
        "{A}_ui/v1/groups/{id:[0-9]+}/users/",
        "_ui/v1/groups/{group}/users/",
        Json("[]"),
        Everywhere("galaxy.add_group"),
    ),
    send(
        "DELETE",
        "{A}_ui/v1/groups/{id:[0-9]+}/users/{user:[0-9]+}/",
        "_ui/v1/groups/{group}/users/99999999/",
        Body::None,
        Everywhere("galaxy.delete_group"),
    ),
];

/// The rest of `_ui`.
const INTERFACE: &[Row] = &[
    get("{A}_ui/", "_ui/", SignedIn),
    get("{A}_ui/v1/landing-page/", "_ui/v1/landing-page/", Nobody),
    get("{A}_ui/v1/controllers/", "_ui/v1/controllers/", SignedIn),
    get("{A}_ui/v1/settings/", "_ui/v1/settings/", Anyone),
    get("{A}_ui/v1/feature-flags/", "_ui/v1/feature-flags/", Anyone),
    get("{A}_ui/v1/me/", "_ui/v1/me/", SignedIn),
    send("PUT", "{A}_ui/v1/me/", "_ui/v1/me/", Json("[]"), SignedIn),
];
