//! A run of a model of texts: the same folder as that of a table, the same bytes each time, and a
//! model folder that predicts on its own.

mod program;

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use equipoise_core::Scores;
use equipoise_models::{
    LoraConfig, Pooling, TextModel,
    bert::{TextPredictor, hub_config, token_inputs},
    lora,
};
use equipoise_tensor::{open_device, parse_device};
use program::{Workplace, assert_same, stderr, stdout};

/// A new model, small, over made-up comments; the first row of each group is empty.
const CONFIG: &str = r#"
title = "Comments"
seed = 3
[data]
source = "comments.csv"
text = "comment"
label = { column = "label", positive = "rude" }
groups = ["about"]
split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }
[model]
kind = "bert"
shape = { width = 16, layers = 1, heads = 2, feed_forward = 32, positions = 48, initializer_range = 0.3 }
tokenizer = { vocabulary = 200, min_frequency = 1 }
pooling = "cls"
[finetune]
epochs = 5
batch_size = 16
optimizer = { kind = "adamw", learning_rate = 1e-2 }
[fairness]
loss = "predictive-equality"
lambda = 0.5
groups = ["about"]
[audit]
replicates = 20
"#;

/// Comments of several lengths: rude ones are about one group more often.
fn comments() -> String {
    let mut text = "comment,label,about\n".to_owned();
    for row in 0..240_usize {
        let about = if row % 3 == 0 { "cats" } else { "dogs" };
        let rude = row % 5 < if about == "cats" { 3 } else { 2 };
        let word = if rude { "awful" } else { "lovely" };
        let more = " and so on".repeat(row % 7);
        let label = if rude { "rude" } else { "kind" };
        let _ = writeln!(
            text,
            "\"these {about} are {word}{more}, number {row}\",{label},{about}"
        );
    }
    text
}

fn workplace(config: &str) -> Workplace {
    let place = Workplace::new(config);
    place.write("comments.csv", comments());
    place
}

