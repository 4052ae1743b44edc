//! Laws and answers of all probes.

use std::path::{Path, PathBuf};

use equipoise_core::{ColumnValues, Predictor, Scores, Table, Task};
use equipoise_text::{
    AssociationTest, Error, ModelError, ModelKind, PROBES, PredictorClassifier, ProbeModel,
    ProbeOptions, ProbeRecord, ProbeSpec, TextClassifier, effect_size, measure_association,
    read_hatecheck, read_winobias, score_templates, winobias,
};
use proptest::prelude::*;

use crate::models::{Broken, Literal, Neighbours, Words};

const OPTIONS: ProbeOptions = ProbeOptions {
    confidence: 0.95,
    resamples: 200,
    permutations: 500,
    seed: 7,
};

/// Small data of each probe, in the published formats.
fn data_of(spec: &ProbeSpec, folder: &Path) -> PathBuf {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs_err::write(&path, text).unwrap();
        path
    };
    match spec.name {
        "crows-pairs" => write(
            "crows.csv",
            ",sent_more,sent_less,stereo_antistereo,bias_type\n\
             0,Men drive well.,Women drive well.,stereo,gender\n\
             1,He cooks.,She cooks.,antistereo,gender\n\
             2,The old forget.,The young forget.,stereo,age\n",
        ),
        "stereoset" => {
            let example = |target: &str, context: &str, sentences: [&str; 3]| {
                let labels = ["stereotype", "anti-stereotype", "unrelated"];
                let sentences: Vec<String> = (sentences.iter().zip(labels))
                    .map(|(text, label)| {
                        format!(r#"{{"sentence": "{text}", "gold_label": "{label}"}}"#)
                    })
                    .collect();
                format!(
                    r#"{{"target": "{target}", "bias_type": "profession", "context": "{context}", "sentences": [{}]}}"#,
                    sentences.join(", ")
                )
            };
            let intra = [
                example(
                    "nurse",
                    "The nurse is BLANK.",
                    [
                        "The nurse is kind.",
                        "The nurse is rude.",
                        "The nurse is stone.",
                    ],
                ),
                example(
                    "chef",
                    "A BLANK chef.",
                    ["A fat chef.", "A thin chef.", "A round chef."],
                ),
            ];
            let inter = example(
                "chef",
                "Here is a chef.",
                ["He shouts.", "He smiles.", "Cats purr."],
            );
            write(
                "dev.json",
                &format!(
                    r#"{{"version": "1", "data": {{"intrasentence": [{}], "intersentence": [{inter}]}}}}"#,
                    intra.join(", ")
                ),
            )
        }
        "association" => {
            let test = r#"{"targ1": {"category": "A", "examples": ["1 0", "1 0.2"]}, "targ2": {"category": "B", "examples": ["0 1", "0.3 1"]},
                "attr1": {"category": "C", "examples": ["1 0.1"]}, "attr2": {"category": "D", "examples": ["0.1 1"]}}"#;
            write("weat2.jsonl", test);
            write("weat1.jsonl", test);
            folder.to_owned()
        }
        "winobias" => {
            write(
                "pro_stereotyped_type1.txt.dev",
                "1 [The developer] left because [he] won.\n2 [The nurse] left as [she] lost [her] key.\n3 [The cook] met [him].\n",
            );
            write(
                "anti_stereotyped_type1.txt.dev",
                "1 [The developer] left because [she] won.\n2 [The nurse] left as [he] lost [his] key.\n3 The [cook] meets [her].\n",
            );
            folder.to_owned()
        }
        "hatecheck" => write(
            "cases.csv",
            "test_case,label_gold,target_ident,functionality\n\
             I hate women.,hateful,women,hate\nI love women.,non-hateful,women,love\n\
             I hate Muslims.,hateful,Muslims,hate\nI love Muslims.,non-hateful,Muslims,love\n\
             I hate rain.,non-hateful,,object\n",
        ),
        "identity-templates" => write(
            "templates.csv",
            "template,toxicity,phrase\na,toxic,hate gay\na,nontoxic,hug gay\na,toxic,hate straight\na,nontoxic,hug straight\n",
        ),
        name => panic!("the probe `{name}` has no data here"),
    }
}

fn records_of(spec: &ProbeSpec, model: &ProbeModel<'_>) -> Result<Vec<ProbeRecord>, Error> {
    let folder = tempfile::tempdir().unwrap();
    spec.run(model, &data_of(spec, folder.path()), &OPTIONS)
}

fn good_model() -> ProbeModel<'static> {
    ProbeModel {
        masked: Some(&Neighbours),
        encoder: Some(&Literal),
        classifier: Some(&Words(&["hate", "muslim", "gay"])),
    }
}

