//! Kinds of things as this version names them.

use crate::policy::object::Kind;
use crate::policy::permission::Permission;

/// The name of a kind: `galaxy.namespace`. Groups are teams here, which the platform shares.
pub fn text(kind: Kind) -> String {
    match kind {
        Kind::Group => "shared.team".to_owned(),
        kind => format!("galaxy.{}", kind.model()),
    }
}

/// The kind of that name.
pub fn parse(name: &str) -> Option<Kind> {
    let mut kinds = Permission::ALL.iter().map(|permission| permission.kind());
    kinds.find(|kind| *kind != Kind::User && text(*kind) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for kind in Permission::ALL.iter().map(|permission| permission.kind()) {
            let expected = Some(kind).filter(|kind| *kind != Kind::User);
            assert_eq!(parse(&text(kind)), expected);
        }
        assert_eq!(parse("galaxy.nope"), None);
    }
}
