//! The encoders of texts against the numbers of transformers, which `golden/README.md` describes.
#![cfg(feature = "flex")]
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that is skipped says so, and one that measures says what it found"
)]

mod support;

use std::path::{Path, PathBuf};

use burn::tensor::{Tensor, TensorData};
use burn_store::{ModuleStore, SafetensorsStore};
use equipoise_models::bert::{
    Architecture, BertConfig, MaskedLanguageModel, Pooling, TextModel, hub_config,
    pooling::mean_of_tokens,
};
use equipoise_models::{Error, HeadedModel};
use equipoise_tensor::TokenInputs;
use equipoise_text::tokenizer::{PaddedTokens, Tokenizer, Window, pad};
use serde::Deserialize;
use support::{TestResult, device, values};

/// What transformers says of a small model.
#[derive(Deserialize)]
struct Expected {
    texts: Vec<Vec<u32>>,
    /// For each text, the hidden states of its tokens.
    #[serde(default)]
    hidden: Vec<Vec<f32>>,
    /// For each text, the logits of all words at its tokens.
    #[serde(default)]
    token_logits: Vec<Vec<f32>>,
    #[serde(default)]
    logits: Vec<f32>,
    #[serde(default)]
    mean: Vec<f32>,
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn expected(folder: &Path) -> Result<Expected, Box<dyn std::error::Error>> {
    Ok(serde_json::from_slice(&fs_err::read(
        folder.join("expected.json"),
    )?)?)
}

fn inputs(padded: PaddedTokens) -> Result<TokenInputs, Box<dyn std::error::Error>> {
    let device = device()?;
    let shape = [padded.rows, padded.width];
    let ids: Vec<i64> = padded.ids.into_iter().map(i64::from).collect();
    Ok(TokenInputs {
        ids: Tensor::from_data(TensorData::new(ids, shape), &device),
        attention: Tensor::from_data(TensorData::new(padded.attention, shape), &device),
    })
}

fn padded(texts: &[Vec<u32>], config: &BertConfig) -> PaddedTokens {
    let rows: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
    pad(&rows, config.pad)
}

fn largest_difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    found
        .iter()
        .zip(expected)
        .map(|(found, expected)| (found - expected).abs())
        .fold(0.0, f32::max)
}

/// Compares what stands at the tokens of each text, `[texts, tokens, width]`.
fn assert_tokens(found: &Tensor<3>, expected: &[Vec<f32>], tolerance: f32) -> TestResult {
    let [_, _, width] = found.dims();
    for (row, expected) in expected.iter().enumerate() {
        let tokens = expected.len() / width;
        let found = values(found.clone().narrow(0, row, 1).narrow(1, 0, tokens))?;
        let difference = largest_difference(&found, expected);
        assert!(difference < tolerance, "text {row}: {difference:e}");
    }
    Ok(())
}

const ARCHITECTURES: [&str; 4] = ["bert", "distilbert", "roberta", "xlm-roberta"];

#[test]
fn classification_models_compute_what_transformers_computes() -> TestResult {
    for name in ARCHITECTURES {
        let folder = golden(name).join("classification");
        let expected = expected(&folder)?;
        let config = hub_config(&folder)?;
        assert_eq!(config.architecture.name(), name);
        let loaded = TextModel::from_folder(&folder, &config, Pooling::Cls, 3, &device()?)?;
        assert!(loaded.fresh.is_empty(), "{name}: {:?}", loaded.fresh);
        let inputs = inputs(padded(&expected.texts, &config))?;
        let hidden = loaded.model.encoder().forward(&inputs);
        assert_tokens(&hidden, &expected.hidden, 1e-5)?;
        let found = values(loaded.model.forward(inputs))?;
        let difference = largest_difference(&found, &expected.logits);
        assert!(difference < 1e-5, "{name}: {difference:e}");
    }
    Ok(())
}

