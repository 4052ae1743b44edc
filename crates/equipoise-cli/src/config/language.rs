//! The configuration of a model that learns from texts: `[corpus]` in place of `[data]`.

use equipoise_core::Help;
use equipoise_data::{CheckedCorpusConfig, CorpusConfig};
use equipoise_models::{ModelConfig, TextModelConfig};
use equipoise_tensor::{DeviceName, parse_device};
use equipoise_train::{PretrainConfig, PretrainObjective};
use serde::{Deserialize, Serialize};

use super::{
    ConfigError,
    document::{Document, Source},
    file::auto,
};
use crate::{args::ConfigArgs, error::CliError};

/// The table that says that a model learns from texts.
const CORPUS: &str = "corpus";

/// A configuration as a file has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageFile {
    /// What the model is called; the name of the file where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The seed of every random step; 0 where it is not set.
    #[serde(default)]
    seed: u64,
    /// Where tensors live; `auto` where it is not set.
    #[serde(default = "auto")]
    device: String,
    /// The texts to learn from.
    corpus: CorpusConfig,
    /// The model.
    model: ModelConfig,
    /// How it learns.
    #[serde(default = "masked_language")]
    pretrain: PretrainConfig,
}

fn masked_language() -> PretrainConfig {
    PretrainConfig::of(PretrainObjective::MaskedLanguage)
}

/// A configuration of pretraining on texts that is known to make sense.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LanguageConfig {
    file: LanguageFile,
    device: DeviceName,
    corpus: CheckedCorpusConfig,
    model: TextModelConfig,
}

/// Says which command reads a configuration with a corpus, to those that do not.
///
/// # Errors
///
/// When there is a corpus.
pub(super) fn refuse(document: &Document<'_>) -> Result<(), ConfigError> {
    if !document.has(CORPUS) {
        return Ok(());
    }
    let help = "run `equipoise pretrain` with it, and then this command with a configuration of \
                labelled data whose `model.path` is the folder `models/base` that was written";
    Err(
        ConfigError::new("`[corpus]` is read by `equipoise pretrain` alone")
            .at(document.place_of(CORPUS, "here"))
            .with_help(help.to_owned()),
    )
}

impl LanguageConfig {
    /// Reads a file, puts `--set`, `--seed` and `--device` over it, and checks the result; `None`
    /// where it has no corpus.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or when anything in it is not legal.
    pub(crate) fn load(args: &ConfigArgs) -> Result<Option<Self>, CliError> {
        let text =
            fs_err::read_to_string(&args.path).map_err(CliError::file("read the configuration"))?;
        Self::parse(&text, args)
    }

    /// The same from the text of the file, which messages call by its path.
    pub(super) fn parse(text: &str, args: &ConfigArgs) -> Result<Option<Self>, CliError> {
        let source = Source::new(&args.path.display().to_string(), text, &args.set);
        let document = Document::parse(&source)?;
        if !document.has(CORPUS) {
            return Ok(None);
        }
        let mut file: LanguageFile = document.deserialize()?;
        if let Some(seed) = args.seed {
            file.seed = seed;
        }
        if let Some(device) = &args.device {
            // What the command line says is not to be blamed on the file.
            parse_device(device)?;
            file.device.clone_from(device);
        }
        if file.title.is_none() {
            file.title = args
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
        }
        Ok(Some(file.check(&document)?))
    }

    /// What the model is called.
    pub(crate) fn title(&self) -> &str {
        self.file.title.as_deref().unwrap_or("Equipoise")
    }

    /// The seed of every random step.
    pub(crate) fn seed(&self) -> u64 {
        self.file.seed
    }

    /// Where tensors live.
    pub(crate) fn device(&self) -> &DeviceName {
        &self.device
    }

    /// The texts to learn from.
    pub(crate) fn corpus(&self) -> &CheckedCorpusConfig {
        &self.corpus
    }

    /// The model.
    pub(crate) fn model(&self) -> &TextModelConfig {
        &self.model
    }

    /// How it learns.
    pub(crate) fn pretrain(&self) -> &PretrainConfig {
        &self.file.pretrain
    }

    /// The whole configuration with every default written out, as the text of a TOML file that
    /// reads back as the same configuration.
    ///
    /// # Errors
    ///
    /// When a value has no form in TOML.
    pub(crate) fn to_toml(&self) -> Result<String, CliError> {
        toml::to_string(&self.file).map_err(CliError::encode("the configuration as TOML"))
    }
}

