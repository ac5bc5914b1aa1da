//! Bytes on their way in: spooled to a temporary file while they are hashed and counted.

use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;

use sha2::Digest as _;
use sha2::Sha256;
use tempfile::NamedTempFile;

use crate::kernel::digest::Digest;

/// Takes bytes in; the file disappears unless [`Writer::finish`]ed and kept.
#[derive(Debug)]
pub struct Writer {
    file: NamedTempFile,
    hash: Sha256,
    size: u64,
}

impl Writer {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: NamedTempFile::new_in(folder)?,
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// How many bytes came so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Ends the intake.
    pub fn finish(mut self) -> io::Result<Staged> {
        self.file.flush()?;
        Ok(Staged {
            file: self.file,
            digest: Digest::from_bytes(self.hash.finalize().into()),
            size: self.size,
        })
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Bytes that are complete and measured, but not yet permanent. Dropping it removes them.
#[derive(Debug)]
pub struct Staged {
    pub(super) file: NamedTempFile,
    /// The SHA-256 of the bytes.
    pub digest: Digest,
    /// How many bytes there are.
    pub size: u64,
}

impl Staged {
    /// The bytes, to be read from wherever the last reader left off.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }
}
