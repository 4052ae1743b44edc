//! The groups of some attributes: their sums, their scores, their predictions.

use std::ops::Range;

use equipoise_core::GroupSchema;

use crate::{Attributes, ScoreDistribution, rows::GroupScores, tallies::Tallies, views::View};

/// The groups of some attributes. Without attributes there is one group: everybody.
#[derive(Debug)]
pub(crate) struct Section {
    /// The sums of each group.
    pub(crate) tallies: Tallies,
    /// The scores of each group, in each view that has some; empty where no metric needs them.
    pub(crate) scores: Vec<(View, Vec<GroupScores>)>,
    /// The predicted numbers of each group; empty where no metric needs them.
    pub(crate) predictions: Vec<GroupScores>,
}

impl Section {
    /// The attributes' names.
    pub(crate) fn by(&self) -> Vec<String> {
        let attributes = self.tallies.schema().attributes().iter();
        attributes.map(|a| a.name().to_owned()).collect()
    }

    pub(crate) fn is_everybody(&self) -> bool {
        self.tallies.schema().attributes().is_empty()
    }

    pub(crate) fn attributes_of(&self, group: usize) -> Attributes {
        Attributes::of_cell(self.tallies.schema(), group)
    }

    /// Some groups that lie side by side, as those of another schema.
    pub(crate) fn within(&self, groups: &Range<usize>, schema: &GroupSchema) -> Self {
        let part = |scores: &[GroupScores]| {
            let part = scores.get(groups.clone());
            part.map(<[_]>::to_vec).unwrap_or_default()
        };
        Self {
            tallies: self.tallies.within(groups, schema.clone()),
            scores: self
                .scores
                .iter()
                .map(|(view, scores)| (*view, part(scores)))
                .collect(),
            predictions: part(&self.predictions),
        }
    }

    pub(crate) fn group_sizes(&self) -> impl Iterator<Item = u64> {
        (0..self.tallies.groups()).map(|group| self.tallies.rows(group))
    }

    /// The distributions that a distance compares, in each view that has some.
    pub(crate) fn distributions(&self, of_scores: bool) -> Vec<(View, Vec<&ScoreDistribution>)> {
        if of_scores {
            let views = self.scores.iter();
            views
                .map(|(view, groups)| (*view, distributions(groups)))
                .collect()
        } else {
            vec![(View::Whole, distributions(&self.predictions))]
        }
    }
}

fn distributions(groups: &[GroupScores]) -> Vec<&ScoreDistribution> {
    groups.iter().map(|group| &group.distribution).collect()
}
