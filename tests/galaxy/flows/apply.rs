//! `apply` and `export-config`: configuration as code, beside a running hub and a stopped one.

use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::process::PROGRAM;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

/// Everything a document can say, in the three formats.
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

const NOTHING: &str = "Nothing to do: everything is as declared.\n";

#[test]
fn a_document_is_planned_applied_once_and_counts_at_once() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let before = exported(data, "");
    let planned = run(data, "hub.yaml", YAML, " --plan --exit-code");
    assert_eq!(planned.status.code(), Some(2));
    assert_eq!(exported(data, ""), before, "a plan changes nothing");
    let ana = galaxy.anonymous().authorized(&format!("Token {TOKEN}"));
    ana.get("v3/namespaces/").expect(401);
    let audited = galaxy.rows("audit");

    let told = applied(data, "hub.yaml", YAML, "");
    let lines: Vec<&str> = told.lines().collect();
    let (last, lines) = lines.split_last().unwrap();
    assert_eq!(
        text(&planned.stdout).lines().collect::<Vec<_>>()[..lines.len()],
        *lines,
        "what was planned is what is done"
    );
    assert_eq!(
        *last,
        format!("Done: {} added, 0 changed, 0 removed.", lines.len())
    );
    for expected in [
        "+ user ana: first name \"Ana\", last name \"Anders\", email \"ana@example.com\", password",
        "+ user bo: superuser, password",
        "+ user cy: not active, no password",
        "+ group release: user bo",
        "+ group release: role galaxy.auditor everywhere",
        "+ user ana: role galaxy.collection_namespace_owner on namespace acme",
        "+ distribution internal: base path \"ours\", repository \"internal\"",
    ] {
        assert!(lines.contains(&expected), "{expected}\n{told}");
    }
    for secret in [PASSWORD, TOKEN, "s3cret", "pbkdf2"] {
        assert!(!told.contains(secret), "{told}");
    }
    assert_eq!(
        galaxy.rows("audit") - audited,
        lines.len() as i64,
        "a row for each change"
    );

    // It counts from the next request on: the token publishes into its namespace, and nowhere else.
    ana.publish(&collection("acme.tools").build()).succeeds();
    let create = command(data, "namespace create other --owner ana").output();
    assert!(create.unwrap().status.success());
    let elsewhere = ana.upload(&Form::of(&collection("other.tools").build()));
    elsewhere.expect(403);
    let bo = basic(&galaxy, "bo", "correct horse");
    bo.get("v3/namespaces/acme/").expect(200);
    basic(&galaxy, "ana", PASSWORD)
        .get("v3/plugin/ansible/content/ours/collections/index/")
        .expect(200);
    let cy = basic(&galaxy, "cy", "!");
    cy.get("v3/namespaces/").expect(401);

    assert_eq!(applied(data, "hub.yaml", YAML, ""), NOTHING);
    let again = run(data, "hub.yaml", YAML, " --plan --exit-code --prune");
    assert_eq!(again.status.code(), Some(2));
    let told = text(&again.stdout);
    assert!(
        told.starts_with("- user admin\n- namespace other\nPlanned: 0 added"),
        "{told}"
    );
}

#[test]
fn a_stopped_hub_is_changed_too_and_one_that_never_was_is_not_made() {
    let parent = folder();
    let data = parent.path().join("hub");
    let output = run(&data, "hub.yaml", YAML, "");
    assert!(text(&output.stderr).contains("there is no hub in"));
    let output = run(&data, "hub.yaml", YAML, " --plan");
    assert!(text(&output.stderr).contains("there is no hub in"));
    assert!(!data.exists());
    drop(TestServer::at(&data));
    applied(&data, "hub.yaml", YAML, "");
    let galaxy = TestServer::at(&data);
    let ana = galaxy.anonymous().authorized(&format!("Token {TOKEN}"));
    ana.get("v3/namespaces/acme/").expect(200);
    assert_eq!(applied(&data, "hub.yaml", YAML, ""), NOTHING);
}

