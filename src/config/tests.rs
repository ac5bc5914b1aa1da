//! The room as its users see it: command line, environment and file in, values and messages out.

use super::*;

use std::collections::HashMap;
use std::fs;

use clap::Command;

/// Loads without the working directory: a developer may have a `galaxy-data` there.
fn load(line: &[&str], environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let command = Command::new("serve").args(args(&ALL));
    let line = ["serve"].iter().chain(line);
    let flags = command.try_get_matches_from(line).unwrap();
    let mut variables = HashMap::from([("GALAXY_DATA", "/nowhere/at/all")]);
    variables.extend(environment.iter().copied());
    Config::load_with(&flags, &|name| variables.get(name).map(OsString::from))
}

fn with_file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NAME), text).unwrap();
    let data = folder.path().to_str().unwrap().to_owned();
    (folder, data)
}

fn shown<'a>(config: &'a Config, key: &str) -> &'a Shown {
    config.shown().iter().find(|one| one.key == key).unwrap()
}

/// What somebody sees who wrote `text` into the file of their data directory.
fn complaint(text: &str) -> String {
    let (_folder, data) = with_file(text);
    load(&["--data", &data], &[]).unwrap_err().to_string()
}

#[test]
fn a_flag_outranks_the_environment_the_file_and_the_default() {
    let (_folder, data) = with_file("# mine\nlisten = \"127.0.0.1:3\"\n");
    let environment = ("GALAXY_LISTEN", "127.0.0.1:2");
    let flag = ["--data", data.as_str(), "--listen", "127.0.0.1:1"];
    let data = &flag[..2];

    let config = load(&flag, &[environment]).unwrap();
    assert_eq!(config.listen.address.port(), 1);
    assert_eq!(shown(&config, "listen").source, Source::Flag);

    let config = load(data, &[environment]).unwrap();
    assert_eq!(config.listen.address.port(), 2);
    let source = Source::Environment("GALAXY_LISTEN".to_owned());
    assert_eq!(shown(&config, "listen").source, source);

    let config = load(data, &[]).unwrap();
    assert_eq!(config.listen.address.port(), 3);
    let path = config.file().unwrap().to_owned();
    let source = Source::File { path, line: 2 };
    assert_eq!(shown(&config, "listen").source, source);

    let config = load(&[], &[]).unwrap();
    assert_eq!(config.listen.address.port(), 8000);
    assert_eq!(shown(&config, "listen").source, Source::Default);
}

#[test]
fn an_empty_variable_counts_as_unset() {
    for nothing in ["", "  ", "\"\""] {
        let config = load(&[], &[("GALAXY_LISTEN", nothing)]).unwrap();
        assert_eq!(shown(&config, "listen").source, Source::Default);
    }
}

#[test]
fn the_environment_of_a_galaxy_ng_installation_is_understood() {
    let config = load(
        &[],
        &[
            ("PULP_GALAXY_REQUIRE_CONTENT_APPROVAL", "True"),
            ("PULP_CONTENT_ORIGIN", "'https://galaxy.example.org'"),
            ("GALAXY_AUTO_CREATE_NAMESPACES", "\"off\""),
            ("PULP_GALAXY_LISTEN", "not a name of the reference"),
        ],
    )
    .unwrap();
    assert!(config.publishing.require_content_approval);
    assert!(!config.publishing.auto_create_namespaces);
    let origin = config.listen.content_origin.unwrap();
    assert_eq!(origin.as_str(), "https://galaxy.example.org");
}

#[test]
fn the_plain_variable_outranks_the_prefixed_one() {
    let name = "GALAXY_MINIMUM_PASSWORD_LENGTH";
    let prefixed = "PULP_GALAXY_MINIMUM_PASSWORD_LENGTH";
    let config = load(&[], &[(name, "12"), (prefixed, "20")]).unwrap();
    assert_eq!(config.access.minimum_password_length, 12);
    let config = load(&[], &[(name, ""), (prefixed, "20")]).unwrap();
    assert_eq!(config.access.minimum_password_length, 20);
}

#[test]
fn a_switch_may_stand_alone_or_take_a_value() {
    let config = load(&["--require-content-approval"], &[]).unwrap();
    assert!(config.publishing.require_content_approval);
    let config = load(&["--require-content-approval=NO"], &[]).unwrap();
    assert!(!config.publishing.require_content_approval);
}

#[test]
fn signatures_for_approval_are_asked_for_only_where_somebody_approves() {
    let both = [
        "--require-content-approval",
        "--require-signature-for-approval",
    ];
    let config = load(&both, &[]).unwrap();
    assert!(config.publishing.require_signature_for_approval);
    let told = load(&both[1..], &[]).unwrap_err().to_string();
    assert!(told.contains("`require_content_approval`"), "{told}");
}

#[test]
fn every_setting_of_the_table_is_read_once_and_shown_in_its_order() {
    let config = load(&[], &[]).unwrap();
    let read: Vec<&str> = config.shown().iter().map(|shown| shown.key).collect();
    let declared: Vec<&str> = ALL.iter().map(|row| row.key).collect();
    assert_eq!(read, declared);
}

