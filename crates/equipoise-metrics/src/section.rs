//! The groups of some attributes: their sums, their scores, their predictions.

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
        let pairs = self.tallies.schema().describe(group).into_iter();
        Attributes(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
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
