//! What queries can ask that SQL has no word for.

use rusqlite::Connection;
use rusqlite::functions::Context;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

use crate::kernel::pattern;
use crate::kernel::range::VersionRange;
use crate::kernel::version::Version;

/// Teaches a connection `version_matches(version, range)` and `text_matches(text, pattern)`.
pub(super) fn add(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("version_matches", 2, flags, version_matches)?;
    connection.create_scalar_function("text_matches", 2, flags, text_matches)
}

/// Whether a semantic version is in a range. What is no version is in none, and in what is no range there is none.
fn version_matches(context: &Context<'_>) -> rusqlite::Result<bool> {
    let version: String = context.get(0)?;
    let range: String = context.get(1)?;
    let range = VersionRange::parse(&range);
    let version = Version::parse(&version);
    Ok(range
        .zip(version)
        .is_some_and(|(range, version)| range.matches(&version)))
}

/// Whether a pattern is in a text. What is no pattern is in none, and in what is no text there is none.
fn text_matches(context: &Context<'_>) -> rusqlite::Result<bool> {
    let pattern = context.get_or_create_aux(1, |text: ValueRef<'_>| {
        Ok::<_, rusqlite::types::FromSqlError>(pattern::read(text.as_str()?))
    })?;
    let text = context.get_raw(0).as_str().ok();
    Ok(text
        .zip(pattern.as_ref().as_ref())
        .is_some_and(|(text, pattern)| pattern.is_match(text)))
}
