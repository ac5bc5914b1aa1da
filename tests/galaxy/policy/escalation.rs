//! Nobody ends with more than they had: every way to a rank, a group or a role that the rules do not give.

use pocket_galaxy::http;
use pocket_galaxy::policy::rule::Effect;
use pocket_galaxy::policy::rule::rule;
use serde_json::Value;
use serde_json::json;

use crate::policy::people::PEOPLE;
use crate::policy::stage::Stage;
use crate::policy::table::rows;
use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

/// Everything that says who may do what, row by row.
fn standing(galaxy: &TestServer) -> Vec<String> {
    let sql = "
        SELECT 'user ' || username || ' ' || password || ' ' || email || ' ' || is_superuser || is_active FROM user
        UNION ALL SELECT 'member ' || group_id || ' ' || user_id FROM group_member
        UNION ALL SELECT 'group ' || name || ' ' || ifnull(organization_id, '') FROM user_group
        UNION ALL SELECT 'organization ' || name FROM organization
        UNION ALL SELECT 'role ' || name || ' ' || locked FROM role
        UNION ALL SELECT 'permission ' || role_id || ' ' || permission FROM role_permission
        UNION ALL SELECT 'held ' || role_id || ' ' || ifnull(user_id, '') || ' ' || ifnull(group_id, '') || ' '
                         || ifnull(object_kind, '') || ifnull(object_id, '') FROM role_assignment
        ORDER BY 1";
    let rows = galaxy.db().read(|tx| {
        let mut statement = tx.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    });
    rows.unwrap()
}

fn id(galaxy: &TestServer, table: &str, name: &str) -> String {
    let sql = format!("SELECT CAST(ifnull(max(id), 0) AS TEXT) FROM {table} WHERE name = ?1");
    let id = galaxy
        .db()
        .read(|tx| Ok(tx.query_row(&sql, [name], |row| row.get(0))?));
    id.unwrap()
}

/// Sends a body as JSON and as both kinds of forms.
fn send_in_each_form(client: &Client, method: &str, path: &str, fields: &Value) -> Vec<u16> {
    let pairs: Vec<(String, String)> = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let text = value.as_str().map_or(value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    let form: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let parts: String = pairs
        .iter()
        .map(|(name, value)| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .collect();
    let bodies = [
        ("application/json", fields.to_string()),
        ("application/x-www-form-urlencoded", form.join("&")),
        (
            "multipart/form-data; boundary=x",
            format!("{parts}--x--\r\n"),
        ),
    ];
    let send = |(kind, body): (&str, String)| client.send(method, path, kind, body.as_bytes());
    bodies.into_iter().map(|body| send(body).status).collect()
}

#[test]
fn nobody_becomes_a_superuser_by_any_body_of_any_api() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.user_admin", "galaxy.group_admin"]);
    galaxy.user("bob", &[]);
    let before = standing(&galaxy);
    let mut told = Vec::new();
    for (name, target) in [("ana", "ana"), ("bob", "bob")] {
        let target = galaxy.user_id(target);
        for superuser in [json!(true), json!("true"), json!("True"), json!("1")] {
            let body = json!({"username": name, "is_superuser": superuser});
            for api in ["_ui/v1/users/", "_ui/v2/users/", "pulp/api/v3/users/"] {
                for method in ["PUT", "PATCH"] {
                    let path = format!("{api}{target}/");
                    told.push((path.clone(), send_in_each_form(&ana, method, &path, &body)));
                }
            }
            let path = "_ui/v1/me/";
            told.push((path.to_owned(), send_in_each_form(&ana, "PUT", path, &body)));
        }
    }
    for (path, statuses) in told {
        // The pulp API does not know the field.
        let is_deaf = path.starts_with("pulp/");
        let refused = |status: &u16| matches!(status, 400 | 403) || (is_deaf && *status == 200);
        assert!(statuses.iter().all(refused), "{path}: {statuses:?}");
    }
    assert_eq!(standing(&galaxy), before);
    let body = json!({"username": "eve", "password": PASSWORD, "is_superuser": true});
    for api in ["_ui/v1/users/", "_ui/v2/users/"] {
        let told = send_in_each_form(&ana, "POST", api, &body);
        assert!(
            told.iter().all(|status| [400, 403].contains(status)),
            "{told:?}"
        );
    }
    ana.post("pulp/api/v3/users/", &body.to_string())
        .expect(201);
    let superusers = "SELECT count(*) FROM user WHERE is_superuser";
    assert_eq!(galaxy.value::<i64>(superusers), 1);
}

#[test]
fn a_user_administrator_changes_nothing_of_a_superuser_and_deletes_neither_one_nor_themselves() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.user_admin", "galaxy.group_admin"]);
    let before = standing(&galaxy);
    let (admin, oneself) = (galaxy.user_id("admin"), galaxy.user_id("ana"));
    for change in [
        json!({"username": "admin"}),
        json!({"username": "admin", "email": "eve@example.com"}),
        json!({"username": "root"}),
        json!({"username": "admin", "password": "another-Passw0rd"}),
        json!({"username": "admin", "password": null}),
        json!({"username": "admin", "is_active": false}),
        json!({"username": "admin", "is_superuser": false}),
        json!({"username": "admin", "groups": [{"id": 1}]}),
    ] {
        for api in ["_ui/v1/users/", "_ui/v2/users/", "pulp/api/v3/users/"] {
            for method in ["PUT", "PATCH"] {
                let path = format!("{api}{admin}/");
                let status = ana
                    .send(
                        method,
                        &path,
                        "application/json",
                        change.to_string().as_bytes(),
                    )
                    .status;
                assert!(
                    [400, 403].contains(&status),
                    "{method} {path} {change}: {status}"
                );
            }
        }
    }
    for api in ["_ui/v1/users/", "_ui/v2/users/", "pulp/api/v3/users/"] {
        for target in [admin, oneself] {
            ana.delete(&format!("{api}{target}/")).expect(403);
        }
        galaxy.admin().delete(&format!("{api}{admin}/")).expect(403);
    }
    assert_eq!(standing(&galaxy), before);
}

