//! All losses by name, and how a config becomes one of them.

use std::sync::Arc;

use equipoise_core::{GroupAttribute, GroupSchema, closest};

use crate::{
    Charge, DualTarget, Error, FairnessConfig, FairnessLoss, FairnessTerm, Given, GroupSelector,
    LOSSES, LambdaConfig, LossSpec, Need, OptionSpec, Options, PENALTIES, PROJECTIONS, PenaltySpec,
    STATISTICS, Statistic, StatisticLoss, StatisticSpec,
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
            losses: [LOSSES, PROJECTIONS].concat(),
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
    /// beside a whole loss, `alpha` beside a gap), when an option is missing or out of range, or
    /// when the penalty cannot charge the rates of the statistic.
    ///
    /// A loss `given` an attribute has its name here and cannot be computed: only [`Self::term`]
    /// knows the attribute's values.
    pub fn build(&self, config: &FairnessConfig) -> Result<Arc<dyn FairnessLoss>, Error> {
        self.build_within(config, None)
    }

    fn build_within(
        &self,
        config: &FairnessConfig,
        strata: Option<usize>,
    ) -> Result<Arc<dyn FairnessLoss>, Error> {
        if let Some(spec) = self.losses.iter().find(|spec| spec.name == config.loss) {
            if config.penalty.is_some() {
                return Err(Error::UnusedOption {
                    loss: config.loss.clone(),
                    option: "penalty".to_owned(),
                    known: Vec::new(),
                    closest: None,
                    taken_by: Vec::new(),
                });
            }
            self.check_options(config, spec.options)?;
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
        if statistic.range > penalty.range {
            return Err(Error::Pairing {
                statistic: statistic.name,
                penalty: penalty.name,
                found: statistic.range,
                legal: penalty.range,
            });
        }
        self.check_options(
            config,
            &[statistic.options, penalty.options, StatisticLoss::OPTIONS].concat(),
        )?;
        let options = |declared| Options::new(&config.loss, &config.options, declared);
        let mut loss = StatisticLoss::new(
            format!("{}/{}", statistic.name, penalty.name),
            statistic.tasks,
            (statistic.build)(&options(statistic.options))?,
            (penalty.build)(&options(penalty.options))?,
        )
        .with_options(&options(StatisticLoss::OPTIONS))?;
        if let Some(strata) = strata {
            loss = loss.with_strata(strata);
        }
        Ok(Arc::new(loss))
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
        let named = || config.groups.iter().map(String::as_str);
        let groups = GroupSelector::new(schema, named())?;
        let (strata, groups) = match self.given(config)? {
            // The strata are crossed with the groups, and the loss takes them apart again.
            Given::Attribute { name, .. } => {
                let strata = GroupSelector::new(schema, [name.as_str()])?.group_count();
                let crossed = [name.as_str()].into_iter().chain(named());
                (Some(strata), GroupSelector::new(schema, crossed)?)
            }
            Given::Nothing | Given::Label => (None, groups),
        };
        let loss = self.build_within(config, strata)?;
        let attributes = schema.attributes().iter();
        let continuous = attributes.filter(|attribute| attribute.is_continuous());
        let continuous: Vec<&str> = continuous.map(GroupAttribute::name).collect();
        self.check_values(config, &continuous)?;
        let (charge, violation) = match &config.lambda {
            LambdaConfig::Target(target) => {
                let violation = self.violation(target, config, strata)?;
                // Without a penalty the multipliers charge the rates themselves.
                let signed = config.penalty.is_none() && loss.statistic().is_some();
                let charge = if signed { Charge::Rates } else { Charge::Value };
                (charge, Some(violation))
            }
            _ => (Charge::Value, None),
        };
        Ok(FairnessTerm {
            loss,
            groups,
            lambda: config.lambda.clone(),
            gradients: config.gradients,
            charge,
            violation,
        })
    }

    /// Checks, before the data are read, that a loss of values gets continuous attributes alone.
    ///
    /// # Errors
    ///
    /// When the loss reads values and `groups` names an attribute that is not among those that are
    /// continuous, and as [`Self::build`].
    pub fn check_values(&self, config: &FairnessConfig, continuous: &[&str]) -> Result<(), Error> {
        if self.build(config)?.needs().contains(&Need::GroupValues) {
            check_continuous(config, continuous)
        } else {
            Ok(())
        }
    }

    /// The statistic whose hard rates are to come within a target: the one that is named, or that
    /// of the loss, or else demographic parity, and equalized odds under the condition of the
    /// label. `strata` is the number of values of the attribute within which groups are compared,
    /// where there is one.
    ///
    /// # Errors
    ///
    /// When no statistic has the name.
    pub fn violation(
        &self,
        target: &DualTarget,
        config: &FairnessConfig,
        strata: Option<usize>,
    ) -> Result<Arc<dyn Statistic>, Error> {
        let is_statistic = |name: &str| self.statistics.iter().any(|spec| spec.name == name);
        let name = match &target.violation {
            Some(name) => name.as_str(),
            None if is_statistic(&config.loss) => return self.measured(config, strata),
            None if config.options.contains_key("condition") => "equalized-odds",
            None => "demographic-parity",
        };
        if !is_statistic(name) {
            let known: Vec<&str> = self.statistics.iter().map(|spec| spec.name).collect();
            return Err(unknown("lambda.violation", name, &known));
        }
        let mut other = FairnessConfig::new(name, 0.0, config.groups.clone());
        let given = Given::OPTION.key;
        if let Some(value) = config.options.get(given) {
            other.options.insert(given.to_owned(), value.clone());
        }
        self.measured(&other, strata)
    }

    /// The statistic of a loss that is one.
    fn measured(
        &self,
        config: &FairnessConfig,
        strata: Option<usize>,
    ) -> Result<Arc<dyn Statistic>, Error> {
        self.build_within(config, strata)?
            .statistic()
            .ok_or_else(|| unknown("lambda.violation", &config.loss, &self.names()))
    }

    /// Checks that a config sets no option that its loss does not read.
    fn check_options(&self, config: &FairnessConfig, read: &[OptionSpec]) -> Result<(), Error> {
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
                taken_by: self.taken_by(option),
            }),
        }
    }

    /// The names of the whole losses and penalties that read an option.
    fn taken_by(&self, option: &str) -> Vec<String> {
        let reads = |options: &[OptionSpec]| options.iter().any(|spec| spec.key == option);
        let losses = (self.losses.iter())
            .filter(|spec| reads(spec.options))
            .map(|spec| spec.name);
        let penalties = (self.penalties.iter())
            .filter(|spec| reads(spec.options))
            .map(|spec| spec.name);
        losses.chain(penalties).map(str::to_owned).collect()
    }

    /// Within which rows a config compares groups.
    fn given(&self, config: &FairnessConfig) -> Result<Given, Error> {
        if self.statistics.iter().all(|spec| spec.name != config.loss) {
            return Ok(Given::Nothing);
        }
        let options = Options::new(&config.loss, &config.options, StatisticLoss::OPTIONS);
        Ok(Given::from_name(&options.text(Given::OPTION.key)?))
    }
}

/// Checks that each attribute of a loss of values is continuous.
fn check_continuous(config: &FairnessConfig, continuous: &[&str]) -> Result<(), Error> {
    let is_continuous = |name: &&String| continuous.contains(&name.as_str());
    match config.groups.iter().find(|name| !is_continuous(name)) {
        None => Ok(()),
        Some(attribute) => Err(Error::NotContinuous {
            loss: config.loss.clone(),
            attribute: attribute.clone(),
            continuous: continuous.iter().copied().map(str::to_owned).collect(),
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
