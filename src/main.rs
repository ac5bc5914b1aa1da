//! Parses arguments and hands over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    pocket_galaxy::cli::run()
}
