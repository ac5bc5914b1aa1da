//! The names of all metrics, each with the one function that records it.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::counter;
use metrics::describe_counter;
use metrics::describe_histogram;
use metrics::histogram;
use metrics_exporter_prometheus::Matcher;
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_exporter_prometheus::PrometheusHandle;

const REQUEST_SECONDS: &str = "galaxy_request_seconds";
const TRANSACTION_SECONDS: &str = "galaxy_database_transaction_seconds";
const TASK_SECONDS: &str = "galaxy_task_seconds";
const DOWNLOADS: &str = "galaxy_collection_artifact_download_attempts";
const DOWNLOADED_BYTES: &str = "galaxy_collection_artifact_bytes";

/// Upper bounds in seconds: a cached answer takes tens of microseconds, a large import seconds.
const SECONDS: &[f64] = &[
    0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0,
];

/// Installs the recorder of this process. Further servers in the same process, as tests start them, share it.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(seconds, SECONDS)?
        .build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    if metrics::set_global_recorder(recorder).is_ok() {
        describe_histogram!(
            REQUEST_SECONDS,
            "Time to answer a request, by method, route and status"
        );
        describe_histogram!(
            TRANSACTION_SECONDS,
            "Time inside a database transaction, by kind"
        );
        describe_histogram!(TASK_SECONDS, "Time a task ran, by name and outcome");
        describe_counter!(DOWNLOADS, "Artifact downloads that were admitted");
        describe_counter!(DOWNLOADED_BYTES, "Bytes of artifacts announced to clients");
    }
    Ok(handle)
}

/// One answered request; `route` is the pattern, not the path, so that names do not become labels.
pub fn request(method: &'static str, route: String, status: u16, took: Duration) {
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    histogram!(REQUEST_SECONDS, &labels).record(took);
}

/// One transaction, `read` or `write`.
pub fn database_transaction(kind: &'static str, took: Duration) {
    histogram!(TRANSACTION_SECONDS, "kind" => kind).record(took);
}

/// One task that ended.
pub fn task(name: &'static str, state: &'static str, took: Duration) {
    histogram!(TASK_SECONDS, "name" => name, "state" => state).record(took);
}

/// One download link given out.
pub fn download_attempt() {
    counter!(DOWNLOADS).increment(1);
}

/// Bytes of an artifact on their way to a client.
pub fn downloaded_bytes(count: u64) {
    counter!(DOWNLOADED_BYTES).increment(count);
}
