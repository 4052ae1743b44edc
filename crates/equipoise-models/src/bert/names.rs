//! What the parameters are called: here, and in the files of other programs.

use burn_store::burn_pack::Tensor as StoredTensor;
use burn_store::{ModuleAdapter, ModuleContext};

use super::config::Architecture;

/// What the encoder of a model is for: heads have names of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A head for a task, with the layer of the first token or without it.
    Classification,
    /// A head that guesses hidden tokens.
    MaskedLanguage,
}

/// The names of an architecture's parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    pub(super) architecture: Architecture,
    pub(super) purpose: Purpose,
}

/// Beginnings of names here, and in the files of the architecture.
type Table = &'static [(&'static str, &'static str)];

const BERT_EMBEDDINGS: Table = &[
    ("word", "word_embeddings"),
    ("position", "position_embeddings"),
    ("token_type", "token_type_embeddings"),
    ("norm", "LayerNorm"),
];

const BERT_LAYER: Table = &[
    ("query", "attention.self.query"),
    ("key", "attention.self.key"),
    ("value", "attention.self.value"),
    ("output", "attention.output.dense"),
    ("attention_norm", "attention.output.LayerNorm"),
    ("up", "intermediate.dense"),
    ("down", "output.dense"),
    ("output_norm", "output.LayerNorm"),
];

const DISTILBERT_LAYER: Table = &[
    ("query", "attention.q_lin"),
    ("key", "attention.k_lin"),
    ("value", "attention.v_lin"),
    ("output", "attention.out_lin"),
    ("attention_norm", "sa_layer_norm"),
    ("up", "ffn.lin1"),
    ("down", "ffn.lin2"),
    ("output_norm", "output_layer_norm"),
];

impl Names {
    /// What stands before the names of the encoder in a file that has a head as well.
    fn prefix(self) -> &'static str {
        match self.architecture {
            Architecture::Bert => "bert.",
            Architecture::Distilbert => "distilbert.",
            Architecture::Roberta | Architecture::XlmRoberta => "roberta.",
        }
    }

    /// The name in a file of a parameter that is called `path` here, such as
    /// `encoder.layers.0.query.weight`.
    pub(super) fn to_hub(self, path: &str) -> String {
        let (module, parameter) = path.rsplit_once('.').unwrap_or(("", path));
        let parameter = match parameter {
            "gamma" => "weight",
            "beta" => "bias",
            other => other,
        };
        let module = match module.split_once('.') {
            Some(("encoder", part)) => format!("{}{}", self.prefix(), self.encoder(part)),
            _ => self.head(module, parameter),
        };
        format!("{module}.{parameter}")
    }

    fn encoder(self, part: &str) -> String {
        if let Some(embedding) = part.strip_prefix("embeddings.") {
            return format!("embeddings.{}", translate(BERT_EMBEDDINGS, embedding));
        }
        let (layers, table) = match self.architecture {
            Architecture::Distilbert => ("transformer.layer", DISTILBERT_LAYER),
            _ => ("encoder.layer", BERT_LAYER),
        };
        match part
            .strip_prefix("layers.")
            .and_then(|layer| layer.split_once('.'))
        {
            Some((number, module)) => format!("{layers}.{number}.{}", translate(table, module)),
            None => part.to_owned(),
        }
    }

    fn head(self, module: &str, parameter: &str) -> String {
        use Architecture::{Bert, Distilbert, Roberta, XlmRoberta};

        let module = module.strip_prefix("head").unwrap_or(module);
        let module = module.strip_prefix('.').unwrap_or(module);
        let name = match (self.purpose, self.architecture, module) {
            (Purpose::Classification, Bert, "dense") => "bert.pooler.dense",
            (Purpose::Classification, Bert | Distilbert, "output") => "classifier",
            (Purpose::Classification, Distilbert, "dense") => "pre_classifier",
            (Purpose::Classification, Roberta | XlmRoberta, "dense") => "classifier.dense",
            (Purpose::Classification, Roberta | XlmRoberta, "output") => "classifier.out_proj",
            (Purpose::MaskedLanguage, Bert, "dense") => "cls.predictions.transform.dense",
            (Purpose::MaskedLanguage, Bert, "norm") => "cls.predictions.transform.LayerNorm",
            (Purpose::MaskedLanguage, Bert, "") => "cls.predictions",
            (Purpose::MaskedLanguage, Distilbert, "dense") => "vocab_transform",
            (Purpose::MaskedLanguage, Distilbert, "norm") => "vocab_layer_norm",
            (Purpose::MaskedLanguage, Distilbert, "") if parameter == "bias" => "vocab_projector",
            (Purpose::MaskedLanguage, Roberta | XlmRoberta, "dense") => "lm_head.dense",
            (Purpose::MaskedLanguage, Roberta | XlmRoberta, "norm") => "lm_head.layer_norm",
            (Purpose::MaskedLanguage, Roberta | XlmRoberta, "") => "lm_head",
            _ => module,
        };
        name.to_owned()
    }

    /// A name as a file has it, in the form that [`Self::to_hub`] gives: older files call the
    /// weights of a normalisation `gamma` and `beta`, and those without a head have no prefix.
    pub(super) fn normalise(self, name: &str) -> String {
        let name = match name.rsplit_once('.') {
            Some((module, "gamma")) => format!("{module}.weight"),
            Some((module, "beta")) => format!("{module}.bias"),
            _ => name.to_owned(),
        };
        let of_encoder = ["embeddings.", "encoder.", "transformer.", "pooler."];
        if of_encoder.iter().any(|part| name.starts_with(part)) {
            format!("{}{name}", self.prefix())
        } else {
            name
        }
    }

    /// Whether a tensor that the model has no place for belongs to a head, or is no weight.
    pub(super) fn is_spare(self, name: &str) -> bool {
        match name.strip_prefix(self.prefix()) {
            None => true,
            Some(part) => part.starts_with("pooler.") || part == "embeddings.position_ids",
        }
    }
}

