//! How kernel values are stored in columns.

use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::types::FromSql;
use rusqlite::types::FromSqlError;
use rusqlite::types::FromSqlResult;
use rusqlite::types::ToSqlOutput;
use rusqlite::types::Type;
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::DistributionId;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::OrganizationId;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::TaskId;
use crate::kernel::ids::TokenId;
use crate::kernel::ids::UserId;
use crate::kernel::ids::VersionId;

macro_rules! integers {
    ($($name:ident),+ $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )+};
}

integers!(
    Timestamp,
    AssignmentId,
    CollectionId,
    DistributionId,
    GroupId,
    NamespaceId,
    OrganizationId,
    RemoteId,
    RepositoryId,
    RoleId,
    SessionId,
    TaskId,
    TokenId,
    UserId,
    VersionId
);

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

/// The UUID in a text column. The nil one if it is none, which only a foreign hand can have written.
pub fn uuid(row: &Row<'_>, column: &str) -> rusqlite::Result<Uuid> {
    let text: String = row.get(column)?;
    Ok(text.parse().unwrap_or_default())
}

/// The UUID in a text column that may be null.
pub fn some_uuid(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Uuid>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// What the JSON in a text column says.
pub fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
