//! What was acknowledged survives `kill -9`, and nothing half-written is seen afterwards.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::process::PROGRAM;
use crate::support::process::Process;
use crate::support::tarball::collection;

#[test]
fn every_acknowledged_publish_survives_a_kill_at_any_moment() {
    let data = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..4_u64 {
        let server = Process::start(data.path());
        let stopped = Arc::new(AtomicBool::new(false));
        let publisher = {
            let (client, stopped) = (server.client.clone(), Arc::clone(&stopped));
            thread::spawn(move || publish_until(&client, round, &stopped))
        };
        thread::sleep(Duration::from_millis(150 + 90 * round));
        stopped.store(true, Ordering::Relaxed);
        server.kill();
        acknowledged.extend(publisher.join().unwrap());
    }
    assert!(
        !acknowledged.is_empty(),
        "nothing was published before the first kill"
    );
    let server = Process::start(data.path());
    for (path, task, sha256) in &acknowledged {
        let import = server.client.get(task).expect(200).json();
        assert_eq!(import["state"], "completed", "{import}");
        let detail = server.client.get(path).expect(200).json();
        assert_eq!(detail["artifact"]["sha256"], *sha256, "{path}");
        let url = detail["download_url"].as_str().unwrap();
        let location = server.client.get(
            url.split_once("/api/")
                .map(|(_, rest)| format!("/api/{rest}"))
                .unwrap()
                .as_str(),
        );
        let location = location.expect(302).header("location").to_owned();
        let bytes = server
            .client
            .get(&location[location.find("/pulp/").unwrap()..])
            .expect(200)
            .bytes;
        assert_eq!(crate::support::tarball::sha256(&bytes), *sha256, "{path}");
    }
    server.kill();
}

/// Publishes one version after another; returns those that were answered with 202.
fn publish_until(
    client: &Client,
    round: u64,
    stopped: &AtomicBool,
) -> Vec<(String, String, String)> {
    let mut acknowledged = Vec::new();
    for patch in 0.. {
        let artifact = collection("acme.tools")
            .version(&format!("1.{round}.{patch}"))
            .build();
        let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            client.upload(&Form::of(&artifact))
        }));
        match sent {
            Ok(reply) if reply.status == 202 => {
                let path = format!("v3/collections/acme/tools/versions/1.{round}.{patch}/");
                let task = reply.json()["task"].as_str().unwrap().to_owned();
                acknowledged.push((path, task, artifact.sha256()));
            }
            _ if stopped.load(Ordering::Relaxed) => return acknowledged,
            Ok(reply) => panic!("{}: {}", reply.status, reply.text()),
            Err(_) => return acknowledged,
        }
        if stopped.load(Ordering::Relaxed) {
            return acknowledged;
        }
    }
    acknowledged
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let first = Process::start(data.path());
    let second = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert!(!second.status.success());
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.contains("another server is using"), "{told}");
    first.client.get("/livez").expect(200);
    first.kill();
}
