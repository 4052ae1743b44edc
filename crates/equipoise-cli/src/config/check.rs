//! From a configuration file to one that is known to make sense.

use equipoise_core::{Help, closest};
use equipoise_data::{CheckedDataConfig, Split, SplitConfig};
use equipoise_losses::{FairnessConfig, LambdaConfig, Need};
use equipoise_models::{ModelConfig, ModelInputs};
use equipoise_tensor::{DeviceName, parse_device};
use equipoise_train::Select;

use super::{Config, ConfigError, ConfigFile, Document, FairnessTables, explain};
use crate::Registry;

impl ConfigFile {
    /// Checks every value, and the values against each other.
    ///
    /// # Errors
    ///
    /// Names the first key whose value is not legal, with its place in the document.
    pub(crate) fn check(
        mut self,
        document: &Document<'_>,
        registry: &Registry,
    ) -> Result<Config, ConfigError> {
        let check = Check { document, registry };
        let device = check.device(&self)?;
        let data = check.data(&self)?;
        write_out_split(&mut self.data.split, data.split());
        self.data.features = self.data.features.clone().written_out();
        let data = check.data(&self)?;
        check.model(&self)?;
        check.training(&self)?;
        check.fairness(&self, &data)?;
        check.audit(&self)?;
        Ok(Config {
            file: self,
            device,
            data,
        })
    }
}

/// One check of a file.
struct Check<'a> {
    document: &'a Document<'a>,
    registry: &'a Registry,
}

