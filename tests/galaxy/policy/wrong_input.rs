//! Whatever is sent to the routes about people, groups and roles, the answer is never that the server broke.

use pocket_galaxy::http;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;

/// Parts of the patterns of the families this is about, and the fields their bodies have. The first part that a
/// pattern has counts.
const FAMILIES: &[(&str, &[&str])] = &[
    ("_role/", &["role", "users", "groups"]),
    ("_roles/", &[]),
    ("/my_permissions/", &[]),
    (
        "}/roles/",
        &[
            "role",
            "content_object",
            "content_object_prn",
            "domain",
            "permissions",
        ],
    ),
    ("/roles/", &["name", "description", "permissions", "locked"]),
    ("}/users/", &["id", "pk", "username"]),
    ("/users/", USER),
    ("/me/", USER),
    ("/groups/", &["name"]),
    ("/teams/", &["name", "organization"]),
    ("/organizations/", &["name"]),
    (
        "/role_definitions/",
        &["name", "description", "permissions", "content_type"],
    ),
    (
        "/role_user_assignments/",
        &[
            "role_definition",
            "user",
            "user_ansible_id",
            "object_id",
            "object_ansible_id",
        ],
    ),
    (
        "/role_team_assignments/",
        &[
            "role_definition",
            "team",
            "team_ansible_id",
            "object_id",
            "object_ansible_id",
        ],
    ),
    ("/role_metadata/", &[]),
    ("/ai_deny_index/", &["reference", "scope"]),
    ("/tasks/purge/", &["states", "finished_before"]),
    ("/tasks/", &["state"]),
    (
        "/auth/tokens/",
        &["name", "scope", "expires_at", "expires_in"],
    ),
    ("/auth/sessions/", &[]),
];

const USER: &[&str] = &[
    "username",
    "first_name",
    "last_name",
    "email",
    "password",
    "is_superuser",
    "is_active",
    "is_staff",
    "groups",
    "teams",
    "organizations",
];

/// A body that most routes find something good in, so that one wrong field is what is wrong with it.
fn sound() -> Map<String, Value> {
    let body = json!({
        "username": "ana", "name": "sound", "role": "galaxy.auditor", "content_object": null,
        "permissions": ["galaxy.add_user"], "role_definition": 1, "user": 2, "team": 1, "state": "canceled",
        "description": "sound", "users": ["ana"], "groups": [],
    });
    body.as_object().unwrap().clone()
}

fn wrong_values() -> Vec<Value> {
    let long = "x".repeat(100_000);
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("\u{1f980}"),
        json!("\u{202e}\u{200b}\u{feff}"),
        json!("' OR 1=1 --"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("9".repeat(40)),
        json!(long),
        json!([]),
        json!([null]),
        json!([[]]),
        json!([1, "a", {}]),
        json!(["\u{0}", "\u{1f980}"]),
        json!([{}]),
        json!([{"id": "\u{0}"}]),
        json!([{"id": u64::MAX, "name": ["x"]}]),
        json!([{"id": 1.5}, {"name": {}}]),
        json!(vec![json!({"id": 1}); 1001]),
        json!({}),
        json!({"a": {"b": []}}),
    ]
}

/// Ids that are there, that are not, and that are none.
const NUMBERS: &[&str] = &[
    "1",
    "2",
    "0",
    "999999",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999999999999",
];

/// What stands for every id in a path.
fn filled(pattern: &str, number: &str, uuid: &str) -> String {
    let mut path = String::new();
    let mut rest = pattern.strip_prefix("{A}").unwrap_or(pattern);
    while let Some(at) = rest.find('{') {
        path.push_str(&rest[..at]);
        let (mut depth, mut end) = (0, at);
        for (place, c) in rest[at..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                end = at + place + 1;
                break;
            }
        }
        let id = match rest[at..end].contains("a-f") {
            true => uuid,
            false => number,
        };
        path.push_str(id);
        rest = &rest[end..];
    }
    path + rest
}

fn one(galaxy: &TestServer, sql: &str) -> String {
    galaxy.value(sql)
}

struct Asked {
    client: Client,
    wrong: Vec<String>,
}

