//! Documentation: from the sources in a collection to what its pages show (contract 06 §6.6).
//!
//! Nothing is run: plugins are parsed, see [`python`](crate::archive::python). Start reading at [`write()`].

mod blob;
mod effort;
pub mod fragments;
pub mod markdown;
mod origin;
mod plugin;
pub mod role;
pub mod shape;

use serde::Serialize;
use serde_json::Value;

use crate::archive::contents::Content;
use crate::archive::contents::kind::Kind;
use crate::archive::docs::blob::Blob;
use crate::archive::docs::blob::Entry;
use crate::archive::docs::blob::Page;
use crate::archive::docs::fragments::Library;
use crate::archive::docs::fragments::Sections;
use crate::archive::docs::fragments::Shelf;
use crate::archive::docs::plugin::DocStrings;
use crate::archive::docs::plugin::Surroundings;
use crate::archive::harvest::Harvest;
use crate::archive::limits::Limits;
use crate::archive::rejection::Rejection;
use crate::archive::report::Report;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;

/// The page about the collection.
pub const README: &str = "README.md";
/// Where its other pages are.
const PAGES: &str = "docs/";
/// Where its documentation fragments are.
const FRAGMENTS: &str = "plugins/doc_fragments/";

/// A line of the list of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContentLine {
    /// Its name within its kind.
    pub name: String,
    /// The word for its kind.
    pub content_type: &'static str,
    /// What it is for, in a sentence.
    pub description: Option<String>,
}

/// The documentation of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs {
    /// Every content, by kind and path.
    pub contents: Vec<ContentLine>,
    /// `{"docs_blob": …}` as JSON in gzip.
    pub blob: Vec<u8>,
    /// The documentation fragments that plugins of other collections may extend.
    pub fragments: Vec<(String, Sections)>,
}

/// What is written about.
pub struct Subject<'a> {
    /// `namespace.name`
    pub collection: &'a str,
    /// What is in the archive.
    pub tree: &'a Tree,
    /// The texts in it.
    pub harvest: &'a Harvest,
    /// `meta/runtime.yml`, if it could be read.
    pub runtime: &'a Value,
    /// How much there may be of everything.
    pub limits: &'a Limits,
}

/// Writes the documentation of a collection with these `contents`.
///
/// Refuses names that are none, roles without README and pages that are too large; what is wrong with the
/// documentation of a plugin is a warning.
pub fn write(
    subject: &Subject<'_>,
    contents: &[Content],
    library: &dyn Library,
    report: &mut dyn Report,
) -> Result<Docs, Rejection> {
    let fragments = fragments(subject);
    let own = fragments.iter().cloned().collect();
    let readme = readme(subject)?;
    let mut writer = Writer {
        subject,
        shelf: Shelf::new(subject.collection, own, library, subject.limits.yaml()),
        lines: Vec::with_capacity(contents.len()),
        read: 0,
        blob: Blob::new(&readme).map_err(Rejection::Io)?,
    };
    writer.add_pages(report)?;
    for content in contents {
        check_canceled(report)?;
        content.check_name()?;
        report.info(format!("Loading {} {}", content.kind, content.name));
        writer.add(content, report)?;
    }
    Ok(Docs {
        contents: writer.lines,
        blob: writer.blob.finish().map_err(Rejection::Io)?,
        fragments,
    })
}

fn check_canceled(report: &mut dyn Report) -> Result<(), Rejection> {
    match report.is_canceled() {
        true => Err(Rejection::Canceled),
        false => Ok(()),
    }
}

struct Writer<'a> {
    subject: &'a Subject<'a>,
    shelf: Shelf<'a>,
    lines: Vec<ContentLine>,
    /// Bytes that have been read for it, one text as often as it is led to.
    read: u64,
    blob: Blob,
}