impl Check<'_> {
    /// An error about one key.
    fn blame(&self, key: &str, error: &dyn Help) -> ConfigError {
        self.illegal(key, error.to_string()).with_help(error.help())
    }

    fn illegal(&self, key: &str, message: String) -> ConfigError {
        ConfigError::new(message).at(self.document.place_of(key, "here"))
    }

    fn device(&self, file: &ConfigFile) -> Result<DeviceName, ConfigError> {
        parse_device(&file.device).map_err(|error| self.blame("device", &error))
    }

    fn data(&self, file: &ConfigFile) -> Result<CheckedDataConfig, ConfigError> {
        use equipoise_data::Error;

        file.data.clone().check().map_err(|error| {
            let of_lexicon: String;
            let key = match &error {
                Error::Lexicon { attribute, .. } => {
                    let mut groups = file.data.groups.iter();
                    let index = groups.position(|group| group.name == *attribute);
                    of_lexicon = format!("data.groups[{}]", index.unwrap_or_default());
                    &of_lexicon
                }
                Error::InvalidValue { key, .. } => key.as_str(),
                Error::UnknownExtension { .. } => "data.source",
                Error::Swap { .. } => "data.swap",
                Error::Core(equipoise_core::Error::DuplicateAttribute { .. }) => "data.groups",
                _ => "data",
            };
            self.blame(key, &error)
        })
    }

    fn model(&self, file: &ConfigFile) -> Result<(), ConfigError> {
        use equipoise_models::Error;

        file.model.check().map_err(|error| {
            let key = match &error {
                Error::OutOfRange { key, .. } => Self::model_key(&file.model, key),
                Error::Contradiction { second, .. } => format!("model.{second}"),
                Error::Tokenizer(_) => "model.tokenizer".to_owned(),
                _ => "model".to_owned(),
            };
            self.blame(&key, &error)
        })?;
        let spec = file.model.spec();
        if file.pretrain.is_some() && !spec.supports_pretraining {
            let error = Error::NoPretraining { kind: spec.name };
            return Err(self.blame("pretrain", &error));
        }
        match (spec.inputs, &file.data.text) {
            (ModelInputs::Text, None) => {
                let message = format!(
                    "model `{}` sees texts, and `data.text` names none",
                    spec.name
                );
                let help = "name the column of texts: `text = \"comment\"` in `[data]`";
                Err(self
                    .illegal("data", message)
                    .with_help(Some(help.to_owned())))
            }
            (ModelInputs::Table, Some(text)) => {
                let message = format!(
                    "`data.text` is `{text}`, and model `{}` sees no texts",
                    spec.name
                );
                let help = "choose `model.kind = \"bert\"`, or leave `text` out";
                Err(self
                    .illegal("data.text", message)
                    .with_help(Some(help.to_owned())))
            }
            _ => Ok(()),
        }
    }

    /// The key of a setting of the model, which may stand in its shape.
    fn model_key(model: &ModelConfig, key: &str) -> String {
        match model {
            ModelConfig::Bert(_) if !matches!(key, "window" | "overlap") => {
                format!("model.shape.{key}")
            }
            _ => format!("model.{key}"),
        }
    }

    fn training(&self, file: &ConfigFile) -> Result<(), ConfigError> {
        use equipoise_train::Error;

        let blame = |table: &str, error: &Error| {
            let key = match error {
                Error::Setting { key, .. } => key.clone(),
                Error::Model(equipoise_models::Error::Adapter { key, .. }) => {
                    format!("finetune.strategy.{key}")
                }
                _ => table.to_owned(),
            };
            self.blame(&key, error)
        };
        if let Some(pretrain) = &file.pretrain {
            pretrain
                .check()
                .map_err(|error| blame("pretrain", &error))?;
        }
        file.finetune
            .check()
            .map_err(|error| blame("finetune", &error))?;
        let has_base = file.pretrain.is_some()
            || matches!(&file.model, ModelConfig::Bert(model) if model.path.is_some());
        let strategy = file.finetune.strategy;
        if strategy.keeps_base() && !has_base {
            let message = format!(
                "`finetune.strategy` is {}, and there is no `[pretrain]`: the base model would \
                 stay as it was drawn",
                strategy.name()
            );
            let help = "pretrain it with a table `[pretrain]`, or train all weights with `full`";
            return Err(self
                .illegal("finetune.strategy", message)
                .with_help(Some(help.to_owned())));
        }
        let has_target = (file.fairness.as_ref()).is_some_and(FairnessTables::has_target);
        let missing = match file.finetune.select {
            Some(Select::FairnessLoss) if file.fairness.is_none() => {
                "`finetune.select` is fairness_loss, and there is no `[fairness]`"
            }
            Some(Select::WithinTarget) if !has_target => {
                "`finetune.select` is within_target, and `fairness.lambda` has no `target`"
            }
            _ => return Ok(()),
        };
        let help = "choose by `loss`, `task_loss` or `accuracy`";
        Err(self
            .illegal("finetune.select", missing.to_owned())
            .with_help(Some(help.to_owned())))
    }

    fn fairness(&self, file: &ConfigFile, data: &CheckedDataConfig) -> Result<(), ConfigError> {
        let Some(fairness) = &file.fairness else {
            return Ok(());
        };
        if fairness.terms().is_empty() {
            let message = "`fairness` is an empty list; legal is at least one table".to_owned();
            let help = "leave it out to train the plain model alone";
            return Err(self
                .illegal("fairness", message)
                .with_help(Some(help.to_owned())));
        }
        for (index, term) in fairness.terms().iter().enumerate() {
            self.fairness_term(&fairness.key(index), term, data)?;
        }
        Ok(())
    }

    /// One fairness loss, at its key.
    fn fairness_term(
        &self,
        table: &str,
        fairness: &FairnessConfig,
        data: &CheckedDataConfig,
    ) -> Result<(), ConfigError> {
        use equipoise_losses::Error;

        let blame = |error: &Error| {
            if let Error::UnusedOption {
                option,
                known,
                taken_by,
                ..
            } = error
                && !known.is_empty()
            {
                let message = error.to_string();
                let unused = explain::unused(message, table, option, known, self.document);
                return match taken_by.as_slice() {
                    [] => unused,
                    _ => unused.with_help(error.help()),
                };
            }
            let key = match error {
                Error::UnusedOption { option, .. } => format!("{table}.{option}"),
                Error::UnknownName { what: option, .. }
                | Error::IllegalOption { option, .. }
                | Error::Range { option, .. } => format!("{table}.{option}"),
                Error::NoAttribute
                | Error::DuplicateAttribute { .. }
                | Error::UnknownAttribute { .. }
                | Error::NotContinuous { .. } => format!("{table}.groups"),
                _ => table.to_owned(),
            };
            self.blame(&key, error)
        };
        fairness.check().map_err(|error| blame(&error))?;
        let losses = self.registry.losses();
        let built = losses.build(fairness).map_err(|error| blame(&error))?;
        if let LambdaConfig::Target(target) = &fairness.lambda {
            losses
                .violation(target, fairness, None)
                .map_err(|error| blame(&error))?;
        }
        compared_groups(&fairness.groups, data).map_err(|error| {
            let help = error.help().or_else(|| match &error {
                Error::UnknownAttribute { attribute, .. } => Some(format!(
                    "add `{attribute}` to `data.groups`: only groups that are declared there are known"
                )),
                _ => None,
            });
            blame(&error).with_help(help)
        })?;
        if built.needs().contains(&Need::CounterfactualOutputs) && data.config().swap.is_none() {
            let message = format!(
                "the loss `{}` compares each text with its counterfactual, and `data.swap` says of \
                 none how it is made",
                fairness.loss
            );
            let help = "name the pairs of words to swap: `swap = \"en-gender\"` beside `data.text`";
            return Err(self
                .illegal(&format!("{table}.loss"), message)
                .with_help(Some(help.to_owned())));
        }
        let continuous = data.groups().iter().filter(|group| group.continuous);
        let continuous: Vec<&str> = continuous.map(|group| group.name.as_str()).collect();
        (losses.check_values(fairness, &continuous)).map_err(|error| blame(&error))
    }

    fn audit(&self, file: &ConfigFile) -> Result<(), ConfigError> {
        let audit = &file.audit;
        for (index, name) in audit.metrics.iter().flatten().enumerate() {
            equipoise_metrics::metric(name)
                .map_err(|error| self.blame(&format!("audit.metrics[{index}]"), &error))?;
        }
        if !(audit.confidence > 0.0 && audit.confidence < 1.0) {
            let message = format!(
                "`audit.confidence` is {}; legal is above 0 and below 1",
                audit.confidence
            );
            return Err(self
                .illegal("audit.confidence", message)
                .with_help("0.95 is usual".to_owned()));
        }
        if !(0.0..=1.0).contains(&audit.threshold) {
            let message = format!("`audit.threshold` is {}; legal is 0 to 1", audit.threshold);
            return Err(self
                .illegal("audit.threshold", message)
                .with_help("leave it out for 0.5".to_owned()));
        }
        Ok(())
    }
}

