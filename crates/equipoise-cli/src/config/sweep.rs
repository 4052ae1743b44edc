//! The configuration of a sweep: which configuration, which keys vary, what is compared.

use std::path::{Path, PathBuf};

use equipoise_core::{Help, closest};
use serde::{Deserialize, Serialize};

use super::{
    Assignment, Config, ConfigError, PeerPoints,
    document::{Document, Source},
};
use crate::{
    Registry,
    args::ConfigArgs,
    error::CliError,
    sweep::{
        objective::{MeasureTable, Objective, ObjectiveError},
        recommendation::Limit,
        search::{SEARCHES, SearchSpec, Space, Values, search},
        trial::{Run, Settings},
    },
};

/// The table of the keys that vary.
const VARY: &str = "search.vary";

/// A sweep as a file has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SweepFile {
    /// The configuration of a run that all trials share, relative to the current folder.
    base: PathBuf,
    /// The seeds with which each trial is run.
    seeds: Vec<u64>,
    /// What is compared; the first is what the recommended trial is best in.
    objectives: Vec<MeasureTable>,
    /// The points of other systems, beside which the front is drawn; relative to the current
    /// folder. No run depends on it, so that it is not written into the folder and may be added to
    /// a finished sweep.
    #[serde(default, skip_serializing)]
    compare: Option<PathBuf>,
    /// Which settings are tried.
    search: SearchTable,
    /// What the recommended trial must keep to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recommend: Option<RecommendTable>,
}

/// The `[search]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SearchTable {
    /// The name of a kind of search.
    kind: String,
    /// How many trials are drawn; of a kind that draws alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trials: Option<usize>,
    /// The seed of what is drawn; 0 where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// Keys of the configuration with their values.
    vary: toml::Table,
}

/// The `[recommend]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecommendTable {
    within: LimitTable,
}

/// What is limited, and by how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitTable {
    metric: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    at_most: f64,
}

/// A sweep that is known to make sense: each of its trials is a legal configuration.
#[derive(Debug)]
pub(crate) struct SweepConfig {
    file: SweepFile,
    base: Config,
    objectives: Vec<Objective>,
    measures: Vec<Objective>,
    limit: Option<Limit>,
    trials: Vec<Settings>,
    peers: Option<PeerPoints>,
}

impl SweepConfig {
    /// Reads a sweep and the configuration that it names, and checks both and every trial.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or when anything in it is not legal.
    pub(crate) fn load(path: &Path, registry: &Registry) -> Result<Self, CliError> {
        let text = fs_err::read_to_string(path).map_err(CliError::file("read the sweep"))?;
        let source = Source::new(&path.display().to_string(), &text, &[]);
        let document = Document::parse(&source)?;
        let file: SweepFile = document.deserialize()?;
        let check = Check {
            document: &document,
        };
        check.seeds(&file.seeds)?;
        let base = Config::load(&file.base_with(Vec::new()), registry)?;
        let objectives = check.objectives(&file.objectives, &base)?;
        let mut measures = objectives.clone();
        let limit = match &file.recommend {
            Some(table) => Some(check.limit(&table.within, &base, &mut measures)?),
            None => None,
        };
        let peers = match &file.compare {
            Some(path) => Some(check.peers(path, objectives.len())?),
            None => None,
        };
        let (spec, space) = check.space(&file.search)?;
        let trials = (spec.propose)(&space);
        for settings in &trials {
            check.trial(&file, settings, registry)?;
        }
        Ok(Self {
            file,
            base,
            objectives,
            measures,
            limit,
            trials,
            peers,
        })
    }

    /// The configuration that all trials share.
    pub(crate) fn base(&self) -> &Config {
        &self.base
    }

    /// The seeds with which each trial is run.
    pub(crate) fn seeds(&self) -> &[u64] {
        &self.file.seeds
    }

    /// What is compared; the first is what the recommended trial is best in.
    pub(crate) fn objectives(&self) -> &[Objective] {
        &self.objectives
    }

    /// The objectives and, where it is none of them, what the recommendation limits.
    pub(crate) fn measures(&self) -> &[Objective] {
        &self.measures
    }

