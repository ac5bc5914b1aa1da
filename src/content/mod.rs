//! Content: bytes by digest.
//!
//! Knows nothing of collections, users or rows. Keeping the same bytes twice is free, and a kept file is
//! complete: it is written elsewhere, synced, renamed, and the folder synced, before [`Store::keep`] returns.
//! Start reading at [`Store`].

pub mod staging;

use std::collections::HashMap;
use std::fs;
use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::content::staging::Staged;
use crate::kernel::digest::Digest;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

/// The artifacts folder of one data directory: `sha256/ab/abcdef…` and `staging/`.
#[derive(Debug)]
pub struct Store {
    blobs: PathBuf,
    staging: PathBuf,
    /// Digests somebody is about to write a row for, with how many do. A pinned file is never removed.
    pins: Mutex<HashMap<Digest, usize>>,
}

impl Store {
    /// Opens the folder, creating it, and clears away uploads that a crash cut off.
    pub fn open(root: &Path) -> io::Result<Self> {
        let store = Self {
            blobs: root.join("sha256"),
            staging: root.join("staging"),
            pins: Mutex::default(),
        };
        fs::create_dir_all(&store.blobs)?;
        if store.staging.exists() {
            fs::remove_dir_all(&store.staging)?;
        }
        fs::create_dir(&store.staging)?;
        sync(root)?;
        root.parent().map_or(Ok(()), sync)?;
        Ok(store)
    }

    /// Begins to take in bytes whose digest is not known yet.
    pub fn stage(&self) -> io::Result<staging::Writer> {
        staging::Writer::create(&self.staging)
    }

    /// Makes staged bytes permanent and pins them until the returned [`Kept`] is dropped.
    ///
    /// Hold on to it until the row that names the digest is committed: then [`Store::discard`]
    /// of somebody else who had the same bytes cannot take the file away in between.
    pub fn keep(&self, staged: Staged) -> Result<Kept<'_>> {
        let Staged { file, digest, size } = staged;
        let kept = self.pin(digest, size);
        let path = self.path(&kept.digest);
        let folder = path.parent().unwrap_or(&self.blobs);
        if !path.exists() {
            file.as_file().sync_all().map_err(storage)?;
            fs::create_dir_all(folder).map_err(storage)?;
            file.persist(&path).map_err(|error| storage(error.error))?;
        }
        // Also when the file was there: whoever put it there may not have come as far as this yet.
        sync(folder)
            .and_then(|()| sync(&self.blobs))
            .map_err(storage)?;
        Ok(kept)
    }

    /// Opens the bytes for reading.
    pub fn open_blob(&self, digest: &Digest) -> io::Result<File> {
        File::open(self.path(digest))
    }

    /// Removes the bytes unless they are pinned or `still_needed` says so. Says whether they are gone.
    ///
    /// The row goes first, then the bytes: a crash in between leaves bytes nobody names, which is harmless.
    pub fn discard(
        &self,
        digest: &Digest,
        still_needed: impl FnOnce() -> Result<bool>,
    ) -> Result<bool> {
        let pins = self.pins();
        if pins.contains_key(digest) || still_needed()? {
            return Ok(false);
        }
        match fs::remove_file(self.path(digest)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(storage(error)),
        }
    }

    /// Every digest on disk, in no order. What no row names was left by a crash.
    pub fn digests(&self) -> io::Result<Vec<Digest>> {
        let mut found = Vec::new();
        for folder in fs::read_dir(&self.blobs)? {
            let folder = folder?.path();
            if folder.is_dir() {
                for file in fs::read_dir(folder)? {
                    found.extend(file?.file_name().to_str().and_then(Digest::parse));
                }
            }
        }
        Ok(found)
    }

    /// How full the file system is that the bytes are on.
    pub fn space(&self) -> Result<Space> {
        let found = rustix::fs::statvfs(&self.blobs).map_err(|error| storage(error.into()))?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Ok(Space {
            total: bytes(found.f_blocks),
            used: bytes(found.f_blocks.saturating_sub(found.f_bfree)),
            free: bytes(found.f_bavail),
        })
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.blobs.join(&digest.as_str()[..2]).join(digest.as_str())
    }

    fn pin(&self, digest: Digest, size: u64) -> Kept<'_> {
        *self.pins().entry(digest.clone()).or_default() += 1;
        Kept {
            store: self,
            digest,
            size,
        }
    }

    /// Held for a look at the map; in [`Store::discard`] also for one look at the database and one `unlink`.
    fn pins(&self) -> MutexGuard<'_, HashMap<Digest, usize>> {
        self.pins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sizes of a file system, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Space {
    /// All of it.
    pub total: u64,
    /// What files take.
    pub used: u64,
    /// What this process may still write: less than the rest, where some is kept back for root.
    pub free: u64,
}

/// Bytes that are on disk for good, and cannot be discarded while this lives.
#[derive(Debug)]
pub struct Kept<'s> {
    store: &'s Store,
    /// The SHA-256 of the bytes.
    pub digest: Digest,
    /// How many bytes there are.
    pub size: u64,
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let mut pins = self.store.pins();
        if let Some(count) = pins.get_mut(&self.digest) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&self.digest);
            }
        }
    }
}

/// Turns an I/O error of the data directory into the domain's words.
pub fn storage(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Error::StorageFull
        }
        _ => Error::Internal(anyhow::Error::new(error).context("artifact storage")),
    }
}

/// Makes the names in `folder` survive a power cut.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::io::Write;

    use super::*;

    fn staged(store: &Store, bytes: &[u8]) -> Staged {
        let mut writer = store.stage().unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_kept_is_read_back_under_its_digest() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let digest = store.keep(staged(&store, b"abc")).unwrap().digest.clone();
        assert_eq!(
            digest.as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let mut text = String::new();
        store
            .open_blob(&digest)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "abc");
        assert_eq!(store.digests().unwrap(), [digest]);
    }

    #[test]
    fn bytes_that_somebody_is_about_to_name_are_not_removed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let kept = store.keep(staged(&store, b"abc")).unwrap();
        let digest = kept.digest.clone();
        assert!(!store.discard(&digest, || Ok(false)).unwrap());
        drop(kept);
        assert!(!store.discard(&digest, || Ok(true)).unwrap());
        assert!(store.discard(&digest, || Ok(false)).unwrap());
        assert!(store.open_blob(&digest).is_err());
    }

    #[test]
    fn an_upload_cut_off_by_a_crash_is_cleared_at_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        fs::write(dir.path().join("staging/left-over"), b"half").unwrap();
        drop(store);
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path().join("staging")).unwrap().count(), 0);
        assert!(store.digests().unwrap().is_empty());
    }
}
