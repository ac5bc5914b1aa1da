//! How much of an archive is read before it is refused.

use crate::archive::yaml::Bounds;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// How deep YAML nests. The deepest documentation known nests to 30.
const YAML_DEPTH: usize = 100;

/// Upper bounds on what one archive may hold; they also bound the memory that reading it takes.
///
/// Those that the administrator can set are `config::import::Import`; a refusal names the setting. The defaults
/// there are these, which a test of `serve` watches.
///
/// The largest collections known are about 100 MiB unpacked, with 10,000 files, half a megabyte
/// of FILES.json, paths of 140 bytes and 15 MiB of documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the unpacked tar file, headers and padding included. Default 1 GiB.
    pub unpacked: u64,
    /// How many times larger than the uploaded file the unpacked one may be. Default 200: Python sources come to 40,
    /// and a bomb to 1000. Does not count for the first 16 MiB, where small files of blanks are no danger.
    pub ratio: u64,
    /// Bytes of one file. Default 512 MiB.
    pub file: u64,
    /// Files, links and directories together, whether or not a directory has its own entry. Default 100,000.
    pub entries: u64,
    /// Parts of one path. Default 64; the deepest path of a real collection has 20.
    pub depth: usize,
    /// Bytes of any file whose content is kept, such as FILES.json, and of all names together,
    /// which a FILES.json has to list. Default 12 MiB.
    pub document: u64,
    /// Bytes of MANIFEST.json, which is a few kilobytes in practice. Default 4 MiB.
    pub manifest: u64,
    /// Bytes of one path or link target. Default 4096, the longest that Linux takes.
    pub path: usize,
    /// Bytes of all documentation together, as it stands in the sources. Default 24 MiB.
    pub documentation: u64,
    /// Bytes of all documentation as it is shown, and of what is read for it: links and fragments can show one text any
    /// number of times. Default 256 MiB; the most known is 12.
    pub shown: u64,
    /// Bytes of one source or YAML file that is looked into. Default 2 MiB; the largest
    /// known has 0.4 MiB.
    pub source: u64,
    /// Bytes of one page of Markdown. Default 512 KiB, as on the reference.
    pub page: u64,
    /// Values in one YAML document, aliases counted as what they stand for. Default 100,000.
    pub yaml_nodes: usize,
}

impl Limits {
    /// The limits on one YAML document.
    pub fn yaml(&self) -> Bounds {
        Bounds {
            nodes: self.yaml_nodes,
            depth: YAML_DEPTH,
        }
    }

    /// How many bytes may come out of an archive of `packed` bytes.
    pub fn unpacked_from(&self, packed: u64) -> u64 {
        let by_ratio = packed.saturating_mul(self.ratio).max(16 * MIB);
        self.unpacked.min(by_ratio)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: 1024 * MIB,
            ratio: 200,
            file: 512 * MIB,
            entries: 100_000,
            depth: 64,
            document: 12 * MIB,
            manifest: 4 * MIB,
            path: 4096,
            documentation: 24 * MIB,
            shown: 256 * MIB,
            source: 2 * MIB,
            page: 512 * KIB,
            yaml_nodes: 100_000,
        }
    }
}