    /// What the recommended trial must keep to.
    pub(crate) fn limit(&self) -> Option<&Limit> {
        self.limit.as_ref()
    }

    /// The points of other systems, where some are compared.
    pub(crate) fn peers(&self) -> Option<&PeerPoints> {
        self.peers.as_ref()
    }

    /// The settings of all trials, in order.
    pub(crate) fn trials(&self) -> &[Settings] {
        &self.trials
    }

    /// All runs: those of the first trial first.
    pub(crate) fn runs(&self) -> Vec<Run> {
        (0..self.trials.len())
            .flat_map(|trial| self.seeds().iter().map(move |&seed| Run { trial, seed }))
            .collect()
    }

    /// The sweep and the configuration that it names with every default, as the text of a TOML
    /// file: two sweeps with the same text have the same runs.
    ///
    /// # Errors
    ///
    /// When a value has no form in TOML.
    pub(crate) fn to_toml(&self) -> Result<String, CliError> {
        let sweep = toml::to_string(&self.file).map_err(CliError::encode("the sweep as TOML"))?;
        let base = self.base.to_toml()?;
        let base = base.lines().map(|line| format!("# {line}\n"));
        Ok(format!(
            "{sweep}\n# {}:\n{}",
            BASE_HEADING,
            base.collect::<String>()
        ))
    }
}

/// What stands above the configuration in the text of a sweep.
const BASE_HEADING: &str = "The configuration that all trials share, with every default";

impl SweepFile {
    /// The arguments that read the base with some keys set.
    fn base_with(&self, set: Vec<Assignment>) -> ConfigArgs {
        ConfigArgs {
            path: self.base.clone(),
            set,
            seed: None,
            device: None,
        }
    }
}

/// One check of a sweep.
struct Check<'a> {
    document: &'a Document<'a>,
}

