//! `equipoise audit --list`: the metrics and the conventions.

use equipoise_metrics::{Convention, Direction, METRICS};

use crate::text_table::TextTable;

/// The metrics with what they need, and the conventions.
pub(super) fn render() -> String {
    let mut table = TextTable::new()
        .text("metric")
        .text("needs")
        .text("better")
        .text("is");
    // The command audits decisions; what is predicted as a number is for the library.
    for spec in METRICS.iter().filter(|spec| !spec.is_of_regression()) {
        let needs = if spec.is_count_based() {
            "predictions"
        } else {
            "scores"
        };
        let better = match (spec.has_group_values(), spec.direction) {
            (false, _) => "equal",
            (true, Direction::HigherIsBetter) => "higher",
            (true, Direction::LowerIsBetter) => "lower",
            (true, Direction::Neutral) => "-",
        };
        table.row([spec.name, needs, better, spec.summary].map(str::to_owned));
    }
    let conventions = Convention::ALL.map(Convention::name).join(", ");
    format!(
        "{table}\nWhat is better `equal` exists between groups alone. All others are audited for all \
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
