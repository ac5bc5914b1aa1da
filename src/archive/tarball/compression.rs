//! Compressed files: finds out how a file is packed and unpacks it as it is read.
//!
//! The reference opens whatever Python's `tarfile` understands, whatever the file is called
//! (contract 06, "Corrections from recordings"). Start reading at [`open`].

use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Seek;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::CONCATENATED;
use liblzma::stream::Stream;

/// Bytes read from the file at once.
const PACKED_BUFFER: usize = 64 * 1024;

/// Bytes unpacked at once: hashes are taken straight from this buffer, and it should stay in the cache.
const UNPACKED_BUFFER: usize = 128 * 1024;

/// Most memory for xz, in bytes. `xz -9` asks for 65 MiB; the format could ask for 1.5 GiB.
const XZ_MEMORY: u64 = 80 * 1024 * 1024;

/// The bytes of `file`, from its start, unpacked if they are gzip, bzip2 or xz and as they are if not.
///
/// Several compressed streams in a row are read as one. Nothing is unpacked before the result is read,
/// so damaged data is an error of the reader that is returned.
pub fn open<'a>(file: &'a mut (impl Read + Seek)) -> io::Result<Box<dyn BufRead + 'a>> {
    file.rewind()?;
    let mut magic = Vec::with_capacity(6);
    Read::take(&mut *file, 6).read_to_end(&mut magic)?;
    file.rewind()?;
    let packed = BufReader::with_capacity(PACKED_BUFFER, file);
    Ok(match magic.as_slice() {
        [0x1F, 0x8B, ..] => unpacked(MultiGzDecoder::new(packed)),
        [b'B', b'Z', b'h', ..] => unpacked(MultiBzDecoder::new(packed)),
        [0xFD, b'7', b'z', b'X', b'Z', 0] => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
            unpacked(XzDecoder::new_stream(packed, stream))
        }
        _ => Box::new(packed),
    })
}

fn unpacked<'a>(decoder: impl Read + 'a) -> Box<dyn BufRead + 'a> {
    Box::new(BufReader::with_capacity(UNPACKED_BUFFER, decoder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::io::Write;

    fn text(packed: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        open(&mut Cursor::new(packed))?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_packing_that_the_reference_opens_is_opened() {
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bzip2.write_all(b"content").unwrap();
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
        xz.write_all(b"content").unwrap();
        let packings = [
            gzip("content"),
            bzip2.finish().unwrap(),
            xz.finish().unwrap(),
            b"content".to_vec(),
        ];
        for packed in packings {
            assert_eq!(text(packed).unwrap(), "content");
        }
    }

    #[test]
    fn several_gzip_members_are_one_stream() {
        assert_eq!(
            text([gzip("one "), gzip("two")].concat()).unwrap(),
            "one two"
        );
    }

    #[test]
    fn an_empty_file_is_empty_and_a_cut_one_is_an_error() {
        assert_eq!(text(Vec::new()).unwrap(), "");
        let whole = gzip("content");
        assert!(text(whole[..whole.len() / 2].to_vec()).is_err());
    }

    #[test]
    fn an_xz_file_that_asks_for_too_much_memory_is_an_error() {
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
        xz.write_all(b"content").unwrap();
        let mut file = xz.finish().unwrap();
        // The block header follows 12 bytes of stream header: length, flags, filter, its properties, CRC-32.
        let end = 12 + usize::from(file[12]) * 4;
        assert_eq!(
            file[14..16],
            [0x21, 1],
            "LZMA2 with one byte, the size of its dictionary"
        );
        file[16] = 38;
        let mut sum = flate2::Crc::new();
        sum.update(&file[12..end]);
        file[end..end + 4].copy_from_slice(&sum.sum().to_le_bytes());
        let refusal = text(file).unwrap_err().to_string();
        assert!(refusal.contains("memory"), "{refusal}");
    }
}
