//! Asking one model after the other.

use std::path::{Path, PathBuf};

use equipoise_models::ProbedFolder;
use equipoise_tensor::Device;
use equipoise_text::ProbeOptions;

use super::{data::Found, results::ProbeResults};
use crate::{args::ProbeArgs, error::CliError};

/// A model with the name that results have.
pub(super) struct ModelName<'a> {
    /// The name of the folder, or its whole path where two folders have one name.
    pub(super) name: String,
    /// The folder.
    pub(super) folder: &'a Path,
}

impl<'a> ModelName<'a> {
    /// Names for some folders.
    ///
    /// # Errors
    ///
    /// When a folder is named twice.
    pub(super) fn of(folders: &'a [PathBuf]) -> Result<Vec<Self>, CliError> {
        let short = |folder: &Path| {
            let whole = || folder.display().to_string();
            folder
                .file_name()
                .map_or_else(whole, |name| name.to_string_lossy().into_owned())
        };
        let mut models: Vec<Self> = Vec::with_capacity(folders.len());
        for folder in folders {
            if models.iter().any(|known| known.folder == folder) {
                let twice = folder.display();
                return Err(CliError::usage(format!("`{twice}` is named twice")));
            }
            let name = short(folder);
            let is_shared = folders.iter().filter(|other| short(other) == name).count() > 1;
            models.push(Self {
                name: if is_shared {
                    folder.display().to_string()
                } else {
                    name
                },
                folder,
            });
        }
        Ok(models)
    }
}

/// Asks a model with every probe that it can answer, and says why it cannot answer the others.
///
/// # Errors
///
/// When the folder cannot be read, and when a probe fails.
pub(super) fn ask(
    model: &ModelName<'_>,
    args: &ProbeArgs,
    data: &Found,
    options: &ProbeOptions,
    device: &Device,
    results: &mut ProbeResults,
) -> Result<(), CliError> {
    let probed = ProbedFolder::open(model.folder, args.pooling.pooling(), device)?;
    for (spec, path) in &data.probes {
        if let Some(reason) = probed.lacks(spec.needs) {
            results.refuse(Some(&model.name), spec.name, reason);
            continue;
        }
        tracing::info!("asking `{}` with `{}`", model.name, spec.name);
        let records = (spec.run(&probed.as_probe_model(), path, options)).map_err(|source| {
            CliError::Probe {
                probe: spec.name,
                model: model.name.clone(),
                source: Box::new(source),
            }
        })?;
        results.answer(&model.name, records);
    }
    if probed.cut() > 0 {
        let (cut, window) = (probed.cut(), probed.config.window());
        tracing::warn!(
            "`{}` saw {cut} texts cut to its {window} tokens",
            model.name
        );
    }
    results.describe(&model.name, args.pooling.pooling(), &probed);
    Ok(())
}
