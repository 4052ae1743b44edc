//! `equipoise model get REPOSITORY`: fetch a base model of texts from the Hugging Face hub.

use std::{collections::BTreeMap, path::Path};

use equipoise_data::{
    catalogue::Checksum,
    download::hub::{ENDPOINT, HubFile, HubListing, HubRevision},
    write_atomically,
};
use equipoise_models::bert::hub;
use equipoise_text::tokenizer;
use serde::{Deserialize, Serialize};

use crate::{
    args::ModelGetArgs, commands::fetching::fetching, context::Context, error::CliError,
    outcome::Outcome, output, pipeline::record::read_json,
};

/// The folder of base models where `--to` names none.
const MODELS: &str = "models";

/// The file that says where a folder came from. It is written last: a folder that has it is whole.
const ORIGIN: &str = "origin.json";

/// Where the files of a folder came from.
#[derive(Debug, Serialize, Deserialize)]
struct Origin {
    /// `owner/name`.
    repository: String,
    /// What was asked for.
    revision: String,
    /// What that was.
    commit: String,
    /// The SHA-256 of each file.
    files: BTreeMap<String, Checksum>,
}

/// Fetches the files of a base model that this program reads.
pub(super) fn execute(args: &ModelGetArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    let endpoint = std::env::var("HF_ENDPOINT").unwrap_or_else(|_| ENDPOINT.to_owned());
    let revision = HubRevision::new(&endpoint, &args.repository, &args.revision)?;
    let folder = args.to.as_deref().unwrap_or(Path::new(MODELS));
    let folder = folder.join(revision.short_name());
    if !is_there(&folder, &revision)? {
        fetch(&revision, &folder, context)?;
    }
    output::print(&format!("{}\n", folder.display()))?;
    Ok(Outcome::Done)
}

/// Whether a folder has what is asked for already; nothing is sent then.
fn is_there(folder: &Path, revision: &HubRevision) -> Result<bool, CliError> {
    let path = folder.join(ORIGIN);
    if !path.exists() {
        return Ok(false);
    }
    let origin: Origin = read_json(&path)?;
    if (origin.repository.as_str(), origin.revision.as_str())
        != (revision.repository(), revision.revision())
    {
        return Err(CliError::Usage {
            message: format!(
                "`{}` holds {}@{}, not {revision}",
                folder.display(),
                origin.repository,
                origin.revision
            ),
            help: Some("name another folder with `--to`, or move this one away".to_owned()),
        });
    }
    tracing::info!("{revision} is there: commit {}", origin.commit);
    Ok(true)
}

fn fetch(revision: &HubRevision, folder: &Path, context: &Context<'_>) -> Result<(), CliError> {
    let listing = revision.list()?;
    tracing::info!("{revision}: commit {}", listing.commit);
    let mut files = BTreeMap::new();
    for file in wanted(&listing)? {
        tracing::info!("{}, {} bytes", file.name, file.bytes);
        let path = fetching(context, |progress| {
            revision.fetch(&listing.commit, file, folder, progress)
        })?;
        let sum = Checksum::of_file(&path).map_err(CliError::file("read what was fetched"))?;
        files.insert(file.name.clone(), sum);
    }
    let origin = Origin {
        repository: revision.repository().to_owned(),
        revision: revision.revision().to_owned(),
        commit: listing.commit,
        files,
    };
    let text =
        serde_json::to_vec_pretty(&origin).map_err(CliError::encode("where a model is from"))?;
    write_atomically(&folder.join(ORIGIN), &text).map_err(CliError::file("write a model"))
}

/// The files that are read of a model.
fn wanted(listing: &HubListing) -> Result<Vec<&HubFile>, CliError> {
    listing.expect_one_of(&[hub::CONFIG])?;
    listing.expect_one_of(&[hub::WEIGHTS])?;
    listing.expect_one_of(&tokenizer::VOCABULARY_FILES)?;
    let names = [hub::CONFIG, hub::WEIGHTS];
    let names = names.into_iter().chain(tokenizer::FILES);
    Ok(names.filter_map(|name| listing.find(name)).collect())
}
