//! `equipoise data check CONFIG`: a configuration against its data, before an hour of training.

use equipoise_core::{Examples, SplitPart, Task};
use equipoise_data::{Prepared, prepare};
use equipoise_losses::TaskKind;

use super::describe;
use crate::{
    args::CheckArgs,
    config::Config,
    context::Context,
    error::CliError,
    outcome::Outcome,
    output,
    text_table::{TextTable, counted, grouped},
};

/// Reads, splits and encodes the data as training would, and prints what came of it.
pub(super) fn execute(args: &CheckArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    let config = context.load(&args.config)?;
    let prepared = prepare(config.data(), config.seed())?;
    let losses = fairness(&config, &prepared, context)?;
    output::print(&render(&config, &prepared, &losses))?;
    Ok(Outcome::Done)
}

/// What each fairness loss is, once it is known to fit the groups and the task.
fn fairness(
    config: &Config,
    prepared: &Prepared,
    context: &Context<'_>,
) -> Result<Vec<String>, CliError> {
    let losses = context.registry().losses();
    let task = TaskKind::of(&prepared.task)?;
    config
        .fairness()
        .iter()
        .map(|fairness| {
            let term = losses.term(fairness, &prepared.schema)?;
            term.loss.check_task(task)?;
            Ok(format!(
                "{} between groups of {}, lambda {}",
                term.loss.name(),
                fairness.groups.join(" x "),
                fairness.lambda
            ))
        })
        .collect()
}

fn render(config: &Config, prepared: &Prepared, losses: &[String]) -> String {
    let losses = match losses {
        [] => "none".to_owned(),
        losses => losses.join("\n          "),
    };
    let facts = format!(
        "\
source    {}
sha256    {}
rows      {} of {} in the file
predicts  {}
features  {}
model     {}
fairness  {}

{}
{}",
        config.data().source().display(),
        prepared.sha256,
        grouped(prepared.profile.rows),
        grouped(prepared.rows),
        predicts(config, &prepared.task),
        features(config, prepared),
        config.model().spec().name,
        losses,
        parts(prepared),
        describe::groups(&prepared.profile.groups, prepared.profile.rows),
    );
    let dropped = prepared.dropped.iter().map(|dropped| {
        format!(
            "note: {} left out: {}\n",
            counted(dropped.count, "row was", "rows were"),
            dropped.reason
        )
    });
    let warnings = prepared
        .warnings
        .iter()
        .map(|warning| format!("warning: {warning}\n"));
    [facts]
        .into_iter()
        .chain(dropped)
        .chain(warnings)
        .chain(["The configuration fits its data.\n".to_owned()])
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a model sees of a row.
fn features(config: &Config, prepared: &Prepared) -> String {
    if let Some(text) = &config.data().config().text {
        return format!("the text in {text}");
    }
    let features = prepared.encoder.features();
    let numbers = features
        .iter()
        .filter(|feature| feature.is_number())
        .count();
    format!(
        "{}, {}",
        counted(numbers, "number", "numbers"),
        counted(features.len() - numbers, "category", "categories"),
    )
}

fn predicts(config: &Config, task: &Task) -> String {
    let column = &config.data().label().column;
    match task {
        Task::Binary { positive } => format!("{column} = {positive}"),
        Task::Multiclass { classes } => format!("{column}, one of {}", classes.join(", ")),
        _ => format!("{column}, a number"),
    }
}

fn parts(prepared: &Prepared) -> TextTable {
    let binary = matches!(prepared.task, Task::Binary { .. });
    let mut table = TextTable::new().text("part").number("rows");
    if binary {
        table = table.number("positive");
    }
    for part in SplitPart::ALL {
        let examples = prepared.part(part);
        let mut cells = vec![part.name().to_owned(), grouped(examples.len())];
        if binary {
            cells.push(grouped(positives(examples)));
        }
        table.row(cells);
    }
    table
}

fn positives(examples: &Examples) -> usize {
    examples
        .targets()
        .iter()
        .filter(|target| **target > 0.5)
        .count()
}
