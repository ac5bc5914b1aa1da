//! A disk that takes no more.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Command;
use std::process::Stdio;

use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::tarball::collection;

/// The server under a limit on the size of any file it writes: to it, the disk is full at 4 MiB.
const UNDER_A_LIMIT: &str = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\"";

#[test]
fn an_upload_that_does_not_fit_is_told_so_and_the_server_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_pocket-galaxy");
    let mut server = Command::new("bash")
        .args([
            "-c",
            UNDER_A_LIMIT,
            program,
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(data.path())
        .env("GALAXY_ADMIN_PASSWORD", "correct horse battery")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    // admin:correct horse battery
    let basic = "Basic YWRtaW46Y29ycmVjdCBob3JzZSBiYXR0ZXJ5";
    let admin = Client::new(address, Some(basic.to_owned()));
    let large = Form::default().file("acme-large-1.0.0.tar.gz", &vec![7; 6_000_000]);
    let reply = admin.upload(&large).refuses(507, "storage_full", None);
    assert!(reply.text().contains("Nothing was stored"));
    admin.publish(&collection("acme.tools").build()).succeeds();
    let files = |folder: &str| {
        std::fs::read_dir(data.path().join("artifacts").join(folder))
            .unwrap()
            .count()
    };
    assert_eq!((files("staging"), files("sha256")), (0, 1));
    server.kill().unwrap();
    server.wait().unwrap();
}
