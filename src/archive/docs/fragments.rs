//! Documentation that several plugins share: finding what `extends_documentation_fragment` names, and merging it.
//!
//! Fragments come from the collection itself, from other collections by way of a [`Library`], and from Ansible itself
//! (`builtin_fragments.yml`). Start reading at `Shelf::extend`.

use std::collections::HashMap;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::LazyLock;

use serde_json::Map;
use serde_json::Value;

use crate::archive::docs::origin::Origin;
use crate::archive::yaml;
use crate::archive::yaml::Bounds;

/// The key of a plugin's documentation that names fragments.
const EXTENDS: &str = "extends_documentation_fragment";
/// The section that is meant when none is named.
const DEFAULT_SECTION: &str = "DOCUMENTATION";
/// Most values in all fragments that the plugins of one collection extend. The largest known have 5,000.
const NODES_MAX: usize = 400_000;
/// As how many values the name of a fragment counts, found or not.
const NODES_PER_NAME: usize = 40;
/// Collections whose names stand for Ansible itself.
const BUILTIN: [&str; 2] = ["ansible.builtin.", "ansible.legacy."];

/// Facts about the fragments of ansible-core, in our own words: see the head of the file.
static BUILTIN_FRAGMENTS: LazyLock<Value> = LazyLock::new(|| {
    let bounds = Bounds {
        nodes: 100_000,
        depth: 100,
    };
    yaml::parse(include_str!("builtin_fragments.yml"), bounds).unwrap_or_default()
});

/// The sections of one fragment: name and YAML.
pub type Sections = Vec<(String, String)>;

/// Where fragments of other collections are found.
pub trait Library {
    /// The sections of `fragment` in `collection` (`namespace.name`), if that collection is known and has it.
    fn find(&self, collection: &str, fragment: &str) -> Option<Sections>;
}

/// A library without books.
impl Library for () {
    fn find(&self, _collection: &str, _fragment: &str) -> Option<Sections> {
        None
    }
}

/// A fragment, or why it could not be had.
type Parsed = Result<Rc<Map<String, Value>>, String>;

/// The fragments within reach of one collection; each is parsed once, however many plugins extend it.
pub(super) struct Shelf<'a> {
    collection: &'a str,
    own: HashMap<String, Sections>,
    library: &'a dyn Library,
    bounds: Bounds,
    /// By name, and by whether it is for a module.
    parsed: HashMap<(String, bool), Parsed>,
    /// How many more values there may be in them.
    nodes_left: usize,
    /// Fragments whose faults have been told: a hundred plugins may extend the same one.
    told: HashSet<String>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(
        collection: &'a str,
        own: HashMap<String, Sections>,
        library: &'a dyn Library,
        bounds: Bounds,
    ) -> Self {
        Self {
            collection,
            own,
            library,
            bounds,
            parsed: HashMap::new(),
            nodes_left: NODES_MAX,
            told: HashSet::new(),
        }
    }

    /// Merges into `doc` all fragments it names, in their order.
    ///
    /// Tells of each that could not be had, once for all plugins that name it; the rest of the documentation is there.
    pub(super) fn extend(&mut self, doc: &mut Map<String, Value>, is_module: bool) -> Vec<String> {
        let mut faults = Vec::new();
        for name in names(doc.remove(EXTENDS)) {
            // Once it is too much, one name is told for all that follow.
            let told = match self.nodes_left {
                0 => String::new(),
                _ => name.clone(),
            };
            match self.get(&name, is_module) {
                Ok(fragment) => merge(doc, &fragment),
                Err(_) if !self.told.insert(told) => {}
                Err(why) => faults.push(format!(
                    "the documentation fragment {name} {why} (told once for all plugins that extend it)"
                )),
            }
        }
        faults
    }

    fn get(&mut self, name: &str, is_module: bool) -> Parsed {
        let key = (name.to_owned(), is_module);
        if let Some(known) = self.parsed.get(&key) {
            return known.clone();
        }
        if self.nodes_left == 0 {
            return Err(
                "is left out: all fragments of this collection together are too much".into(),
            );
        }
        let fragment = self.read(name, is_module).map(Rc::new);
        let nodes = fragment
            .iter()
            .flat_map(|fragment| fragment.values())
            .map(count)
            .sum::<usize>();
        self.nodes_left = self.nodes_left.saturating_sub(nodes + NODES_PER_NAME);
        self.parsed.insert(key, fragment.clone());
        fragment
    }

    /// The fragment called `name`: the whole of it may be a name, or the last part may be that of a section.
    fn read(&self, name: &str, is_module: bool) -> Result<Map<String, Value>, String> {
        if let Some(fragment) = self.section(name, DEFAULT_SECTION, is_module) {
            return fragment;
        }
        if let Some((fragment, section)) = name.rsplit_once('.')
            && let Some(fragment) = self.section(fragment, &section.to_uppercase(), is_module)
        {
            return fragment;
        }
        Err(self.advice(name))
    }

    fn advice(&self, name: &str) -> String {
        match split_collection(name) {
            Some((collection, _)) if collection != self.collection && !is_builtin(name) => format!(
                "is not known here: publish {collection} to this hub first, then this collection again in a new version"
            ),
            _ => "was not found; check its spelling, or remove it from extends_documentation_fragment".to_owned(),
        }
    }

    /// A section of a fragment as a map; `None` if there is none.
    fn section(
        &self,
        fragment: &str,
        section: &str,
        is_module: bool,
    ) -> Option<Result<Map<String, Value>, String>> {
        let builtin = BUILTIN
            .iter()
            .find_map(|prefix| fragment.strip_prefix(prefix));
        let bare = builtin.or_else(|| split_collection(fragment).is_none().then_some(fragment));
        if let Some(Value::Object(map)) =
            bare.and_then(|bare| BUILTIN_FRAGMENTS.get(bare)?.get(section))
        {
            let mut map = map.clone();
            mark(&mut map, "ansible.builtin", is_module);
            return Some(Ok(map));
        }
        let (collection, own_name) = match split_collection(fragment) {
            Some(parts) => parts,
            None => (self.collection.to_owned(), fragment),
        };
        let find = |name: &str| {
            let sections = match collection == self.collection {
                true => self.own.get(name).cloned(),
                false => self.library.find(&collection, name),
            };
            find_section(&sections?, section)
        };
        // Ansible imports `a.b` from the folder of `a` when there is no such folder.
        let text = find(own_name).or_else(|| find(own_name.rsplit_once('.')?.1))?;
        Some(match yaml::parse(&text, self.bounds) {
            Ok(Value::Object(mut map)) => {
                mark(&mut map, &collection, is_module);
                Ok(map)
            }
            Ok(_) => Err("is no mapping".to_owned()),
            Err(fault) => Err(format!("is not valid YAML: {fault}")),
        })
    }
}

