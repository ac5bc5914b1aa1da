//! The stage: what was on the recorded server, as far as the exchanges replayed here ask for it.
//!
//! People, namespaces, repositories and roles are [`furniture`]. Collections go in by uploads; as on the recorded
//! server, they wait for approval, and are then placed by the function that an approval will use.

use std::collections::BTreeMap;

use pocket_galaxy::db::tx::WriteTx;
use pocket_galaxy::domain::accounts::passwords::PasswordHash;
use pocket_galaxy::domain::accounts::tokens;
use pocket_galaxy::domain::accounts::users;
use pocket_galaxy::domain::collections::placement;
use pocket_galaxy::kernel::error::Result;
use pocket_galaxy::kernel::ids::RepositoryId;
use serde_json::json;

use crate::conformance::faults;
use crate::conformance::furniture;
use crate::conformance::life;
use crate::support::client::Client;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

const STAGING: &str = "v3/artifacts/collections/";

/// A server set up like the recorded one, and what is needed to ask it the same questions.
pub struct Stage {
    pub server: TestServer,
    /// Who asks: the recordings' `as`, and a client with that person's token.
    pub people: BTreeMap<String, Client>,
    /// What the recordings call `${name}`: paths and ids of this server.
    pub variables: BTreeMap<String, String>,
    /// Artifacts by the file name they had when they were recorded.
    pub artifacts: BTreeMap<String, Artifact>,
}

impl Stage {
    /// Sets the stage on a server with content approval on and namespaces made by hand.
    pub fn set() -> Self {
        let server = TestServer::with(|config| {
            config.publishing.require_content_approval = true;
            config.publishing.auto_create_namespaces = false;
            config.access.api_spec_require_authentication = false;
        });
        let hash = PasswordHash::new(PASSWORD).unwrap();
        server
            .db()
            .write(|tx| furniture::furnish(tx, &hash))
            .unwrap();
        let people = [
            ("dead", dead_token(&server)),
            ("anon", server.anonymous()),
            ("admin", server.token_of("rec_admin")),
            ("plain", server.token_of("rec_plain")),
            ("tok_plain_next", server.token_of("rec_plain")),
            ("owner", server.token_of("rec_owner")),
            ("token", server.admin()),
        ];
        let roles = furniture::ROLES.iter().map(|role| format!("role_{role}"));
        let people = people
            .map(|(who, client)| (who.to_owned(), client))
            .into_iter()
            .chain(roles.map(|who| (who.clone(), server.token_of(&format!("rec_{who}")))))
            .collect();
        let mut stage = Self {
            variables: variables(&server),
            server,
            people,
            artifacts: BTreeMap::new(),
        };
        stage.publish_all();
        let owned = stage.people["admin"]
            .get("v3/namespaces/rec_owned/")
            .expect(200)
            .json()["id"]
            .to_string();
        stage.variables.insert("ns_owned".to_owned(), owned);
        for (variable, artifact) in faults::all() {
            let import = stage.people["admin"].publish_to(STAGING, &artifact).0;
            stage.keep(&variable, "staging", &import["id"]);
        }
        for (variable, version) in [("cv_tiny", "1.1.0"), ("cv_tiny_in_rec_repo", "1.0.0")] {
            let tiny = format!(
                "SELECT content.uuid FROM content JOIN collection_version v ON v.id = content.id \
                   JOIN collection c ON c.id = v.collection_id \
                  WHERE c.namespace = 'rec_alpha' AND c.name = 'tiny' AND v.version = '{version}'"
            );
            let tiny: String = stage.server.value(&tiny);
            let tiny =
                format!("/api/galaxy/pulp/api/v3/content/ansible/collection_versions/{tiny}/");
            stage.variables.insert(variable.to_owned(), tiny);
        }
        let alpha: String = stage.server.value(
            "SELECT content.uuid FROM content JOIN namespace_metadata m ON m.id = content.id \
               JOIN namespace n ON n.metadata_sha256 = m.metadata_sha256 WHERE n.name = 'rec_alpha'",
        );
        let alpha = format!("/api/galaxy/pulp/api/v3/content/ansible/namespaces/{alpha}/");
        stage.variables.insert("nsc".to_owned(), alpha);
        let lived = life::live(&stage).into_iter();
        let lived = lived.map(|(name, value)| (name.to_owned(), value));
        stage.variables.extend(lived);
        stage
    }

