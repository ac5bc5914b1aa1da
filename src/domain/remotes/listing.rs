//! Remotes as they are stored: one, all, or those of a list that pass a filter.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::row::json;
use crate::db::row::uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::remotes::profile::RemoteProfile;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::Expression;
use crate::kernel::filter::LabelTerm;
use crate::kernel::filter::SortKey;
use crate::kernel::ids::RemoteId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// A remote.
#[derive(Clone)]
pub struct Remote {
    /// The row.
    pub id: RemoteId,
    /// What APIs know it by.
    pub uuid: Uuid,
    /// What people know it by.
    pub name: String,
    /// Everything else that can be said of it.
    pub profile: RemoteProfile,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "m.id, m.uuid, m.name, m.url, ifnull(requirements_file, '') AS requirements_file, \
    ifnull(auth_url, '') AS auth_url, ifnull(token, '') AS token, ifnull(username, '') AS username, \
    ifnull(password, '') AS password, ifnull(ca_cert, '') AS ca_cert, ifnull(client_cert, '') AS client_cert, \
    ifnull(client_key, '') AS client_key, tls_validation, ifnull(proxy_url, '') AS proxy_url, \
    ifnull(proxy_username, '') AS proxy_username, ifnull(proxy_password, '') AS proxy_password, \
    ifnull(headers, '[]') AS headers, download_concurrency, rate_limit, max_retries, total_timeout, connect_timeout, \
    sock_connect_timeout, sock_read_timeout, sync_dependencies, signed_only, sync_highest_versions, \
    m.created_at, m.updated_at, \
    (SELECT json_group_object(key, value) FROM remote_label WHERE remote_id = m.id) AS labels";
const FROM: &str = "remote m";

fn read(row: &Row<'_>) -> rusqlite::Result<Remote> {
    Ok(Remote {
        id: row.get("id")?,
        uuid: uuid(row, "uuid")?,
        name: row.get("name")?,
        profile: RemoteProfile {
            url: row.get("url")?,
            requirements_file: row.get("requirements_file")?,
            auth_url: row.get("auth_url")?,
            token: row.get("token")?,
            username: row.get("username")?,
            password: row.get("password")?,
            ca_cert: row.get("ca_cert")?,
            client_cert: row.get("client_cert")?,
            client_key: row.get("client_key")?,
            tls_validation: row.get("tls_validation")?,
            proxy_url: row.get("proxy_url")?,
            proxy_username: row.get("proxy_username")?,
            proxy_password: row.get("proxy_password")?,
            headers: json(row, "headers")?,
            download_concurrency: row.get("download_concurrency")?,
            rate_limit: row.get("rate_limit")?,
            max_retries: row.get("max_retries")?,
            total_timeout: row.get("total_timeout")?,
            connect_timeout: row.get("connect_timeout")?,
            sock_connect_timeout: row.get("sock_connect_timeout")?,
            sock_read_timeout: row.get("sock_read_timeout")?,
            sync_dependencies: row.get("sync_dependencies")?,
            signed_only: row.get("signed_only")?,
            sync_highest_versions: row.get("sync_highest_versions")?,
            labels: json(row, "labels")?,
        },
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The fields that a list can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteField {
    /// The UUID.
    Uuid,
    /// The name.
    Name,
    /// The address.
    Url,
    /// When it was made.
    Created,
    /// When it changed.
    Updated,
}

impl RemoteField {
    const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "m.uuid",
            Self::Name => "m.name",
            Self::Url => "m.url",
            Self::Created => "m.created_at",
            Self::Updated => "m.updated_at",
        }
    }
}

/// What a list of remotes can be narrowed to.
#[derive(Debug, Default)]
pub struct RemoteFilter {
    /// Conditions on the fields.
    pub fields: Expression<RemoteField>,
    /// Conditions on the labels.
    pub labels: Vec<LabelTerm>,
    /// How to sort; newest first if there is nothing.
    pub order: Vec<SortKey<RemoteField>>,
}

/// The remotes that pass `filter`.
pub fn list(tx: &ReadTx<'_>, filter: &RemoteFilter, window: Window) -> Result<Page<Remote>> {
    Select::new(COLUMNS, FROM)
        .matching(&filter.fields, RemoteField::column)
        .labelled("remote_label", "remote_id = m.id", &filter.labels)
        .sort_by(&filter.order, RemoteField::column, "m.id DESC")
        .page(tx, window, read)
}

/// All remotes, by name.
pub fn all(tx: &ReadTx<'_>) -> Result<Vec<Remote>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} ORDER BY m.name");
    let mut statement = tx.prepare_cached(&sql)?;
    let found = statement.query_map([], read)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The remote with that UUID.
pub fn get(tx: &ReadTx<'_>, uuid: Uuid) -> Result<Remote> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE m.uuid = :uuid");
    tx.prepare_cached(&sql)?
        .query_row(named_params! {":uuid": uuid.to_string()}, read)
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Remote(uuid.to_string())))
}

/// The remote called `name`.
pub fn find(tx: &ReadTx<'_>, name: &str) -> Result<Option<Remote>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE m.name = :name");
    let found = tx
        .prepare_cached(&sql)?
        .query_row(named_params! {":name": name}, read);
    Ok(found.optional()?)
}
