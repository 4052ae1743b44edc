//! Texts for fair models: tokens, identity lexicons, counterfactual swaps, and the measures of a
//! base model's bias.
