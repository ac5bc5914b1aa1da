//! Labels of repositories, distributions and remotes: what their keys and values may be (contract 03, Repository).

use std::collections::BTreeMap;

use crate::kernel::error::Fault;

/// Whether a key has the characters that keys have.
pub fn is_key(key: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '-' | '.');
    !key.is_empty() && key.chars().all(allowed)
}

/// Whether a value has none of the characters that label expressions give a meaning.
pub fn is_value(value: &str) -> bool {
    !value.contains(['(', ')', ','])
}

/// What is wrong with labels, in the reference's words.
pub fn check(labels: &BTreeMap<String, String>) -> Vec<Fault> {
    let fault = |message| Fault::new(Some("pulp_labels"), "invalid", message);
    let wrong = labels.iter().filter_map(|(key, value)| {
        if !is_key(key) {
            return Some(fault(format!(
                "Key '{key}' contains invalid characters. Only alphanumerics, underscores, spaces, hyphens, and dots \
                 are allowed."
            )));
        }
        let message = || fault(format!("Key '{key}' contains value with comma or parenthesis."));
        (!is_value(value)).then(message)
    });
    wrong.collect()
}
