//! Conformance: what the reference was recorded to answer, asked again of this server.
//!
//! Every recorded exchange of the families in [`recording`] is either answered alike, by the rules of
//! [`compare`], or it has a row in one of two tables: [`deliberate`] for what is different on purpose, with what
//! is answered instead, and [`later`] for what is not built yet. An exchange in no table is compared.

mod compare;
mod deliberate;
mod endpoints;
mod entries;
mod faults;
mod furniture;
mod later;
mod life;
mod recording;
mod replay;
mod stage;
mod verdict;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::conformance::deliberate::DELIBERATE;
use crate::conformance::later::LATER;
use crate::conformance::recording::Recording;
use crate::conformance::stage::Stage;
use crate::conformance::verdict::Report;

/// The ids in both tables, as often as they are there.
fn in_tables() -> Vec<&'static str> {
    let deliberate = DELIBERATE.iter().flat_map(|row| row.exchanges);
    let later = LATER.iter().flat_map(|row| row.exchanges);
    deliberate.chain(later).copied().collect()
}

#[test]
fn each_row_of_the_tables_names_a_recording_and_no_recording_has_two_rows() {
    let recordings = recording::all();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for id in in_tables() {
        if !recordings.contains_key(id) {
            wrong.push(format!("{id}: there is no such recording"));
        }
        if !seen.insert(id) {
            wrong.push(format!("{id}: has two rows"));
        }
    }
    let unexplained = DELIBERATE
        .iter()
        .filter(|row| row.why.is_empty())
        .map(|row| format!("{row:?}"));
    wrong.extend(unexplained);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_recorded_exchange_is_answered_alike_or_as_its_table_says() {
    let recordings = recording::all();
    let stage = Stage::set();
    let mut report = Report::new(&stage, &recordings);
    for recording in compared(&recordings) {
        report.compare(recording);
    }
    for row in DELIBERATE {
        row.exchanges
            .iter()
            .for_each(|id| report.deviate(id, row.ours));
    }
    for row in LATER {
        row.exchanges
            .iter()
            .for_each(|id| report.postpone(id, row.what));
    }
    report.check();
}

fn compared(recordings: &BTreeMap<String, Recording>) -> impl Iterator<Item = &Recording> {
    let tables: BTreeSet<&str> = in_tables().into_iter().collect();
    recordings
        .values()
        .filter(move |recording| !tables.contains(recording.id.as_str()))
}
