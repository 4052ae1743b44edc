//! Corpora: documents from files, and what is done to them.

use std::fs;
use std::io::Write;
use std::path::Path;

use equipoise_core::Help;
use equipoise_data::corpus::{CorpusConfig, read_corpus};
use equipoise_data::{Corpus, Error};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// A table as a file has it, with the folder before each file.
fn config(folder: &Path, toml: &str) -> Result<CorpusConfig, toml::de::Error> {
    let mut config: CorpusConfig = toml::from_str(toml)?;
    for path in config.train.iter_mut().chain(&mut config.valid) {
        *path = folder.join(&*path);
    }
    Ok(config)
}

fn read(folder: &Path, toml: &str) -> Result<Corpus, Box<dyn std::error::Error>> {
    Ok(read_corpus(&config(folder, toml)?.check()?, 7)?)
}

/// Documents of which more name men.
fn uneven(folder: &Path) -> std::io::Result<()> {
    let documents = [
        "He left.",
        "A man.",
        "Men met.",
        "The king.",
        "She left.",
        "It rained.",
    ];
    fs::write(folder.join("a.txt"), documents.join("\n\n"))?;
    fs::write(folder.join("v.txt"), "A boy.\n\nA girl.")
}

#[test]
fn compressed_files_patterns_and_units() -> TestResult {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    fs::write(folder.join("b.txt"), "\u{feff}One\ntwo.\n\nThree.\n")?;
    let file = fs::File::create(folder.join("a.txt.gz"))?;
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    gzip.write_all("Zero.\n".repeat(3).as_bytes())?;
    gzip.finish()?;
    fs::write(folder.join("long.text"), "ab ".repeat(400_000))?;
    let texts = |documents: &str| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let table =
            format!("train = [\"*.txt*\"]\nvalid = [\"long.text\"]\ndocuments = \"{documents}\"");
        let corpus = read(folder, &table)?;
        assert_eq!(corpus.valid()[0].len(), 1_199_999);
        Ok(corpus.train().to_vec())
    };
    assert_eq!(
        texts("paragraph")?,
        ["Zero.\nZero.\nZero.", "One\ntwo.", "Three."]
    );
    assert_eq!(
        texts("line")?,
        ["Zero.", "Zero.", "Zero.", "One", "two.", "Three."]
    );
    assert_eq!(texts("file")?.len(), 2);
    Ok(())
}

#[test]
fn documents_are_held_out_by_the_seed() -> TestResult {
    let folder = tempfile::tempdir()?;
    uneven(folder.path())?;
    let table = "train = [\"a.txt\"]\nheld_out = 0.4";
    let (first, second) = (read(folder.path(), table)?, read(folder.path(), table)?);
    assert_eq!((first.train().len(), first.valid().len()), (4, 2));
    assert_eq!(first.valid(), second.valid());
    assert!(
        first
            .train()
            .iter()
            .all(|text| !first.valid().contains(text))
    );
    let config = config(folder.path(), table)?.check()?;
    let others = (0..20)
        .map(|seed| Ok(read_corpus(&config, seed)?.valid().to_vec()))
        .collect::<Result<Vec<_>, Error>>()?;
    assert!(others.iter().any(|other| other != first.valid()));
    Ok(())
}

#[test]
fn swapping_and_balancing_are_reported() -> TestResult {
    let folder = tempfile::tempdir()?;
    uneven(folder.path())?;
    let (texts, report) = read(
        folder.path(),
        "train = [\"a.txt\"]\nvalid = [\"v.txt\"]\naugment = { swap = \"en-gender\" }",
    )?
    .rebalance()?;
    // Counterfactuals come after all originals.
    assert_eq!(
        texts[..6],
        [
            "He left.",
            "A man.",
            "Men met.",
            "The king.",
            "She left.",
            "It rained."
        ]
    );
    assert_eq!(
        texts[6..],
        [
            "She left.",
            "A woman.",
            "Women met.",
            "The queen.",
            "He left."
        ]
    );
    insta::assert_snapshot!(report.to_string());

    for (mode, counts) in [("remove", [1, 1]), ("repeat", [4, 4])] {
        let table = format!(
            "train = [\"a.txt\"]\nvalid = [\"v.txt\"]\nbalance = {{ by = \"gender\", mode = \"{mode}\" }}"
        );
        let (_, report) = read(folder.path(), &table)?.rebalance()?;
        let documents = |value| {
            report
                .after
                .get("gender", value)
                .map(|count| count.documents)
        };
        let found = [documents("female"), documents("male")];
        // What is left out is drawn, each document apart from the others; repetitions are whole.
        if mode == "repeat" {
            assert_eq!(found, counts.map(Some));
        } else {
            assert_eq!(found[0], Some(1));
            assert!(found[1] < Some(4), "{found:?}");
        }
    }
    let (texts, report) = read(
        folder.path(),
        "train = [\"a.txt\"]\nvalid = [\"v.txt\"]\n\
         augment = { swap = \"en-gender\", mode = \"replace\", probability = 1.0 }",
    )?
    .rebalance()?;
    assert_eq!(texts[0], "She left.");
    assert_eq!(report.swaps.map(|swaps| swaps.swapped), Some(5));
    Ok(())
}

