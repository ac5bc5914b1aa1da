//! Collections made in code.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

/// A collection to be built: `collection("acme.tools").version("1.0.0").build()`.
#[derive(Clone)]
pub struct Builder {
    info: Value,
    files: Vec<(String, Vec<u8>)>,
}

/// A built artifact.
#[derive(Debug, Clone)]
pub struct Artifact {
    pub namespace: String,
    pub name: String,
    pub version: String,
    pub bytes: Vec<u8>,
}

/// A collection that passes every rule, until it is changed.
pub fn collection(full_name: &str) -> Builder {
    let (namespace, name) = full_name.split_once('.').unwrap();
    let info = json!({
        "namespace": namespace, "name": name, "version": "1.0.0", "authors": ["Ana <ana@example.com>"],
        "readme": "README.md", "tags": ["tools"], "description": "A test collection", "license": ["MIT"],
        "license_file": null, "dependencies": {}, "repository": "https://example.com/repo",
        "documentation": null, "homepage": null, "issues": null,
    });
    let builder = Builder {
        info,
        files: Vec::new(),
    };
    builder
        .file("README.md", "# A test collection\n")
        .file("meta/runtime.yml", "requires_ansible: '>=2.15.0'\n")
        .file("plugins/modules/hello.py", "#!/usr/bin/python\n")
}

/// How many modules [`long_import`] has; the log of its import has a line for each.
pub const MODULES: usize = 4000;

/// A collection that takes the importer so long that a test can look on: thousands of modules with documentation.
/// Nobody has to wait for its end.
pub fn long_import(full_name: &str) -> Artifact {
    let paragraph =
        "Does B(one) thing, see M(acme.tools.other) and U(https://example.com/). ".repeat(4);
    let mut documentation =
        format!("module: long\nshort_description: Long\ndescription: {paragraph:?}\noptions:\n");
    for number in 0..40 {
        documentation += &format!(
            "  option{number}:\n    description: {paragraph:?}\n    type: str\n    default: none\n"
        );
    }
    let module = format!("DOCUMENTATION = r'''\n{documentation}'''\n");
    let modules = (0..MODULES).map(|number| format!("plugins/modules/module{number}.py"));
    modules
        .fold(collection(full_name), |builder, path| {
            builder.file(&path, &module)
        })
        .build()
}

impl Builder {
    pub fn version(self, version: &str) -> Self {
        self.info("version", json!(version))
    }

    pub fn depends_on(mut self, full_name: &str, range: &str) -> Self {
        self.info["dependencies"][full_name] = json!(range);
        self
    }

    /// Sets a field of `collection_info`.
    pub fn info(mut self, field: &str, value: Value) -> Self {
        self.info[field] = value;
        self
    }

    /// Takes a field out of `collection_info`.
    pub fn without(mut self, field: &str) -> Self {
        self.info.as_object_mut().unwrap().remove(field);
        self
    }

    /// Adds a file.
    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.files
            .push((path.to_owned(), content.as_ref().to_vec()));
        self
    }

    pub fn build(&self) -> Artifact {
        let text = |field: &str| self.info[field].as_str().unwrap_or_default().to_owned();
        Artifact {
            namespace: text("namespace"),
            name: text("name"),
            version: text("version"),
            bytes: self.tar_gz(),
        }
    }

    /// MANIFEST.json, byte for byte as it is in what is built.
    pub fn manifest(&self) -> Vec<u8> {
        let files = serde_json::to_vec_pretty(&self.file_manifest()).unwrap();
        let manifest = json!({
            "collection_info": self.info,
            "file_manifest_file": {
                "name": "FILES.json", "ftype": "file", "chksum_type": "sha256",
                "chksum_sha256": sha256(&files), "format": 1,
            },
            "format": 1,
        });
        serde_json::to_vec_pretty(&manifest).unwrap()
    }

    fn tar_gz(&self) -> Vec<u8> {
        let files = serde_json::to_vec_pretty(&self.file_manifest()).unwrap();
        let mut tar = tar::Builder::new(Vec::new());
        append(&mut tar, "MANIFEST.json", &self.manifest());
        append(&mut tar, "FILES.json", &files);
        for folder in self.folders() {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Directory);
            header.set_size(0);
            header.set_mode(0o755);
            tar.append_data(&mut header, format!("{folder}/"), std::io::empty())
                .unwrap();
        }
        for (path, content) in &self.files {
            append(&mut tar, path, content);
        }
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(&tar.into_inner().unwrap()).unwrap();
        gz.finish().unwrap()
    }

    fn file_manifest(&self) -> Value {
        let folder = |name: &str| json!({"name": name, "ftype": "dir", "chksum_type": null, "chksum_sha256": null, "format": 1});
        let mut rows = vec![folder(".")];
        rows.extend(self.folders().iter().map(|name| folder(name)));
        rows.extend(self.files.iter().map(|(path, content)| {
            json!({
                "name": path, "ftype": "file", "chksum_type": "sha256",
                "chksum_sha256": sha256(content), "format": 1,
            })
        }));
        json!({"files": rows, "format": 1})
    }

    fn folders(&self) -> Vec<String> {
        let mut folders: Vec<String> = Vec::new();
        for (path, _) in &self.files {
            for (at, _) in path.match_indices('/') {
                let folder = path[..at].to_owned();
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
            }
        }
        folders
    }
}

impl Artifact {
    pub fn file_name(&self) -> String {
        format!("{}-{}-{}.tar.gz", self.namespace, self.name, self.version)
    }

    pub fn sha256(&self) -> String {
        sha256(&self.bytes)
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn append(tar: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, path, content).unwrap();
}
