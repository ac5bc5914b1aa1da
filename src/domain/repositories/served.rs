//! Distributions as the pulp API shows them: one, or those of a list that pass a filter.

use std::collections::BTreeMap;

use rusqlite::Row;
use uuid::Uuid;

use crate::db::row::json;
use crate::db::row::uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::Condition;
use crate::kernel::filter::Expression;
use crate::kernel::filter::LabelTerm;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::DistributionId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;

/// A name under which a repository is served.
#[derive(Debug, Clone)]
pub struct Distribution {
    /// The row.
    pub id: DistributionId,
    /// What APIs know it by.
    pub uuid: Uuid,
    /// What people know it by.
    pub name: String,
    /// The path it is served under.
    pub base_path: String,
    /// What it serves.
    pub repository: Option<Repository>,
    /// Whether it is left out of the list of what there is to download.
    pub is_hidden: bool,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it, not what it serves, changed last.
    pub updated_at: Timestamp,
}

/// The repository behind a distribution.
#[derive(Debug, Clone, Copy)]
pub struct Repository {
    /// The row.
    pub id: RepositoryId,
    /// What APIs know it by.
    pub uuid: Uuid,
    /// Whether only some may see it.
    pub is_private: bool,
}

const COLUMNS: &str = "d.id, d.uuid, d.name, d.base_path, d.hidden, d.created_at, d.updated_at, \
    r.id AS repository_id, r.uuid AS repository, r.private, \
    (SELECT json_group_object(key, value) FROM distribution_label WHERE distribution_id = d.id) AS labels";
const FROM: &str = "distribution d LEFT JOIN repository r ON r.id = d.repository_id";

fn read(row: &Row<'_>) -> rusqlite::Result<Distribution> {
    let repository = row
        .get::<_, Option<RepositoryId>>("repository_id")?
        .map(|id| {
            Ok::<_, rusqlite::Error>(Repository {
                id,
                uuid: uuid(row, "repository")?,
                is_private: row.get("private")?,
            })
        });
    Ok(Distribution {
        id: row.get("id")?,
        uuid: uuid(row, "uuid")?,
        name: row.get("name")?,
        base_path: row.get("base_path")?,
        repository: repository.transpose()?,
        is_hidden: row.get("hidden")?,
        labels: json(row, "labels")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The fields that a list can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DistributionField {
    /// The UUID.
    Uuid,
    /// The name.
    Name,
    /// The base path.
    BasePath,
    /// The UUID of what it serves.
    Repository,
    /// When it was made.
    Created,
    /// When it changed.
    Updated,
}

impl DistributionField {
    const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "d.uuid",
            Self::Name => "d.name",
            Self::BasePath => "d.base_path",
            Self::Repository => "r.uuid",
            Self::Created => "d.created_at",
            Self::Updated => "d.updated_at",
        }
    }
}

/// What a list of distributions can be narrowed to.
#[derive(Debug, Default)]
pub struct DistributionFilter {
    /// Conditions on the fields.
    pub fields: Expression<DistributionField>,
    /// Conditions on the labels.
    pub labels: Vec<LabelTerm>,
    /// Only those that serve this content now.
    pub with_content: Option<Uuid>,
    /// How to sort; newest first if there is nothing.
    pub order: Vec<SortKey<DistributionField>>,
}

/// Distributions of private repositories are hidden with them (contract 08 §8.5).
const SEEN: &str = "(ifnull(r.private, 0) = 0 OR r.id IN (SELECT value FROM json_each(?)))";

const SERVED_NOW: &str = "EXISTS (
    SELECT 1 FROM content c JOIN repository_content rc ON rc.content_id = c.id
     WHERE c.uuid = ? AND rc.repository_id = d.repository_id AND rc.removed IS NULL)";

/// The distributions that pass `filter` and whose repositories are `seen`.
pub fn list(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &DistributionFilter,
    window: Window,
) -> Result<Page<Distribution>> {
    Select::new(COLUMNS, FROM)
        .filter_some(SEEN, seen.private_ones())
        .matching(&filter.fields, DistributionField::column)
        .labelled(
            "distribution_label",
            "distribution_id = d.id",
            &filter.labels,
        )
        .filter_some(SERVED_NOW, filter.with_content.map(|uuid| uuid.to_string()))
        .sort_by(&filter.order, DistributionField::column, "d.id DESC")
        .page(tx, window, read)
}

/// The distribution with that UUID. Fails if there is none, and with the caller's refusal if they may not see what it
/// serves.
pub fn get(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<Distribution> {
    let uuid_is = Condition::Text(TextFilter::Is(uuid.to_string()));
    let filter = DistributionFilter {
        fields: Expression::Is(DistributionField::Uuid, uuid_is),
        ..DistributionFilter::default()
    };
    let found = list(tx, &Repositories::All, &filter, Window::ONE)?
        .items
        .pop();
    let found = found.ok_or_else(|| Error::NotFound(Noun::DistributionId(uuid.to_string())))?;
    if let Some(repository) = found.repository {
        permit.sees(repository.id, repository.is_private)?;
    }
    Ok(found)
}
