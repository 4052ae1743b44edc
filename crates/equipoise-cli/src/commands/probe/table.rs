//! The results for people: one table a probe, one column a model.

use std::fmt::Write as _;

use equipoise_text::ProbeSpec;

use super::results::{ProbeResults, RecordEntry};
use crate::text_table::{TextTable, grouped};

/// The tables of all probes. Without `subsets`, a measure that has a value for all examples is
/// shown for those alone.
pub(super) fn render(results: &ProbeResults, subsets: bool) -> String {
    let mut text = String::new();
    for spec in results.probes() {
        // Writing into a text does not fail.
        let _ = writeln!(text, "{}: {}\n", spec.name, spec.summary);
        text.push_str(&table(results, spec, subsets));
        for measure in results
            .measures
            .iter()
            .filter(|entry| entry.probe == spec.name)
        {
            let _ = writeln!(
                text,
                "{}: {}; the higher, {}",
                measure.measure, measure.summary, measure.higher
            );
        }
        for refused in results
            .not_asked
            .iter()
            .filter(|refused| refused.probe == spec.name)
        {
            let model = refused.model.as_deref().unwrap_or("every model");
            let _ = writeln!(text, "{model} was not asked: {}", refused.reason);
        }
        text.push('\n');
    }
    for refused in results
        .not_asked
        .iter()
        .filter(|refused| refused.model.is_none())
    {
        let _ = writeln!(text, "{}: {}", refused.probe, refused.reason);
    }
    format!("{}\n", text.trim_end())
}

/// The rows of a probe; empty where no model answered.
fn table(results: &ProbeResults, spec: &ProbeSpec, subsets: bool) -> String {
    let of_probe: Vec<&RecordEntry> = (results.records.iter())
        .filter(|record| record.probe == spec.name)
        .collect();
    if of_probe.is_empty() {
        return String::new();
    }
    let mut table = TextTable::new()
        .text("measure")
        .text("examples")
        .number("count")
        .number("ideal");
    for model in &results.models {
        table = table.text(&model.name);
    }
    let has_whole = |measure: &str| {
        (of_probe.iter()).any(|record| record.measure == measure && record.subset.is_empty())
    };
    let is_same = |a: &RecordEntry, b: &RecordEntry| a.measure == b.measure && a.subset == b.subset;
    for measure in spec.measures {
        let mut shown: Vec<&RecordEntry> = Vec::new();
        for record in of_probe
            .iter()
            .filter(|record| record.measure == measure.name)
        {
            let is_detail = !record.subset.is_empty() && has_whole(measure.name);
            if (is_detail && !subsets) || shown.iter().any(|known| is_same(known, record)) {
                continue;
            }
            shown.push(record);
            let mut cells = vec![
                record.measure.clone(),
                record.examples(),
                grouped(record.count),
                measure
                    .ideal
                    .map_or_else(|| "-".to_owned(), |ideal| ideal.to_string()),
            ];
            for model in &results.models {
                let answer = (of_probe.iter())
                    .find(|answer| answer.model == model.name && is_same(answer, record));
                cells.push(answer.map_or_else(|| "not asked".to_owned(), |answer| cell(answer)));
            }
            table.row(cells);
        }
    }
    format!("{table}\n")
}

/// `0.512 [0.487, 0.537] p=0.031`, or why there is no value.
fn cell(record: &RecordEntry) -> String {
    let Some(value) = record.value else {
        return record.reason.clone().unwrap_or_else(|| "-".to_owned());
    };
    let mut text = format!("{value:.3}");
    if let (Some(low), Some(high)) = (record.low, record.high) {
        let _ = write!(text, " [{low:.3}, {high:.3}]");
    }
    match record.p_value {
        Some(p) if p < 0.0005 => text.push_str(" p<0.001"),
        Some(p) => {
            let _ = write!(text, " p={p:.3}");
        }
        None => {}
    }
    text
}
