//! OpenPGP keys, and signatures by them.

use pgp::composed::ArmorOptions;
use pgp::composed::DetachedSignature;
use pgp::composed::KeyType;
use pgp::composed::SecretKeyParamsBuilder;
use pgp::composed::SignedSecretKey;
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::KeyDetails;
use pgp::types::Password;
use rand::thread_rng;

/// Somebody with a key.
pub struct Signer(SignedSecretKey);

impl Signer {
    /// A new key, of a kind that every GnuPG knows.
    pub fn new() -> Self {
        let key = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .primary_user_id("Release <release@example.com>".to_owned())
            .build()
            .unwrap();
        Self(key.generate(thread_rng()).unwrap())
    }

    /// The public key in ASCII armour, as a repository has it.
    pub fn public_key(&self) -> String {
        let key = self.0.to_public_key();
        key.to_armored_string(ArmorOptions::default()).unwrap()
    }

    /// As APIs show it.
    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.0.fingerprint())
    }

    /// A detached signature in ASCII armour.
    pub fn sign(&self, bytes: &[u8]) -> String {
        self.sign_with(HashAlgorithm::Sha256, bytes)
    }

    /// The same by another digest, which makes it another text.
    pub fn sign_with(&self, hash: HashAlgorithm, bytes: &[u8]) -> String {
        let signature = DetachedSignature::sign_binary_data(
            thread_rng(),
            &self.0.primary_key,
            &Password::empty(),
            hash,
            bytes,
        );
        let armored = signature
            .unwrap()
            .to_armored_string(ArmorOptions::default());
        armored.unwrap()
    }
}