#[test]
fn a_user_administrator_comes_into_no_group_by_the_body_of_a_user() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.user_admin"]);
    galaxy.user("bob", &[]);
    let before = standing(&galaxy);
    for groups in [
        json!([{"id": 1}]),
        json!([{"id": "1"}]),
        json!([{"name": "system:partner-engineers"}]),
        json!([{"id": 1, "name": "system:partner-engineers"}, {"id": 1}]),
    ] {
        for (name, id) in ["ana", "bob"].map(|name| (name, galaxy.user_id(name))) {
            let body = json!({"username": name, "groups": groups}).to_string();
            ana.put(&format!("_ui/v1/users/{id}/"), &body).expect(400);
            ana.patch(&format!("_ui/v1/users/{id}/"), &body).expect(400);
            ana.patch(&format!("_ui/v2/users/{id}/"), &body).expect(403);
            ana.patch(&format!("pulp/api/v3/users/{id}/"), &body)
                .expect(200);
        }
        let oneself = json!({"username": "ana", "groups": groups}).to_string();
        ana.put("_ui/v1/me/", &oneself).expect(200);
        let new = json!({"username": "eve", "groups": groups}).to_string();
        ana.post("_ui/v1/users/", &new).expect(400);
    }
    let member = json!({"username": "ana"}).to_string();
    for api in ["_ui/v1/groups/1/users/", "pulp/api/v3/groups/1/users/"] {
        ana.post(api, &member).expect(403);
    }
    let role = json!({"role": "galaxy.content_admin", "content_object": null}).to_string();
    ana.post("pulp/api/v3/groups/1/roles/", &role).expect(403);
    ana.post(
        &format!("pulp/api/v3/users/{}/roles/", galaxy.user_id("ana")),
        &role,
    )
    .expect(403);
    assert_eq!(standing(&galaxy), before);
}

#[test]
fn who_holds_the_platform_api_only_for_reading_changes_nothing_by_it() {
    let galaxy = TestServer::start();
    let roles = [
        "galaxy.user_admin",
        "galaxy.group_admin",
        "galaxy.content_admin",
    ];
    let ana = galaxy.user("ana", &roles);
    let before = standing(&galaxy);
    let one = galaxy.user_id("ana").to_string();
    let role = id(&galaxy, "role", "galaxy.content_admin");
    let role: i64 = role.parse().unwrap();
    for (path, body) in [
        ("users/", json!({"username": "eve", "is_superuser": true})),
        ("groups/", json!({"name": "mine"})),
        ("teams/", json!({"name": "mine", "organization": "Mine"})),
        ("organizations/", json!({"name": "Mine"})),
        (
            "role_definitions/",
            json!({"name": "mine", "permissions": ["galaxy.add_user"]}),
        ),
        (
            "role_user_assignments/",
            json!({"role_definition": role, "user": one}),
        ),
        (
            "role_team_assignments/",
            json!({"role_definition": role, "team": 1}),
        ),
    ] {
        let path = format!("_ui/v2/{path}");
        ana.post(&path, &body.to_string()).expect(403);
        for method in ["PUT", "PATCH", "DELETE"] {
            let told = ana.send(method, &format!("{path}1/"), "", b"").status;
            assert!([403, 405].contains(&told), "{method} {path}: {told}");
        }
    }
    assert_eq!(standing(&galaxy), before);
}

