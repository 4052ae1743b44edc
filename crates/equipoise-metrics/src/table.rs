//! An audit as text: for people, and as CSV.

use std::{fmt::Write as _, slice};

use crate::{
    Attributes, Audit, METRICS, Method, MetricSpec, Record, Scope, notes, record::group_list,
};

/// Metric columns are spread over several blocks so that no line is wider, where possible.
const WIDTH: usize = 110;

impl Audit {
    /// The audit as a table for people.
    ///
    /// For each attribute and intersection: one row for each group with the values of the metrics
    /// and their intervals, then the gaps between the groups, with their p-values and bounds where
    /// there are any, and each group against the reference group; then the same within each stratum
    /// of the control attributes. Values against the overall one (`to_overall`) and variances are
    /// left to JSON and CSV. `*` marks groups below `min_count`; `-` stands for
    /// a value that is not estimable, and the reasons follow below. So do the groups without a
    /// value, by the number behind the name of a gap that leaves them out. Of several classes or
    /// outputs, the tables of the whole come first, then those of each, then those of their means.
    pub fn to_table(&self) -> String {
        let mut text = format!(
            "{}, convention {}, {} % intervals\n",
            notes::rows(self.rows),
            self.convention,
            100.0 * self.confidence
        );
        let mut reasons = Reasons::default();
        self.tables(&mut text, &mut reasons);
        for stratum in &self.strata {
            let within = self.within(stratum);
            let head = format!(
                "\nwithin {}: {}",
                stratum.control,
                notes::rows(stratum.rows)
            );
            line(&mut text, &head);
            within.tables(&mut text, &mut reasons);
        }
        reasons.write(&mut text);
        if self.records.iter().any(|record| self.is_small(record)) {
            line(
                &mut text,
                &format!("\n* fewer than {} rows", self.min_count),
            );
        }
        for note in &self.notes {
            line(&mut text, &format!("note: {note}"));
        }
        text
    }

    fn tables(&self, text: &mut String, reasons: &mut Reasons) {
        for by in self.sections() {
            for class in self.classes() {
                if let Some(class) = class {
                    line(text, &format!("\nclass: {class}"));
                }
                self.groups_table(text, &by, class, reasons);
                self.gaps_table(text, &by, class, reasons);
                self.reference_table(text, &by, class, reasons);
            }
        }
    }

    /// Whether a record is of a group that has rows, and fewer than the smallest that counts.
    fn is_small(&self, record: &Record) -> bool {
        record.scope == Scope::Group
            && record
                .count
                .is_some_and(|count| count > 0 && count < self.min_count)
    }

