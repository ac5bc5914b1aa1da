//! The order of versions, against the `semver` crate.

use std::cmp::Ordering;

use pocket_galaxy::kernel::version::Version;
use proptest::prelude::*;
use semver::Version as Reference;

use crate::properties::runner;

/// Versions that are close enough to meet: few numbers, few words; none is longer than 128 characters.
fn versions() -> impl Strategy<Value = String> {
    let number = || prop_oneof![0..3_u64, 8..12_u64];
    let major = prop_oneof![9 => number(), 1 => Just(u64::MAX)];
    let core = (major, number(), number()).prop_map(|(x, y, z)| format!("{x}.{y}.{z}"));
    let identifier = "0|[1-9][0-9]{0,2}|[a-c]{1,2}|[0-9]?-[0-9]?|99999999999999999999";
    let identifiers = || prop::collection::vec(identifier, 1..3).prop_map(|list| list.join("."));
    let pre = prop::option::of(identifiers());
    let build = prop::option::of(identifiers());
    (core, pre, build).prop_map(|(core, pre, build)| {
        let pre = pre.map_or(String::new(), |pre| format!("-{pre}"));
        let build = build.map_or(String::new(), |build| format!("+{build}"));
        core + &pre + &build
    })
}

#[test]
fn the_order_of_versions_is_the_precedence_of_the_specification() {
    let compared = runner(4096).run(&(versions(), versions()), |(left, right)| {
        let [ours, other] = [&left, &right].map(|text| Version::parse(text).unwrap());
        let [theirs, theirs_other] = [&left, &right].map(|text| Reference::parse(text).unwrap());
        let expected = theirs.cmp_precedence(&theirs_other);
        prop_assert_eq!(ours.is_prerelease(), !theirs.pre.is_empty());
        // Build metadata only decides between what is equal otherwise.
        if expected != Ordering::Equal {
            prop_assert_eq!(
                ours.key().cmp(&other.key()),
                expected,
                "{} and {}",
                left,
                right
            );
        }
        Ok(())
    });
    compared.unwrap();
}

#[test]
fn the_order_of_versions_is_total() {
    let compared = runner(2048).run(&(versions(), versions(), versions()), |(a, b, c)| {
        let [a, b, c] = [&a, &b, &c].map(|text| Version::parse(text).unwrap());
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        Ok(())
    });
    compared.unwrap();
}

#[test]
fn what_is_no_version_elsewhere_is_none_here() {
    let text = "[0-9]{1,2}\\.[0-9]{1,2}(\\.[0-9]{1,2}){0,2}[-+.a0]{0,3}[a0-]{0,2}";
    let compared = runner(4096).run(&text, |text| {
        let expected = Reference::parse(&text).is_ok();
        prop_assert_eq!(Version::parse(&text).is_some(), expected, "{}", text);
        Ok(())
    });
    compared.unwrap();
}
