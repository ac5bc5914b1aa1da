//! The uploaded file as it lies on our disk, remembering whether a failure was the disk's.

use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;

/// A file that keeps its first failure.
///
/// Decompressors report damaged data and failed reads with the same type of error;
/// asking here afterwards tells the two apart.
#[derive(Debug)]
pub struct Source<F> {
    file: F,
    failure: Option<io::Error>,
}

impl<F: Read + Seek> Source<F> {
    /// Wraps a file, to be read from wherever it stands.
    pub fn new(file: F) -> Self {
        let failure = None;
        Self { file, failure }
    }

    /// The first read or seek that failed, if any did.
    pub fn into_failure(self) -> Option<io::Error> {
        self.failure
    }

    fn note<T>(&mut self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted && self.failure.is_none() {
                self.failure = Some(error);
            }
            io::Error::from(kind)
        })
    }
}

impl<F: Read + Seek> Read for Source<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let outcome = self.file.read(into);
        self.note(outcome)
    }
}

impl<F: Read + Seek> Seek for Source<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let outcome = self.file.seek(to);
        self.note(outcome)
    }
}
