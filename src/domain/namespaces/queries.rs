//! Reading namespaces.

use std::collections::HashMap;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;

use crate::db::row::some_uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::accounts::roles::assignments;
use crate::domain::namespaces::Link;
use crate::domain::namespaces::Namespace;
use crate::domain::namespaces::Profile;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// SQL for the UUID of the unit that shows the logo of a namespace, if it has been fetched; the argument is what the row
/// of the namespace is called.
macro_rules! logo {
    ($namespace:literal) => {
        concat!(
            "CASE WHEN ",
            $namespace,
            ".avatar_sha256 IS NOT NULL THEN \
             (SELECT u.uuid FROM namespace_metadata m JOIN content u ON u.id = m.id \
               WHERE m.metadata_sha256 = ",
            $namespace,
            ".metadata_sha256) END AS logo"
        )
    };
}
pub(in crate::domain) use logo;

const COLUMNS: &str = concat!(
    "id, name, company, email, description, resources, avatar_url, avatar_sha256, metadata_sha256, ",
    logo!("namespace")
);

/// Everything but links and owners, which [`complete`] adds for a whole page at once.
fn read(row: &Row<'_>) -> rusqlite::Result<Namespace> {
    Ok(Namespace {
        id: row.get("id")?,
        name: row.get("name")?,
        profile: Profile {
            company: row.get("company")?,
            email: row.get("email")?,
            description: row.get("description")?,
            resources: row.get("resources")?,
            links: Vec::new(),
            avatar_sha256: row.get("avatar_sha256")?,
        },
        avatar_url: row.get("avatar_url")?,
        logo: some_uuid(row, "logo")?,
        metadata_sha256: row.get("metadata_sha256")?,
        owners: Vec::new(),
    })
}

/// The id of the namespace called `name`.
pub fn find_id(tx: &ReadTx<'_>, name: &str) -> Result<Option<NamespaceId>> {
    let found = tx
        .prepare_cached("SELECT id FROM namespace WHERE name = :name")?
        .query_row(named_params! {":name": name}, |row| row.get(0));
    Ok(found.optional()?)
}

/// Fails if there is no namespace of that number.
pub fn check_exists(tx: &ReadTx<'_>, id: NamespaceId) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM namespace WHERE id = :id)";
    let exists = tx
        .prepare_cached(sql)?
        .query_row(named_params! {":id": id}, |row| row.get(0))?;
    if exists {
        Ok(())
    } else {
        Err(Error::NotFound(Noun::Namespace(id.0.to_string())))
    }
}

/// The namespace called `name`, whole.
pub fn find(tx: &ReadTx<'_>, name: &str) -> Result<Namespace> {
    let mut namespace = tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM namespace WHERE name = :name"
        ))?
        .query_row(named_params! {":name": name}, read)
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Namespace(name.to_owned())))?;
    complete(tx, std::slice::from_mut(&mut namespace))?;
    Ok(namespace)
}

/// The namespaces of these names, by their name: a few queries for any number of them.
pub fn find_all(tx: &ReadTx<'_>, names: &[String]) -> Result<HashMap<String, Namespace>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM namespace WHERE name IN (SELECT value FROM json_each(:names))"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let found = statement.query_map(
        named_params! {":names": serde_json::json!(names).to_string()},
        read,
    )?;
    let mut found: Vec<Namespace> = found.collect::<rusqlite::Result<_>>()?;
    complete(tx, &mut found)?;
    Ok(found
        .into_iter()
        .map(|namespace| (namespace.name.clone(), namespace))
        .collect())
}

/// The namespace with that number, whole.
pub fn get(tx: &ReadTx<'_>, id: NamespaceId) -> Result<Namespace> {
    let name: Option<String> = tx
        .prepare_cached("SELECT name FROM namespace WHERE id = :id")?
        .query_row(named_params! {":id": id}, |row| row.get(0))
        .optional()?;
    let missing = || Error::NotFound(Noun::Namespace(id.0.to_string()));
    find(tx, &name.ok_or_else(missing)?)
}

/// As [`find`], if it is one of `own`; all are if there is no list.
pub fn find_among(tx: &ReadTx<'_>, name: &str, own: Option<&[i64]>) -> Result<Namespace> {
    let found = find(tx, name)?;
    match own.is_none_or(|own| own.contains(&found.id.0)) {
        true => Ok(found),
        false => Err(Error::NotFound(Noun::Namespace(name.to_owned()))),
    }
}

/// What a list of namespaces can be narrowed to.
#[derive(Debug, Default)]
pub struct NamespaceFilter {
    /// Only this name.
    pub name: Option<String>,
    /// Only this company.
    pub company: Option<String>,
    /// Each of these must be part of the name or the company, in any case.
    pub keywords: Vec<String>,
    /// How to sort.
    pub order: NamespaceOrder,
    /// Only these, if there is a list.
    pub own: Option<Vec<i64>>,
}

/// The orders a list of namespaces can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum NamespaceOrder {
    /// Oldest first.
    #[default]
    Id,
    /// Newest first.
    IdDescending,
    /// By name.
    Name,
    /// By name, backwards.
    NameDescending,
    /// By company.
    Company,
    /// By company, backwards.
    CompanyDescending,
}

impl NamespaceOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::IdDescending => "id DESC",
            Self::Name => "name",
            Self::NameDescending => "name DESC",
            Self::Company => "company, id",
            Self::CompanyDescending => "company DESC, id",
        }
    }
}

/// Namespaces that pass `filter`: four queries for any number of them.
pub fn list(tx: &ReadTx<'_>, filter: &NamespaceFilter, window: Window) -> Result<Page<Namespace>> {
    let mut select = Select::new(COLUMNS, "namespace")
        .filter_some("name = ?", filter.name.as_deref())
        .filter_some("company = ?", filter.company.as_deref())
        .one_of("id", filter.own.as_deref());
    for word in &filter.keywords {
        // instr, not LIKE: `_` and `%` stand for themselves in names.
        select = select.filter(
            "instr(lower(name || char(10) || company), ?) > 0",
            word.to_lowercase(),
        );
    }
    let mut page = select.order_by(filter.order.sql()).page(tx, window, read)?;
    complete(tx, &mut page.items)?;
    Ok(page)
}

const LINKS: &str = "
    SELECT l.namespace_id, l.name, l.url
      FROM json_each(:ids) o JOIN namespace_link l ON l.namespace_id = o.value
     ORDER BY l.namespace_id, l.position";

fn complete(tx: &ReadTx<'_>, namespaces: &mut [Namespace]) -> Result<()> {
    let ids: Vec<i64> = namespaces.iter().map(|namespace| namespace.id.0).collect();
    let mut places: HashMap<i64, &mut Namespace> = namespaces
        .iter_mut()
        .map(|namespace| (namespace.id.0, namespace))
        .collect();
    let mut statement = tx.prepare_cached(LINKS)?;
    let json = serde_json::to_string(&ids).map_err(anyhow::Error::new)?;
    let mut rows = statement.query(named_params! {":ids": json})?;
    while let Some(row) = rows.next()? {
        if let Some(namespace) = places.get_mut(&row.get(0)?) {
            namespace.profile.links.push(Link {
                name: row.get(1)?,
                url: row.get(2)?,
            });
        }
    }
    for roles in assignments::on_objects(tx, "namespace", &ids)? {
        if let Some(namespace) = places.get_mut(&roles.object) {
            namespace.owners.push(roles);
        }
    }
    Ok(())
}