    fn publish_all(&mut self) {
        for (full_name, versions, places) in COLLECTIONS {
            for version in *versions {
                let artifact = stand_in(full_name, version);
                self.publish(STAGING, &artifact);
                places.iter().for_each(|place| self.place(&artifact, place));
            }
        }
        let tiny = self.artifacts["rec_alpha-tiny-1.0.0.tar.gz"].clone();
        self.place(&tiny, "rec_repo");
        let posix = self.artifacts["ansible-posix-1.5.4.tar.gz"].clone();
        self.place(&posix, "rec_repo");
        self.publish(
            "content/rec_private/v3/artifacts/collections/",
            &stand_in("rec_alpha.priv", "1.0.0"),
        );
        let other = collection("rec_alpha.dupe")
            .info("description", "Other bytes".into())
            .build();
        self.artifacts
            .insert("other-dupe.tar.gz".to_owned(), other.clone());
        for (variable, artifact) in [("i_again", tiny.clone()), ("i_other", other)] {
            let import = self.people["admin"]
                .publish_to(STAGING, &artifact)
                .succeeds()
                .0;
            self.keep(variable, "staging", &import["id"]);
        }
        self.place(&tiny, "published");
    }

    /// Publishes by an upload path and remembers the import under the names the recordings have for it.
    fn publish(&mut self, path: &str, artifact: &Artifact) {
        let import = self.people["admin"].publish_to(path, artifact).succeeds().0;
        let file = artifact.file_name();
        let target = if path == STAGING {
            "staging"
        } else {
            "rec_private"
        };
        for (variable, _) in IMPORTS.iter().filter(|(_, of)| *of == file) {
            self.keep(variable, target, &import["id"]);
        }
        self.artifacts.insert(file, artifact.clone());
    }

    /// Makes an import known as `${variable}`: its path, or its id where the recordings use that.
    fn keep(&mut self, variable: &str, target: &str, id: &serde_json::Value) {
        let id = id.as_str().unwrap();
        let path =
            format!("/api/galaxy/content/{target}/v3/plugin/ansible/imports/collections/{id}/");
        let value = if IDS.contains(&variable) {
            id.to_owned()
        } else {
            path
        };
        self.variables.insert(variable.to_owned(), value);
    }

    /// Puts a published artifact into another repository, as an approval would.
    fn place(&self, artifact: &Artifact, repository: &str) {
        let sha256 = artifact.sha256();
        let placed = self.server.db().write(|tx| {
            let version = "SELECT id FROM collection_version WHERE sha256 = ?1";
            let version = tx.query_row(version, [&sha256], |row| row.get(0))?;
            placement::change(tx, repository_id(tx, repository)?, &[], &[version])?;
            placement::change(tx, repository_id(tx, "staging")?, &[version], &[])
        });
        placed.unwrap();
    }
}

/// The collections of the recorded server, their versions, and the repositories they were put into.
/// Those that were real are stand-ins of the same name here: shapes do not depend on what is in them.
const COLLECTIONS: &[(&str, &[&str], &[&str])] = &[
    (
        "rec_alpha.tiny",
        &["1.0.0", "1.1.0", "2.0.0-beta.1"],
        &["published"],
    ),
    ("rec_alpha.dependent", &["1.0.0"], &["published"]),
    ("rec_alpha.dupe", &["1.0.0"], &["published"]),
    ("rec_alpha.gone", &["1.0.0"], &[]),
    // These stand for what was deleted, deprecated and moved, so that nothing else is asked of them.
    ("rec_alpha.going", &["1.0.0"], &["published"]),
    ("rec_alpha.fading", &["1.0.0"], &["published"]),
    ("rec_alpha.brief", &["1.0.0", "1.1.0"], &["published"]),
    ("rec_alpha.moved", &["1.0.0"], &[]),
    (
        "ansible.posix",
        &["1.5.4", "1.6.2", "2.0.0", "2.2.2"],
        &["published"],
    ),
    ("ansible.utils", &["2.10.3", "4.1.0"], &["published"]),
    ("ansible.netcommon", &["4.1.0"], &["published"]),
    ("community.docker", &["3.10.0"], &["published"]),
    ("community.routeros", &["2.20.0"], &["published"]),
    ("community.sops", &["1.9.0"], &["published"]),
    ("community.hrobot", &["2.0.0"], &["published", "validated"]),
    ("community.crypto", &["2.22.0"], &["published"]),
    ("community.general", &["13.5.0"], &["published"]),
    (
        "community.library_inventory_filtering_v1",
        &["1.0.0"],
        &["published"],
    ),
    ("kubernetes.core", &["5.0.0", "6.6.0"], &["published"]),
    ("amazon.aws", &["5.5.1"], &["published"]),
    ("cloud.common", &["4.1.0"], &["published"]),
    ("cloud.common", &["4.2.0"], &[]),
    ("community.okd", &["4.0.1"], &[]),
    ("openvswitch.openvswitch", &["2.1.1"], &["rejected"]),
    // So that a search has a third page.
    ("community.mysql", &["1.0.0"], &["published"]),
    ("community.zabbix", &["1.0.0"], &["published"]),
    ("community.windows", &["1.0.0"], &["published"]),
    ("community.vmware", &["1.0.0"], &["published"]),
];

