//! Somebody who is active and may do everything is always left, whichever way the others go.

use std::process::Command;
use std::thread;

use serde_json::json;

use crate::support::process::PROGRAM;
use crate::support::server::TestServer;

fn left(galaxy: &TestServer) -> i64 {
    let sql = "SELECT count(*) FROM user WHERE is_superuser AND is_active";
    galaxy.value(sql)
}

#[test]
fn of_superusers_who_all_give_up_at_the_same_time_one_stays() {
    let galaxy = TestServer::start();
    let names: Vec<String> = (0..8).map(|at| format!("chief{at}")).collect();
    for name in &names {
        galaxy.user(name, &[]);
    }
    let raise = "UPDATE user SET is_superuser = 1";
    galaxy.sql(raise);
    let everybody = names.iter().map(String::as_str).chain(["admin"]);
    let everybody: Vec<(String, i64, _)> = everybody
        .map(|name| (name.to_owned(), galaxy.user_id(name), galaxy.token_of(name)))
        .collect();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let running: Vec<_> = everybody
            .iter()
            .enumerate()
            .map(|(at, (name, id, client))| {
                let step_down = json!({"username": name, "is_superuser": false}).to_string();
                scope.spawn(move || match at % 4 {
                    0 => client.put("_ui/v1/me/", &step_down).status,
                    1 => {
                        client
                            .patch(&format!("_ui/v1/users/{id}/"), &step_down)
                            .status
                    }
                    2 => {
                        client
                            .put(&format!("_ui/v2/users/{id}/"), &step_down)
                            .status
                    }
                    _ => {
                        let path = format!("pulp/api/v3/users/{id}/");
                        client.patch(&path, r#"{"is_active": false}"#).status
                    }
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(left(&galaxy), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 1);
    assert!(
        statuses.iter().all(|status| [200, 400].contains(status)),
        "{statuses:?}"
    );
}

#[test]
fn the_command_line_loses_no_last_superuser_either() {
    let galaxy = TestServer::start();
    let run = |line: &str| {
        let output = Command::new(PROGRAM)
            .args(line.split(' '))
            .arg("--data")
            .arg(galaxy.data())
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    for line in [
        "user delete admin",
        "user deactivate admin",
        "user unlink admin",
    ] {
        let (is_done, told) = run(line);
        assert_eq!(left(&galaxy), 1, "{line}: {told}");
        assert_eq!(is_done, line.contains("unlink"), "{line}: {told}");
    }
    // Whom a provider made the last one stays it when the link ends.
    let vouched = "INSERT INTO identity (issuer, subject, user_id, superuser, created_at)
                   SELECT 'https://sso.example.org', '1', id, 1, 0 FROM user";
    galaxy.sql(vouched);
    let (is_done, told) = run("user unlink admin");
    assert!(
        !is_done && told.contains("last active super user"),
        "{told}"
    );
    assert_eq!((left(&galaxy), galaxy.rows("identity")), (1, 1));
}