fn translate(table: Table, name: &str) -> &str {
    table
        .iter()
        .find(|(here, _)| *here == name)
        .map_or(name, |(_, there)| there)
}

/// Writes the parameters under the names of the architecture.
#[derive(Debug, Clone)]
pub(super) struct ToHub(pub(super) Names);

impl ModuleAdapter for ToHub {
    fn adapt(&self, mut tensor: StoredTensor, _context: ModuleContext<'_>) -> StoredTensor {
        tensor.name = self.0.to_hub(&tensor.name);
        tensor
    }

    fn clone_box(&self) -> Box<dyn ModuleAdapter> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_architecture() {
        let cases = [
            (
                Architecture::Bert,
                "encoder.layers.3.attention_norm.gamma",
                "bert.encoder.layer.3.attention.output.LayerNorm.weight",
            ),
            (
                Architecture::Distilbert,
                "encoder.layers.0.up.bias",
                "distilbert.transformer.layer.0.ffn.lin1.bias",
            ),
            (
                Architecture::Roberta,
                "encoder.embeddings.token_type.weight",
                "roberta.embeddings.token_type_embeddings.weight",
            ),
            (
                Architecture::XlmRoberta,
                "head.output.weight",
                "classifier.out_proj.weight",
            ),
        ];
        for (architecture, path, expected) in cases {
            let names = Names {
                architecture,
                purpose: Purpose::Classification,
            };
            assert_eq!(names.to_hub(path), expected);
        }
    }

    #[test]
    fn older_and_shorter_names_are_understood() {
        let names = Names {
            architecture: Architecture::Bert,
            purpose: Purpose::MaskedLanguage,
        };
        assert_eq!(
            names.normalise("embeddings.LayerNorm.gamma"),
            "bert.embeddings.LayerNorm.weight"
        );
        assert_eq!(names.to_hub("head.bias"), "cls.predictions.bias");
        assert_eq!(
            names.normalise("cls.predictions.bias"),
            "cls.predictions.bias"
        );
        assert!(names.is_spare("bert.pooler.dense.weight"));
        assert!(!names.is_spare("bert.encoder.layer.9.output.dense.bias"));
    }
}
