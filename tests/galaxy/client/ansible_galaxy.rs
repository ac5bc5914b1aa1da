//! A real client with a home, settings and a cache of its own, and what its commands said.

use std::fs;
use std::fs::File;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;

use crate::client::installed;
use crate::client::run::Run;
use crate::support::client::Client;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;

/// The series of `ansible-core` a client is of, such as `2.19`.
pub type Release = &'static str;

/// Every series the tests run.
pub const RELEASES: [Release; 3] = ["2.15", "2.17", "2.19"];

/// The root a client is given unless its story is about another.
pub const ROOT: &str = "/api/galaxy/";

/// No command takes this long. A client that waits for something a server never does would wait for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// Who the client says it is.
#[derive(Debug, Clone)]
pub enum Login {
    Nobody,
    Token(String),
    Password(String),
}

impl Login {
    /// By the token that `client` sends.
    pub fn by_token_of(client: &Client) -> Self {
        let token = client
            .authorization()
            .and_then(|value| value.strip_prefix("Token "));
        Self::Token(token.unwrap().to_owned())
    }

    /// By the password that every user of a test has.
    pub fn by_password_of(username: &str) -> Self {
        Self::Password(username.to_owned())
    }

    fn lines(&self) -> String {
        match self {
            Self::Nobody => String::new(),
            Self::Token(token) => format!("token = {token}\n"),
            Self::Password(username) => format!("username = {username}\npassword = {PASSWORD}\n"),
        }
    }
}

/// One release of the client, set up for one server.
pub struct AnsibleGalaxy {
    command: PathBuf,
    home: TempDir,
}

impl AnsibleGalaxy {
    /// A client of the administrator.
    pub fn admin(release: Release, server: &TestServer) -> Self {
        Self::new(release, server, ROOT, &Login::by_token_of(&server.admin()))
    }

    /// A client that was given the URL of `root` on `server`.
    pub fn new(release: Release, server: &TestServer, root: &str, login: &Login) -> Self {
        let home = tempfile::tempdir().unwrap();
        let settings = format!(
            "[defaults]\ncollections_path = {home}/installed\n\
             [galaxy]\nserver_list = pocket\ncache_dir = {home}/cache\n\
             [galaxy_server.pocket]\nurl = {origin}{root}\n{login}",
            home = home.path().display(),
            origin = server.origin(),
            login = login.lines(),
        );
        fs::write(home.path().join("ansible.cfg"), settings).unwrap();
        Self {
            command: command(release, "ansible-galaxy"),
            home,
        }
    }

    /// Its home: commands run there, and relative paths start there.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Makes it ask another server too, after the first.
    pub fn also_asks(&self, server: &TestServer, root: &str, login: &Login) {
        let path = self.home().join("ansible.cfg");
        let settings = fs::read_to_string(&path).unwrap();
        let settings = settings.replace("server_list = pocket", "server_list = pocket, second");
        let (origin, login) = (server.origin(), login.lines());
        let second = format!("[galaxy_server.second]\nurl = {origin}{root}\n{login}");
        fs::write(path, settings + &second).unwrap();
    }

    /// Runs a command of words without spaces in them and waits for its end.
    #[must_use = "a command that failed must not pass unseen"]
    pub fn run(&self, arguments: &str) -> Run {
        self.run_in("", arguments)
    }

    /// Runs a command in a folder of its home.
    #[must_use = "a command that failed must not pass unseen"]
    pub fn run_in(&self, folder: &str, arguments: &str) -> Run {
        let log = self.home().join("log");
        let out = File::create(&log).unwrap();
        let child = Command::new(&self.command)
            .args(arguments.split(' '))
            .current_dir(self.home().join(folder))
            // Nothing of this machine: no proxy, no settings, no token of whoever runs the tests.
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.home())
            .env("ANSIBLE_HOME", self.home().join("ansible"))
            .env("ANSIBLE_LOCAL_TEMP", self.home().join("scratch"))
            .env("ANSIBLE_CONFIG", self.home().join("ansible.cfg"))
            .env("ANSIBLE_NOCOLOR", "true")
            .stdin(Stdio::null())
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .spawn();
        let status = wait(child.unwrap(), &log);
        Run {
            program: "ansible-galaxy",
            arguments: arguments.to_owned(),
            status,
            output: fs::read_to_string(&log).unwrap(),
        }
    }

    /// Publishes an artifact, with more arguments after its path if there are any.
    #[must_use = "a command that failed must not pass unseen"]
    pub fn publish(&self, artifact: &Artifact, more: &str) -> Run {
        let name = artifact.file_name();
        fs::write(self.home().join(&name), &artifact.bytes).unwrap();
        self.run(format!("collection publish ./{name} {more}").trim_end())
    }

    /// Checks that what is installed of this collection is this artifact, byte for byte.
    pub fn has(&self, artifact: &Artifact) {
        let installed = installed::files_below(&self.folder_of(artifact));
        installed::compare(&installed::files_in(artifact), &installed);
    }

    /// Checks that nothing of this collection is installed.
    pub fn lacks(&self, artifact: &Artifact) {
        assert!(
            !self.folder_of(artifact).exists(),
            "{} is installed",
            artifact.file_name()
        );
    }

    /// Where this collection is installed.
    pub fn folder_of(&self, artifact: &Artifact) -> PathBuf {
        self.home()
            .join("installed/ansible_collections")
            .join(&artifact.namespace)
            .join(&artifact.name)
    }
}

/// A program of an environment, in the target folder that cargo and `tests/run.sh` share.
pub(super) fn command(environment: &str, program: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let command = target
        .join("clients")
        .join(environment)
        .join("bin")
        .join(program);
    assert!(
        command.exists(),
        "{} is missing: run `bash tests/run.sh` once, which installs the real clients for these tests",
        command.display()
    );
    command
}

/// Waits for the end of a program whose output goes into a file.
pub(super) fn wait(mut child: Child, log: &Path) -> ExitStatus {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!(
                "the client does not end; it said\n{}",
                fs::read_to_string(log).unwrap()
            );
        }
        thread::sleep(Duration::from_millis(10));
    }
}
