//! No change without a row in the audit trail: one request that succeeds for every action that changes something.

use pocket_galaxy::config::single_sign_on::Issuer;
use pocket_galaxy::policy::action::Action;
use pocket_galaxy::policy::rule::Effect;
use pocket_galaxy::policy::rule::rule;
use serde_json::Value;
use serde_json::json;

use crate::sso::browser::Browser;
use crate::sso::forger::Forger;
use crate::sso::visit::come_with;
use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

const PUBLISHER: &str = "galaxy.collection_publisher";
const REPOSITORIES: &str = "pulp/api/v3/repositories/ansible/ansible/";
const DISTRIBUTIONS: &str = "pulp/api/v3/distributions/ansible/ansible/";
const REMOTES: &str = "pulp/api/v3/remotes/ansible/collection/";
const NAMESPACES: &str = "pulp/api/v3/pulp_ansible/namespaces/";

/// A hub whose imports wait, so that they can be canceled, and the provider it trusts; and a hub with content.
struct Stage {
    galaxy: TestServer,
    full: TestServer,
    forger: Forger,
    admin: Client,
}

impl Stage {
    fn set() -> Self {
        let forger = Forger::start();
        let galaxy = TestServer::with(|config| {
            config.publishing.workers = 0;
            config.publishing.ai_deny_index = true;
            config.single_sign_on.issuer = Issuer::parse(&forger.issuer);
            config.single_sign_on.client_id = Some("hub".to_owned());
        });
        galaxy.user("ana", &[PUBLISHER]);
        let admin = galaxy.admin();
        admin
            .post("v3/namespaces/", r#"{"name": "acme"}"#)
            .expect(201);
        let full = TestServer::start();
        for version in ["1.0.0", "2.0.0"] {
            let artifact = collection("acme.tools").version(version).build();
            full.admin().publish(&artifact).succeeds();
        }
        Self {
            galaxy,
            full,
            forger,
            admin,
        }
    }

    /// The rows of an action that was done, on either hub.
    fn done(&self, action: Action) -> i64 {
        let name = action.name();
        let sql =
            format!("SELECT count(*) FROM audit WHERE outcome = 'done' AND action = '{name}'");
        self.galaxy.value::<i64>(&sql) + self.full.value::<i64>(&sql)
    }

    /// Publishes a collection on the hub with content. Returns where its version is.
    fn publish(&self, name: &str) -> String {
        let artifact = collection(name).build();
        self.full.admin().publish(&artifact).succeeds();
        let newest = "SELECT uuid FROM content WHERE id = (SELECT max(id) FROM collection_version)";
        let uuid: String = self.full.value(newest);
        format!("/api/galaxy/pulp/api/v3/content/ansible/collection_versions/{uuid}/")
    }

    /// Where the hub with content has a repository or a distribution.
    fn of_full(&self, table: &str, name: &str) -> String {
        let list = match table {
            "repository" => REPOSITORIES,
            "remote" => REMOTES,
            _ => DISTRIBUTIONS,
        };
        let sql = format!("SELECT uuid FROM {table} WHERE name = '{name}'");
        format!("{list}{}/", self.full.value::<String>(&sql))
    }

    /// Changes content, or where it is, on the hub that has some.
    fn change_content(&self, action: Action) {
        let admin = self.full.admin();
        let post = |path: &str, body: Value| succeeds(admin.post(path, &body.to_string()));
        let put = |path: &str, body: Value| succeeds(admin.patch(path, &body.to_string()));
        let index = "v3/plugin/ansible/content/published/collections/index/acme/tools/";
        match action {
            Action::RepositoryCreate => post(REPOSITORIES, json!({"name": "made"})),
            Action::RepositoryUpdate => put(
                &self.of_full("repository", "made"),
                json!({"description": "For tests"}),
            ),
            Action::RepositoryModify => {
                let modify = format!("{}modify/", self.of_full("repository", "made"));
                post(&modify, json!({"remove_content_units": ["*"]}))
            }
            Action::SignatureUpload => {
                let version = self.publish("acme.signed");
                let repository = format!("/api/galaxy/{}", self.of_full("repository", "published"));
                post(
                    "pulp/api/v3/content/ansible/collection_signatures/",
                    json!({"file": "-----", "signed_collection": version, "repository": repository}),
                )
            }
            Action::RepositoryTransfer => {
                let version = self.publish("acme.others");
                let to = format!("/api/galaxy/{}", self.of_full("repository", "made"));
                let body =
                    json!({"collection_versions": [version], "destination_repositories": [to]});
                post(
                    &format!(
                        "{}copy_collection_version/",
                        self.of_full("repository", "published")
                    ),
                    body,
                )
            }
            Action::RepositoryDelete => {
                post(REPOSITORIES, json!({"name": "brief"}));
                succeeds(admin.delete(&self.of_full("repository", "brief")))
            }
            Action::RepositoryVersionDelete => {
                let oldest: i64 = self.full.value(
                    "SELECT min(v.number) FROM repository_version v JOIN repository r ON r.id = v.repository_id
                      WHERE r.name = 'published'",
                );
                let published = self.of_full("repository", "published");
                succeeds(admin.delete(&format!("{published}versions/{oldest}/")))
            }
            Action::RemoteCreate => post(
                REMOTES,
                json!({"name": "made", "url": "https://hub.example.com/api/"}),
            ),
            Action::RemoteUpdate => put(&self.of_full("remote", "made"), json!({"rate_limit": 4})),
            Action::RemoteConfigure => put(
                &format!(
                    "_ui/v1/remotes/{}",
                    self.of_full("remote", "made").trim_start_matches(REMOTES)
                ),
                json!({"rate_limit": 5}),
            ),
            Action::RemoteDelete => {
                post(
                    REMOTES,
                    json!({"name": "brief", "url": "https://hub.example.com/api/"}),
                );
                succeeds(admin.delete(&self.of_full("remote", "brief")))
            }
            Action::DistributionCreate => post(
                DISTRIBUTIONS,
                json!({"name": "shown", "base_path": "shown"}),
            ),
            Action::DistributionUpdate => put(
                &self.of_full("distribution", "shown"),
                json!({"hidden": true}),
            ),
            Action::DistributionDelete => {
                succeeds(admin.delete(&self.of_full("distribution", "shown")))
            }
            Action::CollectionTransfer => post(
                "v3/collections/acme/tools/versions/1.0.0/copy/published/validated/",
                json!({}),
            ),
            Action::SearchRebuild => {
                post("v3/plugin/ansible/search/collection-versions/", json!({}))
            }
            Action::TaskPurge => post("pulp/api/v3/tasks/purge/", json!({})),
            Action::CollectionDeprecate => put(index, json!({"deprecated": true})),
            Action::CollectionDelete => succeeds(admin.delete(index)),
            other => panic!(
                "{} changes something: add a request for it here",
                other.name()
            ),
        };
    }

    fn one(&self, sql: &str) -> String {
        let sql = format!("SELECT CAST(({sql}) AS TEXT)");
        self.galaxy.value(&sql)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        succeeds(self.admin.post(path, &body.to_string()))
    }

    /// Adds something, and returns where it is.
    fn added(&self, list: &str, body: &Value) -> String {
        let added = self.post(list, body);
        match added["pulp_href"].as_str() {
            Some(href) => href.to_owned(),
            None => format!("{list}{}/", added["id"]),
        }
    }

    fn user(&self, name: &str) -> String {
        let body = json!({"username": name, "password": "correct-horse-1", "groups": []});
        self.added("_ui/v1/users/", &body)
    }

    /// The members of a new group, by the API of the web interface.
    fn members(&self, name: &str) -> String {
        self.group(name);
        let id = self.one("SELECT max(id) FROM user_group");
        format!("_ui/v1/groups/{id}/users/")
    }

    fn group(&self, name: &str) -> String {
        self.added("_ui/v1/groups/", &json!({"name": name}))
    }

    fn role(&self, name: &str) -> String {
        let body = json!({"name": name, "permissions": ["galaxy.add_group"]});
        self.added("pulp/api/v3/roles/", &body)
    }

    /// Where a user is in a list of members.
    fn member(&self, list: &str) -> String {
        self.post(list, &json!({"username": "ana"}));
        format!("{list}{}/", self.galaxy.user_id("ana"))
    }

    /// A repository, a remote, and a namespace, for roles held on them.
    fn object(&self, list: &str) -> (String, &'static str) {
        let (column, table, role) = match list {
            REPOSITORIES => ("uuid", "repository", "galaxy.ansible_repository_owner"),
            REMOTES => ("uuid", "remote", "galaxy.collection_remote_owner"),
            _ => ("id", "namespace", "galaxy.collection_namespace_owner"),
        };
        let id = self.one(&format!("SELECT {column} FROM {table} ORDER BY id LIMIT 1"));
        (format!("{list}{id}/"), role)
    }

    fn add_role(&self, list: &str) {
        let (object, role) = self.object(list);
        self.post(
            &format!("{object}add_role/"),
            &json!({"role": role, "users": ["ana"]}),
        );
    }

    fn remove_role(&self, list: &str) {
        let (object, role) = self.object(list);
        self.post(
            &format!("{object}remove_role/"),
            &json!({"role": role, "users": ["ana"]}),
        );
    }

    fn upload(&self, name: &str) -> String {
        let artifact = collection(name).build();
        let accepted = succeeds(self.admin.upload(&Form::of(&artifact)));
        let task = accepted["task"].as_str().unwrap().trim_end_matches('/');
        task.rsplit_once('/').unwrap().1.to_owned()
    }

    fn cancel(&self, task: &str) {
        let task = format!("pulp/api/v3/tasks/{task}/");
        self.patch(&task, &json!({"state": "canceled"}));
    }

    fn remove(&self, path: &str) {
        succeeds(self.admin.delete(path));
    }

    fn patch(&self, path: &str, body: &Value) {
        succeeds(self.admin.patch(path, &body.to_string()));
    }

    /// Does what an action is about.
    fn act(&self, action: Action) {
        let holders = || {
            let groups = format!(
                "pulp/api/v3/groups/{}/",
                self.one("SELECT max(id) FROM user_group")
            );
            let users = format!("pulp/api/v3/users/{}/", self.galaxy.user_id("ana"));
            (users, groups)
        };
        let everywhere = json!({"role": "galaxy.group_admin", "content_object": null});
        let named_token = json!({"name": "ci", "scope": {"kind": "read"}});
        match action {
            Action::CollectionUpload => self.cancel(&self.upload("acme.tools")),
            Action::TaskCancel => self.cancel(&self.upload("acme.others")),
            Action::TaskDelete => {
                let task = self.upload("acme.gone");
                self.cancel(&task);
                self.remove(&format!("pulp/api/v3/tasks/{task}/"));
            }
            Action::NamespaceCreate => drop(self.post("v3/namespaces/", &json!({"name": "other"}))),
            Action::NamespaceUpdate => {
                self.patch("v3/namespaces/other/", &json!({"company": "Other"}));
            }
            Action::NamespaceDelete => self.remove("v3/namespaces/other/"),
            Action::DenyIndexAdd => {
                let body = json!({"reference": "acme"});
                self.post("_ui/v1/ai_deny_index/namespace/", &body);
            }
            Action::DenyIndexRemove => self.remove("_ui/v1/ai_deny_index/namespace/acme/"),
            Action::NamespaceRoleAdd => self.add_role(NAMESPACES),
            Action::NamespaceRoleRemove => self.remove_role(NAMESPACES),
            Action::RepositoryRoleAdd => self.add_role(REPOSITORIES),
            Action::RepositoryRoleRemove => self.remove_role(REPOSITORIES),
            Action::RemoteRoleAdd => self.add_role(REMOTES),
            Action::RemoteRoleRemove => self.remove_role(REMOTES),
            Action::TokenCreate => {
                let ana = self.galaxy.token_of("ana");
                succeeds(ana.post("v3/auth/token/", ""));
            }
            Action::TokenDelete => {
                let ana = self.galaxy.token_of("ana");
                succeeds(ana.delete("v3/auth/token/"));
            }
            Action::TokenIssue => drop(self.post("v3/auth/tokens/", &named_token)),
            Action::TokenRevoke => {
                let id = self.one("SELECT id FROM token WHERE name = 'ci'");
                self.remove(&format!("v3/auth/tokens/{id}/"));
            }
            Action::SessionStart => drop(self.galaxy.browser("ana")),
            Action::SessionEnd => {
                let browser = self.galaxy.browser("ana").client();
                succeeds(browser.post("_ui/v1/auth/logout/", ""));
            }
            Action::SessionRevoke => {
                let browser = self.galaxy.browser("ana").client();
                let id = self.one("SELECT max(id) FROM session");
                succeeds(browser.delete(&format!("_ui/v1/auth/sessions/{id}/")));
            }
            Action::SingleSignOn => {
                let (mut browser, nothing) = (Browser::new(), json!({}));
                come_with(&mut browser, &self.forger, &self.galaxy, &nothing).expect(302);
            }
            Action::MeUpdate => {
                let body = json!({"username": "admin", "first_name": "Ada"});
                succeeds(self.admin.put("_ui/v1/me/", &body.to_string()));
            }
            Action::UserCreate => drop(self.user("bob")),
            Action::UserUpdate => self.patch(&self.user("cleo"), &json!({"first_name": "Cleo"})),
            Action::UserDelete => self.remove(&self.user("dan")),
            Action::UserRoleAdd => drop(self.post(&format!("{}roles/", holders().0), &everywhere)),
            Action::UserRoleRemove => {
                let id = self.one(
                    "SELECT a.uuid FROM role_assignment a JOIN user u ON u.id = a.user_id
                      WHERE u.username = 'ana' AND a.object_kind IS NULL LIMIT 1",
                );
                self.remove(&format!("{}roles/{id}/", holders().0));
            }
            Action::GroupCreate => drop(self.group("crew")),
            Action::GroupUpdate => {
                self.group("before");
                self.patch(&holders().1, &json!({"name": "after"}));
            }
            Action::GroupDelete => self.remove(&self.group("nobody")),
            Action::GroupMemberAdd => {
                self.member(&self.members("first"));
            }
            Action::GroupMemberRemove => {
                let member = self.member(&self.members("second"));
                self.remove(&member);
            }
            Action::PulpMemberAdd => {
                self.group("third");
                self.member(&format!("{}users/", holders().1));
            }
            Action::PulpMemberRemove => {
                self.group("fourth");
                let member = self.member(&format!("{}users/", holders().1));
                self.remove(&member);
            }
            Action::GroupRoleAdd => {
                self.group("fifth");
                self.post(&format!("{}roles/", holders().1), &everywhere);
            }
            Action::GroupRoleRemove => {
                self.group("sixth");
                let given = self.added(&format!("{}roles/", holders().1), &everywhere);
                self.remove(&given);
            }
            Action::RoleCreate => drop(self.role("acme.one")),
            Action::RoleUpdate => {
                self.patch(&self.role("acme.two"), &json!({"description": "Another"}));
            }
            Action::RoleDelete => self.remove(&self.role("acme.three")),
            Action::PlatformWrite => {
                drop(self.post("_ui/v2/teams/", &json!({"name": "blue", "organization": 1})))
            }
            content => self.change_content(content),
        }
    }
}

fn succeeds(reply: Reply) -> Value {
    assert!(
        (200..300).contains(&reply.status),
        "{}: {}",
        reply.status,
        reply.text()
    );
    serde_json::from_str(&reply.text()).unwrap_or_default()
}

#[test]
fn every_action_that_changes_something_leaves_a_row_of_its_name() {
    let stage = Stage::set();
    let changing = |action: &&Action| rule(**action).effect == Effect::Write;
    let mut silent = Vec::new();
    for action in Action::ALL.iter().filter(changing) {
        let before = stage.done(*action);
        stage.act(*action);
        if stage.done(*action) == before {
            silent.push(action.name());
        }
    }
    assert!(silent.is_empty(), "no row was written by {silent:?}");
}
