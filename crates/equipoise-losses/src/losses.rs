//! All built-in whole losses.

use crate::{
    LossSpec, adversarial::adversary, contrastive::counterfactual_pairing,
    contrastive::supervised_contrastive, distances::correlation, distances::covariance,
    distances::hsic, distances::mmd, distances::sliced_wasserstein, distances::wasserstein,
    divergences::jensen_shannon, divergences::kl, divergences::renyi, robust::cvar,
    robust::group_dro, robust::irm,
};

/// All built-in whole losses, in the order in which they are listed.
pub const LOSSES: &[&LossSpec] = &[
    &kl::SPEC,
    &renyi::SPEC,
    &jensen_shannon::SPEC,
    &covariance::SPEC,
    &correlation::SPEC,
    &mmd::SPEC,
    &hsic::SPEC,
    &wasserstein::SPEC,
    &sliced_wasserstein::SPEC,
    &group_dro::SPEC,
    &cvar::SPEC,
    &irm::SPEC,
    &adversary::SPEC,
    &supervised_contrastive::SPEC,
    &counterfactual_pairing::SPEC,
];
