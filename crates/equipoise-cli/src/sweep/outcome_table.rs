//! What is printed at the end of a sweep.

use std::path::Path;

use equipoise_report::PeerVerdict;

use super::{
    objective::Objective,
    recommendation::Recommendation,
    summary::{Summary, TrialSummary},
    trial::{Settings, trial_name},
};
use crate::text_table::TextTable;

/// The trials, those of the front marked, the recommendation, and other systems; without verdicts
/// there is no page either.
pub(crate) fn outcome_table(
    measures: &[Objective],
    settings: &[Settings],
    trials: &[TrialSummary],
    front: &[usize],
    recommendation: &Recommendation,
    verdicts: Option<&[PeerVerdict]>,
    folder: &Path,
) -> String {
    let mut table = TextTable::new().text("").text("trial");
    for measure in measures {
        table = table.number(measure.to_string()).number("test");
    }
    table = table.text("settings");
    for (trial, settings) in trials.iter().zip(settings) {
        let mark = if front.contains(&trial.trial) {
            "*"
        } else {
            ""
        };
        let numbers = trial.valid.iter().zip(&trial.test);
        let numbers = numbers.flat_map(|(valid, test)| [with_interval(valid), mean(test)]);
        table.row(
            [mark.to_owned(), trial_name(trial.trial)]
                .into_iter()
                .chain(numbers)
                .chain([settings.to_string()]),
        );
    }
    let n = trials
        .first()
        .and_then(|trial| trial.valid.first())
        .map_or(0, |summary| summary.n);
    let run = recommendation
        .run
        .as_ref()
        .map(|run| format!("Model:  {}\n", folder.join(run).display()))
        .unwrap_or_default();
    let mut others = String::new();
    for verdict in verdicts.unwrap_or_default() {
        if others.is_empty() {
            others.push_str("Beside other systems, by the test part:\n");
        }
        others.extend(["- ", verdict.sentence.as_str(), "\n"]);
    }
    if !others.is_empty() {
        others.push('\n');
    }
    let page = verdicts.map_or_else(String::new, |_| {
        format!("Page:   {}\n", folder.join("sweep.html").display())
    });
    format!(
        "Means over {n} seeds on the validation part, with the widest interval, and beside them on \
         the test part; * marks the Pareto front.\n\n{table}\n{}\n\n{others}{run}{page}Tables: {}\n",
        recommendation.reason,
        folder.join("sweep.csv").display()
    )
}

fn with_interval(summary: &Summary) -> String {
    let ends = summary.low.zip(summary.high);
    ends.map_or_else(
        || mean(summary),
        |(low, high)| format!("{} [{low:.4}, {high:.4}]", mean(summary)),
    )
}

fn mean(summary: &Summary) -> String {
    summary
        .mean
        .map_or_else(|| "-".to_owned(), |mean| format!("{mean:.4}"))
}
