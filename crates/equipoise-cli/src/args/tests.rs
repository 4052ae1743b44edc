//! What the program says of itself.

use clap::{CommandFactory, Parser};

use super::Cli;

/// The help of a command, at a width that does not depend on the terminal.
fn help(path: &[&str]) -> String {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut found = &mut command;
    for name in path {
        found = found.find_subcommand_mut(name).unwrap();
    }
    found.render_long_help().to_string()
}

#[test]
fn the_grammar_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn help_of_every_command() {
    for path in [
        &[] as &[&str],
        &["run"],
        &["sweep"],
        &["pretrain"],
        &["finetune"],
        &["audit"],
        &["probe"],
        &["report"],
        &["track"],
        &["data"],
        &["data", "list"],
        &["data", "get"],
        &["data", "describe"],
        &["data", "check"],
    ] {
        let name = [&["help"], path].concat().join("_");
        insta::assert_snapshot!(name, help(path));
    }
}

#[test]
fn what_is_not_legal_says_why() {
    for (name, args) in [
        (
            "threshold_without_score",
            &[
                "audit",
                "p.csv",
                "--label",
                "y",
                "--prediction",
                "p",
                "--group",
                "sex",
                "--threshold",
                "0.4",
            ] as &[&str],
        ),
        (
            "unknown_convention",
            &[
                "audit",
                "p.csv",
                "--label",
                "y",
                "--prediction",
                "p",
                "--group",
                "sex",
                "--convention",
                "fairlern",
            ],
        ),
        ("list_with_a_file", &["audit", "p.csv", "--list"]),
        (
            "set_without_value",
            &["run", "a.toml", "--set", "fairness.lambda"],
        ),
        (
            "set_not_toml",
            &["run", "a.toml", "--set", "data.groups=[sex]"],
        ),
        (
            "empty_name_of_a_group",
            &["data", "describe", "p.csv", "--group", "sex,"],
        ),
        (
            "bins_descending",
            &["data", "describe", "p.csv", "--bins", "age=45,25"],
        ),
        (
            "device_where_none_is_used",
            &["data", "list", "--device", "cpu"],
        ),
        ("unknown_command", &["adit"]),
    ] {
        let error = Cli::try_parse_from(["equipoise"].iter().chain(args)).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{args:?}");
        insta::assert_snapshot!(name, error.render().to_string());
    }
}
