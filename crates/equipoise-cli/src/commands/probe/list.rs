//! `equipoise probe --list`: the probes with what they need and their data.

use std::fmt::Write as _;

use equipoise_data::catalogue;
use equipoise_text::{ModelKind, PROBES};

use crate::{error::CliError, text_table::TextTable};

/// The probes, what each needs of a model, and where its data come from.
pub(super) fn render() -> Result<String, CliError> {
    let mut table = TextTable::new()
        .text("probe")
        .text("asks")
        .text("data set")
        .text("licence")
        .text("question");
    let mut papers = String::new();
    for spec in PROBES {
        let asks = match spec.needs {
            ModelKind::MaskedLanguageModel => "a masked head",
            ModelKind::SentenceEncoder => "any encoder",
            ModelKind::TextClassifier => "a head for two classes",
        };
        let card = catalogue::of_probe(spec.name)?;
        let (data, licence) = card.map_or_else(Default::default, |card| (card.name, card.licence));
        table.row([
            spec.name.to_owned(),
            asks.to_owned(),
            data,
            licence,
            spec.summary.to_owned(),
        ]);
        // Writing into a text does not fail.
        let _ = writeln!(papers, "{}: {}", spec.name, spec.paper);
    }
    Ok(format!(
        "{table}\n`equipoise data get NAME` fetches a data set.\n\n{papers}"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_readable() {
        insta::assert_snapshot!(super::render().unwrap());
    }
}