    /// The metrics of which each group has a value, other than the number of rows.
    fn group_metrics(&self, class: Option<&str>) -> Vec<&'static MetricSpec> {
        let audited = |spec: &&&MetricSpec| {
            spec.name != "count" && self.overall_of(spec.name, class).is_some()
        };
        METRICS.iter().filter(audited).copied().collect()
    }

    fn groups_table(
        &self,
        text: &mut String,
        by: &[&str],
        class: Option<&str>,
        reasons: &mut Reasons,
    ) {
        let metrics = self.group_metrics(class);
        let Some(first) = metrics.first() else {
            return;
        };
        let mut labels = vec![by.join(" x "), "all".to_owned()];
        let mut counts = vec!["count".to_owned(), self.rows.to_string()];
        for record in self.groups_of(first.name, by, class) {
            let values: Vec<&str> = record
                .attributes
                .iter()
                .flat_map(Attributes::values)
                .collect();
            let count = record.count.map(|count| count.to_string());
            labels.push(values.join(" x "));
            let mark = if self.is_small(record) { "*" } else { "" };
            counts.push(count.unwrap_or_default() + mark);
        }
        let columns: Vec<Vec<String>> = metrics
            .iter()
            .map(|spec| {
                let records = self.overall_of(spec.name, class).into_iter();
                let cells = records.chain(self.groups_of(spec.name, by, class));
                let cells = cells.map(|record| reasons.cell(Some(record), true));
                [spec.title.to_owned()].into_iter().chain(cells).collect()
            })
            .collect();
        let fixed = [labels, counts];
        let mut block: Vec<&[String]> = Vec::new();
        let mut used = 0;
        let start = fixed.iter().map(|column| width(column) + 2).sum::<usize>();
        for column in &columns {
            let needed = width(column) + 2;
            if !block.is_empty() && start + used + needed > WIDTH {
                grid(text, &fixed, &block);
                block.clear();
                used = 0;
            }
            block.push(column);
            used += needed;
        }
        grid(text, &fixed, &block);
    }

    fn gaps_table(
        &self,
        text: &mut String,
        by: &[&str],
        class: Option<&str>,
        reasons: &mut Reasons,
    ) {
        const WORST: [Method; 3] = [Method::BetweenGroups, Method::Max, Method::Min];
        let mut columns = [
            format!("gaps by {}", by.join(" x ")),
            "difference".to_owned(),
            "ratio".to_owned(),
            "min".to_owned(),
            "max".to_owned(),
        ]
        .map(|head| vec![head]);
        let mut p_values = vec!["p".to_owned()];
        let mut bounds = vec!["bounds of the difference".to_owned()];
        for spec in METRICS.iter().filter(|spec| spec.name != "count") {
            for methods in [&WORST[..], &[Method::Mean], &[Method::Sum]] {
                let find = |scope| {
                    methods.iter().find_map(|&method| {
                        self.aggregate_of(spec.name, scope, by, Some(method), class)
                    })
                };
                let (difference, ratio) = (find(Scope::Difference), find(Scope::Ratio));
                if difference.is_none() && ratio.is_none() {
                    continue;
                }
                let worst = methods.len() > 1;
                let extreme = |scope| {
                    let record = self.aggregate_of(spec.name, scope, by, None, class);
                    record.filter(|_| worst)
                };
                let mut title = match methods {
                    [method] => format!("{}, {}", spec.title, method.name()),
                    _ => spec.title.to_owned(),
                };
                if let Some(gap) = difference.or(ratio).and_then(Record::gap_in_groups) {
                    title = format!("{title} ({})", reasons.number(&gap));
                }
                let cells = [
                    title,
                    reasons.cell(difference, true),
                    reasons.cell(ratio, true),
                    reasons.cell(extreme(Scope::Min), false),
                    reasons.cell(extreme(Scope::Max), false),
                ];
                for (column, cell) in columns.iter_mut().zip(cells) {
                    column.push(cell);
                }
                p_values.push(p_value(difference));
                bounds.push(bounds_of(difference));
            }
        }
        if columns[0].len() == 1 {
            return;
        }
        let [head, rest @ ..] = &columns;
        let has_cells = |column: &&Vec<String>| column.iter().skip(1).any(|cell| !cell.is_empty());
        let optional = [&p_values, &bounds].into_iter().filter(has_cells);
        let rest: Vec<&[String]> = rest.iter().chain(optional).map(Vec::as_slice).collect();
        grid(text, slice::from_ref(head), &rest);
    }

    /// Each group against the reference group, where there is one.
    fn reference_table(
        &self,
        text: &mut String,
        by: &[&str],
        class: Option<&str>,
        reasons: &mut Reasons,
    ) {
        let mut columns = ["difference", "ratio"].map(|head| vec![head.to_owned()]);
        let mut names = Vec::new();
        for spec in METRICS.iter().filter(|spec| spec.name != "count") {
            let of_scope = |scope| -> Vec<&Record> {
                self.to_reference_of(spec.name, scope, by, class).collect()
            };
            let [differences, ratios] = [Scope::Difference, Scope::Ratio].map(of_scope);
            // Some have differences alone, and some ratios alone.
            let listed = if differences.is_empty() {
                &ratios
            } else {
                &differences
            };
            for record in listed {
                let (Some(group), Some(reference)) = (&record.attributes, &record.reference) else {
                    continue;
                };
                if names.is_empty() {
                    names.push(format!("against {reference}"));
                }
                names.push(format!(
                    "{}, {}",
                    spec.title,
                    group_list(slice::from_ref(group))
                ));
                let of_group = |records: &[&Record]| -> Option<usize> {
                    let same = |other: &&Record| other.attributes == record.attributes;
                    records.iter().position(same)
                };
                for (column, records) in columns.iter_mut().zip([&differences, &ratios]) {
                    let found = of_group(records).map(|at| records[at]);
                    column.push(reasons.cell(found, true));
                }
            }
        }
        if !names.is_empty() {
            let columns: Vec<&[String]> = columns.iter().map(Vec::as_slice).collect();
            grid(text, &[names], &columns);
        }
    }

    /// The records as CSV (RFC 4180): a head line, then one line a record.
    ///
    /// Attributes are written as `sex=Female;race=Black`, `by` as `sex;race`; an empty field is a
    /// missing value. Numbers have enough digits to read back exactly.
    pub fn to_csv(&self) -> String {
        let mut text =
            "metric,scope,attributes,by,method,count,value,low,high,interval,reason,notes,class,\
             control,reference,bound_low,bound_high,p_value,adjusted_p_value,corrected\n"
                .to_owned();
        for record in &self.records {
            let pairs = |attributes: &Option<Attributes>| -> String {
                let pairs = attributes.iter().flat_map(|attributes| &attributes.0);
                let pairs: Vec<String> = pairs
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                pairs.join(";")
            };
            let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
            let fields = [
                record.metric.clone(),
                record.scope.name().to_owned(),
                pairs(&record.attributes),
                record
                    .by
                    .as_ref()
                    .map(|by| by.join(";"))
                    .unwrap_or_default(),
                record
                    .method
                    .map(Method::name)
                    .unwrap_or_default()
                    .to_owned(),
                record
                    .count
                    .map(|count| count.to_string())
                    .unwrap_or_default(),
                number(record.value),
                number(record.low),
                number(record.high),
                record
                    .interval
                    .map(|i| i.name().to_owned())
                    .unwrap_or_default(),
                record.reason.clone().unwrap_or_default(),
                record.notes.join("; "),
                record.class.clone().unwrap_or_default(),
                pairs(&record.control),
                pairs(&record.reference),
                number(record.bounds.map(|bounds| bounds.low)),
                number(record.bounds.map(|bounds| bounds.high)),
                number(record.p_value),
                number(record.adjusted_p_value),
                number(record.corrected),
            ];
            line(&mut text, &fields.map(|field| csv_field(&field)).join(","));
        }
        text
    }
}

