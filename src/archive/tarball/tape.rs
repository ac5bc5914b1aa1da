//! A tar file as a tape: blocks of 512 bytes, read once and in order, up to a limit.

use std::io;
use std::io::BufRead;

use crate::archive::rejection::Rejection;

/// The unit of a tar file, in bytes.
pub const BLOCK: usize = 512;

/// What every message about a broken file ends with.
pub const ADVICE: &str = "build it with `ansible-galaxy collection build` and upload it again";

/// An unpacked tar file and how much more of it may be read.
#[derive(Debug)]
pub struct Tape<R> {
    reader: R,
    limit: u64,
    read: u64,
}

impl<R: BufRead> Tape<R> {
    /// A tape of at most `limit` bytes.
    pub fn new(reader: R, limit: u64) -> Self {
        let read = 0;
        Self {
            reader,
            limit,
            read,
        }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> u64 {
        self.read
    }

    /// The next block; `None` at the end of the file. Part of a block is an error.
    pub fn block(&mut self) -> Result<Option<[u8; BLOCK]>, Rejection> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        if self.chunk(BLOCK as u64)?.is_empty() {
            return Ok(None);
        }
        self.claim(BLOCK as u64)?;
        self.feed(BLOCK as u64, |piece| {
            block[filled..filled + piece.len()].copy_from_slice(piece);
            filled += piece.len();
        })?;
        Ok(Some(block))
    }

    /// Hands the next `size` bytes to `take`, piece by piece and without copying, and skips the padding after them.
    ///
    /// A size beyond the limit is refused before anything is read.
    pub fn data(&mut self, size: u64, take: impl FnMut(&[u8])) -> Result<(), Rejection> {
        let padded = size.checked_next_multiple_of(BLOCK as u64);
        self.claim(padded.unwrap_or(u64::MAX))?;
        self.feed(size, take)?;
        self.feed(padded.unwrap_or(size) - size, |_| ())
    }

    /// Like [`Tape::data`], for data that is kept; `size` has been found to be reasonable.
    pub fn bytes(&mut self, size: u64) -> Result<Vec<u8>, Rejection> {
        // Grows with the data: the size is only a claim until the data has come.
        let mut bytes = Vec::new();
        self.data(size, |piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }

    fn claim(&mut self, size: u64) -> Result<(), Rejection> {
        let read = self.read.saturating_add(size);
        if read > self.limit {
            return Err(Rejection::invalid(format!(
                "The collection unpacks to more than {} bytes, the limit of this server for a file of its size \
                 (max_unpacked_size, max_compression_ratio). Leave large files out with `build_ignore` in galaxy.yml",
                self.limit
            )));
        }
        self.read = read;
        Ok(())
    }

    fn feed(&mut self, mut left: u64, mut take: impl FnMut(&[u8])) -> Result<(), Rejection> {
        while left > 0 {
            let piece = self.chunk(left)?;
            let length = piece.len();
            if length == 0 {
                return Err(Rejection::invalid(format!(
                    "The file ends too early: it was cut off. Please {ADVICE}"
                )));
            }
            take(piece);
            self.reader.consume(length);
            left -= length as u64;
        }
        Ok(())
    }

    /// What is in the buffer, at most `most` bytes; nothing at the end of the file.
    fn chunk(&mut self, most: u64) -> Result<&[u8], Rejection> {
        // The buffer is looked at twice, since a borrow cannot leave a loop that may go on.
        loop {
            match self.reader.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(damaged(&error)),
            }
        }
        let piece = self.reader.fill_buf().map_err(|error| damaged(&error))?;
        let length = usize::try_from(most).map_or(piece.len(), |most| most.min(piece.len()));
        Ok(&piece[..length])
    }
}

fn damaged(error: &io::Error) -> Rejection {
    Rejection::invalid(format!("The file is damaged ({error}). Please {ADVICE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_read_with_its_padding() {
        let bytes = [vec![b'a'; 700], vec![0; 324], vec![b'b'; 512]].concat();
        let mut tape = Tape::new(bytes.as_slice(), 1536);
        assert_eq!(tape.bytes(700).unwrap(), vec![b'a'; 700]);
        assert_eq!(tape.block().unwrap(), Some([b'b'; 512]));
        assert_eq!(tape.block().unwrap(), None);
    }

    #[test]
    fn what_is_over_the_limit_is_refused_unread() {
        let mut tape = Tape::new([0; 2048].as_slice(), 1024);
        let refusal = tape.data(u64::MAX, |_| panic!("read")).unwrap_err();
        assert!(refusal.to_string().contains("more than 1024 bytes"));
        assert!(tape.data(1025, |_| panic!("read")).is_err());
        assert!(tape.data(1023, |_| ()).is_ok());
    }

    #[test]
    fn a_cut_block_is_refused() {
        let mut tape = Tape::new([1; 100].as_slice(), 1024);
        assert!(tape.block().unwrap_err().to_string().contains("cut off"));
    }
}
