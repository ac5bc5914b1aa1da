//! A server with everybody on it, and one of each thing they ask about.

use std::collections::BTreeMap;

use pocket_galaxy::db::tx::WriteTx;
use pocket_galaxy::domain::accounts::passwords::PasswordHash;
use pocket_galaxy::domain::accounts::roles::assignments;
use pocket_galaxy::domain::accounts::roles::assignments::Holder;
use pocket_galaxy::domain::accounts::users;
use pocket_galaxy::kernel::error::Result;
use pocket_galaxy::kernel::ids::NamespaceId;
use pocket_galaxy::kernel::ids::RepositoryId;
use pocket_galaxy::policy::object::Object;
use serde_json::Value;
use serde_json::json;

use crate::policy::people::PEOPLE;
use crate::policy::people::Person;
use crate::policy::table::Body;
use crate::policy::table::Row;
use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::form::Form;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

/// The distributions of the public and of the private repository; neither has a pipeline label.
const PUBLIC: &str = "community";
const PRIVATE: &str = "validated";

pub struct Stage {
    /// Stops when it is dropped.
    server: TestServer,
    clients: BTreeMap<&'static str, Client>,
    /// What stands for `{name}` in a path, besides the distribution.
    variables: Vec<(&'static str, String)>,
    artifact: Artifact,
}

impl Stage {
    /// `acme.tools` 1.0.0 in both repositories, everybody signed up, one task, one group, one role.
    pub fn set() -> Self {
        let server = TestServer::with(|config| {
            config.publishing.auto_create_namespaces = false;
            config.publishing.ai_deny_index = true;
        });
        let admin = server.admin();
        admin
            .post("v3/namespaces/", r#"{"name": "acme"}"#)
            .expect(201);
        let artifact = collection("acme.tools").build();
        let mut task = String::new();
        for place in [PUBLIC, PRIVATE] {
            let path = format!("content/{place}/v3/artifacts/collections/");
            let import = admin.publish_to(&path, &artifact).succeeds().0;
            import["id"].as_str().unwrap().clone_into(&mut task);
        }
        // Nobody can delete what somebody needs, so that everybody can be asked to.
        let needs = collection("acme.needs").depends_on("acme.tools", "*");
        let path = format!("content/{PUBLIC}/v3/artifacts/collections/");
        admin.publish_to(&path, &needs.build()).succeeds();
        let hash = PasswordHash::new(PASSWORD).unwrap();
        server.db().write(|tx| sign_up(tx, &hash)).unwrap();
        let clients = PEOPLE.iter().map(|person| {
            let client = match person.is_signed_in {
                true => server.token_of(person.name),
                false => server.anonymous(),
            };
            (person.name, client)
        });
        let clients = clients.collect();
        let find = |sql: &str| -> String {
            let text = format!("SELECT CAST(({sql}) AS TEXT)");
            server.value(&text)
        };
        // So that there is something to configure where the private one is served, too.
        server.sql(
            "UPDATE repository SET remote_id = (SELECT id FROM remote WHERE name = 'community') WHERE name = 'validated'",
        );
        let variables = vec![
            ("task", task),
            (
                "namespace",
                find("SELECT id FROM namespace WHERE name = 'acme'"),
            ),
            (
                "remote",
                find("SELECT uuid FROM remote WHERE name = 'community'"),
            ),
            ("group", find("SELECT id FROM user_group")),
            (
                "user",
                find("SELECT id FROM user WHERE username = 'auditor'"),
            ),
            (
                "role",
                find("SELECT uuid FROM role WHERE name = 'galaxy.auditor'"),
            ),
            (
                "public",
                find("SELECT uuid FROM repository WHERE name = 'community'"),
            ),
            (
                "private",
                find("SELECT uuid FROM repository WHERE name = 'validated'"),
            ),
            (
                "public distribution",
                find("SELECT uuid FROM distribution WHERE name = 'community'"),
            ),
            (
                "private distribution",
                find("SELECT uuid FROM distribution WHERE name = 'validated'"),
            ),
        ];
        Self {
            server,
            clients,
            variables,
            artifact,
        }
    }

    /// Somebody's token that is limited to `scope`.
    pub fn limited(&self, name: &str, scope: &Value) -> Client {
        let body = json!({"name": "limited", "scope": scope}).to_string();
        let made = self.clients[name].post("v3/auth/tokens/", &body);
        let made = made.expect(201).json();
        let token = made["token"].as_str().unwrap();
        self.server
            .anonymous()
            .authorized(&format!("Token {token}"))
    }

    /// Sends what a row says, as somebody.
    pub fn ask(&self, person: &Person, row: &Row, is_private: bool) -> Reply {
        self.ask_by(&self.clients[person.name], row, is_private)
    }

    /// Sends what a row says.
    pub fn ask_by(&self, client: &Client, row: &Row, is_private: bool) -> Reply {
        let token = "x".repeat(32);
        let browser = client
            .with_cookies(&[("csrftoken", &token)])
            .with_header("x-csrftoken", &token);
        let client = if row.with_csrf { &browser } else { client };
        let path = self.path(row.path, is_private);
        match row.body {
            Body::None => client.send(row.method, &path, "", b""),
            Body::Json(text) => {
                let text = self.path(text, is_private);
                client.send(row.method, &path, "application/json", text.as_bytes())
            }
            Body::Artifact => client.upload_to(&path, &Form::of(&self.artifact)),
        }
    }

    fn path(&self, path: &str, is_private: bool) -> String {
        let (distribution, repository) = match is_private {
            true => (PRIVATE, "private"),
            false => (PUBLIC, "public"),
        };
        let path = path.replace("{d}", distribution);
        let path = path.replace("{repository}", &format!("{{{repository}}}"));
        let path = path.replace("{distribution}", &format!("{{{repository} distribution}}"));
        let fill = |path: String, (name, value): &(&str, String)| {
            path.replace(&format!("{{{name}}}"), value)
        };
        self.variables.iter().fold(path, fill)
    }
}

fn sign_up(tx: &WriteTx<'_>, hash: &PasswordHash) -> Result<()> {
    let id = |sql: &str| -> Result<i64> { Ok(tx.query_row(sql, [], |row| row.get(0))?) };
    tx.execute(
        "UPDATE repository SET private = 1 WHERE name = ?1",
        [PRIVATE],
    )?;
    let namespace = NamespaceId(id("SELECT id FROM namespace WHERE name = 'acme'")?);
    for person in PEOPLE.iter().filter(|person| person.is_signed_in) {
        let user = Holder::User(users::create(tx, person.name, hash, person.is_superuser)?);
        if let Some(role) = person.everywhere {
            assignments::assign(tx, user, role, None)?;
        }
        if let Some(role) = person.on_namespace {
            assignments::assign(tx, user, role, Some(Object::Namespace(namespace)))?;
        }
        for name in [PUBLIC, PRIVATE] {
            let Some(role) = person.on_repositories else {
                continue;
            };
            let repository = id(&format!("SELECT id FROM repository WHERE name = '{name}'"))?;
            let repository = Object::Repository(RepositoryId(repository));
            assignments::assign(tx, user, role, Some(repository))?;
        }
    }
    Ok(())
}
