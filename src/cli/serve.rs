//! `serve`: start the hub and say how to use it.

use anyhow::Context;
use clap::ArgMatches;
use clap::Command;

use crate::cli::say;
use crate::config as settings;
use crate::config::Config;
use crate::config::foreign;
use crate::config::logging::LogFormat;
use crate::kernel::clock::Clock;
use crate::observe::logging;
use crate::observe::logging::Form;
use crate::serve::Hub;

/// The command `serve`, with every setting as a flag.
pub(super) fn command() -> Command {
    let command = Command::new("serve").about("Run the hub");
    command.args(settings::args(&settings::ALL))
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let config = Config::load(matches)?;
    let form = match config.logging.format {
        LogFormat::Auto => Form::fitting_stderr(),
        LogFormat::Human => Form::Human,
        LogFormat::Json => Form::Json,
    };
    logging::install(form, &config.logging.level).context("log_level")?;
    let set = std::env::vars_os().filter(|(_, value)| !value.is_empty());
    for line in foreign::foreign(set.filter_map(|(name, _)| name.into_string().ok())) {
        tracing::warn!("{line}");
    }
    actix_web::rt::System::new().block_on(async {
        let hub = Hub::open(config, Clock::System)?;
        say(&welcome(&hub))?;
        hub.run().await
    })
}

/// Where the hub is, and what to put into `ansible.cfg` to use it.
fn welcome(hub: &Hub) -> Vec<String> {
    let url = match &hub.config().listen.content_origin {
        Some(origin) => origin.to_string(),
        None => format!("http://{}", hub.address()),
    };
    let mut lines = vec![format!(
        "Pocket Galaxy serves {url}/api/galaxy/ from {}",
        hub.config().storage.data.display()
    )];
    let credentials = match hub.first_password() {
        Some(password) => {
            lines.push(String::new());
            lines.push(format!("Administrator: admin, password: {}", password.0));
            lines.push("This password is not shown again. Change it with: pocket-galaxy user password admin".to_owned());
            vec![
                "username = admin".to_owned(),
                format!("password = {}", password.0),
            ]
        }
        None => vec!["token = <printed by: pocket-galaxy token create --user NAME>".to_owned()],
    };
    lines.extend(
        [
            "",
            "For ansible-galaxy, put this into ansible.cfg:",
            "",
            "[galaxy]",
            "server_list = pocket",
            "",
        ]
        .map(str::to_owned),
    );
    lines.push("[galaxy_server.pocket]".to_owned());
    lines.push(format!("url = {url}/api/galaxy/"));
    lines.extend(credentials);
    lines.push(String::new());
    lines
}
