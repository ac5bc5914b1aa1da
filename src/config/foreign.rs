//! Environment variables that a Galaxy NG installation sets and this edition does not need.
//!
//! Nothing is read from them. The start-up names them, so that nobody keeps a service running
//! for a server that never calls it. Start reading at [`foreign`].

use std::collections::BTreeSet;
use std::fmt;

use crate::config::setting::Row;
use crate::config::settings::ALL;

/// How many names one line tells; an environment can hold thousands.
const NAMED: usize = 8;

/// Variables of one kind that are set and ignored. Shown as one line for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// What they belong to.
    pub owner: Owner,
    /// Their names, sorted, at least one.
    pub names: Vec<String>,
}

/// What a foreign variable belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The cache service of the reference.
    Redis,
    /// The database service of the reference.
    PostgreSql,
    /// A setting of the reference, or a typing error, that no setting of this edition answers.
    Nobody,
}

/// Sorts out the foreign ones among the names of environment variables: at most one entry
/// for each owner.
pub fn foreign<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Vec<Foreign> {
    let owners = [Owner::Redis, Owner::PostgreSql, Owner::Nobody];
    let mut sorted = owners.map(|_| BTreeSet::new());
    for name in names {
        let name = name.as_ref();
        let owner = owner(name);
        if let Some(at) = owners.iter().position(|one| Some(*one) == owner) {
            sorted[at].insert(name.escape_debug().to_string());
        }
    }
    owners
        .into_iter()
        .zip(sorted)
        .filter(|(_, names)| !names.is_empty())
        .map(|(owner, names)| Foreign {
            owner,
            names: names.into_iter().collect(),
        })
        .collect()
}

/// `REDIS_URL is set; this edition has no need of Redis (the cache is in the process). It is ignored.`
impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.owner {
            Owner::Redis => "this edition has no need of Redis (the cache is in the process)",
            Owner::PostgreSql => {
                "this edition has no need of PostgreSQL (the database is in the data directory)"
            }
            Owner::Nobody => "this edition has no such setting",
        };
        let (verb, ignored) = match self.names.len() {
            1 => ("is", "It is"),
            _ => ("are", "They are"),
        };
        write!(
            f,
            "{} {verb} set; {why}. {ignored} ignored.",
            listed(&self.names)
        )
    }
}

fn owner(name: &str) -> Option<Owner> {
    let is_ours = |row: &Row| row.variable.spellings().iter().any(|n| n == name);
    if ALL.iter().any(is_ours) || is_service_link(name) {
        return None;
    }
    // `PULP_` and `GALAXY_` in front make no difference to whose variable it is.
    let prefixed = ["PULP_", "GALAXY_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    let bare = prefixed.unwrap_or(name);
    if is_redis(bare) {
        Some(Owner::Redis)
    } else if is_postgresql(bare) {
        Some(Owner::PostgreSql)
    } else {
        prefixed.map(|_| Owner::Nobody)
    }
}

fn is_redis(bare: &str) -> bool {
    bare.starts_with("REDIS_") || bare == "CACHE_ENABLED" || bare.starts_with("CACHE_SETTINGS")
}

fn is_postgresql(bare: &str) -> bool {
    const LIBPQ: [&str; 9] = [
        "PGDATABASE",
        "PGHOST",
        "PGHOSTADDR",
        "PGPASSFILE",
        "PGPASSWORD",
        "PGPORT",
        "PGSERVICE",
        "PGSSLMODE",
        "PGUSER",
    ];
    const DATABASE: [&str; 12] = [
        "DATABASE_HOST",
        "DATABASE_NAME",
        "DATABASE_PASSWORD",
        "DATABASE_PORT",
        "DATABASE_URL",
        "DATABASE_USER",
        "DATABASES",
        "DB_HOST",
        "DB_NAME",
        "DB_PASSWORD",
        "DB_PORT",
        "DB_USER",
    ];
    LIBPQ.contains(&bare)
        || DATABASE.contains(&bare)
        || ["DATABASES__", "POSTGRES_", "POSTGRESQL_"]
            .iter()
            .any(|prefix| bare.starts_with(prefix))
}

/// Kubernetes sets `GALAXY_SERVICE_HOST`, `GALAXY_PORT_80_TCP_ADDR` and the like in every
/// container near a service of that name; nobody decided them, so nobody is told.
fn is_service_link(name: &str) -> bool {
    let is_tcp = name.contains("_PORT_") && (name.contains("_TCP") || name.contains("_UDP"));
    is_tcp
        || name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || ["GALAXY_PORT", "PULP_PORT", "REDIS_PORT", "POSTGRES_PORT"].contains(&name)
}

/// `A`, `A and B`, `A, B and C`, or the first few and how many more.
fn listed(names: &[String]) -> String {
    if names.len() > NAMED {
        let more = names.len() - NAMED;
        return format!("{} and {more} more", names[..NAMED].join(", "));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(names: &[&str]) -> Vec<String> {
        foreign(names).iter().map(Foreign::to_string).collect()
    }

    #[test]
    fn a_redis_variable_is_told_to_be_needless() {
        assert_eq!(
            lines(&["HOME", "REDIS_URL"]),
            ["REDIS_URL is set; this edition has no need of Redis \
                 (the cache is in the process). It is ignored."]
        );
    }

    #[test]
    fn there_is_one_line_for_each_owner() {
        let names = [
            "PULP_DATABASES__default__HOST",
            "PULP_CACHE_ENABLED",
            "DATABASE_URL",
            "PGHOST",
            "GALAXY_REDIS_URL",
            "GALAXY_API_PATH_PREFIX",
            "POSTGRES_PASSWORD",
            "REDIS_HOST",
        ];
        let found = foreign(names);
        let owners: Vec<Owner> = found.iter().map(|one| one.owner).collect();
        assert_eq!(owners, [Owner::Redis, Owner::PostgreSql, Owner::Nobody]);
        let redis = ["GALAXY_REDIS_URL", "PULP_CACHE_ENABLED", "REDIS_HOST"];
        assert_eq!(found[0].names, redis);
        assert!(
            lines(&names)[0]
                .starts_with("GALAXY_REDIS_URL, PULP_CACHE_ENABLED and REDIS_HOST are set; ")
        );
        assert_eq!(found[1].names.len(), 4);
        assert_eq!(found[2].names, ["GALAXY_API_PATH_PREFIX"]);
    }

    #[test]
    fn our_own_names_and_those_of_strangers_are_left_alone() {
        let ours = ALL.iter().flat_map(|row| row.variable.spellings());
        assert_eq!(foreign(ours), []);
        let strangers = [
            "PATH",
            "ANSIBLE_GALAXY_SERVER_LIST",
            "PGDATA",
            "GALAXY_SERVICE_HOST",
            "GALAXY_SERVICE_PORT_HTTP",
            "GALAXY_PORT_8000_TCP_ADDR",
            "REDIS_PORT",
            "REDIS_PORT_6379_TCP",
        ];
        assert_eq!(foreign(strangers), []);
    }

    #[test]
    fn a_typing_error_in_a_variable_is_told() {
        assert!(lines(&["GALAXY_LISTN"])[0].starts_with("GALAXY_LISTN is set; "));
    }

    #[test]
    fn a_line_stays_a_line() {
        let many: Vec<String> = (0..1000).map(|n| format!("PULP_{n:04}")).collect();
        let lines: Vec<String> = foreign(&many).iter().map(Foreign::to_string).collect();
        assert!(lines[0].contains(" and 992 more are set"));
        assert!(!foreign(["PULP_A\nB"])[0].to_string().contains('\n'));
    }
}
