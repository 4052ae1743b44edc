//! One trial of the front, and why.

use serde::Serialize;

use super::{
    measure::RunResult,
    objective::{Goal, Objective},
    summary::{Summary, TrialSummary},
    trial::{Run, trial_name},
};

/// What the recommended trial must keep to on the validation part.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    /// What is limited; less of it is better.
    pub(crate) measure: Objective,
    /// Its place among the measures.
    pub(crate) position: usize,
    /// What the upper end of its interval must not exceed, whatever the seed.
    pub(crate) at_most: f64,
}

/// What is recommended, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Recommendation {
    /// The name of the trial; `None` where none can be recommended.
    pub(crate) trial: Option<String>,
    /// The folder of that of its runs which has the best first objective on the validation part.
    pub(crate) run: Option<String>,
    /// Why, as sentences.
    pub(crate) reason: String,
    /// The place of the trial.
    #[serde(skip)]
    pub(crate) index: Option<usize>,
}

/// Chooses, by the validation part alone, the trial with the best first objective among those that
/// keep to the limit; of equals the first.
pub(crate) fn recommend(
    trials: &[TrialSummary],
    runs: &[RunResult],
    objectives: &[Objective],
    limit: Option<&Limit>,
) -> Recommendation {
    let Some(first) = objectives.first() else {
        return none("There is no objective.".to_owned());
    };
    let mean = |trial: &TrialSummary| trial.valid.first().and_then(|summary| summary.mean);
    let kept: Vec<(&TrialSummary, f64)> = trials
        .iter()
        .filter(|trial| limit.is_none_or(|limit| limit.holds(trial)))
        .filter_map(|trial| mean(trial).map(|mean| (trial, mean)))
        .collect();
    let mut best: Option<(&TrialSummary, f64)> = None;
    for (trial, value) in &kept {
        if best.is_none_or(|(_, known)| first.gain(*value) > first.gain(known)) {
            best = Some((*trial, *value));
        }
    }
    let Some((trial, value)) = best else {
        return none(why_none(trials, first, limit));
    };
    let extreme = match first.goal() {
        Goal::Up => "highest",
        Goal::Down => "lowest",
    };
    let name = trial_name(trial.trial);
    let best = format!(
        "Trial {name} has the {extreme} mean `{first}` on the validation part, {value:.4}, "
    );
    let among = match limit {
        None => format!("of all {} trials.", trials.len()),
        Some(limit) => {
            let end = limit.upper_end(trial).unwrap_or(f64::NAN);
            format!(
                "of the {} of {} trials whose upper bound of `{}` is at most {} with every seed; \
                 its own is {end:.4}.",
                kept.len(),
                trials.len(),
                limit.measure,
                limit.at_most
            )
        }
    };
    let reason = format!("{best}{among} The test part had no say in this.");
    Recommendation {
        run: best_run(trial.trial, runs, first).map(|run| format!("trials/{}", run.name())),
        index: Some(trial.trial),
        trial: Some(name),
        reason,
    }
}

impl Limit {
    /// The largest upper end of the intervals of a trial.
    fn upper_end(&self, trial: &TrialSummary) -> Option<f64> {
        let summary: &Summary = trial.valid.get(self.position)?;
        summary.mean.and(summary.high)
    }

    fn holds(&self, trial: &TrialSummary) -> bool {
        self.upper_end(trial).is_some_and(|end| end <= self.at_most)
    }
}

fn best_run(trial: usize, runs: &[RunResult], first: &Objective) -> Option<Run> {
    let mut best: Option<(Run, f64)> = None;
    for result in runs.iter().filter(|result| result.run.trial == trial) {
        if let Some(value) = result.valid.first().and_then(|measured| measured.value)
            && best.is_none_or(|(_, known)| first.gain(value) > first.gain(known))
        {
            best = Some((result.run, value));
        }
    }
    best.map(|(run, _)| run)
}

fn why_none(trials: &[TrialSummary], first: &Objective, limit: Option<&Limit>) -> String {
    let Some(limit) = limit else {
        return format!("No trial has a value of `{first}` with every seed.");
    };
    let ends = trials.iter().filter_map(|trial| {
        let end = limit.upper_end(trial)?;
        Some((trial.trial, end))
    });
    match ends.min_by(|(_, one), (_, two)| one.total_cmp(two)) {
        Some((trial, end)) if end > limit.at_most => format!(
            "No trial keeps the upper bound of `{}` at most {} with every seed on the validation \
             part; trial {} comes closest, with {end:.4}.",
            limit.measure,
            limit.at_most,
            trial_name(trial)
        ),
        Some(_) => {
            format!("No trial that keeps to the limit has a value of `{first}` with every seed.")
        }
        None => format!(
            "No trial has an interval of `{}` with every seed.",
            limit.measure
        ),
    }
}

fn none(reason: String) -> Recommendation {
    Recommendation {
        trial: None,
        run: None,
        reason,
        index: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::{measure::Measured, objective::MeasureTable};

    fn objective(metric: &str, attribute: Option<&str>) -> Objective {
        Objective::new(&MeasureTable {
            metric: metric.to_owned(),
            attribute: attribute.map(str::to_owned),
        })
        .unwrap()
    }

    /// Accuracies, and gaps with their upper ends.
    fn recommended(trials: &[(f64, Option<(f64, f64)>)], at_most: f64) -> Recommendation {
        let gap = objective("demographic_parity_difference", Some("sex"));
        let objectives = [objective("accuracy", None), gap.clone()];
        let runs: Vec<RunResult> = (trials.iter().enumerate())
            .map(|(trial, (accuracy, gap))| {
                let valid = vec![
                    Measured {
                        value: Some(*accuracy),
                        ..Measured::default()
                    },
                    Measured {
                        value: gap.map(|(value, _)| value),
                        high: gap.map(|(_, high)| high),
                        ..Measured::default()
                    },
                ];
                RunResult {
                    run: Run { trial, seed: 1 },
                    test: valid.clone(),
                    valid,
                }
            })
            .collect();
        let summaries: Vec<TrialSummary> = (runs.iter().enumerate())
            .map(|(trial, run)| TrialSummary::new(trial, &[run]))
            .collect();
        let limit = Limit {
            measure: gap,
            position: 1,
            at_most,
        };
        recommend(&summaries, &runs, &objectives, Some(&limit))
    }

    #[test]
    fn the_upper_bound_decides_and_not_the_value() {
        let found = recommended(
            &[
                (0.86, Some((0.04, 0.06))),
                (0.84, Some((0.02, 0.05))),
                (0.83, Some((0.0, 0.02))),
                (0.99, None),
            ],
            0.05,
        );
        assert_eq!(found.run.as_deref(), Some("trials/002-seed-1"));
        assert_eq!(
            found.reason,
            "Trial 002 has the highest mean `accuracy` on the validation part, 0.8400, of the 2 of \
             4 trials whose upper bound of `demographic_parity_difference[sex]` is at most 0.05 \
             with every seed; its own is 0.0500. The test part had no say in this."
        );
    }

    #[test]
    fn where_none_keeps_to_the_limit_the_closest_is_named() {
        let found = recommended(&[(0.86, Some((0.1, 0.2))), (0.8, Some((0.05, 0.07)))], 0.05);
        assert_eq!(found.trial, None);
        assert!(
            found
                .reason
                .ends_with("trial 002 comes closest, with 0.0700.")
        );
        let found = recommended(&[(0.86, None)], 0.05);
        assert!(found.reason.starts_with("No trial has an interval"));
    }
}
