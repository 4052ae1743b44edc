//! Micro-benchmarks of the audit: `cargo bench -p equipoise-metrics --bench audit`.

mod inputs;

use std::{hint::black_box, process::ExitCode, time::Duration};

use criterion::{Criterion, Throughput};
use equipoise_metrics::{Error, GroupCube, audit};
use inputs::{COUNT_METRICS, Inputs, options};

const ROWS: usize = 10_000_000;
/// The cost of the bootstrap does not depend on the number of rows: so few leave only its own.
const FEW_ROWS: usize = 10_000;

fn main() -> ExitCode {
    let mut criterion = Criterion::default().configure_from_args();
    if run(&mut criterion).is_err() {
        return ExitCode::FAILURE;
    }
    criterion.final_summary();
    ExitCode::SUCCESS
}

fn run(criterion: &mut Criterion) -> Result<(), Box<dyn std::error::Error>> {
    let rows = Inputs::new(ROWS)?;
    let few = Inputs::new(FEW_ROWS)?;
    // A benchmark cannot fail while it is timed, so what it calls is tried first.
    let try_first = |result: Result<_, Error>| result.map(drop);

    let mut group = criterion.benchmark_group("1e7 rows");
    group.throughput(Throughput::Elements(ROWS as u64));
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(3));
    for (name, groups) in [("10 groups", &rows.single), ("40 cells", &rows.crossed)] {
        let cube = || GroupCube::from_rows(groups, &rows.labels, &rows.predictions);
        cube()?;
        group.bench_function(format!("cube of {name}"), |b| b.iter(|| black_box(cube())));
    }
    let data = rows.counted(&rows.single);
    for replicates in [0, 1000] {
        let options = options(&COUNT_METRICS, replicates);
        try_first(audit(&data, &options))?;
        group.bench_function(
            format!("audit of 10 groups x 8 metrics, {replicates} replicates"),
            |b| b.iter(|| black_box(audit(&data, &options))),
        );
    }
    let auc = options(&["roc_auc"], 0);
    try_first(audit(&rows.scored(), &auc))?;
    group
        .sample_size(10)
        .bench_function("area under the curve of 10 groups", |b| {
            b.iter(|| black_box(audit(&rows.scored(), &auc)));
        });
    group.finish();

    let bootstrap = options(&COUNT_METRICS, 1000);
    let data = few.counted(&few.single);
    try_first(audit(&data, &bootstrap))?;
    criterion.bench_function("1000 replicates of 10 groups x 8 metrics", |b| {
        b.iter(|| black_box(audit(&data, &bootstrap)));
    });
    Ok(())
}