/// Every file of a run that must be the same in every run of the same configuration.
fn results(place: &Workplace, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut names: Vec<String> = ["config.toml", "run.json", "report.html", "data.json"]
        .map(str::to_owned)
        .to_vec();
    for model in ["plain", "fair"] {
        names.push(format!("audit/{model}.json"));
        names.push(format!("predictions/{model}.parquet"));
        for file in [
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "model.json",
            "history.json",
        ] {
            names.push(format!("models/{model}/{file}"));
        }
    }
    let read = |name: &String| {
        std::fs::read(place.path(out).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    names
        .iter()
        .map(|name| (name.clone(), read(name)))
        .collect()
}

#[test]
fn a_run_is_the_same_each_time_and_its_folder_predicts() {
    let place = workplace(CONFIG);
    place.run_into("first");
    let output = place
        .program(&["run", "run.toml", "--out", "second"])
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("demographic parity difference"));
    assert_same(&results(&place, "first"), &results(&place, "second"));

    let device = open_device(&parse_device("cpu").unwrap()).unwrap();
    let folder = place.path("first/models/fair");
    let model = TextPredictor::load(&folder, &device).unwrap();
    let scores = model.score(&["these cats are awful", "these cats are lovely", ""]);
    let Scores::Binary(scores) = scores.unwrap() else {
        panic!("two classes have one score");
    };
    assert!(scores[0] > 0.5 && scores[1] < 0.5, "{scores:?}");

    // The model of a run is a base model for the next.
    let config = hub_config(&folder).unwrap();
    let loaded = TextModel::from_folder(&folder, &config, Pooling::Cls, 1, &device).unwrap();
    assert!(loaded.fresh.is_empty() && loaded.unused.is_empty());
    place.write("run.toml", over_first("\"head\""));
    place.run_into("next");
    let encoder = |out: &str| {
        let folder = place.path(out).join("models/plain");
        let loaded = TextModel::from_folder(&folder, &config, Pooling::Mean, 1, &device);
        equipoise_models::weights::to_bytes(loaded.unwrap().model.encoder()).unwrap()
    };
    assert!(encoder("first") == encoder("next"), "the head alone moves");
}

/// The same configuration over the model that a run in `first` has made, with another strategy.
fn over_first(strategy: &str) -> String {
    CONFIG
        .lines()
        .filter(|line| !line.starts_with("shape") && !line.starts_with("tokenizer"))
        .collect::<Vec<_>>()
        .join("\n")
        .replace(
            "kind = \"bert\"",
            "kind = \"bert\"\npath = \"first/models/plain\"",
        )
        .replace("[finetune]", &format!("[finetune]\nstrategy = {strategy}"))
}

#[test]
fn adapters_are_saved_merged_and_alone() {
    let place = workplace(CONFIG);
    place.run_into("first");
    place.write("run.toml", over_first("{ kind = \"lora\", rank = 2 }"));
    place.run_into("adapted");
    let device = open_device(&parse_device("cpu").unwrap()).unwrap();
    let open = |folder: &str| {
        let folder = place.path(folder);
        let config = hub_config(&folder).unwrap();
        let loaded = TextModel::from_folder(&folder, &config, Pooling::Cls, 1, &device).unwrap();
        assert!(loaded.fresh.is_empty() && loaded.unused.is_empty());
        loaded.model
    };
    let merged = open("adapted/models/fair");
    let config = LoraConfig {
        rank: 2,
        ..LoraConfig::default()
    };
    let file = place.path("adapted/models/fair/adapter.safetensors");
    // The base of the run with the adapters of its file is the model of the run: it did not move.
    let adapted = lora::load(open("first/models/plain"), &config, &file).unwrap();
    let outputs = |model: &TextModel| -> Vec<f32> {
        let texts: [&[u32]; 2] = [&[2, 9, 30, 12, 3], &[2, 40, 3]];
        let inputs = token_inputs(&texts, 0, &device);
        model.forward(inputs).into_data().try_into_vec().unwrap()
    };
    assert_ne!(outputs(&merged), outputs(&open("first/models/plain")));
    for (merged, adapted) in outputs(&merged).iter().zip(outputs(&adapted)) {
        assert!((merged - adapted).abs() < 1e-5, "{merged} {adapted}");
    }

    let record = std::fs::read(place.path("adapted/run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let parameters = &record["models"][1]["parameters"];
    // 2 matrices of 16 x 16, each with 2 x 32 values; the head has 272 + 17.
    assert_eq!(parameters["trained"], 2 * 64 + 289);
    let share = parameters["trained"].as_f64().unwrap() / parameters["all"].as_f64().unwrap();
    assert_eq!(parameters["share"].as_f64(), Some(share));
}

#[test]
fn a_strategy_that_does_not_fit_is_told_before_training() {
    let place = workplace(CONFIG);
    place.run_into("first");
    for (strategy, message) in [
        (
            "{ kind = \"lora\", rank = 17 }",
            "`rank` of low-rank adapters is 17; legal is 1 to 16",
        ),
        (
            "{ kind = \"last-layers\", layers = 2 }",
            "`finetune.strategy.layers` is 2; legal is 1 to 1",
        ),
    ] {
        place.write("run.toml", over_first(strategy));
        let output = place.equipoise(&["run", "run.toml", "--out", "wrong"]);
        assert!(!output.status.success());
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
        assert!(!place.path("wrong/checkpoints").exists());
    }
}

#[test]
fn long_texts_are_cut_or_seen_whole_and_counted() {
    let device = open_device(&parse_device("cpu").unwrap()).unwrap();
    let config = |long_texts: &str| {
        CONFIG.replace(
            "pooling = \"cls\"",
            &format!("pooling = \"cls\"\nwindow = 8\nlong_texts = {long_texts}"),
        )
    };
    let place = workplace(&config("\"truncate\""));
    place.run_into("cut");
    place.write("run.toml", config("\"stride\"\noverlap = 2"));
    place.run_into("whole");
    let truncated = |out: &str| -> u64 {
        let record = std::fs::read(place.path(out).join("run.json")).unwrap();
        let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
        record["data"]["truncated_texts"].as_u64().unwrap()
    };
    // All but the shortest texts have more than the six tokens that fit.
    assert!(truncated("cut") > 150);
    assert_eq!(truncated("whole"), 0);
    let log = std::fs::read_to_string(place.path("cut/log.jsonl")).unwrap();
    assert!(log.contains("are not seen"), "{log}");

    // Two texts that differ in their ends alone.
    let scores = |out: &str| {
        let model = TextPredictor::load(&place.path(out).join("models/fair"), &device).unwrap();
        let long = "these dogs are and so on and so on and so on";
        let scores = model.score(&[format!("{long} awful"), format!("{long} lovely")]);
        let Scores::Binary(scores) = scores.unwrap() else {
            panic!("two classes have one score");
        };
        (scores[0] - scores[1]).abs()
    };
    assert!(scores("cut") < 1e-12);
    assert!(scores("whole") > 1e-9);
}

#[test]
fn a_run_that_was_killed_ends_with_the_same_bytes() {
    let place = workplace(CONFIG);
    place.run_into("undisturbed");
    let args = ["run", "run.toml", "--out", "disturbed"];
    let reached = |epoch: &str| {
        let path = format!("disturbed/checkpoints/fair/finetune/{epoch}");
        Path::new(&place.path(path)).exists()
    };
    let mut child = place.program(&args).spawn().unwrap();
    while !reached("epoch-1") && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let output = place.equipoise(&args);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_same(
        &results(&place, "undisturbed"),
        &results(&place, "disturbed"),
    );
}

/// What the program says of a changed configuration.
fn refused(from: &str, to: &str) -> String {
    let place = workplace(&CONFIG.replace(from, to));
    let output = place.equipoise(&["data", "check", "run.toml"]);
    if output.status.success() {
        let output = place.equipoise(&["run", "run.toml", "--out", "out"]);
        assert!(!output.status.success());
        return stderr(&output);
    }
    stderr(&output)
}

#[test]
fn what_does_not_fit_is_said_with_its_place() {
    for (from, to, expected) in [
        (
            "text = \"comment\"\n",
            "",
            "model `bert` sees texts, and `data.text` names none",
        ),
        (
            "text = \"comment\"",
            "text = \"coment\"",
            "column `coment`, named by `data.text`, not found",
        ),
        (
            "text = \"comment\"",
            "text = \"label\"",
            "`label`, which is the label",
        ),
        (
            "kind = \"bert\"\nshape = { width = 16, layers = 1, heads = 2, feed_forward = 32, \
             positions = 48, initializer_range = 0.3 }\ntokenizer = { vocabulary = 200, min_frequency = 1 }\npooling = \
             \"cls\"",
            "kind = \"mlp\"",
            "`data.text` is `comment`, and model `mlp` sees no texts",
        ),
        (
            "heads = 2",
            "heads = 3",
            "`heads` of model `bert` is 3; legal is a divisor",
        ),
        (
            "pooling = \"cls\"",
            "path = \"x\"",
            "`path` and `shape` of model `bert`",
        ),
        (
            "pooling = \"cls\"",
            "window = 2",
            "`window` of model `bert` is 2",
        ),
        (
            "[finetune]",
            "[pretrain]\n[finetune]",
            "model `bert` has no pretraining on masked features",
        ),
    ] {
        let found = refused(from, to).replace("\n  │ ", " ");
        assert!(found.contains(expected), "{to}: {found}");
    }
}
