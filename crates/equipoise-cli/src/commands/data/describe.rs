//! `equipoise data describe FILE`: what a file holds, group by group.

use equipoise_core::{
    DataProfile, MissingPolicy,
    profile::{ColumnKind, ColumnProfile, GroupProfile, Proxy},
};
use equipoise_data::{DescribeOptions, LabelConfig, describe_file};

use crate::{
    args::{DescribeArgs, DescribeFormat},
    commands::columns,
    error::CliError,
    outcome::Outcome,
    output,
    text_table::{TextTable, counted, grouped},
};

/// Prints the profile of a file.
pub(super) fn execute(args: &DescribeArgs) -> Result<Outcome, CliError> {
    let profile = profile(args)?;
    let text = match args.format {
        DescribeFormat::Table => format!("{}\n\n{}", args.file.display(), render(&profile)),
        DescribeFormat::Json => {
            let json = serde_json::to_string_pretty(&profile)
                .map_err(CliError::encode("the profile as JSON"))?;
            json + "\n"
        }
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}

fn profile(args: &DescribeArgs) -> Result<DataProfile, CliError> {
    let label = args.label.iter().map(|column| ("--label", column.as_str()));
    let group = args.group.iter().map(|column| ("--group", column.as_str()));
    columns::expect_distinct(label.chain(group))?;
    let options = DescribeOptions {
        label: args.label.as_ref().map(|column| LabelConfig {
            positive: args.positive.clone(),
            ..LabelConfig::column(column)
        }),
        // Rows whose group is missing are people too: they are shown as a group.
        groups: columns::groups(&args.group, &args.columns.bins, MissingPolicy::OwnGroup)?,
        missing_values: args.columns.missing_values.clone(),
        ..DescribeOptions::default()
    };
    describe_file(&args.file, &options).map_err(CliError::ByOptions)
}

/// A profile as tables for people.
pub(super) fn render(profile: &DataProfile) -> String {
    let mut parts = vec![format!(
        "{}, {}\n\n{}",
        counted(profile.rows, "row", "rows"),
        counted(profile.columns.len(), "column", "columns"),
        column_table(&profile.columns)
    )];
    if !profile.groups.is_empty() {
        parts.push(groups(&profile.groups, profile.rows).to_string());
    }
    if !profile.proxies.is_empty() {
        parts.push(format!(
            "Columns that give a group away, by the share of what there is to know about it:\n\n{}",
            proxies(&profile.proxies)
        ));
    }
    parts.join("\n")
}

fn column_table(columns: &[ColumnProfile]) -> TextTable {
    let mut table = TextTable::new()
        .text("column")
        .text("kind")
        .number("missing")
        .number("distinct")
        .text("values");
    for column in columns {
        let (kind, values) = match column.kind {
            ColumnKind::Number => (
                "number",
                match (column.min, column.mean, column.max) {
                    (Some(min), Some(mean), Some(max)) => {
                        format!("{} to {}, mean {}", short(min), short(max), short(mean))
                    }
                    _ => "none".to_owned(),
                },
            ),
            ColumnKind::Text => (
                "text",
                match &column.most_frequent {
                    Some(value) => format!("most often {value}"),
                    None => "none".to_owned(),
                },
            ),
        };
        table.row([
            column.name.clone(),
            kind.to_owned(),
            grouped(column.missing),
            grouped(column.distinct),
            values,
        ]);
    }
    table
}

/// The groups, with their share of all rows and their base rates.
pub(super) fn groups(groups: &[GroupProfile], rows: usize) -> TextTable {
    let labelled = groups.iter().any(|group| group.labelled.is_some());
    let mut table = TextTable::new()
        .text("group")
        .number("rows")
        .number("share");
    if labelled {
        table = table
            .number("labelled")
            .number("positive")
            .number("base rate");
    }
    for group in groups {
        let name = group
            .attributes
            .iter()
            .map(|(attribute, value)| format!("{attribute}={value}"))
            .collect::<Vec<_>>()
            .join(", ");
        let share = (rows > 0).then(|| group.count as f64 / rows as f64);
        let mut cells = vec![name, grouped(group.count), percent(share)];
        if labelled {
            cells.extend([
                group.labelled.map_or_else(|| "-".to_owned(), grouped),
                group.positives.map_or_else(|| "-".to_owned(), grouped),
                percent(group.base_rate),
            ]);
        }
        table.row(cells);
    }
    table
}

fn proxies(proxies: &[Proxy]) -> TextTable {
    let mut table = TextTable::new()
        .text("column")
        .text("of group")
        .number("share known");
    for proxy in proxies {
        table.row([
            proxy.column.clone(),
            proxy.attribute.clone(),
            percent(Some(proxy.normalised_mutual_information)),
        ]);
    }
    table
}

/// A share as a percentage; a dash where there is none.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}%", 100.0 * share))
}

/// At most four decimals, and none that say nothing.
fn short(number: f64) -> String {
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(38.0), "38");
        assert_eq!(short(38.581_646), "38.5816");
        assert_eq!(short(-0.000_001), "0");
        assert_eq!(percent(Some(0.2408)), "24.1%");
        assert_eq!(percent(None), "-");
    }
}
