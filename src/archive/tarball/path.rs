//! Names of tar entries, made into paths below the root of the collection.
//!
//! A path here is `docs/page.md`: relative, without empty parts, `.` or `..`; the root is the empty text.

use crate::archive::limits::Limits;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::tape::ADVICE;

/// The longest name of one file or directory, in bytes, that file systems take.
const PART_MAX: usize = 255;

/// Makes the name of an entry into a path, or refuses it (contract 06 §6.2).
///
/// Absolute names and names with `..` are refused in the words of the reference, even those that stay inside.
pub fn clean(name: &[u8], limits: &Limits) -> Result<String, Rejection> {
    let refuse = |why: &str| {
        let shown = quoted(&String::from_utf8_lossy(&name[..name.len().min(300)]));
        Err(Rejection::invalid(format!(
            "The entry {shown} of the archive {why}. Please rename it"
        )))
    };
    if name.is_empty() {
        return Err(Rejection::invalid(format!(
            "An entry of the archive has no name. Please {ADVICE}"
        )));
    }
    let Ok(text) = std::str::from_utf8(name) else {
        return refuse("has a name that is not UTF-8");
    };
    if text.contains('\0') {
        return refuse("has a NUL in its name");
    }
    if text.starts_with('/') || text.contains("../") || text.ends_with("/..") || text == ".." {
        return Err(Rejection::invalid("Invalid file paths detected."));
    }
    if text.len() > limits.path {
        return refuse(&format!("has a path longer than {} bytes", limits.path));
    }
    let parts: Vec<&str> = parts(text).collect();
    if parts.iter().any(|part| part.len() > PART_MAX) {
        return refuse(&format!("has a name longer than {PART_MAX} bytes"));
    }
    if parts.len() > limits.depth {
        return refuse(&format!(
            "lies more than {} folders deep, the limit of this server (max_path_depth)",
            limits.depth
        ));
    }
    Ok(parts.join("/"))
}

/// Checks where a link at `path` says it leads, and gives its target as text.
///
/// `base` is the directory that the target is relative to: that of the link for a symbolic link,
/// the root for a hard link. Only the text is looked at; links on the way are followed by the tree.
pub fn clean_target(target: &[u8], base: &str, limits: &Limits) -> Result<String, Rejection> {
    let invalid = || Rejection::invalid("Invalid link target detected.");
    let text = std::str::from_utf8(target).map_err(|_| invalid())?;
    let sound = !text.is_empty() && !text.starts_with('/') && !text.contains('\0');
    if !sound || text.len() > limits.path {
        return Err(invalid());
    }
    let mut depth = parts(base).count();
    for part in parts(text) {
        depth = match part {
            ".." => depth.checked_sub(1).ok_or_else(invalid)?,
            _ => depth + 1,
        };
    }
    Ok(text.to_owned())
}

/// The parts of a path or a link target, empty ones and `.` left out.
pub fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

/// The directory a path lies in; `None` for the root.
pub fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some((parent, _)) => Some(parent),
        None => (!path.is_empty()).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(name: &[u8]) -> Result<String, String> {
        clean(name, &Limits::default()).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn dots_and_double_slashes_inside_a_name_mean_nothing() {
        assert_eq!(cleaned(b"./docs//./page.md"), Ok("docs/page.md".to_owned()));
        assert_eq!(cleaned(b"plugins/"), Ok("plugins".to_owned()));
        assert_eq!(cleaned(b"./"), Ok(String::new()));
        assert_eq!(cleaned(b"..\\evil"), Ok("..\\evil".to_owned()));
    }

    #[test]
    fn a_name_that_is_absolute_or_climbs_is_refused() {
        let names = [
            "/etc",
            "//etc",
            "../evil",
            "docs/../docs/a",
            "docs/..",
            "..",
        ];
        for name in names {
            let refusal = cleaned(name.as_bytes()).unwrap_err();
            assert_eq!(refusal, "Invalid file paths detected.", "{name}");
        }
    }

    #[test]
    fn a_name_no_file_can_have_is_refused() {
        let long = "n".repeat(256);
        let deep = "d/".repeat(2100);
        for name in [
            &b""[..],
            b"a\0b",
            b"caf\xE9",
            long.as_bytes(),
            deep.as_bytes(),
        ] {
            assert!(cleaned(name).is_err());
        }
        assert!(cleaned(&long.as_bytes()[1..]).is_ok());
        assert!(
            cleaned("d/".repeat(65).as_bytes())
                .unwrap_err()
                .contains("64 folders deep")
        );
        assert!(cleaned("d/".repeat(64).as_bytes()).is_ok());
    }

    #[test]
    fn a_link_target_must_stay_below_the_root() {
        let target =
            |text: &str, base: &str| clean_target(text.as_bytes(), base, &Limits::default());
        assert!(target("../README.md", "docs").is_ok());
        assert!(target("a/../../b", "docs").is_ok());
        for (text, base) in [("..", ""), ("../../x", "docs"), ("/etc", ""), ("", "docs")] {
            let refusal = target(text, base).unwrap_err().to_string();
            assert_eq!(refusal, "Invalid link target detected.", "{text}");
        }
    }

    #[test]
    fn the_parent_of_the_root_is_nothing() {
        assert_eq!(parent("a/b/c"), Some("a/b"));
        assert_eq!(parent("a"), Some(""));
        assert_eq!(parent(""), None);
    }
}