impl Writer<'_> {
    /// The pages right below `docs/`.
    fn add_pages(&mut self, report: &mut dyn Report) -> Result<(), Rejection> {
        let Subject { tree, harvest, .. } = *self.subject;
        for path in tree.paths() {
            let name = path
                .strip_prefix(PAGES)
                .filter(|name| name.ends_with(".md") && !name.contains('/'));
            if let Some(name) = name
                && let Some(page) = harvest.page(tree, path)?
            {
                check_canceled(report)?;
                self.charge(page.len())?;
                let html = markdown::render(page);
                let page = Page { name, html };
                self.blob.add_page(&page).map_err(Rejection::Io)?;
            }
        }
        self.blob.end_pages().map_err(Rejection::Io)
    }

    /// Counts what is about to be read.
    fn charge(&mut self, bytes: usize) -> Result<(), Rejection> {
        self.read = self.read.saturating_add(bytes as u64);
        let most = self.subject.limits.shown;
        match self.read > most || self.blob.written() > most {
            true => Err(Rejection::invalid(format!(
                "The documentation of the collection comes to more than {most} bytes, the limit of this server. \
                 Do not have so many links to the same file, or so many plugins that extend a large fragment"
            ))),
            false => Ok(()),
        }
    }

    fn add(&mut self, content: &Content, report: &mut dyn Report) -> Result<(), Rejection> {
        let Subject { tree, harvest, .. } = *self.subject;
        let sources = sources(content);
        self.charge(sources.map(|path| harvest.weight(tree, &path)).sum())?;
        match content.kind {
            Kind::Role => self.add_role(content, report),
            kind if kind.is_documented() => self.add_plugin(content, report),
            Kind::Playbook => self.put(content, None, Value::Object(serde_json::Map::new()), None),
            _ => self.put(content, None, Value::Null, None),
        }
    }

    fn add_plugin(&mut self, content: &Content, report: &mut dyn Report) -> Result<(), Rejection> {
        let Subject {
            tree,
            harvest,
            collection,
            runtime,
            limits,
        } = *self.subject;
        let around = Surroundings {
            tree,
            harvest,
            collection,
            runtime,
            bounds: limits.yaml(),
        };
        let documented = plugin::document(content, &around, &mut self.shelf);
        documented
            .faults
            .into_iter()
            .for_each(|fault| report.warn(fault));
        let description = documented
            .doc_strings
            .as_ref()
            .and_then(DocStrings::short_description);
        let description = description.map(str::to_owned);
        self.put(content, description, documented.doc_strings, None)
    }

    fn add_role(&mut self, content: &Content, report: &mut dyn Report) -> Result<(), Rejection> {
        let Subject { tree, harvest, .. } = *self.subject;
        let description = role::description(content, tree, harvest, report);
        let page = markdown::render(role::readme(content, tree, harvest)?);
        let doc_strings = role::doc_strings(content, tree, harvest, report);
        self.put(content, description, doc_strings, Some(page))
    }

    fn put(
        &mut self,
        content: &Content,
        description: Option<String>,
        doc_strings: impl Serialize,
        readme_html: Option<String>,
    ) -> Result<(), Rejection> {
        let entry = Entry {
            content_name: &content.name,
            content_type: content.kind.as_str(),
            doc_strings,
            readme_file: readme_html.is_some().then_some(role::README),
            readme_html,
        };
        self.blob.add_content(&entry).map_err(Rejection::Io)?;
        self.lines.push(ContentLine {
            name: content.name.clone(),
            content_type: content.kind.as_str(),
            description,
        });
        Ok(())
    }
}

/// The files that are read for a content, whether or not they are there.
fn sources(content: &Content) -> impl Iterator<Item = String> {
    let (base, endings): (&str, &[&str]) = match content.kind {
        Kind::Role => (
            &content.path,
            &["/README.md", "/meta/main.yml", "/meta/argument_specs.yml"],
        ),
        _ => (plugin::stem(content), &[".py", ".yml"]),
    };
    endings.iter().map(move |ending| format!("{base}{ending}"))
}

fn readme<'a>(subject: &Subject<'a>) -> Result<Page<'a>, Rejection> {
    let page = subject.harvest.page(subject.tree, README)?;
    let page = page.ok_or_else(|| {
        Rejection::invalid(
            "No collection readme found. Add a README.md at the top of the collection",
        )
    })?;
    let html = markdown::render(page);
    Ok(Page { name: README, html })
}

/// The collection's own documentation fragments, by the name that plugins extend them by.
fn fragments(subject: &Subject<'_>) -> Vec<(String, Sections)> {
    let mut found = Vec::new();
    for path in subject.tree.paths() {
        let name = path
            .strip_prefix(FRAGMENTS)
            .and_then(|name| name.strip_suffix(".py"));
        if let Some(name) = name
            && let Found::File(file) = subject.tree.find(path)
            && let Some(source) = subject.harvest.fragments(file)
        {
            let sections = source
                .sections
                .iter()
                .map(|(name, text)| (name.clone(), text.text.clone()));
            found.push((name.replace('/', "."), sections.collect::<Sections>()));
        }
    }
    found
}
