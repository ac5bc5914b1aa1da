//! Whether an answer is the recorded one: status, media type, headers, and the body by its shape.

use serde_json::Value;

use crate::conformance::recording::Recording;
use crate::support::client::Reply;
use crate::support::shape;
use crate::support::shape::Shape;

/// Places where a null may stand although the recorded server had a value, and why.
const NULLABLE: &[(&str, &str)] = &[
    (
        ".error.traceback",
        "contract, Where to differ: clients read only the description",
    ),
    (
        ".requires_ansible",
        "contract 02 VersionItem; it is read with the documentation, in a later issue",
    ),
    (
        "body.results[].description",
        "recorded of roles made by hand; shipped ones have none (roles/role-find-locked)",
    ),
    (".namespace.metadata_sha256", "contract 02 VersionDetail"),
    (
        ".repository.description",
        "some repositories have none, those that came with the server too",
    ),
    (
        ".contents[].description",
        "contract 02 SearchHit; contents without documentation have none",
    ),
    (".sha224", "contract 03: null when not computed"),
    (".sha384", "contract 03: null when not computed"),
    (".sha512", "contract 03: null when not computed"),
    (
        ".task_group",
        "an import is one task here; on the reference one of a group that publishes",
    ),
    (
        ".parent_task",
        "nothing here starts other tasks: what the reference gives a task of its own is one with the first",
    ),
    (
        ".result",
        "recorded of a task that made a distribution; other tasks have none",
    ),
    (
        "GALAXY_COLLECTION_SIGNING_SERVICE",
        "nothing is signed here yet",
    ),
    (
        "GALAXY_CONTAINER_SIGNING_SERVICE",
        "there are no containers here",
    ),
    ("ANSIBLE_BASE_JWT_KEY", "there is no platform gateway here"),
    ("TOKEN_SERVER", "there are no containers here"),
];

/// Headers that do not depend on what is on the server.
const FIXED: &[&str] = &[
    "cache-control",
    "referrer-policy",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
];

/// In what an answer differs from the recorded one; empty when it does not.
pub fn differences(recording: &Recording, reply: &Reply) -> Vec<String> {
    let mut found = Vec::new();
    if reply.status != recording.status {
        let body: String = reply.text().chars().take(200).collect();
        found.push(format!(
            "status: expected {}, found {}, {body}",
            recording.status, reply.status
        ));
        return found;
    }
    found.extend(headers(recording, reply));
    found.extend(cookies(recording, reply));
    match (&recording.body, recording.status) {
        (_, 300..400) => {}
        (Value::Null, _) if reply.bytes.is_empty() => {}
        (Value::Null, _) => found.push(format!("body: expected nothing, found {}", reply.text())),
        (body, _) => found.extend(bodies(recording, body, reply)),
    }
    found
}

/// In which of the headers that clients read an answer differs.
pub fn headers(recording: &Recording, reply: &Reply) -> Vec<String> {
    let answered = |name: &str| reply.headers.get(name).map(|value| value.to_str().unwrap());
    let mut found = Vec::new();
    let mut expect = |name: &str, expected: Option<&str>, there: Option<&str>| {
        if expected != there {
            found.push(format!("{name}: expected {expected:?}, found {there:?}"));
        }
    };
    let recorded = |name: &str| recording.header(name);
    for name in FIXED
        .iter()
        .filter(|name| recorded(name).is_some() || **name == "www-authenticate")
    {
        expect(name, recorded(name), answered(name));
    }
    // The reference redirects whatever the method, also those that the target does not know.
    let is_redirect = (300..400).contains(&recording.status);
    if !is_redirect && recorded("allow").is_some() {
        expect("allow", recorded("allow"), answered("allow"));
    }
    if recorded("correlation-id").is_some() {
        expect(
            "correlation-id",
            Some("any"),
            answered("correlation-id").map(|_| "any"),
        );
    }
    expect(
        "location",
        recorded("location").map(shape::form),
        answered("location").map(shape::form),
    );
    // The body of a redirect is a page for people, or nothing.
    if !(300..400).contains(&recording.status) {
        expect(
            "content-type",
            media(recorded("content-type")),
            media(answered("content-type")),
        );
    }
    found
}

/// The cookies that are set or cleared, with their attributes: all but `secure`, which the reference sets over plain
/// http too, where no browser would send them back (contract 01 §1.9).
///
/// The pages that the reference has for people set the CSRF cookie; there are none here.
fn cookies(recording: &Recording, reply: &Reply) -> Option<String> {
    if media(recording.header("content-type")) == Some("text/html") {
        return None;
    }
    let recorded = recording.response_headers.get("set-cookie");
    let texts = |list: &Value| -> Vec<String> {
        let list = list.as_array().into_iter().flatten();
        list.filter_map(Value::as_str)
            .filter(|text| *text != "secure")
            .map(str::to_owned)
            .collect()
    };
    let expected: Vec<(String, Vec<String>, bool)> = recorded
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|cookie| {
            let name = cookie["name"].as_str().unwrap().to_owned();
            (
                name,
                texts(&cookie["attributes"]),
                cookie["cleared"] == true,
            )
        })
        .collect();
    let found: Vec<(String, Vec<String>, bool)> = reply
        .cookies()
        .into_iter()
        .map(|cookie| (cookie.name, cookie.attributes, cookie.is_cleared))
        .collect();
    (expected != found).then(|| format!("cookies: expected {expected:?}, found {found:?}"))
}

/// A media type without its parameters.
fn media(value: Option<&str>) -> Option<&str> {
    value?.split(';').next()
}

