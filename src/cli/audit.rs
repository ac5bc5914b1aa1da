//! `audit`: look at the trail of who did what, and whether anybody changed it.

use std::io;
use std::io::Write;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::Command;
use serde::Serialize;

use crate::cli::beside;
use crate::cli::complain;
use crate::cli::say;
use crate::db::Db;
use crate::domain::audit::chain;
use crate::domain::audit::chain::Line;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;

/// The commands below `audit`.
pub(super) fn command() -> Command {
    let about = "Check that no row was changed or taken out; status 1 if one was";
    let digest = "A digest that verify printed earlier: checks that its row is still there";
    let verify = beside::command("verify", about).arg(beside::option("digest", "SHA256", digest));
    let since = "Only rows from this moment on, such as 2026-03-01T12:34:56Z";
    let export = beside::command("export", "Print the rows, one JSON object a line")
        .arg(beside::option("since", "TIME", since));
    beside::group("audit", "See who did what, also while the hub runs")
        .subcommand(verify)
        .subcommand(export)
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(ExitCode::SUCCESS);
    };
    let (_, db) = beside::open(matches)?;
    match command {
        "export" => export(&db, matches),
        _ => verify(&db, matches.get_one("digest")),
    }
}

/// Says whether the chain is whole; the exit status is 1 if it is not.
fn verify(db: &Db, noted: Option<&String>) -> anyhow::Result<ExitCode> {
    let mut is_there = noted.is_none();
    let walked = db.read(|tx| {
        chain::walk(tx, |_, digest| {
            is_there |= noted.is_some_and(|noted| noted == digest);
            Ok(())
        })
    })?;
    match walked {
        Err(broken) => {
            complain("broken", &broken.to_string());
            Ok(ExitCode::FAILURE)
        }
        Ok(_) if !is_there => {
            complain(
                "broken",
                "no row has the digest given: what was there then was cut off or replaced",
            );
            Ok(ExitCode::FAILURE)
        }
        Ok(chain) => {
            say(&[
                format!("{} rows, each vouches for the one before it", chain.rows),
                format!("digest of the last: {}", chain.head),
                "Note it elsewhere: verify --digest tells later whether rows were cut off at the end.".to_owned(),
            ])?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Whether the reader of a pipe has seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// One row of the export: a line of JSON.
#[derive(Serialize)]
struct Exported<'a> {
    #[serde(flatten)]
    line: &'a Line,
    digest: &'a str,
}

/// Prints every row since a moment as a line of JSON. Stops at a break, and says so.
fn export(db: &Db, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let since = match matches.get_one::<String>("since") {
        None => Timestamp(i64::MIN),
        Some(text) => Timestamp::parse(text).ok_or_else(|| {
            anyhow::anyhow!("--since takes a moment such as 2026-03-01T12:34:56Z, not {text}")
        })?,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let walked = db.read(|tx| {
        chain::walk(tx, |line, digest| {
            if line.at >= since {
                let text = serde_json::to_string(&Exported { line, digest });
                let text = text.map_err(anyhow::Error::new)?;
                writeln!(out, "{text}").map_err(anyhow::Error::new)?;
            }
            Ok(())
        })
    });
    let walked = match walked {
        Err(Error::Internal(error)) if is_broken_pipe(&error) => return Ok(ExitCode::SUCCESS),
        walked => walked?,
    };
    out.flush()?;
    match walked {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(broken) => {
            complain("broken", &broken.to_string());
            Ok(ExitCode::FAILURE)
        }
    }
}