#[test]
fn masked_language_models_compute_what_transformers_computes() -> TestResult {
    let pickled = cfg!(feature = "pytorch").then_some(("bert", "pickled"));
    let folders = ARCHITECTURES.map(|name| (name, "masked-language"));
    for (name, kind) in folders.into_iter().chain(pickled) {
        let folder = golden(name).join(kind);
        let expected = expected(&folder)?;
        let config = hub_config(&folder)?;
        let loaded = MaskedLanguageModel::from_folder(&folder, &config, &device()?)?;
        assert!(loaded.fresh.is_empty(), "{name}: {:?}", loaded.fresh);
        let inputs = inputs(padded(&expected.texts, &config))?;
        assert_tokens(&loaded.model.forward(&inputs), &expected.token_logits, 2e-5)?;
    }
    Ok(())
}

#[test]
fn an_encoder_without_a_head_gets_a_fresh_one() -> TestResult {
    let folder = golden("minilm/encoder");
    let expected = expected(&folder)?;
    let config = hub_config(&folder)?;
    let device = device()?;
    let loaded = TextModel::from_folder(&folder, &config, Pooling::Mean, 1, &device)?;
    assert_eq!(loaded.fresh, ["classifier.bias", "classifier.weight"]);
    assert_eq!(loaded.unused, ["pooler.dense.bias", "pooler.dense.weight"]);
    let inputs = inputs(padded(&expected.texts, &config))?;
    let hidden = loaded.model.encoder().forward(&inputs);
    assert_tokens(&hidden, &expected.hidden, 1e-5)?;
    let mean = values(mean_of_tokens(hidden, &inputs.attention))?;
    assert!(largest_difference(&mean, &expected.mean) < 1e-5);
    let (outputs, representation) = loaded.model.forward_with_representation(inputs.into());
    assert_eq!(outputs.dims(), [3, 1]);
    assert!(largest_difference(&values(representation)?, &expected.mean) < 1e-5);
    Ok(())
}

#[test]
fn a_head_of_another_task_is_drawn_afresh() -> TestResult {
    let folder = golden("roberta/classification");
    let config = hub_config(&folder)?;
    let loaded = TextModel::from_folder(&folder, &config, Pooling::Cls, 2, &device()?)?;
    assert_eq!(
        loaded.fresh,
        ["classifier.out_proj.bias", "classifier.out_proj.weight"]
    );
    Ok(())
}

#[test]
fn a_saved_model_is_read_back_with_the_same_names_and_shape() -> TestResult {
    let device = device()?;
    for name in ARCHITECTURES {
        let source = golden(name).join("classification");
        let texts = expected(&source)?.texts;
        let config = hub_config(&source)?;
        let model = TextModel::from_folder(&source, &config, Pooling::Cls, 3, &device)?.model;
        let temporary = tempfile::tempdir()?;
        let labels = ["a", "b", "c"].map(str::to_owned);
        model.save_to_folder(temporary.path(), &config, Pooling::Cls, &labels)?;
        let names = |folder: &Path| -> Result<Vec<String>, Box<dyn std::error::Error>> {
            Ok(SafetensorsStore::from_file(folder.join("model.safetensors")).keys()?)
        };
        assert_eq!(names(temporary.path())?, names(&source)?);
        let saved = hub_config(temporary.path())?;
        assert_eq!(saved, config);
        let again = TextModel::from_folder(temporary.path(), &saved, Pooling::Cls, 3, &device)?;
        let inputs = inputs(padded(&texts, &config))?;
        assert_eq!(
            values(model.forward(inputs.clone()))?,
            values(again.model.forward(inputs))?
        );
        // The same model has the same bytes.
        let bytes = fs_err::read(temporary.path().join("model.safetensors"))?;
        again
            .model
            .save_to_folder(temporary.path(), &config, Pooling::Cls, &labels)?;
        assert_eq!(
            bytes,
            fs_err::read(temporary.path().join("model.safetensors"))?
        );
    }
    Ok(())
}

