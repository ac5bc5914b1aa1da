//! A namespace, in a list and by itself.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::assignments::ObjectRoles;
use crate::domain::namespaces::Namespace;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::policy::object::Object;
use crate::policy::permission::Permission;
use crate::policy::principal::Viewer;

/// **NamespaceSummary** of contract 02 §2.9.
#[derive(Debug, Serialize, ToSchema)]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct NamespaceDetail {
    #[serde(flatten)]
    summary: NamespaceSummary,
    links: Vec<LinkShape>,
    resources: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct LinkShape {
    name: String,
    url: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Owner {
    id: i64,
    name: String,
    object_roles: Vec<String>,
}

impl NamespaceSummary {
    /// The namespace, with links below the root and the origin of the request; with a viewer, also what that viewer may
    /// do on it.
    pub fn new(
        namespace: Namespace,
        (origin, mount): (&Origin, &Mount),
        viewer: Option<&Viewer>,
    ) -> Self {
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
            avatar_url: avatar_url(namespace.avatar_url, namespace.logo, (origin, mount)),
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
    /// As [`NamespaceSummary::new`].
    pub fn new(
        mut namespace: Namespace,
        links: (&Origin, &Mount),
        viewer: Option<&Viewer>,
    ) -> Self {
        let named = std::mem::take(&mut namespace.profile.links);
        let resources = std::mem::take(&mut namespace.profile.resources);
        Self {
            links: named
                .into_iter()
                .map(|link| LinkShape {
                    name: link.name,
                    url: link.url,
                })
                .collect(),
            resources,
            summary: NamespaceSummary::new(namespace, links, viewer),
        }
    }
}

/// Where a logo is: here, once it was fetched, or where the owners of the namespace say.
pub fn avatar_url(said: String, logo: Option<Uuid>, (origin, mount): (&Origin, &Mount)) -> String {
    match logo {
        Some(unit) => format!("{}{}", origin.0, href::content::avatar(mount, unit)),
        None => said,
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
