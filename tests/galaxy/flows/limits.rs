//! Every limit of an import can be set, and its refusal names the setting.

use pocket_galaxy::config::Config;

use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

/// A file that passes, until a setting is lowered; a dry run and an import say so alike.
fn is_refused_by(setting: &str, file: &Artifact, lower: fn(&mut Config)) {
    let free = TestServer::start();
    free.admin().publish(file).succeeds();
    let limited = TestServer::with(lower);
    let dry = "v3/artifacts/collections/?dry_run=true";
    let findings = limited.admin().upload_to(dry, &Form::of(file));
    let findings = findings.expect(200).json();
    let error = findings["error"].as_str().unwrap();
    assert!(error.contains(setting), "{setting}: {error}");
    limited.admin().publish(file).fails_with(setting);
}

fn with(path: &str, content: &[u8]) -> Artifact {
    collection("acme.tools").file(path, content).build()
}

#[test]
fn what_is_too_large_is_told_by_which_setting() {
    let file = with("files/a", &[7; 20_000]);
    is_refused_by("max_unpacked_size", &file, |config| {
        config.import.max_unpacked_size = 10_000;
    });
    is_refused_by("max_file_size", &file, |config| {
        config.import.max_file_size = 10_000;
    });
    is_refused_by(
        "max_documentation_size",
        &with("docs/a.md", &[b'a'; 9000]),
        |config| {
            config.import.max_documentation_size = 5000;
        },
    );
}

#[test]
fn what_swells_too_much_is_told_by_which_setting() {
    // The first 16 MiB are free.
    is_refused_by(
        "max_compression_ratio",
        &with("files/a", &vec![0; 20 << 20]),
        |config| {
            config.import.max_compression_ratio = 2;
        },
    );
}

#[test]
fn what_has_too_many_parts_is_told_by_which_setting() {
    let many = (0..20).fold(collection("acme.tools"), |built, n| {
        built.file(&format!("files/{n}"), "x")
    });
    is_refused_by("max_archive_entries", &many.build(), |config| {
        config.import.max_archive_entries = 20;
    });
    is_refused_by("max_path_depth", &with("a/b/c/d", b""), |config| {
        config.import.max_path_depth = 3;
    });
    is_refused_by("max_yaml_values", &with("files/a", b""), |config| {
        config.import.max_yaml_values = 1;
    });
}
