//! Pretraining on texts: the same bytes each time, also after a kill, and a folder that fine-tuning
//! starts from.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod program;

use std::{collections::BTreeMap, path::Path};

use equipoise_models::bert::{MaskedLanguageModel, TextBase, TextModelConfig, hub_config};
use equipoise_tensor::{open_device, parse_device};
use program::{Workplace, assert_same, stderr, stdout};

/// A tiny model over made-up texts, with everything that pretraining has.
const CONFIG: &str = r#"
seed = 3
[corpus]
train = ["texts/*.txt"]
valid = ["held-out.txt"]
balance = { by = "gender", mode = "repeat" }
augment = { swap = "en-gender" }
[model]
kind = "bert"
window = 16
shape = { width = 16, layers = 1, heads = 2, feed_forward = 32, positions = 16, initializer_range = 0.3 }
tokenizer = { vocabulary = 120, min_frequency = 1 }
[pretrain]
objective = "masked-language"
epochs = 4
batch_size = 8
accumulation = 2
gradient_clip = 1.0
optimizer = { kind = "adamw", learning_rate = 1e-2 }
schedule = { kind = "linear", warmup = 0.1 }
"#;

fn texts(rows: usize, shift: usize) -> String {
    let who = ["The king", "A man", "She", "Every dog", "He"];
    let did = ["saw the red house", "came home late", "ate an apple"];
    let documents = (0..rows).map(|row| {
        let at = row * 7 + shift;
        format!("{} {} again and again.", who[at % 5], did[at / 5 % 3])
    });
    documents.collect::<Vec<_>>().join("\n\n")
}

fn workplace() -> Workplace {
    let place = Workplace::new(CONFIG);
    std::fs::create_dir(place.path("texts")).unwrap();
    place.write("texts/a.txt", texts(60, 0));
    place.write("texts/b.txt", texts(40, 3));
    place.write("held-out.txt", texts(20, 5));
    place
}

