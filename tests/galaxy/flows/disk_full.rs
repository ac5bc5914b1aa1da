//! A disk that takes no more.

use std::process::Command;

use crate::support::form::Form;
use crate::support::process::PROGRAM;
use crate::support::process::Process;
use crate::support::tarball::collection;

/// The server under a limit on the size of any file it writes: to it, the disk is full at 4 MiB.
const UNDER_A_LIMIT: &str = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\"";

#[test]
fn an_upload_that_does_not_fit_is_told_so_and_the_server_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let mut limited = Command::new("bash");
    let server = Process::start_by(limited.args(["-c", UNDER_A_LIMIT, PROGRAM]), data.path());
    let large = Form::default().file("acme-large-1.0.0.tar.gz", &vec![7; 6_000_000]);
    let reply = server
        .client
        .upload(&large)
        .refuses(507, "storage_full", None);
    assert!(reply.text().contains("Nothing was stored"));
    server
        .client
        .publish(&collection("acme.tools").build())
        .succeeds();
    let files = |folder: &str| {
        std::fs::read_dir(data.path().join("artifacts").join(folder))
            .unwrap()
            .count()
    };
    assert_eq!((files("staging"), files("sha256")), (0, 1));
    server.kill();
}
