//! Argon2id in a bounded amount of memory, however many callers there are.

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

/// Blocks of 1 KiB that a slot keeps. A hash that was stored with a larger cost takes more for a moment.
const KEPT: usize = 64 * 1024;

/// The most a stored hash may ask for: another server wrote it, or another setting.
const MEMORY_MAX: u32 = 1024 * 1024;
const ITERATIONS_MAX: u32 = 64;
const PARALLELISM_MAX: u32 = 16;

/// The least product of memory (KiB) and iterations that is worth the name: 7 MiB five times.
const WORK_MIN: u64 = 7 * 1024 * 5;

/// The working memory, kept between calls: an allocator asked for 19 MiB by many threads does not give it back.
static MEMORY: [Mutex<Vec<Block>>; SLOTS] = [const { Mutex::new(Vec::new()) }; SLOTS];
static TURN: AtomicUsize = AtomicUsize::new(0);

/// What hashing a password costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost(Params);

impl Cost {
    /// A cost of `memory` KiB, worked through `iterations` times in `parallelism` lanes.
    ///
    /// Fails with a sentence for the operator if that is too little to protect anything, or more than is ever read.
    pub fn new(memory: u32, iterations: u32, parallelism: u32) -> anyhow::Result<Self> {
        let work = u64::from(memory) * u64::from(iterations);
        anyhow::ensure!(
            work >= WORK_MIN,
            "hashing passwords with {memory} KiB and {iterations} iterations is too weak; memory times iterations \
             must be {WORK_MIN} at least, such as 19456 KiB and 2"
        );
        let params = Params::new(memory, iterations, parallelism, None)
            .ok()
            .filter(is_bearable);
        params.map(Self).ok_or_else(|| {
            anyhow::anyhow!(
                "passwords cannot be hashed with {memory} KiB, {iterations} iterations and {parallelism} lanes"
            )
        })
    }

    pub(in crate::domain::accounts) fn params(&self) -> &Params {
        &self.0
    }
}

/// Whether a hash stored with `params` may be computed at all.
pub(in crate::domain::accounts) fn is_bearable(params: &Params) -> bool {
    params.m_cost() <= MEMORY_MAX
        && params.t_cost() <= ITERATIONS_MAX
        && params.p_cost() <= PARALLELISM_MAX
}

/// The Argon2id output of `password` and `salt`, as long as `output`. Blocks: call it off the reactor.
pub(in crate::domain::accounts) fn compute(
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
    let computed =
        argon.hash_password_into_with_memory(password, salt, output, memory.as_mut_slice());
    if memory.len() > KEPT {
        memory.truncate(KEPT);
        memory.shrink_to_fit();
    }
    computed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_neither_worthless_nor_unbearable() {
        assert_eq!(Cost::new(19_456, 2, 1).unwrap(), Cost::default());
        assert!(Cost::new(7168, 5, 1).is_ok());
        for (memory, iterations, parallelism) in [
            (7168, 1, 1),
            (2 << 20, 1, 1),
            (19_456, 65, 1),
            (19_456, 2, 17),
            (19_456, 2, 0),
        ] {
            assert!(Cost::new(memory, iterations, parallelism).is_err());
        }
    }
}
