//! Fetching the secrets a document says where to find.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::domain::apply::Fault;
use crate::domain::apply::document::Document;
use crate::domain::apply::document::secret::Secret;

/// Longest secret in a file, in bytes.
const LIMIT: u64 = 64 * 1024;

/// Replaces each secret that is elsewhere by its text, and returns what is wrong with the others. Files are looked for
/// beside `document_file`.
pub(super) fn fetch(document: &mut Document, document_file: &Path) -> Vec<Fault> {
    let folder = document_file.parent().unwrap_or(Path::new(""));
    let mut faults = Vec::new();
    for (line, secret) in document.secrets() {
        match text(secret, folder) {
            Ok(text) => *secret = Secret::Text(text),
            Err(message) => faults.push(Fault { line, message }),
        }
    }
    faults
}

fn text(secret: &Secret, folder: &Path) -> Result<String, String> {
    match secret {
        Secret::Text(text) => Ok(text.clone()),
        Secret::Env { env } => match std::env::var(env) {
            Ok(text) if !text.is_empty() => Ok(text),
            Ok(_) => Err(format!("the environment variable {env} is empty")),
            Err(std::env::VarError::NotPresent) => {
                Err(format!("the environment variable {env} is not set"))
            }
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(format!("the environment variable {env} is no UTF-8"))
            }
        },
        Secret::File { file } => {
            let path = folder.join(file);
            let shown = path.display();
            let mut text = String::new();
            File::open(&path)
                .and_then(|file| file.take(LIMIT + 1).read_to_string(&mut text))
                .map_err(|error| format!("cannot read {shown}: {error}"))?;
            if text.len() as u64 > LIMIT {
                return Err(format!("{shown} is larger than {LIMIT} bytes"));
            }
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            match text.is_empty() {
                true => Err(format!("{shown} is empty")),
                false => Ok(text.to_owned()),
            }
        }
    }
}
