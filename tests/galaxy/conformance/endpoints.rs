//! Which endpoints of the reference are here: `endpoints.txt` says so, and this keeps it true.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;

use pocket_galaxy::http;
use pocket_galaxy::http::kit::routes::Line;
use pocket_galaxy::policy::action::Action;

const TEXT: &str = include_str!("endpoints.txt");
/// The heading of the routes that the reference does not have.
const OURS: &str = "OURS";
/// How many rows the contract has.
const ROWS: usize = 302;

/// One endpoint of the contract, or all that it has not.
#[derive(Debug)]
struct Row {
    id: &'static str,
    weight: &'static str,
    state: &'static str,
    waits_for: &'static str,
    routes: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let is_said = |line: &&str| !line.is_empty() && !line.starts_with('#');
    for line in TEXT.lines().filter(is_said) {
        if let Some(route) = line.strip_prefix("    ") {
            rows.last_mut().expect("a row above").routes.push(route);
            continue;
        }
        let mut words = line.splitn(2, char::is_whitespace);
        let id = words.next().unwrap_or_default();
        let rest = words.next().unwrap_or_default().trim_start();
        let (weight, rest) = rest.split_once(char::is_whitespace).unwrap_or_default();
        let (state, waits_for) = rest
            .trim_start()
            .split_once(' ')
            .unwrap_or((rest.trim(), ""));
        rows.push(Row {
            id,
            weight,
            state,
            waits_for: waits_for.trim(),
            routes: Vec::new(),
        });
    }
    rows
}

/// Every route and its action.
fn routes() -> BTreeMap<String, Action> {
    let named = |line: &Line| (format!("{} {}", line.method, line.pattern), line.action);
    http::routes().lines().iter().map(named).collect()
}

#[test]
fn the_table_of_endpoints_is_that_of_the_routes() {
    let (rows, routes) = (rows(), routes());
    let mut wrong = Vec::new();
    let mut named = BTreeSet::new();
    for row in &rows {
        named.extend(row.routes.iter().map(|route| (*route).to_owned()));
        let lets_somebody_in = |route: &&str| {
            let action = routes.get(*route);
            action.is_some_and(|action| *action != Action::Disabled)
        };
        let missing = row
            .routes
            .iter()
            .filter(|route| !routes.contains_key(**route));
        wrong.extend(missing.map(|route| format!("{}: no such route: {route}", row.id)));
        let is_so = match row.state {
            "served" => row.routes.iter().any(lets_somebody_in),
            "denied" => !row.routes.is_empty() && !row.routes.iter().any(lets_somebody_in),
            "later" => row.routes.is_empty() && !row.waits_for.is_empty(),
            _ => row.id == OURS,
        };
        if !is_so {
            wrong.push(format!("{}: is not {}", row.id, row.state));
        }
    }
    let unnamed = routes.keys().filter(|route| !named.contains(*route));
    wrong.extend(unnamed.map(|route| format!("in no row: {route}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_says_how_many_endpoints_there_are() {
    let rows = rows();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    assert_eq!(
        (rows.len(), ids.len()),
        (ROWS + 1, ROWS + 1),
        "each once, and {OURS}"
    );
    let count = |weight: &str, state: &str| {
        let counted = rows
            .iter()
            .filter(|row| row.weight == weight && row.state == state);
        counted.count()
    };
    let line = |weight: &str, name: &str| {
        let [served, denied, later] =
            ["served", "denied", "later"].map(|state| count(weight, state));
        format!("| {name} | {served} | {denied} | {later} |")
    };
    let readme = fs::read_to_string("README.md").unwrap();
    for (weight, name) in [
        ("must", "what clients cannot do without"),
        ("should", "what they use"),
        ("could", "the rest"),
    ] {
        let line = line(weight, name);
        assert!(readme.contains(&line), "the README should say: {line}");
    }
}
