//! All losses by name, and how a config becomes one of them.

use std::{collections::BTreeMap, sync::Arc};

use equipoise_core::{GroupSchema, closest};

use crate::{
    Charge, DualTarget, Error, FairnessConfig, FairnessLoss, FairnessTerm, GroupSelector, LOSSES,
    LambdaConfig, LossSpec, OptionSpec, Options, PENALTIES, PenaltySpec, STATISTICS, Statistic,
    StatisticLoss, StatisticSpec,
};

/// The statistics, penalties and whole losses that a config can name.
///
/// [`Registry::default`] has the built-in ones; another crate adds its own, and they work in a
/// config from then on.
///
/// ```
/// use equipoise_losses::{FairnessConfig, Registry};
///
/// let registry = Registry::default();
/// let error = registry
///     .build(&FairnessConfig::new("demografic-parity", 1.0, ["sex"]))
///     .unwrap_err();
/// assert!(error.to_string().starts_with("unknown loss `demografic-parity`"));
/// ```
#[derive(Debug, Clone)]
pub struct Registry {
    statistics: Vec<&'static StatisticSpec>,
    penalties: Vec<&'static PenaltySpec>,
    losses: Vec<&'static LossSpec>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            statistics: STATISTICS.to_vec(),
            penalties: PENALTIES.to_vec(),
            losses: LOSSES.to_vec(),
        }
    }
}

impl Registry {
    /// Adds a statistic.
    ///
    /// # Errors
    ///
    /// When a statistic or a whole loss has its name already: a config names both by `loss`.
    pub fn register_statistic(&mut self, spec: &'static StatisticSpec) -> Result<(), Error> {
        if self.names().contains(&spec.name) {
            return Err(duplicate("statistic", spec.name));
        }
        self.statistics.push(spec);
        Ok(())
    }

    /// Adds a penalty.
    ///
    /// # Errors
    ///
    /// When a penalty has its name already.
    pub fn register_penalty(&mut self, spec: &'static PenaltySpec) -> Result<(), Error> {
        if self.penalty_names().contains(&spec.name) {
            return Err(duplicate("penalty", spec.name));
        }
        self.penalties.push(spec);
        Ok(())
    }

    /// Adds a whole loss.
    ///
    /// # Errors
    ///
    /// When a statistic or a whole loss has its name already: a config names both by `loss`.
    pub fn register_loss(&mut self, spec: &'static LossSpec) -> Result<(), Error> {
        if self.names().contains(&spec.name) {
            return Err(duplicate("loss", spec.name));
        }
        self.losses.push(spec);
        Ok(())
    }

    /// The statistics, in the order of registration.
    pub fn statistics(&self) -> &[&'static StatisticSpec] {
        &self.statistics
    }

    /// The penalties, in the order of registration.
    pub fn penalties(&self) -> &[&'static PenaltySpec] {
        &self.penalties
    }

    /// The whole losses, in the order of registration.
    pub fn losses(&self) -> &[&'static LossSpec] {
        &self.losses
    }

