//! Sending a recorded request again: the same person, path, headers and body, with this server's ids in place.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::conformance::recording::Recording;
use crate::conformance::recording::Request;
use crate::conformance::stage::Stage;
use crate::support::browser::Browser;
use crate::support::client::Client;
use crate::support::client::ROOT;
use crate::support::client::Reply;
use crate::support::form::Form;
use crate::support::server::PASSWORD;

/// Bodies that would meet what is on the stage already, or miss it: there they were sent to an empty server. What is
/// there instead may hold `${variables}`; passwords are those of this stage.
const RENAMED: &[(&str, &str, &str)] = &[
    ("auth/login-post", "rec-Passw0rd-2", PASSWORD),
    (
        "distributions/dist-create",
        "\"rec_repo\"",
        "\"rec_created\"",
    ),
    (
        "lifecycle/pulp-move-version-back-and-forth",
        "/api/galaxy/pulp/api/v3/content/ansible/collection_versions/01a207ac-ac14-7b28-bd5f-0a88910ed6cf/",
        "${cv_tiny_in_rec_repo}",
    ),
    ("remotes/remote-create", "\"rec_remote\"", "\"rec_created\""),
    (
        "remotes/remote-for-the-server-itself",
        "{host}",
        "http://127.0.0.1:9",
    ),
    (
        "repositories/repo-create-private",
        "\"rec_private\"",
        "\"rec_created\"",
    ),
    (
        "repositories/repo-create-name-only",
        "\"rec_repo_plain\"",
        "\"rec_created_too\"",
    ),
    (
        "repositories/repo-patch-same-value",
        "\"Changed\"",
        "\"A custom repository\"",
    ),
    (
        "namespaces/ns-patch-rename",
        "\"rec_gamma_b\"",
        "\"rec_gamma_c\"",
    ),
    ("namespaces/ns-create", "\"rec_alpha\"", "\"rec_created\""),
    (
        "groups/group-create",
        "\"rec_group\"",
        "\"rec_created_group\"",
    ),
    ("repositories/repo-add-role", ROLE, OTHER_ROLE),
    ("repositories/repo-remove-role", ROLE, OTHER_ROLE),
    (
        "roles/group-role-add-global",
        "galaxy.rec_uploader",
        "galaxy.rec_next",
    ),
    (
        "roles/group-role-add-object",
        "namespaces/19/",
        "namespaces/${ns_gamma}/",
    ),
    (
        "roles/user-role-add-object",
        "namespaces/18/",
        "namespaces/${ns_alpha}/",
    ),
    (
        "users/user-create-superuser",
        "\"rec_admin\"",
        "\"rec_admin_two\"",
    ),
    (ASSIGNED, "\"object_id\":19", "\"object_id\":${ns_beta}"),
    (
        ASSIGNED,
        "\"role_definition\":29",
        "\"role_definition\":${rd_owner}",
    ),
    (ASSIGNED, "\"user\":15", "\"user\":${u_owner}"),
    ("users/user-patch-group-denied", "11", "${g_rec}"),
];

/// Ids that bodies name, and what this stage has instead.
const RECORDED: &[(&str, &str)] = &[
    ("01a20782-5364-7823-bfb0-5c1fde6962ff", "${repo_published}"),
    ("01a207a1-7c23-70fc-9d1d-3ce9cf78fe7e", "${repo_rec}"),
    ("01a207a1-7ec7-75ea-9bfc-921763d2c115", "${repo_priv}"),
    (
        "/api/galaxy/pulp/api/v3/content/ansible/collection_versions/01a207ac-ac14-7b28-bd5f-0a88910ed6cf/",
        "${cv_tiny}",
    ),
];

const ASSIGNED: &str = "ui-v2/v2-role-user-assignment-create";

/// The group of the recordings has this role on the private repository from the start, and can get the other.
const ROLE: &str = "galaxy.ansible_repository_owner";
const OTHER_ROLE: &str = "galaxy.collection_curator";

/// What is deleted, and the variable of one that nothing else asks for; and one that is given a role of which
/// another exchange expects that it is not there. Lists that began with rows of another kind are narrowed.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("groups/group-user-delete", "${g_rec}", "${g_spare}"),
    (
        "lifecycle/delete-collection-as-namespace-owner",
        "/gone/",
        "/going/",
    ),
    ("lifecycle/deprecate", "/gone/", "/fading/"),
    ("lifecycle/deprecate-bad-value", "/gone/", "/fading/"),
    ("lifecycle/deprecate-denied", "/gone/", "/fading/"),
    ("lifecycle/undeprecate", "/gone/", "/fading/"),
    ("groups/group-user-delete", "${u_owner}", "${u_throw}"),
    ("groups/pulp-group-delete", "${g_pulp}", "${g_spare}"),
    ("namespaces/ui-ns-delete", "/rec_ui/", "/rec_delme_too/"),
    // There that repository had a remote by then.
    ("sync/sync-config", "/rec_repo/", "/rh-certified/"),
    (
        "sync/sync-config-put-no-url",
        "/rec_repo/",
        "/rh-certified/",
    ),
    ("roles/group-role-delete", "${gr_glob}", "${gr_gone}"),
    ("roles/role-delete", "${r_up}", "${r_gone}"),
    ("roles/user-role-add", "${u_plain}", "${ru_auditor}"),
    ("ui-v2/v2-organization-delete", "${o_v2}", "${o_v2_to_go}"),
    (
        "ui-v2/v2-role-team-assignments",
        "page_size=2",
        "page_size=2&role_definition=${rd_owner}",
    ),
];

