//! `equipoise data list`: the data sets that this program knows.

use std::path::Path;

use equipoise_data::catalogue::{self, Card};

use crate::{
    error::CliError,
    outcome::Outcome,
    output,
    text_table::{TextTable, grouped},
};

/// Prints the catalogue.
pub(super) fn execute() -> Result<Outcome, CliError> {
    output::print(&render(&catalogue::all()?))?;
    Ok(Outcome::Done)
}

fn render(cards: &[Card]) -> String {
    let mut table = TextTable::new()
        .text("name")
        .text("domain")
        .number("rows")
        .text("predicts")
        .text("groups")
        .text("file");
    for card in cards {
        let groups: Vec<&str> = card.groups.iter().map(|g| g.column.as_str()).collect();
        let file = match card.shipped_path(Path::new("datasets")) {
            Some(path) => path.display().to_string(),
            None => format!("equipoise data get {}", card.name),
        };
        table.row([
            card.name.clone(),
            card.domain.clone(),
            grouped(usize::try_from(card.rows).unwrap_or(usize::MAX)),
            predicts(card),
            groups.join(", "),
            file,
        ]);
    }
    format!(
        "{table}\nEach has a card with its licence, its harms and its limits: datasets/<name>/card.toml\n"
    )
}

/// The label, or the probe that asks with data that have none.
fn predicts(card: &Card) -> String {
    match (&card.label, &card.probe) {
        (Some(label), _) => format!("{} = {}", label.column, label.positive),
        (None, Some(probe)) => format!("probe {probe}"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_readable() {
        insta::assert_snapshot!(render(&catalogue::all().unwrap()));
    }
}