    /// Every name that a config may give as `loss`: the statistics, then the whole losses.
    pub fn names(&self) -> Vec<&'static str> {
        let statistics = self.statistics.iter().map(|spec| spec.name);
        let losses = self.losses.iter().map(|spec| spec.name);
        statistics.chain(losses).collect()
    }

    /// Every name that a config may give as `penalty`.
    pub fn penalty_names(&self) -> Vec<&'static str> {
        self.penalties.iter().map(|spec| spec.name).collect()
    }

    /// The loss that a config names. Its `lambda` and `groups` are not read; see [`Self::term`].
    ///
    /// # Errors
    ///
    /// When a name is not known, when an option is set that the loss does not read (a penalty
    /// beside a whole loss, `alpha` beside a gap), or when an option is missing or out of range.
    pub fn build(&self, config: &FairnessConfig) -> Result<Arc<dyn FairnessLoss>, Error> {
        if let Some(spec) = self.losses.iter().find(|spec| spec.name == config.loss) {
            if config.penalty.is_some() {
                return Err(Error::UnusedOption {
                    loss: config.loss.clone(),
                    option: "penalty".to_owned(),
                    known: Vec::new(),
                    closest: None,
                });
            }
            check_options(config, spec.options)?;
            return (spec.build)(&Options::new(spec.name, &config.options, spec.options));
        }
        let statistic = self
            .statistics
            .iter()
            .find(|spec| spec.name == config.loss)
            .ok_or_else(|| unknown("loss", &config.loss, &self.names()))?;
        let name = config
            .penalty
            .as_deref()
            .unwrap_or(FairnessConfig::DEFAULT_PENALTY);
        let penalty = self
            .penalties
            .iter()
            .find(|spec| spec.name == name)
            .ok_or_else(|| unknown("penalty", name, &self.penalty_names()))?;
        check_options(config, &[statistic.options, penalty.options].concat())?;
        let options = |declared| Options::new(&config.loss, &config.options, declared);
        Ok(Arc::new(StatisticLoss::new(
            format!("{}/{}", statistic.name, penalty.name),
            statistic.tasks,
            (statistic.build)(&options(statistic.options))?,
            (penalty.build)(&options(penalty.options))?,
        )))
    }

    /// The whole term of a total loss that a config describes: its loss, its weight and its
    /// groups.
    ///
    /// # Errors
    ///
    /// As [`Self::build`], when a value of `lambda` is not legal, and when `groups` names no
    /// attribute or one that the data does not have.
    pub fn term(
        &self,
        config: &FairnessConfig,
        schema: &GroupSchema,
    ) -> Result<FairnessTerm, Error> {
        config.check()?;
        let loss = self.build(config)?;
        let (charge, violation) = match &config.lambda {
            LambdaConfig::Target(target) => {
                let violation = self.violation(target, config, loss.as_ref())?;
                // Without a penalty the multipliers charge the rates themselves.
                let signed = config.penalty.is_none() && loss.statistic().is_some();
                let charge = if signed { Charge::Rates } else { Charge::Value };
                (charge, Some(violation))
            }
            _ => (Charge::Value, None),
        };
        Ok(FairnessTerm {
            loss,
            groups: GroupSelector::new(schema, config.groups.iter().map(String::as_str))?,
            lambda: config.lambda.clone(),
            gradients: config.gradients,
            charge,
            violation,
        })
    }

    /// The statistic whose hard rates are to come within a target: the one that is named, or that
    /// of the loss, or else demographic parity, and equalized odds under the condition of the
    /// label.
    ///
    /// # Errors
    ///
    /// When no statistic has the name.
    pub fn violation(
        &self,
        target: &DualTarget,
        config: &FairnessConfig,
        loss: &dyn FairnessLoss,
    ) -> Result<Arc<dyn Statistic>, Error> {
        let name = match (&target.violation, loss.statistic()) {
            (Some(name), _) => name.as_str(),
            (None, Some(statistic)) => return Ok(statistic),
            (None, None) if config.options.contains_key("condition") => "equalized-odds",
            (None, None) => "demographic-parity",
        };
        let spec = self
            .statistics
            .iter()
            .find(|spec| spec.name == name)
            .ok_or_else(|| {
                let known: Vec<&str> = self.statistics.iter().map(|spec| spec.name).collect();
                unknown("lambda.violation", name, &known)
            })?;
        (spec.build)(&Options::new(spec.name, &BTreeMap::new(), spec.options))
    }
}

fn check_options(config: &FairnessConfig, read: &[OptionSpec]) -> Result<(), Error> {
    let known = || {
        let common = FairnessConfig::KEYS.iter().copied();
        common.chain(read.iter().map(|spec| spec.key))
    };
    match config
        .options
        .keys()
        .find(|key| read.iter().all(|spec| spec.key != *key))
    {
        None => Ok(()),
        Some(option) => Err(Error::UnusedOption {
            loss: config.loss.clone(),
            option: option.clone(),
            known: known().map(str::to_owned).collect(),
            closest: closest(option, known()).map(str::to_owned),
        }),
    }
}

fn duplicate(what: &'static str, name: &str) -> Error {
    Error::DuplicateName {
        what,
        name: name.to_owned(),
    }
}

fn unknown(what: &'static str, name: &str, known: &[&str]) -> Error {
    Error::UnknownName {
        what,
        name: name.to_owned(),
        known: known.iter().copied().map(str::to_owned).collect(),
        closest: closest(name, known.iter().copied()).map(str::to_owned),
    }
}