/// The corrected p-value of a record, or the plain one where nothing is corrected.
fn p_value(record: Option<&Record>) -> String {
    let of_record = |record: &Record| record.adjusted_p_value.or(record.p_value);
    let p_value = record.and_then(of_record);
    p_value
        .map(|p_value| format!("{p_value:.4}"))
        .unwrap_or_default()
}

fn bounds_of(record: Option<&Record>) -> String {
    let bounds = record.and_then(|record| record.bounds);
    bounds
        .map(|bounds| format!("{:.4} to {:.4}", bounds.low, bounds.high))
        .unwrap_or_default()
}

/// The reasons why values are not estimable or leave groups out, numbered in the order in which
/// they turn up.
#[derive(Debug, Default)]
struct Reasons(Vec<String>);

impl Reasons {
    /// A value with its interval; `- (1)` with the number of the reason where there is none.
    fn cell(&mut self, record: Option<&Record>, with_interval: bool) -> String {
        let Some(record) = record else {
            return String::new();
        };
        match (record.value, record.low, record.high, &record.reason) {
            (Some(value), Some(low), Some(high), _) if with_interval => {
                format!("{value:.4} [{low:.3}, {high:.3}]")
            }
            (Some(value), ..) => format!("{value:.4}"),
            (None, .., Some(reason)) => format!("- ({})", self.number(reason)),
            (None, .., None) => "-".to_owned(),
        }
    }

    fn number(&mut self, reason: &str) -> usize {
        let known = self.0.iter().position(|known| known == reason);
        known.map_or_else(
            || {
                self.0.push(reason.to_owned());
                self.0.len()
            },
            |position| position + 1,
        )
    }

    fn write(&self, text: &mut String) {
        for (index, reason) in self.0.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            line(text, &format!("{gap}({}) {reason}", index + 1));
        }
    }
}

/// Columns side by side: the first one to the left, all others to the right of their width.
fn grid(text: &mut String, fixed: &[Vec<String>], columns: &[&[String]]) {
    let all: Vec<&[String]> = fixed
        .iter()
        .map(Vec::as_slice)
        .chain(columns.iter().copied())
        .collect();
    let Some(first) = all.first() else {
        return;
    };
    text.push('\n');
    for row in 0..first.len() {
        let mut cells = String::new();
        for (index, column) in all.iter().enumerate() {
            let cell = column.get(row).map_or("", String::as_str);
            let padding = " ".repeat(width(column) - cell.chars().count());
            if index == 0 {
                cells.push_str(cell);
                cells.push_str(&padding);
            } else {
                cells.push_str("  ");
                cells.push_str(&padding);
                cells.push_str(cell);
            }
        }
        line(text, cells.trim_end());
    }
}

fn width(column: &[String]) -> usize {
    let widths = column.iter().map(|cell| cell.chars().count());
    widths.max().unwrap_or_default()
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn csv_field(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
