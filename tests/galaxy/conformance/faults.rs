//! The faulty uploads of the recorded server, made again: for each recorded failure an artifact with its fault.

use serde_json::Value;
use serde_json::json;
use tar::EntryType;

use crate::conformance::entries::Entries;
use crate::conformance::entries::bzip2;
use crate::conformance::entries::gunzip;
use crate::conformance::entries::gzip;
use crate::conformance::entries::xz;
use crate::support::tarball::Artifact;
use crate::support::tarball::Builder;
use crate::support::tarball::collection;
use crate::support::tarball::sha256;

/// Each faulty artifact, and the variable under which the recordings ask for its import.
pub fn all() -> Vec<(String, Artifact)> {
    let mut all = in_namespace("rec_alpha", "ib_", told_by_the_manifest());
    all.extend(in_namespace("rec_alpha", "ib_", told_by_the_content()));
    all.extend(in_namespace("bad", "ic_", corpus_manifests()));
    all.extend(in_namespace("bad", "ic_", corpus_archives()));
    let failed = all
        .iter()
        .find(|(variable, _)| variable == "ic_manifest_missing")
        .unwrap()
        .1
        .clone();
    all.extend(["ui_import", "t_sync"].map(|variable| (variable.to_owned(), failed.clone())));
    all
}

/// What is done to a collection before it is packed, or to its bytes afterwards.
enum Fault {
    Metadata(fn(Builder) -> Builder),
    Archive(fn(&mut Entries)),
    Bytes(fn(&[u8]) -> Vec<u8>),
}
use Fault::Archive;
use Fault::Bytes;
use Fault::Metadata;

fn in_namespace(
    namespace: &str,
    prefix: &str,
    faults: Vec<(&str, Fault)>,
) -> Vec<(String, Artifact)> {
    let make = |(name, fault): (&str, Fault)| {
        let artifact = build(namespace, name, &fault);
        (format!("{prefix}{name}"), artifact)
    };
    faults.into_iter().map(make).collect()
}

fn build(namespace: &str, name: &str, fault: &Fault) -> Artifact {
    let good = collection(&format!("{namespace}.{name}")).file("docs/guide.md", "# Guide\n");
    let module = format!("plugins/modules/{name}_info.py");
    let good = good.file(&module, "#!/usr/bin/python\n");
    let built = match fault {
        Metadata(change) => change(good).build(),
        _ => good.build(),
    };
    let bytes = match fault {
        Metadata(_) => built.bytes,
        Archive(change) => {
            let mut entries = Entries::of(&built.bytes);
            change(&mut entries);
            gzip(&entries.tar())
        }
        Bytes(change) => change(&gunzip(&built.bytes)),
    };
    // The upload is named after the fault, whatever the manifest says.
    Artifact {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        bytes,
    }
}

fn told_by_the_manifest() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "baddep",
            Metadata(|it| it.depends_on("rec_alpha.tiny", "not a range")),
        ),
        (
            "badlicense",
            Metadata(|it| it.info("license", json!(["NOT-A-LICENSE"]))),
        ),
        ("badtag", Metadata(|it| it.info("tags", json!(["Bad-Tag"])))),
        ("bare", Metadata(|it| it)),
        (
            "noreadme",
            Metadata(|it| it.info("readme", json!("NOPE.md"))),
        ),
        ("renamed", Metadata(|it| it.info("name", json!("other")))),
        (
            "selfdep",
            Metadata(|it| it.depends_on("rec_alpha.selfdep", "*")),
        ),
        ("unknownkey", Metadata(|it| it.info("surprise", json!(1)))),
    ]
}

/// Faults of what is inside, which no import looks at yet.
fn told_by_the_content() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "badrequires",
            Archive(|it| it.replace("meta/runtime.yml", b"requires_ansible: '2.10'\n")),
        ),
        (
            "badrole",
            Metadata(|it| it.file("roles/Bad-Name/tasks/main.yml", "---\n[]\n")),
        ),
        (
            "noroledoc",
            Metadata(|it| it.file("roles/plain/tasks/main.yml", "---\n[]\n")),
        ),
    ]
}

