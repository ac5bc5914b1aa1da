//! What a command of the client ended with and wrote.

use std::fmt;
use std::process::ExitStatus;

/// A command that has ended.
#[derive(Debug)]
pub struct Run {
    pub program: &'static str,
    pub arguments: String,
    pub status: ExitStatus,
    pub output: String,
}

impl Run {
    /// Checks that it ended well.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert!(self.status.success(), "{self}");
        self
    }

    /// Checks that it ended with the status of an error it expects, not with a crash of its own.
    #[track_caller]
    pub fn fails(self) -> Self {
        assert_eq!(self.status.code(), Some(1), "{self}");
        self.omits("Traceback").omits("Unexpected Exception")
    }

    /// Checks that it ended with an error that it does not catch itself, as `galaxykit` does with refusals.
    #[track_caller]
    pub fn fails_with_a_trace(self) -> Self {
        assert!(!self.status.success(), "{self}");
        self
    }

    /// Checks that it wrote `text`.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.wrote(text),
            "there is no {text:?} in what it said\n{self}"
        );
        self
    }

    /// Checks that it did not write `text`.
    #[track_caller]
    pub fn omits(self, text: &str) -> Self {
        assert!(
            !self.wrote(text),
            "there is {text:?} in what it said\n{self}"
        );
        self
    }

    /// The client breaks long lines anywhere, inside words too, so white space does not count.
    fn wrote(&self, text: &str) -> bool {
        squeeze(&self.output).contains(&squeeze(text))
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}\n{}\n{}",
            self.program, self.arguments, self.output, self.status
        )
    }
}