#[test]
fn an_export_applies_to_nothing_here_and_to_everything_elsewhere() {
    let (here, there) = (TestServer::start(), TestServer::start());
    applied(here.data(), "hub.yaml", YAML, "");
    let whole = exported(here.data(), "");
    for secret in [PASSWORD, TOKEN, "s3cret"] {
        assert!(!whole.contains(secret), "{whole}");
    }
    for format in ["yaml", "toml", "json"] {
        let document = exported(here.data(), &format!(" --format {format}"));
        let name = format!("hub.{format}");
        assert_eq!(applied(here.data(), &name, &document, ""), NOTHING);
        assert_eq!(applied(here.data(), &name, &document, " --prune"), NOTHING);
        applied(there.data(), &name, &document, " --prune");
        assert_eq!(exported(there.data(), ""), whole, "{format}");
    }
    // The password is the one it was, and so is the token.
    let ana = basic(&there, "ana", PASSWORD);
    ana.get("v3/namespaces/acme/").expect(200);
    let ana = there.anonymous().authorized(&format!("Token {TOKEN}"));
    ana.get("v3/namespaces/acme/").expect(200);
    let some = exported(here.data(), " --format json --sections groups,roles");
    let some: Value = serde_json::from_str(&some).unwrap();
    let keys: Vec<&String> = some.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["groups", "roles"]);
    let output = command(here.data(), "export-config").output().unwrap();
    let note = text(&output.stderr);
    assert!(
        note.contains("token of remote upstream") && !note.contains("password"),
        "{note}"
    );
}

#[test]
fn what_is_different_is_changed_and_what_is_not_said_stays() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    applied(data, "hub.yaml", YAML, "");
    let document = r#"{
        "$schema": "hub.schema.json",
        "users": [{"username": "ana", "email": "", "superuser": true, "password": "another horse",
                   "tokens": [{"name": "ci", "token": "fedcba9876543210fedcba9876543210"}]},
                  {"username": "cy", "active": true}],
        "roles": [{"name": "acme.releaser", "permissions": ["galaxy.upload_to_namespace", "galaxy.change_namespace"]}],
        "namespaces": [{"name": "acme", "links": [], "description": "More tools"}],
        "remotes": [{"name": "upstream", "token": "", "total_timeout": 0, "labels": {}}],
        "repositories": [{"name": "internal", "private": false, "retain_repo_versions": 3, "remote": ""}],
        "distributions": [{"name": "internal", "base_path": "published2"}]
    }"#;
    let told = applied(data, "more.json", document, "");
    let expected = "\
~ role acme.releaser: +galaxy.change_namespace, -ansible.view_ansiblerepository
~ user ana: email \"ana@example.com\" → \"\", superuser, password
~ user cy: active
~ remote upstream: token removed, total_timeout 30 → none, labels \"site=north\" → \"\"
~ repository internal: not private, retain_repo_versions none → 3, remote \"upstream\" → \"\"
~ distribution internal: base path \"ours\" → \"published2\"
~ namespace acme: description \"Tools\" → \"More tools\", links 
- token ci of ana
+ token ci of ana: reach \"full\"
Done: 1 added, 7 changed, 1 removed.
";
    assert_eq!(told, expected);
    assert_eq!(applied(data, "more.json", document, ""), NOTHING);
    let ana = basic(&galaxy, "ana", "another horse");
    let namespace = ana.get("v3/namespaces/acme/").expect(200).json();
    assert_eq!(namespace["company"], "Acme");
    assert_eq!(namespace["description"], "More tools");
    assert_eq!(namespace["users"][0]["name"], "ana");
    let digest = namespace["metadata_sha256"].as_str().unwrap();
    assert_eq!(digest.len(), 64);
    let old = galaxy.anonymous().authorized(&format!("Token {TOKEN}"));
    old.get("v3/namespaces/").expect(401);
}

#[test]
fn two_distributions_change_places() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let document = |one: &str, other: &str| {
        format!(
            "[[distributions]]\nname = 'one'\nbase_path = '{one}'\n[[distributions]]\nname = 'two'\nbase_path = '{other}'\n"
        )
    };
    applied(data, "hub.toml", &document("a", "b"), "");
    let told = applied(data, "hub.toml", &document("b", "a"), "");
    assert!(
        told.ends_with("Done: 0 added, 2 changed, 0 removed.\n"),
        "{told}"
    );
    let told = refused(data, "hub.toml", &document("c", "c"), "");
    assert_eq!(told, ["6: base path \"c\" is that of distribution \"one\""]);
    let told = refused(data, "hub.toml", &document("published", "a"), "");
    assert_eq!(
        told,
        ["3: base path \"published\" is that of distribution \"published\""]
    );
}

