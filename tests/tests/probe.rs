//! The probes of base models, as a user starts them: the same numbers as transformers, one column a
//! model, and what is wrong told by its place. `golden/probes` has the models and the numbers.

#![expect(
    clippy::unwrap_used,
    reason = "what the functions beside the tests set up must be there"
)]

mod program;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use program::{Workplace, stderr, stdout};
use serde_json::Value;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/probes")
}

/// What the reference says of each model.
fn expected(file: &str) -> BTreeMap<String, Vec<Value>> {
    serde_json::from_slice(&fs::read(golden().join(file)).unwrap()).unwrap()
}

/// The results of a command that succeeds, as JSON.
fn probed(command: &mut Command) -> Value {
    let output = command
        .args(["--format", "json", "--quiet"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

/// Whether a record is about the examples that the reference names; tests of association have more
/// to say of theirs.
fn is_of(record: &Value, model: &str, reference: &Value) -> bool {
    let (subset, named) = (&record["subset"], reference["subset"].as_object().unwrap());
    let is_whole = subset.as_object().unwrap().len() == named.len();
    record["model"] == model
        && record["probe"] == reference["probe"]
        && record["measure"] == reference["measure"]
        && (is_whole || reference["probe"] == "association")
        && named.iter().all(|(name, value)| &subset[name] == value)
}

/// Every number of the reference is that of the program, to 1e-3.
fn assert_agrees(results: &Value, expected: &BTreeMap<String, Vec<Value>>) {
    for (model, references) in expected {
        assert!(!references.is_empty(), "{model}");
        for reference in references {
            let mut records = results["records"].as_array().unwrap().iter();
            let record = records
                .find(|record| is_of(record, model, reference))
                .unwrap_or_else(|| panic!("{model}: no {reference}"));
            let (found, value) = (record["value"].as_f64(), reference["value"].as_f64());
            let distance = (found.unwrap_or(f64::NAN) - value.unwrap()).abs();
            assert!(distance <= 1e-3, "{model}: {record} is not {reference}");
        }
    }
}

/// `probe` of both small models on made-up data.
fn made_up(place: &Workplace) -> Command {
    let mut command = place.program(&["probe"]);
    command
        .args([golden().join("masked"), golden().join("classifier")])
        .arg("--data")
        .arg(golden().join("data"));
    command
}

#[test]
fn on_made_up_data_transformers_gives_the_same_numbers() {
    let place = Workplace::new("");
    let results = probed(&mut made_up(&place));
    assert_agrees(&results, &expected("made_up.json"));
    assert_eq!(results["schema"], "equipoise.probe/1");
    assert_eq!(results["models"][1]["positive"], "harmful");

    // What a model cannot be asked is said.
    let refused: Vec<(&str, &str)> = (results["not_asked"].as_array().unwrap().iter())
        .map(|entry| {
            let text = |key: &str| entry[key].as_str().unwrap();
            assert!(!text("reason").is_empty());
            (text("model"), text("probe"))
        })
        .collect();
    assert_eq!(
        refused,
        [
            ("masked", "hatecheck"),
            ("masked", "identity-templates"),
            ("classifier", "crows-pairs"),
            ("classifier", "stereoset"),
            ("classifier", "winobias"),
        ]
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_a_file() {
    let place = Workplace::new("");
    let written = |name: &str, seed: &str| {
        let output = made_up(&place)
            .args(["--format", "csv", "--quiet", "--seed", seed])
            .args(["--resamples", "50", "--permutations", "5", "--out", name])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
        fs::read_to_string(place.path(name)).unwrap()
    };
    let first = written("first.csv", "7");
    assert_eq!(first, written("second.csv", "7"));
    assert_ne!(first, written("third.csv", "8"));
    let header = "model,probe,measure,subset,count,value,low,high,p_value,reason\n";
    assert!(first.starts_with(header));
}

#[test]
fn models_stand_beside_each_other() {
    let place = Workplace::new("");
    let output = made_up(&place).arg("--quiet").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

/// A folder with a copy of the masked model, `model`, and of the made-up data, `data`.
fn copies() -> Workplace {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let place = Workplace::new("");
    copy(&golden().join("masked"), &place.path("model"));
    copy(&golden().join("classifier"), &place.path("classifier"));
    copy(&golden().join("data"), &place.path("data"));
    place
}

/// A change to the folder, and what is probed in it.
type BadCase = (&'static str, fn(&Workplace), &'static [&'static str], i32);

/// The file of the made-up pairs.
const CROWS: &str = "data/crows-pairs/crows_pairs_anonymized.csv";
/// The model on those pairs.
const PAIRS: &[&str] = &["model", "--data", "data", "--probe", "crows-pairs"];

const BAD_CASES: &[BadCase] = &[
    ("no folder", |_| {}, &["modle", "--data", "data"], 1),
    (
        "no config",
        |place| fs::remove_file(place.path("model/config.json")).unwrap(),
        PAIRS,
        1,
    ),
    (
        "no weights",
        |place| fs::remove_file(place.path("model/model.safetensors")).unwrap(),
        PAIRS,
        1,
    ),
    (
        "no tokenizer",
        |place| fs::remove_file(place.path("model/vocab.txt")).unwrap(),
        PAIRS,
        1,
    ),
    (
        "unknown architecture",
        |place| {
            let config = fs::read_to_string(place.path("model/config.json")).unwrap();
            place.write("model/config.json", config.replace("\"bert\"", "\"gpt2\""));
        },
        PAIRS,
        1,
    ),
    (
        "tokenizer of another model",
        |place| {
            let words = fs::read_to_string(place.path("model/vocab.txt")).unwrap();
            place.write("model/vocab.txt", words + "one\nmore\n");
        },
        PAIRS,
        1,
    ),
    (
        "no data",
        |place| fs::remove_file(place.path(CROWS)).unwrap(),
        PAIRS,
        1,
    ),
    (
        "no data at all",
        |_| {},
        &["model", "--data", "elsewhere"],
        1,
    ),
    (
        "wrong columns",
        |place| place.write(CROWS, "a,b\n1,2\n"),
        PAIRS,
        1,
    ),
    (
        "rows of different lengths",
        |place| place.write(CROWS, "a,b\n1,2,3\n"),
        PAIRS,
        1,
    ),
    (
        "not utf-8",
        |place| place.write(CROWS, b"sent_more\n\xff\n"),
        PAIRS,
        1,
    ),
    ("empty file", |place| place.write(CROWS, ""), PAIRS, 1),
    (
        "not packed",
        |place| place.write("pairs.csv.gz", "sent_more\n"),
        &[
            "model",
            "--probe",
            "crows-pairs",
            "--data",
            "crows-pairs=pairs.csv.gz",
        ],
        1,
    ),
    (
        "not json",
        |place| place.write("dev.json", "{"),
        &[
            "model",
            "--probe",
            "stereoset",
            "--data",
            "stereoset=dev.json",
        ],
        1,
    ),
    (
        "a text longer than the window",
        |place| {
            let long = "a ".repeat(300);
            let text = format!(
                "sent_more,sent_less,stereo_antistereo,bias_type\n{long},{long}b,stereo,length\n"
            );
            place.write(CROWS, text);
        },
        PAIRS,
        1,
    ),
    (
        "unknown probe",
        |_| {},
        &["model", "--probe", "crow-pairs"],
        2,
    ),
    (
        "no head",
        |_| {},
        &["classifier", "--data", "data", "--probe", "crows-pairs"],
        1,
    ),
    (
        "a model twice",
        |_| {},
        &["model", "model", "--data", "data"],
        2,
    ),
    (
        "two folders of data",
        |_| {},
        &["model", "--data", "data", "--data", "more"],
        2,
    ),
    (
        "data of a probe that does not ask",
        |_| {},
        &[
            "model",
            "--probe",
            "stereoset",
            "--data",
            "crows-pairs=pairs.csv",
        ],
        2,
    ),
    (
        "unknown device",
        |_| {},
        &["model", "--data", "data", "--device", "abacus"],
        2,
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let mut told = String::new();
    for (name, change, args, code) in BAD_CASES {
        let place = copies();
        change(&place);
        let output = place.equipoise(&[&["probe", "--quiet"], *args].concat());
        assert_eq!(
            output.status.code(),
            Some(*code),
            "{name}: {}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "", "{name}");
        writeln!(told, "=== {name}\n{}", stderr(&output).trim_end()).unwrap();
    }
    insta::assert_snapshot!(told);
}