#[test]
fn every_default_is_valid() {
    let config = Config::for_testing(Path::new("here"));
    assert_eq!(config.storage.data, Path::new("here"));
    assert_eq!(config.listen.address.port(), 0);
    assert_eq!(config.storage.max_upload_size, 512 * 1024 * 1024);
    assert_eq!(config.import.max_unpacked_size, 1024 * 1024 * 1024);
    assert_eq!(config.access.token_expiration, None);
    assert_eq!(config.file(), None);
}

#[test]
fn a_command_with_few_flags_still_follows_environment_and_file() {
    let (_folder, data) = with_file("minimum_password_length = 14\nlisten = \"[::1]:9\"\n");
    let flags = Command::new("passwd")
        .args(args(&LOCATION))
        .try_get_matches_from(["passwd", "--data", data.as_str()])
        .unwrap();
    let environment = |name: &str| (name == "GALAXY_LISTEN").then(|| "localhost:7".into());
    let config = Config::load_with(&flags, &environment).unwrap();
    assert_eq!(config.access.minimum_password_length, 14);
    assert_eq!(config.listen.address.port(), 7);
}

#[test]
fn a_secret_is_masked_wherever_it_could_be_printed() {
    let config = load(&[], &[("GALAXY_ADMIN_PASSWORD", " \"hunter two ")]).unwrap();
    let password = config.access.admin_password.as_ref().unwrap();
    assert_eq!(password.expose(), " \"hunter two ", "spaces belong to it");
    assert!(!format!("{config:?}").contains("hunter"));
    let shown = shown(&config, "admin_password");
    assert_eq!(shown.value.as_deref(), Some("********"));
    assert!(!complaint("admin_password = [\"hunter two\"]").contains("hunter"));
}

#[test]
fn an_unknown_key_is_answered_with_the_nearest_known_one() {
    let message = complaint("lisen = \"127.0.0.1:80\"");
    assert!(message.contains("unknown setting `lisen` in "), "{message}");
    assert!(message.contains("galaxy.toml, line 1"), "{message}");
    assert!(message.ends_with("did you mean `listen`?"), "{message}");
    let message = complaint("GALAXY_REQUIRE_CONTENT_APPROVAL = true");
    assert!(message.ends_with("did you mean `require_content_approval`?"));
    let message = complaint("\n[server]\nlisten = \"127.0.0.1:80\"");
    assert!(message.contains("without [sections]"), "{message}");
    let message = complaint("zzz = 1");
    assert!(message.contains("config show"), "{message}");
}

#[test]
fn a_wrong_type_names_file_key_and_expected_form() {
    let message = complaint("\n\nworkers = \"four\"");
    assert!(message.contains("`workers` in "), "{message}");
    assert!(message.contains("galaxy.toml, line 3"), "{message}");
    assert!(message.contains("a whole number"), "{message}");
    assert!(message.contains("found a string"), "{message}");
}

#[test]
fn a_bad_value_names_the_place_it_was_written_at() {
    let message = load(&["--listen", "8000"], &[]).unwrap_err().to_string();
    assert!(
        message.starts_with("--listen: \"8000\" is not "),
        "{message}"
    );
    let message = load(&[], &[("PULP_GALAXY_TOKEN_EXPIRATION", "soon")]).unwrap_err();
    let message = message.to_string();
    assert!(
        message.starts_with("PULP_GALAXY_TOKEN_EXPIRATION: "),
        "{message}"
    );
    assert!(message.contains("minutes"), "{message}");
    let message = complaint("max_upload_size = \"12 parsecs\"");
    assert!(message.starts_with("`max_upload_size` in "), "{message}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_refused_by_name() {
    use std::os::unix::ffi::OsStringExt;
    let flags = Command::new("serve")
        .args(args(&ALL))
        .get_matches_from(["serve"]);
    let broken = |name: &str| (name == "GALAXY_DATA").then(|| OsString::from_vec(vec![0xff]));
    let message = Config::load_with(&flags, &broken).unwrap_err().to_string();
    assert!(message.starts_with("GALAXY_DATA: "), "{message}");
}

#[test]
fn a_named_file_must_exist_and_a_found_one_may_not_move_the_data() {
    let (folder, _) = with_file("");
    let missing = folder.path().join("missing.toml");
    let line = ["--config", missing.to_str().unwrap()];
    let message = load(&line, &[]).unwrap_err().to_string();
    assert!(message.contains("missing.toml"), "{message}");
    assert!(complaint("data = \"/elsewhere\"").contains("--config"));
    assert!(complaint("config = \"/elsewhere\"").contains("cannot be set in"));
}

#[test]
fn a_named_file_may_say_where_the_data_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("etc.toml");
    fs::write(
        &path,
        "data = \"/srv/galaxy\"\ntrusted_proxies = [\"10.0.0.0/8\"]",
    )
    .unwrap();
    let config = load(
        &[],
        &[
            ("GALAXY_CONFIG", path.to_str().unwrap()),
            ("GALAXY_DATA", ""),
        ],
    )
    .unwrap();
    assert_eq!(config.storage.data, Path::new("/srv/galaxy"));
    assert_eq!(config.file(), Some(path.as_path()));
    let proxy = std::net::IpAddr::from([10, 9, 8, 7]);
    assert!(config.listen.trusted_proxies.trusts(proxy));
}

#[test]
fn broken_toml_names_the_line() {
    let message = complaint("workers = 2\nlisten = \n");
    assert!(message.contains("galaxy.toml, line 2"), "{message}");
}