/// The imports that recordings ask for, and the file each was an import of.
const IMPORTS: &[(&str, &str)] = &[
    ("i_tiny", "rec_alpha-tiny-1.0.0.tar.gz"),
    ("ui_import2", "rec_alpha-tiny-1.0.0.tar.gz"),
    ("i_tiny11", "rec_alpha-tiny-1.1.0.tar.gz"),
    ("i_dupe", "rec_alpha-dupe-1.0.0.tar.gz"),
    ("i_priv", "rec_alpha-priv-1.0.0.tar.gz"),
    ("ui_import_large", "community-general-13.5.0.tar.gz"),
];

/// Variables that stand for an id, not a path. A failed import stands for the failed sync of `t_sync`:
/// both are tasks, and the v3 API shows them alike.
const IDS: &[&str] = &["ui_import2", "ui_import_large", "ui_import", "t_sync"];

/// An artifact under a recorded name, with the metadata that the recorded one had in shape.
fn stand_in(full_name: &str, version: &str) -> Artifact {
    let builder = collection(full_name)
        .version(version)
        .info("documentation", "https://example.com/docs".into())
        .info("homepage", "https://example.com/".into())
        .info("issues", "https://example.com/issues".into());
    let builder = match full_name.starts_with("rec_alpha.") {
        true => builder,
        false => builder
            .info("license", json!([]))
            .info("license_file", "LICENSE".into())
            .file("LICENSE", "MIT\n"),
    };
    match full_name {
        "kubernetes.core" => {
            let module =
                "DOCUMENTATION = r'''\nmodule: sysctl\nshort_description: Sets\noptions: {}\n'''\n";
            builder.file("plugins/modules/sysctl.py", module)
        }
        "community.routeros" => builder
            .info("tags", json!(["networking"]))
            .depends_on("ansible.utils", ">=1.0.0"),
        "community.general" => {
            // So that a list of tags has a second page.
            let more = (0..12).map(|number| format!("topic{number}"));
            let tags: Vec<String> = more.chain(["networking".to_owned()]).collect();
            builder.info("tags", json!(tags))
        }
        "community.docker" => {
            builder.depends_on("community.library_inventory_filtering_v1", ">=1.0.0")
        }
        "rec_alpha.tiny" | "rec_alpha.dupe" => builder.info("tags", json!(["tools", "rec_tag"])),
        "rec_alpha.dependent" => builder
            .info("tags", json!(["tools", "rec_tag"]))
            .depends_on("rec_alpha.tiny", ">=1.0.0,<3.0.0"),
        "ansible.netcommon" => builder.depends_on("ansible.utils", ">=2.7.0"),
        "amazon.aws" => builder
            .depends_on("ansible.netcommon", "*")
            .depends_on("community.crypto", "*"),
        _ => builder,
    }
    .build()
}

