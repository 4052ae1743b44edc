//! Fairness losses for burn: statistics, penalties and divergences that compose, and the total loss.
