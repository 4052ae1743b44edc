//! The shape of an encoder, from a `config.json` as the Hugging Face hub has it, and back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::range::Settings;

/// The families of encoders that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Architecture {
    /// Devlin et al. (2019), "BERT: Pre-training of Deep Bidirectional Transformers"; also the
    /// shape of `MiniLM` (Wang et al. 2020).
    #[default]
    Bert,
    /// Sanh et al. (2019), "`DistilBERT`, a distilled version of BERT".
    Distilbert,
    /// Liu et al. (2019), "`RoBERTa`: A Robustly Optimized BERT Pretraining Approach".
    Roberta,
    /// Conneau et al. (2020), "Unsupervised Cross-lingual Representation Learning at Scale".
    XlmRoberta,
}

impl Architecture {
    /// All families.
    pub const ALL: [Self; 4] = [
        Self::Bert,
        Self::Distilbert,
        Self::Roberta,
        Self::XlmRoberta,
    ];

    /// The name that `model_type` of a `config.json` has.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bert => "bert",
            Self::Distilbert => "distilbert",
            Self::Roberta => "roberta",
            Self::XlmRoberta => "xlm-roberta",
        }
    }

    /// How the names of its classes begin.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Bert => "Bert",
            Self::Distilbert => "DistilBert",
            Self::Roberta => "Roberta",
            Self::XlmRoberta => "XLMRoberta",
        }
    }

    /// Whether the positions of tokens are counted from behind the number of the padding token.
    pub(super) fn counts_after_padding(self) -> bool {
        matches!(self, Self::Roberta | Self::XlmRoberta)
    }

    /// The names of all families, for messages.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

/// The function between the two layers of a feed-forward part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Activation {
    /// `x * P(X <= x)` for a standard normal `X` (Hendrycks and Gimpel 2016).
    #[default]
    Gelu,
    /// The same with the hyperbolic tangent in place of the distribution function.
    GeluTanh,
    /// `max(x, 0)`.
    Relu,
}

impl Activation {
    /// The name that a `config.json` has.
    fn hub_name(self) -> &'static str {
        match self {
            Self::Gelu => "gelu",
            Self::GeluTanh => "gelu_new",
            Self::Relu => "relu",
        }
    }

    fn of_hub(name: &str) -> Option<Self> {
        match name {
            "gelu" => Some(Self::Gelu),
            "gelu_new" | "gelu_pytorch_tanh" => Some(Self::GeluTanh),
            "relu" => Some(Self::Relu),
            _ => None,
        }
    }
}

/// The shape of an encoder of texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BertConfig {
    /// The family.
    pub architecture: Architecture,
    /// The number of token vectors, 1 or more; a tokenizer that is trained for the model sets it.
    pub vocabulary: usize,
    /// The width of a token, 1 to 16384.
    pub width: usize,
    /// The number of layers, 1 to 256.
    pub layers: usize,
    /// The number of attention heads, a divisor of the width.
    pub heads: usize,
    /// The width between the two layers of a feed-forward part, 1 to 65536.
    pub feed_forward: usize,
    /// The number of tokens that a text may have, 3 to 65536.
    pub positions: usize,
    /// The number of kinds of text that stand beside each other, 1 or more; not read by
    /// `distilbert`.
    pub token_types: usize,
    /// The function between the two layers of a feed-forward part.
    pub activation: Activation,
    /// What keeps a normalisation from dividing by 0; above 0.
    pub norm_epsilon: f64,
    /// The probability of dropping a value in training, in `[0, 1)`.
    pub dropout: f64,
    /// The probability of dropping an attention weight in training, in `[0, 1)`.
    pub attention_dropout: f64,
    /// The standard deviation of fresh weights; above 0.
    pub initializer_range: f64,
    /// The number of the token that fills up short texts.
    pub pad: u32,
    /// What else stands in a `config.json`: kept, and not read.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl Default for BertConfig {
    /// The shape of BERT's smallest published model, with 2 layers and 128 wide (Turc et al.
    /// 2019, "Well-Read Students Learn Better").
    fn default() -> Self {
        Self {
            architecture: Architecture::default(),
            vocabulary: 30522,
            width: 128,
            layers: 2,
            heads: 2,
            feed_forward: 512,
            positions: 512,
            token_types: 2,
            activation: Activation::default(),
            norm_epsilon: 1e-12,
            dropout: 0.1,
            attention_dropout: 0.1,
            initializer_range: 0.02,
            pad: 0,
            extra: Map::new(),
        }
    }
}

