//! `equipoise sweep CONFIG`: many runs of one configuration, and the choice among them.

use std::{path::Path, thread::available_parallelism, time::Duration};

use equipoise_data::write_table;
use equipoise_report::{peer_verdicts, render_front};

use crate::{
    args::SweepArgs,
    config::SweepConfig,
    context::Context,
    error::CliError,
    interrupt,
    outcome::Outcome,
    output::print,
    pipeline::RunFolder,
    sweep::{
        front_report::front_report,
        measure::{RunResult, measure},
        outcome_table::outcome_table,
        pareto::front,
        recommendation::{Recommendation, recommend},
        record::SweepRecord,
        run_table::{run_table, to_csv},
        runs::{Runs, is_finished},
        summary::TrialSummary,
        trial::{Run, trial_name},
    },
};

/// Runs what has not been run before, compares, and recommends.
pub(crate) fn execute(args: &SweepArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    let config = SweepConfig::load(&args.path, context.registry())?;
    let threads = threads(args.jobs.get())?;
    let root = args
        .out
        .clone()
        .unwrap_or_else(|| Path::new("runs").join(args.path.file_stem().unwrap_or_default()));
    let folder = RunFolder::open(&root, &config.to_toml()?)?;
    let interrupted = interrupt::catch()?;
    fs_err::create_dir_all(folder.path("trials"))
        .map_err(CliError::file("make the folder of the trials"))?;
    // Runs read this copy, so that the file may be edited while they go on.
    folder.write("base.toml", config.base().to_toml()?.as_bytes())?;
    let _log = context.logging().also_to(&folder.path("log.jsonl"))?;
    let runs = Runs {
        root: folder.root(),
        base: folder.path("base.toml"),
        title: config.base().title(),
        device: config.base().device().to_string(),
        settings: config.trials(),
        jobs: args.jobs.get(),
        threads,
        interrupted: &interrupted,
    };
    let mut sweep = Sweep {
        config: &config,
        runs: &runs,
        results: Vec::new(),
    };
    sweep.run()?;
    sweep.finish(&folder)?;
    Ok(Outcome::Done)
}

/// The share of the cores that each of several runs has.
fn threads(jobs: usize) -> Result<usize, CliError> {
    let cores = available_parallelism().map_or(1, usize::from);
    if jobs > cores {
        return Err(CliError::Usage {
            message: format!("`--jobs` is {jobs}, and this machine has {cores} cores"),
            help: Some(format!("legal is 1 to {cores}")),
        });
    }
    Ok(cores / jobs)
}

/// A sweep with what it has found so far.
struct Sweep<'a> {
    config: &'a SweepConfig,
    runs: &'a Runs<'a>,
    results: Vec<RunResult>,
}

impl Sweep<'_> {
    /// Measures the runs that are finished, and runs the others.
    fn run(&mut self) -> Result<(), CliError> {
        let all = self.config.runs();
        let (done, waiting): (Vec<Run>, Vec<Run>) = all
            .iter()
            .partition(|run| is_finished(&self.runs.folder(**run)));
        for run in &done {
            self.measure(*run)?;
        }
        if !done.is_empty() && !waiting.is_empty() {
            tracing::info!("going on: {} of {} runs are done", done.len(), all.len());
        }
        let mut spent = Duration::ZERO;
        let mut ended = 0_u32;
        let runs = self.runs;
        runs.run_all(&waiting, |end| {
            self.measure(end.run)?;
            spent += end.after;
            ended += 1;
            let left = waiting.len().saturating_sub(ended as usize);
            let left = (spent / ended).mul_f64(left as f64 / runs.jobs as f64);
            tracing::info!(
                "{} of {} runs done, about {} left; {}",
                self.results.len(),
                all.len(),
                in_words(left),
                self.best_so_far()
            );
            Ok(())
        })?;
        // In the order of the trials, whichever ended first.
        self.results
            .sort_by_key(|result| all.iter().position(|run| *run == result.run));
        Ok(())
    }

    fn measure(&mut self, run: Run) -> Result<(), CliError> {
        let folder = self.runs.folder(run);
        let options = self.config.base().audit();
        let result = measure(run, &folder, self.config.measures(), &options)
            .map_err(CliError::run(&folder))?;
        self.results.push(result);
        Ok(())
    }

    /// The trials of which every seed was run.
    fn summaries(&self) -> Vec<TrialSummary> {
        (0..self.config.trials().len())
            .filter_map(|trial| {
                let runs: Vec<&RunResult> = (self.results.iter())
                    .filter(|result| result.run.trial == trial)
                    .collect();
                (runs.len() == self.config.seeds().len()).then(|| TrialSummary::new(trial, &runs))
            })
            .collect()
    }

    fn recommendation(&self, trials: &[TrialSummary]) -> Recommendation {
        let (objectives, limit) = (self.config.objectives(), self.config.limit());
        recommend(trials, &self.results, objectives, limit)
    }

    fn best_so_far(&self) -> String {
        match self.recommendation(&self.summaries()).index {
            Some(trial) => format!(
                "best so far: trial {} ({})",
                trial_name(trial),
                self.config.trials()[trial]
            ),
            None => "no trial to recommend yet".to_owned(),
        }
    }

    /// Writes what was found, `sweep.json` last, and prints it.
    fn finish(&self, folder: &RunFolder) -> Result<(), CliError> {
        let (config, trials) = (self.config, self.summaries());
        let objectives = config.objectives();
        let gains: Vec<Vec<f64>> = trials
            .iter()
            .map(|trial| {
                objectives
                    .iter()
                    .zip(&trial.valid)
                    .map(|(objective, summary)| objective.gain(summary.mean.unwrap_or(f64::NAN)))
                    .collect()
            })
            .collect();
        let front = front(&gains);
        let recommendation = self.recommendation(&trials);
        let table = run_table(&self.results, config.trials(), config.measures())?;
        folder.write("sweep.csv", &to_csv(&table)?)?;
        write_table(&folder.path("sweep.parquet"), &table)?;
        let report = front_report(config, &trials, &front, &recommendation);
        let verdicts = report.as_ref().map(peer_verdicts);
        if let Some(report) = &report {
            let page = render_front(report)?;
            folder.write("sweep.svg", page.svg.as_bytes())?;
            folder.write("sweep.html", page.html.as_bytes())?;
        }
        let printed = outcome_table(
            config.measures(),
            config.trials(),
            &trials,
            &front,
            &recommendation,
            verdicts.as_deref(),
            folder.root(),
        );
        let record = SweepRecord::new(
            config.seeds(),
            objectives,
            config.measures(),
            config.trials(),
            &trials,
            &front,
            recommendation,
        )
        .with_peers(verdicts.as_deref().unwrap_or_default());
        folder.write("sweep.json", &record.to_json()?)?;
        print(&printed)
    }
}

/// A time as people say it.
fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=99 => format!("{seconds} s"),
        seconds @ 100..=5999 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h", seconds.div_ceil(3600)),
    }
}
