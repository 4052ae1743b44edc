//! Accuracy against unfairness: each model a point, each epoch a step of its trail.

use super::canvas::{Axis, Curve, PlaneChart, PlanePoint, Scale};
use super::{Dash, Figure, LegendEntry, Place, PlotSpec, Subject, legend_of_models};
use crate::number::Unit;
use crate::vocabulary::HEADLINE_GAP;

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "tradeoff",
    place: Place::Tradeoff,
    draw,
};

fn draw(subject: &Subject<'_>) -> Vec<Figure> {
    let Some(attribute) = subject.input.group_attributes.first() else {
        return Vec::new();
    };
    let by = [attribute.as_str()];
    let mut points = Vec::new();
    let mut words = Vec::new();
    for (model, evidence) in subject.evidence.iter().enumerate() {
        let gap = evidence.gap(HEADLINE_GAP, &by).unwrap_or_default();
        let accuracy = evidence.overall("accuracy").unwrap_or_default();
        let name = &subject.input.models[model].name;
        if let (Some(x), Some(y)) = (gap.value, accuracy.value) {
            words.push(format!(
                "Model {name}: accuracy {}, gap {}.",
                Unit::Percent.value(y),
                Unit::Points.value(x)
            ));
            points.push(PlanePoint {
                model,
                at: (x, y),
                across: gap.interval,
                upright: accuracy.interval,
            });
        } else {
            words.push(format!("Model {name} is not drawn: not estimable."));
        }
    }
    let curves = trails(subject, attribute);
    // One point alone is against nothing.
    if points.is_empty() || points.len() + curves.len() < 2 {
        return Vec::new();
    }
    let ends = |(low, high): &(f64, f64)| [*low, *high];
    let on_curves = || curves.iter().flat_map(|curve| curve.points.iter());
    let x = Axis::covering(
        format!("Demographic parity difference by {attribute}, in points"),
        Scale::Points,
        points
            .iter()
            .flat_map(|p| p.across.iter().flat_map(ends).chain([p.at.0]))
            .chain(on_curves().map(|(x, _)| *x)),
    );
    let y = Axis::covering(
        "Accuracy",
        Scale::Share,
        points
            .iter()
            .flat_map(|p| p.upright.iter().flat_map(ends).chain([p.at.1]))
            .chain(on_curves().map(|(_, y)| *y)),
    );
    let mut legend = legend_of_models(subject);
    let mut caption = format!(
        "Large marks: {}, with the interval of each number. Further up is more accurate, further \
         left is a smaller gap between groups.",
        subject.input.measured_part()
    );
    if !curves.is_empty() {
        caption.push_str(
            " Thin lines: the validation part after each epoch of fine-tuning, which is not the \
             test part, so a line need not end in its mark.",
        );
        legend.extend(curves.iter().map(|curve| LegendEntry {
            text: format!("{}, epoch by epoch", subject.input.models[curve.model].name),
            color: super::canvas::theme::series(curve.model).color,
            outline: None,
            line: Some(Dash::Whole),
        }));
    }
    let id = format!("{}-0", SPEC.name);
    let alternative = format!(
        "Accuracy against the gap in the selection rate by {attribute}. {}",
        words.join(" ")
    );
    vec![Figure {
        svg: PlaneChart {
            x,
            y,
            curves,
            points,
        }
        .draw(&id, &alternative),
        id,
        title: format!("Accuracy against the gap by {attribute}"),
        part: String::new(),
        caption,
        legend,
    }]
}

/// The validation part after each epoch of the last stage, where the history has both numbers.
fn trails(subject: &Subject<'_>, attribute: &str) -> Vec<Curve> {
    let key = format!("{HEADLINE_GAP}_difference/{attribute}");
    subject
        .input
        .models
        .iter()
        .enumerate()
        .filter_map(|(model, report)| {
            let points: Vec<(f64, f64)> = report
                .history
                .stages
                .last()?
                .epochs
                .iter()
                .filter_map(|epoch| Some((*epoch.valid.get(&key)?, *epoch.valid.get("accuracy")?)))
                .filter(|(x, y)| x.is_finite() && y.is_finite())
                .collect();
            (points.len() > 1).then_some(Curve {
                model,
                points,
                dashed: false,
                marked: true,
            })
        })
        .collect()
}