fn results(place: &Workplace, out: &str) -> BTreeMap<String, Vec<u8>> {
    [
        "config.toml",
        "run.json",
        "corpus.json",
        "models/base/config.json",
        "models/base/model.safetensors",
        "models/base/tokenizer.json",
        "models/base/tokenizer_config.json",
        "models/base/special_tokens_map.json",
        "models/base/history.json",
    ]
    .into_iter()
    .map(|name| {
        let bytes = std::fs::read(place.path(out).join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        (name.to_owned(), bytes)
    })
    .collect()
}

fn perplexities(results: &BTreeMap<String, Vec<u8>>) -> Vec<f64> {
    let history: serde_json::Value =
        serde_json::from_slice(&results["models/base/history.json"]).unwrap();
    (history["stages"][0]["epochs"].as_array().unwrap().iter())
        .map(|epoch| epoch["valid"]["perplexity"].as_f64().unwrap())
        .collect()
}

#[test]
fn a_base_model_is_the_same_each_time_and_starts_a_run() {
    let place = workplace();
    let output = place.equipoise(&["pretrain", "run.toml", "--out", "first"]);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!("printed", without_number(&stdout(&output)));
    let printed = stdout(&output);
    let output = place
        .program(&["pretrain", "run.toml", "--out", "second"])
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let first = results(&place, "first");
    assert_same(&first, &results(&place, "second"));
    assert!(!place.path("first/checkpoints").exists());
    let perplexities = perplexities(&first);
    assert!(perplexities[3] < 0.7 * perplexities[0], "{perplexities:?}");

    // A finished folder is shown again.
    let output = place.equipoise(&["pretrain", "run.toml", "--out", "first"]);
    assert_eq!(stdout(&output), printed);

    // The folder has the whole model, and its tokenizer is that of the model.
    let device = open_device(&parse_device("cpu").unwrap()).unwrap();
    let folder = place.path("first/models/base");
    let config = hub_config(&folder).unwrap();
    let loaded = MaskedLanguageModel::from_folder(&folder, &config, &device).unwrap();
    assert!(loaded.fresh.is_empty() && loaded.unused.is_empty());
    let settings = TextModelConfig {
        path: Some(folder),
        ..TextModelConfig::default()
    };
    TextBase::open(&settings, &[]).unwrap();

    // It goes on learning from other texts, and is the base of a run.
    place.write(
        "more.toml",
        "[corpus]\ntrain = [\"texts/b.txt\"]\nheld_out = 0.2\n[model]\nkind = \"bert\"\npath = \
         \"first/models/base\"\n[pretrain]\nobjective = \"masked-language\"\nsteps = 5\nbatch_size = 8\n",
    );
    let output = place.equipoise(&["pretrain", "more.toml", "--out", "more"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_ne!(
        results(&place, "more")["models/base/model.safetensors"],
        first["models/base/model.safetensors"]
    );
    place.write(
        "fine.toml",
        "[data]\nsource = \"rows.csv\"\ntext = \"text\"\nlabel = { column = \"y\", positive = \"a\" }\n\
         groups = [\"g\"]\n[model]\nkind = \"bert\"\npath = \"more/models/base\"\n[finetune]\n\
         epochs = 1\nbatch_size = 16\n[audit]\nreplicates = 5\n",
    );
    let rows = (0..80).map(|row| format!("he came home,{},{}\n", ["a", "b"][row % 2], row / 2 % 2));
    place.write(
        "rows.csv",
        "text,y,g\n".to_owned() + &rows.collect::<String>(),
    );
    let output = place.equipoise(&["run", "fine.toml", "--out", "fine"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

/// The number of the perplexity is that of a machine.
fn without_number(printed: &str) -> String {
    let (before, after) = printed.split_once("held-out texts: ").unwrap();
    let (_, after) = after.split_once(" after").unwrap();
    format!("{before}held-out texts: NUMBER after{after}")
}

#[test]
fn pretraining_that_was_killed_ends_with_the_same_bytes() {
    let place = workplace();
    let run = |out: &str| place.program(&["pretrain", "run.toml", "--out", out]);
    let output = run("undisturbed").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let reached = |epoch: &str| {
        Path::new(&place.path(format!("disturbed/checkpoints/base/pretrain/{epoch}"))).exists()
    };
    let mut child = run("disturbed").spawn().unwrap();
    while !reached("epoch-2") && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let output = run("disturbed").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_same(
        &results(&place, "undisturbed"),
        &results(&place, "disturbed"),
    );
}

#[test]
fn what_does_not_fit_is_said_with_its_place() {
    let place = workplace();
    for (from, to, expected) in [
        (
            "window = 16",
            "window = 17",
            "`window` of model `bert` is 17; legal is 3 to 16",
        ),
        (
            "kind = \"bert\"\nwindow = 16\n",
            "kind = \"mlp\"\n",
            "unknown key `shape`",
        ),
        (
            "objective = \"masked-language\"\n",
            "",
            "`pretrain.objective` is masked-features, and texts have none",
        ),
        (
            "objective = \"masked-language\"\n",
            "objective = \"masked-language\"\nmask_rate = 1.5\n",
            "`pretrain.mask_rate` is 1.5; legal is above 0 and below 1",
        ),
        (
            "[corpus]",
            "[corpus]\nfiles = 1",
            "unknown key `files` in `corpus`",
        ),
        (
            "seed = 3",
            "seed = 3\n[data]\nsource = \"a.csv\"",
            "unknown key `data`",
        ),
        (
            "by = \"gender\"",
            "by = \"sex\"",
            "`sex` is no attribute of the lexicon",
        ),
        (
            "swap = \"en-gender\"",
            "swap = \"en-gender\", mode = \"double\", probability = 0.5",
            "`corpus.augment.probability` is there with the mode `double`",
        ),
    ] {
        assert!(CONFIG.contains(from), "{from}");
        place.write("wrong.toml", CONFIG.replacen(from, to, 1));
        let output = place.equipoise(&["pretrain", "wrong.toml", "--out", "wrong"]);
        assert!(!output.status.success(), "{to}");
        let said = stderr(&output).replace("\n  │ ", " ");
        assert!(said.contains(expected), "{to}: {said}");
    }
    let output = place.equipoise(&["run", "run.toml", "--out", "wrong"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("`[corpus]` is read by `equipoise pretrain` alone"));
}
