//! OpenPGP signatures: whether one was made over some bytes, and by which key. No I/O.
//!
//! Everything here is read from what strangers sent. Start reading at [`verify`].

#[cfg(test)]
mod tests;

use std::panic;
use std::panic::AssertUnwindSafe;

use pgp::composed::Deserializable;
use pgp::composed::DetachedSignature;
use pgp::composed::SignedPublicKey;
use pgp::composed::SignedPublicSubKey;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::Signature;
use pgp::packet::SignatureType;
use pgp::packet::SubpacketData;
use pgp::types::KeyDetails;
use pgp::types::Tag;
use pgp::types::VerifyingKey;

use crate::kernel::clock::Timestamp;

/// Longest signature, in bytes of its text. One by an RSA key of 16384 bits has three thousand.
pub const LENGTH_MAX: usize = 16 * 1024;

const KEY_BLOCK: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is something else.
    #[error(
        "The file is not a detached signature in ASCII armour, such as `gpg --detach-sign --armor` writes."
    )]
    NoSignature,
    /// There is more than one.
    #[error("The file holds more than one signature. Upload each in a file of its own.")]
    Several,
    /// Nobody can tell which key made it.
    #[error("The signature does not say which key made it.")]
    Anonymous,
    /// Others could make one like it for other bytes.
    #[error("The signature is made with {0}, which is broken. Sign with SHA-256 or better.")]
    Weak(String),
    /// The key of the repository cannot be read.
    #[error("The key of the repository (gpgkey) is not a public key in ASCII armour.")]
    KeyUnreadable,
    /// Another key made it.
    #[error("It was made by the key {0}, which is none of the repository's (gpgkey).")]
    KeyUnknown(String),
    /// The key may not do that.
    #[error("The key {0} {1}.")]
    KeyUnfit(String, &'static str),
    /// It is past its time.
    #[error("The signature has expired.")]
    Expired,
    /// It is for other bytes.
    #[error(
        "The signature does not fit the MANIFEST.json of this version: it was made over other bytes, or it is damaged."
    )]
    Mismatch,
}

/// A result of this file.
type Verdict<T> = std::result::Result<T, Refusal>;

/// The fingerprint of the key that signed `message`, which is one of those in `keys`: 40 hexadecimal digits in capitals,
/// 64 for keys of version 6.
///
/// `keys` is one or more armoured public keys. The key must be the repository's, neither expired at `now` nor revoked,
/// and made for signing; of the keys below a primary key, one that both vouch for.
pub fn verify(signature: &str, keys: &str, message: &[u8], now: Timestamp) -> Verdict<String> {
    guarded(|| {
        let signature = parse(signature)?;
        let (keys, claimed) = (public_keys(keys)?, claimed_key(&signature)?);
        let now = now.epoch_seconds();
        let verdicts = keys
            .iter()
            .filter_map(|key| verify_by(&signature, key, message, now));
        // The same key may be there twice: as it was, and renewed.
        let best = verdicts.reduce(|best, next| best.or_else(|why| next.or(Err(why))));
        best.unwrap_or(Err(Refusal::KeyUnknown(claimed)))
    })
}

/// What a signature says of the key that made it, with nothing checked: its fingerprint, or the 16 digits of its id in
/// signatures that tell no more.
pub fn claim(signature: &str) -> Verdict<String> {
    guarded(|| claimed_key(&parse(signature)?))
}

/// The library reads hostile input here; should it panic, the input is at fault and not this server.
fn guarded<T>(work: impl FnOnce() -> Verdict<T>) -> Verdict<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refusal::NoSignature))
}

/// The one signature in a text.
fn parse(text: &str) -> Verdict<Signature> {
    if text.len() > LENGTH_MAX {
        return Err(Refusal::NoSignature);
    }
    // What follows the first armour would go unread here, and not by whoever verifies it elsewhere.
    if text.matches("-----BEGIN PGP ").count() > 1 {
        return Err(Refusal::Several);
    }
    let (mut found, _) =
        DetachedSignature::from_string_many(text).map_err(|_unreadable| Refusal::NoSignature)?;
    let Some(Ok(DetachedSignature { signature })) = found.next() else {
        return Err(Refusal::NoSignature);
    };
    if found.next().is_some() {
        return Err(Refusal::Several);
    }
    let is_of_data = matches!(
        signature.typ(),
        Some(SignatureType::Binary | SignatureType::Text)
    );
    if !is_of_data {
        return Err(Refusal::NoSignature);
    }
    match signature.hash_alg() {
        Some(weak @ (HashAlgorithm::Md5 | HashAlgorithm::Sha1 | HashAlgorithm::Ripemd160)) => {
            Err(Refusal::Weak(weak.to_string()))
        }
        _ => Ok(signature),
    }
}

fn claimed_key(signature: &Signature) -> Verdict<String> {
    let fingerprint = signature.issuer_fingerprint().into_iter().next();
    let fingerprint = fingerprint.map(|fingerprint| format!("{fingerprint:X}"));
    let id = || {
        let id = signature.issuer_key_id().into_iter().next()?;
        Some(hex::encode_upper(id.as_ref()))
    };
    fingerprint.or_else(id).ok_or(Refusal::Anonymous)
}

/// The keys in one or more blocks of armour.
fn public_keys(text: &str) -> Verdict<Vec<SignedPublicKey>> {
    let mut keys = Vec::new();
    for block in text.split(KEY_BLOCK).skip(1) {
        let block = format!("{KEY_BLOCK}{block}");
        let (found, _) = SignedPublicKey::from_string_many(&block)
            .map_err(|_unreadable| Refusal::KeyUnreadable)?;
        keys.extend(found.flatten());
    }
    match keys.is_empty() {
        true => Err(Refusal::KeyUnreadable),
        false => Ok(keys),
    }
}

