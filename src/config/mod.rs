//! Config: every setting read once, with the place its value came from.
//!
//! Owns flags, environment variables and the TOML file, in this order of precedence:
//! flag, environment, file, default. Nothing is read again while the server runs.
//! All settings are declared in one table, `settings.rs`; the flags, their help, the keys of
//! the file and `config show` follow from it. To add one: declare it there, add it to
//! [`ALL`], and give it a field in the group it belongs to.
//! Start reading at [`Config::load`].

pub mod access;
pub mod database;
pub mod foreign;
pub mod hosts;
pub mod import;
pub mod listen;
pub mod logging;
pub mod origin;
pub mod proxies;
pub mod publishing;
pub mod single_sign_on;
pub mod storage;

mod failure;
mod file;
mod flags;
mod kind;
mod layers;
mod setting;
mod settings;
mod source;
#[cfg(test)]
mod tests;

pub use failure::ConfigError;
pub use flags::args;
pub use kind::Form;
pub use kind::Secret;
pub use setting::Fallback;
pub use setting::Row;
pub use setting::Variable;
pub use settings::ALL;
pub use settings::CHECKING;
pub use settings::LOCATION;
pub use source::Shown;
pub use source::Source;

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;

use clap::ArgMatches;

use crate::config::access::Access;
use crate::config::database::Database;
use crate::config::import::Import;
use crate::config::layers::Layers;
use crate::config::listen::Listen;
use crate::config::logging::Logging;
use crate::config::publishing::Publishing;
use crate::config::single_sign_on::SingleSignOn;
use crate::config::storage::Storage;

/// The file that is read from the data directory when none is named.
pub const FILE_NAME: &str = "galaxy.toml";

/// Everything the administrator decides, read once at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens and how it writes links.
    pub listen: Listen,
    /// Where the data lies and how large an upload may be.
    pub storage: Storage,
    /// Who may come in, with which passwords and tokens.
    pub access: Access,
    /// Signing in at another server.
    pub single_sign_on: SingleSignOn,
    /// What happens to an uploaded collection.
    pub publishing: Publishing,
    /// How much one collection may bring.
    pub import: Import,
    /// How the database is opened.
    pub database: Database,
    /// What is logged, and how.
    pub logging: Logging,
    file: Option<PathBuf>,
    shown: Vec<Shown>,
}

impl Config {
    /// Reads the flags of a command that carries [`args`], the environment of the process,
    /// and the settings file. A command may carry any part of the settings: what has no flag
    /// there still follows environment, file and default.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be understood, with the place it was written at.
    pub fn load(flags: &ArgMatches) -> Result<Self, ConfigError> {
        Self::load_with(flags, &|name| std::env::var_os(name))
    }

    /// The same with another environment: `environment` answers with the value of a variable.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn load_with(
        flags: &ArgMatches,
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        Self::read(Layers::open(Some(flags), environment)?)
    }

    /// The defaults, a data directory, any free port of the loopback address, and as few
    /// threads as will do. Neither environment nor file is read; change the fields at will
    /// ([`Config::shown`] keeps telling the defaults).
    pub fn for_testing(data: &Path) -> Self {
        let mut config = Self::read(Layers::defaults())
            .expect("the defaults are constants, and a test reads every one");
        config.storage.data = data.to_owned();
        config.listen.address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        config.publishing.workers = 1;
        config.database.readers = 2;
        config
    }

    /// The settings file that was read, if any.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Every setting in the order of the table, with secrets masked.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    fn read(mut layers: Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            storage: Storage::read(&mut layers)?,
            listen: Listen::read(&mut layers)?,
            access: Access::read(&mut layers)?,
            single_sign_on: SingleSignOn::read(&mut layers)?,
            publishing: Publishing::read(&mut layers)?,
            import: Import::read(&mut layers)?,
            database: Database::read(&mut layers)?,
            logging: Logging::read(&mut layers)?,
            file: layers.file_path(),
            shown: layers.into_shown(),
        })
    }
}
