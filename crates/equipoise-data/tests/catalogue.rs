//! The cards of the data sets against the files that ship, and against the originals where those
//! are at hand.

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
};

use equipoise_core::Help;
use equipoise_data::catalogue::{self, Card, Checksum};
#[cfg(feature = "download")]
use equipoise_data::download::DownloadRequest;
use polars::prelude::{AnyValue, Column, ParquetReader, PlSmallStr, SerReader};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The folder `datasets/` of the project.
fn datasets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets")
}

fn shipped() -> Result<Vec<(Card, PathBuf)>> {
    let cards = catalogue::all()?;
    Ok(cards
        .into_iter()
        .filter_map(|card| card.shipped_path(&datasets()).map(|path| (card, path)))
        .collect())
}

/// The values of a column as text, missing ones as an empty text.
fn texts(column: &Column) -> Vec<String> {
    column
        .as_materialized_series()
        .iter()
        .map(|value| match value {
            AnyValue::Null => String::new(),
            value => value.str_value().into_owned(),
        })
        .collect()
}

#[test]
fn every_folder_with_a_card_is_registered() -> Result {
    let mut folders = Vec::new();
    for entry in fs_err::read_dir(datasets())? {
        let entry = entry?;
        if entry.path().join("card.toml").exists() {
            folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    folders.sort();
    let mut names: Vec<&str> = catalogue::names().collect();
    names.sort_unstable();
    assert_eq!(names, folders);
    Ok(())
}

#[test]
fn every_card_parses_and_has_its_page() -> Result {
    let cards = catalogue::all()?;
    let ships: Vec<bool> = cards.iter().map(|card| card.shipped.is_some()).collect();
    assert!(ships.is_sorted_by(|first, second| first >= second));
    for card in cards {
        let page = fs_err::read_to_string(datasets().join(&card.name).join("README.md"))?;
        assert!(
            page.contains(&format!("# {}\n", card.title)),
            "{}",
            card.name
        );
        assert!(
            page.contains(&card.original.sha256.to_string()),
            "{}",
            card.name
        );
        assert!(
            !card.harms.is_empty() && !card.limits.is_empty(),
            "{}",
            card.name
        );
    }
    Ok(())
}

#[test]
fn a_card_survives_being_written() -> Result {
    for card in catalogue::all()? {
        assert_eq!(Card::parse(&card.name, &toml::to_string(&card)?)?, card);
    }
    Ok(())
}

#[test]
fn a_name_that_is_not_there_offers_the_closest() {
    let error = catalogue::find("adlut").unwrap_err();
    assert_eq!(error.to_string(), "data set `adlut` not found");
    assert_eq!(error.help().as_deref(), Some("did you mean `adult`?"));
    let error = catalogue::find("imagenet").unwrap_err();
    assert_eq!(
        error.help().as_deref(),
        Some(
            "the data sets are adult, compas, german, acs-income, adult-test, crows-pairs, \
             hatecheck, identity-templates, law-school, oulad, seat-weat, stereoset, \
             taiwan-default, winobias"
        )
    );
}

#[test]
fn shipped_files_are_the_ones_of_their_cards() -> Result {
    let shipped = shipped()?;
    assert_eq!(shipped.len(), 3);
    for (card, path) in shipped {
        let file = card.shipped.as_ref().ok_or("the card names a file")?;
        assert_eq!(fs_err::metadata(&path)?.len(), file.bytes, "{}", card.name);
        assert_eq!(Checksum::of_file(&path)?, file.sha256, "{}", card.name);
    }
    Ok(())
}

#[test]
fn shipped_files_hold_what_their_cards_say() -> Result {
    for (card, path) in shipped()? {
        let frame = ParquetReader::new(fs_err::File::open(&path)?.into_file()).finish()?;
        assert_eq!(frame.height() as u64, card.rows, "{}", card.name);

        let names: Vec<&str> = frame
            .get_column_names()
            .into_iter()
            .map(PlSmallStr::as_str)
            .collect();
        let noted: Vec<&str> = card
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(names, noted, "{}", card.name);
        for column in &card.exclude {
            assert!(names.contains(&column.as_str()), "{}: {column}", card.name);
        }

        let noted_label = card.label.as_ref().ok_or("the card has a label")?;
        let label = texts(frame.column(&noted_label.column)?);
        for group in &card.groups {
            let mut counted = BTreeMap::<String, (u64, u64)>::new();
            for (value, label) in texts(frame.column(&group.column)?).into_iter().zip(&label) {
                let (count, positives) = counted.entry(value).or_default();
                *count += 1;
                *positives += u64::from(*label == noted_label.positive);
            }
            let noted: BTreeMap<String, (u64, u64)> = group
                .values
                .iter()
                .map(|value| (value.value.clone(), (value.count, value.positives)))
                .collect();
            assert_eq!(counted, noted, "{}: {}", card.name, group.column);
        }
    }
    Ok(())
}

#[cfg(feature = "download")]
#[test]
fn files_beside_an_original_have_its_address_with_their_name() -> Result {
    let card = catalogue::of_probe("winobias")?.ok_or("the probe has data")?;
    let requests = DownloadRequest::originals_of(&card, Path::new("data"));
    assert_eq!(requests.len(), 8);
    for request in &requests {
        let name = request.target.strip_prefix("data/winobias")?;
        let end = format!("/WinoBias/wino/data/{}", name.display());
        assert!(request.address.ends_with(&end), "{}", request.address);
    }
    assert!(catalogue::of_probe("no-probe")?.is_none());
    Ok(())
}

#[test]
fn compas_names_nobody() -> Result {
    let compas = catalogue::find("compas")?;
    let names: Vec<&str> = compas
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    for personal in [
        "id",
        "name",
        "first",
        "last",
        "dob",
        "c_case_number",
        "r_case_number",
        "vr_case_number",
    ] {
        assert!(!names.contains(&personal), "{personal}");
    }
    for later in [
        "is_recid",
        "is_violent_recid",
        "r_charge_degree",
        "out_custody",
        "event",
    ] {
        assert!(!names.contains(&later), "{later}");
    }
    Ok(())
}

#[cfg(feature = "download")]
#[test]
fn originals_at_hand_are_the_ones_of_their_cards() -> Result {
    let Some(folder) = std::env::var_os("EQUIPOISE_DATA").map(PathBuf::from) else {
        skipped("EQUIPOISE_DATA is not set");
        return Ok(());
    };
    let mut compared = 0;
    for card in catalogue::all()? {
        for request in DownloadRequest::originals_of(&card, Path::new("")) {
            let name = request.target.file_name().ok_or("a request has a target")?;
            for entry in fs_err::read_dir(&folder)? {
                let file = entry?.path().join(name);
                if !file.exists() {
                    continue;
                }
                let mut bytes = fs_err::read(&file)?;
                // Some keep texts with the line ends of Windows, which no original has.
                if bytes.len() as u64 != request.max_bytes {
                    bytes.retain(|byte| *byte != b'\r');
                }
                let found = (Checksum::of_bytes(&bytes), bytes.len() as u64);
                let expected = (request.sha256, request.max_bytes);
                assert_eq!(found, expected, "{}", file.display());
                compared += 1;
            }
        }
    }
    if compared == 0 {
        skipped("EQUIPOISE_DATA holds no original of the catalogue");
    }
    Ok(())
}

#[cfg(feature = "download")]
#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}
