//! Logs: for a person on a terminal, JSON lines otherwise.

use std::io::IsTerminal;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One readable line each.
    Human,
    /// One JSON object each.
    Json,
}

impl Form {
    /// Readable on a terminal, JSON when something else collects the lines.
    pub fn fitting_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Self::Human
        } else {
            Self::Json
        }
    }
}

/// Starts logging to standard error. `levels` is a level, or a list of `target=level`.
pub fn install(form: Form, levels: &str) -> anyhow::Result<()> {
    // The HTTP library's start-up chatter says nothing the welcome does not; `actix_server=info` brings it back.
    let levels: Targets = format!("actix_server=warn,{levels}").parse()?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let layer = match form {
        Form::Human => lines.with_target(false).boxed(),
        Form::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(layer.with_filter(levels))
        .try_init()?;
    Ok(())
}
