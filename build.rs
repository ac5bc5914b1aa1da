//! Makes cargo notice new files in embedded folders, and checks that migrations are numbered without gaps.

use std::fs;

fn main() {
    println!("cargo:rerun-if-changed=schema");
    let mut numbers: Vec<usize> = fs::read_dir("schema")
        .expect("schema/ is part of the source tree")
        .map(|entry| {
            entry
                .expect("schema/ can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .map(|name| {
            let number = name.split('-').next().unwrap_or_default();
            number
                .parse()
                .unwrap_or_else(|_| panic!("schema/{name}: the name must be NN-what-it-adds"))
        })
        .collect();
    numbers.sort_unstable();
    assert!(
        numbers.iter().copied().eq(1..=numbers.len()),
        "schema/: migrations must be numbered 1, 2, 3, … without gaps, found {numbers:?}"
    );
}