/// The keys of a `config.json` that say what stands elsewhere: they are not kept, and written
/// anew.
const DERIVED: [&str; 8] = [
    "architectures",
    "id2label",
    "label2id",
    "num_labels",
    "problem_type",
    "transformers_version",
    "torch_dtype",
    "dtype",
];

impl BertConfig {
    /// The number of tokens that a text may have, those that begin and end it included.
    ///
    /// `RoBERTa` counts positions from behind the number of the padding token, so it has fewer
    /// than vectors.
    pub fn window(&self) -> usize {
        if self.architecture.counts_after_padding() {
            self.positions.saturating_sub(self.pad as usize + 1)
        } else {
            self.positions
        }
    }

    /// Whether all settings are legal.
    ///
    /// # Errors
    ///
    /// When a setting lies outside its range; the error names the range.
    pub fn check(&self) -> Result<(), Error> {
        let settings = Settings { kind: "bert" };
        settings.size("vocabulary", self.vocabulary, 1..=u32::MAX as usize)?;
        settings.size("width", self.width, 1..=16_384)?;
        settings.size("layers", self.layers, 1..=256)?;
        settings.size("heads", self.heads, 1..=self.width)?;
        if !self.width.is_multiple_of(self.heads) {
            let legal = format!("a divisor of the width, {}", self.width);
            return Err(settings.out_of_range("heads", self.heads.to_string(), legal));
        }
        settings.size("feed_forward", self.feed_forward, 1..=65_536)?;
        settings.size("positions", self.positions, 3..=65_536)?;
        settings.size("token_types", self.token_types, 1..=1024)?;
        settings.dropout("dropout", self.dropout)?;
        settings.dropout("attention_dropout", self.attention_dropout)?;
        for (key, value) in [
            ("norm_epsilon", self.norm_epsilon),
            ("initializer_range", self.initializer_range),
        ] {
            if !(value > 0.0 && value.is_finite()) {
                let legal = "finite and above 0".to_owned();
                return Err(settings.out_of_range(key, value.to_string(), legal));
            }
        }
        if self.pad as usize >= self.vocabulary {
            let legal = format!("below the size of the vocabulary, {}", self.vocabulary);
            return Err(settings.out_of_range("pad", self.pad.to_string(), legal));
        }
        if self.window() < 3 {
            let legal = format!(
                "{} or more with `pad = {}`",
                self.pad as usize + 4,
                self.pad
            );
            return Err(settings.out_of_range("positions", self.positions.to_string(), legal));
        }
        Ok(())
    }

    /// The shape that a `config.json` describes; `place` names the file in messages.
    ///
    /// # Errors
    ///
    /// When the architecture is not known, when a key is missing or of the wrong type, or when
    /// a value is not legal or asks for what is not built.
    pub fn from_hub(config: &Value, place: &str) -> Result<Self, Error> {
        let Value::Object(table) = config else {
            return Err(Error::HubConfig {
                place: place.to_owned(),
                key: "model_type".to_owned(),
                found: "no table".to_owned(),
                legal: "a table of settings".to_owned(),
            });
        };
        let mut hub = HubTable {
            table: table.clone(),
            place,
        };
        let name = hub.text("model_type")?;
        let architecture = Architecture::ALL
            .into_iter()
            .find(|known| known.name() == name)
            .ok_or_else(|| Error::UnknownArchitecture {
                place: place.to_owned(),
                found: name,
            })?;
        let positions = hub.text_or("position_embedding_type", "absolute")?;
        if positions != "absolute" {
            return Err(hub.illegal("position_embedding_type", &positions, "`absolute`"));
        }
        let distil = architecture == Architecture::Distilbert;
        let key = |bert: &'static str, distilbert| if distil { distilbert } else { bert };
        let activation = key("hidden_act", "activation");
        let function = hub.text_or(activation, "gelu")?;
        let read = Self {
            architecture,
            vocabulary: hub.size("vocab_size")?,
            width: hub.size(key("hidden_size", "dim"))?,
            layers: hub.size(key("num_hidden_layers", "n_layers"))?,
            heads: hub.size(key("num_attention_heads", "n_heads"))?,
            feed_forward: hub.size(key("intermediate_size", "hidden_dim"))?,
            positions: hub.size("max_position_embeddings")?,
            token_types: if distil {
                1
            } else {
                hub.size_or("type_vocab_size", 2)?
            },
            activation: Activation::of_hub(&function).ok_or_else(|| {
                hub.illegal(
                    activation,
                    &function,
                    "`gelu`, `gelu_new`, `gelu_pytorch_tanh` or `relu`",
                )
            })?,
            norm_epsilon: if distil {
                1e-12
            } else {
                hub.number_or("layer_norm_eps", 1e-12)?
            },
            dropout: hub.number_or(key("hidden_dropout_prob", "dropout"), 0.1)?,
            attention_dropout: hub.number_or(
                key("attention_probs_dropout_prob", "attention_dropout"),
                0.1,
            )?,
            initializer_range: hub.number_or("initializer_range", 0.02)?,
            pad: u32::try_from(hub.size_or("pad_token_id", 0)?).unwrap_or(u32::MAX),
            extra: hub.rest(),
        };
        read.check()?;
        Ok(read)
    }