fn bodies(recording: &Recording, expected: &Value, reply: &Reply) -> Vec<String> {
    if let Some(length) = expected["$bytes"].as_u64() {
        let found = reply.bytes.len() as u64;
        return if found == length {
            vec![]
        } else {
            vec![format!("body: expected {length} bytes, found {found}")]
        };
    }
    if let Value::String(text) = expected {
        let found = reply.text();
        return if found == *text {
            vec![]
        } else {
            vec![format!("body: expected {text:?}, found {found:?}")]
        };
    }
    let Ok(found) = serde_json::from_slice::<Value>(&reply.bytes) else {
        return vec![format!("body: expected JSON, found {:?}", reply.text())];
    };
    // What could not be done to a task is told by the task itself.
    let is_task = expected["pulp_href"].is_string();
    if recording.status >= 400 && !is_task {
        return errors(expected, &found);
    }
    let nullable = |path: &str| NULLABLE.iter().any(|(end, _)| path.ends_with(end));
    let shapes = Shape::of(expected).differences(&Shape::of(&found), "body", &nullable);
    let mut differences: Vec<String> = shapes.iter().map(ToString::to_string).collect();
    differences.extend(rows(expected, &found));
    differences.extend(outcome(recording, expected, &found));
    differences
}

/// Clients print the texts of errors and branch on their codes: all of it must agree.
fn errors(expected: &Value, found: &Value) -> Vec<String> {
    if expected == found {
        vec![]
    } else {
        vec![format!("body: expected {expected}, found {found}")]
    }
}

/// A page that had rows must have some: an empty one would say nothing about their shape.
fn rows(expected: &Value, found: &Value) -> Option<String> {
    let is_empty = |page: &Value| page["data"].as_array().map(Vec::is_empty);
    let lost = is_empty(expected) == Some(false) && is_empty(found) == Some(true);
    lost.then(|| "body.data: expected rows, found none".to_owned())
}

/// An import must end as it did, and fail with the same description: `ansible-galaxy` prints it.
fn outcome(recording: &Recording, expected: &Value, found: &Value) -> Vec<String> {
    let told = |of: &Value| of["error"]["description"].as_str().map(mask_digests);
    let is_import = expected["messages"].is_array() && recording.replay;
    let mut differences = Vec::new();
    if is_import && expected["state"] != found["state"] {
        differences.push(format!(
            "body.state: expected {}, found {}",
            expected["state"], found["state"]
        ));
    }
    if is_import && told(expected) != told(found) {
        let [expected, found] = [told(expected), told(found)];
        differences.push(format!(
            "body.error.description: expected {expected:?}, found {found:?}"
        ));
    }
    differences
}

/// The digests in a text are those of bytes that were not recorded.
fn mask_digests(text: &str) -> String {
    let words = text.split(' ');
    let mask = |word| {
        if shape::form(word) == "sha256" {
            "{sha256}"
        } else {
            word
        }
    };
    words.map(mask).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use ureq::http::HeaderMap;
    use ureq::http::HeaderValue;

    fn recording(status: u16, allow: &str, body: Value) -> Recording {
        let recording = json!({
            "request": {"as": "anon", "method": "GET", "path": "/", "query": "", "headers": {}, "body": null},
            "status": status,
            "response_headers": {"content-type": "application/json", "allow": allow},
            "body": body,
        });
        serde_json::from_value(recording).unwrap()
    }

    fn reply(status: u16, allow: &'static str, body: &Value) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/json; charset=utf-8"),
        );
        headers.insert("allow", HeaderValue::from_static(allow));
        Reply {
            status,
            headers,
            bytes: body.to_string().into_bytes(),
        }
    }

    #[test]
    fn a_body_of_the_same_shape_is_the_same_answer() {
        let recorded = recording(200, "GET", json!({"data": [{"id": 1}], "error": null}));
        let found = reply(
            200,
            "GET",
            &json!({"data": [{"id": 2}, {"id": 3}], "error": null}),
        );
        assert_eq!(differences(&recorded, &found), [""; 0]);
        let found = reply(200, "GET, POST", &json!({"data": [], "error": null}));
        assert_eq!(
            differences(&recorded, &found),
            [
                r#"allow: expected Some("GET"), found Some("GET, POST")"#,
                "body.data: expected rows, found none",
            ]
        );
    }

    #[test]
    fn the_texts_of_errors_must_agree() {
        let error =
            |detail| json!({"errors": [{"status": "404", "code": "not_found", "detail": detail}]});
        let recorded = recording(404, "GET", error("a"));
        assert_eq!(
            differences(&recorded, &reply(404, "GET", &error("a"))),
            [""; 0]
        );
        assert_eq!(
            differences(&recorded, &reply(404, "GET", &error("b"))).len(),
            1
        );
        assert_eq!(
            differences(&recorded, &reply(403, "GET", &error("a"))).len(),
            1
        );
    }

    #[test]
    fn an_import_must_fail_for_the_same_reason() {
        let import = |state: &str, why: &str| json!({"state": state, "messages": [], "error": {"description": why}});
        let sum = |digit: &str| format!("expected {}", digit.repeat(64));
        let recorded = recording(200, "GET", import("failed", &sum("a")));
        assert_eq!(
            differences(&recorded, &reply(200, "GET", &import("failed", &sum("b")))),
            [""; 0]
        );
        assert_eq!(
            differences(&recorded, &reply(200, "GET", &import("failed", "other"))).len(),
            1
        );
        assert_eq!(
            differences(
                &recorded,
                &reply(200, "GET", &import("completed", &sum("a")))
            )
            .len(),
            1
        );
    }
}