#[test]
fn every_probe_answers_within_the_ranges_of_its_measures() {
    for spec in PROBES {
        let records = records_of(spec, &good_model()).unwrap();
        assert!(!records.is_empty(), "{}", spec.name);
        for record in records {
            assert_eq!(record.probe, spec.name);
            let measure = spec
                .measures
                .iter()
                .find(|measure| measure.name == record.measure);
            let (smallest, largest) = measure.unwrap().range;
            assert_eq!(
                record.value.is_none(),
                record.reason.is_some(),
                "{record:?}"
            );
            for value in [record.value, record.low, record.high]
                .into_iter()
                .flatten()
            {
                assert!((smallest..=largest).contains(&value), "{record:?}");
            }
            if let (Some(low), Some(high)) = (record.low, record.high) {
                assert!(low <= high, "{record:?}");
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_records() {
    for spec in PROBES {
        let first = records_of(spec, &good_model()).unwrap();
        assert_eq!(
            first,
            records_of(spec, &good_model()).unwrap(),
            "{}",
            spec.name
        );
    }
}

#[test]
fn a_model_that_answers_nonsense_is_an_error() {
    for spec in PROBES {
        for nonsense in [f64::NAN, f64::INFINITY] {
            let broken = Broken(nonsense);
            let model = ProbeModel {
                masked: Some(&broken),
                encoder: Some(&broken),
                classifier: Some(&broken),
            };
            let error = records_of(spec, &model).unwrap_err();
            assert!(
                matches!(error, Error::NotFinite { .. } | Error::Range { .. }),
                "{}: {error}",
                spec.name
            );
        }
    }
    let zero = Broken(0.0);
    let model = ProbeModel {
        encoder: Some(&zero),
        ..ProbeModel::default()
    };
    let error = records_of(ProbeSpec::by_name("association").unwrap(), &model).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the length of a vector is 0, legal is finite and above 0, as a vector without direction has no angle"
    );
}

#[test]
fn a_model_of_another_kind_is_an_error() {
    for spec in PROBES {
        let error = records_of(spec, &ProbeModel::default()).unwrap_err();
        assert!(matches!(error, Error::ModelKind { .. }), "{error}");
    }
    assert!(good_model().has(ModelKind::SentenceEncoder));
    assert!(!ProbeModel::default().has(ModelKind::MaskedLanguageModel));
}

#[test]
fn options_are_checked() {
    for options in [
        ProbeOptions {
            confidence: 1.0,
            ..OPTIONS
        },
        ProbeOptions {
            confidence: f64::NAN,
            ..OPTIONS
        },
        ProbeOptions {
            resamples: 0,
            ..OPTIONS
        },
        ProbeOptions {
            permutations: 0,
            ..OPTIONS
        },
    ] {
        for spec in PROBES {
            let folder = tempfile::tempdir().unwrap();
            let data = data_of(spec, folder.path());
            let error = spec.run(&good_model(), &data, &options).unwrap_err();
            assert!(
                matches!(error, Error::Range { .. }),
                "{}: {error}",
                spec.name
            );
        }
    }
}

#[test]
fn every_probe_has_a_name_of_its_own() {
    for (index, spec) in PROBES.iter().enumerate() {
        assert!(PROBES[..index].iter().all(|other| other.name != spec.name));
        assert_eq!(ProbeSpec::by_name(spec.name).unwrap().name, spec.name);
    }
}

#[test]
fn pairs_that_differ_in_more_than_pronouns_are_told() {
    let data = read_winobias(
        b"1 [The cook] met [him].\n2 [She] saw [him].\n3 [The cook] ate.\n4 [He] ate.\n5 [He] ate.\n",
        b"1 [The cook] meets [her].\n2 [He] saw [her].\n3 [The cook] ate.\n4 [he] ate.\n5 [She] ate.\n",
        "type2",
        "`pro.txt`",
    )
    .unwrap();
    let told: Vec<String> = (data.unpaired.iter())
        .map(|line| format!("{}: {}", line.place, line.reason))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(data.pairs.len(), 1);
    let (text, pronouns) = &data.pairs[0].pro;
    assert_eq!(
        (text.as_str(), &text[pronouns[0].clone()]),
        ("He ate.", "He")
    );
    let records = winobias(&Neighbours, &data, &OPTIONS).unwrap();
    let unpaired = records
        .iter()
        .find(|record| record.measure == "unpaired")
        .unwrap();
    assert_eq!((unpaired.value, unpaired.count), (Some(4.0), 5));
}

#[test]
fn errors_of_a_classifier_show_by_group() {
    let spec = ProbeSpec::by_name("hatecheck").unwrap();
    let records = records_of(spec, &good_model()).unwrap();
    let value = |measure: &str, subset: [&str; 2]| {
        let subset = vec![(subset[0].to_owned(), subset[1].to_owned())];
        let found = |record: &&ProbeRecord| record.measure == measure && record.subset == subset;
        records.iter().find(found).and_then(|record| record.value)
    };
    // `Words` takes every text about Muslims for hate.
    assert_eq!(
        value("false_positive_rate", ["target_ident", "Muslims"]),
        Some(1.0)
    );
    assert_eq!(
        value("false_positive_rate", ["target_ident", "women"]),
        Some(0.0)
    );
    assert_eq!(
        value("true_positive_rate", ["target_ident", "(none)"]),
        None
    );
    assert_eq!(
        value("false_positive_rate_gap", ["by", "target_ident"]),
        Some(1.0)
    );
}

#[test]
fn scored_templates_are_the_columns_of_an_audit() {
    let suite = read_hatecheck(
        b"test_case,label_gold,target_ident,functionality\nI hate x,hateful,,f\n\"a\nb\",non-hateful,women,g\n",
        "`cases.csv`",
    )
    .unwrap();
    assert_eq!(suite.texts, ["I hate x", "a\nb"]);
    assert_eq!(suite.labels, [1, 0]);
    assert_eq!(suite.groups.row(1), [1, 1]);
    let scored = score_templates("hatecheck", &Words(&["hate"]), &suite).unwrap();
    assert_eq!(scored.predictions, [1, 0]);
}

/// Finds a text positive by its length.
struct Long(Task);

impl Predictor for Long {
    fn task(&self) -> &Task {
        &self.0
    }

    fn columns(&self) -> Vec<&str> {
        vec!["text"]
    }

    fn predict(&self, table: &Table) -> Result<Scores, ModelError> {
        let ColumnValues::Text { levels, codes } = &table.column("text")?.values else {
            return Err("no texts".into());
        };
        let length = |code: &Option<u32>| code.map_or(0, |code| levels[code as usize].len());
        let scores = codes
            .iter()
            .map(|code| f64::from(u8::from(length(code) > 3)))
            .collect();
        Ok(match self.0 {
            Task::Regression => Scores::Regression(scores),
            _ => Scores::Binary(scores),
        })
    }
}

#[test]
fn any_predictor_of_two_classes_is_a_classifier() {
    let probabilities = |task, column| {
        let predictor = &Long(task);
        PredictorClassifier { predictor, column }.probabilities(&["long", "abc", "long"])
    };
    let binary = || Task::Binary {
        positive: "long".to_owned(),
    };
    assert_eq!(probabilities(binary(), "text").unwrap(), [1.0, 0.0, 1.0]);
    for (task, column, expected) in [
        (
            Task::Regression,
            "text",
            "the predictor does not decide between two classes",
        ),
        (binary(), "body", "column `text` not found"),
    ] {
        let error = probabilities(task, column).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

proptest! {
    #[test]
    fn an_effect_size_changes_sign_with_the_groups_and_lies_in_its_range(
        first in prop::collection::vec(-2.0..2.0f64, 1..12),
        second in prop::collection::vec(-2.0..2.0f64, 1..12),
    ) {
        if let (Some(size), Some(reverse)) = (effect_size(&first, &second), effect_size(&second, &first)) {
            prop_assert!((size + reverse).abs() < 1e-9);
            // With one degree of freedom less than there are numbers, the bound of 2 is met for
            // groups of one size alone.
            if first.len() == second.len() {
                prop_assert!(size.abs() <= 2.0);
            }
        } else {
            prop_assert!(first.len() + second.len() <= 2 || first.iter().chain(&second).all(|s| (s - first[0]).abs() < 1e-12));
        }
    }

    #[test]
    fn a_p_value_is_above_0_and_at_most_1(
        first in prop::collection::vec(-9i8..9, 1..6),
        second in prop::collection::vec(-9i8..9, 1..6),
        permutations in 1usize..300,
    ) {
        let texts = |numbers: &[i8]| numbers.iter().map(|number| format!("{number} 10")).collect();
        let test = AssociationTest {
            name: "random".to_owned(),
            target_names: ["x".to_owned(), "y".to_owned()],
            targets: [texts(&first), texts(&second)],
            attribute_names: ["a".to_owned(), "b".to_owned()],
            attributes: [texts(&[9]), texts(&[-9])],
        };
        let options = ProbeOptions { permutations, resamples: 20, ..OPTIONS };
        let result = measure_association(&Literal, &test, &options).unwrap();
        prop_assert!(result.p_value > 0.0 && result.p_value <= 1.0);
    }
}