#[test]
fn base_paths_do_not_overlap() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    applied(
        data,
        "hub.yaml",
        "distributions: [{name: a, base_path: team/a}]\n",
        "",
    );
    for path in ["team", "team/a/b", "team/a"] {
        let document = format!("distributions:\n- name: b\n  base_path: {path}\n");
        let told = refused(data, "hub.yaml", &document, "");
        assert!(
            told[0].starts_with("3: base path") && told[0].ends_with("\"a\""),
            "{told:?}"
        );
    }
    applied(
        data,
        "hub.yaml",
        "distributions: [{name: b, base_path: team/b}]\n",
        "",
    );
    let kept = command(
        data,
        &apply_of(data, "distributions: []\nrepositories: []\n"),
    )
    .arg("--prune")
    .env("GALAXY_API_DEFAULT_DISTRIBUTION_BASE_PATH", "team/a")
    .output()
    .unwrap();
    assert_eq!(
        text(&kept.stdout),
        "- distribution b\nDone: 0 added, 0 changed, 1 removed.\n",
        "{}",
        text(&kept.stderr)
    );
}

/// A command line that applies this text, which is put beside the data.
fn apply_of(data: &Path, document: &str) -> String {
    let file = data.join("apply.yaml");
    std::fs::write(&file, document).unwrap();
    format!("apply {}", file.display())
}

#[test]
fn a_user_who_is_let_go_is_signed_in_nowhere_and_has_no_tokens_but_those_declared() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let ana = galaxy.user("ana", &[]);
    galaxy.browser("ana");
    let document = "users: [{username: ana, active: false}]";
    let said = applied(data, "hub.yaml", document, "");
    assert!(said.contains("- token "), "{said}");
    assert!(said.contains("~ user ana: not active\n"), "{said}");
    assert_eq!(galaxy.rows("session"), 0);
    let again = applied(data, "hub.yaml", document, "");
    assert!(again.starts_with("Nothing to do"), "{again}");
    applied(
        data,
        "hub.yaml",
        "users: [{username: ana, active: true}]",
        "",
    );
    ana.get("_ui/v1/me/").expect(401);
}

#[test]
fn pruning_removes_what_is_not_declared_in_the_sections_that_are() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    applied(data, "hub.yaml", YAML, "");
    let document = "\
groups: []
users:
  - username: admin
  - username: ana
    roles: [{role: galaxy.collection_publisher}]
    tokens: []
namespaces:
  - name: acme
    owners: {groups: []}
remotes: []
repositories: []
distributions: []
";
    let told = applied(data, "less.yaml", document, " --prune");
    let expected = "\
- group release
- user bo
- user cy
- remote upstream
- repository internal
- distribution internal
- token ci of ana
Done: 0 added, 0 changed, 7 removed.
";
    assert_eq!(told, expected);
    assert_eq!(applied(data, "less.yaml", document, " --prune"), NOTHING);
    // Roles were no section of it; ana's ownership is listed with the namespace, and that list was not written.
    let left = exported(data, " --sections roles,users,groups,namespaces");
    assert!(
        left.contains("acme.releaser") && left.contains("system:partner-engineers"),
        "{left}"
    );
    assert!(
        left.contains("owners:\n      users:\n        - ana\n      groups: []\n"),
        "{left}"
    );
    assert_eq!(galaxy.rows("repository"), 6);
    assert_eq!(galaxy.rows("distribution"), 6);
    assert_eq!(galaxy.rows("remote"), 2);
    let told = applied(data, "roles.yaml", "roles: []\n", " --prune");
    assert_eq!(
        told,
        "- role acme.releaser\nDone: 0 added, 0 changed, 1 removed.\n"
    );
    assert_eq!(
        applied(data, "nothing.yaml", "# nothing\n", " --prune"),
        NOTHING
    );
}

#[test]
fn memberships_and_roles_go_only_where_their_list_is_written() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    applied(data, "hub.yaml", YAML, "");
    let less = "users:\n  - username: ana\n  - username: admin\n  - {username: bo, groups: []}\n  - username: cy\n\
                groups:\n  - {name: release, roles: [{role: galaxy.auditor}]}\n";
    assert_eq!(applied(data, "less.yaml", less, ""), NOTHING);
    let told = applied(data, "less.yaml", less, " --prune");
    assert_eq!(
        told,
        "- group release: user bo\n- group release: role acme.releaser on namespace acme\n\
         Done: 0 added, 0 changed, 2 removed.\n"
    );
}

