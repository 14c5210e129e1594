//! Blocks of replicates on all cores, handed over in order.
//!
//! Each worker takes the next block, does it and hands it to the caller's thread, which delivers blocks in order and
//! lets workers run only a few blocks ahead, so that memory does not grow with the number of replicates. When asked
//! to stop, workers finish the blocks that they have begun: what is delivered is always a prefix.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::error::EnsembleError;

/// Blocks that a worker may be ahead of the delivery.
pub(crate) const AHEAD: u64 = 4;

/// What does blocks, one on each thread.
pub(crate) trait Worker {
    /// What is handed over.
    type Done: Send;

    /// Does one block.
    fn block(&mut self, idx: u64) -> Self::Done;

    /// There are no more blocks for this one.
    fn end(self)
    where
        Self: Sized,
    {
    }
}

/// Does blocks `0..n_blocks` on some threads and delivers them in order.
///
/// # Errors
/// If threads cannot be had, or a delivery fails; that ends the work.
pub(crate) fn in_order<W: Worker>(
    threads: usize,
    n_blocks: u64,
    make: &(impl Fn() -> W + Sync),
    deliver: &mut dyn FnMut(W::Done) -> Result<(), EnsembleError>,
    stop: &AtomicBool,
) -> Result<(), EnsembleError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| EnsembleError::NoThreads {
            threads,
            reason: error.to_string(),
        })?;
    let queue = Queue::new(n_blocks, AHEAD * threads as u64);
    pool.in_place_scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let (queue, sender) = (&queue, sender.clone());
            scope.spawn(move |_| work(queue, make, &sender, stop));
        }
        drop(sender);
        hand_over(&queue, &receiver, deliver)
    })
}

/// Does blocks until there are none.
fn work<W: Worker>(
    queue: &Queue,
    make: &impl Fn() -> W,
    sender: &Sender<(u64, W::Done)>,
    stop: &AtomicBool,
) {
    let _bell = Bell(queue);
    let mut worker = make();
    while let Some(idx) = queue.take(stop) {
        let done = worker.block(idx);
        if sender.send((idx, done)).is_err() {
            break;
        }
    }
    worker.end();
}

/// Delivers blocks in order.
fn hand_over<D>(
    queue: &Queue,
    receiver: &Receiver<(u64, D)>,
    deliver: &mut dyn FnMut(D) -> Result<(), EnsembleError>,
) -> Result<(), EnsembleError> {
    // If this thread leaves early, by an error or a panic, workers must not wait for it.
    let _bell = Bell(queue);
    let mut waiting: BTreeMap<u64, D> = BTreeMap::new();
    let mut next = 0;
    while let Ok((idx, done)) = receiver.recv() {
        waiting.insert(idx, done);
        while let Some(done) = waiting.remove(&next) {
            deliver(done)?;
            next += 1;
            queue.delivered(next);
        }
    }
    Ok(())
}

/// Which block is next, and how far workers may run ahead.
struct Queue {
    n_blocks: u64,
    ahead: u64,
    state: Mutex<QueueState>,
    moved: Condvar,
}

struct QueueState {
    next: u64,
    delivered: u64,
    closed: bool,
}

impl Queue {
    const fn new(n_blocks: u64, ahead: u64) -> Self {
        Self {
            n_blocks,
            ahead,
            state: Mutex::new(QueueState {
                next: 0,
                delivered: 0,
                closed: false,
            }),
            moved: Condvar::new(),
        }
    }

    /// The next block, as soon as it may run.
    fn take(&self, stop: &AtomicBool) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.closed && state.next >= state.delivered + self.ahead {
            state = self
                .moved
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed || state.next >= self.n_blocks || stop.load(Ordering::Relaxed) {
            return None;
        }
        state.next += 1;
        Some(state.next - 1)
    }

    fn delivered(&self, blocks: u64) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .delivered = blocks;
        self.moved.notify_all();
    }
}

/// Closes the queue if its holder leaves by an error or a panic; a holder who is through changes nothing,
/// since then every block is taken.
struct Bell<'a>(&'a Queue);

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        self.0
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.0.moved.notify_all();
    }
}
