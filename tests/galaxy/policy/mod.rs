//! The permission matrix: every route, asked by everybody, about a public and a private repository.
//!
//! What must come out is derived from contract 08 as [`contract`] writes it down, never from the code under test. The
//! whole matrix is kept in `matrix.txt`, so that a review shows each cell that changed.

mod contract;
mod escalation;
mod last_superuser;
mod people;
mod stage;
mod table;
mod wrong_input;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use pocket_galaxy::http;

use crate::policy::people::PEOPLE;
use crate::policy::people::Person;
use crate::policy::stage::Stage;
use crate::policy::table::Row;
use crate::policy::table::rows;
use crate::support::client::Reply;

/// What somebody was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Anything but a refusal.
    Allowed,
    /// 401, in the words for strangers.
    SignIn,
    /// 403, in the words for everybody else.
    Refused,
}

impl Told {
    fn letter(self) -> char {
        match self {
            Self::Allowed => '+',
            Self::SignIn => '?',
            Self::Refused => '-',
        }
    }

    /// Reads an answer; a refusal must be worded exactly.
    fn of(reply: &Reply) -> Result<Self, String> {
        let refusal = |told, code, text: &str| {
            if reply.header("content-type").starts_with("text/plain") {
                return Ok(told);
            }
            let body = reply.json();
            let is_worded = match body["errors"].get(0) {
                Some(error) => error["code"] == code && error["title"] == text,
                None => body["detail"] == text,
            };
            match is_worded {
                true => Ok(told),
                false => Err(format!("{} with the words {}", reply.status, reply.text())),
            }
        };
        match reply.status {
            401 => refusal(
                Self::SignIn,
                "not_authenticated",
                "Authentication credentials were not provided.",
            ),
            403 => refusal(
                Self::Refused,
                "permission_denied",
                "You do not have permission to perform this action.",
            ),
            500.. => Err(format!("{}: {}", reply.status, reply.text())),
            _ => Ok(Self::Allowed),
        }
    }
}

#[test]
fn every_route_has_one_row_and_every_row_a_route() {
    let name = |method: &str, pattern: &str| format!("{method} {pattern}");
    let mut routes: BTreeSet<String> = http::routes()
        .lines()
        .iter()
        .map(|line| name(line.method.as_str(), &line.pattern))
        .collect();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows() {
        let row = name(row.method, row.pattern);
        if !seen.insert(row.clone()) {
            wrong.push(format!("two rows: {row}"));
        } else if !routes.remove(&row) {
            wrong.push(format!("no such route: {row}"));
        }
    }
    wrong.extend(routes.iter().map(|route| format!("no row: {route}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everybody_may_do_exactly_what_the_contract_says() {
    let stage = Stage::set();
    let (mut matrix, mut wrong) = (heading(), Vec::new());
    for row in rows() {
        let mut columns = Vec::new();
        for is_private in [false, true] {
            let is_about_one = ["{d}", "{repository}", "{distribution}"]
                .iter()
                .any(|word| row.path.contains(word) || row.body.contains(word));
            if is_private && !is_about_one {
                columns.push("same".to_owned());
                continue;
            }
            let cells = PEOPLE
                .iter()
                .map(|person| cell(&stage, &row, person, is_private, &mut wrong));
            columns.push(cells.collect());
        }
        writeln!(
            matrix,
            "{}  {:<20}  {} {}",
            columns[0], columns[1], row.method, row.pattern
        )
        .unwrap();
    }
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    compare_with_the_file(&matrix);
}

fn cell(
    stage: &Stage,
    row: &Row,
    person: &Person,
    is_private: bool,
    wrong: &mut Vec<String>,
) -> char {
    let expected = row.ask.of(person, is_private && row.is_seen);
    let reply = stage.ask(person, row, is_private);
    let told = Told::of(&reply);
    if told != Ok(expected) {
        let place = if is_private { "private" } else { "public" };
        wrong.push(format!(
            "{} {} as {} ({place}): expected {expected:?}, found {told:?}, {}",
            row.method,
            row.pattern,
            person.name,
            reply.text().chars().take(160).collect::<String>()
        ));
    }
    told.map_or('!', Told::letter)
}

fn heading() -> String {
    let mut text = String::from(
        "# Who may do what: each route, asked by everybody. Written by the test in mod.rs; see there.\n\
         # + allowed   ? told to sign in   - refused\n\
         # First column: about a public repository. Second: about a private one; `same` where none is concerned.\n\
         # Letters, from left to right:\n",
    );
    for (at, person) in PEOPLE.iter().enumerate() {
        writeln!(text, "#   {:>2} {}", at + 1, person.name).unwrap();
    }
    text
}

/// `UPDATE_MATRIX=1` writes the file; then the difference is to be reviewed.
fn compare_with_the_file(matrix: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/galaxy/policy/matrix.txt");
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&file, matrix).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let lines = |text: &str| -> BTreeMap<String, String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.split_once("  "))
            .map(|(cells, rest)| {
                let (private, route) = rest.split_at(20);
                (route.trim().to_owned(), format!("{cells}  {private}"))
            })
            .collect()
    };
    let (kept, found) = (lines(&kept), lines(matrix));
    let names: BTreeSet<&String> = kept.keys().chain(found.keys()).collect();
    let changed: Vec<String> = names
        .into_iter()
        .filter(|name| kept.get(*name) != found.get(*name))
        .map(|name| {
            format!(
                "{name}\n  kept  {:?}\n  found {:?}",
                kept.get(name),
                found.get(name)
            )
        })
        .collect();
    assert!(
        changed.is_empty(),
        "the matrix is not that of {}; if every change is meant, run this test with UPDATE_MATRIX=1:\n{}",
        file.display(),
        changed.join("\n")
    );
}
