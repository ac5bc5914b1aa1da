//! The tree keeps its own rules: floors, sizes, names, and a README that tells the truth about it.

#![allow(clippy::unwrap_used)] // a test that panics is a test that fails

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Rooms from the ground up. A room may use itself and any room on a lower floor.
/// Rooms on the same floor do not see each other.
const FLOORS: &[&[&str]] = &[
    &["kernel"],
    &["config", "observe"],
    &["db", "content", "archive", "upstream"],
    &["policy"],
    &["domain"],
    &["state"],
    &["http", "worker"],
    &["serve"],
    &["cli", "main"],
];

/// Inside `domain`, a noun may use the nouns listed before it.
const NOUNS: &[&str] = &[
    "audit",
    "tasks",
    "accounts",
    "units",
    "namespaces",
    "repositories",
    "remotes",
    "collections",
    "signing",
    "imports",
    "search",
    "apply",
];

/// The API families share `http::kit` and `http::href`, never each other.
const FAMILIES: &[&str] = &["pulp", "ui", "v3"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "helpers", "helper", "common", "types", "misc", "manager", "service",
];

/// Longest file, in lines.
const LINES_MAX: usize = 500;

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            files(&entry, ending, found);
        } else if entry
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(entry);
        }
    }
}

fn sources() -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    files(Path::new("src"), "rs", &mut found);
    found.sort();
    assert!(
        found.len() > 50,
        "the test must run in the root of the crate"
    );
    let parts = |path: &Path| -> Vec<String> {
        let relative = path.strip_prefix("src").unwrap();
        relative
            .iter()
            .map(|part| part.to_str().unwrap().trim_end_matches(".rs").to_owned())
            .collect()
    };
    found
        .iter()
        .map(|path| (parts(path), fs::read_to_string(path).unwrap()))
        .collect()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// The first two segments of every `crate::a::b` in a line of code.
fn uses(line: &str) -> Vec<(&str, &str)> {
    let code = line.split("//").next().unwrap();
    code.split("crate::")
        .skip(1)
        .map(|path| {
            let mut names = path.split("::").map(|name| {
                let end = name
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(name.len());
                &name[..end]
            });
            (names.next().unwrap_or(""), names.next().unwrap_or(""))
        })
        .collect()
}

fn breaches(me: &[String], used: (&str, &str)) -> Option<String> {
    let (room, noun) = used;
    let mine = me[0].as_str();
    let at = |noun: &str| NOUNS.iter().position(|known| *known == noun);
    if mine != room
        && floor(mine)
            .zip(floor(room))
            .is_some_and(|(mine, other)| other >= mine)
    {
        return Some(format!("{mine} may not use {room}"));
    }
    if me.len() > 1 && mine == "domain" && room == "domain" && me[1] != noun {
        return (at(&me[1])? <= at(noun)?)
            .then(|| format!("domain::{} may not use domain::{noun}", me[1]));
    }
    let other_family = FAMILIES.contains(&noun) && me.len() > 1 && me[1] != noun && me[1] != "mod";
    (mine == "http" && room == "http" && other_family)
        .then(|| format!("http::{} may not use http::{noun}", me[1]))
}

#[test]
fn rooms_use_only_lower_floors() {
    let mut found = Vec::new();
    for (me, text) in sources() {
        let place = |line: usize| format!("src/{}.rs:{}", me.join("/"), line + 1);
        if floor(&me[0]).is_none() && me[0] != "lib" {
            found.push(format!("src/{}: no floor for this room", me.join("/")));
        }
        for (number, line) in text.lines().enumerate() {
            found.extend(
                uses(line)
                    .into_iter()
                    .filter_map(|used| breaches(&me, used))
                    .map(|what| format!("{}: {what}", place(number))),
            );
            let code = line.split("//").next().unwrap();
            let speaks = |word: &str, room: &str| me[0] == room && code.contains(word);
            for (word, room) in [
                ("actix_web", "domain"),
                ("rusqlite", "http"),
                ("rusqlite", "worker"),
            ] {
                if speaks(word, room) {
                    found.push(format!("{}: {room} speaks {word}", place(number)));
                }
            }
            if code.contains("use crate::{") || code.contains("super::super") {
                found.push(format!(
                    "{}: one `use crate::room::item` a line, so this test can read it",
                    place(number)
                ));
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} findings:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn the_floor_test_sees_each_kind_of_breach() {
    let me = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    assert!(breaches(&me("kernel/page"), ("http", "kit")).is_some());
    assert!(breaches(&me("db/mod"), ("content", "Store")).is_some());
    assert!(breaches(&me("domain/tasks/queue"), ("domain", "imports")).is_some());
    assert!(breaches(&me("http/kit/page"), ("http", "v3")).is_some());
    assert!(breaches(&me("domain/imports/run"), ("domain", "tasks")).is_none());
    assert!(breaches(&me("http/v3/root"), ("http", "kit")).is_none());
    assert_eq!(
        uses("use crate::domain::tasks::Task; // crate::http"),
        [("domain", "tasks")]
    );
}

#[test]
fn files_are_short_and_their_names_say_something() {
    let mut found = Vec::new();
    for (me, text) in sources() {
        let path = me.join("/");
        let lines = text.lines().count();
        if lines > LINES_MAX {
            found.push(format!("src/{path}.rs: {lines} lines"));
        }
        if me.iter().any(|part| EMPTY_NAMES.contains(&part.as_str())) {
            found.push(format!("src/{path}.rs: the name says nothing"));
        }
        if !text.starts_with("//!") {
            found.push(format!("src/{path}.rs: does not open with its purpose"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The README's map names every room, every noun and every family, and nothing that is not there.
#[test]
fn the_map_in_the_readme_is_true() {
    let readme = fs::read_to_string("README.md").unwrap();
    let map = readme
        .split("## Map")
        .nth(1)
        .expect("README.md has a part called Map");
    let mut missing = Vec::new();
    for folder in ["src", "src/domain", "src/http", "tests"] {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_room = entry.path().is_dir() || (folder == "src" && name != "lib.rs");
            let shown = format!(
                "`{folder}/{name}{}`",
                if entry.path().is_dir() { "/" } else { "" }
            );
            if is_room && !map.contains(&shown) {
                missing.push(shown);
            }
        }
    }
    assert!(missing.is_empty(), "the map lacks {}", missing.join(", "));
    let named = map.split('`').skip(1).step_by(2);
    let paths = named.filter(|text| {
        ["src/", "tests/", "schema/", "benches/"]
            .iter()
            .any(|top| text.starts_with(top))
    });
    let wrong: Vec<&str> = paths.filter(|path| !Path::new(path).exists()).collect();
    assert!(
        wrong.is_empty(),
        "the map names what is not there: {}",
        wrong.join(", ")
    );
    // The walkthroughs name files below src/ without saying so.
    let words = map.split(|c: char| c.is_whitespace() || "`,;()".contains(c));
    let files = words.filter(|word| word.ends_with(".rs"));
    let gone: Vec<&str> = files
        .filter(|file| !Path::new(file).exists() && !Path::new("src").join(file).exists())
        .collect();
    assert!(
        gone.is_empty(),
        "the walkthroughs name what is not there: {}",
        gone.join(", ")
    );
}
