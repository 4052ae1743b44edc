//! `equipoise probe MODEL..`: the bias of base models, side by side.

mod data;
mod lines;
mod list;
mod models;
mod results;
mod table;

use equipoise_data::write_atomically;
use equipoise_models::bert::hub_config;
use equipoise_tensor::{open_device, parse_device};
use equipoise_text::ProbeOptions;

use self::{models::ModelName, results::ProbeResults};
use crate::{
    args::{ProbeArgs, ProbeFormat},
    error::CliError,
    outcome::Outcome,
    output,
};

/// Asks every model with every probe, or lists the probes.
pub(crate) fn execute(args: &ProbeArgs) -> Result<Outcome, CliError> {
    if args.list {
        output::print(&list::render()?)?;
        return Ok(Outcome::Done);
    }
    // What is wrong is told before a model is asked for minutes.
    let device = parse_device(&args.device)?;
    let models = ModelName::of(&args.models)?;
    let data = data::find(args)?;
    for model in &models {
        hub_config(model.folder)?;
    }
    let device = open_device(&device)?;
    let options = ProbeOptions {
        confidence: args.confidence,
        resamples: args.resamples,
        permutations: args.permutations,
        seed: args.seed,
    };
    let mut results = ProbeResults::new(&options, &data);
    for model in &models {
        // One model at a time lies in memory.
        models::ask(model, args, &data, &options, &device, &mut results)?;
    }
    results.expect_answers()?;
    let text = match args.format {
        ProbeFormat::Table => table::render(&results, args.subsets),
        ProbeFormat::Json => {
            serde_json::to_string_pretty(&results)
                .map_err(CliError::encode("the probes as JSON"))?
                + "\n"
        }
        ProbeFormat::Csv => lines::render(&results)?,
    };
    match &args.out {
        Some(path) => write_atomically(path, text.as_bytes())
            .map_err(CliError::file("write the results of the probes"))?,
        None => output::print(&text)?,
    }
    Ok(Outcome::Done)
}
