//! What the v3 API writes: one struct for each object of the contract, named as there.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::domain::accounts::assignments::Holder;
use crate::domain::accounts::assignments::ObjectRoles;
use crate::domain::collections::index::IndexLine;
use crate::domain::collections::versions;
use crate::domain::imports::queries::Import;
use crate::domain::namespaces::Namespace;
use crate::domain::tasks::Task;
use crate::domain::tasks::TaskError;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::name::ArtifactName;
use crate::kernel::version::Version;
use crate::policy::grants::Object;
use crate::policy::permission::Permission;
use crate::policy::principal::Viewer;

/// **Collection** of contract 02 §2.3.
#[derive(Debug, Serialize)]
pub struct CollectionDetail {
    href: String,
    namespace: String,
    name: String,
    deprecated: bool,
    versions_url: String,
    highest_version: VersionLink,
    created_at: Timestamp,
    updated_at: Timestamp,
    download_count: u64,
}

#[derive(Debug, Serialize)]
struct VersionLink {
    href: String,
    version: String,
}

impl CollectionDetail {
    /// The line as the distribution `base_path` shows it.
    pub fn new(line: IndexLine, root: &str, base_path: &str) -> Self {
        let href = href::Collection {
            root,
            base_path,
            namespace: &line.namespace,
            name: &line.name,
        };
        Self {
            href: href.to_string(),
            versions_url: href.versions(),
            highest_version: VersionLink {
                href: href.version(&line.highest_version),
                version: line.highest_version,
            },
            deprecated: line.deprecated,
            created_at: line.created_at,
            updated_at: line.updated_at,
            download_count: line.download_count,
            namespace: line.namespace,
            name: line.name,
        }
    }
}

/// **VersionItem** of contract 02 §2.3.
#[derive(Debug, Serialize)]
pub struct VersionItem {
    version: String,
    href: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    requires_ansible: Option<String>,
    marks: [String; 0],
}

impl VersionItem {
    /// The line as the distribution in `collection` shows it.
    pub fn new(line: versions::VersionLine, collection: &href::Collection<'_>) -> Self {
        Self {
            href: collection.version(&line.version),
            version: line.version,
            created_at: line.created_at,
            updated_at: line.updated_at,
            requires_ansible: line.requires_ansible,
            marks: [],
        }
    }
}

/// **VersionDetail** of contract 02 §2.3. Every key is read by `ansible-galaxy` or a mirror.
#[derive(Serialize)]
pub struct VersionPage {
    #[serde(flatten)]
    item: VersionItem,
    artifact: ArtifactFile,
    collection: CollectionLink,
    download_url: String,
    name: String,
    namespace: NamespaceLink,
    signatures: [(); 0],
    metadata: Box<RawValue>,
    git_url: Option<String>,
    git_commit_sha: Option<String>,
    manifest: Box<RawValue>,
    files: Box<RawValue>,
}

#[derive(Serialize)]
struct ArtifactFile {
    filename: String,
    sha256: String,
    size: u64,
}

#[derive(Serialize)]
struct CollectionLink {
    id: Uuid,
    name: String,
    href: String,
}

#[derive(Serialize)]
struct NamespaceLink {
    name: String,
    metadata_sha256: Option<String>,
}

impl VersionPage {
    /// The version as the distribution `base_path` shows it. Fails if a stored document is no JSON.
    pub fn new(
        detail: versions::VersionDetail,
        mount: &Mount,
        origin: &Origin,
        base_path: &str,
    ) -> Result<Self> {
        let href = href::Collection {
            root: mount.root,
            base_path,
            namespace: &detail.namespace,
            name: &detail.name,
        };
        let version = Version::parse(&detail.line.version)
            .context("a stored version is no semantic version")?;
        let file = ArtifactName {
            namespace: detail.namespace.clone(),
            name: detail.name.clone(),
            version,
        };
        Ok(Self {
            item: VersionItem::new(detail.line, &href),
            artifact: ArtifactFile {
                filename: file.to_string(),
                sha256: detail.sha256.to_string(),
                size: detail.size,
            },
            collection: CollectionLink {
                id: detail.collection_uuid,
                name: detail.name.clone(),
                href: href.to_string(),
            },
            download_url: format!(
                "{}{}",
                origin.0,
                href::artifact(mount.root, base_path, &file)
            ),
            name: detail.name.clone(),
            namespace: NamespaceLink {
                name: detail.namespace.clone(),
                metadata_sha256: detail.namespace_sha256,
            },
            signatures: [],
            metadata: raw(detail.metadata)?,
            git_url: None,
            git_commit_sha: None,
            manifest: raw(detail.manifest)?,
            files: raw(detail.files)?,
        })
    }
}

/// The documentation of a version.
#[derive(Serialize)]
pub struct DocsBlob {
    docs_blob: Box<RawValue>,
}

impl DocsBlob {
    /// Wraps the stored JSON.
    pub fn new(blob: String) -> Result<Self> {
        Ok(Self {
            docs_blob: raw(blob)?,
        })
    }
}

/// A stored document goes out as it is, without being taken apart.
fn raw(json: String) -> Result<Box<RawValue>> {
    Ok(RawValue::from_string(json).context("a stored document is no JSON")?)
}

/// **Import** of contract 02 §2.5.
#[derive(Debug, Serialize)]
pub struct ImportDetail {
    id: Uuid,
    state: &'static str,
    created_at: Timestamp,
    updated_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    error: Option<ErrorDetail>,
    messages: Vec<ImportMessage>,
}

#[derive(Debug, Serialize)]
struct ImportMessage {
    message: String,
    level: String,
    time: f64,
}

