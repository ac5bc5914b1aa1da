//! The members of a tar file: headers, with everything that extended headers add to them.
//!
//! Strict where tools disagree, since an archive that two readers see differently is a trap for one of
//! them: sizes must be plain, extended headers may not contradict each other, and no global header may
//! rename anything. Start reading at [`next`].

use std::io::BufRead;

use tar::Header;

use crate::archive::limits::Limits;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::path;
use crate::archive::tarball::pax;
use crate::archive::tarball::pax::Extension;
use crate::archive::tarball::tape::ADVICE;
use crate::archive::tarball::tape::Tape;

/// Longest extended header, in bytes. They hold a path, times and perhaps attributes.
const EXTENSION_MAX: u64 = 1024 * 1024;

/// What a member of the archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// Another name of an earlier file, given by its path from the root.
    HardLink(String),
    /// A symbolic link with its target, relative to the directory of the link.
    SymbolicLink(String),
}

/// One member; its data is next on the tape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Where it belongs, made safe by [`path::clean`].
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes of data, zero for everything but files.
    pub size: u64,
}

/// The next member, `None` at the end of the archive.
///
/// The archive ends at the first block of zeros, or where the file does: the reference takes both.
pub fn next<R: BufRead>(tape: &mut Tape<R>, limits: &Limits) -> Result<Option<Member>, Rejection> {
    let mut extra = Extension::default();
    loop {
        let at = tape.position();
        let block = tape
            .block()
            .map_err(|refusal| not_tar_at_start(at, refusal))?;
        if block.is_none() && at == 0 {
            return Err(not_tar_at_start(at, broken(at, "is missing")));
        }
        let Some(block) = block.filter(|block| block.iter().any(|b| *b != 0)) else {
            return match extra == Extension::default() {
                true => Ok(None),
                false => Err(broken(at, "belongs to an entry that is not there")),
            };
        };
        let header = Header::from_byte_slice(&block);
        if !has_right_sum(header) {
            return Err(not_tar_at_start(at, broken(at, "has a wrong checksum")));
        }
        let size = size(header).ok_or_else(|| broken(at, "has a size that is not a number"))?;
        let long_name = limits.path as u64 + 1;
        match block[TYPE] {
            b'x' | b'X' => {
                let found = Extension::parse(&extension(tape, at, size, EXTENSION_MAX)?)?;
                merge(&mut extra, found, at)?;
            }
            b'g' => check_global(&extension(tape, at, size, EXTENSION_MAX)?, at)?,
            b'L' => {
                let path = Some(until_nul(extension(tape, at, size, long_name)?));
                let found = Extension {
                    path,
                    ..Extension::default()
                };
                merge(&mut extra, found, at)?;
            }
            b'K' => {
                let link = Some(until_nul(extension(tape, at, size, long_name)?));
                let found = Extension {
                    link,
                    ..Extension::default()
                };
                merge(&mut extra, found, at)?;
            }
            _ => return member(header, size, extra, limits).map(Some),
        }
    }
}

/// Where the type of a member stands in its header.
const TYPE: usize = 156;

fn member(
    header: &Header,
    size: u64,
    extra: Extension,
    limits: &Limits,
) -> Result<Member, Rejection> {
    let name = extra
        .path
        .unwrap_or_else(|| header.path_bytes().into_owned());
    let path = path::clean(&name, limits)?;
    let target = || {
        let own = header.link_name_bytes().unwrap_or_default();
        extra.link.unwrap_or_else(|| own.into_owned())
    };
    let kind = match header.as_bytes()[TYPE] {
        // Before there was a type for directories, their names ended in a slash.
        0 if name.ends_with(b"/") => Kind::Directory,
        0 | b'0' | b'7' => Kind::File,
        b'1' => Kind::HardLink(path::clean_target(&target(), "", limits)?),
        b'2' => {
            let base = path::parent(&path).unwrap_or_default();
            Kind::SymbolicLink(path::clean_target(&target(), base, limits)?)
        }
        b'3' | b'4' | b'6' => {
            let text = format!("{} is a special file", quoted(&path));
            return Err(Rejection::invalid(text));
        }
        b'5' => Kind::Directory,
        b'S' => return Err(pax::sparse()),
        unknown => {
            let (path, unknown) = (quoted(&path), quoted(&char::from(unknown).to_string()));
            let text = format!("The entry {path} of the archive is of the unknown type {unknown}");
            return Err(Rejection::invalid(format!("{text}. Please {ADVICE}")));
        }
    };
    let size = extra.size.unwrap_or(size);
    if size > 0 && kind != Kind::File {
        let text = format!("The entry {} has data but is not a file", quoted(&path));
        return Err(Rejection::invalid(format!("{text}. Please {ADVICE}")));
    }
    Ok(Member { path, kind, size })
}

