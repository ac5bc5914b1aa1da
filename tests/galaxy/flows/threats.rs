//! What somebody gets who steals the files, reads the log, or leaves an address for the hub to call.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;

use crate::support::browser;
use crate::support::client::Client;
use crate::support::process::PROGRAM;
use crate::support::server::TestServer;
use crate::support::server::until;

/// The bytes of every file below a folder.
fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_below(&path));
        } else {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn a_stolen_database_opens_no_account() {
    const CHOSEN: &str = "blue-Horse-of-May-77";
    let mut galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({"username": "ana", "password": CHOSEN, "groups": []});
    admin.post("_ui/v1/users/", &body.to_string()).expect(201);
    let ana = browser::sign_in(&galaxy.anonymous(), "ana", CHOSEN);
    let only = ana.client().post("v3/auth/token/", "").expect(200).json();
    let named = ana
        .client()
        .post("v3/auth/tokens/", r#"{"name": "ci"}"#)
        .expect(201)
        .json();
    galaxy.restart(); // whatever was in memory is in the files
    let bytes = bytes_below(galaxy.data());
    assert!(holds(&bytes, "ana"), "the files are those of this hub");
    let token = |of: &Value| of["token"].as_str().unwrap().to_owned();
    for (what, secret) in [
        ("password", CHOSEN.to_owned()),
        ("token", token(&only)),
        ("named token", token(&named)),
        ("session", ana.session().to_owned()),
        ("CSRF token", ana.csrf.clone()),
    ] {
        assert!(!holds(&bytes, &secret), "the files hold a {what}");
    }
}

#[test]
fn the_hub_calls_no_address_inside_the_network_that_somebody_left() {
    let lurker = TcpListener::bind("127.0.0.1:0").unwrap();
    lurker.set_nonblocking(true).unwrap();
    let url = format!("http://{}/latest/meta-data/", lurker.local_addr().unwrap());
    let galaxy = TestServer::start();
    let namespace = json!({
        "name": "acme",
        "avatar_url": url,
        "links": [{"name": "x", "url": url}],
        "resources": format!("![]({url})"),
    });
    galaxy
        .admin()
        .post("v3/namespaces/", &namespace.to_string())
        .expect(201);
    galaxy.admin().get("v3/namespaces/acme/").expect(200);
    let document = json!({"remotes": [{"name": "near", "url": url}]}).to_string();
    let file = galaxy.data().join("hub.json");
    std::fs::write(&file, document).unwrap();
    let applied = Command::new(PROGRAM)
        .arg("apply")
        .arg(&file)
        .arg("--data")
        .arg(galaxy.data())
        .status();
    assert!(applied.unwrap().success());
    std::fs::remove_file(file).unwrap();
    // The logo is what it would have called; the task says why it has not.
    let ended = "SELECT count(*) FROM task WHERE state = 'failed' AND error_description LIKE '%not a public address%'";
    until(|| galaxy.value::<i64>(ended) == 1);
    let called = lurker.accept().err().map(|error| error.kind());
    assert_eq!(called, Some(std::io::ErrorKind::WouldBlock));
}

#[test]
fn a_client_writes_no_line_of_its_own_into_the_log() {
    for format in ["human", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let mut hub = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", format])
            .arg("--data")
            .arg(folder.path())
            .env("NO_COLOR", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut welcome = String::new();
        BufReader::new(hub.stdout.take().unwrap())
            .read_line(&mut welcome)
            .unwrap();
        let address = welcome.split("http://").nth(1).unwrap();
        let address = address.split('/').next().unwrap().parse().unwrap();
        let stranger = Client::new(address, None);
        let forged = "x%0A2026-01-01T00:00:00Z%20INFO%20forged%1b[2J";
        stranger.get(&format!("v3/namespaces/{forged}/?{forged}"));
        stranger
            .header("correlation-id", "forged forged forged")
            .header("user-agent", "forged\tforged")
            .get("v3/namespaces/");
        browser::submit(&stranger, "ana\n2026 forged\u{1b}[2J\u{85}", "pass-forged").expect(403);
        stranger.send("FORGED", "v3/namespaces/", "", b"");
        hub.kill().unwrap();
        let mut log = String::new();
        hub.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        hub.wait().unwrap();
        assert!(log.lines().count() >= 4, "{log}");
        for line in log.lines() {
            let is_own = match format {
                "json" => serde_json::from_str::<Value>(line).is_ok(),
                _ => line.starts_with("20") && line.contains("Z "),
            };
            assert!(is_own, "{line:?}");
            assert!(
                !line.contains('\u{1b}') && !line.contains("pass-forged"),
                "{line:?}"
            );
        }
    }
}