#[test]
fn what_must_stay_is_never_pruned() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    applied(
        data,
        "hub.yaml",
        "users: [{username: ana}]\nrepositories: [{name: internal}]\n",
        "",
    );
    galaxy
        .admin()
        .publish(&collection("acme.tools").build())
        .succeeds();
    let at = |line: &str| format!("{line}\n");
    for (document, told) in [
        (
            "users: [{username: ana}]",
            "nobody would be left who is active and a superuser: declare somebody who is",
        ),
        (
            "users: []",
            "nobody would be left who is active and a superuser: declare somebody who is",
        ),
        (
            "namespaces: []",
            "namespace acme is not declared, but it has collections; declare it",
        ),
    ] {
        let told_now = refused(data, "hub.yaml", &at(document), " --prune");
        assert!(
            told_now.len() == 1 && told_now[0].ends_with(told),
            "{told_now:?}"
        );
    }
    galaxy
        .db()
        .write(|tx| {
            let sql = "INSERT INTO repository_content (repository_id, content_id, added)
                       SELECT (SELECT id FROM repository WHERE name = 'internal'), max(id), 0 FROM content";
            Ok(tx.execute(sql, [])?)
        })
        .unwrap();
    let told = refused(data, "hub.yaml", "repositories: []\n", " --prune");
    assert!(
        told[0].ends_with("repository internal is not declared, but it holds content; declare it"),
        "{told:?}"
    );
    let told = refused(
        data,
        "hub.yaml",
        "users: [{username: admin, superuser: false}]\n",
        "",
    );
    assert_eq!(
        told,
        ["1: nobody would be left who is active and a superuser: declare somebody who is"]
    );
    let told = refused(
        data,
        "hub.yaml",
        "distributions:\n- name: published\n  base_path: mine\n",
        "",
    );
    assert_eq!(
        told,
        ["3: the base path published is needed; it cannot be given up"]
    );
    let told = refused(
        data,
        "hub.yaml",
        "users: [{username: admin}]\nnamespaces:\n- name: acme\n  owners:\n    users: [ana]\n",
        " --prune",
    );
    assert_eq!(
        told,
        ["5: there is no user \"ana\": it is not declared, so it would be removed"]
    );
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let document = r#"
users:
  - username: ana
    emial: ana@example.com
    superuser: "yes"
  - username: "b o"
    password: short
    groups: [nowhere]
    roles:
      - {role: galaxy.auditr}
      - {role: galaxy.auditor, namespace: nowhere}
      - {role: galaxy.user_admin, repository: published}
      - {role: galaxy.auditor, repository: published, remote: community}
    tokens:
      - {name: a, token: short}
      - {name: b}
      - {name: c, token_digest: abc, expires_at: tomorrow}
      - {name: d, token: aaaaaaaaaaaaaaaaaaaaaaaa, reach: publish}
      - {name: e, token: aaaaaaaaaaaaaaaaaaaaaaaa, namespace: nowhere}
  - username: c
    password_hash: md5
  - username: c
    password: correct horse
    password_hash: md5
groups: [{name: ""}]
roles:
  - name: galaxy.auditor
  - name: mine
    permissions: [galaxy.upload_to_namespac]
namespaces:
  - name: Bad
  - name: good
    company: "12345678901234567890123456789012345678901234567890123456789012345"
    links: [{name: x, url: nowhere}]
remotes:
  - name: new
  - name: other
    url: ftp://x
    rate_limit: -1
    sock_read_timeout: -0.5
repositories:
  - {name: x, remote: nowhere, retain_repo_versions: -1}
  - {name: y, labels: {"a(": b}}
distributions:
  - {name: x y, repository: nowhere}
