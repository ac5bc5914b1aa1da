//! How much one collection may bring: what is over a limit is refused by its import.
//!
//! The limits bound the memory and the time that a hostile archive can cost; the defaults leave room above the
//! largest collections known. `archive::limits` has the reasons for each.

use crate::config::failure::ConfigError;
use crate::config::kind::Form;
use crate::config::kind::Kind;
use crate::config::kind::whole;
use crate::config::layers::Layers;
use crate::config::settings;

/// The limits on what an import reads.
#[derive(Debug, Clone)]
pub struct Import {
    /// The largest archive when unpacked, in bytes, headers and padding included.
    pub max_unpacked_size: u64,
    /// How many times larger than its file an unpacked archive may be; small ones are free of this.
    pub max_compression_ratio: usize,
    /// The most files, links and directories in one archive.
    pub max_archive_entries: usize,
    /// The largest file in an archive, in bytes.
    pub max_file_size: u64,
    /// The most parts of one path in an archive.
    pub max_path_depth: usize,
    /// The most values in one YAML document, aliases counted as what they stand for.
    pub max_yaml_values: usize,
    /// The most documentation in one collection, in bytes of its sources.
    pub max_documentation_size: u64,
}

impl Import {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            max_unpacked_size: layers.read(&settings::MAX_UNPACKED_SIZE)?,
            max_compression_ratio: layers.read(&settings::MAX_COMPRESSION_RATIO)?,
            max_archive_entries: layers.read(&settings::MAX_ARCHIVE_ENTRIES)?,
            max_file_size: layers.read(&settings::MAX_FILE_SIZE)?,
            max_path_depth: layers.read(&settings::MAX_PATH_DEPTH)?,
            max_yaml_values: layers.read(&settings::MAX_YAML_VALUES)?,
            max_documentation_size: layers.read(&settings::MAX_DOCUMENTATION_SIZE)?,
        })
    }
}

/// The most of something there may be.
pub(super) const MOST: Kind<usize> = Kind {
    placeholder: "NUMBER",
    expected: "a whole number from 1 up",
    form: Form::Number,
    read: |text| whole(text).filter(|most| *most > 0),
    show: usize::to_string,
};