fn mark(map: &mut Map<String, Value>, collection: &str, is_module: bool) {
    let origin = Origin {
        collection,
        is_module,
    };
    origin.mark(map);
}

fn is_builtin(name: &str) -> bool {
    BUILTIN.iter().any(|prefix| name.starts_with(prefix))
}

/// `namespace.name.rest` as `namespace.name` and `rest`.
fn split_collection(name: &str) -> Option<(String, &str)> {
    let mut parts = name.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(namespace), Some(collection), Some(rest)) => {
            Some((format!("{namespace}.{collection}"), rest))
        }
        _ => None,
    }
}

fn find_section(sections: &Sections, wanted: &str) -> Option<String> {
    let found = sections.iter().find(|(name, _)| name == wanted);
    found.map(|(_, text)| text.clone())
}

/// How many values a value has in it, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum::<usize>() + map.len(),
        _ => 0,
    }
}

/// The fragments that a plugin names, each once: a list, or one text with commas.
fn names(extends: Option<Value>) -> Vec<String> {
    let texts = match extends {
        Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
        Some(Value::Array(list)) => {
            let texts = list
                .into_iter()
                .filter_map(|name| name.as_str().map(str::to_owned));
            texts.collect()
        }
        _ => Vec::new(),
    };
    let mut seen = HashSet::new();
    let trimmed = texts.iter().map(|name: &String| name.trim().to_owned());
    trimmed
        .filter(|name| !name.is_empty() && seen.insert(name.clone()))
        .collect()
}

/// Adds to `doc` what `fragment` has beyond it. Whatever both say counts as the plugin says it.
///
/// Notes are appended, options and attributes merged one by one, and other lists united, sorted and without
/// duplicates: so does `ansible-doc`.
fn merge(doc: &mut Map<String, Value>, fragment: &Map<String, Value>) {
    for (key, value) in fragment {
        match (doc.get_mut(key), value) {
            (None, _) => drop(doc.insert(key.clone(), value.clone())),
            (Some(Value::Array(own)), Value::Array(more)) => {
                own.extend(more.iter().cloned());
                if key != "notes" && key != "seealso" && own.iter().all(Value::is_string) {
                    own.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                    own.dedup();
                }
            }
            (Some(Value::Object(own)), Value::Object(more))
                if key == "options" || key == "attributes" =>
            {
                for (name, shared) in more {
                    let own = own.entry(name).or_insert_with(|| Value::Object(Map::new()));
                    if let (Value::Object(own), Value::Object(shared)) = (own, shared) {
                        fill(own, shared);
                    }
                }
            }
            (Some(Value::Object(own)), Value::Object(more)) => fill(own, more),
            _ => {}
        }
    }
}

