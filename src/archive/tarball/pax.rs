//! PAX extended headers: records that say more about the next entry than its own header can.

use crate::archive::rejection::Rejection;
use crate::archive::tarball::tape::ADVICE;

/// What an extended header says about the entry after it, as far as it matters here.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The name of the entry.
    pub path: Option<Vec<u8>>,
    /// Where the link leads.
    pub link: Option<Vec<u8>>,
    /// How many bytes the entry has.
    pub size: Option<u64>,
}

impl Extension {
    /// Reads the records of an extended header: `length keyword=value` and a line feed each.
    ///
    /// Refuses records that do not add up, and sparse files. Other keywords (times, owners, comments)
    /// are dropped. When a keyword comes twice, the last one counts.
    pub fn parse(mut data: &[u8]) -> Result<Self, Rejection> {
        let mut extension = Self::default();
        while !data.is_empty() {
            let (keyword, value, rest) = record(data).ok_or_else(malformed)?;
            match keyword {
                b"path" => extension.path = Some(value.to_vec()),
                b"linkpath" => extension.link = Some(value.to_vec()),
                b"size" => extension.size = Some(number(value).ok_or_else(malformed)?),
                _ if keyword.starts_with(b"GNU.sparse.") => return Err(sparse()),
                _ => {}
            }
            data = rest;
        }
        Ok(extension)
    }
}

/// The refusal of a file with holes, whichever way the archive says so.
pub fn sparse() -> Rejection {
    Rejection::invalid(format!(
        "The archive has a sparse file, which is not supported. Please {ADVICE}"
    ))
}

fn malformed() -> Rejection {
    Rejection::invalid(format!(
        "The archive has a malformed extended (PAX) header. Please {ADVICE}"
    ))
}

/// The first record as keyword and value, and what comes after it.
fn record(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let digits = data.iter().position(|b| *b == b' ')?;
    let length = usize::try_from(number(&data[..digits])?).ok()?;
    let (record, rest) = data.split_at_checked(length)?;
    let body = record.get(digits + 1..)?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|b| *b == b'=')?;
    Some((&body[..equals], &body[equals + 1..], rest))
}

fn number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text)
        .ok()?
        .parse()
        .ok()
        .filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_records_are_read_and_others_dropped() {
        let data = b"16 path=docs/ab\n13 size=1234\n19 comment=a=b\nc d\n9 path=x\n";
        let extension = Extension::parse(data).unwrap();
        assert_eq!(extension.path.as_deref(), Some(&b"x"[..]));
        assert_eq!((extension.link, extension.size), (None, Some(1234)));
    }

    #[test]
    fn a_record_that_does_not_add_up_is_refused() {
        let records = [
            "99999999999 path=x\n",
            "99999999999999999999999 path=x\n",
            "0 path=x\n",
            "-9 path=x\n",
            "+9 path=x\n",
            "5 path=docs/liar.md\n",
            "9 path x\n",
            "9 path=xy",
            " path=x\n",
            "path=x",
            "9 size=-1\n",
            "28 size=18446744073709551616\n",
        ];
        for record in records {
            assert!(Extension::parse(record.as_bytes()).is_err(), "{record:?}");
        }
    }

    #[test]
    fn a_sparse_file_is_refused() {
        let refusal = Extension::parse(b"22 GNU.sparse.major=1\n").unwrap_err();
        assert!(refusal.to_string().contains("sparse"));
    }
}
