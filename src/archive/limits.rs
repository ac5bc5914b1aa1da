//! How much of an archive is read before it is refused.

const MIB: u64 = 1024 * 1024;

/// Upper bounds on what one archive may hold; they also bound the memory that reading it takes.
///
/// The largest collections known are about 100 MiB unpacked, with 10,000 files, half a megabyte
/// of FILES.json and paths of 140 bytes. They take some 5 MiB of memory and an eighth of a second;
/// the worst archives found that keep within the defaults take 130 MiB and two seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the unpacked tar file, headers and padding included. Default 1 GiB.
    pub unpacked: u64,
    /// Files, links and directories together, whether or not a directory has its own entry. Default 100,000.
    pub entries: u64,
    /// Bytes of any file whose content is kept, such as FILES.json, and of all names together,
    /// which a FILES.json has to list. Default 32 MiB.
    pub document: u64,
    /// Bytes of MANIFEST.json, which is a few kilobytes in practice. Default 4 MiB.
    pub manifest: u64,
    /// Bytes of one path or link target. Default 4096, the longest that Linux takes.
    pub path: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: 1024 * MIB,
            entries: 100_000,
            document: 32 * MIB,
            manifest: 4 * MIB,
            path: 4096,
        }
    }
}