fn corpus_manifests() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "dependency_range_null",
            Metadata(|it| it.info("dependencies", json!({"a.b": null}))),
        ),
        (
            "license_both",
            Metadata(|it| it.info("license_file", json!("README.md"))),
        ),
        (
            "license_file_missing",
            Metadata(|it| {
                it.info("license", json!([]))
                    .info("license_file", json!("LICENSE"))
            }),
        ),
        ("license_none", Metadata(|it| it.info("license", json!([])))),
        (
            "tags_too_many",
            Metadata(|it| it.info("tags", json!(vec!["tag"; 21]))),
        ),
        ("without_name", Metadata(|it| it.without("name"))),
        (
            "without_repository",
            Metadata(|it| it.without("repository")),
        ),
        ("manifest_missing", Archive(|it| it.remove("MANIFEST.json"))),
        (
            "manifest_without_files",
            Archive(|it| it.edit("MANIFEST.json", |m| take(m, "file_manifest_file"))),
        ),
        (
            "manifest_without_info",
            Archive(|it| it.edit("MANIFEST.json", |m| take(m, "collection_info"))),
        ),
        (
            "manifest_invalid_json",
            Archive(|it| it.cut("MANIFEST.json")),
        ),
        (
            "manifest_twice",
            Archive(|it| {
                let mut other = it.json("MANIFEST.json");
                other["collection_info"]["version"] = json!("6.6.6");
                it.add(
                    EntryType::Regular,
                    "MANIFEST.json",
                    "",
                    other.to_string().as_bytes(),
                );
            }),
        ),
        (
            "files_invalid_json",
            Archive(|it| it.relist(|it| it.cut("FILES.json"))),
        ),
    ]
}

fn corpus_archives() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "device_character",
            Archive(|it| it.add(EntryType::Char, "docs/link", "", b"")),
        ),
        (
            "hardlink_escape",
            Archive(|it| it.add(EntryType::Link, "docs/link", "../../corpus-evil", b"")),
        ),
        (
            "symlink_escape",
            Archive(|it| it.add(EntryType::Symlink, "docs/link", "../../corpus-evil", b"")),
        ),
        (
            "path_traversal",
            Archive(|it| it.add(EntryType::Regular, "../corpus-evil", "", b"evil\n")),
        ),
        (
            "file_checksum",
            Archive(|it| {
                it.relist(|it| {
                    it.edit("FILES.json", |list| {
                        list["files"].as_array_mut().unwrap().last_mut().unwrap()["chksum_sha256"] =
                            json!("0".repeat(64));
                    });
                });
            }),
        ),
        (
            "file_listed_missing",
            Archive(|it| {
                it.relist(|it| {
                    it.edit("FILES.json", |list| {
                        let row = json!({
                            "name": "docs/missing.md", "ftype": "file", "chksum_type": "sha256",
                            "chksum_sha256": sha256(b""), "format": 1,
                        });
                        list["files"].as_array_mut().unwrap().push(row);
                    });
                });
            }),
        ),
        (
            "file_unlisted",
            Archive(|it| {
                it.relist(|it| {
                    it.edit("FILES.json", |list| {
                        let is_listed =
                            |row: &Value| !row["name"].as_str().unwrap().starts_with("docs");
                        list["files"].as_array_mut().unwrap().retain(is_listed);
                    });
                });
                it.remove("docs/guide.md");
                it.add(
                    EntryType::Regular,
                    "docs/unlisted.md",
                    "",
                    b"# Not listed\n",
                );
            }),
        ),
        (
            "not_gzip",
            Bytes(|_| b"This is not an archive.\n".repeat(40)),
        ),
        (
            "zip_renamed",
            Bytes(|_| [b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(), &[0; 1024]].concat()),
        ),
        ("tar_without_entries", Bytes(|_| gzip(&[0; 10240]))),
        ("tar_bzip2", Bytes(bzip2)),
        ("tar_xz", Bytes(xz)),
    ]
}

fn take(document: &mut Value, key: &str) {
    document.as_object_mut().unwrap().remove(key);
}
