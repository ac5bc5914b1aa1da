//! Users as administration sees them: with their details and their groups, but without a password.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::accounts::groups::Group;
use crate::domain::accounts::groups::members;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// A user, whole.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The row; APIs show it as an integer.
    pub id: UserId,
    /// What `_ui/v2` also knows it by.
    pub uuid: Uuid,
    /// The name to sign in with.
    pub username: String,
    /// The first name, or empty.
    pub first_name: String,
    /// The last name, or empty.
    pub last_name: String,
    /// The address, or empty.
    pub email: String,
    /// Whether every permission test passes.
    pub is_superuser: bool,
    /// Whether signing in works at all.
    pub is_active: bool,
    /// Whether another server vouches for it.
    pub is_vouched_for: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// The groups it is in, oldest first.
    pub groups: Vec<Group>,
}

const COLUMNS: &str = "id, uuid, username, first_name, last_name, email, is_superuser, is_active, created_at, \
     EXISTS (SELECT 1 FROM identity i WHERE i.user_id = user.id) AS is_vouched_for";

/// Everything but the groups, which [`complete`] adds for a whole page at once.
fn read(row: &Row<'_>) -> rusqlite::Result<Profile> {
    Ok(Profile {
        id: row.get("id")?,
        uuid: row.get::<_, String>("uuid")?.parse().unwrap_or_default(),
        username: row.get("username")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        email: row.get("email")?,
        is_superuser: row.get("is_superuser")?,
        is_active: row.get("is_active")?,
        is_vouched_for: row.get("is_vouched_for")?,
        created_at: row.get("created_at")?,
        groups: Vec::new(),
    })
}

fn complete(tx: &ReadTx<'_>, profiles: &mut [Profile]) -> Result<()> {
    let ids: Vec<UserId> = profiles.iter().map(|profile| profile.id).collect();
    let mut groups = members::groups_of(tx, &ids)?;
    for profile in profiles {
        profile.groups = groups.remove(&profile.id).unwrap_or_default();
    }
    Ok(())
}

/// The user with that id. Fails if there is none.
pub fn get(tx: &ReadTx<'_>, id: UserId) -> Result<Profile> {
    let sql = format!("SELECT {COLUMNS} FROM user WHERE id = :id");
    let mut profile = tx
        .prepare_cached(&sql)?
        .query_row(named_params! {":id": id}, read)
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::User(id.0.to_string())))?;
    complete(tx, std::slice::from_mut(&mut profile))?;
    Ok(profile)
}

/// What a list of users can be narrowed to.
#[derive(Debug, Default)]
pub struct UserFilter {
    /// Only such names.
    pub username: Vec<TextFilter>,
    /// Only such first names.
    pub first_name: Vec<TextFilter>,
    /// Only such last names.
    pub last_name: Vec<TextFilter>,
    /// Only such addresses.
    pub email: Vec<TextFilter>,
    /// Only accounts made at this very moment.
    pub joined: Option<Timestamp>,
    /// Only members of the group with this id.
    pub group: Option<i64>,
    /// Only members of the group of this name.
    pub group_name: Option<String>,
    /// Only those who can, or who cannot sign in.
    pub is_active: Option<bool>,
    /// Only those who are staff, of whom there are none, or who are not.
    pub is_staff: Option<bool>,
    /// Only superusers, or only others.
    pub is_superuser: Option<bool>,
    /// Only the one with this UUID.
    pub uuid: Option<String>,
    /// How to sort.
    pub order: UserOrder,
}

/// The orders a list of users can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum UserOrder {
    /// Oldest row first.
    #[default]
    Id,
    /// Newest row first.
    IdDescending,
    /// By name.
    Username,
    /// By name, backwards.
    UsernameDescending,
    /// By first name.
    FirstName,
    /// By first name, backwards.
    FirstNameDescending,
    /// By last name.
    LastName,
    /// By last name, backwards.
    LastNameDescending,
    /// By address.
    Email,
    /// By address, backwards.
    EmailDescending,
    /// Oldest first.
    Joined,
    /// Newest first.
    JoinedDescending,
}

impl UserOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::IdDescending => "id DESC",
            Self::Username => "username",
            Self::UsernameDescending => "username DESC",
            Self::FirstName => "first_name, id",
            Self::FirstNameDescending => "first_name DESC, id DESC",
            Self::LastName => "last_name, id",
            Self::LastNameDescending => "last_name DESC, id DESC",
            Self::Email => "email, id",
            Self::EmailDescending => "email DESC, id DESC",
            Self::Joined => "created_at, id",
            Self::JoinedDescending => "created_at DESC, id DESC",
        }
    }
}

/// Users that pass `filter`: three queries for any number of them.
pub fn list(tx: &ReadTx<'_>, filter: &UserFilter, window: Window) -> Result<Page<Profile>> {
    let select = Select::new(COLUMNS, "user")
        .texts("username", &filter.username)
        .texts("first_name", &filter.first_name)
        .texts("last_name", &filter.last_name)
        .texts("email", &filter.email)
        .filter_some("created_at = ?", filter.joined)
        .filter_some(
            "id IN (SELECT user_id FROM group_member WHERE group_id = ?)",
            filter.group,
        )
        .filter_some(
            "id IN (SELECT m.user_id FROM group_member m JOIN user_group g ON g.id = m.group_id WHERE g.name = ?)",
            filter.group_name.as_deref(),
        )
        .filter_some("is_active = ?", filter.is_active)
        .filter_some("0 = ?", filter.is_staff)
        .filter_some("is_superuser = ?", filter.is_superuser)
        .filter_some("uuid = ?", filter.uuid.as_deref());
    let mut page = select.order_by(filter.order.sql()).page(tx, window, read)?;
    complete(tx, &mut page.items)?;
    Ok(page)
}
