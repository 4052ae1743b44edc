//! The data sets the project knows: what each holds, where it comes from, whom it can harm.
//!
//! Each data set has a [`Card`]. The cards are compiled in, so a program can list them without a
//! file; the three sets that ship lie as Parquet in the folder `datasets/` of the project.
//!
//! ```
//! use equipoise_data::catalogue;
//!
//! let adult = catalogue::find("adult")?;
//! assert_eq!(adult.rows, 32_561);
//! assert_eq!(adult.label.map(|label| label.column).as_deref(), Some("income"));
//! assert_eq!(adult.groups[0].column, "sex");
//! # Ok::<(), catalogue::CatalogueError>(())
//! ```

mod card;
mod checksum;
mod error;

pub use card::{Card, ColumnNote, FileBeside, Group, GroupValue, Label, Original, Shipped};
pub use checksum::Checksum;
pub use error::CatalogueError;

use equipoise_core::closest;

/// The name and the card of every data set, those that ship first, then by name.
const CARDS: &[(&str, &str)] = &[
    ("adult", include_str!("../../../datasets/adult/card.toml")),
    ("compas", include_str!("../../../datasets/compas/card.toml")),
    ("german", include_str!("../../../datasets/german/card.toml")),
    (
        "acs-income",
        include_str!("../../../datasets/acs-income/card.toml"),
    ),
    (
        "adult-test",
        include_str!("../../../datasets/adult-test/card.toml"),
    ),
    (
        "crows-pairs",
        include_str!("../../../datasets/crows-pairs/card.toml"),
    ),
    (
        "hatecheck",
        include_str!("../../../datasets/hatecheck/card.toml"),
    ),
    (
        "identity-templates",
        include_str!("../../../datasets/identity-templates/card.toml"),
    ),
    (
        "law-school",
        include_str!("../../../datasets/law-school/card.toml"),
    ),
    ("oulad", include_str!("../../../datasets/oulad/card.toml")),
    (
        "seat-weat",
        include_str!("../../../datasets/seat-weat/card.toml"),
    ),
    (
        "stereoset",
        include_str!("../../../datasets/stereoset/card.toml"),
    ),
    (
        "taiwan-default",
        include_str!("../../../datasets/taiwan-default/card.toml"),
    ),
    (
        "winobias",
        include_str!("../../../datasets/winobias/card.toml"),
    ),
];

/// The names of all data sets, those that ship first, then by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    CARDS.iter().map(|(name, _)| *name)
}

/// All cards, those of the data sets that ship first, then by name.
///
/// # Errors
///
/// When a card does not parse or contradicts itself. The cards are compiled in and tested, so
/// this points to a fault of the build, not of the user.
pub fn all() -> Result<Vec<Card>, CatalogueError> {
    CARDS
        .iter()
        .map(|(name, text)| Card::parse(name, text))
        .collect()
}

/// The card of the data that a probe of base models asks with, if there is one.
///
/// # Errors
///
/// As [`all`].
pub fn of_probe(probe: &str) -> Result<Option<Card>, CatalogueError> {
    let is_its = |card: &Card| card.probe.as_deref() == Some(probe);
    Ok(all()?.into_iter().find(is_its))
}

/// The card of one data set.
///
/// # Errors
///
/// When there is no data set of that name; the error offers the closest one.
pub fn find(name: &str) -> Result<Card, CatalogueError> {
    match CARDS.iter().find(|(known, _)| *known == name) {
        Some((name, text)) => Card::parse(name, text),
        None => Err(CatalogueError::UnknownDataSet {
            name: name.to_owned(),
            closest: closest(name, names()).map(str::to_owned),
        }),
    }
}
