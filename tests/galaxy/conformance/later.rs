//! Recorded exchanges with what is not built yet. The test fails when one of them is answered as recorded:
//! then its row goes out of this table.

/// Exchanges that wait for the same work.
#[derive(Debug)]
pub struct Later {
    pub what: &'static str,
    pub exchanges: &'static [&'static str],
}

const fn row(what: &'static str, exchanges: &'static [&'static str]) -> Later {
    Later { what, exchanges }
}

/// The table.
pub const LATER: &[Later] = &[
    row(
        "the web interface's own root page",
        &["discovery/bare-host-root"],
    ),
    row(
        "PST-4: access policies",
        &[
            "discovery/pulp-access-policies",
            "discovery/pulp-access-policies-plain",
        ],
    ),
    row(
        "DIS-2: a distribution of one version of a repository",
        &["distributions/dist-create-pinned"],
    ),
    row(
        "REP-8: mirroring; REP-9: signing",
        &[
            "sync/sync-config-after-failure",
            "repositories/repo-sign-no-service",
            "repositories/repo-sync-no-remote",
        ],
    ),
];