/// Puts the shares and strata of a drawn split into the file that leaves them out, so that what is
/// written beside the results says all.
fn write_out_split(config: &mut SplitConfig, split: &Split) {
    if let Split::Drawn(drawn) = split {
        let [train, valid, test] = drawn.shares().map(Some);
        *config = SplitConfig {
            train,
            valid,
            test,
            stratify: Some(drawn.stratify().to_vec()),
            ..config.clone()
        };
    }
}

/// Checks that the groups to treat alike are attributes of the data.
fn compared_groups(
    groups: &[String],
    data: &CheckedDataConfig,
) -> Result<(), equipoise_losses::Error> {
    use equipoise_losses::Error;

    let known = || data.groups().iter().map(|group| group.name.as_str());
    if groups.is_empty() {
        return Err(Error::NoAttribute);
    }
    for (index, attribute) in groups.iter().enumerate() {
        if groups[..index].contains(attribute) {
            return Err(Error::DuplicateAttribute {
                attribute: attribute.clone(),
            });
        }
        if !known().any(|name| name == attribute) {
            return Err(Error::UnknownAttribute {
                attribute: attribute.clone(),
                known: known().map(str::to_owned).collect(),
                closest: closest(attribute, known()).map(str::to_owned),
            });
        }
    }
    Ok(())
}
