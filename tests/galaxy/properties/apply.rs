//! Configuration as code: whatever is declared is there, once, and an export of it makes the same elsewhere.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

use crate::properties::runner;
use crate::support::process::PROGRAM;
use crate::support::server::TestServer;

const HASH: &str = "pbkdf2_sha256$1000$saltsalt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NOTHING: &str = "Nothing to do: everything is as declared.\n";
/// Texts that a format may take for something else.
const ODD: &[&str] = &[
    "",
    "plain",
    "yes",
    "1e3",
    "null",
    "a: b",
    "# no",
    "ä ✓",
    "two\nlines\n",
    " led",
    "\"quoted\"",
    "'",
    "\t",
    "2027-01-01",
];

/// A few of the names, each time others.
fn some(names: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::collection::btree_set(prop::sample::select(names), 0..=names.len())
}

/// Which pairs of names belong together.
type Ties = Vec<(usize, usize, usize)>;

/// Everything at random that refers to what is there.
fn document() -> impl Strategy<Value = Value> {
    let names = (
        some(&["ana", "bo", "c@y", "d.e"]),
        some(&["release", "true", "g 3"]),
        some(&["mine.one", "mine.two"]),
        some(&["acme", "beta", "gamma"]),
        some(&["up", "down"]),
        some(&["one", "two", "on"]),
    );
    let odd = prop::collection::vec(prop::sample::select(ODD), 8);
    let ties = prop::collection::vec((0..20_usize, 0..20_usize, 0..20_usize), 0..12);
    (names, odd, ties, any::<[bool; 6]>(), 0..4_i64).prop_map(
        |((users, groups, roles, namespaces, remotes, repositories), odd, ties, switches, number)| {
            let short = |at: usize| odd[at].replace(['\n', '\t'], " ");
            let held = |salt: usize| roles_held(&ties, salt, &roles, &namespaces, &repositories);
            let pick = |salt: usize, all: &BTreeSet<&'static str>| -> BTreeSet<&'static str> {
                let chosen = ties.iter().filter(|tie| tie.0 % 3 == salt % 3);
                chosen.filter_map(|tie| all.iter().nth(tie.1)).copied().collect()
            };
            let token = |at: usize| json!({"name": odd[5], "token_digest": format!("{:064x}", at + 1),
                "reach": "read", "expires_at": "2047-01-01T00:00:00Z"});
            let mut all_users = vec![json!({"username": "admin"})];
            all_users.extend(users.iter().enumerate().map(|(at, user)| json!({
                "username": user, "first_name": short(0), "last_name": short(1), "email": short(2),
                "superuser": switches[0], "active": switches[1], "password_hash": HASH,
                "groups": pick(at, &groups), "roles": held(at), "tokens": if switches[2] { vec![token(at)] } else { vec![] },
            })));
            json!({
                "users": all_users,
                "groups": groups.iter().enumerate().map(|(at, group)| json!({"name": group, "roles": held(at + 7)})).collect::<Vec<_>>(),
                "roles": roles.iter().map(|role| json!({"name": role, "description": odd[3],
                    "permissions": ["galaxy.upload_to_namespace", "ansible.view_ansiblerepository"]})).collect::<Vec<_>>(),
                "namespaces": namespaces.iter().enumerate().map(|(at, name)| json!({"name": name, "company": short(4), "resources": odd[6],
                    "links": if switches[3] { vec![json!({"name": short(5), "url": "https://x.example/"})] } else { vec![] },
                    "owners": {"users": pick(at, &users), "groups": pick(at + 1, &groups)}})).collect::<Vec<_>>(),
                "remotes": remotes.iter().map(|name| json!({"name": name, "url": "https://x.example/", "requirements_file": odd[7],
                    "rate_limit": number, "total_timeout": number as f64 / 2.0, "signed_only": switches[4]})).collect::<Vec<_>>(),
                "repositories": repositories.iter().enumerate().map(|(at, name)| json!({"name": name, "description": odd[at], "private": switches[5],
                    "retain_repo_versions": number, "remote": remotes.iter().nth(at).unwrap_or(&""),
                    "labels": BTreeMap::from([("a b", "c"), ("d", "")])})).collect::<Vec<_>>(),
                "distributions": repositories.iter().map(|name| json!({"name": format!("d {name}"), "base_path": format!("at-{name}"),
                    "repository": name})).collect::<Vec<_>>(),
            })
        },
    )
}

fn roles_held(
    ties: &Ties,
    salt: usize,
    roles: &BTreeSet<&'static str>,
    namespaces: &BTreeSet<&'static str>,
    repositories: &BTreeSet<&'static str>,
) -> Vec<Value> {
    let mine = ties.iter().filter(|tie| tie.2 % 4 == salt % 4);
    mine.filter_map(|(kind, role, object)| {
        let role = roles
            .iter()
            .nth(role % 3)
            .copied()
            .unwrap_or("galaxy.collection_admin");
        match kind % 3 {
            0 => Some(json!({"role": role})),
            1 => Some(json!({"role": role, "namespace": namespaces.iter().nth(object % 3)?})),
            _ => Some(json!({"role": role, "repository": repositories.iter().nth(object % 3)?})),
        }
    })
    .collect()
}

fn run(data: &Path, arguments: &[&str]) -> Result<String, TestCaseError> {
    let mut command = Command::new(PROGRAM);
    let output = command.args(arguments).arg("--data").arg(data).output();
    let output = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    prop_assert!(output.status.success(), "{}", text(output.stderr));
    Ok(text(output.stdout))
}

#[test]
fn what_is_declared_is_there_once_and_its_export_makes_the_same_elsewhere() {
    let here = TestServer::start();
    let folder = tempfile::tempdir().unwrap();
    let formats = prop::sample::select(vec!["yaml", "toml", "json"]);
    let tried = runner(24).run(&(document(), formats), |(document, format)| {
        let file = folder.path().join("hub.json");
        std::fs::write(&file, document.to_string()).unwrap();
        let file = file.to_str().unwrap();
        let planned = run(here.data(), &["apply", file, "--prune", "--plan"])?;
        let done = run(here.data(), &["apply", file, "--prune"])?;
        prop_assert_eq!(planned.lines().count(), done.lines().count());
        let again = run(here.data(), &["apply", file, "--prune"])?;
        prop_assert_eq!(again, NOTHING);

        let export = ["export-config", "--format", format];
        let exported = run(here.data(), &export)?;
        let copy = folder.path().join(format!("copy.{format}"));
        std::fs::write(&copy, &exported).unwrap();
        let copy = copy.to_str().unwrap();
        let again = run(here.data(), &["apply", copy, "--prune"])?;
        prop_assert_eq!(again, NOTHING, "{}", exported);
        let there = TestServer::start();
        run(there.data(), &["apply", copy, "--prune"])?;
        prop_assert_eq!(run(there.data(), &export)?, exported);
        Ok(())
    });
    tried.unwrap();
}
