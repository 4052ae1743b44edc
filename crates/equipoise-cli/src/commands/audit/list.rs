//! `equipoise audit --list`: the metrics and the conventions.

use equipoise_metrics::{Convention, Direction, METRICS};

use super::metrics::{is_of_every_task, needs_scores};
use crate::text_table::TextTable;

/// The metrics with what they need, and the conventions.
pub(super) fn render() -> String {
    let mut table = TextTable::new()
        .text("metric")
        .text("of")
        .text("needs")
        .text("better")
        .text("is");
    for spec in METRICS {
        let of = match (is_of_every_task(spec), spec.is_of_regression()) {
            (true, _) => "all",
            (false, true) => "numbers",
            (false, false) => "classes",
        };
        let needs = if needs_scores(spec) {
            "scores"
        } else {
            "predictions"
        };
        let better = match (spec.has_group_values(), spec.direction) {
            (false, _) => "equal",
            (true, Direction::HigherIsBetter) => "higher",
            (true, Direction::LowerIsBetter) => "lower",
            (true, Direction::Neutral) => "-",
        };
        table.row([spec.name, of, needs, better, spec.summary].map(str::to_owned));
    }
    let conventions = Convention::ALL.map(Convention::name).join(", ");
    format!(
        "{table}\nMetrics of classes are for `--task binary`, and for `multiclass` and `multilabel` of each class \
         or output\nand as their mean; metrics of numbers are for `--task regression`.\nWhat is better `equal` exists between groups alone. All others are audited for all \
         rows and every group,\nand as difference, ratio, minimum and maximum between groups.\n\
         conventions: {conventions}\n"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_readable() {
        insta::assert_snapshot!(super::render());
    }
}