/// Exchanges with a token that was good before.
const DEAD: &[&str] = &["auth/token-deleted-is-dead", "auth/token-old-one-is-dead"];

/// Sends what was recorded. Fails with the name of a variable for which the stage has nothing.
pub fn replay(stage: &Stage, recording: &Recording) -> Result<Reply, String> {
    let path = path(stage, recording)?;
    Ok(send(stage, recording, &path))
}

/// Sends what was recorded to another path.
pub fn send(stage: &Stage, recording: &Recording, path: &str) -> Reply {
    let request = &recording.request;
    let (media_type, body) = body(stage, recording);
    let person = match DEAD.contains(&recording.id.as_str()) {
        true => stage.people["dead"].clone(),
        false => client(stage, request),
    };
    person.send(&request.method, path, &media_type, &body)
}

fn client(stage: &Stage, request: &Request) -> Client {
    let known = stage.people.get(request.who.as_str());
    let person = known.unwrap_or(&stage.people["anon"]);
    let mut client = match authorization(request) {
        Some(value) => person.authorized(&value),
        None => person.clone(),
    };
    for name in ["accept", "range", "origin"] {
        if let Some(value) = request.headers.get(name) {
            client = client.header(name, value);
        }
    }
    match request.headers.get("cookie") {
        Some(cookies) => with_cookies(stage, request, &client, cookies),
        None => client,
    }
}

/// Fresh cookies for the recorded ones, and the token that goes with them. All recorded sessions were the same
/// person's.
fn with_cookies(stage: &Stage, request: &Request, client: &Client, recorded: &str) -> Client {
    let browser = match recorded.contains("sessionid=") {
        true => stage.server.browser("rec_plain"),
        false => Browser::stranger(&stage.server.anonymous()),
    };
    let client = browser.sends_cookies(client);
    match request.headers.get("x-csrftoken").map(String::as_str) {
        Some("{csrf}") => client.with_header("x-csrftoken", &browser.csrf),
        Some(wrong) => client.with_header("x-csrftoken", wrong),
        None => client,
    }
}

/// The header of everybody who does not send the token of their own; the recordings have placeholders there.
fn authorization(request: &Request) -> Option<String> {
    let (scheme, _) = request.headers.get("authorization")?.split_once(' ')?;
    let basic = |pair: String| format!("Basic {}", BASE64_STANDARD.encode(pair));
    match (scheme, request.who.as_str()) {
        ("Token", "bad_token") => Some(format!("Token {}", "0".repeat(40))),
        ("Token", "bad_token_short") => Some("Token".to_owned()),
        ("Basic", "bad_basic") => Some(basic("rec_plain:wrong".to_owned())),
        ("Basic", "anon") => Some("Basic not-base64!".to_owned()),
        ("Basic", "throwaway") => Some(basic(format!("rec_throwaway:{PASSWORD}"))),
        ("Basic", who) => Some(basic(format!("rec_{who}:{PASSWORD}"))),
        ("Bearer" | "Digest", _) => Some(format!("{scheme} nobody-knows-this")),
        _ => None,
    }
}

/// The path on this server, with its query.
pub fn path(stage: &Stage, recording: &Recording) -> Result<String, String> {
    let request = &recording.request;
    let path = match &request.template {
        None => changed(ELSEWHERE, &recording.id, &request.path),
        Some(template) if template.path == "${signed}" => signed(stage, request),
        Some(template) => fill(stage, &changed(ELSEWHERE, &recording.id, &template.path))?,
    };
    Ok(match query(stage, recording)?.as_str() {
        "" => path,
        // The signature itself was not recorded, only that it was a wrong one.
        "{signed}" => format!(
            "{path}?expires=4102444800&validate_token=00:{}",
            "0".repeat(64)
        ),
        query => format!("{path}?{query}"),
    })
}

/// The query, with this server's ids where the recorded one had others.
fn query(stage: &Stage, recording: &Recording) -> Result<String, String> {
    let request = &recording.request;
    let template = request.template.as_ref();
    let values = template.and_then(|template| template.query.as_object());
    let has_variables = |text: &Value| text.as_str().is_some_and(|text| text.contains("${"));
    match values.filter(|values| values.values().any(has_variables)) {
        None => filled(stage, &changed(ELSEWHERE, &recording.id, &request.query)),
        Some(values) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in values {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                query.append_pair(name, &filled(stage, &value)?);
            }
            Ok(query.finish())
        }
    }
}

