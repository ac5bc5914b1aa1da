//! How a change of several values reads: `email "a" → "b", superuser`.

use std::collections::BTreeMap;
use std::fmt::Display;

/// Longest text that is shown; of longer ones only the name is.
const SHOWN_MAX: usize = 60;

/// What differs between two sets of values.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Whether there was nothing before: then only what is set is told.
    is_new: bool,
    parts: Vec<String>,
}

impl Difference {
    pub(super) fn new(is_new: bool) -> Self {
        let parts = Vec::new();
        Self { is_new, parts }
    }

    /// A text.
    pub(super) fn text(&mut self, field: &str, old: &str, new: &str) {
        if old == new {
            return;
        }
        let short = |text: &str| text.chars().count() <= SHOWN_MAX && !text.contains('\n');
        self.parts
            .push(match (self.is_new, short(old) && short(new)) {
                (_, false) => format!(
                    "{field} {}",
                    if new.is_empty() { "removed" } else { "changed" }
                ),
                (true, true) => format!("{field} {new:?}"),
                (false, true) => format!("{field} {old:?} → {new:?}"),
            });
    }

    /// Something that is or is not: `superuser`, `not superuser`.
    pub(super) fn switch(&mut self, field: &str, old: bool, new: bool) {
        if old != new {
            let not = if new { "" } else { "not " };
            self.parts.push(format!("{not}{field}"));
        }
    }

    /// A number, or none.
    pub(super) fn number<N: Display + PartialEq>(
        &mut self,
        field: &str,
        old: Option<N>,
        new: Option<N>,
    ) {
        if old == new {
            return;
        }
        let shown = |number: Option<N>| number.map_or("none".to_owned(), |one| one.to_string());
        self.parts.push(match self.is_new {
            true => format!("{field} {}", shown(new)),
            false => format!("{field} {} → {}", shown(old), shown(new)),
        });
    }

    /// Labels.
    pub(super) fn labels(
        &mut self,
        old: &BTreeMap<String, String>,
        new: &BTreeMap<String, String>,
    ) {
        let shown = |labels: &BTreeMap<String, String>| {
            let pairs = labels.iter().map(|(key, value)| match value.as_str() {
                "" => key.clone(),
                _ => format!("{key}={value}"),
            });
            pairs.collect::<Vec<_>>().join(",")
        };
        self.text("labels", &shown(old), &shown(new));
        if old != new && shown(old) == shown(new) {
            self.note("labels changed");
        }
    }

    /// A secret: that it differs is all that is told.
    pub(super) fn secret(&mut self, field: &str, old: &str, new: &str) {
        if old != new {
            let state = if new.is_empty() { " removed" } else { "" };
            self.parts.push(format!("{field}{state}"));
        }
    }

    /// Anything else.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.parts.push(text.into());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn told(self) -> String {
        self.parts.join(", ")
    }
}
