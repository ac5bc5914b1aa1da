//! Lists of roles: what they can be narrowed to, and how they can be sorted.

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::accounts::roles;
use crate::domain::accounts::roles::Role;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::object::Kind;
use crate::policy::permission::Permission;

/// What a list of roles can be narrowed to.
#[derive(Debug, Default)]
pub struct RoleFilter {
    /// Conditions on the name.
    pub name: Vec<TextFilter>,
    /// Conditions on the description.
    pub description: Vec<TextFilter>,
    /// Only shipped ones, or only others.
    pub is_locked: Option<bool>,
    /// Each of these permissions must be among its own.
    pub contains: Vec<String>,
    /// It has permissions, and all of them are about things of this kind.
    pub only_about: Option<Kind>,
    /// How to sort.
    pub order: RoleOrder,
}

/// The orders a list of roles can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum RoleOrder {
    /// Newest first.
    #[default]
    NewestFirst,
    /// Oldest first.
    OldestFirst,
    /// By name.
    Name,
    /// By name, backwards.
    NameDescending,
    /// By description.
    Description,
    /// By description, backwards.
    DescriptionDescending,
    /// Those made here first.
    Locked,
    /// Shipped ones first.
    LockedDescending,
    /// By the last change.
    Updated,
    /// By the last change, backwards.
    UpdatedDescending,
}

impl RoleOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::NewestFirst => "id DESC",
            Self::OldestFirst => "id",
            Self::Name => "name",
            Self::NameDescending => "name DESC",
            Self::Description => "description, id",
            Self::DescriptionDescending => "description DESC, id DESC",
            Self::Locked => "locked, id",
            Self::LockedDescending => "locked DESC, id DESC",
            Self::Updated => "updated_at, id",
            Self::UpdatedDescending => "updated_at DESC, id DESC",
        }
    }
}

const CONTAINS: &str = "id IN (SELECT role_id FROM role_permission WHERE permission = ?)";
const HAS_ANY: &str =
    "EXISTS (SELECT 1 FROM role_permission WHERE role_id = role.id) AND NOT EXISTS (
    SELECT 1 FROM role_permission
     WHERE role_id = role.id AND permission NOT IN (SELECT value FROM json_each(?)))";

/// Roles that pass `filter`, each with its permissions: two queries however many there are.
pub fn list(tx: &ReadTx<'_>, filter: &RoleFilter, window: Window) -> Result<Page<Role>> {
    let about = filter.only_about.map(|kind| {
        let all = Permission::ALL.iter().copied();
        let names: Vec<&str> = all
            .filter(|permission| permission.kind() == kind)
            .map(|permission| permission.as_str())
            .collect();
        serde_json::json!(names).to_string()
    });
    let select = Select::new(roles::COLUMNS, "role")
        .texts("name", &filter.name)
        .texts("description", &filter.description)
        .filter_some("locked = ?", filter.is_locked)
        .filter_some(HAS_ANY, about);
    let contained = filter.contains.iter();
    contained
        .fold(select, |select, permission| {
            select.filter(CONTAINS, permission)
        })
        .order_by(filter.order.sql())
        .page(tx, window, roles::read)
}
