//! Good signatures, and each way to be none.

use pgp::composed::ArmorOptions;
use pgp::composed::KeyType;
use pgp::composed::SecretKeyParamsBuilder;
use pgp::composed::SignedSecretKey;
use pgp::composed::SubkeyParamsBuilder;
use pgp::composed::SubpacketConfig;
use pgp::packet::Subpacket;
use pgp::types::Duration;
use pgp::types::Password;
use pgp::types::SigningKey;
use proptest::prelude::*;
use rand::thread_rng;

use super::*;

const MESSAGE: &[u8] = b"{\"format\": 1}\n";

fn now() -> Timestamp {
    Timestamp(i64::from(pgp::types::Timestamp::now().as_secs()) * 1_000_000)
}

/// A key that may sign, or not, with another below it that may.
fn key(may_sign: bool) -> SignedSecretKey {
    let mut below = SubkeyParamsBuilder::default();
    below.key_type(KeyType::Ed25519Legacy).can_sign(true);
    let mut key = SecretKeyParamsBuilder::default();
    key.key_type(KeyType::Ed25519Legacy)
        .can_certify(true)
        .can_sign(may_sign)
        .primary_user_id("Release <release@example.com>".to_owned())
        .subkeys(vec![below.build().unwrap()]);
    key.build().unwrap().generate(thread_rng()).unwrap()
}

fn public(key: &SignedSecretKey) -> SignedPublicKey {
    key.to_public_key()
}

fn armored(key: &SignedPublicKey) -> String {
    key.to_armored_string(ArmorOptions::default()).unwrap()
}

fn signed_with(key: &impl SigningKey, more: Vec<SubpacketData>) -> String {
    let made = SubpacketData::SignatureCreationTime(pgp::types::Timestamp::now());
    let by = SubpacketData::IssuerFingerprint(key.fingerprint());
    let all = [vec![made, by], more].concat();
    let hashed = all
        .into_iter()
        .map(|data| Subpacket::regular(data).unwrap());
    let subpackets = SubpacketConfig::UserDefined {
        hashed: hashed.collect(),
        unhashed: Vec::new(),
    };
    let signature = DetachedSignature::sign_binary_data_with_subpackets(
        thread_rng(),
        key,
        &Password::empty(),
        HashAlgorithm::Sha256,
        MESSAGE,
        subpackets,
    );
    let signature = signature.unwrap();
    signature
        .to_armored_string(ArmorOptions::default())
        .unwrap()
}

fn signed(key: &impl SigningKey) -> String {
    signed_with(key, Vec::new())
}

#[test]
fn a_signature_names_the_key_or_the_part_of_it_that_made_it() {
    let (key, other) = (key(true), key(true));
    let keys = armored(&public(&other)) + &armored(&public(&key));
    for (text, fingerprint) in [
        (signed(&key.primary_key), key.primary_key.fingerprint()),
        (
            signed(&key.secret_subkeys[0].key),
            key.secret_subkeys[0].key.fingerprint(),
        ),
    ] {
        let fingerprint = format!("{fingerprint:X}");
        assert_eq!(fingerprint.len(), 40);
        assert_eq!(
            verify(&text, &keys, MESSAGE, now()),
            Ok(fingerprint.clone())
        );
        assert_eq!(claim(&text), Ok(fingerprint));
        assert_eq!(
            verify(&text, &keys, b"other", now()),
            Err(Refusal::Mismatch)
        );
    }
}

#[test]
fn a_key_counts_only_for_what_it_is_for() {
    let key = key(false);
    let (text, keys) = (signed(&key.primary_key), armored(&public(&key)));
    let unfit = |why| {
        let fingerprint = format!("{:X}", key.primary_key.fingerprint());
        Err(Refusal::KeyUnfit(fingerprint, why))
    };
    let verdict = verify(&text, &keys, MESSAGE, now());
    assert_eq!(verdict, unfit("is not one for signing"));
    let mut nobodys = public(&key);
    nobodys.details.users.clear();
    let verdict = verify(&text, &armored(&nobodys), MESSAGE, now());
    assert_eq!(verdict, unfit("does not say of itself who has it"));
}

#[test]
fn a_key_that_is_there_twice_counts_if_either_does() {
    let key = key(true);
    let (text, good) = (signed(&key.primary_key), public(&key));
    let mut bad = good.clone();
    bad.details.users.clear();
    let (good, bad) = (armored(&good), armored(&bad));
    for keys in [format!("{bad}{good}"), format!("{good}{bad}")] {
        assert!(verify(&text, &keys, MESSAGE, now()).is_ok());
    }
}

