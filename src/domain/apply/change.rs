//! Single changes: how they read, and how they are made.

use std::collections::HashMap;
use std::fmt;

use crate::db::tx::WriteTx;
use crate::domain::audit::chain::harmless;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::UserId;
use crate::policy::object::Object;

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Something new.
    Add,
    /// Something that is there, and becomes different.
    Change,
    /// Something that goes.
    Remove,
    /// Something nobody sees, in preparation of another.
    Silent,
}

/// The order in which changes are made, whatever the order in which they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// What objects have to do with each other.
    RemoveTies,
    RemoveObjects,
    Roles,
    Accounts,
    Remotes,
    Repositories,
    FreePaths,
    Distributions,
    Namespaces,
    Ties,
}

/// Makes a change; what it adds gets a name in the ids.
pub(super) type Work = Box<dyn FnOnce(&WriteTx<'_>, &mut Ids) -> Result<()>>;

/// Work from a closure.
pub(super) fn work(make: impl FnOnce(&WriteTx<'_>, &mut Ids) -> Result<()> + 'static) -> Work {
    Box::new(make)
}

/// One change.
pub(super) struct Change {
    /// What kind it is.
    pub(super) mark: Mark,
    /// The action of the policy that it is an instance of.
    pub(super) action: &'static str,
    /// A noun and a name, such as `user ana`.
    pub(super) object: String,
    /// What changes, in words, without any secret; often nothing.
    pub(super) detail: String,
    /// When it is made.
    pub(super) stage: Stage,
    /// How it is made.
    pub(super) work: Work,
}

/// `+ user ana: superuser`
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Add => '+',
            Mark::Change => '~',
            Mark::Remove => '-',
            Mark::Silent => ' ',
        };
        let (object, detail) = (harmless(&self.object), harmless(&self.detail));
        match detail.is_empty() {
            true => write!(f, "{mark} {object}"),
            false => write!(f, "{mark} {object}: {detail}"),
        }
    }
}

/// The rows behind names.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// Users.
    pub(super) users: HashMap<String, UserId>,
    /// Groups.
    pub(super) groups: HashMap<String, GroupId>,
    /// Namespaces.
    pub(super) namespaces: HashMap<String, NamespaceId>,
    /// Remotes.
    pub(super) remotes: HashMap<String, RemoteId>,
    /// Repositories.
    pub(super) repositories: HashMap<String, RepositoryId>,
    /// Everything roles can be held on, by kind and name.
    pub(super) objects: HashMap<(&'static str, String), Object>,
}

impl Ids {
    /// Notes a user.
    pub(super) fn add_user(&mut self, name: String, id: UserId) {
        self.users.insert(name, id);
    }

    /// Notes an object that roles can be held on.
    pub(super) fn add(&mut self, name: String, object: Object) {
        match object {
            Object::Group(id) => drop(self.groups.insert(name.clone(), id)),
            Object::Namespace(id) => drop(self.namespaces.insert(name.clone(), id)),
            Object::Remote(id) => drop(self.remotes.insert(name.clone(), id)),
            Object::Repository(id) => drop(self.repositories.insert(name.clone(), id)),
            Object::Distribution(_) | Object::Collection(_) | Object::Task(_) => {}
        }
        self.objects.insert((object.columns().0, name), object);
    }
}

/// The row behind `name`. The plan saw it, so one that is missing is a bug.
pub(super) fn row<T: Copy>(rows: &HashMap<String, T>, name: &str) -> Result<T> {
    rows.get(name)
        .copied()
        .ok_or_else(|| Error::Internal(anyhow::anyhow!("{name} went missing while it was applied")))
}

/// Makes all changes, in the order of their stages, and tells `witness` of each that can be seen.
pub(super) fn make(
    tx: &WriteTx<'_>,
    mut ids: Ids,
    mut changes: Vec<Change>,
    witness: impl Fn(&Change) -> Result<()>,
) -> Result<()> {
    changes.sort_by_key(|change| change.stage);
    for change in changes {
        if change.mark != Mark::Silent {
            witness(&change)?;
        }
        (change.work)(tx, &mut ids)?;
    }
    Ok(())
}
