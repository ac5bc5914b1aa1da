//! Repositories, their versions and what is in them, by the pulp API.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

const REPOSITORIES: &str = "pulp/api/v3/repositories/ansible/ansible/";

fn create(client: &Client, body: &Value) -> String {
    let made = client.post(REPOSITORIES, &body.to_string()).expect(201);
    let href = made.json()["pulp_href"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), href);
    href
}

/// The path of the only version of a collection.
fn version_href(galaxy: &TestServer, name: &str) -> String {
    let sql = format!(
        "SELECT content.uuid FROM content JOIN collection_version v ON v.id = content.id
           JOIN collection c ON c.id = v.collection_id WHERE c.name = '{name}'"
    );
    let uuid: String = galaxy.value(&sql);
    format!("/api/galaxy/pulp/api/v3/content/ansible/collection_versions/{uuid}/")
}

fn task(client: &Client, path: &str) -> Value {
    client.get(path).expect(200).json()
}

#[test]
fn a_repository_is_made_changed_and_deleted() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let href = create(&admin, &json!({"name": "own"}));
    let made = admin.get(&href).expect(200).json();
    assert_eq!(made["retain_repo_versions"], 1);
    assert_eq!(made["latest_version_href"], format!("{href}versions/0/"));
    let body = json!({"description": "Ours", "private": true, "pulp_labels": {"team": "blue"}});
    let changed = admin.patch(&href, &body.to_string()).expect(202).json();
    let task = task(&admin, changed["task"].as_str().unwrap());
    assert_eq!(
        (&task["state"], &task["name"]),
        (
            &json!("completed"),
            &json!("pulpcore.app.tasks.base.ageneral_update")
        )
    );
    let prn = made["prn"].as_str().unwrap();
    assert_eq!(task["reserved_resources_record"], json!([prn]));
    let now = admin.get(&href).expect(200).json();
    assert_eq!(
        (&now["private"], &now["pulp_labels"]),
        (&json!(true), &json!({"team": "blue"}))
    );
    // What changes nothing is no task.
    assert_eq!(
        admin.patch(&href, &body.to_string()).expect(200).json(),
        now
    );
    assert_eq!(
        admin.put(&href, "{}").expect(400).json(),
        json!({"name": ["This field is required."]})
    );
    let renamed = json!({"name": "renamed", "retain_repo_versions": null}).to_string();
    admin.put(&href, &renamed).expect(202);
    let now = admin.get(&href).expect(200).json();
    assert_eq!(
        (&now["name"], &now["retain_repo_versions"]),
        (&json!("renamed"), &Value::Null)
    );
    assert_eq!(now["description"], "Ours", "what is not sent stays");
    admin.delete(&href).expect(202);
    let missing = json!({"detail": "No AnsibleRepository matches the given query."});
    for reply in [
        admin.get(&href),
        admin.patch(&href, "{}"),
        admin.delete(&href),
        admin.get(&format!("{href}versions/")),
    ] {
        assert_eq!(reply.expect(404).json(), missing);
    }
}

#[test]
fn what_is_wrong_with_a_repository_is_told_and_nothing_is_made() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let before = galaxy.rows("repository");
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "staging"}), "name"),
        (
            json!({"name": "a", "retain_repo_versions": 0}),
            "retain_repo_versions",
        ),
        (
            json!({"name": "a", "retain_repo_versions": "many"}),
            "retain_repo_versions",
        ),
        (json!({"name": "a", "remote": "/nowhere/"}), "remote"),
        (
            json!({"name": "a", "pulp_labels": {"a/b": "x"}}),
            "pulp_labels",
        ),
        (
            json!({"name": "a", "pulp_labels": {"a": "(x)"}}),
            "pulp_labels",
        ),
        (json!({"name": "a", "pulp_labels": []}), "pulp_labels"),
        (
            json!({"name": "a", "pulp_labels": {"a": {}}}),
            "pulp_labels",
        ),
        (json!({"name": "a", "surprise": 1}), "surprise"),
    ] {
        let told = admin
            .post(REPOSITORIES, &body.to_string())
            .expect(400)
            .json();
        assert!(told.get(field).is_some(), "{body}: {told}");
    }
    assert_eq!(galaxy.rows("repository"), before);
}

