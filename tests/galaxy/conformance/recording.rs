//! The recorded answers of the reference, as they lie in `../shared/recorded` beside this clone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

/// The families whose exchanges are replayed here: a folder, and how the names in it must begin.
const FAMILIES: &[(&str, &[&str])] = &[
    ("auth", &[""]),
    ("collections", &[""]),
    ("discovery", &[""]),
    (
        "content",
        &["content-namespace", "cv-", "pulp-tags", "two-contents"],
    ),
    ("distributions", &[""]),
    ("download", &[""]),
    ("errors", &[""]),
    ("groups", &[""]),
    ("imports", &[""]),
    ("lifecycle", &[""]),
    ("namespaces", &[""]),
    ("publish", &[""]),
    ("remotes", &[""]),
    ("repositories", &[""]),
    ("roles", &[""]),
    ("search", &[""]),
    ("signing", &["signature-upload"]),
    ("sync", &["sync-config"]),
    (
        "tasks",
        &[
            "v3-",
            "task-cancel",
            "task-delete",
            "task-detail",
            "task-purge",
            "task-list",
            "task-of-repo-delete",
        ],
    ),
    (
        "ui",
        &[
            "controllers",
            "distributions-",
            "my-",
            "synclists",
            "feature-flags",
            "landing-page",
            "ui-ai-deny-index",
            "settings",
            "ui-cv-",
            "ui-repo-",
            "ui-search",
            "ui-tags",
            "ui-group-roles-dead",
            "ui-unknown",
            "ui-v1-root",
        ],
    ),
    ("ui-v2", &[""]),
    ("users", &[""]),
];

/// One exchange with the reference.
#[derive(Debug, Deserialize)]
pub struct Recording {
    /// `family/name`, the path of its file without the ending.
    #[serde(skip)]
    pub id: String,
    pub request: Request,
    pub status: u16,
    pub response_headers: BTreeMap<String, Value>,
    pub body: Value,
    /// False when the state it shows was passing.
    #[serde(default = "yes")]
    pub replay: bool,
}

/// A recorded request, with placeholders for what was secret or random.
#[derive(Debug, Deserialize)]
pub struct Request {
    #[serde(rename = "as")]
    pub who: String,
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
    pub template: Option<Template>,
}

/// The request before its `${variables}` were filled in.
#[derive(Debug, Deserialize)]
pub struct Template {
    pub path: String,
    /// Values by name; a text, and empty, if there were none.
    #[serde(default)]
    pub query: Value,
}

fn yes() -> bool {
    true
}

impl Recording {
    /// A header of the answer, if it is one line of text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response_headers.get(name)?.as_str()
    }
}

/// All exchanges of the families, by their id.
pub fn all() -> BTreeMap<String, Recording> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/recorded");
    let mut found = BTreeMap::new();
    for (family, beginnings) in FAMILIES {
        for file in files(&root.join(family)) {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            if beginnings
                .iter()
                .any(|beginning| name.starts_with(beginning))
            {
                let id = format!("{family}/{name}");
                found.insert(id.clone(), Recording { id, ..read(&file) });
            }
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. This test compares with answers recorded from the reference server; \
             they are expected in a folder `shared/recorded` beside the clone of this project.",
            folder.display()
        )
    });
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect()
}

fn read(file: &Path) -> Recording {
    let text = fs::read_to_string(file).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