/// `error` of a failed task. `traceback` is always null: a stack is of no use to the client.
#[derive(Debug, Serialize)]
struct ErrorDetail {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    description: String,
    traceback: Option<String>,
}

impl From<TaskError> for ErrorDetail {
    fn from(error: TaskError) -> Self {
        Self {
            error_code: error.code,
            description: error.description,
            traceback: None,
        }
    }
}

impl From<Import> for ImportDetail {
    fn from(Import { task, messages }: Import) -> Self {
        Self {
            id: task.uuid,
            state: task.state.as_str(),
            created_at: task.created_at,
            updated_at: task.updated_at,
            started_at: task.started_at,
            finished_at: task.finished_at,
            error: task.error.map(ErrorDetail::from),
            messages: messages
                .into_iter()
                .map(|line| ImportMessage {
                    message: line.message,
                    level: line.level,
                    time: line.time.as_seconds(),
                })
                .collect(),
        }
    }
}

/// **TaskSummary** of contract 02 §2.5.
#[derive(Debug, Serialize)]
pub struct TaskSummary {
    pulp_id: Uuid,
    name: String,
    state: &'static str,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    href: String,
}

impl TaskSummary {
    /// The task, linked below the root of the request.
    pub fn new(task: Task, mount: &Mount) -> Self {
        Self {
            href: href::task(mount, task.uuid),
            pulp_id: task.uuid,
            name: task.name,
            state: task.state.as_str(),
            started_at: task.started_at,
            finished_at: task.finished_at,
        }
    }
}

/// **GalaxyTask** of contract 02 §2.5.
#[derive(Debug, Serialize)]
pub struct TaskDetail {
    pulp_id: Uuid,
    name: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    finished_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    state: &'static str,
    error: Option<ErrorDetail>,
    parent_task: Option<Uuid>,
    child_tasks: [Uuid; 0],
    progress_reports: [(); 0],
}

impl From<Task> for TaskDetail {
    fn from(task: Task) -> Self {
        Self {
            pulp_id: task.uuid,
            name: task.name,
            created_at: task.created_at,
            updated_at: task.updated_at,
            finished_at: task.finished_at,
            started_at: task.started_at,
            state: task.state.as_str(),
            error: task.error.map(ErrorDetail::from),
            parent_task: None,
            child_tasks: [],
            progress_reports: [],
        }
    }
}

/// **NamespaceSummary** of contract 02 §2.9.
#[derive(Debug, Serialize)]
pub struct NamespaceSummary {
    pulp_href: String,
    id: i64,
    name: String,
    company: String,
    email: String,
    avatar_url: String,
    description: String,
    groups: Vec<Owner>,
    users: Vec<Owner>,
    related_fields: BTreeMap<&'static str, Vec<&'static str>>,
    metadata_sha256: String,
    avatar_sha256: Option<String>,
}

/// **Namespace** of contract 02 §2.9: the summary and what only the whole page shows.
#[derive(Debug, Serialize)]
pub struct NamespaceDetail {
    #[serde(flatten)]
    summary: NamespaceSummary,
    links: Vec<LinkShape>,
    resources: String,
}

#[derive(Debug, Serialize)]
struct LinkShape {
    name: String,
    url: String,
}

#[derive(Debug, Serialize)]
struct Owner {
    id: i64,
    name: String,
    object_roles: Vec<String>,
}

impl NamespaceSummary {
    /// The namespace; with a viewer, also what that viewer may do on it.
    pub fn new(namespace: Namespace, mount: &Mount, viewer: Option<&Viewer>) -> Self {
        let (mut groups, mut users) = (Vec::new(), Vec::new());
        for ObjectRoles {
            holder,
            name,
            roles,
            ..
        } in namespace.owners
        {
            match holder {
                Holder::Group(id) => groups.push(Owner {
                    id: id.0,
                    name,
                    object_roles: roles,
                }),
                Holder::User(id) => users.push(Owner {
                    id: id.0,
                    name,
                    object_roles: roles,
                }),
            }
        }
        let mine = viewer.map(|viewer| {
            (
                "my_permissions",
                my_permissions(viewer, Object::Namespace(namespace.id)),
            )
        });
        Self {
            pulp_href: href::namespace(mount, namespace.id),
            id: namespace.id.0,
            name: namespace.name,
            company: namespace.profile.company,
            email: namespace.profile.email,
            avatar_url: namespace.avatar_url,
            description: namespace.profile.description,
            groups,
            users,
            related_fields: mine.into_iter().collect(),
            metadata_sha256: namespace.metadata_sha256,
            avatar_sha256: namespace.profile.avatar_sha256,
        }
    }
}

impl NamespaceDetail {
    /// The namespace; with a viewer, also what that viewer may do on it.
    pub fn new(mut namespace: Namespace, mount: &Mount, viewer: Option<&Viewer>) -> Self {
        let links = std::mem::take(&mut namespace.profile.links);
        let resources = std::mem::take(&mut namespace.profile.resources);
        Self {
            links: links
                .into_iter()
                .map(|link| LinkShape {
                    name: link.name,
                    url: link.url,
                })
                .collect(),
            resources,
            summary: NamespaceSummary::new(namespace, mount, viewer),
        }
    }
}

/// The names of the permissions a viewer holds on a namespace, everywhere or there.
fn my_permissions(viewer: &Viewer, namespace: Object) -> Vec<&'static str> {
    let Some(account) = viewer.account() else {
        return Vec::new();
    };
    let all = [
        Permission::AddNamespace,
        Permission::ChangeNamespace,
        Permission::DeleteNamespace,
        Permission::UploadToNamespace,
    ];
    let held = all
        .into_iter()
        .filter(|permission| account.grants.on(*permission, namespace));
    held.map(Permission::as_str).collect()
}