impl Asked {
    fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) {
        let reply = self.client.send(method, path, kind, body);
        if reply.status >= 500 {
            let shown: String = String::from_utf8_lossy(body).chars().take(200).collect();
            self.wrong
                .push(format!("{method} {path} {shown}: {}", reply.status));
        }
    }

    fn json(&mut self, method: &str, path: &str, body: &Value) {
        self.send(
            method,
            path,
            "application/json",
            body.to_string().as_bytes(),
        );
    }
}

#[test]
fn no_body_path_or_query_breaks_the_server() {
    let galaxy = TestServer::start();
    galaxy.user("ana", &[]);
    let repository = one(
        &galaxy,
        "SELECT uuid FROM repository WHERE name = 'published'",
    );
    let mut asked = Asked {
        client: galaxy.admin(),
        wrong: Vec::new(),
    };
    let routes = http::routes();
    let lines = routes.lines();
    let fields = |pattern: &str| {
        let mut families = FAMILIES.iter();
        families.find(|(part, _)| pattern.contains(part))
    };
    let lines: Vec<_> = lines
        .iter()
        .filter_map(|line| Some((line, fields(&line.pattern)?.1)))
        .collect();
    assert!(lines.len() > 90, "{}", lines.len());
    for (line, fields) in lines {
        let method = line.method.as_str();
        // The administrator of the test stays who they are.
        let path = filled(&line.pattern, "2", &repository);
        match method {
            "POST" | "PUT" | "PATCH" => send_bodies(&mut asked, method, &path, fields),
            "GET" if !line.pattern.ends_with("}/") => ask_for_pages(&mut asked, &path),
            _ => {}
        }
        for number in NUMBERS
            .iter()
            .filter(|number| **number != "1" && **number != "2")
        {
            for uuid in ["00000000-0000-0000-0000-000000000000", &"-".repeat(36)] {
                let path = filled(&line.pattern, number, uuid);
                asked.json(method, &path, &Value::Object(sound()));
            }
        }
    }
    assert!(asked.wrong.is_empty(), "{}", asked.wrong.join("\n"));
    galaxy.admin().get("_ui/v1/users/").expect(200);
}

fn send_bodies(asked: &mut Asked, method: &str, path: &str, fields: &[&str]) {
    for field in fields {
        for value in wrong_values() {
            let mut body = sound();
            body.insert((*field).to_owned(), value);
            asked.json(method, path, &Value::Object(body));
        }
    }
    for value in wrong_values() {
        asked.json(method, path, &value);
    }
    let deep = "[".repeat(10_000);
    let form = "username=a&username=b&groups=1&groups=%00&is_superuser=maybe&name=%ff%fe";
    for (kind, body) in [
        ("application/json", &b"{"[..]),
        ("application/json", deep.as_bytes()),
        ("application/json", b"{\"username\": \"\\ud800\"}"),
        ("application/json", b"{\"name\": \"\xff\xfe\"}"),
        ("application/json", b"{\"username\": 1, \"username\": []}"),
        ("application/x-www-form-urlencoded", form.as_bytes()),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("multipart/form-data", b"--x\r\n\r\n"),
        ("text/plain", b"username=a"),
    ] {
        asked.send(method, path, kind, body);
    }
}

fn ask_for_pages(asked: &mut Asked, path: &str) {
    let extremes = [
        "0",
        "-1",
        "x",
        "%00",
        "9223372036854775807",
        "9223372036854775808",
        "%F0%9F%A6%80",
        "1&{}=2",
    ];
    let names = [
        "limit",
        "offset",
        "page",
        "page_size",
        "sort",
        "ordering",
        "order_by",
        "id",
        "id__in",
        "name",
        "name__in",
        "name__contains",
        "name__icontains",
        "username",
        "username__contains",
        "groups",
        "groups__name",
        "date_joined",
        "is_superuser",
        "managed",
        "locked",
        "role",
        "role_definition",
        "user",
        "team",
        "user_ansible_id",
        "object_id",
        "resource__ansible_id",
        "contains_permission",
        "for_object_type",
        "content_object",
        "content_object_prn",
        "domain",
        "fields",
        "exclude_fields",
        "format",
    ];
    for name in names {
        for value in extremes {
            let value = value.replace("{}", name);
            asked.send("GET", &format!("{path}?{name}={value}"), "", b"");
        }
    }
    let many = "name=x&".repeat(2000);
    asked.send("GET", &format!("{path}?{many}"), "", b"");
    asked.send("GET", &format!("{path}?%ff=%fe&=&&&=="), "", b"");
}
