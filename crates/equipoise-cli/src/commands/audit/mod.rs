//! `equipoise audit FILE`: group metrics of predictions that any model made.

mod files;
mod gates;
mod html;
mod list;
mod metrics;
mod outcome;
mod rows;

use equipoise_data::{
    AuditColumns, GroupConfig, MembershipColumn, MembershipColumns, OutcomeColumns,
};
use equipoise_metrics::{Audit, AuditOptions};

use self::files::Files;
use super::columns::{expect_distinct, groups, not_a_group};
use crate::{
    args::{AuditArgs, AuditFormat, AuditTask, MissingGroups},
    error::CliError,
    outcome::Outcome,
    output,
};

/// Audits a file, or lists what can be audited.
pub(crate) fn execute(args: &AuditArgs) -> Result<Outcome, CliError> {
    if args.list {
        output::print(&list::render())?;
        return Ok(Outcome::Done);
    }
    // What is wrong whatever the file holds is told before it is read.
    let outcome = outcome::columns(&args.outcome)?;
    expect_stream(args)?;
    expect_roles(&outcome, args)?;
    metrics::expect(args)?;
    let columns = columns(outcome, args)?;
    expect_references(args)?;
    let gates = gates::read(args)?;
    let files = Files::find(args)?;
    let audit = rows::audit_rows(&files, &columns, args, &options(args))?;
    output::print(&write(&audit, &files, &columns.outcome, args)?)?;
    gates::judge(&audit, &gates)
}

/// All columns to read.
fn columns(outcome: OutcomeColumns, args: &AuditArgs) -> Result<AuditColumns, CliError> {
    let memberships = args.soft.iter().map(|soft| MembershipColumns {
        name: soft.attribute.clone(),
        groups: (soft.groups.iter())
            .map(|(group, column)| MembershipColumn {
                group: group.clone(),
                column: column.clone(),
            })
            .collect(),
    });
    Ok(AuditColumns {
        memberships: memberships.collect(),
        entity: args.uncertainty.cluster.clone(),
        weight: args.weight.clone(),
        missing_values: args.columns.missing_values.clone(),
        ..AuditColumns::new(outcome, group_columns(args)?)
    })
}

/// The attributes whose groups are compared.
fn attribute_names(args: &AuditArgs) -> Vec<String> {
    let soft = args.soft.iter().map(|soft| &soft.attribute);
    args.group.iter().chain(soft).cloned().collect()
}

/// A stream keeps counts of rows that are independent of each other, and nothing else.
fn expect_stream(args: &AuditArgs) -> Result<(), CliError> {
    let task = args.outcome.task;
    let other_task = (task != AuditTask::Binary).then(|| format!("--task {}", task.name()));
    let option = |name: &str, is_given: bool| is_given.then(|| name.to_owned());
    let found = other_task
        .or(option("--weight", args.weight.is_some()))
        .or(option("--cluster", args.uncertainty.cluster.is_some()))
        .or(option("--soft", !args.soft.is_empty()));
    match found {
        Some(option) if args.input.streaming => Err(CliError::Usage {
            message: format!("`{option}` cannot be had with `--streaming`"),
            help: Some(
                "leave out `--streaming`: memory then holds all rows of the columns that are \
                 named, at most 8 bytes a value"
                    .to_owned(),
            ),
        }),
        _ => Ok(()),
    }
}

/// The group attributes, those that are controls among them.
fn group_columns(args: &AuditArgs) -> Result<Vec<GroupConfig>, CliError> {
    let columns = [&*args.group, &*args.comparison.control].concat();
    groups(
        &columns,
        &args.columns.bins,
        args.comparison.missing.policy(),
    )
}

/// Each attribute has one reference group, and is compared at all.
fn expect_references(args: &AuditArgs) -> Result<(), CliError> {
    let references = &args.comparison.reference;
    let known = attribute_names(args);
    for (index, (attribute, _)) in references.iter().enumerate() {
        if !known.contains(attribute) {
            return Err(not_a_group("`--reference`", attribute, &known));
        }
        if references[..index]
            .iter()
            .any(|(known, _)| known == attribute)
        {
            return Err(CliError::usage(format!(
                "`--reference` is given twice for `{attribute}`"
            )));
        }
    }
    Ok(())
}

fn options(args: &AuditArgs) -> AuditOptions {
    let defaults = AuditOptions::default();
    let (comparison, uncertainty) = (&args.comparison, &args.uncertainty);
    AuditOptions {
        convention: args.convention,
        confidence: uncertainty.confidence,
        min_count: args.min_count,
        min_count_excludes: args.min_count_excludes,
        metrics: (!args.metrics.is_empty()).then(|| args.metrics.clone()),
        threshold: args.outcome.threshold.unwrap_or(defaults.threshold),
        seed: uncertainty.seed.unwrap_or(defaults.seed),
        replicates: uncertainty.replicates.unwrap_or(defaults.replicates),
        bootstrap: uncertainty.bootstrap.kind(),
        interval: uncertainty.interval.interval(),
        gaps: uncertainty.gaps.interval(),
        controls: comparison.control.clone(),
        reference: comparison.reference.clone(),
        bounds: match comparison.missing {
            MissingGroups::Bounds => args.group.clone(),
            _ => Vec::new(),
        },
        permutations: uncertainty.permutations,
        correction: uncertainty.correction.correction(),
    }
}

/// Each column has one role.
fn expect_roles(outcome: &OutcomeColumns, args: &AuditArgs) -> Result<(), CliError> {
    let others = [
        ("--weight", &args.weight),
        ("--cluster", &args.uncertainty.cluster),
    ];
    let others = others
        .into_iter()
        .filter_map(|(option, column)| Some((option, column.as_deref()?)));
    let soft = args.soft.iter().flat_map(|soft| &soft.groups);
    let controls = args.comparison.control.iter();
    expect_distinct(
        (outcome::roles(outcome).into_iter())
            .chain(others)
            .chain(args.group.iter().map(|column| ("--group", &**column)))
            .chain(soft.map(|(_, column)| ("--soft", &**column)))
            .chain(controls.map(|column| ("--control", &**column))),
    )
}

fn write(
    audit: &Audit,
    files: &Files,
    outcome: &OutcomeColumns,
    args: &AuditArgs,
) -> Result<String, CliError> {
    match args.format {
        AuditFormat::Table => Ok(audit.to_table()),
        AuditFormat::Json => {
            let json = serde_json::to_string_pretty(audit)
                .map_err(CliError::encode("the audit as JSON"))?;
            Ok(json + "\n")
        }
        AuditFormat::Csv => {
            // One line a record leaves no room for what is to be known of the whole.
            for note in &audit.notes {
                tracing::warn!("{note}");
            }
            Ok(audit.to_csv())
        }
        AuditFormat::Html => html::render(audit.clone(), files.title(), outcome),
    }
}
