//! The kinds of contents, by the words the APIs use for them (contract 06 §6.6).

use std::fmt;

use crate::archive::harvest::Harvest;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;

macro_rules! kinds {
    ($($name:ident $word:literal),+ $(,)?) => {
        /// A kind of content, in the order of their words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $(#[doc = $word] $name),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word the APIs use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

kinds! {
    Action "action",
    Become "become",
    Cache "cache",
    Callback "callback",
    Cliconf "cliconf",
    Connection "connection",
    DocFragments "doc_fragments",
    EventFilter "eda/plugins/event_filter",
    EventSource "eda/plugins/event_source",
    Filter "filter",
    Httpapi "httpapi",
    Inventory "inventory",
    Lookup "lookup",
    Module "module",
    ModuleUtils "module_utils",
    Netconf "netconf",
    Pattern "patterns",
    Playbook "playbook",
    Role "role",
    Shell "shell",
    Strategy "strategy",
    Terminal "terminal",
    Test "test",
    Vars "vars",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a collection says its extensions are.
const EXTENSIONS: &str = "meta/extensions.yml";

impl Kind {
    /// The kind of the plugins in a folder of `plugins/`.
    pub fn of_plugin_folder(folder: &str) -> Option<Self> {
        let is_plugin = |kind: &Self| {
            !kind.is_extension()
                && !matches!(
                    kind,
                    Self::Module | Self::Role | Self::Playbook | Self::Pattern
                )
        };
        match folder {
            "modules" => Some(Self::Module),
            other => Self::ALL
                .iter()
                .copied()
                .find(|kind| kind.as_str() == other && is_plugin(kind)),
        }
    }

    /// Whether Ansible documents plugins of this kind.
    pub const fn is_documented(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Become
                | Cache
                | Callback
                | Cliconf
                | Connection
                | Filter
                | Httpapi
                | Inventory
                | Lookup
                | Module
                | Shell
                | Strategy
                | Test
                | Vars
        )
    }

    /// Whether a content of this kind is called by the name of its file, whatever that is.
    pub const fn is_named_by_file(self) -> bool {
        matches!(self, Self::Playbook | Self::Pattern)
    }

    const fn is_extension(self) -> bool {
        matches!(self, Self::EventFilter | Self::EventSource)
    }
}

/// The kinds that the collection declares in `meta/extensions.yml`; others that it declares there are not known here.
pub(super) fn extensions(tree: &Tree, harvest: &Harvest) -> Result<Vec<Kind>, Rejection> {
    if !matches!(tree.find(EXTENSIONS), Found::File(_)) {
        return Ok(Vec::new());
    }
    let malformed = |what: &str| {
        Rejection::invalid(format!(
            "{EXTENSIONS} {what}. It needs a list 'extensions' of entries such as: {{args: {{ext_dir: eda/plugins/event_source}}}}"
        ))
    };
    let document = harvest
        .yaml(tree, EXTENSIONS)
        .map_err(|fault| malformed(&fault))?;
    let list = document.get("extensions").and_then(|list| list.as_array());
    let list = list.ok_or_else(|| malformed("has no list 'extensions'"))?;
    let mut kinds = Vec::new();
    for entry in list {
        let folder = entry
            .pointer("/args/ext_dir")
            .and_then(|folder| folder.as_str());
        let folder = folder.ok_or_else(|| malformed("has an entry without args.ext_dir"))?;
        kinds.extend(
            Kind::ALL
                .iter()
                .filter(|kind| kind.is_extension() && kind.as_str() == folder),
        );
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_sort_as_their_words_do() {
        assert!(Kind::ALL.is_sorted_by_key(|kind| kind.as_str()));
        assert!(Kind::ALL.is_sorted());
    }

    #[test]
    fn folders_of_plugins_have_kinds() {
        assert_eq!(Kind::of_plugin_folder("modules"), Some(Kind::Module));
        assert_eq!(
            Kind::of_plugin_folder("doc_fragments"),
            Some(Kind::DocFragments)
        );
        for folder in ["module", "role", "playbook", "patterns", "plugin_utils"] {
            assert_eq!(Kind::of_plugin_folder(folder), None, "{folder}");
        }
    }
}
