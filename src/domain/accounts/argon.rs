//! Argon2id in a fixed amount of memory, however many callers there are.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use argon2::Algorithm;
use argon2::Argon2;
use argon2::Block;
use argon2::Params;
use argon2::Version;

/// Computations at a time. Each takes 19 MiB and a core for tens of milliseconds; whoever comes when all
/// are taken waits, so that guessing passwords costs the guesser time and the server neither memory nor reads.
const SLOTS: usize = 2;

/// The working memory, kept between calls: an allocator asked for 19 MiB by many threads does not give it back.
static MEMORY: [Mutex<Vec<Block>>; SLOTS] = [const { Mutex::new(Vec::new()) }; SLOTS];
static TURN: AtomicUsize = AtomicUsize::new(0);

/// The Argon2id output of `password` and `salt`, as long as `output`. Blocks: call it off the reactor.
pub(super) fn compute(
    params: Params,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
) -> argon2::Result<()> {
    let slot = &MEMORY[TURN.fetch_add(1, Ordering::Relaxed) % SLOTS];
    // A panic inside leaves only memory that the next call overwrites.
    let mut memory = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into_with_memory(password, salt, output, memory.as_mut_slice())
}