fn fill(own: &mut Map<String, Value>, shared: &Map<String, Value>) {
    for (key, value) in shared {
        own.entry(key).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Other;

    impl Library for Other {
        fn find(&self, collection: &str, fragment: &str) -> Option<Sections> {
            let sections = vec![(
                "DOCUMENTATION".to_owned(),
                "options: {far: {type: str, version_added: 1.0.0}}".to_owned(),
            )];
            (collection == "other.coll" && fragment == "auth").then_some(sections)
        }
    }

    fn extended(doc: Value) -> (Value, Vec<String>) {
        let own = HashMap::from([(
            "shared".to_owned(),
            vec![
                (
                    "DOCUMENTATION".to_owned(),
                    "options: {a: {type: int, default: 1}, b: {type: str}}\nnotes: [from fragment]\nrequirements: [b, a]".to_owned(),
                ),
                ("EXTRA".to_owned(), "options: {c: {version_added: 2.0.0}}".to_owned()),
                ("BROKEN".to_owned(), "a: [".to_owned()),
            ],
        )]);
        let bounds = Bounds {
            nodes: 1000,
            depth: 20,
        };
        let mut shelf = Shelf::new("acme.tools", own, &Other, bounds);
        let Value::Object(mut doc) = doc else {
            panic!("not a map");
        };
        let faults = shelf.extend(&mut doc, true);
        (Value::Object(doc), faults)
    }

    #[test]
    fn what_the_plugin_says_counts_and_the_rest_is_filled_in() {
        let (doc, faults) = extended(json!({
            "options": {"a": {"default": 5, "description": "x"}}, "notes": ["own"], "requirements": ["z", "b"],
            "extends_documentation_fragment": ["acme.tools.shared", "acme.tools.shared.extra"],
        }));
        assert_eq!(faults, [""; 0]);
        assert_eq!(
            doc,
            json!({
                "options": {
                    "a": {"type": "int", "default": 5, "description": "x"}, "b": {"type": "str"},
                    "c": {"version_added": "2.0.0", "version_added_collection": "acme.tools"},
                },
                "notes": ["own", "from fragment"], "requirements": ["a", "b", "z"],
            })
        );
    }

    #[test]
    fn fragments_of_ansible_and_of_other_collections_are_found() {
        let names = "files, other.coll.auth,other.coll.sub.auth,ansible.builtin.url";
        let (doc, faults) = extended(json!({ "extends_documentation_fragment": names }));
        assert_eq!(faults, [""; 0]);
        let options = doc["options"].as_object().unwrap();
        assert!(options.contains_key("mode") && options.contains_key("url_password"));
        assert_eq!(options["far"]["version_added_collection"], "other.coll");
    }

    #[test]
    fn what_cannot_be_had_is_told_with_what_to_do() {
        let (doc, faults) = extended(json!({"extends_documentation_fragment":
            ["acme.tools.shared.broken", "acme.tools.nope", "far.away.auth", "nope", "acme.tools.shared.extra"]}));
        assert!(faults[0].contains("acme.tools.shared.broken is not valid YAML"));
        assert!(faults[1].contains("was not found"));
        assert!(faults[2].contains("publish far.away to this hub first"));
        assert_eq!(faults.len(), 4);
        assert!(doc["options"]["c"].is_object());
    }

    #[test]
    fn fragments_do_not_multiply() {
        let (doc, faults) = extended(json!({
            "extends_documentation_fragment": vec!["acme.tools.shared"; 1000], "notes": [],
        }));
        assert_eq!(
            (doc["notes"].as_array().unwrap().len(), faults.len()),
            (1, 0)
        );
        let names: Vec<String> = (0..20_000).map(|n| format!("nope{n}")).collect();
        let (_, faults) = extended(json!({"extends_documentation_fragment": names.join(",")}));
        assert_eq!(faults.len(), NODES_MAX / NODES_PER_NAME + 1);
        assert!(faults.last().unwrap().contains("together are too much"));
    }

    #[test]
    fn the_table_of_ansibles_own_fragments_is_in_order() {
        let table = BUILTIN_FRAGMENTS.as_object().unwrap();
        assert!(table.len() >= 19);
        for sections in table.values() {
            for (section, content) in sections.as_object().unwrap() {
                assert!(content.is_object(), "{section}");
            }
        }
    }
}
