//! burn-train's events.

use burn_train::{
    EventProcessorTraining, Interrupter, LearnerEvent, SupervisedTrainingEventProcessor,
    TrainingItem,
};

use crate::stage::{Stage, StepReport};

#[derive(Clone, Copy)]
pub(super) enum Part {
    Train,
    Valid,
}

/// burn-train's events. A metric that fails is recorded by the interrupter, which ends training
/// at the next step.
pub(super) struct Events<M: Stage> {
    pub(super) processor: SupervisedTrainingEventProcessor<M>,
    pub(super) interrupter: Interrupter,
}

impl<M: Stage> Events<M> {
    pub(super) fn start(&mut self, part: Part, epoch: usize, rows: usize) {
        self.event(
            part,
            LearnerEvent::StartSplit {
                epoch_number: epoch,
                total_items: rows,
            },
        );
    }

    pub(super) fn end(&mut self, part: Part, epoch: usize) {
        self.event(part, LearnerEvent::EndSplit(epoch));
    }

    pub(super) fn end_epoch(&mut self, epoch: usize) {
        self.event(Part::Train, LearnerEvent::EndEpoch(epoch));
    }

    pub(super) fn train_item(&mut self, item: TrainingItem<StepReport>) {
        self.event(Part::Train, LearnerEvent::ProcessedItem(item));
    }

    pub(super) fn valid_item(&mut self, item: TrainingItem<StepReport>) {
        self.event(Part::Valid, LearnerEvent::ProcessedItem(item));
    }

    fn event(&mut self, part: Part, event: LearnerEvent<StepReport>) {
        self.interrupter.fail_on_error(match part {
            Part::Train => self.processor.process_train(event),
            Part::Valid => self.processor.process_valid(event),
        });
    }
}
