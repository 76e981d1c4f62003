//! The order in which responses to equal requests are delivered.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::indexed_interaction::IndexedInteraction;

/// The recorded responses to equal requests, in recorded order.
#[derive(Default)]
pub(super) struct ResponseQueue {
    interactions: Vec<Arc<IndexedInteraction>>,
    /// All interactions before this index were delivered.
    next: usize,
}

impl ResponseQueue {
    /// Adds an interaction. The interactions must be added in recorded order.
    pub(super) fn push(&mut self, interaction: Arc<IndexedInteraction>) {
        self.interactions.push(interaction);
    }

    /// Returns the number of recorded responses.
    pub(super) fn len(&self) -> usize {
        self.interactions.len()
    }

    /// Returns the last recorded response.
    pub(super) fn last(&self) -> Option<&Arc<IndexedInteraction>> {
        self.interactions.last()
    }

    /// Returns the next response that was not delivered, and marks it as delivered.
    pub(super) fn take(&mut self) -> Option<Arc<IndexedInteraction>> {
        while let Some(interaction) = self.interactions.get(self.next) {
            self.next += 1;
            if !interaction.is_delivered.swap(true, Ordering::Relaxed) {
                return Some(Arc::clone(interaction));
            }
        }
        None
    }

    /// Makes a response available again.
    pub(super) fn give_back(&mut self, interaction: &IndexedInteraction) {
        interaction.is_delivered.store(false, Ordering::Relaxed);
        let index = self.interactions.partition_point(|other| other.position < interaction.position);
        self.next = self.next.min(index);
    }
}
