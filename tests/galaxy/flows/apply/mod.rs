//! `apply` and `export-config`: configuration as code, beside a running hub and a stopped one.

mod changes;
mod endings;
mod faults;
mod sources;

use std::path::Path;
use std::process::Command;
use std::process::Output;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::support::client::Client;
use crate::support::process::PROGRAM;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

/// Everything a document can say.
const YAML: &str = r#"
roles:
  - name: acme.releaser
    description: Publishes into acme
    permissions: [galaxy.upload_to_namespace, ansible.view_ansiblerepository]
groups:
  - name: release
    members: [bo]
    roles:
      - {role: acme.releaser, namespace: acme}
      - {role: galaxy.auditor}
users:
  - username: ana
    first_name: Ana
    last_name: Anders
    email: ana@example.com
    password: {env: ANA}
    groups: [release]
    roles:
      - role: galaxy.collection_publisher
      - {role: acme.releaser, repository: internal}
      - {role: galaxy.collection_remote_owner, remote: upstream}
      - {role: galaxy.group_admin, group: release}
      - {role: ansible.ansibledistribution_owner, distribution: internal}
    tokens:
      - name: ci
        token: {env: CI}
        reach: publish
        namespace: acme
        expires_at: 2047-01-01T00:00:00Z
  - username: bo
    password_hash: pbkdf2_sha256$1000$saltsalt$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0=
    superuser: true
  - username: cy
    active: false
namespaces:
  - name: acme
    company: Acme
    email: acme@example.com
    description: Tools
    resources: |
      # Acme
      Tools.
    links: [{name: home, url: "https://acme.example/"}]
    owners: {users: [ana], groups: [release]}
remotes:
  - name: upstream
    url: https://galaxy.example/
    token: s3cret
    username: robot
    total_timeout: 30
    rate_limit: 5
    tls_validation: false
    labels: {site: north}
repositories:
  - name: internal
    description: Ours
    private: true
    retain_repo_versions: 0
    remote: upstream
    labels: {pipeline: approved}
distributions:
  - name: internal
    base_path: ours
    repository: internal
"#;

const NOTHING: &str = "Nothing to do: everything is as declared.\n";

/// Somebody known by name and password.
fn basic(galaxy: &TestServer, name: &str, password: &str) -> Client {
    let pair = BASE64_STANDARD.encode(format!("{name}:{password}"));
    galaxy.anonymous().authorized(&format!("Basic {pair}"))
}

/// A folder for documents.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn command(data: &Path, line: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(line.split(' '))
        .arg("--data")
        .arg(data)
        .env("ANA", PASSWORD)
        .env("CI", TOKEN);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Applies a document called `name` with this text.
fn run(data: &Path, name: &str, document: &str, flags: &str) -> Output {
    let folder = folder();
    let file = folder.path().join(name);
    std::fs::write(&file, document).unwrap();
    let line = format!("apply {}{flags}", file.display());
    command(data, &line).output().unwrap()
}

/// What applying prints; it must work.
fn applied(data: &Path, name: &str, document: &str, flags: &str) -> String {
    let output = run(data, name, document, flags);
    let errors = text(&output.stderr);
    assert!(output.status.success(), "{errors}\n{document}");
    text(&output.stdout)
}

/// The lines that tell what is wrong, without the folder; nothing may have changed.
fn refused(data: &Path, name: &str, document: &str, flags: &str) -> Vec<String> {
    let before = exported(data, "");
    let output = run(data, name, document, flags);
    assert_eq!(output.status.code(), Some(1), "{document}");
    assert_eq!(exported(data, ""), before, "{document}");
    let errors = text(&output.stderr);
    let end = "error: nothing was changed\n";
    let lines = errors
        .strip_suffix(end)
        .unwrap_or_else(|| panic!("{errors}"));
    lines
        .lines()
        .map(|line| match line.split_once(&format!("/{name}:")) {
            Some((_, told)) => told.to_owned(),
            None => line.to_owned(),
        })
        .collect()
}

fn exported(data: &Path, flags: &str) -> String {
    let output = command(data, &format!("export-config{flags}"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// A command line that applies this text, which is put beside the data.
fn apply_of(data: &Path, document: &str) -> String {
    let file = data.join("apply.yaml");
    std::fs::write(&file, document).unwrap();
    format!("apply {}", file.display())
}
