//! The rows of `contract.txt`.

use crate::policy::contract::Ask;

const TEXT: &str = include_str!("contract.txt");

/// What is sent along.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    None,
    Json(&'static str),
    Artifact,
}

impl Body {
    /// Whether a text that is sent has this word in it.
    pub fn contains(self, word: &str) -> bool {
        matches!(self, Self::Json(text) if text.contains(word))
    }
}

/// One route.
#[derive(Debug)]
pub struct Row {
    pub method: &'static str,
    /// As `pocket-galaxy routes` prints it.
    pub pattern: &'static str,
    pub path: &'static str,
    pub body: Body,
    pub ask: Ask,
    /// Whether the repository concerned must be visible besides.
    pub is_seen: bool,
    /// Whether a browser's proof goes along that the request is its own.
    pub with_csrf: bool,
}

/// Every row.
pub fn rows() -> Vec<Row> {
    let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let lines: Vec<&str> = TEXT.lines().filter(is_row).collect();
    lines
        .chunks(3)
        .map(|block| parse(block).unwrap_or_else(|| panic!("no row: {block:?}")))
        .collect()
}

fn parse(block: &[&'static str]) -> Option<Row> {
    let [route, who, request] = *block else {
        return None;
    };
    let (method, pattern) = route.split_once(' ')?;
    let (who, request) = (who.strip_prefix("    ")?, request.strip_prefix("    ")?);
    let (ask, more) = who.split_once(", ").unwrap_or((who, ""));
    if !["", "seeing", "with csrf"].contains(&more) {
        return None;
    }
    let (path, body) = match request.split_once("  ") {
        None => (request, Body::None),
        Some((path, "artifact")) => (path, Body::Artifact),
        Some((path, json)) => (path, Body::Json(json)),
    };
    Some(Row {
        method,
        pattern,
        path: path.trim_start_matches('.'),
        body,
        ask: Ask::parse(ask)?,
        is_seen: more == "seeing",
        with_csrf: more == "with csrf",
    })
}
