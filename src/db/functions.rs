//! What queries can ask that SQL has no word for.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::kernel::range::VersionRange;
use crate::kernel::version::Version;

/// Teaches a connection `version_matches(version, range)`: whether a semantic version is in a range. What is no version
/// is in none, and in what is no range there is none.
pub(super) fn add(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("version_matches", 2, flags, |context| {
        let version: String = context.get(0)?;
        let range: String = context.get(1)?;
        let range = VersionRange::parse(&range);
        let version = Version::parse(&version);
        Ok(range
            .zip(version)
            .is_some_and(|(range, version)| range.matches(&version)))
    })
}
