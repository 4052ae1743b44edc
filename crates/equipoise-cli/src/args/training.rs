//! Arguments of the commands that train.

use std::path::PathBuf;

use clap::Args;

use super::ConfigArgs;

pub(super) const RUN_EXAMPLES: &str = "\
The folder then holds config.toml (with every default written out), run.json, predictions/, audit/,
report.html, models/, events/ and log.jsonl.

Examples:
  equipoise run configs/adult.toml
  equipoise run configs/adult.toml --seed 2 --out runs/adult-2
  equipoise run configs/adult.toml --set fairness.lambda=0.5 --out runs/half";

pub(super) const PRETRAIN_EXAMPLES: &str = "\
A configuration with `[corpus]` pretrains a model of texts; its base model is then the `model.path`
of another configuration.

Examples:
  equipoise pretrain configs/adult.toml --out runs/adult-base
  equipoise pretrain configs/pretrain-text.toml --set 'corpus.augment={ swap = \"en-gender\" }'";

pub(super) const FINETUNE_EXAMPLES: &str = "\
Example:
  equipoise finetune configs/adult.toml --set fairness.lambda=2.0 --out runs/adult-fair";

/// Arguments of `equipoise run`, `pretrain` and `finetune`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// Where everything is written [default: `runs/` and the name of the configuration].
    ///
    /// An unfinished folder of the same configuration is resumed, a finished one is reported and
    /// left alone, and one of another configuration is an error.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
