//! Arguments of `equipoise model`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

const GET_EXAMPLES: &str = "\
Only the files that this program reads are fetched. The download of the weights goes on where an
earlier one broke off, and their SHA-256 sum is checked. `origin.json` in the folder says what
commit the files are of; a folder that has it is left alone, and nothing is sent. The variable
HF_ENDPOINT names a mirror of the hub.

Examples:
  equipoise model get sentence-transformers/all-MiniLM-L6-v2
  equipoise model get google-bert/bert-base-uncased --revision main --to ~/models";

/// What is to be done with base models.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Fetch a base model of texts from the Hugging Face hub into a folder.
    #[command(after_long_help = GET_EXAMPLES)]
    Get(ModelGetArgs),
}

/// Arguments of `equipoise model get`.
#[derive(Debug, Args)]
pub(crate) struct ModelGetArgs {
    /// The repository on the hub, as `owner/name`.
    #[arg(value_name = "REPOSITORY")]
    pub(crate) repository: String,

    /// The branch, the tag or the commit.
    #[arg(long, value_name = "REVISION", default_value = "main")]
    pub(crate) revision: String,

    /// The folder in which the model gets a folder of its own [default: models].
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
}
