//! Group metrics cheap enough for every epoch of training.

use std::collections::BTreeMap;

use crate::{
    Attributes, Confusion, Convention, Definition, Error, GroupCube, MetricSpec,
    evaluation::{Item, Plan, value_of_counts},
    metric,
};

/// The values of some count-based metrics, keyed as training histories have them.
///
/// For a metric that each group has a value of: `accuracy` of all rows, and
/// `accuracy/sex=Female` of each group of each attribute. For a fairness notion: its difference
/// for each attribute, `demographic_parity_difference/sex` (the largest gap where there are
/// several). There are no intervals, and intersections are left out. What is not estimable is not
/// there; a gap is one of the groups that have a value.
///
/// # Errors
///
/// When a metric does not exist, is made of scores, or needs control attributes.
///
/// ```
/// use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
/// use equipoise_metrics::{GroupCube, epoch_values};
///
/// let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
/// let groups = GroupColumns::new(schema, vec![vec![0, 0, 1, 1]])?;
/// let cube = GroupCube::from_rows(&groups, &[0, 1, 0, 1], &[0, 1, 1, 1])?;
/// let values = epoch_values(&cube, &["accuracy", "demographic_parity"])?;
/// assert_eq!(values["accuracy"], 0.75);
/// assert_eq!(values["accuracy/sex=Male"], 0.5);
/// assert_eq!(values["demographic_parity_difference/sex"], 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn epoch_values(cube: &GroupCube, metrics: &[&str]) -> Result<BTreeMap<String, f64>, Error> {
    let metrics: Vec<&'static MetricSpec> = metrics
        .iter()
        .map(|name| {
            let spec = metric(name)?;
            if spec.needs_controls() {
                Err(Error::NeedsControls { metric: spec.name })
            } else if spec.is_count_based() {
                Ok(spec)
            } else {
                Err(Error::NeedsScores { metric: spec.name })
            }
        })
        .collect::<Result<_, _>>()?;
    let convention = Convention::Equipoise;
    let overall = cube.overall();
    let mut values = BTreeMap::new();
    for spec in metrics.iter().filter(|spec| spec.has_group_values()) {
        if let Ok(value) = value_of_counts(spec, &overall, convention) {
            values.insert(spec.name.to_owned(), value);
        }
    }
    for position in 0..cube.schema().attributes().len() {
        let cube = cube.roll_up(&[position])?;
        let groups: Vec<Confusion> = (0..cube.cells()).map(|cell| cube.confusion(cell)).collect();
        let included: Vec<bool> = groups.iter().map(|group| group.rows() > 0.0).collect();
        let plan = Plan::new(&metrics, &groups, &included, convention, true, None);
        for (&item, value) in plan.items().iter().zip(plan.evaluate(&groups)) {
            if let (Some(key), Ok(value)) = (key(&cube, item), value) {
                values.insert(key, value);
            }
        }
    }
    Ok(values)
}

/// The key of a value of one attribute, where it is one to log.
fn key(cube: &GroupCube, item: Item) -> Option<String> {
    match item {
        Item::Group { spec, group } => {
            let pairs = cube.schema().describe(group).into_iter();
            let group = Attributes(pairs.map(|(a, v)| (a.to_owned(), v.to_owned())).collect());
            Some(format!("{}/{group}", spec.name))
        }
        Item::Aggregate { spec, kind } => {
            let attribute = cube.schema().attributes().first()?.name();
            let is_parity = matches!(spec.definition, Definition::Parity(_));
            (is_parity && kind.is_main_difference())
                .then(|| format!("{}_difference/{attribute}", spec.name))
        }
        Item::ToReference { .. } => None,
    }
}
