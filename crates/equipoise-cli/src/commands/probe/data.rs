//! Which probes ask, and where their data lie.

use std::path::{Path, PathBuf};

use equipoise_data::catalogue;
use equipoise_text::{PROBES, ProbeSpec};

use crate::{
    args::{ProbeArgs, ProbeSource},
    commands::data::DATASETS,
    error::CliError,
};

/// What asks, and what cannot since its data are not there.
pub(super) struct Found {
    /// The probes with their data, in the order of the registry.
    pub(super) probes: Vec<(&'static ProbeSpec, PathBuf)>,
    /// The probes without data, with the reason.
    pub(super) missing: Vec<(&'static ProbeSpec, String)>,
}

/// Looks for the data of the probes that are named, or of all.
///
/// # Errors
///
/// When a probe is not known, when there are two places for one thing, when the data of a probe
/// that is named are not there, or when there are no data at all.
pub(super) fn find(args: &ProbeArgs) -> Result<Found, CliError> {
    for name in &args.probe {
        ProbeSpec::by_name(name)?;
    }
    let folder = folder(args)?;
    let mut found = Found {
        probes: Vec::new(),
        missing: Vec::new(),
    };
    let mut first_missing = None;
    for spec in PROBES {
        let is_named = args.probe.iter().any(|name| name == spec.name);
        let given = given(spec.name, args)?;
        if !args.probe.is_empty() && !is_named {
            if given.is_some() {
                return Err(CliError::Usage {
                    message: format!("`--data {}=` and no such probe in `--probe`", spec.name),
                    help: Some(format!("add `{}` to `--probe`", spec.name)),
                });
            }
            continue;
        }
        match given.map_or_else(|| in_folder(spec, folder), |path| Ok(path.to_owned())) {
            Ok(path) => found.probes.push((spec, path)),
            Err(error) if is_named => return Err(error),
            Err(error) => {
                let help = error.remedy().unwrap_or_default();
                found.missing.push((spec, format!("{error}; {help}")));
                first_missing.get_or_insert(error);
            }
        }
    }
    match first_missing {
        Some(error) if found.probes.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// The folder of all data sets.
fn folder(args: &ProbeArgs) -> Result<&Path, CliError> {
    let mut folders = args.data.iter().filter_map(|source| match source {
        ProbeSource::Folder(folder) => Some(folder.as_path()),
        ProbeSource::Of(..) => None,
    });
    match (folders.next(), folders.next()) {
        (Some(_), Some(second)) => Err(CliError::Usage {
            message: format!(
                "`--data` names a second folder of data sets: `{}`",
                second.display()
            ),
            help: Some("`--data PROBE=PATH` names the data of one probe".to_owned()),
        }),
        (folder, _) => Ok(folder.unwrap_or(Path::new(DATASETS))),
    }
}

/// The path that the command line gives for the data of a probe.
fn given<'a>(probe: &str, args: &'a ProbeArgs) -> Result<Option<&'a Path>, CliError> {
    let mut paths = args.data.iter().filter_map(|source| match source {
        ProbeSource::Of(name, path) if *name == probe => Some(path.as_path()),
        _ => None,
    });
    match (paths.next(), paths.next()) {
        (Some(_), Some(_)) => Err(CliError::usage(format!("`--data {probe}=` is given twice"))),
        (path, _) => Ok(path),
    }
}

/// The data as the catalogue keeps them, or the same with `.gz` behind.
fn in_folder(spec: &'static ProbeSpec, folder: &Path) -> Result<PathBuf, CliError> {
    let Some(card) = catalogue::of_probe(spec.name)? else {
        return Err(CliError::Usage {
            message: format!("no data set is known for the probe `{}`", spec.name),
            help: Some(format!("name its data with `--data {}=PATH`", spec.name)),
        });
    };
    let path = card.original_path(folder);
    let mut packed = path.clone().into_os_string();
    packed.push(".gz");
    let packed = PathBuf::from(packed);
    if path.exists() {
        Ok(path)
    } else if packed.is_file() {
        Ok(packed)
    } else {
        Err(CliError::ProbeData {
            probe: spec.name,
            data_set: card.name,
            path,
        })
    }
}
