//! What an account holds: the one reader of role assignments, and the memory of what it read.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use lru::LruCache;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;
use crate::policy::object::Object;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;

/// Everything one account holds, through itself and its groups.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    superuser: bool,
    everywhere: PermissionSet,
    on: HashMap<Object, PermissionSet>,
}

impl Grants {
    /// The grants of somebody who passes every permission test.
    pub fn superuser() -> Self {
        Self {
            superuser: true,
            ..Self::default()
        }
    }

    /// Whether every permission test passes.
    pub fn is_superuser(&self) -> bool {
        self.superuser
    }

    /// Whether `permission` is held everywhere.
    pub fn everywhere(&self, permission: Permission) -> bool {
        self.superuser || self.everywhere.holds(permission)
    }

    /// Whether `permission` is held everywhere or on `object`.
    pub fn on(&self, permission: Permission, object: Object) -> bool {
        self.everywhere(permission) || self.granted_on(object).holds(permission)
    }

    /// What roles grant on `object`, everywhere or there: nothing to a superuser without roles.
    pub fn granted_on(&self, object: Object) -> PermissionSet {
        let there = self.on.get(&object).copied().unwrap_or_default();
        self.everywhere.and(there)
    }

    /// The objects on which a role held there grants `permission`.
    pub fn objects_with(&self, permission: Permission) -> impl Iterator<Item = Object> + '_ {
        let granting = self.on.iter().filter(move |(_, set)| set.holds(permission));
        granting.map(|(object, _)| *object)
    }

    /// Adds `permissions`, on `object` or everywhere.
    pub fn add(&mut self, object: Option<Object>, permissions: PermissionSet) {
        let set = match object {
            None => &mut self.everywhere,
            Some(object) => self.on.entry(object).or_default(),
        };
        *set = set.and(permissions);
    }
}

const OF_USER: &str = "
    WITH held (role_id, object_kind, object_id) AS (
        SELECT role_id, object_kind, object_id FROM role_assignment WHERE user_id = :user
        UNION ALL
        SELECT a.role_id, a.object_kind, a.object_id
          FROM group_member m JOIN role_assignment a ON a.group_id = m.group_id
         WHERE m.user_id = :user)
    SELECT h.object_kind, h.object_id, p.permission FROM held h JOIN role_permission p ON p.role_id = h.role_id";

/// Reads what `user` holds. One query.
fn load(tx: &ReadTx<'_>, user: UserId) -> Result<Grants> {
    let mut grants = Grants::default();
    let mut statement = tx.prepare_cached(OF_USER)?;
    let mut rows = statement.query(named_params! {":user": user})?;
    while let Some(row) = rows.next()? {
        let object = match row
            .get_ref(0)?
            .as_str_or_null()
            .map_err(rusqlite::Error::from)?
        {
            None => None,
            Some(kind) => match Object::from_columns(kind, row.get(1)?) {
                Some(object) => Some(object),
                None => continue, // held on a kind of object that has no permission tests
            },
        };
        // A permission this program does not know opens nothing.
        if let Some(permission) =
            Permission::parse(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)
        {
            grants.add(object, PermissionSet::of(&[permission]));
        }
    }
    Ok(grants)
}

/// The number that moves with every change of what anybody holds, as of the snapshot `tx`.
fn generation(tx: &ReadTx<'_>) -> Result<i64> {
    let sql = "SELECT generation FROM access_stamp";
    Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Accounts whose grants are remembered; more active accounts than this are read again now and then.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);

/// Grants that were read before, each with the generation it belongs to.
///
/// The generation is read in the transaction that needs the grants, so a change counts from the next request on,
/// whichever process made it.
pub struct GrantCache(Mutex<LruCache<UserId, (i64, Arc<Grants>)>>);

impl Default for GrantCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }
}

impl GrantCache {
    /// What `user` holds now. Reads nothing for a superuser, and one number when it is remembered.
    pub fn of(&self, tx: &ReadTx<'_>, user: UserId, is_superuser: bool) -> Result<Arc<Grants>> {
        if is_superuser {
            return Ok(Arc::new(Grants::superuser()));
        }
        let now = generation(tx)?;
        if let Some(grants) = self.remembered(user, now) {
            return Ok(grants);
        }
        let grants = Arc::new(load(tx, user)?);
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.put(user, (now, Arc::clone(&grants)));
        Ok(grants)
    }

    fn remembered(&self, user: UserId, now: i64) -> Option<Arc<Grants>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (generation, grants) = entries.get(&user)?;
        (*generation == now).then(|| Arc::clone(grants))
    }
}
