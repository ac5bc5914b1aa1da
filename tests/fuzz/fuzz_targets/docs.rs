//! Whatever plugins and YAML say, their documentation is JSON, in little time and memory.
//!
//! Input, separated by NUL: the sources of a module, of a fragment, of a filter; the YAML of a role, of its arguments,
//! its page; the README.
#![no_main]

use std::io::Read;

use flate2::read::GzDecoder;
use libfuzzer_sys::fuzz_target;
use pocket_galaxy::archive::python::Reader;
use pocket_galaxy::archive::limits::Limits;
use pocket_galaxy::archive::yaml;
use pocket_galaxy::archive::yaml::Bounds;
use pocket_galaxy_fuzz::{collection, read};
use serde_json::Value;

const NAMES: [&str; 7] = [
    "plugins/modules/m.py",
    "plugins/doc_fragments/f.py",
    "plugins/filter/f.yml",
    "roles/r/meta/main.yml",
    "roles/r/meta/argument_specs.yml",
    "roles/r/README.md",
    "README.md",
];

fuzz_target!(|input: &str| {
    let bounds = Bounds { nodes: 1000, depth: 100 };
    let mut texts = input.split('\0');
    for text in input.split('\0') {
        if let Ok(value) = yaml::parse(text, bounds) {
            // Not compared: the last digit of a long number is lost when it is read again.
            serde_json::from_str::<Value>(&value.to_string()).expect("JSON");
        }
    }
    let found = Reader::new().expect("a grammar").plugin(input);
    let length = |text: Option<_>| text.map_or(0, |text: pocket_galaxy::archive::python::Text| text.text.len());
    assert!(length(found.documentation) + length(found.examples) + length(found.returns) <= 3 * input.len());

    let mut files: Vec<(&str, &[u8])> =
        NAMES.iter().map(|name| (*name, texts.next().unwrap_or_default().as_bytes())).collect();
    files.push(("meta/runtime.yml", b"requires_ansible: '>=2.15.0'\n"));
    files.push(("roles/r/tasks/main.yml", b"[]\n"));
    let limits = Limits { yaml_nodes: 1000, ..Limits::default() };
    let collection = read(&collection(&files), &limits).expect("nothing in documentation is a reason to refuse");
    let mut blob = String::new();
    GzDecoder::new(collection.docs.blob.as_slice()).read_to_string(&mut blob).expect("UTF-8 in gzip");
    let blob: Value = serde_json::from_str(&blob).expect("JSON");
    assert_eq!(blob["docs_blob"]["contents"].as_array().map(Vec::len), Some(collection.docs.contents.len()));
});
