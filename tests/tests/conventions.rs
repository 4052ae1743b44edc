//! `docs/conventions.md` from end to end: each command of the page under each convention, against
//! what the page says of it.

use std::{
    io,
    path::Path,
    process::{Command, Output, Stdio},
};

use equipoise_metrics::{Attributes, Audit, Convention, Method, Record, Scope};

const PAGE: &str = include_str!("../../docs/conventions.md");

/// How a cell says that there is no value.
const WITHOUT_VALUE: [&str; 4] = [
    "not estimable",
    "not defined",
    "none to a reference",
    "nothing is",
];

/// The predictions, as the page has them in `$compas`.
fn columns() -> Vec<&'static str> {
    let line = PAGE.lines().find_map(|line| line.strip_prefix("compas="));
    line.unwrap_or_default()
        .trim_matches('"')
        .split(' ')
        .collect()
}

/// The options of a command of the page, which begins with `equipoise audit $compas`.
fn options(line: &str) -> Option<Vec<&str>> {
    let (_, rest) = line.split_once("`equipoise audit $compas ")?;
    let (options, _) = rest.split_once('`')?;
    Some(options.split(' ').collect())
}

/// The options of the numbered commands, in order.
fn commands() -> Vec<Vec<&'static str>> {
    let mut commands: Vec<Vec<&str>> = Vec::new();
    for line in PAGE.lines() {
        let Some(rest) = line.strip_prefix(&format!("{}. ", commands.len() + 1)) else {
            continue;
        };
        let command = match options(rest) {
            Some(options) => options,
            None if rest.starts_with("the same") => commands.last().cloned().unwrap_or_default(),
            None => Vec::new(),
        };
        commands.push(command);
    }
    commands
}

/// The cells of the table, without the row of names.
fn table() -> Vec<Vec<&'static str>> {
    let after = PAGE
        .split_once("## The table")
        .map_or("", |(_, after)| after);
    let lines = after.lines().filter(|line| line.starts_with("| "));
    let cells = lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect());
    cells.skip(1).collect()
}

fn run(options: &[&str], convention: Convention) -> io::Result<Output> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Command::new(env!("CARGO_BIN_EXE_equipoise-under-test"))
        .current_dir(root)
        .env_remove("EQUIPOISE_LOG")
        .stdin(Stdio::null())
        .arg("audit")
        .args(columns())
        .args(options)
        .args(["--convention", convention.name()])
        // What is compared are values, not intervals.
        .args(["--replicates", "0", "--format", "json"])
        .output()
}

/// The numbers of a cell as they are written, those between backticks left out.
fn numbers(cell: &str) -> Vec<&str> {
    let prose = cell.split('`').step_by(2);
    let words = prose.flat_map(|text| text.split([' ', ',', ':', ';', '(', ')']));
    words.filter(|word| word.parse::<f64>().is_ok()).collect()
}

/// Whether a number is a value, rounded to the digits that are written.
fn is_rounded(written: &str, value: f64) -> bool {
    let digits = written
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    format!("{value:.digits$}") == written
}

/// What a row of the table is about, by its number.
fn is_about(row: usize, record: &Record) -> bool {
    let by_method = |methods: &[Method]| record.method.is_some_and(|m| methods.contains(&m));
    let of_groups = by_method(&[Method::BetweenGroups, Method::ToReference]);
    let values: Vec<&str> = record
        .attributes
        .iter()
        .flat_map(Attributes::values)
        .collect();
    match row {
        1..=4 => record.scope == Scope::Group && values == ["Female", "Asian"],
        5 => record.scope == Scope::Difference && of_groups,
        6 | 7 => record.scope == Scope::Ratio && of_groups,
        8 => record.scope == Scope::Ratio && by_method(&[Method::ToReference]),
        9 => record.scope == Scope::Difference,
        10 => of_groups,
        11 => by_method(&[Method::ToReference]),
        12 => by_method(&[Method::BetweenGroups]) && record.scope != Scope::Variance,
        13 => {
            let is_asian = record.attributes.is_none() || values == ["Asian"];
            record.scope == Scope::Ratio && of_groups && is_asian
        }
        _ => false,
    }
}

