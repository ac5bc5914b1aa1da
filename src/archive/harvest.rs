//! The harvest: what is kept of the files in an archive while they go by, for a look at what they mean afterwards.
//!
//! An archive is read once and never unpacked, so what documentation needs must be taken on the way. Kept are texts,
//! not files: of a plugin's source only its documentation. What is kept is found again by the digest of the file, so
//! that links, and files that are there twice, lead to the same text.

use std::collections::HashMap;

use serde_json::Value;

use crate::archive::limits::Limits;
use crate::archive::python::FragmentSource;
use crate::archive::python::PluginSource;
use crate::archive::python::Reader;
use crate::archive::python::Text;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::tree::File;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;
use crate::archive::yaml;

/// Folders whose Python sources are no plugins with documentation of their own.
const FRAGMENTS: &str = "plugins/doc_fragments/";

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    Plugin,
    Fragments,
    Text,
}

impl Class {
    fn of(path: &str) -> Self {
        match path.ends_with(".py") {
            true if path.starts_with(FRAGMENTS) => Self::Fragments,
            true => Self::Plugin,
            false => Self::Text,
        }
    }
}

/// What is kept of one file.
#[derive(Debug)]
enum Kept {
    Plugin(PluginSource),
    Fragments(FragmentSource),
    Text(String),
    /// It is not UTF-8; the byte where that shows.
    NotText(usize),
}

/// What has been kept of an archive.
pub struct Harvest {
    limits: Limits,
    reader: Reader,
    /// By how a file is read and its digest: an empty page is no empty plugin.
    kept: HashMap<(Class, [u8; 32]), Kept>,
    /// Bytes that may still be kept.
    room: u64,
}

impl Harvest {
    /// An empty harvest that grows to `limits.documentation`. Fails only if this program was built wrongly.
    pub fn new(limits: &Limits) -> anyhow::Result<Self> {
        Ok(Self {
            limits: *limits,
            reader: Reader::new()?,
            kept: HashMap::new(),
            room: limits.documentation,
        })
    }

    /// Whether something of the file at `path` would be kept. Files too large to look into are not asked for.
    pub fn wants(&self, path: &str, size: u64) -> bool {
        let (top, rest) = path.split_once('/').unwrap_or(("", path));
        let ending = rest.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_wanted = match (top, ending) {
            ("" | "docs" | "roles", "md") => true,
            ("plugins" | "extensions", "py") => true,
            ("meta" | "roles" | "plugins", "yml" | "yaml") => true,
            ("tests", "txt") => rest.starts_with("sanity/ignore-"),
            _ => false,
        };
        is_wanted && size <= self.limits.source
    }

    /// Takes in the content of a file. Refuses the archive when all that it kept together is too much.
    pub fn take(
        &mut self,
        path: &str,
        sha256: [u8; 32],
        content: Vec<u8>,
    ) -> Result<(), Rejection> {
        let class = Class::of(path);
        if self.kept.contains_key(&(class, sha256)) {
            return Ok(());
        }
        let kept = match (String::from_utf8(content), class) {
            (Err(error), _) => Kept::NotText(error.utf8_error().valid_up_to()),
            (Ok(source), Class::Fragments) => Kept::Fragments(self.reader.fragments(&source)),
            (Ok(source), Class::Plugin) => Kept::Plugin(self.reader.plugin(&source)),
            (Ok(text), Class::Text) => Kept::Text(text),
        };
        self.room = self.room.checked_sub(kept.size() as u64).ok_or_else(|| {
            Rejection::invalid(format!(
                "The collection has more than {} bytes of documentation, the limit of this server \
                 (max_documentation_size). Leave some out with `build_ignore` in galaxy.yml",
                self.limits.documentation
            ))
        })?;
        self.kept.insert((class, sha256), kept);
        Ok(())
    }

    /// The text of the file at `path`, or why it cannot be had: the end of a sentence that begins with the path.
    pub fn text(&self, tree: &Tree, path: &str) -> Result<&str, String> {
        let file = match tree.find(path) {
            Found::File(file) => file,
            Found::Directory => return Err("is a directory".to_owned()),
            Found::Nothing => return Err("is not in the archive".to_owned()),
        };
        match self.kept.get(&(Class::of(path), file.sha256)) {
            Some(Kept::Text(text)) => Ok(text),
            Some(Kept::NotText(at)) => Err(format!("is not UTF-8 at byte {at}")),
            // What is not wanted where it lies is not kept, so a link to it leads to nothing here.
            _ if file.size <= self.limits.source => Err(
                "is a link to a file that is not looked into; put the file itself there".to_owned(),
            ),
            _ => Err(format!(
                "has {} bytes; files like it are read up to {} bytes",
                file.size, self.limits.source
            )),
        }
    }

    /// How many bytes are kept of the file at `path`, about.
    pub fn weight(&self, tree: &Tree, path: &str) -> usize {
        let Found::File(file) = tree.find(path) else {
            return 0;
        };
        let kept = self.kept.get(&(Class::of(path), file.sha256));
        kept.map_or(0, Kept::size)
    }

    /// The YAML document in the file at `path`, or why it cannot be had, likewise.
    pub fn yaml(&self, tree: &Tree, path: &str) -> Result<Value, String> {
        let text = self.text(tree, path)?;
        yaml::parse(text, self.limits.yaml()).map_err(|fault| format!("is not valid YAML: {fault}"))
    }

    /// The Markdown of a page, `None` if there is none. Refuses one that is too large, or no text.
    pub fn page(&self, tree: &Tree, path: &str) -> Result<Option<&str>, Rejection> {
        match tree.find(path) {
            Found::File(file) if file.size > self.limits.page => Err(Rejection::invalid(format!(
                "{} has {} bytes, and a page of documentation may have {}. Move parts of it to pages in docs/",
                quoted(path),
                file.size,
                self.limits.page
            ))),
            Found::File(_) => {
                let page = self.text(tree, path);
                let page =
                    page.map_err(|why| Rejection::invalid(format!("{} {why}", quoted(path))))?;
                Ok(Some(page))
            }
            _ => Ok(None),
        }
    }

    /// What the source of a plugin says about it.
    pub fn plugin(&self, file: &File) -> Option<&PluginSource> {
        match self.kept.get(&(Class::Plugin, file.sha256)) {
            Some(Kept::Plugin(source)) => Some(source),
            _ => None,
        }
    }

    /// The sections in a source of documentation fragments.
    pub fn fragments(&self, file: &File) -> Option<&FragmentSource> {
        match self.kept.get(&(Class::Fragments, file.sha256)) {
            Some(Kept::Fragments(source)) => Some(source),
            _ => None,
        }
    }
}

impl Kept {
    /// Bytes of text, and some for the names around it.
    fn size(&self) -> usize {
        let length = |text: &Option<Text>| text.as_ref().map_or(0, |text| text.text.len());
        let bytes = match self {
            Self::Plugin(source) => {
                let faults: usize = source.faults.iter().map(String::len).sum();
                // A value takes many times as much memory as its text.
                let metadata = source.metadata.as_ref();
                let metadata = metadata.map_or(0, |value| value.to_string().len() * 32);
                length(&source.documentation)
                    + length(&source.examples)
                    + length(&source.returns)
                    + faults
                    + metadata
            }
            Self::Fragments(source) => source
                .sections
                .iter()
                .map(|(name, text)| name.len() + text.text.len())
                .sum(),
            Self::Text(text) => text.len(),
            Self::NotText(_) => 0,
        };
        bytes + 256
    }
}
