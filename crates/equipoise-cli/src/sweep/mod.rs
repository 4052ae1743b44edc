//! Many runs of one configuration, and the choice among them.
//!
//! ```text
//! SweepConfig - search (trials) - runs (child processes) - measure - summary - Pareto front, recommendation
//! ```
//!
//! * `search`: which settings are tried; one file and one line of `SEARCHES` for each kind
//! * `trial`: settings of one trial, and the runs that repeat it with other seeds
//! * `objective`: what is measured, and which way it is better
//! * `runs`: the runs, each in a process of its own
//! * `measure`: the objectives of a finished run, on the validation and on the test part
//! * `summary`: the runs of a trial put together
//! * `pareto`: the trials that no other trial beats
//! * `recommendation`: one of them, and why
//! * `record`: `sweep.json`
//! * `run_table`: `sweep.csv` and `sweep.parquet`
//! * `front_report`: the page and the picture of the front
//! * `outcome_table`: what is printed at the end

pub(crate) mod front_report;
pub(crate) mod measure;
pub(crate) mod objective;
pub(crate) mod outcome_table;
pub(crate) mod pareto;
pub(crate) mod recommendation;
pub(crate) mod record;
pub(crate) mod run_table;
pub(crate) mod runs;
pub(crate) mod search;
pub(crate) mod summary;
pub(crate) mod trial;