    /// The keys and values of a `config.json` that describe this shape, without those that say
    /// what the model is for.
    pub fn to_hub(&self) -> Map<String, Value> {
        let distil = self.architecture == Architecture::Distilbert;
        let key = |bert: &'static str, distilbert| if distil { distilbert } else { bert };
        let mut table = Map::new();
        let mut set = |key: &str, value: Value| {
            table.insert(key.to_owned(), value);
        };
        set("model_type", self.architecture.name().into());
        set("vocab_size", self.vocabulary.into());
        set(key("hidden_size", "dim"), self.width.into());
        set(key("num_hidden_layers", "n_layers"), self.layers.into());
        set(key("num_attention_heads", "n_heads"), self.heads.into());
        set(
            key("intermediate_size", "hidden_dim"),
            self.feed_forward.into(),
        );
        set("max_position_embeddings", self.positions.into());
        let activation = self.activation.hub_name();
        set(key("hidden_act", "activation"), activation.into());
        set(key("hidden_dropout_prob", "dropout"), self.dropout.into());
        set(
            key("attention_probs_dropout_prob", "attention_dropout"),
            self.attention_dropout.into(),
        );
        set("initializer_range", self.initializer_range.into());
        set("pad_token_id", self.pad.into());
        if !distil {
            set("type_vocab_size", self.token_types.into());
            set("layer_norm_eps", self.norm_epsilon.into());
        }
        for (key, value) in &self.extra {
            set(key, value.clone());
        }
        table
    }
}

/// The keys of a `config.json` that were not read yet.
struct HubTable<'a> {
    table: Map<String, Value>,
    place: &'a str,
}

impl HubTable<'_> {
    fn illegal(&self, key: &str, found: &str, legal: &str) -> Error {
        Error::HubConfig {
            place: self.place.to_owned(),
            key: key.to_owned(),
            found: found.to_owned(),
            legal: legal.to_owned(),
        }
    }

    /// Takes a key; `null` is as good as no key.
    fn take<T>(
        &mut self,
        key: &str,
        legal: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.table.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(&value) {
                Some(read) => Ok(Some(read)),
                None => Err(self.illegal(key, &value.to_string(), legal)),
            },
        }
    }

    fn required<T>(&self, key: &str, legal: &str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| self.illegal(key, "not there", legal))
    }

    fn text(&mut self, key: &str) -> Result<String, Error> {
        let found = self.take(key, "a text", |value| value.as_str().map(str::to_owned))?;
        self.required(key, "a text", found)
    }

    fn text_or(&mut self, key: &str, usual: &str) -> Result<String, Error> {
        let found = self.take(key, "a text", |value| value.as_str().map(str::to_owned))?;
        Ok(found.unwrap_or_else(|| usual.to_owned()))
    }

    fn size(&mut self, key: &str) -> Result<usize, Error> {
        const LEGAL: &str = "a whole number, 0 or more";
        let found = self.take(key, LEGAL, size)?;
        self.required(key, LEGAL, found)
    }

    fn size_or(&mut self, key: &str, usual: usize) -> Result<usize, Error> {
        let found = self.take(key, "a whole number, 0 or more", size)?;
        Ok(found.unwrap_or(usual))
    }

    fn number_or(&mut self, key: &str, usual: f64) -> Result<f64, Error> {
        Ok(self.take(key, "a number", Value::as_f64)?.unwrap_or(usual))
    }

    /// What was not read.
    fn rest(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.table)
            .into_iter()
            .filter(|(key, _)| !DERIVED.contains(&key.as_str()))
            .collect()
    }
}

fn size(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|value| usize::try_from(value).ok())
}
