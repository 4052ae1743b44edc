//! What the program knows by name.

/// What the program knows by name: everything of this workspace, and what you add.
#[derive(Debug, Default)]
pub struct Registry {
    losses: equipoise_losses::Registry,
}

impl Registry {
    /// The fairness losses.
    pub fn losses(&self) -> &equipoise_losses::Registry {
        &self.losses
    }

    /// The fairness losses, to add more.
    pub fn losses_mut(&mut self) -> &mut equipoise_losses::Registry {
        &mut self.losses
    }
}
