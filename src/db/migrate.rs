//! Brings a database file to the layout this program was built with.

use anyhow::Context;
use include_dir::Dir;
use include_dir::include_dir;
use rusqlite::Connection;
use rusqlite_migration::Migrations;

static SCHEMA: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/schema");

/// Applies the migrations the file has not seen yet. A file from a newer program is refused and left alone.
pub(super) fn to_latest(connection: &mut Connection) -> anyhow::Result<()> {
    let (found, known) = layouts(connection)?;
    anyhow::ensure!(
        found <= known,
        "the database was written by a newer version of this program (layout {found}, this one knows {known}); \
         start that version, or restore a back-up"
    );
    let migrations =
        Migrations::from_directory(&SCHEMA).context("the embedded schema is broken")?;
    migrations
        .to_latest(connection)
        .context("a migration failed; the database is as it was before")
}

/// Refuses a file of any other layout: changing it is for the server to do, and another may be at work on it.
pub(super) fn is_latest(connection: &Connection) -> anyhow::Result<()> {
    let (found, known) = layouts(connection)?;
    anyhow::ensure!(
        found == known,
        "the database has the layout {found}, and this program works on {known}; \
         start the hub with this program first, or use the one the hub runs with"
    );
    Ok(())
}

/// The layout of the file, and the one this program was built with.
fn layouts(connection: &Connection) -> anyhow::Result<(usize, usize)> {
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok((found, SCHEMA.dirs().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_has_a_way_back() {
        let mut connection = Connection::open_in_memory().unwrap();
        let migrations = Migrations::from_directory(&SCHEMA).unwrap();
        migrations.to_latest(&mut connection).unwrap();
        migrations.to_version(&mut connection, 0).unwrap();
        let left: i64 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(left, 0);
    }
}