/// Checks one cell.
fn check(row: usize, cell: &str, output: &Output) -> Result<(), String> {
    if cell == "an error" {
        return match output.status.code() {
            Some(1 | 2) => Ok(()),
            code => Err(format!("ends with {code:?}")),
        };
    }
    let audit: Audit = serde_json::from_slice(&output.stdout).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("{error}: {said}")
    })?;
    if row == 14 {
        let is_marked = audit
            .notes
            .iter()
            .any(|note| note.contains("fewer than 30"));
        let expected = cell == "marked below 30 rows";
        return (is_marked == expected)
            .then_some(())
            .ok_or_else(|| format!("the notes are {:?}", audit.notes));
    }
    let records = audit.records.iter().filter(|record| is_about(row, record));
    let values: Vec<f64> = records.filter_map(|record| record.value).collect();
    if WITHOUT_VALUE.iter().any(|phrase| cell.starts_with(phrase)) {
        return (values.is_empty())
            .then_some(())
            .ok_or_else(|| format!("has the values {values:?}"));
    }
    if values.is_empty() {
        return Err("has no value".to_owned());
    }
    let written = numbers(cell);
    let is_value = |number: &&str| values.iter().any(|&value| is_rounded(number, value));
    match written.iter().find(|number| !is_value(number)) {
        None => Ok(()),
        Some(number) => Err(format!("{number} is none of {values:?}")),
    }
}

#[test]
fn every_cell_of_the_table_says_what_its_command_prints() {
    let commands = commands();
    let table = table();
    assert_eq!((table.len(), commands.len()), (14, 14));
    let mut wrong = Vec::new();
    for (row, cells) in (1..).zip(&table) {
        let [_, number, cells @ ..] = cells.as_slice() else {
            panic!("row {row} has too few cells");
        };
        assert_eq!(*number, row.to_string(), "the number of the command");
        assert_eq!(cells.len(), Convention::ALL.len());
        let mut said = "";
        for (convention, cell) in Convention::ALL.into_iter().zip(cells) {
            if *cell != "the same" {
                said = cell;
            }
            let output = run(&commands[row - 1], convention).unwrap();
            if let Err(problem) = check(row, said, &output) {
                wrong.push(format!("row {row}, {convention}: `{said}`: {problem}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_a_column_for_each_convention() {
    let names = PAGE.lines().find(|line| line.starts_with("| question"));
    let names: Vec<&str> = names
        .unwrap_or_default()
        .split('`')
        .skip(1)
        .step_by(2)
        .collect();
    assert_eq!(names, Convention::ALL.map(Convention::name));
}

#[test]
fn the_example_of_controls_gives_the_numbers_of_the_page() {
    let after = PAGE
        .split_once("**Controls.**")
        .map_or("", |(_, after)| after);
    let options = options(after).unwrap_or_default();
    assert!(options.contains(&"--control"), "{options:?}");
    let (_, sentence) = after.split_once("gives ").unwrap_or_default();
    let (sentence, _) = sentence.split_once(" within strata").unwrap_or_default();
    let written = numbers(sentence);
    let output = run(&options, Convention::Equipoise).unwrap();
    let audit: Audit = serde_json::from_slice(&output.stdout).unwrap();
    let difference = |metric: &str, method| {
        let found = audit.aggregate(metric, Scope::Difference, &["sex"], Some(method));
        found.and_then(|record| record.value).unwrap_or(f64::NAN)
    };
    let found = [
        difference("demographic_parity", Method::BetweenGroups),
        difference("conditional_demographic_parity", Method::Mean),
        difference("conditional_demographic_parity", Method::Max),
    ];
    assert_eq!(written.len(), found.len(), "{written:?}");
    for (written, found) in written.iter().zip(found) {
        assert!(is_rounded(written, found), "{written} is not {found}");
    }
}
