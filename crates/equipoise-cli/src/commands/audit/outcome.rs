//! From the columns that are written on the command line to those of a task.

use equipoise_data::{BinaryColumns, ClassScore, ClassScores, OutcomeColumns};

use crate::{
    args::{AuditTask, OutcomeArgs},
    error::CliError,
};

/// The columns of the outcome.
///
/// # Errors
///
/// When the task needs other columns than those that are named.
pub(super) fn columns(args: &OutcomeArgs) -> Result<OutcomeColumns, CliError> {
    if args.label.is_empty() {
        return Err(CliError::usage("the column of the label is needed"));
    }
    match args.task {
        AuditTask::Binary => {
            let columns = BinaryColumns {
                label: one("--label", &args.label, args.task)?.to_owned(),
                prediction: at_most_one("--prediction", &args.prediction, args.task)?,
                score: at_most_one("--score", &args.score, args.task)?,
                positive: args.positive.clone(),
            };
            expect_answers(args)?;
            Ok(OutcomeColumns::Binary(columns))
        }
        AuditTask::Multiclass => {
            expect_absent("--positive", args.positive.is_some(), args.task)?;
            expect_absent("--threshold", args.threshold.is_some(), args.task)?;
            expect_answers(args)?;
            Ok(OutcomeColumns::Multiclass {
                label: one("--label", &args.label, args.task)?.to_owned(),
                prediction: at_most_one("--prediction", &args.prediction, args.task)?,
                scores: class_scores(&args.score)?,
            })
        }
        AuditTask::Multilabel => {
            expect_answers(args)?;
            outputs(args).map(OutcomeColumns::Multilabel)
        }
        AuditTask::Regression => {
            expect_absent("--positive", args.positive.is_some(), args.task)?;
            expect_absent("--score", !args.score.is_empty(), args.task)?;
            let Some(prediction) = at_most_one("--prediction", &args.prediction, args.task)? else {
                return Err(CliError::Usage {
                    message: "`--prediction` is not given".to_owned(),
                    help: Some("name the column of the predicted numbers".to_owned()),
                });
            };
            Ok(OutcomeColumns::Regression {
                label: one("--label", &args.label, args.task)?.to_owned(),
                prediction,
            })
        }
    }
}

/// The columns of an outcome with the options that name them.
pub(super) fn roles(columns: &OutcomeColumns) -> Vec<(&'static str, &str)> {
    match columns {
        OutcomeColumns::Binary(columns) => binary_roles(columns).collect(),
        OutcomeColumns::Multilabel(outputs) => outputs.iter().flat_map(binary_roles).collect(),
        OutcomeColumns::Multiclass {
            label,
            prediction,
            scores,
        } => {
            let scores = match scores {
                Some(ClassScores::Listed(scores)) => scores.as_slice(),
                Some(ClassScores::Named { .. }) | None => &[],
            };
            let prediction = prediction.as_deref().map(|column| ("--prediction", column));
            let scores = scores.iter().map(|score| ("--score", &*score.column));
            [("--label", label.as_str())]
                .into_iter()
                .chain(prediction)
                .chain(scores)
                .collect()
        }
        OutcomeColumns::Regression { label, prediction } => {
            vec![("--label", label), ("--prediction", prediction)]
        }
    }
}

fn binary_roles(columns: &BinaryColumns) -> impl Iterator<Item = (&'static str, &str)> {
    let prediction = columns.prediction.as_deref();
    let score = columns.score.as_deref();
    [("--label", columns.label.as_str())]
        .into_iter()
        .chain(prediction.map(|column| ("--prediction", column)))
        .chain(score.map(|column| ("--score", column)))
}

fn expect_answers(args: &OutcomeArgs) -> Result<(), CliError> {
    if !args.prediction.is_empty() || !args.score.is_empty() {
        return Ok(());
    }
    Err(CliError::Usage {
        message: "neither `--prediction` nor `--score` is given".to_owned(),
        help: Some("name the column of the predicted label, of the score, or both".to_owned()),
    })
}

/// An option that says nothing of the task.
fn expect_absent(option: &str, is_given: bool, task: AuditTask) -> Result<(), CliError> {
    if !is_given {
        return Ok(());
    }
    let task = task.name();
    Err(CliError::Usage {
        message: format!("`{option}` means nothing to `--task {task}`"),
        help: Some(format!("leave out `{option}`, or name another task")),
    })
}

fn at_most_one(
    option: &str,
    columns: &[String],
    task: AuditTask,
) -> Result<Option<String>, CliError> {
    match columns {
        [] => Ok(None),
        columns => one(option, columns, task).map(|column| Some(column.to_owned())),
    }
}

fn one<'a>(option: &str, columns: &'a [String], task: AuditTask) -> Result<&'a str, CliError> {
    match columns {
        [column] => Ok(column),
        columns => Err(CliError::Usage {
            message: format!(
                "`{option}` is given {} times, and `--task {}` has one",
                columns.len(),
                task.name()
            ),
            help: Some("several outputs are `--task multilabel`".to_owned()),
        }),
    }
}

/// The columns of several outputs: as many predictions and scores as labels, in the same order.
fn outputs(args: &OutcomeArgs) -> Result<Vec<BinaryColumns>, CliError> {
    let labels = listed("--label", &args.label)?;
    let predictions = listed("--prediction", &args.prediction)?;
    let scores = listed("--score", &args.score)?;
    for (option, columns) in [("--prediction", &predictions), ("--score", &scores)] {
        if !columns.is_empty() && columns.len() != labels.len() {
            return Err(CliError::Usage {
                message: format!(
                    "`--label` names {} columns and `{option}` {}",
                    labels.len(),
                    columns.len()
                ),
                help: Some("name one for each output, in the same order".to_owned()),
            });
        }
    }
    let outputs = labels.into_iter().enumerate();
    Ok(outputs
        .map(|(index, label)| BinaryColumns {
            label,
            prediction: predictions.get(index).cloned(),
            score: scores.get(index).cloned(),
            positive: args.positive.clone(),
        })
        .collect())
}

/// Names that commas separate.
fn listed(option: &str, texts: &[String]) -> Result<Vec<String>, CliError> {
    let names = texts.iter().flat_map(|text| text.split(','));
    let names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err(CliError::Usage {
            message: format!("a name in `{option}` is empty"),
            help: Some("separate names by one comma each".to_owned()),
        });
    }
    Ok(names)
}

/// `score:*`, or `CLASS=COLUMN` for each class.
fn class_scores(texts: &[String]) -> Result<Option<ClassScores>, CliError> {
    if texts.is_empty() {
        return Ok(None);
    }
    if let [pattern] = texts
        && let Some((prefix, suffix)) = pattern.split_once('*')
        && !suffix.contains('*')
        && !pattern.contains('=')
    {
        return Ok(Some(ClassScores::Named {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
        }));
    }
    let scores = listed("--score", texts)?.into_iter().map(|text| {
        let pair = text.split_once('=');
        let pair = pair.map(|(class, column)| (class.trim(), column.trim()));
        match pair {
            Some((class, column)) if !class.is_empty() && !column.is_empty() => Ok(ClassScore {
                class: class.to_owned(),
                column: column.to_owned(),
            }),
            _ => Err(CliError::Usage {
                message: format!("`--score {text}` does not say of which class the scores are"),
                help: Some(
                    "write `CLASS=COLUMN` for each class, or `score:*` where `*` stands for the \
                     class in the names of the columns"
                        .to_owned(),
                ),
            }),
        }
    });
    scores
        .collect::<Result<_, _>>()
        .map(|scores| Some(ClassScores::Listed(scores)))
}
