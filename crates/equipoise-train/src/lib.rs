//! Pretraining and fair fine-tuning on burn-train, with checkpoints that resume bit for bit.