/// The fingerprint of the part of `key` that made the signature; nothing if none did. `now` is in seconds.
fn verify_by(
    signature: &Signature,
    key: &SignedPublicKey,
    message: &[u8],
    now: i64,
) -> Option<Verdict<String>> {
    if made_by(signature, &key.primary_key) {
        let fit = primary_fitness(key, now).and_then(|said| may_sign(said, true));
        return Some(check(signature, &key.primary_key, (fit, message, now)));
    }
    let mut subkeys = key.public_subkeys.iter();
    let subkey = subkeys.find(|subkey| made_by(signature, &subkey.key))?;
    let fit = primary_fitness(key, now).and_then(|_| subkey_fitness(key, subkey, now));
    Some(check(signature, &subkey.key, (fit, message, now)))
}

fn made_by(signature: &Signature, key: &impl KeyDetails) -> bool {
    let (fingerprint, id) = (key.fingerprint(), key.legacy_key_id());
    let fingerprints = signature.issuer_fingerprint();
    match fingerprints.is_empty() {
        true => signature.issuer_key_id().contains(&&id),
        false => fingerprints.contains(&&fingerprint),
    }
}

/// Why a key must not be used.
type Fitness<T> = std::result::Result<T, &'static str>;

/// Checks a signature by a key, of which is known what it may do.
fn check(
    signature: &Signature,
    key: &impl VerifyingKey,
    (fit, message, now): (Fitness<()>, &[u8], i64),
) -> Verdict<String> {
    let fingerprint = format!("{:X}", key.fingerprint());
    if signature.verify(key, message).is_err() {
        return Err(Refusal::Mismatch);
    }
    if let Err(why) = fit {
        return Err(Refusal::KeyUnfit(fingerprint, why));
    }
    let made = signature.created().map_or(0, |made| made.as_secs());
    match ends(made, signature.signature_expiration_time()) {
        Some(end) if end <= now => Err(Refusal::Expired),
        _ => Ok(fingerprint),
    }
}

/// When something ends that began at `from` and lasts so long; never if that is nothing.
fn ends(from: u32, lasting: Option<pgp::types::Duration>) -> Option<i64> {
    let seconds = lasting.map(|lasting| lasting.as_secs());
    seconds
        .filter(|seconds| *seconds > 0)
        .map(|seconds| i64::from(from) + i64::from(seconds))
}

/// The last thing that a primary key says of itself, if that makes it good.
fn primary_fitness(key: &SignedPublicKey, now: i64) -> Fitness<&Signature> {
    let (primary, details) = (&key.primary_key, &key.details);
    let is_own = |signature: &Signature| signature.verify_key(primary).is_ok();
    if details.revocation_signatures.iter().any(is_own) {
        return Err("was revoked");
    }
    let certified = details.users.iter().flat_map(|user| {
        user.signatures.iter().filter(|signature| {
            signature.typ() != Some(SignatureType::CertRevocation)
                && signature
                    .verify_certification(primary, Tag::UserId, &user.id)
                    .is_ok()
        })
    });
    let direct = details.direct_signatures.iter();
    let said = newest(certified.chain(direct.filter(|signature| is_own(signature))))
        .ok_or("does not say of itself who has it")?;
    lasts(primary, said, now)
}

/// Whether a key below a primary one belongs to it, and may sign.
fn subkey_fitness(key: &SignedPublicKey, subkey: &SignedPublicSubKey, now: i64) -> Fitness<()> {
    let primary = &key.primary_key;
    let holds = |signature: &&Signature| {
        signature
            .verify_subkey_binding(primary, &subkey.key)
            .is_ok()
    };
    let of_kind = |kind: SignatureType| {
        let all = subkey.signatures.iter();
        all.filter(move |signature| signature.typ() == Some(kind))
    };
    if of_kind(SignatureType::SubkeyRevocation).any(|signature| holds(&signature)) {
        return Err("was revoked");
    }
    let said = newest(of_kind(SignatureType::SubkeyBinding).filter(holds))
        .ok_or("is not bound to its primary key")?;
    lasts(&subkey.key, said, now)?;
    may_sign(said, false)?;
    // The other way round too, or somebody could pass off the signing key of another as their own.
    let back = said.embedded_signature();
    match back.map(|back| back.verify_primary_key_binding(&subkey.key, primary)) {
        Some(Ok(())) => Ok(()),
        _ => Err("does not vouch for its primary key"),
    }
}

fn newest<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<&'a Signature> {
    signatures.max_by_key(|signature| signature.created().map(|made| made.as_secs()))
}

/// `said`, unless it says that the key has ended by now.
fn lasts<'a>(key: &impl KeyDetails, said: &'a Signature, now: i64) -> Fitness<&'a Signature> {
    match ends(key.created_at().as_secs(), said.key_expiration_time()) {
        Some(end) if end <= now => Err("has expired"),
        _ => Ok(said),
    }
}

/// Whether a key may sign by what is said of it. A key of which nothing is said may do what its kind can.
fn may_sign(said: &Signature, if_nothing_is_said: bool) -> Fitness<()> {
    let is_flags = |data: &SubpacketData| matches!(data, SubpacketData::KeyFlags(_));
    let mut said_more = said
        .config()
        .into_iter()
        .flat_map(|all| all.hashed_subpackets());
    let may = match said_more.any(|subpacket| is_flags(&subpacket.data)) {
        true => said.key_flags().sign(),
        false => if_nothing_is_said,
    };
    match may {
        true => Ok(()),
        false => Err("is not one for signing"),
    }
}
