//! The documentation of what a collection brings.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::Builder;
use crate::support::tarball::collection;

const FRAGMENT: &str = "
class ModuleDocFragment:
    DOCUMENTATION = r'''
options:
  token: {description: The token., type: str, version_added: 1.1.0}
'''
";

const MODULE: &str = "
DOCUMENTATION = r'''
module: say
short_description: Say something
options:
  text: {description: What to say., type: str, required: yes}
extends_documentation_fragment: [acme.base.auth]
'''
EXAMPLES = '''- acme.tools.say: {text: hi}'''
RETURN = '''said: {description: What was said., returned: always, type: str}'''
";

fn base() -> Builder {
    collection("acme.base").file("plugins/doc_fragments/auth.py", FRAGMENT)
}

fn tools(version: &str) -> Builder {
    collection("acme.tools")
        .version(version)
        .file("plugins/modules/say.py", MODULE)
}

fn path(version: &str) -> String {
    format!("v3/collections/acme/tools/versions/{version}/docs-blob/")
}

/// The entry of a content in the documentation of a version of `acme.tools`.
fn entry(client: &Client, version: &str, name: &str) -> Value {
    let blob = client.get(&path(version)).expect(200).json();
    let contents = blob["docs_blob"]["contents"].as_array().unwrap().clone();
    contents
        .into_iter()
        .find(|content| content["content_name"] == name)
        .unwrap()
}

fn option_names(entry: &Value) -> Vec<&str> {
    let options = entry["doc_strings"]["doc"]["options"].as_array().unwrap();
    options
        .iter()
        .map(|option| option["name"].as_str().unwrap())
        .collect()
}

#[test]
fn a_plugin_is_documented_with_the_fragments_of_collections_in_the_hub() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&base().build()).succeeds();
    admin.publish(&tools("1.0.0").build()).succeeds();
    let say = entry(&admin, "1.0.0", "say");
    assert_eq!(option_names(&say), ["text", "token"]);
    let doc = &say["doc_strings"]["doc"];
    assert_eq!(doc["options"][0]["required"], json!(true));
    assert_eq!(doc["options"][1]["version_added_collection"], "acme.base");
    assert_eq!(doc["plugin_name"], "acme.tools.say");
    assert_eq!(say["doc_strings"]["return"][0]["name"], "said");
    let version = admin
        .get("v3/collections/acme/tools/versions/1.0.0/")
        .expect(200)
        .json();
    assert_eq!(version["requires_ansible"], ">=2.15.0");
    let line = json!({"name": "say", "content_type": "module", "description": "Say something"});
    assert!(
        version["metadata"]["contents"]
            .as_array()
            .unwrap()
            .contains(&line)
    );
}

#[test]
fn what_a_private_repository_holds_is_no_documentation_of_others() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&base().build()).succeeds();
    let hide = "UPDATE repository SET private = 1
                 WHERE id IN (SELECT rc.repository_id FROM repository_content rc)";
    galaxy.sql(hide);
    admin.publish(&tools("1.0.0").build()).succeeds();
    assert_eq!(option_names(&entry(&admin, "1.0.0", "say")), ["text"]);
}

#[test]
fn whoever_takes_gzip_gets_the_bytes_that_are_kept() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&tools("1.0.0").build()).succeeds();
    let plain = admin.get(&path("1.0.0")).expect(200);
    let packed = admin
        .header("accept-encoding", "br;q=0.5, gzip")
        .get(&path("1.0.0"))
        .expect(200);
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.bytes.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.bytes);
    let refused = admin
        .header("accept-encoding", "gzip;q=0, identity")
        .get(&path("1.0.0"))
        .expect(200);
    assert_eq!(refused.bytes, plain.bytes);
}

#[test]
fn a_role_shows_its_page_and_its_entry_points() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let specs = "argument_specs:\n  main:\n    options:\n      port: {type: int, options: {x: {type: str}}}\n";
    let artifact = tools("1.0.0")
        .file("roles/web/README.md", "# Web\n<script>alert(1)</script>\n")
        .file("roles/web/tasks/main.yml", "[]\n")
        .file(
            "roles/web/meta/main.yml",
            "galaxy_info: {description: A web server.}\n",
        )
        .file("roles/web/meta/argument_specs.yml", specs);
    admin.publish(&artifact.build()).succeeds();
    let web = entry(&admin, "1.0.0", "web");
    assert_eq!(
        (&web["content_type"], &web["readme_file"]),
        (&json!("role"), &json!("README.md"))
    );
    assert_eq!(web["readme_html"].as_str().unwrap().trim(), "<h1>Web</h1>");
    assert_eq!(
        web["doc_strings"]["entry_points"]["main"]["options"],
        json!([{"name": "port", "type": "int", "options": [{"name": "x", "type": "str"}]}])
    );
    let version = admin
        .get("v3/collections/acme/tools/versions/1.0.0/")
        .expect(200)
        .json();
    let line = json!({"name": "web", "content_type": "role", "description": "A web server."});
    assert!(
        version["metadata"]["contents"]
            .as_array()
            .unwrap()
            .contains(&line)
    );
}