fn has_right_sum(header: &Header) -> bool {
    let bytes = header.as_bytes();
    let own = 148..156;
    let counted = |(at, byte): (usize, &u8)| if own.contains(&at) { b' ' } else { *byte };
    let sum: u32 = bytes
        .iter()
        .enumerate()
        .map(|pair| u32::from(counted(pair)))
        .sum();
    header.cksum().is_ok_and(|stated| stated == sum)
}

/// The size in a header: octal digits, or binary after a byte `80`; nothing at all is zero.
fn size(header: &Header) -> Option<u64> {
    let field = &header.as_old().size;
    match field[0] {
        0x80 if field[1..4] == [0; 3] => Some(
            field[4..]
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        ),
        0x80.. => None,
        _ if field.iter().all(|byte| matches!(byte, 0 | b' ')) => Some(0),
        _ => header.entry_size().ok(),
    }
}

/// The data of an extended header.
fn extension<R: BufRead>(
    tape: &mut Tape<R>,
    at: u64,
    size: u64,
    max: u64,
) -> Result<Vec<u8>, Rejection> {
    match size <= max {
        true => tape.bytes(size),
        false => Err(broken(at, &format!("is extended by more than {max} bytes"))),
    }
}

/// Adds what another header says; for a second word on the same thing there is no agreed meaning.
fn merge(extra: &mut Extension, found: Extension, at: u64) -> Result<(), Rejection> {
    let twice = (extra.path.is_some() && found.path.is_some())
        || (extra.link.is_some() && found.link.is_some())
        || (extra.size.is_some() && found.size.is_some());
    if twice {
        return Err(broken(at, "repeats what the one before it says"));
    }
    extra.path = extra.path.take().or(found.path);
    extra.link = extra.link.take().or(found.link);
    extra.size = extra.size.or(found.size);
    Ok(())
}

/// A header for all entries may hold a comment, as those of `git archive` do, but not name or size anything.
fn check_global(data: &[u8], at: u64) -> Result<(), Rejection> {
    match Extension::parse(data)? == Extension::default() {
        true => Ok(()),
        false => Err(broken(at, "gives the same name or size to every entry")),
    }
}

fn until_nul(mut name: Vec<u8>) -> Vec<u8> {
    let end = name.iter().position(|byte| *byte == 0);
    name.truncate(end.unwrap_or(name.len()));
    name
}

fn broken(at: u64, what: &str) -> Rejection {
    Rejection::invalid(format!(
        "The archive is damaged: the header at byte {at} {what}. Please {ADVICE}"
    ))
}

