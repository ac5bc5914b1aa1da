//! Filters on what a version of a repository holds, the same for every list of versions.

use uuid::Uuid;

use crate::domain::collections::versions::Membership;
use crate::domain::collections::versions::Relation;
use crate::http::kit::filter::Filters;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

const RELATIONS: [(&str, Relation); 3] = [
    ("repository_version", Relation::Holds),
    ("repository_version_added", Relation::Added),
    ("repository_version_removed", Relation::Removed),
];

/// The relations asked for. `read` reads the path of a version of a repository.
pub fn read(
    filters: &mut Filters<'_>,
    read: fn(&str) -> Option<(Uuid, i64)>,
) -> Result<Vec<Membership>> {
    let mut memberships = Vec::new();
    for (name, relation) in RELATIONS {
        let Some(path) = filters.raw(name) else {
            continue;
        };
        let (repository, number) = read(path).ok_or_else(|| {
            let message = "Expected the href of a repository version: \
                           …/repositories/ansible/ansible/<uuid>/versions/<n>/";
            Error::invalid(name, "invalid", message)
        })?;
        memberships.push(Membership {
            relation,
            repository,
            number,
        });
    }
    Ok(memberships)
}