/// Fills in `${variables}`; what does not begin at the host then is below the API root.
fn fill(stage: &Stage, template: &str) -> Result<String, String> {
    let path = filled(stage, template)?;
    let is_whole = ["/api/", "/pulp/content/"]
        .iter()
        .any(|start| path.starts_with(start));
    Ok(if is_whole {
        path
    } else {
        format!("{}{path}", ROOT.trim_end_matches('/'))
    })
}

fn filled(stage: &Stage, template: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap();
        let value = stage
            .variables
            .get(name)
            .ok_or_else(|| format!("${{{name}}}"))?;
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// The signed link to the file of a recorded one.
fn signed(stage: &Stage, request: &Request) -> String {
    let file = request
        .path
        .rsplit('/')
        .next()
        .unwrap()
        .split('?')
        .next()
        .unwrap();
    let artifact = format!("v3/plugin/ansible/content/published/collections/artifacts/{file}");
    let admin = &stage.people["admin"];
    let reply = admin.get(&artifact).expect(302);
    reply
        .header("location")
        .strip_prefix(admin.origin.as_str())
        .unwrap()
        .to_owned()
}

/// Media type and bytes.
fn body(stage: &Stage, recording: &Recording) -> (String, Vec<u8>) {
    let request = &recording.request;
    let media_type = request
        .headers
        .get("content-type")
        .cloned()
        .unwrap_or_default();
    match &request.body {
        Value::Array(parts) if media_type.starts_with("multipart/") => {
            let form = form(stage, &recording.id, parts);
            (form.content_type(), form.body())
        }
        Value::Object(fields) if media_type.ends_with("urlencoded") => {
            let mut text = url::form_urlencoded::Serializer::new(String::new());
            text.extend_pairs(
                fields
                    .iter()
                    .map(|(name, value)| (name, value.as_str().unwrap_or_default())),
            );
            (media_type, text.finish().into_bytes())
        }
        Value::Null => (media_type, Vec::new()),
        Value::String(text) => (media_type, text.clone().into_bytes()),
        json => (
            media_type,
            renamed(stage, &recording.id, &json.to_string()).into_bytes(),
        ),
    }
}

fn renamed(stage: &Stage, id: &str, body: &str) -> String {
    let body = RECORDED
        .iter()
        .fold(changed(RENAMED, id, body), |body, (recorded, variable)| {
            body.replace(recorded, variable)
        });
    filled(stage, &body).unwrap_or(body)
}

/// The text as the rows for this exchange change it.
fn changed(rows: &[(&str, &str, &str)], id: &str, text: &str) -> String {
    let mine = rows.iter().filter(|(of, _, _)| *of == id);
    mine.fold(text.to_owned(), |text, (_, from, to)| {
        text.replace(from, to)
    })
}

/// The recorded parts, with their oddities and the artifacts of this stage.
fn form(stage: &Stage, id: &str, parts: &[Value]) -> Form {
    parts.iter().fold(Form::default(), |form, part| {
        let text = |key: &str| part[key].as_str();
        let name = text("name").unwrap();
        if let Some(value) = text("value") {
            let value = renamed(stage, id, &digest(stage, parts, value));
            return form.part(&text_head(part, name), value.as_bytes());
        }
        let file_name = text("filename").unwrap();
        let artifact = text("file").and_then(|file| stage.artifacts.get(file));
        let bytes = text("bytes").unwrap_or_default().as_bytes();
        let bytes = artifact.map_or(bytes, |artifact| &artifact.bytes);
        if part["base64"] == true {
            return form.base64_file(file_name, bytes);
        }
        let disposition = text("disposition").unwrap_or("form-data");
        let media_type = text("type").map_or(String::new(), |of| format!("Content-Type: {of}\r\n"));
        let head = format!(
            "Content-Disposition: {disposition}; name=\"{name}\"; filename=\"{file_name}\"\r\n{media_type}\r\n"
        );
        form.part(&head, bytes)
    })
}

/// The head of a text part; `no_blank` lacks the empty line that ends it, as galaxykit writes it.
fn text_head(part: &Value, name: &str) -> String {
    let disposition = format!("Content-Disposition: form-data; name=\"{name}\"\r\n");
    let media_type = part["type"]
        .as_str()
        .map_or(String::new(), |of| format!("Content-Type: {of}\r\n"));
    let lines = match part["type_first"] == true {
        true => media_type + &disposition,
        false => disposition + &media_type,
    };
    if part["no_blank"] == true {
        lines
    } else {
        format!("{lines}\r\n")
    }
}

/// The digest of a recorded file becomes that of the file which stands for it; any other text stays.
fn digest(stage: &Stage, parts: &[Value], value: &str) -> String {
    let of = parts
        .iter()
        .find(|part| part["sha256"] == value)
        .and_then(|part| part["file"].as_str());
    of.map_or(value.to_owned(), |file| stage.artifacts[file].sha256())
}