"#;
    // What cannot be read comes before what cannot be done.
    assert_eq!(
        refused(data, "hub.yaml", document, ""),
        [
            "4: unknown key \"emial\"; did you mean email?",
            "5: `superuser`: true or false belongs here, not a text",
        ]
    );
    let document = document.replace("emial", "email").replace("\"yes\"", "yes");
    let told = refused(data, "hub.yaml", &document, "");
    let expected = [
        "6: Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
        "7: This password is too short. It must contain at least 9 characters.",
        "8: there is no group \"nowhere\"",
        "10: there is no role \"galaxy.auditr\"; did you mean galaxy.auditor?",
        "11: there is no namespace \"nowhere\"",
        "12: role \"galaxy.user_admin\" has no permission for a repository, so it cannot be held on one",
        "13: a role is held on one object, or everywhere; write an entry for each",
        "15: a token is 20 to 200 letters, digits and signs without spaces",
        "16: a token needs its text as `token`, or its SHA-256 as `token_digest`",
        "17: `expires_at` is a date and a time such as 2027-03-01T00:00:00Z",
        "17: `token_digest` is a SHA-256: 64 hexadecimal digits",
        "18: this reach needs a `namespace`",
        "19: `namespace` goes with `reach` = publish only",
        "21: `password_hash` is a hash of Argon2id that begins with $argon2id$, or one of Galaxy NG that begins with pbkdf2_sha256$",
        "22: user \"c\" is declared on line 20 already",
        "24: a user has a `password` or a `password_hash`, not both",
        "25: the name of a group is not empty",
        "27: role \"galaxy.auditor\" comes with the hub and cannot be changed; declare one of another name",
        "29: there is no permission \"galaxy.upload_to_namespac\"; did you mean galaxy.upload_to_namespace?",
        "31: name: Name can only contain lower case letters, underscores and numbers",
        "33: company: Ensure this field has no more than 64 characters.",
        "34: links__url: 'nowhere' is not a valid url.",
        "36: a new remote needs a `url`",
        "38: `url` is an address that begins with http:// or https://",
        "39: `rate_limit` is not negative",
        "40: `sock_read_timeout` is a number of seconds",
        "42: `retain_repo_versions` is 1 or more, or 0 to keep all",
        "42: there is no remote \"nowhere\"",
        "43: the label \"a(\" has other characters than letters, digits, `_`, space, `-`, `.`",
        "45: a base path is letters, digits, `.`, `_`, `-` and inner slashes, 255 at most",
        "45: there is no repository \"nowhere\"",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_in_each_format() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let told = |name: &str, document: &str| refused(data, name, document, "").join("\n");
    assert_eq!(
        told("hub.yaml", "users:\n  - [\n"),
        "2: unclosed bracket '['"
    );
    assert!(told("hub.toml", "a = 1\n[users\n").starts_with("2: "));
    assert!(told("hub.json", "{\n\"users\": [\n}\n").starts_with("3: "));
    assert_eq!(
        told("hub.yaml", "a: 1\na: 2\n"),
        "2: the key \"a\" stands here a second time"
    );
    assert_eq!(
        told("hub.json", "{\"a\": 1,\n\"a\": 2}"),
        "2: the key \"a\" stands here a second time"
    );
    assert!(told("hub.toml", "users = 1\nusers = 2\n").starts_with("2: "));
    assert_eq!(
        told("hub.yaml", "a: 1\n---\nb: 1\n"),
        "2: there is more than one document"
    );
    assert_eq!(
        told("hub.toml", "\n[[users]]\nusername = 5\n"),
        "3: `username`: a text belongs here, not a number; put it in quotes"
    );
    assert_eq!(
        told("hub.json", "{\"users\":\n[{}]}"),
        "2: `username` is missing"
    );
    assert_eq!(
        told("hub.json", "{\"users\":\n{}}"),
        "2: `users`: a list belongs here, not a mapping"
    );
    assert!(
        told("hub.yaml", "- users\n")
            .starts_with("1: a mapping with `$schema`, `roles`, `groups`, `users`")
    );
    assert_eq!(
        told("hub.yaml", "usres: []\nzzz: 1\n"),
        "1: unknown key \"usres\"; did you mean users?\n2: unknown key \"zzz\"; known are $schema, roles, groups, users, namespaces, remotes, repositories, distributions"
    );
    let reach = "users:\n- username: a\n  tokens:\n  - name: a\n    reach: fulll\n";
    assert_eq!(
        told("hub.yaml", reach),
        "5: \"fulll\" is none of full, read, publish, repository; did you mean full?"
    );
    let secret = "users:\n- username: a\n  password:\n    envv: X\n";
    assert!(told("hub.yaml", secret).starts_with("4: a secret is a text, `env`"));
    let secret = "users:\n- username: a\n  password: 123456789\n";
    assert_eq!(
        told("hub.yaml", secret),
        "3: a text, `env` with the name of a variable, or `file` with a path belongs here"
    );
    let secret = "users:\n- username: a\n  password: {env: NOT_SET_ANYWHERE}\n- username: b\n  password: {file: not-there}\n";
    let lines = told("hub.yaml", secret);
    assert!(
        lines.contains("3: the environment variable NOT_SET_ANYWHERE is not set\n5: cannot read"),
        "{lines}"
    );
    let deep = "[".repeat(30);
    assert!(told("hub.json", &format!("{deep}{}", "]".repeat(30))).contains("nests deeper"));
    let output = run(data, "hub.txt", "", "");
    assert!(text(&output.stderr).contains("say what it is with --format"));
    let latin = folder();
    let file = latin.path().join("hub.yaml");
    std::fs::write(&file, b"# a\n# \xe4\n").unwrap();
    let output = command(data, &format!("apply {}", file.display()))
        .output()
        .unwrap();
    assert!(text(&output.stderr).contains("hub.yaml:2: this is not UTF-8"));
}