/// Variables for what [`furniture`] put there, and the query that finds each.
const FOUND: &[(&str, &str)] = &[
    (
        "u_admin",
        "SELECT id FROM user WHERE username = 'rec_admin'",
    ),
    (
        "u_owner",
        "SELECT id FROM user WHERE username = 'rec_owner'",
    ),
    (
        "u_plain",
        "SELECT id FROM user WHERE username = 'rec_plain'",
    ),
    (
        "u_throw",
        "SELECT id FROM user WHERE username = 'rec_to_go'",
    ),
    (
        "g_rec",
        "SELECT id FROM user_group WHERE name = 'rec_group'",
    ),
    (
        "g_pulp",
        "SELECT id FROM user_group WHERE name = 'rec_pulp_group'",
    ),
    (
        "g_two",
        "SELECT id FROM user_group WHERE name = 'rec_group_two'",
    ),
    (
        "g_spare",
        "SELECT id FROM user_group WHERE name = 'rec_spare'",
    ),
    (
        "r_owner",
        "SELECT uuid FROM role WHERE name = 'galaxy.collection_namespace_owner'",
    ),
    (
        "rd_owner",
        "SELECT id FROM role WHERE name = 'galaxy.collection_namespace_owner'",
    ),
    (
        "repo_priv",
        "SELECT uuid FROM repository WHERE name = 'rec_private'",
    ),
    (
        "repo_rec",
        "SELECT uuid FROM repository WHERE name = 'rec_repo'",
    ),
    (
        "r_up",
        "SELECT uuid FROM role WHERE name = 'galaxy.rec_uploader'",
    ),
    (
        "r_gone",
        "SELECT uuid FROM role WHERE name = 'galaxy.rec_gone'",
    ),
    (
        "gr_glob",
        "SELECT a.uuid FROM role_assignment a JOIN role r ON r.id = a.role_id JOIN user_group g ON g.id = a.group_id \
          WHERE r.name = 'galaxy.rec_uploader' AND g.name = 'rec_group'",
    ),
    (
        "gr_gone",
        "SELECT a.uuid FROM role_assignment a JOIN role r ON r.id = a.role_id JOIN user_group g ON g.id = a.group_id \
          WHERE r.name = 'galaxy.rec_gone' AND g.name = 'rec_group'",
    ),
    (
        "ur",
        "SELECT a.uuid FROM role_assignment a JOIN role r ON r.id = a.role_id JOIN user u ON u.id = a.user_id \
          WHERE r.name = 'galaxy.rec_kept' AND u.username = 'rec_plain'",
    ),
    (
        "ns_alpha",
        "SELECT id FROM namespace WHERE name = 'rec_alpha'",
    ),
    (
        "ns_beta",
        "SELECT id FROM namespace WHERE name = 'rec_beta'",
    ),
    (
        "ns_gamma",
        "SELECT id FROM namespace WHERE name = 'rec_gamma_b'",
    ),
    (
        "remote_rec",
        "SELECT uuid FROM remote WHERE name = 'rec_remote'",
    ),
    (
        "remote_min",
        "SELECT uuid FROM remote WHERE name = 'rec_remote_min'",
    ),
    (
        "ui_remote",
        "SELECT uuid FROM remote WHERE name = 'community'",
    ),
    (
        "u_v2",
        "SELECT id FROM user WHERE username = 'rec_v2_to_go'",
    ),
    (
        "g_v2",
        "SELECT id FROM user_group WHERE name = 'rec_v2_to_go'",
    ),
    (
        "t_v2",
        "SELECT id FROM user_group WHERE name = 'rec_v2_org::rec_v2_team'",
    ),
    (
        "o_v2",
        "SELECT id FROM organization WHERE name = 'rec_v2_org'",
    ),
    (
        "o_v2_to_go",
        "SELECT id FROM organization WHERE name = 'rec_v2_to_go'",
    ),
    (
        "rd_new",
        "SELECT id FROM role WHERE name = 'galaxy.rec_v2_gone'",
    ),
    (
        "ra_v2",
        "SELECT a.id FROM role_assignment a JOIN user u ON u.id = a.user_id WHERE u.username = 'rec_v2_keeper'",
    ),
    ("ru_auditor", NOBODY_YET),
    ("ru_collection_admin", NOBODY_YET),
    ("ru_synclist_owner", NOBODY_YET),
];

/// Somebody who holds no role, for those that are given one by one.
const NOBODY_YET: &str = "SELECT id FROM user WHERE username = 'rec_role_task_admin'";
/// Somebody with a token that was revoked.
fn dead_token(server: &TestServer) -> Client {
    let client = server.token_of("rec_plain");
    let revoked = server.db().write(|tx| {
        let user = users::get(tx, "rec_plain")?;
        tokens::revoke_all(tx, user.id)
    });
    assert_eq!(revoked.unwrap(), 1);
    client
}

fn variables(server: &TestServer) -> BTreeMap<String, String> {
    let find = |sql: &str| {
        let text = format!("SELECT CAST(({sql}) AS TEXT)");
        server.value(&text)
    };
    FOUND
        .iter()
        .map(|(name, sql)| ((*name).to_owned(), find(sql)))
        .collect()
}

fn repository_id(tx: &WriteTx<'_>, name: &str) -> Result<RepositoryId> {
    let sql = "SELECT id FROM repository WHERE name = ?1";
    Ok(RepositoryId(tx.query_row(sql, [name], |row| row.get(0))?))
}
