//! Repositories as the pulp API shows them: one, or those of a list that pass a filter.

use std::collections::BTreeMap;
use std::collections::HashMap;

use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::row::json;
use crate::db::row::uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::repositories::queries;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::filter::Expression;
use crate::kernel::filter::LabelTerm;
use crate::kernel::filter::SortKey;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;

/// A repository without what it holds.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The row.
    pub id: RepositoryId,
    /// What APIs know it by.
    pub uuid: Uuid,
    /// What people know it by.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Whether only some may see it.
    pub is_private: bool,
    /// How many of its versions are kept; all if there is no number.
    pub retain_repo_versions: Option<i64>,
    /// Where it is mirrored from.
    pub remote: Option<Uuid>,
    /// The key that signatures are checked with.
    pub gpgkey: Option<String>,
    /// The number of its newest version.
    pub latest_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it, not what it holds, changed last.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "r.id, r.uuid, r.name, r.description, r.private, r.retain_repo_versions, r.gpgkey, \
    r.created_at, r.updated_at, m.uuid AS remote, \
    (SELECT json_group_object(key, value) FROM repository_label WHERE repository_id = r.id) AS labels, \
    (SELECT max(number) FROM repository_version WHERE repository_id = r.id) AS latest_version";
const FROM: &str = "repository r LEFT JOIN remote m ON m.id = r.remote_id";

fn read(row: &Row<'_>) -> rusqlite::Result<Repository> {
    Ok(Repository {
        id: row.get("id")?,
        uuid: uuid(row, "uuid")?,
        name: row.get("name")?,
        description: row.get("description")?,
        labels: json(row, "labels")?,
        is_private: row.get("private")?,
        retain_repo_versions: row.get("retain_repo_versions")?,
        remote: row
            .get::<_, Option<String>>("remote")?
            .and_then(|text| text.parse().ok()),
        gpgkey: row.get("gpgkey")?,
        latest_version: row.get("latest_version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The repository with that UUID. Fails if there is none, and as [`queries::visible`] if the caller may not see it.
pub fn get(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<Repository> {
    find(tx, queries::visible(tx, permit, uuid)?)
}

/// The repository in that row.
pub fn find(tx: &ReadTx<'_>, id: RepositoryId) -> Result<Repository> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE r.id = :id");
    let found = tx
        .prepare_cached(&sql)?
        .query_row(named_params! {":id": id}, read);
    Ok(found?)
}

/// The repositories in those rows, by their row: one query for any number.
pub fn find_all(
    tx: &ReadTx<'_>,
    ids: &[RepositoryId],
) -> Result<HashMap<RepositoryId, Repository>> {
    let sql =
        format!("SELECT {COLUMNS} FROM {FROM} WHERE r.id IN (SELECT value FROM json_each(:ids))");
    let mut statement = tx.prepare_cached(&sql)?;
    let ids = serde_json::json!(ids).to_string();
    let found = statement.query_map(named_params! {":ids": ids}, |row| {
        let repository = read(row)?;
        Ok((repository.id, repository))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The fields that a list can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepositoryField {
    /// The UUID.
    Uuid,
    /// The name.
    Name,
    /// The description.
    Description,
    /// When it was made.
    Created,
    /// When it changed.
    Updated,
    /// How many versions are kept.
    Retained,
    /// The UUID of its remote.
    Remote,
    /// Whether it is private.
    Private,
}

impl RepositoryField {
    const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "r.uuid",
            Self::Name => "r.name",
            Self::Description => "r.description",
            Self::Created => "r.created_at",
            Self::Updated => "r.updated_at",
            Self::Retained => "r.retain_repo_versions",
            Self::Remote => "m.uuid",
            Self::Private => "r.private",
        }
    }
}

/// What a list of repositories can be narrowed to.
#[derive(Debug, Default)]
pub struct RepositoryFilter {
    /// Conditions on the fields.
    pub fields: Expression<RepositoryField>,
    /// Conditions on the labels.
    pub labels: Vec<LabelTerm>,
    /// Only those with a version that holds this content.
    pub with_content: Option<Uuid>,
    /// Only those that hold this content now.
    pub latest_with_content: Option<Uuid>,
    /// How to sort; newest first if there is nothing.
    pub order: Vec<SortKey<RepositoryField>>,
}

const SEEN: &str = "(r.private = 0 OR r.id IN (SELECT value FROM json_each(?)))";

const EVER_HELD: &str =
    "EXISTS (SELECT 1 FROM content c JOIN repository_content rc ON rc.content_id = c.id
                                  WHERE c.uuid = ? AND rc.repository_id = r.id)";

const HELD_NOW: &str = "EXISTS (SELECT 1 FROM content c JOIN repository_content rc ON rc.content_id = c.id
                                 WHERE c.uuid = ? AND rc.repository_id = r.id AND rc.removed IS NULL)";

/// The repositories that pass `filter` and that are `seen`.
pub fn list(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &RepositoryFilter,
    window: Window,
) -> Result<Page<Repository>> {
    Select::new(COLUMNS, FROM)
        .filter_some(SEEN, seen.private_ones())
        .matching(&filter.fields, RepositoryField::column)
        .labelled("repository_label", "repository_id = r.id", &filter.labels)
        .filter_some(EVER_HELD, filter.with_content.map(|uuid| uuid.to_string()))
        .filter_some(
            HELD_NOW,
            filter.latest_with_content.map(|uuid| uuid.to_string()),
        )
        .sort_by(&filter.order, RepositoryField::column, "r.id DESC")
        .page(tx, window, read)
}
