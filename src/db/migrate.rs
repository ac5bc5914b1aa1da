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

    #[test]
    fn what_accounts_held_as_text_they_hold_as_rows_and_back() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .pragma_update(None, "foreign_keys", true)
            .unwrap();
        let migrations = Migrations::from_directory(&SCHEMA).unwrap();
        migrations.to_version(&mut connection, 6).unwrap();
        let before = "
            INSERT INTO user (username, password, created_at) VALUES ('ana', '!', 5), ('bob', '!', 5);
            INSERT INTO user_group (name, created_at) VALUES ('crew', 5);
            INSERT INTO group_member (group_id, user_id) VALUES (1, 1);
            INSERT INTO token (user_id, name, digest, created_at) VALUES (1, '', 'd', 5);
            INSERT INTO namespace (name, metadata_sha256, created_at, updated_at) VALUES ('acme', 'm', 1, 1);
            INSERT INTO role_assignment (user_id, role, object_kind, object_id, created_at)
            VALUES (1, 'galaxy.collection_namespace_owner', 'namespace', 1, 5), (2, 'galaxy.auditor', NULL, NULL, 6);
            INSERT INTO role_assignment (group_id, role, created_at) VALUES (1, 'galaxy.auditor', 7);";
        connection.execute_batch(before).unwrap();
        let told = |connection: &Connection, sql: &str| -> String {
            connection.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        migrations.to_latest(&mut connection).unwrap();
        let held = "SELECT group_concat(ifnull(user_id, '') || ',' || ifnull(group_id, '') || ',' || r.name || ','
                           || ifnull(object_kind, '') || ',' || ifnull(object_id, ''), '; ' ORDER BY a.id)
                      FROM role_assignment a JOIN role r ON r.id = a.role_id AND r.locked
                     WHERE length(a.uuid) = 36 AND length(r.uuid) = 36";
        let rows = "1,,galaxy.collection_namespace_owner,namespace,1; 2,,galaxy.auditor,,; ,1,galaxy.auditor,,";
        assert_eq!(told(&connection, held), rows);
        let people = "SELECT group_concat(length(uuid)) FROM user";
        assert_eq!(told(&connection, people), "36,36");
        assert_eq!(told(&connection, "SELECT reach FROM token"), "full");
        migrations.to_version(&mut connection, 6).unwrap();
        let text = "SELECT group_concat(role, '; ' ORDER BY id) FROM role_assignment";
        let roles = "galaxy.collection_namespace_owner; galaxy.auditor; galaxy.auditor";
        assert_eq!(told(&connection, text), roles);
        let left =
            "SELECT (SELECT count(*) FROM token) || ',' || (SELECT count(*) FROM group_member)";
        assert_eq!(told(&connection, left), "1,1");
    }
}