#[test]
fn what_every_installation_has_stays() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in [
        "staging",
        "published",
        "rejected",
        "community",
        "validated",
        "rh-certified",
    ] {
        let found = admin
            .get(&format!("{REPOSITORIES}?name={name}"))
            .expect(200)
            .json();
        let href = found["results"][0]["pulp_href"].as_str().unwrap();
        admin.delete(href).expect(403);
        admin.patch(href, r#"{"name": "other"}"#).expect(400);
        admin
            .patch(href, r#"{"description": "Another"}"#)
            .expect(202);
    }
    // Nor one that is served where clients expect one of those.
    let list = "pulp/api/v3/distributions/ansible/ansible/";
    let found = admin
        .get(&format!("{list}?base_path=published"))
        .expect(200)
        .json();
    let distribution = found["results"][0]["pulp_href"].as_str().unwrap();
    admin
        .patch(distribution, r#"{"base_path": "other"}"#)
        .expect(403);
    admin.delete(distribution).expect(403);
}

#[test]
fn a_list_is_narrowed_by_every_filter() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    create(
        &admin,
        &json!({"name": "one", "pulp_labels": {"a": "1", "b": "xyz"}, "retain_repo_versions": 5}),
    );
    create(&admin, &json!({"name": "two", "pulp_labels": {"a": "2"}}));
    admin.publish(&collection("acme.tools").build()).succeeds();
    let held = version_href(&galaxy, "tools");
    let remote: String = galaxy.value("SELECT uuid FROM remote WHERE name = 'community'");
    let remote = format!("/api/galaxy/pulp/api/v3/remotes/ansible/collection/{remote}/");
    let uuid: String = galaxy.value("SELECT uuid FROM repository WHERE name = 'one'");
    let found = |query: &str| {
        let path = format!("{REPOSITORIES}?ordering=name&{query}");
        admin.get(&path).expect(200).column("name").join(" ")
    };
    for (query, names) in [
        ("name=one", "one"),
        ("name__in=one,two,three", "one two"),
        ("name__icontains=TA", "staging"),
        ("name__startswith=rh", "rh-certified"),
        ("name__regex=^(one|t.o)$", "one two"),
        ("name__regex=^T", ""),
        ("name__iregex=^T", "two"),
        ("pulp_label_select=a", "one two"),
        ("pulp_label_select=a%3D1", "one"),
        ("pulp_label_select=a!%3D1", "two"),
        (
            "pulp_label_select=!a,pipeline",
            "published rejected staging",
        ),
        ("pulp_label_select=b~YZ", "one"),
        ("retain_repo_versions=5", "one"),
        ("retain_repo_versions__gt=1", "one"),
        ("pulp_created__lt=2020-01-01T00:00:00Z", ""),
        ("remote=null&name__contains=o", "one two"),
        ("private=true", ""),
        ("private=perhaps&name=one", "one"),
        (
            "q=name%3D%22one%22%20OR%20name%3Dtwo%20AND%20NOT%20retain_repo_versions%3D5",
            "one two",
        ),
        ("limit=1&offset=1&name__in=one,two", "two"),
    ] {
        assert_eq!(found(query), names, "{query}");
    }
    assert_eq!(found(&format!("remote={remote}")), "community");
    assert_eq!(found(&format!("with_content={held}")), "published");
    assert_eq!(found(&format!("latest_with_content={held}")), "published");
    assert_eq!(found(&format!("pulp_id__in={uuid}")), "one");
    assert_eq!(
        found(&format!("pulp_href__in=/api/galaxy/{REPOSITORIES}{uuid}/")),
        "one"
    );
    assert_eq!(
        found(&format!("prn__in=prn:ansible.ansiblerepository:{uuid}")),
        "one"
    );
    for query in [
        "nope=1",
        "name__regex=(",
        "ordering=nope",
        "pulp_created__gt=x",
        "pulp_label_select=,",
        "q=(",
        "remote=x",
        "retain_repo_versions=x",
    ] {
        admin.get(&format!("{REPOSITORIES}?{query}")).expect(400);
    }
}

#[test]
fn a_private_repository_is_seen_by_those_who_may_and_changed_by_those_who_see_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let href = create(&admin, &json!({"name": "secret", "private": true}));
    let (stranger, auditor) = (
        galaxy.user("ana", &[]),
        galaxy.user("aud", &["galaxy.auditor"]),
    );
    let listed = |client: &Client| {
        client
            .get(&format!("{REPOSITORIES}?name=secret"))
            .expect(200)
            .json()["count"]
            .clone()
    };
    assert_eq!((listed(&stranger), listed(&auditor)), (json!(0), json!(1)));
    for path in [
        href.clone(),
        format!("{href}versions/"),
        format!("{href}versions/0/"),
    ] {
        stranger.get(&path).expect(403);
        auditor.get(&path).expect(200);
    }
    auditor.patch(&href, r#"{"private": false}"#).expect(403);
    auditor.post(&format!("{href}modify/"), "{}").expect(403);
    let add = json!({"role": "galaxy.ansible_repository_owner", "users": ["ana"], "groups": []});
    admin
        .post(&format!("{href}add_role/"), &add.to_string())
        .expect(201);
    stranger
        .patch(&href, r#"{"description": "Mine"}"#)
        .expect(202);
    stranger.delete(&href).expect(202);
}

#[test]
fn content_is_put_in_taken_out_and_rolled_back() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in ["acme.one", "acme.two"] {
        admin.publish(&collection(name).build()).succeeds();
    }
    let (one, two) = (version_href(&galaxy, "one"), version_href(&galaxy, "two"));
    let href = create(&admin, &json!({"name": "own", "retain_repo_versions": 9}));
    let modify = |body: Value| {
        let begun = admin
            .post(&format!("{href}modify/"), &body.to_string())
            .expect(202)
            .json();
        task(&admin, begun["task"].as_str().unwrap())
    };
    let done = modify(json!({"add_content_units": [one, two]}));
    assert_eq!(
        done["created_resources"],
        json!([format!("{href}versions/1/")])
    );
    let again = modify(json!({"add_content_units": [one]}));
    assert_eq!(
        (&again["state"], &again["created_resources"]),
        (&json!("completed"), &json!([]))
    );
    modify(json!({"remove_content_units": [one]}));
    modify(json!({"remove_content_units": ["*"]}));
    let present = |number: i64| {
        let version = admin
            .get(&format!("{href}versions/{number}/"))
            .expect(200)
            .json();
        version["content_summary"]["present"]["ansible.collection_version"]["count"]
            .as_i64()
            .unwrap_or(0)
    };
    assert_eq!(
        [present(0), present(1), present(2), present(3)],
        [0, 2, 1, 0]
    );
    modify(json!({"base_version": format!("{href}versions/1/")}));
    assert_eq!(present(4), 2, "rolled back");
    let listed = |query: &str| {
        let found = admin
            .get(&format!("{href}versions/?ordering=number&{query}"))
            .expect(200)
            .json();
        let results = found["results"].as_array().unwrap().iter();
        results
            .map(|version| version["number"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(""), [0, 1, 2, 3, 4]);
    assert_eq!(listed("number__gt=1&number__lte=3"), [2, 3]);
    assert_eq!(listed(&format!("content={two}")), [1, 2, 4]);
    assert_eq!(listed(&format!("content__in={one},{two}")), [1, 2, 4]);
    admin.get(&format!("{href}versions/9/")).expect(404);
    let missing = "/api/galaxy/pulp/api/v3/content/ansible/collection_versions/00000000-0000-0000-0000-000000000000/";
    for body in [
        json!({"add_content_units": [missing]}),
        json!({"add_content_units": ["nope"]}),
        json!({"add_content_units": 1}),
        json!({"remove_content_units": ["*", one]}),
        json!({"base_version": "nope"}),
    ] {
        admin
            .post(&format!("{href}modify/"), &body.to_string())
            .expect(400);
    }
}

#[test]
fn an_old_version_is_deleted_and_all_others_hold_what_they_held() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in ["acme.one", "acme.two", "acme.three"] {
        admin.publish(&collection(name).build()).succeeds();
    }
    let [one, two, three] = ["one", "two", "three"].map(|name| version_href(&galaxy, name));
    let href = create(&admin, &json!({"name": "own", "retain_repo_versions": 9}));
    let modify = |add: &[&String], remove: &[&String]| {
        let body = json!({"add_content_units": add, "remove_content_units": remove}).to_string();
        admin.post(&format!("{href}modify/"), &body).expect(202);
    };
    modify(&[&one], &[]); // 1
    modify(&[&two], &[&one]); // 2
    modify(&[&one, &three], &[]); // 3
    modify(&[], &[&two, &three]); // 4
    let held = |number: i64| {
        let version = format!("{href}versions/{number}/");
        let path = format!(
            "pulp/api/v3/content/ansible/collection_versions/?repository_version={version}&ordering=name"
        );
        admin.get(&path).expect(200).column("name").join(" ")
    };
    let summary = |number: i64| {
        let version = admin.get(&format!("{href}versions/{number}/")).expect(200);
        let version = version.json();
        let count = |what: &str| {
            version["content_summary"][what]["ansible.collection_version"]["count"]
                .as_i64()
                .unwrap_or(0)
        };
        ["added", "removed", "present"].map(count)
    };
    let remove = |number: i64| admin.delete(&format!("{href}versions/{number}/"));
    assert_eq!(
        [1, 2, 3, 4].map(held),
        ["one", "two", "one three two", "one"]
    );
    let begun = remove(2).expect(202).json();
    let done = task(&admin, begun["task"].as_str().unwrap());
    assert_eq!(done["state"], "completed", "{done}");
    assert_eq!(done["name"], "pulpcore.app.tasks.repository.delete_version");
    remove(2).expect(404);
    assert_eq!([1, 3, 4].map(held), ["one", "one three two", "one"]);
    // What went with version 2 and came back with 3 has never been away.
    assert_eq!([1, 3, 4].map(summary), [[1, 0, 1], [2, 0, 3], [0, 2, 1]]);
    assert_eq!(
        remove(4).expect(400).json(),
        json!([
            "The newest version is what the repository serves. Roll it back with modify/ and base_version."
        ])
    );
    // What is nowhere else goes with the last version that holds it.
    modify(&[&two], &[]); // 5
    let published: String = galaxy.value("SELECT uuid FROM repository WHERE name = 'published'");
    let clear = json!({"remove_content_units": ["*"]}).to_string();
    admin
        .post(&format!("{REPOSITORIES}{published}/modify/"), &clear)
        .expect(202);
    admin.publish(&collection("acme.four").build()).succeeds();
    let known = "SELECT count(*) FROM collection WHERE name IN ('one', 'two', 'three')";
    assert_eq!(galaxy.value::<i64>(known), 3);
    remove(3).expect(202);
    assert_eq!([1, 4, 5].map(held), ["one", "one", "one two"]);
    assert_eq!(galaxy.value::<i64>(known), 2);
    for number in [0, 1, 4] {
        remove(number).expect(202);
    }
    assert_eq!(held(5), "one two");
    assert_eq!(galaxy.value::<i64>(known), 2);
    // Those that are kept are counted, whatever their numbers are.
    admin
        .patch(&href, r#"{"retain_repo_versions": 2}"#)
        .expect(202);
    modify(&[], &[&two]); // 6
    modify(&[&two], &[]); // 7
    remove(6).expect(202);
    modify(&[], &[&two]); // 8
    let numbers = "SELECT group_concat(number ORDER BY number) FROM repository_version v
                     JOIN repository r ON r.id = v.repository_id WHERE r.name = 'own'";
    assert_eq!(galaxy.value::<String>(numbers), "5,7,8");
    let ana = galaxy.user("ana", &[]);
    ana.delete(&format!("{href}versions/5/")).expect(403);
}

#[test]
fn content_of_private_repositories_is_not_there_for_others() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let secret = create(&admin, &json!({"name": "secret", "private": true}));
    let serve = json!({"name": "secret", "base_path": "secret", "repository": secret}).to_string();
    admin
        .post("pulp/api/v3/distributions/ansible/ansible/", &serve)
        .expect(202);
    admin
        .publish_to(
            "content/secret/v3/artifacts/collections/",
            &collection("acme.hidden").build(),
        )
        .succeeds();
    let hidden = version_href(&galaxy, "hidden");
    let own = create(&admin, &json!({"name": "own"}));
    let ana = galaxy.user("ana", &[]);
    let add = json!({"role": "galaxy.ansible_repository_owner", "users": ["ana"], "groups": []});
    admin
        .post(&format!("{own}add_role/"), &add.to_string())
        .expect(201);
    let add = json!({"add_content_units": [hidden]}).to_string();
    let told = ana.post(&format!("{own}modify/"), &add).expect(400).json();
    assert!(
        told["add_content_units"][0]
            .as_str()
            .unwrap()
            .starts_with("Could not find"),
        "{told}"
    );
    ana.get(&format!("{own}versions/?content={hidden}"))
        .expect(200);
    let begin = json!({"base_version": format!("{secret}versions/1/")}).to_string();
    ana.post(&format!("{own}modify/"), &begin).expect(403);
    let send =
        json!({"collection_versions": [hidden], "destination_repositories": [own]}).to_string();
    ana.post(&format!("{secret}copy_collection_version/"), &send)
        .expect(403);
    let back =
        json!({"collection_versions": [hidden], "destination_repositories": [secret]}).to_string();
    ana.post(&format!("{own}copy_collection_version/"), &back)
        .expect(403);
    // A name of their own for it opens nothing either.
    let serve = json!({"name": "mine", "base_path": "mine", "repository": secret}).to_string();
    let curator = galaxy.user("cu", &["galaxy.collection_publisher"]);
    curator
        .post("pulp/api/v3/distributions/ansible/ansible/", &serve)
        .expect(403);
}

#[test]
fn the_file_goes_with_the_last_repository_that_holds_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let href = create(&admin, &json!({"name": "own", "retain_repo_versions": 1}));
    let serve = json!({"name": "own", "base_path": "own", "repository": href}).to_string();
    admin
        .post("pulp/api/v3/distributions/ansible/ansible/", &serve)
        .expect(202);
    admin
        .publish_to(
            "content/own/v3/artifacts/collections/",
            &collection("acme.one").build(),
        )
        .succeeds();
    assert_eq!(galaxy.stored_files().len(), 1);
    admin.delete(&href).expect(202);
    assert_eq!(
        (galaxy.stored_files().len(), galaxy.rows("collection")),
        (0, 0)
    );
    let found = admin
        .get("pulp/api/v3/distributions/ansible/ansible/?name=own")
        .expect(200)
        .json();
    assert_eq!(
        found["results"][0]["repository"],
        Value::Null,
        "the distribution stays, and serves nothing"
    );
}

#[test]
fn of_two_who_make_a_repository_of_one_name_one_does() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let post = || admin.post(REPOSITORIES, r#"{"name": "same"}"#).status;
    let statuses = std::thread::scope(|scope| {
        let both = [scope.spawn(post), scope.spawn(post)];
        let mut both = both.map(|thread| thread.join().unwrap());
        both.sort_unstable();
        both
    });
    assert_eq!(statuses, [201, 400]);
}
