//! Arguments of the commands that read the columns of a file without a configuration.

use clap::Args;

use super::Bins;

/// How columns become groups, and what is missing in them.
#[derive(Debug, Args)]
pub(crate) struct ColumnArgs {
    /// Edges that cut a --group of numbers into bins: `age=25,45,65` makes the groups <25, 25-45,
    /// 45-65 and >=65, each with its lower edge; can be given several times.
    #[arg(long, value_name = "COLUMN=EDGES")]
    pub(crate) bins: Vec<Bins>,

    /// Texts that stand for a missing value, separated by commas: '?,NA'.
    #[arg(long, value_name = "TEXTS", value_delimiter = ',')]
    pub(crate) missing_values: Vec<String>,
}

/// One name of several that commas separate, without the spaces around it.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a name is empty"),
        name => Ok(name.to_owned()),
    }
}