#[test]
fn a_key_below_another_counts_if_both_vouch_for_it() {
    let (key, thief) = (key(true), key(true));
    let (text, below) = (
        signed(&key.secret_subkeys[0].key),
        &key.secret_subkeys[0].key,
    );
    let unfit = |why| Err(Refusal::KeyUnfit(format!("{:X}", below.fingerprint()), why));
    // Taken from its owner, with the owner's words.
    let mut stolen = public(&thief);
    stolen.public_subkeys = public(&key).public_subkeys;
    let verdict = verify(&text, &armored(&stolen), MESSAGE, now());
    assert_eq!(verdict, unfit("is not bound to its primary key"));
    // Taken, with words of the thief's own; but the key below knows nothing of them.
    let bound = below.public_key().sign(
        thread_rng(),
        &thief.primary_key,
        thief.primary_key.public_key(),
        &Password::empty(),
        public(&key).public_subkeys[0].signatures[0].key_flags(),
        None,
    );
    stolen.public_subkeys[0].signatures = vec![bound.unwrap()];
    let verdict = verify(&text, &armored(&stolen), MESSAGE, now());
    assert_eq!(verdict, unfit("does not vouch for its primary key"));
}

#[test]
fn what_is_broken_or_past_its_time_does_not_count() {
    let key = key(true);
    let keys = armored(&public(&key));
    let weak = include_str!("samples/gnupg-sha1.asc");
    assert!(matches!(claim(weak), Err(Refusal::Weak(_))));
    let brief = SubpacketData::SignatureExpirationTime(Duration::from_secs(60));
    let brief = signed_with(&key.primary_key, vec![brief]);
    assert!(verify(&brief, &keys, MESSAGE, now()).is_ok());
    let later = Timestamp(now().0 + 120_000_000);
    assert_eq!(verify(&brief, &keys, MESSAGE, later), Err(Refusal::Expired));
}

/// Keys and signatures by them, as `gpg` 2.2 wrote them.
#[test]
fn what_gnupg_writes_is_read() {
    let (key, signature) = (
        include_str!("samples/gnupg.key"),
        include_str!("samples/gnupg.asc"),
    );
    let fingerprint = verify(signature, key, MESSAGE, now());
    assert_eq!(fingerprint, claim(signature));
    assert_eq!(fingerprint.map(|text| text.len()), Ok(40));
    let revoked = include_str!("samples/gnupg-revoked.key");
    let verdict = verify(signature, revoked, MESSAGE, now());
    assert!(
        matches!(verdict, Err(Refusal::KeyUnfit(_, "was revoked"))),
        "{verdict:?}"
    );
    let (key, signature) = (
        include_str!("samples/gnupg-expired.key"),
        include_str!("samples/gnupg-expired.asc"),
    );
    let verdict = verify(signature, key, MESSAGE, now());
    assert!(
        matches!(verdict, Err(Refusal::KeyUnfit(_, "has expired"))),
        "{verdict:?}"
    );
}

proptest! {
    /// Whatever becomes of a signature on its way, it is refused or says what it said.
    #[test]
    fn damage_is_refused(at in 0..400usize, with: u8, cut in 0..400usize) {
        let (key, signature) = (include_str!("samples/gnupg.key"), include_str!("samples/gnupg.asc"));
        let mut bytes = signature.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = with;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok(fingerprint) = verify(&changed, key, MESSAGE, now()) {
            prop_assert_eq!(Ok(fingerprint), claim(signature));
        }
        let _refused_or_not = claim(&changed);
        let short = &signature[..cut % signature.len()];
        let _refused_or_not = (verify(short, key, MESSAGE, now()), public_keys(&changed).is_err());
    }

    #[test]
    fn noise_in_armour_is_refused(noise in proptest::collection::vec(any::<u8>(), 0..2000)) {
        use base64::Engine;
        let text = base64::prelude::BASE64_STANDARD.encode(noise);
        let armor = |kind: &str| format!("-----BEGIN PGP {kind}-----\n\n{text}\n-----END PGP {kind}-----\n");
        prop_assert!(claim(&armor("SIGNATURE")).is_err());
        prop_assert!(public_keys(&armor("PUBLIC KEY BLOCK")).is_err());
    }
}
