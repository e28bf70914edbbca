//! A gzip bomb: a small stream that inflates to a large one, made as it is sent.
//!
//! One block of spaces is compressed once, and flushed so that it stands for itself; the stream is that block again and again
//! (RFC 1951, section 3.2.3, and RFC 1952). What is kept is one compressed block, of about a kilobyte, whatever the size.

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// What one block inflates to.
const BLOCK: usize = 1 << 20;

/// No name, no time, no system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// A last block with nothing in it: the final bit, and the fixed code's end of block.
const LAST: [u8; 2] = [3, 0];

/// The pieces of the stream, in order.
#[derive(Debug)]
pub(in crate::sandbox) struct Bomb {
    block: Bytes,
    of_block: Crc,
    so_far: Crc,
    blocks: u64,
    place: Place,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Head,
    Block(u64),
    Over,
}

impl Bomb {
    /// A bomb that inflates to so many bytes, rounded up to whole mebibytes; nothing if the compressor fails, which it does not.
    pub(in crate::sandbox) fn new(bytes: u64) -> Option<Self> {
        let spaces = vec![b' '; BLOCK];
        let mut block = Vec::with_capacity(BLOCK / 64);
        let mut compress = Compress::new(Compression::best(), false);
        compress
            .compress_vec(&spaces, &mut block, FlushCompress::Full)
            .ok()?;
        if compress.total_in() != 1 << 20 {
            return None;
        }
        let mut of_block = Crc::new();
        of_block.update(&spaces);
        Some(Self {
            block: block.into(),
            of_block,
            so_far: Crc::new(),
            blocks: bytes.div_ceil(1 << 20),
            place: Place::Head,
        })
    }

    fn tail(&self) -> Bytes {
        let sum = self.so_far.sum().to_le_bytes();
        let amount = self.so_far.amount().to_le_bytes();
        Bytes::from([&LAST[..], &sum, &amount].concat())
    }
}

impl Iterator for Bomb {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        match self.place {
            Place::Head => {
                self.place = Place::Block(0);
                Some(Bytes::from_static(&HEAD))
            }
            Place::Block(sent) if sent < self.blocks => {
                self.place = Place::Block(sent + 1);
                self.so_far.combine(&self.of_block);
                Some(self.block.clone())
            }
            Place::Block(_) => {
                self.place = Place::Over;
                Some(self.tail())
            }
            Place::Over => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn it_is_gzip_that_inflates_to_what_was_asked_for() {
        let packed: Vec<u8> = Bomb::new(2_500_000).unwrap().flatten().collect();
        assert!(packed.len() < 8192, "{}", packed.len());
        let mut inflated = Vec::new();
        // The reader checks sum and length at the end.
        GzDecoder::new(&packed[..])
            .read_to_end(&mut inflated)
            .unwrap();
        assert_eq!(inflated.len(), 3 << 20);
        assert!(inflated.iter().all(|byte| *byte == b' '));
    }

    #[test]
    fn it_is_made_as_it_is_taken() {
        let mut bomb = Bomb::new(1 << 40).unwrap();
        let first = bomb.nth(1).unwrap();
        let second = bomb.next().unwrap();
        assert_eq!(first.as_ptr(), second.as_ptr(), "one block serves them all");
    }
}