/// When not even the first header can be read, the file is something else altogether.
fn not_tar_at_start(at: u64, otherwise: Rejection) -> Rejection {
    match at {
        0 => Rejection::invalid(format!(
            "file could not be opened successfully: it is not a tar file, \
             plain or compressed with gzip, bzip2 or xz. Please {ADVICE}"
        )),
        _ => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::sample::entry;
    use crate::archive::sample::file;
    use crate::archive::sample::header;
    use crate::archive::sample::link;
    use crate::archive::sample::patched;

    const SIZE: usize = 124;

    fn first(tar: &[u8]) -> Result<Option<Member>, String> {
        let mut tape = Tape::new(tar, 1 << 30);
        next(&mut tape, &Limits::default()).map_err(|refusal| refusal.to_string())
    }

    fn path(tar: &[u8]) -> String {
        first(tar).unwrap().unwrap().path
    }

    #[test]
    fn a_header_says_what_its_member_is() {
        let member = first(&file("./docs//a.md", b"text")).unwrap().unwrap();
        assert_eq!((member.path.as_str(), member.size), ("docs/a.md", 4));
        let kind = |tar: Vec<u8>| first(&tar).unwrap().unwrap().kind;
        assert_eq!(kind(entry(b'5', "docs", b"")), Kind::Directory);
        assert_eq!(kind(entry(0, "docs/", b"")), Kind::Directory);
        assert_eq!(kind(entry(0, "docs", b"")), Kind::File);
        assert_eq!(
            kind(link(b'2', "a/b", "../c")),
            Kind::SymbolicLink("../c".to_owned())
        );
        assert_eq!(kind(link(b'1', "a/b", "c")), Kind::HardLink("c".to_owned()));
    }

    #[test]
    fn an_archive_ends_at_zeros_or_with_the_file() {
        assert_eq!(first(&[0; 512]), Ok(None));
        let mut tape = Tape::new(&[][..], 1024);
        assert!(
            next(&mut tape, &Limits::default()).is_err(),
            "an empty file is no archive"
        );
        let whole = file("a", b"text");
        let mut tape = Tape::new(whole.as_slice(), 1 << 20);
        next(&mut tape, &Limits::default()).unwrap();
        tape.data(4, |_| ()).unwrap();
        assert_eq!(next(&mut tape, &Limits::default()).unwrap(), None);
    }

    #[test]
    fn what_is_no_tar_file_is_told_how_to_become_one() {
        for bytes in [&b"PK\x03\x04"[..], &[b'x'; 2000]] {
            let refusal = first(bytes).unwrap_err();
            assert!(refusal.starts_with("file could not be opened successfully: "));
            assert!(refusal.contains("ansible-galaxy collection build"));
        }
    }

    #[test]
    fn long_names_come_from_the_headers_before() {
        let long = format!("{}/end.md", "d".repeat(200));
        let gnu = entry(b'L', "././@LongLink", format!("{long}\0").as_bytes());
        assert_eq!(path(&[gnu.clone(), file("short", b"")].concat()), long);
        let record = format!("{} path={long}\n", 6 + 3 + 1 + long.len());
        let pax = entry(b'x', "pax", record.as_bytes());
        assert_eq!(path(&[pax.clone(), file("short", b"")].concat()), long);
        assert!(first(&[gnu, pax, file("short", b"")].concat()).is_err());
    }

    #[test]
    fn a_name_from_another_header_is_checked_like_any_other() {
        let refused = [
            [entry(b'x', "pax", b"16 path=../evil\n"), file("a", b"")].concat(),
            [entry(b'L', "long", b"../evil\0"), file("a", b"")].concat(),
            [
                entry(b'x', "pax", b"20 linkpath=../evil\n"),
                link(b'2', "a", "b"),
            ]
            .concat(),
            [entry(b'K', "long", b"/etc\0"), link(b'1', "a", "b")].concat(),
            [entry(b'g', "pax", b"10 path=a\n"), file("a", b"")].concat(),
        ];
        for tar in refused {
            assert!(first(&tar).is_err());
        }
        let comment = [entry(b'g', "pax", b"14 comment=ab\n"), file("a", b"")].concat();
        assert_eq!(path(&comment), "a");
    }

    #[test]
    fn a_size_that_is_no_size_is_refused() {
        let honest = header(b'0', "a", "", 5);
        let lies: [&[u8]; 6] = [
            &[0xFF; 12],
            b"-0000000001\0",
            b"99999999999\0",
            &[
                0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC, 0,
            ],
            &[0x80, 0x7F, 0x7F, 0x7F, 0, 0, 0, 0, 0, 0, 0, 5],
            &[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5],
        ];
        for lie in lies {
            assert!(first(&patched(honest, SIZE, lie)).is_err(), "{lie:?}");
        }
        let size = |field: &[u8]| first(&patched(honest, SIZE, field)).unwrap().unwrap().size;
        assert_eq!(size(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5]), 261);
        assert_eq!(size(&[0; 12]), 0);
        assert_eq!(size(b"       0012 "), 10);
    }

    #[test]
    fn an_extended_header_is_bounded() {
        let huge = header(b'x', "pax", "", 8 << 30);
        assert!(
            first(&huge)
                .unwrap_err()
                .contains("more than 1048576 bytes")
        );
        let huge = header(b'L', "long", "", 5000);
        assert!(first(&huge).unwrap_err().contains("more than 4097 bytes"));
        assert!(
            first(&entry(b'L', "long", b"a")).is_err(),
            "no entry follows"
        );
    }

    #[test]
    fn special_sparse_and_unknown_members_are_refused() {
        let refusal = |kind| first(&entry(kind, "docs/x", b"")).unwrap_err();
        for kind in [b'3', b'4', b'6'] {
            assert_eq!(refusal(kind), "'docs/x' is a special file");
        }
        assert!(refusal(b'S').contains("sparse"));
        assert!(refusal(b'Z').contains("unknown type 'Z'"));
        assert!(
            first(&header(b'5', "docs", "", 5))
                .unwrap_err()
                .contains("has data")
        );
    }

    #[test]
    fn a_wrong_checksum_is_refused() {
        let mut tape_bytes = [file("a", b""), file("b", b"")].concat();
        tape_bytes[512] ^= 1;
        let mut tape = Tape::new(tape_bytes.as_slice(), 1 << 20);
        next(&mut tape, &Limits::default()).unwrap();
        let refusal = next(&mut tape, &Limits::default()).unwrap_err().to_string();
        assert!(refusal.contains("byte 512 has a wrong checksum"));
    }
}
