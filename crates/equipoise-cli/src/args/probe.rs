//! Arguments of `equipoise probe`.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum, builder::RangedU64ValueParser};
use equipoise_models::Pooling;
use equipoise_text::{ProbeOptions, ProbeSpec};

use super::{audit::confidence, columns::name};

pub(super) const EXAMPLES: &str = "\
A model is a folder as the Hugging Face hub has it (config.json, weights, tokenizer), or one that a
run wrote. Without --probe, all probes ask whose data are there. What a model cannot be asked is
said with the reason.

Data are looked for as `equipoise data get` keeps them, in datasets/<name>/, or in the folder that
--data names; `--data PROBE=PATH` names the file or folder of one probe, which may end in `.gz`.

Examples:
  equipoise probe models/bert-base-uncased models/all-MiniLM-L6-v2
  equipoise probe models/bert-base-uncased --probe crows-pairs,stereoset --subsets
  equipoise probe models/bert-base-uncased --data crows-pairs=pairs.csv --format json --out p.json
  equipoise probe --list";

/// Arguments of `equipoise probe`.
#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    /// The folders of the models, which stand beside each other in the results.
    #[arg(value_name = "MODEL", required_unless_present = "list")]
    pub(crate) models: Vec<PathBuf>,

    /// The probes, separated by commas [default: all whose data are there].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = name)]
    pub(crate) probe: Vec<String>,

    /// The folder of the data sets [default: datasets], or the data of one probe; can be given
    /// several times.
    #[arg(long, value_name = "DIR or PROBE=PATH")]
    pub(crate) data: Vec<ProbeSource>,

    /// Which vector stands for a sentence: the mean of its tokens, or that of the first token.
    #[arg(long, value_enum, value_name = "NAME", default_value_t)]
    pub(crate) pooling: PoolingName,

    /// The level of the intervals, above 0 and below 1.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.95, value_parser = confidence)]
    pub(crate) confidence: f64,

    /// The number of resamples of a bootstrap.
    #[arg(long, value_name = "NUMBER", default_value_t = ProbeOptions::default().resamples, value_parser = draws())]
    pub(crate) resamples: usize,

    /// The most permutations of a test: where there are more, so many are drawn.
    #[arg(long, value_name = "NUMBER", default_value_t = ProbeOptions::default().permutations, value_parser = draws())]
    pub(crate) permutations: usize,

    /// The seed of all that is drawn.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = super::seed())]
    pub(crate) seed: u64,

    /// Where tensors live: auto, cpu, ndarray, cuda, cuda:1.
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub(crate) device: String,

    /// Show every subset in the table, such as bias types, and not only all examples; the other
    /// formats always have them.
    #[arg(long)]
    pub(crate) subsets: bool,

    /// How the results are written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: ProbeFormat,

    /// Write the results into this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// List the probes with their data instead.
    #[arg(long, conflicts_with_all = [
        "models", "probe", "data", "pooling", "confidence", "resamples", "permutations", "seed",
        "device", "subsets", "format", "out",
    ])]
    pub(crate) list: bool,
}

/// Where data of probes lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProbeSource {
    /// The folder of all data sets.
    Folder(PathBuf),
    /// The data of one probe.
    Of(&'static str, PathBuf),
}

impl FromStr for ProbeSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((probe, path)) => match ProbeSpec::by_name(probe) {
                Ok(_) if path.is_empty() => Err(format!("no path for `{probe}`")),
                Ok(spec) => Ok(Self::Of(spec.name, path.into())),
                Err(error) => Err(error.to_string()),
            },
            None => Ok(Self::Folder(text.into())),
        }
    }
}

/// Which vector stands for a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum PoolingName {
    /// The mean of its tokens.
    #[default]
    Mean,
    /// That of the first token.
    Cls,
}

impl PoolingName {
    /// The same as the models know it.
    pub(crate) fn pooling(self) -> Pooling {
        match self {
            Self::Mean => Pooling::Mean,
            Self::Cls => Pooling::Cls,
        }
    }
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ProbeFormat {
    /// Tables for people, one column a model.
    #[default]
    Table,
    /// One JSON object with every record.
    Json,
    /// One line a record.
    Csv,
}

/// A number of resamples or permutations.
fn draws() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=10_000_000)
}

#[cfg(test)]
mod tests {
    use equipoise_text::PROBES;

    use super::*;

    #[test]
    fn a_source_is_a_folder_or_the_data_of_a_probe() {
        let source = |text: &str| text.parse::<ProbeSource>();
        assert_eq!(source("data"), Ok(ProbeSource::Folder("data".into())));
        let pairs = ProbeSource::Of("crows-pairs", "a=b.csv".into());
        assert_eq!(source("crows-pairs=a=b.csv"), Ok(pairs));
        assert!(source("crows-pairs=").is_err());
        let error = source("crow-pairs=a.csv").unwrap_err();
        assert!(error.starts_with("`crow-pairs` is no probe"), "{error}");
        assert!(PROBES.iter().all(|spec| !spec.name.contains('=')));
    }
}
