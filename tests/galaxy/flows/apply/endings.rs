//! What ends when a document is applied, and what never does.

use crate::flows::apply::NOTHING;
use crate::flows::apply::YAML;
use crate::flows::apply::applied;
use crate::flows::apply::exported;
use crate::flows::apply::refused;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

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