impl LanguageFile {
    /// Checks every value, and the values against each other.
    fn check(mut self, document: &Document<'_>) -> Result<LanguageConfig, ConfigError> {
        let illegal = |key: &str, message: String, help: Option<String>| {
            ConfigError::new(message)
                .at(document.place_of(key, "here"))
                .with_help(help)
        };
        let blame = |key: &str, error: &dyn Help| illegal(key, error.to_string(), error.help());
        let device = parse_device(&self.device).map_err(|error| blame("device", &error))?;
        let corpus = self.corpus.clone().check().map_err(|error| {
            let key = match &error {
                equipoise_data::Error::InvalidValue { key, .. } => key.as_str(),
                _ => CORPUS,
            };
            blame(key, &error)
        })?;
        self.corpus = corpus.config().clone();
        let ModelConfig::Bert(model) = &self.model else {
            let message = format!("model `{}` sees no texts", self.model.spec().name);
            let help = "choose `model.kind = \"bert\"`, or leave `[corpus]` out";
            return Err(illegal("model.kind", message, Some(help.to_owned())));
        };
        self.model.check().map_err(|error| {
            use equipoise_models::Error;

            let key = match &error {
                Error::OutOfRange { key: "window", .. } => "model.window".to_owned(),
                Error::OutOfRange { key, .. } => format!("model.shape.{key}"),
                Error::Contradiction { second, .. } => format!("model.{second}"),
                Error::Tokenizer(_) => "model.tokenizer".to_owned(),
                _ => "model".to_owned(),
            };
            blame(&key, &error)
        })?;
        if self.pretrain.objective != PretrainObjective::MaskedLanguage {
            let message = "`pretrain.objective` is masked-features, and texts have none";
            let help = "say `objective = \"masked-language\"`";
            return Err(illegal(
                "pretrain",
                message.to_owned(),
                Some(help.to_owned()),
            ));
        }
        self.pretrain.check().map_err(|error| {
            let key = match &error {
                equipoise_train::Error::Setting { key, .. } => key.as_str(),
                _ => "pretrain",
            };
            blame(key, &error)
        })?;
        let model = model.clone();
        Ok(LanguageConfig {
            file: self,
            device,
            corpus,
            model,
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{
        args::{Cli, Command},
        program::render,
    };

    const SMALLEST: &str = "[corpus]\ntrain = [\"a.txt\"]\n[model]\nkind = \"bert\"\n";

    fn parse(text: &str, options: &[&str]) -> Result<Option<LanguageConfig>, CliError> {
        let words = ["equipoise", "pretrain", "letters.toml"];
        let words = words.into_iter().chain(options.iter().copied());
        match Cli::try_parse_from(words).unwrap().command {
            Command::Pretrain(args) => LanguageConfig::parse(text, &args.config),
            command => panic!("{command:?} is not what was asked for"),
        }
    }

    #[test]
    fn every_default_is_written_out_and_reads_back() {
        let config = parse(SMALLEST, &["--seed=3"]).unwrap().unwrap();
        let written = config.to_toml().unwrap();
        assert_eq!(parse(&written, &[]).unwrap().unwrap(), config);
        insta::assert_snapshot!(written);
    }

    #[test]
    fn a_config_without_a_corpus_is_another_one() {
        let table = "[data]\nsource = \"a.csv\"\n";
        assert_eq!(parse(table, &[]).unwrap(), None);
    }

    #[test]
    fn each_mistake_says_where_and_what_is_legal() {
        for (name, from, to) in [
            ("corpus_unknown_key", "train =", "trian ="),
            ("corpus_empty", "[\"a.txt\"]", "[]"),
            ("corpus_held_out", "[model]", "held_out = 2.0\n[model]"),
            ("corpus_model", "kind = \"bert\"", "kind = \"mlp\""),
            (
                "corpus_unit",
                "[model]",
                "documents = \"sentence\"\n[model]",
            ),
            (
                "corpus_shape",
                "kind = \"bert\"",
                "kind = \"bert\"\nshape = { width = 100, heads = 3 }",
            ),
            (
                "corpus_beside_data",
                "[model]",
                "[data]\nsource = \"a\"\n[model]",
            ),
        ] {
            assert!(SMALLEST.contains(from), "{name}");
            let error = parse(&SMALLEST.replacen(from, to, 1), &[]).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{error}");
            insta::assert_snapshot!(name, render(&error, false));
        }
    }
}