#[test]
fn padding_changes_nothing() -> TestResult {
    let folder = golden("bert/classification");
    let config = hub_config(&folder)?;
    let model = TextModel::from_folder(&folder, &config, Pooling::Cls, 3, &device()?)?.model;
    let alone = pad(&[&[2, 5, 3]], 0);
    let beside = pad(&[&[2, 5, 3], &[2, 7, 9, 11, 23, 4, 3]], 0);
    let alone = values(model.forward(inputs(alone)?))?;
    let beside = values(model.forward(inputs(beside)?))?;
    assert!(largest_difference(&alone, &beside[..3]) < 1e-6);
    Ok(())
}

/// A copy of a golden folder that can be damaged.
fn copy(name: &str) -> Result<tempfile::TempDir, Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    for entry in fs_err::read_dir(golden(name))? {
        let path = entry?.path();
        let file = path.file_name().ok_or("a file without a name")?;
        fs_err::copy(&path, temporary.path().join(file))?;
    }
    Ok(temporary)
}

fn message(
    folder: &Path,
    change: impl FnOnce(&mut serde_json::Value),
) -> Result<String, Box<dyn std::error::Error>> {
    let path = folder.join("config.json");
    let mut config: serde_json::Value = serde_json::from_slice(&fs_err::read(&path)?)?;
    change(&mut config);
    fs_err::write(&path, config.to_string())?;
    let loaded = hub_config(folder).and_then(|config| {
        TextModel::from_folder(
            folder,
            &config,
            Pooling::Cls,
            3,
            &burn::tensor::Device::flex(),
        )
    });
    let Err(error) = loaded else {
        return Err("the folder could be read".into());
    };
    let folder = format!("{}/", folder.display());
    Ok(error.to_string().replace(&folder, ""))
}

#[test]
fn a_damaged_folder_is_an_error_that_says_how() -> TestResult {
    let folder = copy("bert/classification")?;
    let message = |change: fn(&mut serde_json::Value)| message(folder.path(), change);
    assert_eq!(
        message(|config| config["model_type"] = "gpt2".into())?,
        "`config.json`: unknown `model_type` `gpt2`; known are bert, distilbert, roberta, \
         xlm-roberta"
    );
    assert_eq!(
        message(|config| {
            config["model_type"] = "bert".into();
            config["hidden_size"] = "wide".into();
        })?,
        "`config.json`: `hidden_size` is \"wide\"; legal is a whole number, 0 or more"
    );
    assert_eq!(
        message(|config| config["hidden_size"] = 9.into())?,
        "`heads` of model `bert` is 2; legal is a divisor of the width, 9"
    );
    assert_eq!(
        message(|config| config["hidden_size"] = 16.into())?,
        "`model.safetensors`: tensor `encoder.embeddings.word.weight` is [24, 8]; legal is \
         [24, 16]"
    );
    assert_eq!(
        message(|config| {
            config["hidden_size"] = 8.into();
            config["num_hidden_layers"] = 1.into();
        })?,
        "`model.safetensors`: the model has no place for \
         `bert.encoder.layer.1.attention.output.LayerNorm.bias`, \
         `bert.encoder.layer.1.attention.output.LayerNorm.weight`, \
         `bert.encoder.layer.1.attention.output.dense.bias`, \
         `bert.encoder.layer.1.attention.output.dense.weight`, \
         `bert.encoder.layer.1.attention.self.key.bias` and 11 more"
    );
    let missing = message(|config| config["num_hidden_layers"] = 3.into())?;
    assert!(
        missing.starts_with("`model.safetensors`: missing `bert.encoder.layer.2.attention"),
        "{missing}"
    );
    assert_eq!(
        message(|config| config["position_embedding_type"] = "relative_key".into())?,
        "`config.json`: `position_embedding_type` is relative_key; legal is `absolute`"
    );
    Ok(())
}

