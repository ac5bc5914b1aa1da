//! Objects that roles are held on, as the outside names them: by the number or the UUID of a row.
//!
//! All of them are looked up here by the name of their table, because roles are held on things of nouns that come
//! after this one.

use rusqlite::OptionalExtension;
use rusqlite::ToSql;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::policy::object::Kind;
use crate::policy::object::Object;

/// What an API knows one thing of a kind by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// The number of its row.
    Number(i64),
    /// Its UUID.
    Uuid(Uuid),
}

/// An object as the outside names it; it need not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Named {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Which one.
    pub key: Key,
}

/// Where the things of a kind are: their table, and the column that says what people call one.
const fn table(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Namespace => Some(("namespace", "name")),
        Kind::Repository => Some(("repository", "name")),
        Kind::Remote => Some(("remote", "name")),
        Kind::Distribution => Some(("distribution", "name")),
        Kind::Collection => Some(("collection", "namespace || '.' || name")),
        Kind::Task => Some(("task", "uuid")),
        Kind::Group => Some(("user_group", "name")),
        Kind::User | Kind::Foreign(_) => None,
    }
}

/// Whether the outside knows things of this kind by a number; all others have a UUID.
pub const fn is_numbered(kind: Kind) -> bool {
    matches!(kind, Kind::Namespace | Kind::Group)
}

/// The object of that name, if it is there and roles can be held on it.
pub fn find(tx: &ReadTx<'_>, named: Named) -> Result<Option<Object>> {
    let (Some((table, _)), Some(kind)) = (table(named.kind), named.kind.column()) else {
        return Ok(None);
    };
    let uuid;
    let (column, key): (_, &dyn ToSql) = match &named.key {
        Key::Number(id) if is_numbered(named.kind) => ("id", id),
        Key::Uuid(id) if !is_numbered(named.kind) => {
            uuid = id.to_string();
            ("uuid", &uuid)
        }
        _ => return Ok(None),
    };
    let found: Option<i64> = tx
        .prepare_cached(&format!("SELECT id FROM {table} WHERE {column} = :key"))?
        .query_row(named_params! {":key": key}, |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|id| Object::from_columns(kind, id)))
}

/// What people call an object, for the audit trail: `namespace acme`.
pub fn label(tx: &ReadTx<'_>, object: Object) -> Result<String> {
    let (kind, id) = object.columns();
    let Some((table, name)) = table(object.kind()) else {
        return Ok(format!("{kind} {id}"));
    };
    let name: Option<String> = tx
        .prepare_cached(&format!("SELECT {name} FROM {table} WHERE id = :id"))?
        .query_row(named_params! {":id": id}, |row| row.get(0))
        .optional()?;
    Ok(format!("{kind} {}", name.unwrap_or_else(|| id.to_string())))
}

/// Where a role is held, in words: `everywhere`, `on namespace acme`.
pub fn place(tx: &ReadTx<'_>, object: Option<Object>) -> Result<String> {
    Ok(match object {
        None => "everywhere".to_owned(),
        Some(object) => format!("on {}", label(tx, object)?),
    })
}

/// SQL for the UUID of the object that a row `a` of `role_assignment` is about; null unless it has one.
macro_rules! object_uuid {
    () => {
        "CASE a.object_kind \
            WHEN 'repository' THEN (SELECT uuid FROM repository WHERE id = a.object_id) \
            WHEN 'remote' THEN (SELECT uuid FROM remote WHERE id = a.object_id) \
            WHEN 'distribution' THEN (SELECT uuid FROM distribution WHERE id = a.object_id) \
            WHEN 'collection' THEN (SELECT uuid FROM collection WHERE id = a.object_id) \
            WHEN 'task' THEN (SELECT uuid FROM task WHERE id = a.object_id) \
         END"
    };
}
pub(in crate::domain::accounts) use object_uuid;

/// The name of the object that a row of `role_assignment` is about, which has a UUID unless a number names it.
/// `None` is everywhere.
pub(in crate::domain::accounts) fn named(
    kind: Option<&str>,
    id: Option<i64>,
    uuid: Option<&str>,
) -> Option<Named> {
    let (kind, id) = kind.zip(id)?;
    let kind = Object::from_columns(kind, id)?.kind();
    let key = match uuid {
        Some(uuid) => Key::Uuid(uuid.parse().unwrap_or_default()),
        None => Key::Number(id),
    };
    Some(Named { kind, key })
}
