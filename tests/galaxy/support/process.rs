//! The real binary as a process of its own, for what only a process can do: be killed, run out of disk.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use crate::support::client::Client;

/// The binary that cargo built for these tests.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_pocket-galaxy");

/// A running server and its administrator.
pub struct Process {
    child: Child,
    pub client: Client,
}

impl Process {
    /// The server on a folder.
    pub fn start(data: &Path) -> Self {
        Self::start_by(&mut Command::new(PROGRAM), data)
    }

    /// The server on a folder, by a command that runs the binary with the arguments it is given.
    pub fn start_by(command: &mut Command, data: &Path) -> Self {
        let serve = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        let mut child = serve
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
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
        let token = Command::new(PROGRAM)
            .args(["token", "create", "--user", "admin", "--data"])
            .arg(data)
            .output();
        let token = String::from_utf8(token.unwrap().stdout).unwrap();
        assert_eq!(
            token.trim().len(),
            40,
            "the token stands alone on standard output"
        );
        Self {
            child,
            client: Client::new(address, Some(format!("Token {}", token.trim()))),
        }
    }

    /// `kill -9`
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
