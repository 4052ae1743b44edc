//! Arguments of `equipoise audit`.

mod comparison;
mod input;
mod outcome;
mod soft_group;
mod uncertainty;

use std::path::PathBuf;

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use equipoise_metrics::Convention;

pub(in crate::args) use self::uncertainty::confidence;
pub(crate) use self::{
    comparison::{ComparisonArgs, MissingGroups},
    input::{InputArgs, InputFormat, STANDARD_INPUT},
    outcome::{AuditTask, OutcomeArgs},
    soft_group::SoftGroup,
    uncertainty::UncertaintyArgs,
};
use super::{ColumnArgs, columns::name};

pub(super) const EXAMPLES: &str = "\
At least one of --prediction and --score is needed. With only a score, a row is predicted positive
where its score is at least --threshold; with both, count metrics use the prediction and score
metrics the score. Every group attribute is audited alone, and so are all intersections of them.

A metric that cannot be estimated (a rate with an empty denominator) has no value and a reason.

Examples:
  equipoise audit predictions.parquet --label label --prediction prediction --group sex,race
  equipoise audit p.csv --label repaid --positive yes --score score --threshold 0.4 --group sex
  equipoise audit p.csv --label y --score p --group sex,age --bins age=25,45,65
  equipoise audit p.csv --label y --score p --group sex --format json > audit.json
  equipoise audit p.csv --label y --score p --group sex --fail-if 'equalized_odds_difference>0.1'
  equipoise audit 'preds/*.parquet' --label y --prediction p --group sex --streaming
  gunzip -c p.csv.gz | equipoise audit - --input-format csv --label y --score p --group sex
  equipoise audit p.csv --label y --prediction p --group sex --control site --reference sex=Male
  equipoise audit p.csv --task multiclass --label class --score 'score:*' --group sex
  equipoise audit p.csv --task multilabel --label toxic,rude --prediction toxic_p,rude_p --group sex
  equipoise audit p.csv --task regression --label income --prediction estimate --group sex
  equipoise audit p.csv --label y --prediction p --soft race=White:p_white,Black:p_black
  equipoise audit --list";

/// Arguments of `equipoise audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// The predictions: CSV, TSV, Parquet, JSON Lines or Arrow IPC files, told by their extension;
    /// patterns such as 'preds/*.parquet', or `-` for standard input.
    #[arg(value_name = "FILE", required_unless_present = "list")]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) outcome: OutcomeArgs,

    /// The columns of the group attributes, separated by commas.
    #[arg(
        long,
        value_name = "COLUMNS",
        value_delimiter = ',',
        value_parser = name,
        required_unless_present_any = ["list", "soft"]
    )]
    pub(crate) group: Vec<String>,

    /// A group attribute that is known as probabilities: the columns of all its groups, such as
    /// `race=White:white_p,Black:black_p`; can be given several times.
    #[arg(long, value_name = "ATTRIBUTE=COLUMNS")]
    pub(crate) soft: Vec<SoftGroup>,

    #[command(flatten)]
    pub(crate) columns: ColumnArgs,

    #[command(flatten)]
    pub(crate) comparison: ComparisonArgs,

    /// The column of the weight that a row counts with; above 0.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) weight: Option<String>,

    /// The metrics, separated by commas [default: all that the given columns allow].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = name)]
    pub(crate) metrics: Vec<String>,

    /// Whose rules hold for empty denominators and small groups.
    #[arg(
        long,
        value_name = "NAME",
        default_value_t,
        value_parser = PossibleValuesParser::new(Convention::ALL.map(Convention::name))
            .try_map(|name| name.parse::<Convention>())
    )]
    pub(crate) convention: Convention,

    #[command(flatten)]
    pub(crate) uncertainty: UncertaintyArgs,

    /// Groups with fewer rows are marked as small [default: that of the convention].
    #[arg(long, value_name = "ROWS")]
    pub(crate) min_count: Option<u64>,

    /// Leave small groups out of differences, ratios, minima and maxima.
    #[arg(long)]
    pub(crate) min_count_excludes: bool,

    /// How the audit is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: AuditFormat,

    /// End with exit code 3 where this holds, for instance `equalized_odds_difference>0.1`;
    /// can be given several times.
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) fail_if: Vec<String>,

    /// List the metrics and conventions instead.
    #[arg(long, conflicts_with_all = [
        "files", "input_format", "streaming", "task", "label", "prediction", "score", "threshold",
        "positive", "group", "soft", "bins", "missing_values", "control", "reference", "weight",
        "metrics", "cluster", "interval", "gaps", "bootstrap", "replicates", "permutations",
        "correction", "seed", "min_count", "min_count_excludes", "fail_if",
    ])]
    pub(crate) list: bool,
}

/// How an audit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum AuditFormat {
    /// A table for people.
    #[default]
    Table,
    /// One JSON object with every record.
    Json,
    /// One line a record.
    Csv,
    /// A page.
    Html,
}
