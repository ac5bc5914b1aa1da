//! Bytes that nobody can guess: keys, salts, tokens, cookies.

use anyhow::Context;

use crate::kernel::error::Result;

/// `N` bytes from the generator of the operating system. Fails where that has none to give.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("no randomness")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_come_twice() {
        assert_ne!(bytes::<32>().unwrap(), bytes::<32>().unwrap());
    }
}