impl Check<'_> {
    fn illegal(
        &self,
        key: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> ConfigError {
        ConfigError::new(message)
            .at(self.document.place_of(key, "here"))
            .with_help(help.into())
    }

    fn seeds(&self, seeds: &[u64]) -> Result<(), ConfigError> {
        if seeds.is_empty() {
            let help = "name one seed or more: `seeds = [1, 2, 3]`";
            return Err(self.illegal("seeds", "`seeds` is empty", help));
        }
        for (index, seed) in seeds.iter().enumerate() {
            if seeds[..index].contains(seed) {
                let message = format!("`seeds` has {seed} twice");
                return Err(self.illegal("seeds", message, "each seed is run once"));
            }
        }
        Ok(())
    }

    fn peers(&self, path: &Path, objectives: usize) -> Result<PeerPoints, CliError> {
        if objectives < 2 {
            let message = "`compare` needs two objectives, and one is named";
            let help = "add what accuracy is held against, such as a difference between groups";
            return Err(self.illegal("compare", message, help).into());
        }
        PeerPoints::load(path)
    }

    fn objectives(
        &self,
        tables: &[MeasureTable],
        base: &Config,
    ) -> Result<Vec<Objective>, ConfigError> {
        if tables.is_empty() {
            let help = "name one or more: `objectives = [{ metric = \"accuracy\" }]`";
            return Err(self.illegal("objectives", "`objectives` is empty", help));
        }
        let mut objectives: Vec<Objective> = Vec::new();
        for (index, table) in tables.iter().enumerate() {
            let key = format!("objectives[{index}]");
            let objective = self.measure(&key, table, base)?;
            if objectives.contains(&objective) {
                let message = format!("the objective `{objective}` is named twice");
                return Err(self.illegal(&key, message, "leave one out"));
            }
            objectives.push(objective);
        }
        Ok(objectives)
    }

    fn measure(
        &self,
        key: &str,
        table: &MeasureTable,
        base: &Config,
    ) -> Result<Objective, ConfigError> {
        let objective = Objective::new(table).map_err(|error| {
            let metric = format!("{key}.metric");
            match &error {
                ObjectiveError::Metric(cause) => {
                    let help = cause.help();
                    let shown = "`equipoise audit --list` shows the metrics".to_owned();
                    self.illegal(&metric, error.to_string(), help.unwrap_or(shown))
                }
                ObjectiveError::NoAttribute(_) => self.illegal(
                    key,
                    error.to_string(),
                    "add `attribute = \"sex\"`, for example",
                ),
                ObjectiveError::NeedlessAttribute(quantity) => {
                    let help = format!("leave it out, or name `{quantity}_difference`");
                    self.illegal(key, error.to_string(), help)
                }
                ObjectiveError::Neutral(quantity) | ObjectiveError::Several(quantity) => {
                    let help = format!("`{}_difference` is one", quantity.metric().name);
                    self.illegal(&metric, error.to_string(), help)
                }
            }
        })?;
        if let Some(attribute) = objective.attribute() {
            let known: Vec<&str> = (base.data().groups().iter())
                .map(|group| group.name.as_str())
                .collect();
            if !known.contains(&attribute) {
                let message = format!("`{attribute}` is no group attribute of the configuration");
                let help = suggestion(attribute, &known);
                return Err(self.illegal(&format!("{key}.attribute"), message, help));
            }
        }
        Ok(objective)
    }

    fn limit(
        &self,
        table: &LimitTable,
        base: &Config,
        measures: &mut Vec<Objective>,
    ) -> Result<Limit, ConfigError> {
        let key = "recommend.within";
        let named = MeasureTable {
            metric: table.metric.clone(),
            attribute: table.attribute.clone(),
        };
        let measure = self.measure(key, &named, base)?;
        if measure.gain(1.0) > 0.0 {
            let message = format!("more `{measure}` is better, so that nothing can be at most");
            let help = "name what is to be small, such as a difference";
            return Err(self.illegal(&format!("{key}.metric"), message, help));
        }
        if !table.at_most.is_finite() {
            let message = format!("`{key}.at_most` is {}", table.at_most);
            return Err(self.illegal(&format!("{key}.at_most"), message, "for example `0.05`"));
        }
        let position = (measures.iter().position(|known| *known == measure)).unwrap_or_else(|| {
            measures.push(measure.clone());
            measures.len() - 1
        });
        Ok(Limit {
            measure,
            position,
            at_most: table.at_most,
        })
    }

    fn space(&self, table: &SearchTable) -> Result<(&'static SearchSpec, Space), ConfigError> {
        let Some(spec) = search(&table.kind) else {
            let known: Vec<&str> = SEARCHES.iter().map(|spec| spec.name).collect();
            let message = format!("`search.kind` has the unknown value `{}`", table.kind);
            return Err(self.illegal("search.kind", message, suggestion(&table.kind, &known)));
        };
        let needless = |key: &str| {
            let message = format!(
                "`search.{key}` is of a search that draws, and `{}` does not",
                spec.name
            );
            self.illegal(&format!("search.{key}"), message, "leave it out")
        };
        match table.trials {
            Some(_) if !spec.draws => return Err(needless("trials")),
            None | Some(0) if spec.draws => {
                let message = format!("`{}` needs `search.trials`, at least 1", spec.name);
                return Err(self.illegal("search.trials", message, "for example `trials = 20`"));
            }
            _ => {}
        }
        if table.seed.is_some() && !spec.draws {
            return Err(needless("seed"));
        }
        let mut keys = Vec::new();
        self.collect("", &table.vary, spec, &mut keys)?;
        if keys.is_empty() {
            let help = "name a key with its values: `fairness.lambda = [0.1, 1.0]`";
            return Err(self.illegal(VARY, format!("`{VARY}` names no key"), help));
        }
        let space = Space {
            keys,
            trials: table.trials.unwrap_or_default(),
            seed: table.seed.unwrap_or_default(),
        };
        Ok((spec, space))
    }

    /// The keys below a table: a list or a range is the values of a key, other tables go deeper.
    fn collect(
        &self,
        path: &str,
        table: &toml::Table,
        spec: &SearchSpec,
        keys: &mut Vec<(String, Values)>,
    ) -> Result<(), ConfigError> {
        for (name, value) in table {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            let place = format!("{VARY}.{path}");
            if path == "seed" {
                let message = format!("`{place}`: the seed is not searched");
                return Err(self.illegal(&place, message, "name the seeds in `seeds`"));
            }
            match value {
                toml::Value::Array(values) if values.is_empty() => {
                    let help = "list one value or more";
                    return Err(self.illegal(&place, format!("`{place}` is empty"), help));
                }
                toml::Value::Array(values) => keys.push((path, Values::Listed(values.clone()))),
                toml::Value::Table(inner) => match self.range(&place, inner)? {
                    Some(_) if !spec.draws => {
                        let message =
                            format!("`{place}` is a range, and `{}` draws nothing", spec.name);
                        let help = "list its values, or choose `kind = \"random\"`";
                        return Err(self.illegal(&place, message, help));
                    }
                    Some(range) => keys.push((path, range)),
                    None => self.collect(&path, inner, spec, keys)?,
                },
                other => {
                    let message = format!("`{place}` is {other}, and no list");
                    let help = format!("write the values that it takes: `[{other}]`");
                    return Err(self.illegal(&place, message, help));
                }
            }
        }
        Ok(())
    }

    /// The range that a table is, if it is one: `{ uniform = [0.1, 1.0] }`.
    fn range(&self, place: &str, table: &toml::Table) -> Result<Option<Values>, ConfigError> {
        let mut entries = table.iter();
        let (Some((kind, value)), None) = (entries.next(), entries.next()) else {
            return Ok(None);
        };
        let is_log = match kind.as_str() {
            "uniform" => false,
            "log_uniform" => true,
            _ => return Ok(None),
        };
        let number = |value: &toml::Value| match value {
            toml::Value::Integer(number) => Some(*number as f64),
            toml::Value::Float(number) => Some(*number),
            _ => None,
        };
        let ends = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let ends: Vec<f64> = ends.iter().filter_map(number).collect();
        match *ends.as_slice() {
            [low, high] if low.is_finite() && high.is_finite() && low < high => {
                if !is_log {
                    return Ok(Some(Values::Uniform(low, high)));
                }
                if low > 0.0 {
                    return Ok(Some(Values::LogUniform(low, high)));
                }
                let message = format!("`{place}` begins at {low}; legal is above 0");
                Err(self.illegal(place, message, "0 has no logarithm"))
            }
            _ => {
                let message =
                    format!("`{place}` is {value}; legal are two numbers, the smaller first");
                Err(self.illegal(
                    place,
                    message,
                    format!("for example `{{ {kind} = [0.1, 1.0] }}`"),
                ))
            }
        }
    }

    /// Checks the configuration of a trial; what is wrong with it is told at the key that varies.
    fn trial(
        &self,
        file: &SweepFile,
        settings: &Settings,
        registry: &Registry,
    ) -> Result<(), CliError> {
        let mut set = Vec::new();
        for (assignment, (key, _)) in settings.assignments().zip(&settings.0) {
            let place = format!("{VARY}.{key}");
            set.push(assignment.parse::<Assignment>().map_err(|error| {
                self.illegal(
                    &place,
                    format!("`{place}`: {error}"),
                    "name a key of the configuration",
                )
            })?);
        }
        match Config::load(&file.base_with(set), registry) {
            Err(CliError::Config(error)) => {
                let blamed = error.source_code().and_then(|source| {
                    let text = source.inner();
                    let mut keys = settings.0.iter().map(|(key, _)| key);
                    keys.find(|key| text.starts_with(&format!("{key}=")))
                });
                let place = blamed.map_or_else(|| VARY.to_owned(), |key| format!("{VARY}.{key}"));
                let message = format!("the trial `{settings}` is not legal: {error}");
                let told = ConfigError::new(message)
                    .at(self.document.place_of(&place, "here"))
                    .with_help(error.help().map(str::to_owned));
                Err(told.into())
            }
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }
}

fn suggestion(found: &str, known: &[&str]) -> String {
    let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let list = format!("legal are: {}", list.join(", "));
    match closest(found, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? {list}"),
        None => list,
    }
}
