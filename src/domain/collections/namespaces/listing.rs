//! What is said of namespaces, as units of content.

use std::collections::BTreeSet;
use std::collections::HashMap;

use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::row::uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::collections::versions::Membership;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::Condition;
use crate::kernel::filter::Expression;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::visible::Repositories;

/// What is said of a namespace, at some time or in some repository.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What APIs know it by.
    pub uuid: Uuid,
    /// The name of the namespace.
    pub name: String,
    /// Who is behind it.
    pub company: String,
    /// Where they can be reached.
    pub email: String,
    /// What it is for.
    pub description: String,
    /// Markdown.
    pub resources: String,
    /// Links, as JSON: `[{"name", "url"}]`.
    pub links: String,
    /// SHA-256 of the logo.
    pub avatar_sha256: Option<String>,
    /// The digest of all that.
    pub metadata_sha256: String,
}

const COLUMNS: &str = "ct.uuid, m.name, m.company, m.email, m.description, m.resources, m.links, \
                       m.avatar_sha256, m.metadata_sha256";
const FROM: &str = "namespace_metadata m JOIN content ct ON ct.id = m.id";

fn read(row: &Row<'_>) -> rusqlite::Result<Unit> {
    Ok(Unit {
        uuid: uuid(row, "uuid")?,
        name: row.get("name")?,
        company: row.get("company")?,
        email: row.get("email")?,
        description: row.get("description")?,
        resources: row.get("resources")?,
        links: row.get("links")?,
        avatar_sha256: row.get("avatar_sha256")?,
        metadata_sha256: row.get("metadata_sha256")?,
    })
}

/// The fields that a list can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitField {
    /// The UUID.
    Uuid,
    /// The name.
    Name,
    /// The company.
    Company,
    /// The digest of what is said.
    MetadataSha256,
    /// When it was said first.
    Created,
}

impl UnitField {
    const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "ct.uuid",
            Self::Name => "m.name",
            Self::Company => "m.company",
            Self::MetadataSha256 => "m.metadata_sha256",
            Self::Created => "ct.created_at",
        }
    }
}

/// What a list of units can be narrowed to.
#[derive(Debug, Default)]
pub struct UnitFilter {
    /// Conditions on the fields.
    pub fields: Expression<UnitField>,
    /// Only what each of these repository versions holds, brought, or took away.
    pub memberships: Vec<Membership>,
    /// Only what this repository holds now.
    pub repository: Option<RepositoryId>,
    /// How to sort; what was said last first if there is nothing.
    pub order: Vec<SortKey<UnitField>>,
}

const HELD_NOW: &str = "m.id IN (SELECT content_id FROM repository_content WHERE repository_id = ? AND removed IS NULL)";

/// What is said now is there for everybody, as the namespace is. What is said in repositories only, those tell who may
/// see them.
const SEEN: &str = "(EXISTS (SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id \
                              WHERE rc.content_id = m.id \
                                AND (r.private = 0 OR r.id IN (SELECT value FROM json_each(?)))) \
                     OR EXISTS (SELECT 1 FROM namespace n \
                                 WHERE n.name = m.name AND n.metadata_sha256 = m.metadata_sha256))";

/// The units that pass `filter` and that are said now, or in a repository that is `seen`.
pub fn list(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &UnitFilter,
    window: Window,
) -> Result<Page<Unit>> {
    let mut select = Select::new(COLUMNS, FROM)
        .filter_some(SEEN, seen.private_ones())
        .matching(&filter.fields, UnitField::column)
        .filter_some(HELD_NOW, filter.repository);
    for membership in &filter.memberships {
        select = select.filter_with(membership.sql(), membership.values(seen));
    }
    select
        .sort_by(&filter.order, UnitField::column, "m.id DESC")
        .page(tx, window, read)
}

/// The unit with that UUID, as [`list`] would show it.
pub fn get(tx: &ReadTx<'_>, seen: &Repositories, uuid: Uuid) -> Result<Unit> {
    one(tx, seen, None, (UnitField::Uuid, uuid.to_string()))
}

/// What a repository holds of the namespace of that name. The caller has made sure that it is seen.
pub fn find(tx: &ReadTx<'_>, repository: RepositoryId, name: &str) -> Result<Unit> {
    let name = (UnitField::Name, name.to_owned());
    one(tx, &Repositories::All, Some(repository), name)
}

/// What repositories hold of namespaces, each by its name: one query for any number.
pub fn held(
    tx: &ReadTx<'_>,
    wanted: &[(RepositoryId, &str)],
) -> Result<HashMap<(RepositoryId, String), Unit>> {
    let wanted: BTreeSet<(i64, &str)> = wanted.iter().map(|(id, name)| (id.0, *name)).collect();
    let wanted = serde_json::json!(wanted).to_string();
    let sql = format!(
        "SELECT rc.repository_id, {COLUMNS}
           FROM json_each(:wanted) wanted
           JOIN namespace_metadata m ON m.name = wanted.value ->> 1
           JOIN repository_content rc
             ON rc.content_id = m.id AND rc.repository_id = wanted.value ->> 0 AND rc.removed IS NULL
           JOIN content ct ON ct.id = m.id"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map(named_params! {":wanted": wanted}, |row| {
        let unit = read(row)?;
        Ok(((row.get("repository_id")?, unit.name.clone()), unit))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn one(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    repository: Option<RepositoryId>,
    (field, value): (UnitField, String),
) -> Result<Unit> {
    let filter = UnitFilter {
        fields: Expression::Is(field, Condition::Text(TextFilter::Is(value))),
        repository,
        ..UnitFilter::default()
    };
    let found = list(tx, seen, &filter, Window::ONE)?.items.pop();
    found.ok_or_else(|| Error::NotFound(Noun::Content("AnsibleNamespaceMetadata")))
}
