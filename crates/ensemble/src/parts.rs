//! What a run adds up, known exactly at the end of each part, while workers may be in the next part already.
//!
//! Aggregates are small: each part has its own until it ends. Series are large: blocks of the part that is being made
//! go to the one store of the run, and only the few blocks ahead of it to a store of their own, which is emptied into
//! the first when their turn comes. All of it is integers, so that the order changes nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foedera_results::{Aggregates, BlockRecord, Layout, SeriesStore, Sums};

/// What is being added up.
pub(crate) struct Parts {
    /// Replicates of a part.
    size: u64,
    /// Series up to the part that is being made.
    series: SeriesStore,
    open: Mutex<Open>,
}

/// Parts that have not ended.
struct Open {
    /// The number of the part that is being made.
    current: u64,
    parts: BTreeMap<u64, Arc<Part>>,
    /// What is added up over the parts that have ended.
    aggregates: Aggregates,
}

/// What is added up over one part.
struct Part {
    /// Series of blocks that were begun before the part's turn.
    ahead: SeriesStore,
    /// As many as workers were in this part at the same time; taken and given back, so that nobody waits.
    aggregates: Mutex<Vec<Aggregates>>,
}

/// Where one block is added.
pub(crate) struct Place {
    part: Arc<Part>,
    is_ahead: bool,
}

impl Parts {
    /// Begins with what was added up before.
    pub(crate) fn new(layout: &Layout, size: u64, first: u64, before: Option<Sums>) -> Self {
        let before = before.unwrap_or_else(|| Sums::new(layout));
        let series = SeriesStore::new(layout);
        series.put(before.series);
        Self {
            size,
            series,
            open: Mutex::new(Open {
                current: first / size,
                parts: BTreeMap::new(),
                aggregates: before.aggregates,
            }),
        }
    }

    /// Whether a part ends before a replicate.
    pub(crate) fn ends_at(&self, replicate: u64) -> bool {
        replicate.is_multiple_of(self.size)
    }

    /// Where a block is added that begins with a replicate.
    pub(crate) fn place(&self, layout: &Layout, replicate: u64) -> Place {
        let number = replicate / self.size;
        let mut open = self.open();
        let part = open.parts.entry(number).or_insert_with(|| {
            Arc::new(Part {
                ahead: SeriesStore::new(layout),
                aggregates: Mutex::default(),
            })
        });
        Place {
            part: Arc::clone(part),
            is_ahead: number != open.current,
        }
    }

    /// Where the series of a block go.
    pub(crate) fn series<'a>(&'a self, place: &'a Place) -> &'a SeriesStore {
        if place.is_ahead {
            &place.part.ahead
        } else {
            &self.series
        }
    }

    /// Ends the part of a replicate, all of whose blocks have been added: lets somebody see the sums up to its end.
    pub(crate) fn end<E>(
        &self,
        replicate: u64,
        see: impl FnOnce(&Sums) -> Result<(), E>,
    ) -> Result<(), E> {
        let number = replicate / self.size;
        let (ended, mut aggregates) = {
            let mut open = self.open();
            (open.parts.remove(&number), open.aggregates.clone())
        };
        if let Some(part) = ended {
            self.series.drain(&part.ahead);
            part.add_to(&mut aggregates);
        }
        // Nobody adds to the series now: every block of this part has been, and the next have a store of their own.
        let sums = Sums {
            series: self.series.take(),
            aggregates,
        };
        let seen = see(&sums);
        self.series.put(sums.series);
        let mut open = self.open();
        open.aggregates = sums.aggregates;
        open.current = number + 1;
        let next = open.parts.get(&open.current).cloned();
        drop(open);
        if let Some(next) = next {
            self.series.drain(&next.ahead);
        }
        seen
    }

    /// All that was added up.
    pub(crate) fn sums(self) -> Sums {
        let open = self
            .open
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut aggregates = open.aggregates;
        for part in open.parts.into_values() {
            self.series.drain(&part.ahead);
            part.add_to(&mut aggregates);
        }
        Sums {
            aggregates,
            series: self.series.finish(),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Adds a block, but for replicates below a number, which are added up already.
    pub(crate) fn add(&self, layout: &Layout, counted: u64, record: &BlockRecord) {
        let mine = self.part.aggregates().pop();
        let mut mine = mine.unwrap_or_else(|| Aggregates::new(layout));
        if counted <= record.first {
            mine.add(layout, record);
        } else if let Some(rest) = record.since(counted) {
            mine.add(layout, &rest);
        }
        self.part.aggregates().push(mine);
    }
}

impl Part {
    fn aggregates(&self) -> MutexGuard<'_, Vec<Aggregates>> {
        self.aggregates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn add_to(&self, total: &mut Aggregates) {
        for one in self.aggregates().drain(..) {
            total.merge(&one);
        }
    }
}
