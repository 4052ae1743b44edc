//! One round of `benches/peers/run`: times each case a few times and prints JSON.
//!
//! `cargo bench -p equipoise-metrics --bench audit_rounds -- [ROWS] [TIMES] [CASE]`

#![expect(clippy::print_stdout, reason = "what it prints is its result")]

mod inputs;

use std::{collections::BTreeMap, hint::black_box, time::Instant};

use equipoise_metrics::{Audit, AuditData, AuditOptions, Error, GroupCube, Method, Scope, audit};
use inputs::{COUNT_METRICS, Inputs, options};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The cost of the bootstrap does not depend on the number of rows: so few leave only its own.
const FEW_ROWS: usize = 10_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Cargo adds options such as `--bench` of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let number = |position: usize, default: usize| {
        arguments.get(position).map_or(Ok(default), |n| n.parse())
    };
    let (rows, times) = (number(0, 10_000_000)?, number(1, 5)?);
    let inputs = Inputs::new(rows)?;
    let few = Inputs::new(FEW_ROWS)?;
    let mut rounds = Rounds {
        times,
        only: arguments.get(2).map(String::as_str),
        seconds: BTreeMap::new(),
    };

    let counts = options(&COUNT_METRICS, 0);
    let bootstrap = options(&COUNT_METRICS, 1000);
    let single = inputs.counted(&inputs.single);
    let crossed = inputs.counted(&inputs.crossed);
    for (case, slices, groups) in [
        ("cube_10", "cube_10_slices", &inputs.single),
        ("cube_40", "cube_40_slices", &inputs.crossed),
    ] {
        let (labels, predictions) = (&inputs.labels, &inputs.predictions);
        rounds.time(case, || GroupCube::from_rows(groups, labels, predictions))?;
        // Groups that nobody has put together yet.
        let attributes = 0..groups.schema().attributes().len();
        let codes: Vec<&[u32]> = attributes.map(|position| groups.codes(position)).collect();
        rounds.time(slices, || {
            let mut cube = GroupCube::empty(groups.schema().clone());
            cube.update_slices(&codes, labels, predictions)?;
            Ok(cube)
        })?;
    }
    let found = rounds.audit("audit_10", &single, &counts)?;
    rounds.audit("audit_40", &crossed, &counts)?;
    rounds.audit("audit_10_bootstrap", &single, &bootstrap)?;
    rounds.audit("audit_40_bootstrap", &crossed, &bootstrap)?;
    rounds.audit("bootstrap_1000", &few.counted(&few.single), &bootstrap)?;
    rounds.audit("auc_10", &inputs.scored(), &options(&["roc_auc"], 0))?;

    let (by, method) = (["attribute_0"], Some(Method::BetweenGroups));
    let gap = found.aggregate("selection_rate", Scope::Difference, &by, method);
    let result = serde_json::json!({
        "rows": rows,
        "selection_rate_difference": gap.ok_or("the gap was not audited")?.value,
        "seconds": rounds.seconds,
    });
    println!("{result}");
    Ok(())
}

/// The seconds that each case took, each time.
struct Rounds<'a> {
    times: usize,
    /// The one case to time; all without it.
    only: Option<&'a str>,
    seconds: BTreeMap<&'static str, Vec<f64>>,
}

impl Rounds<'_> {
    /// Times a case, after one run that is not timed.
    fn time<T>(
        &mut self,
        case: &'static str,
        run: impl Fn() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let result = run()?;
        if self.only.is_some_and(|only| only != case) {
            return Ok(result);
        }
        for _ in 0..self.times {
            let start = Instant::now();
            black_box(run()?);
            let seconds = start.elapsed().as_secs_f64();
            self.seconds.entry(case).or_default().push(seconds);
        }
        Ok(result)
    }

    fn audit(
        &mut self,
        case: &'static str,
        data: &AuditData<'_>,
        options: &AuditOptions,
    ) -> Result<Audit, Error> {
        self.time(case, || audit(data, options))
    }
}
