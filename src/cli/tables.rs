//! `routes` and `policy`: the two tables of the program, as text.

use crate::cli::say;
use crate::http;
use crate::policy::action::Action;
use crate::policy::object::Kind;
use crate::policy::rule::Door;
use crate::policy::rule::Effect;
use crate::policy::rule::Place;
use crate::policy::rule::Switch;
use crate::policy::rule::When;
use crate::policy::rule::rule;

pub(super) fn routes() -> anyhow::Result<()> {
    let mut lines = vec![
        "{A} is /api/galaxy/ or /api/; below {A}content/<base path>/ the same routes serve that distribution."
            .to_owned(),
    ];
    lines.extend(http::routes().lines().iter().map(ToString::to_string));
    say(&lines)
}

pub(super) fn policy() -> anyhow::Result<()> {
    let lines: Vec<String> = Action::ALL.iter().map(|action| describe(*action)).collect();
    say(&lines)
}

fn describe(action: Action) -> String {
    let rule = rule(action);
    let mut asks = vec![
        match rule.door {
            Door::Anyone => "anyone",
            Door::SignedLink => "whoever has a signed link",
            Door::OpenIf(Switch::AnonymousAccess) => "signed in, or anonymous access is on",
            Door::OpenIf(Switch::AnonymousDownload) => "signed in, or anonymous download is on",
            Door::OpenIf(Switch::AnonymousDescription) => {
                "signed in, or the description needs no authentication"
            }
            Door::SignedIn => "signed in",
            Door::Superuser => "superuser",
            Door::Nobody => "nobody",
        }
        .to_owned(),
    ];
    asks.extend(rule.needs.iter().map(|need| {
        let place = match need.place {
            Place::Site => "everywhere",
            Place::On(kind) => on(kind),
        };
        let when = match need.when {
            When::Always => "",
            When::NamespaceExists => " (if the namespace exists)",
            When::NamespaceMissing => " (if the namespace has to be created)",
            When::RepositoryUnlabelled => " (if the repository has no pipeline label)",
            When::RepositoryMissing => " (if a repository named is not there)",
            When::ByNamespace => " (this will do)",
            When::ByCollection => " (or this)",
            When::NothingServed => " (if the distribution serves nothing)",
            When::GroupOfOthers => " (if a group changes that the caller is not in)",
            When::TaskOfAnother => " (if somebody else started the task)",
        };
        format!("{} {place}{when}", need.permission)
    }));
    if rule.seeing_repository {
        asks.push("sees the repository".to_owned());
    }
    if rule.sparing {
        asks.push("neither oneself nor a superuser".to_owned());
    }
    let effect = match rule.effect {
        Effect::Read => "reads",
        Effect::Write => "writes",
    };
    format!("{:<21} {effect:<6} {}", action.name(), asks.join("; "))
}

fn on(kind: Kind) -> &'static str {
    match kind {
        Kind::Namespace => "on the namespace",
        Kind::Repository => "on the repository",
        Kind::Remote => "on the remote",
        Kind::Distribution => "on the distribution",
        Kind::Collection => "on the collection",
        Kind::Task => "on the task",
        Kind::Group => "on the group",
        Kind::User => "on the user",
        Kind::Foreign(_) => "on something this hub does not have",
    }
}
