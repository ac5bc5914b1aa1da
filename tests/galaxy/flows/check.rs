//! `pocket-galaxy check`: what a publish would say, told without one.

use std::path::Path;
use std::process::Command;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::form::Form;
use crate::support::process::PROGRAM;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::Builder;
use crate::support::tarball::collection;
use crate::support::tarball::sha256;

/// A folder with these artifacts in it, and nothing else.
fn folder(artifacts: &[&Artifact]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for artifact in artifacts {
        std::fs::write(folder.path().join(artifact.file_name()), &artifact.bytes).unwrap();
    }
    folder
}

fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(folder)
        .env_remove("GALAXY_DATA")
        .arg("check")
        .args(line.split(' '));
    command
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn good() -> Artifact {
    collection("acme.tools")
        .file("roles/web/tasks/main.yml", "---\n")
        .file("roles/web/README.md", "# Web\n")
        .build()
}

fn warned() -> Artifact {
    collection("acme.warned")
        .file("plugins/modules/odd.py", "DOCUMENTATION = '''{'''\n")
        .build()
}

fn broken() -> Artifact {
    collection("acme.broken").without("authors").build()
}

/// Every name below a folder with the digest of the file, to see that nothing changed.
fn snapshot(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(snapshot(&path)),
            // The index of a log is memory that readers share.
            false if path.extension().is_some_and(|end| end == "db-shm") => {
                found.push((path.display().to_string(), String::new()));
            }
            false => found.push((
                path.display().to_string(),
                sha256(&std::fs::read(&path).unwrap()),
            )),
        }
    }
    found.sort();
    found
}

#[test]
fn people_are_told_what_to_mend_and_what_would_come_of_a_publish() {
    let folder = folder(&[&good(), &warned()]);
    let before = snapshot(folder.path());
    let output = command(
        folder.path(),
        "acme-tools-1.0.0.tar.gz acme-warned-1.0.0.tar.gz",
    )
    .output()
    .unwrap();
    let told = text(&output.stdout);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
    assert_eq!(lines[0], "acme-tools-1.0.0.tar.gz");
    assert_eq!(
        lines.last().unwrap().trim_start(),
        "acme.warned 1.0.0: 2 modules; 2 warnings; may be published"
    );
    assert!(
        told.contains("acme.tools 1.0.0: 1 module, 1 role; "),
        "{told}"
    );
    assert!(told.contains("\n  WARNING  "), "{told}");
    assert!(!told.contains("INFO"), "{told}");
    let verbose = command(folder.path(), "--verbose acme-tools-1.0.0.tar.gz")
        .output()
        .unwrap();
    assert!(text(&verbose.stdout).contains("\n  INFO     Importing with galaxy-importer"));
    assert_eq!(snapshot(folder.path()), before, "no data directory is made");
}

