//! What is wrong with a document is told with its line, and nothing is changed.

use crate::flows::apply::TOKEN;
use crate::flows::apply::applied;
use crate::flows::apply::apply_of;
use crate::flows::apply::command;
use crate::flows::apply::folder;
use crate::flows::apply::refused;
use crate::flows::apply::run;
use crate::flows::apply::text;
use crate::support::server::TestServer;

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