#[test]
fn a_column_of_texts_and_one_of_groups() -> TestResult {
    let folder = tempfile::tempdir()?;
    let rows = [
        "Moin,north",
        "Servus,south",
        "Griass di,south",
        " ,south",
        "Hallo,",
    ];
    fs::write(
        folder.path().join("a.csv"),
        format!("text,region\n{}\n", rows.join("\n")),
    )?;
    fs::write(folder.path().join("v.csv"), "region,text\nsouth,Pfiat di\n")?;
    let corpus = read(
        folder.path(),
        "train = [\"a.csv\"]\nvalid = [\"v.csv\"]\ncolumn = \"text\"\ngroup = \"region\"\n\
         balance = { by = \"region\", mode = \"repeat\" }",
    )?;
    assert_eq!(corpus.train(), ["Moin", "Servus", "Griass di", "Hallo"]);
    let (texts, report) = corpus.rebalance()?;
    assert_eq!(texts, ["Moin", "Servus", "Griass di", "Hallo", "Moin"]);
    assert_eq!(report.blank, 1);
    Ok(())
}

/// The message and the remedy for files that cannot be read.
#[test]
fn what_is_wrong_is_said_with_its_place() -> TestResult {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    uneven(folder)?;
    fs::write(folder.join("empty.txt"), "")?;
    fs::write(folder.join("blank.txt"), " \n\n")?;
    fs::write(folder.join("latin.txt"), b"one\ntw\xf6\n")?;
    fs::write(folder.join("plain.gz"), "not compressed")?;
    fs::write(folder.join("one.txt"), "Alone.")?;
    fs::write(folder.join("t.csv"), "text,region\na,b\n")?;
    fs::create_dir(folder.join("sub"))?;
    let mut said = String::new();
    for table in [
        "train = []",
        "train = [\"none.txt\"]",
        "train = [\"none/*.txt\"]",
        "train = [\"sub\"]",
        "train = [\"empty.txt\"]",
        "train = [\"blank.txt\"]",
        "train = [\"latin.txt\"]",
        "train = [\"plain.gz\"]",
        "train = [\"one.txt\"]",
        "train = [\"a.txt\"]\nheld_out = 1.0",
        "train = [\"a.txt\"]\nvalid = [\"v.txt\"]\nheld_out = 0.1",
        "train = [\"a.txt\"]\ngroup = \"region\"",
        "train = [\"t.csv\"]\nvalid = [\"t.csv\"]\ncolumn = \"txt\"",
        "train = [\"a.txt\"]\nlexicons = []",
        "train = [\"a.txt\"]\nlexicons = [\"eng\"]",
        "train = [\"a.txt\"]\nlexicons = [\"mine.toml\"]",
        "train = [\"a.txt\"]\naugment = { swap = \"en-gendr\" }",
        "train = [\"a.txt\"]\naugment = { swap = \"en-gender\", probability = 0.5 }",
        "train = [\"a.txt\"]\naugment = { swap = \"en-gender\", mode = \"replace\", probability = 2 }",
        "train = [\"a.txt\"]\nbalance = { by = \"gendr\" }",
        "train = [\"a.txt\"]\nbalance = { by = \"gender\", strength = -1.0 }",
    ] {
        let error = config(folder, table)?
            .check()
            .and_then(|config| read_corpus(&config, 7))
            .and_then(|corpus| corpus.rebalance())
            .err()
            .ok_or(table)?;
        let place = folder.to_string_lossy();
        let line = format!("{error}\n  {}\n", error.help().unwrap_or_default());
        said.push_str(&line.replace(&*place, "DIR"));
    }
    insta::assert_snapshot!(said);
    Ok(())
}