#[test]
fn one_bad_file_does_not_keep_the_others_from_being_checked() {
    let folder = folder(&[&broken(), &good()]);
    let line = "nope-there-1.0.0.tar.gz notes.txt acme-broken-1.0.0.tar.gz acme-tools-1.0.0.tar.gz";
    let output = command(folder.path(), line).output().unwrap();
    let told = text(&output.stdout);
    assert_eq!(status(&output), 1, "{told}");
    for expected in [
        "  ERROR    The file cannot be read: No such file or directory",
        "  ERROR    Invalid filename notes.txt. Expected format: namespace-name-version.tar.gz\n  would be refused\n",
        "  ERROR    Invalid collection metadata. 'authors' is required",
        "  acme.broken 1.0.0: would be refused\n",
        "may be published\n",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn scripts_get_the_answer_of_a_dry_run() {
    let galaxy = TestServer::start();
    let files = [good(), warned(), broken()];
    let folder = folder(&files.each_ref());
    let line = "--format json acme-tools-1.0.0.tar.gz acme-warned-1.0.0.tar.gz acme-broken-1.0.0.tar.gz x.txt";
    let output = command(folder.path(), line).output().unwrap();
    assert_eq!(status(&output), 1);
    let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (at, file) in files.iter().enumerate() {
        let path = "v3/artifacts/collections/?dry_run=true";
        let answered = galaxy.admin().upload_to(path, &Form::of(file)).expect(200);
        assert_eq!(checked[at], answered.json());
    }
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(keys(&checked[3]), keys(&checked[0]));
    assert_eq!(checked[3]["namespace"], Value::Null);
    assert_eq!(checked.as_array().unwrap().len(), 4);
}

/// A collection whose module needs a documentation fragment of `acme.base`, and that one.
fn borrower_and_lender() -> (Artifact, Builder) {
    let fragment = "class ModuleDocFragment:\n    DOCUMENTATION = r'''\noptions: {}\n'''\n";
    let module = "DOCUMENTATION = r'''\nmodule: get\nshort_description: Gets\ndescription: Gets.\noptions: {}\n\
                  extends_documentation_fragment: [acme.base.web]\n'''\n";
    let borrower = collection("acme.user").file("plugins/modules/get.py", module);
    let lender = collection("acme.base").file("plugins/doc_fragments/web.py", fragment);
    (borrower.build(), lender)
}

#[test]
fn the_fragments_of_a_hub_are_known_and_the_hub_stays_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let (borrower, lender) = borrower_and_lender();
    let folder = folder(&[&borrower]);
    let told = || {
        let mut check = command(folder.path(), "acme-user-1.0.0.tar.gz --data");
        let output = check.arg(data.path()).output().unwrap();
        assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
        text(&output.stdout)
    };
    assert!(told().contains("acme.base.web"));
    let galaxy = TestServer::at(data.path());
    galaxy.admin().publish(&lender.build()).succeeds();
    // The hub notes when tokens were used a while after it answered; it waits for this writer, a check does not.
    let beside_a_writer = galaxy.db().write(|_| {
        let before = snapshot(data.path());
        assert!(!told().contains("acme.base.web"));
        assert_eq!(snapshot(data.path()), before, "while the hub runs");
        Ok(())
    });
    beside_a_writer.unwrap();
    drop(galaxy);
    // The pool closes its last connection in a thread of its own, and the log goes with that.
    while data.path().join("galaxy.db-wal").exists() {
        std::thread::yield_now();
    }
    let before = snapshot(data.path());
    assert!(!told().contains("acme.base.web"));
    assert_eq!(snapshot(data.path()), before, "while it does not");
}

#[test]
fn a_hub_that_cannot_be_read_is_told_and_the_check_goes_on() {
    let folder = folder(&[&good()]);
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("galaxy.db"), "no database at all").unwrap();
    let output = command(folder.path(), "acme-tools-1.0.0.tar.gz --data data")
        .output()
        .unwrap();
    assert_eq!(status(&output), 0);
    let warning = text(&output.stderr);
    assert!(
        warning.contains("the documentation fragments in data are not known"),
        "{warning}"
    );
}

#[test]
fn limits_are_those_of_the_settings_and_wrong_ones_are_no_finding() {
    let folder = folder(&[&good()]);
    let file = "acme-tools-1.0.0.tar.gz";
    let run = |line: &str| command(folder.path(), line).output().unwrap();
    for (flag, named) in [
        ("--max-path-depth=2", "(max_path_depth)"),
        ("--max-upload-size=100", "(max_upload_size)"),
    ] {
        let output = run(&format!("{file} {flag}"));
        assert_eq!(status(&output), 1);
        assert!(text(&output.stdout).contains(named));
    }
    let output = command(folder.path(), file)
        .env("GALAXY_MAX_ARCHIVE_ENTRIES", "3")
        .output()
        .unwrap();
    assert!(text(&output.stdout).contains("(max_archive_entries)"));
    let wrong = [
        "--format json",
        "a.tar.gz --format xml",
        "a.tar.gz --max-path-depth=none",
    ];
    for line in wrong {
        let output = run(line);
        assert_eq!(
            (status(&output), text(&output.stdout)),
            (2, String::new()),
            "{line}"
        );
    }
}
