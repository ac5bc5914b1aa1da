//! How the database is opened.

use crate::config::failure::ConfigError;
use crate::config::layers::Layers;
use crate::config::settings;

/// The embedded database.
#[derive(Debug, Clone)]
pub struct Database {
    /// How many connections read at the same time, at least 1. The one that writes comes on top.
    pub readers: usize,
}

impl Database {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            readers: layers.read(&settings::DATABASE_READERS)?,
        })
    }
}