#[test]
fn an_owner_gives_roles_on_what_they_own_and_on_nothing_else() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    for name in ["mine", "theirs"] {
        let body = json!({"name": name, "groups": []}).to_string();
        admin.post("v3/namespaces/", &body).expect(201);
    }
    let roles = |name: &str| {
        let id = id(&galaxy, "namespace", name);
        format!("pulp/api/v3/pulp_ansible/namespaces/{id}/")
    };
    let owner = |who: &str| {
        json!({"role": "galaxy.collection_namespace_owner", "users": [who]}).to_string()
    };
    admin
        .post(&format!("{}add_role/", roles("mine")), &owner("ana"))
        .expect(201);
    let before = standing(&galaxy);
    let all = json!({"role": "galaxy.content_admin", "users": ["ana"]}).to_string();
    for body in [owner("ana"), all.clone()] {
        for done in ["add_role/", "remove_role/"] {
            ana.post(&format!("{}{done}", roles("theirs")), &body)
                .expect(403);
        }
    }
    assert_eq!(standing(&galaxy), before);
    // The largest role there is opens, on one's own namespace, that namespace alone.
    ana.post(&format!("{}add_role/", roles("mine")), &all)
        .expect(201);
    for (method, path) in [
        ("GET", "_ui/v1/users/"),
        ("POST", "_ui/v1/groups/"),
        ("POST", "v3/namespaces/"),
        (
            "GET",
            "pulp/api/v3/roles/00000000-0000-0000-0000-000000000000/",
        ),
    ] {
        assert_eq!(
            ana.send(method, path, "", b"").status,
            403,
            "{method} {path}"
        );
    }
    let theirs = collection("theirs.tools").build();
    ana.upload(&Form::of(&theirs)).expect(403);
}

#[test]
fn names_that_look_alike_are_different_people() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let looks = ["Admin", "ADMIN", "\u{ff41}dmin", "adm\u{131}n"];
    for name in looks {
        let body = json!({"username": name, "password": PASSWORD}).to_string();
        let user = admin.post("_ui/v1/users/", &body).expect(201).json();
        assert_eq!(user["username"], name);
        galaxy.token_of(name).get("_ui/v1/users/").expect(403);
        let me = galaxy.token_of(name).get("_ui/v1/me/").expect(200).json();
        assert_eq!(
            (&me["username"], &me["is_superuser"]),
            (&json!(name), &json!(false))
        );
    }
    // What changes nothing but blanks around a name is the same name.
    let body = json!({"username": " admin ", "password": PASSWORD}).to_string();
    admin.post("_ui/v1/users/", &body).expect(400);
    for name in [
        "ad\u{200b}min",
        "admin\u{301}",
        "admin\u{0}",
        "\u{202e}nimda",
    ] {
        let body = json!({"username": name, "password": PASSWORD}).to_string();
        admin.post("_ui/v1/users/", &body).expect(400);
    }
}

/// Every route of the server, asked by a superuser's token that is for reading.
#[test]
fn a_token_for_reading_is_refused_by_every_route_that_changes_something() {
    let stage = Stage::set();
    let superuser = PEOPLE.iter().find(|person| person.is_superuser).unwrap();
    let token = stage.limited(superuser.name, &json!({"kind": "read"}));
    let routes = http::routes();
    let lines = routes.lines();
    let mut wrong = Vec::new();
    for row in rows() {
        let line = lines
            .iter()
            .find(|line| line.method.as_str() == row.method && line.pattern == row.pattern);
        let effect = rule(line.unwrap().action).effect;
        let told = stage.ask_by(&token, &row, false);
        let is_refused = told.status == 403 && told.text().contains("This token is limited");
        if is_refused != (effect == Effect::Write) {
            wrong.push(format!("{} {}: {}", row.method, row.pattern, told.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_token_for_a_repository_tells_nothing_of_another_and_gives_nobody_a_role() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let import = admin
        .publish(&collection("acme.tools").build())
        .succeeds()
        .0;
    let task = import["id"].as_str().unwrap();
    galaxy.user("eve", &[]);
    let limited = |name: &str| {
        let scope = json!({"kind": "repository", "repository": name});
        let body = json!({"name": name, "scope": scope}).to_string();
        let made = admin.post("v3/auth/tokens/", &body).expect(201).json();
        let token = made["token"].as_str().unwrap().to_owned();
        galaxy.anonymous().authorized(&format!("Token {token}"))
    };
    // What is published goes by way of the staging repository.
    let (own, other) = (limited("staging"), limited("community"));
    let (import, full) = (
        format!("v3/imports/collections/{task}/"),
        format!("pulp/api/v3/tasks/{task}/"),
    );
    own.get(&import).expect(200);
    let created =
        |client: &Client| client.get(&full).expect(200).json()["created_resources"].clone();
    assert_eq!(created(&own).as_array().unwrap().len(), 1);
    other.get(&import).expect(404);
    assert_eq!(created(&other), json!([]));
    let sql = "SELECT uuid FROM repository WHERE name = 'staging'";
    let uuid: String = galaxy.value(sql);
    let repository = format!("pulp/api/v3/repositories/ansible/ansible/{uuid}/");
    let role = r#"{"role": "galaxy.ansible_repository_owner", "users": ["eve"]}"#;
    let before = standing(&galaxy);
    for done in ["add_role/", "remove_role/"] {
        own.post(&format!("{repository}{done}"), role).expect(403);
    }
    own.get(&format!("{repository}list_roles/")).expect(403);
    own.get(&format!("{repository}my_permissions/")).expect(200);
    other
        .get(&format!("{repository}my_permissions/"))
        .expect(403);
    assert_eq!(standing(&galaxy), before);
}
