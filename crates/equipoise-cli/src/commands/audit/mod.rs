//! `equipoise audit FILE`: group metrics of predictions that any model made.

mod files;
mod gates;
mod html;
mod list;
mod rows;

use equipoise_data::GroupConfig;
use equipoise_metrics::{Audit, AuditOptions, Error as MetricsError, metric};

use self::files::Files;
use super::columns::{expect_distinct, groups, not_a_group};
use crate::{
    args::{AuditArgs, AuditFormat, MissingGroups},
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
    // The grammar of the command line asks for both; this is what its types cannot say.
    let Some(label) = &args.label else {
        return Err(CliError::usage("the column of the label is needed"));
    };
    if args.prediction.is_none() && args.score.is_none() {
        return Err(CliError::Usage {
            message: "neither `--prediction` nor `--score` is given".to_owned(),
            help: Some("name the column of the predicted label, of the score, or both".to_owned()),
        });
    }
    // What is wrong whatever the file holds is told before it is read.
    expect_roles(label, args)?;
    expect_metrics(args)?;
    let groups = group_columns(args)?;
    expect_references(args)?;
    let gates = gates::read(args)?;
    let files = Files::find(args)?;
    let audit = rows::audit_rows(&files, label, groups, args, &options(args))?;
    output::print(&write(&audit, &files, label, args)?)?;
    gates::judge(&audit, &gates)
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
    for (index, (attribute, _)) in references.iter().enumerate() {
        if !args.group.contains(attribute) {
            return Err(not_a_group("`--reference`", attribute, &args.group));
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
        threshold: args.threshold.unwrap_or(defaults.threshold),
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
fn expect_roles(label: &str, args: &AuditArgs) -> Result<(), CliError> {
    let predicted = [
        ("--prediction", &args.prediction),
        ("--score", &args.score),
        ("--weight", &args.weight),
    ];
    let predicted = predicted
        .into_iter()
        .filter_map(|(option, column)| Some((option, column.as_deref()?)));
    let groups = args.group.iter().map(|column| ("--group", column.as_str()));
    let controls = args.comparison.control.iter();
    let controls = controls.map(|column| ("--control", column.as_str()));
    expect_distinct(
        [("--label", label)]
            .into_iter()
            .chain(predicted)
            .chain(groups)
            .chain(controls),
    )
}

/// Each metric is known, and has what it needs.
fn expect_metrics(args: &AuditArgs) -> Result<(), CliError> {
    for name in &args.metrics {
        let spec = metric(name)?;
        if args.score.is_none() && !spec.is_count_based() {
            return Err(MetricsError::NeedsScores { metric: spec.name }.into());
        }
    }
    Ok(())
}

fn write(audit: &Audit, files: &Files, label: &str, args: &AuditArgs) -> Result<String, CliError> {
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
        AuditFormat::Html => html::render(
            audit.clone(),
            files.title(),
            label,
            args.positive.as_deref(),
        ),
    }
}
