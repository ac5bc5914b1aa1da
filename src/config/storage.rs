//! Where the data lies, and how large an upload may be.

use std::path::PathBuf;

use crate::config::failure::ConfigError;
use crate::config::layers::Layers;
use crate::config::settings;

/// The data directory and the limit on what enters it.
#[derive(Debug, Clone)]
pub struct Storage {
    /// The directory of the database and the artifacts; a relative one starts at the
    /// working directory of the process, whichever layer named it.
    pub data: PathBuf,
    /// The largest upload, in bytes.
    pub max_upload_size: u64,
}

impl Storage {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            data: layers.read(&settings::DATA)?,
            max_upload_size: layers.read(&settings::MAX_UPLOAD_SIZE)?,
        })
    }
}