#[test]
fn secrets_are_taken_from_files_and_documents_from_standard_input() {
    use std::io::Write;
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let folder = folder();
    std::fs::write(folder.path().join("password"), format!("{PASSWORD}\n")).unwrap();
    let file = folder.path().join("hub.yaml");
    std::fs::write(
        &file,
        "users:\n- username: ana\n  password: {file: password}\n",
    )
    .unwrap();
    let output = command(data, &format!("apply {}", file.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    basic(&galaxy, "ana", PASSWORD)
        .get("v3/namespaces/")
        .expect(200);
    let mut child = command(data, "apply - --format toml")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"[[groups]]\nname = 'x'\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        text(&output.stdout),
        "+ group x\nDone: 1 added, 0 changed, 0 removed.\n"
    );
}

#[test]
fn an_anchor_stands_for_what_it_names() {
    let galaxy = TestServer::start();
    let document = "groups:\n- name: a\n  roles: &roles [{role: galaxy.auditor}]\n- name: b\n  roles: *roles\n";
    let told = applied(galaxy.data(), "hub.yaml", document, "");
    assert!(
        told.ends_with("Done: 4 added, 0 changed, 0 removed.\n"),
        "{told}"
    );
}

#[test]
fn a_token_of_somebody_else_is_not_taken_over() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let document = |user: &str| {
        format!("users:\n- username: {user}\n  tokens:\n  - {{name: ci, token: {TOKEN}}}\n")
    };
    applied(data, "hub.yaml", &document("ana"), "");
    let told = refused(data, "hub.yaml", &document("bo"), "");
    assert_eq!(told, ["4: this token is one of user ana already"]);
    let both = format!(
        "{}- username: bo\n  tokens:\n  - {{name: ci, token: {TOKEN}}}\n",
        document("ana")
    );
    let told = refused(data, "hub.yaml", &both, "");
    assert!(
        told[0].starts_with("7: this token is on line 4 already"),
        "{told:?}"
    );
    // It moves where it is taken from its owner in the same document.
    let moved = format!(
        "{}- {{username: ana, tokens: []}}\n- username: admin\n",
        document("bo")
    );
    let told = applied(data, "hub.yaml", &moved, " --prune");
    assert!(
        told.contains("- token ci of ana\n+ token ci of bo"),
        "{told}"
    );
}

#[test]
fn two_at_once_come_after_one_another() {
    let galaxy = TestServer::start();
    let folder = folder();
    let file = folder.path().join("hub.yaml");
    std::fs::write(&file, YAML).unwrap();
    let children: Vec<_> = (0..4)
        .map(|_| {
            command(galaxy.data(), &format!("apply {}", file.display()))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut told: Vec<String> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            text(&output.stdout)
        })
        .collect();
    told.sort_by_key(|told| told.len());
    assert_eq!(told[..3], [NOTHING, NOTHING, NOTHING]);
    assert!(told[3].starts_with("+ role acme.releaser"));
}

#[test]
fn the_schema_takes_what_apply_takes_and_knows_every_key() {
    let output = Command::new(PROGRAM)
        .args(["apply", "--schema"])
        .output()
        .unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sections: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        sections,
        [
            "$schema",
            "distributions",
            "groups",
            "namespaces",
            "remotes",
            "repositories",
            "roles",
            "users"
        ]
    );
    assert_eq!(schema["additionalProperties"], false);
    let user = &schema["$defs"]["User"];
    assert_eq!(user["required"], serde_json::json!(["username"]));
    assert_eq!(user["properties"]["username"]["type"], "string");
    assert!(user["properties"]["password"].is_object() && user["properties"]["tokens"].is_object());
    let kinds = schema["$defs"]["Secret"]["anyOf"].as_array().unwrap();
    assert_eq!(kinds.len(), 3);
}