#[test]
fn a_missing_or_broken_file_is_an_error() -> TestResult {
    let folder = copy("bert/classification")?;
    let config = hub_config(folder.path())?;
    let load = || {
        TextModel::from_folder(
            folder.path(),
            &config,
            Pooling::Cls,
            3,
            &burn::tensor::Device::flex(),
        )
    };
    let weights = folder.path().join("model.safetensors");
    let bytes = fs_err::read(&weights)?;
    fs_err::write(&weights, &bytes[..bytes.len() / 2])?;
    assert!(matches!(load(), Err(Error::Safetensors { .. })));
    fs_err::remove_file(&weights)?;
    let Err(error) = load() else {
        return Err("a folder without weights could be read".into());
    };
    assert!(
        error.to_string().ends_with("has no `model.safetensors`"),
        "{error}"
    );
    fs_err::write(folder.path().join("pytorch_model.bin"), b"no pickle")?;
    #[cfg(feature = "pytorch")]
    assert!(matches!(load(), Err(Error::Pickled { .. })));
    #[cfg(not(feature = "pytorch"))]
    assert!(matches!(load(), Err(Error::NoPickles { .. })));
    Ok(())
}

#[test]
fn every_architecture_is_in_the_golden_numbers() {
    assert_eq!(Architecture::ALL.map(Architecture::name), ARCHITECTURES);
}

#[derive(Deserialize)]
struct Sentences {
    sentences: Vec<String>,
    ids: Vec<Vec<u32>>,
}

/// The folder of a model that does not ship, or `None` after saying that a test is skipped.
fn model_folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EQUIPOISE_MODELS").map(|models| Path::new(&models).join(name));
    let there = folder.filter(|folder| folder.is_dir());
    if there.is_none() {
        eprintln!("SKIPPED: no folder `{name}` in EQUIPOISE_MODELS (see tests/golden/README.md)");
    }
    there
}

#[test]
fn all_minilm_has_the_tokens_and_hidden_states_of_transformers() -> TestResult {
    const NAME: &str = "all-MiniLM-L6-v2";
    let Some(folder) = model_folder(NAME) else {
        return Ok(());
    };
    let golden_file = |ending: &str| golden(&format!("{NAME}.{ending}"));
    let Sentences { sentences, ids } = serde_json::from_slice(&fs_err::read(golden_file("json"))?)?;
    let config = hub_config(&folder)?;
    let tokenizer = Tokenizer::from_folder(&folder)?;
    tokenizer.check_vocabulary(config.vocabulary)?;
    let tokens = tokenizer.encode(&sentences, &Window::truncating(config.window()))?;
    let found: Vec<Vec<u32>> = tokens.iter().map(|text| text.ids().to_vec()).collect();
    assert_eq!(found, ids);

    let loaded = TextModel::from_folder(&folder, &config, Pooling::Mean, 1, &device()?)?;
    let hidden = loaded
        .model
        .encoder()
        .forward(&inputs(padded(&ids, &config))?);
    let [_, _, width] = hidden.dims();
    let mut found: Vec<f32> = Vec::new();
    for (row, text) in ids.iter().enumerate() {
        let tokens = values(hidden.clone().narrow(0, row, 1).narrow(1, 0, text.len()))?;
        found.extend(
            tokens
                .chunks(width)
                .flat_map(|token| token.iter().step_by(8).copied()),
        );
    }
    let mut store = SafetensorsStore::from_file(golden_file("safetensors"));
    let stored = &store.get_all_tensors()?["hidden"];
    let bytes = stored.to_bytes()?;
    let (numbers, _) = bytes.as_chunks::<4>();
    let expected: Vec<f32> = numbers.iter().map(|&b| f32::from_le_bytes(b)).collect();
    let difference = largest_difference(&found, &expected);
    println!(
        "{NAME}: largest difference {difference:e} over {} numbers",
        found.len()
    );
    assert!(difference < 1e-5, "{difference:e}");
    Ok(())
}
