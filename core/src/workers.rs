//! Threads that parse ahead of the consumer, within a budget, in order.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::clock::Clock;
use crate::columns::Finished;
use crate::file::{FileSpec, Seam, parse_file};
use crate::matcher::Captures;
use crate::object_row::ObjectRecord;
use crate::plan::Plan;
use crate::record::{Sink, Stopped};
use crate::report::FileReport;
use crate::row::{Record, RowWriter};
use crate::units::units;

/// A batch is never larger than this (bytes), however long its rows are.
const MOST_BATCH: usize = 48 << 20;
const LEAST_BATCH: usize = 1 << 20;

/// What is to be done.
pub(crate) struct Job {
    pub files: Vec<FileSpec>,
    pub plans: Vec<Arc<Plan>>,
    pub threads: usize,
    pub batch_rows: usize,
    /// Bytes of finished batches that may wait.
    pub memory: usize,
}

/// Finished rows with templates numbered within their unit.
pub(crate) struct Batch {
    pub unit: usize,
    pub rows: Finished,
    pub new_templates: Vec<Box<[u8]>>,
}

struct State {
    queues: Vec<VecDeque<Batch>>,
    done: Vec<bool>,
    /// The unit that the consumer reads.
    head: usize,
    waiting: usize,
    error: Option<String>,
    reports: Vec<Option<FileReport>>,
}

/// What workers and consumer share.
pub(crate) struct Queue {
    job: Job,
    units: Vec<Range<usize>>,
    next: AtomicUsize,
    cancel: AtomicBool,
    state: Mutex<State>,
    room: Condvar,
    ready: Condvar,
}

impl Queue {
    pub fn new(job: Job) -> Self {
        let units = units(&job.files, job.threads);
        let state = State {
            queues: units.iter().map(|_| VecDeque::new()).collect(),
            done: vec![false; units.len()],
            head: 0,
            waiting: 0,
            error: None,
            reports: job.files.iter().map(|_| None).collect(),
        };
        Self {
            job,
            units,
            next: AtomicUsize::new(0),
            cancel: AtomicBool::new(false),
            state: Mutex::new(state),
            room: Condvar::new(),
            ready: Condvar::new(),
        }
    }

    /// Starts the threads.
    pub fn start(self: &Arc<Self>) -> std::io::Result<Vec<JoinHandle<()>>> {
        let count = self.job.threads.min(self.units.len());
        let start = |number: usize| {
            let queue = Arc::clone(self);
            thread::Builder::new()
                .name(format!("arcdiag-{number}"))
                .spawn(move || queue.work())
        };
        (0..count).map(start).collect()
    }

    /// The next batch in file order; None at the end.
    pub fn take(&self) -> Result<Option<Batch>, String> {
        let mut state = self.lock();
        loop {
            if let Some(error) = &state.error {
                return Err(error.clone());
            }
            if self.cancel.load(Ordering::Relaxed) {
                return Err("the ingest was cancelled".to_owned());
            }
            let head = state.head;
            if head >= self.units.len() {
                return Ok(None);
            }
            if let Some(batch) = state.queues.get_mut(head).and_then(VecDeque::pop_front) {
                state.waiting = state.waiting.saturating_sub(batch.rows.bytes);
                self.room.notify_all();
                return Ok(Some(batch));
            }
            if state.done.get(head).copied().unwrap_or(true) {
                state.head += 1;
                self.room.notify_all();
            } else {
                state = wait(&self.ready, state);
            }
        }
    }

    /// Makes the workers stop soon and the consumer fail.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
        let _state = self.lock();
        self.room.notify_all();
        self.ready.notify_all();
    }

    /// The reports of all files; None while one is missing.
    pub fn reports(&self) -> Option<Vec<FileReport>> {
        self.lock().reports.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut writer = RowWriter::default();
        loop {
            let unit = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(files) = self.units.get(unit) else {
                return;
            };
            let work = AssertUnwindSafe(|| self.parse_unit(unit, files.clone(), &mut writer));
            match catch_unwind(work) {
                Ok(Ok(())) => self.finish(unit),
                Ok(Err(Stopped)) => return,
                Err(_) => {
                    let file = writer.file_id;
                    self.fail(format!("a fault in the core while reading the file {file}"));
                    return;
                }
            }
        }
    }

    fn parse_unit(
        &self,
        unit: usize,
        files: Range<usize>,
        writer: &mut RowWriter,
    ) -> Result<(), Stopped> {
        writer.templates.clear();
        let mut sink = UnitSink {
            queue: self,
            unit,
            writer,
            most_bytes: self.job.memory.clamp(LEAST_BATCH, MOST_BATCH),
        };
        let specs = &self.job.files;
        // Lines of later parts that went to the part before.
        let mut taken = HashMap::new();
        for (index, spec) in files.clone().zip(specs.get(files).unwrap_or_default()) {
            sink.writer.file_id = spec.file_id;
            let seam = Seam {
                taken: taken.remove(&index).unwrap_or_default(),
                next: spec.next.and_then(|next| specs.get(next)),
            };
            let (report, lines) = parse_file(spec, seam, &self.job.plans, &self.cancel, &mut sink)?;
            if let Some(next) = spec.next.filter(|_| lines > 0) {
                taken.insert(next, lines);
            }
            if let Some(place) = self.lock().reports.get_mut(index) {
                *place = Some(report);
            }
        }
        sink.flush()
    }

    fn finish(&self, unit: usize) {
        if let Some(done) = self.lock().done.get_mut(unit) {
            *done = true;
        }
        self.ready.notify_all();
    }

    fn fail(&self, text: String) {
        self.lock().error.get_or_insert(text);
        self.cancel();
    }

    /// Hands over a batch. Waits for room, except that the unit being read may
    /// always have one batch waiting: else nothing would move.
    fn put(&self, batch: Batch) -> Result<(), Stopped> {
        let mut state = self.lock();
        loop {
            if self.cancel.load(Ordering::Relaxed) {
                return Err(Stopped);
            }
            let unit = batch.unit;
            let starved =
                state.head == unit && state.queues.get(unit).is_none_or(VecDeque::is_empty);
            if starved || state.waiting + batch.rows.bytes <= self.job.memory {
                break;
            }
            state = wait(&self.room, state);
        }
        state.waiting += batch.rows.bytes;
        if let Some(queue) = state.queues.get_mut(batch.unit) {
            queue.push_back(batch);
        }
        self.ready.notify_all();
        Ok(())
    }
}

fn wait<'a>(condition: &Condvar, guard: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    condition
        .wait(guard)
        .unwrap_or_else(PoisonError::into_inner)
}

/// Cuts the rows of a unit into batches.
struct UnitSink<'a> {
    queue: &'a Queue,
    unit: usize,
    writer: &'a mut RowWriter,
    most_bytes: usize,
}

impl UnitSink<'_> {
    #[inline]
    fn flush_full(&mut self) -> Result<(), Stopped> {
        let columns = &self.writer.columns;
        if columns.rows() >= self.queue.job.batch_rows || columns.size() >= self.most_bytes {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Stopped> {
        if self.writer.columns.rows() == 0 {
            return Ok(());
        }
        let rows = self.writer.columns.finish().map_err(|error| {
            self.queue
                .fail(format!("a batch could not be built: {error}"));
            Stopped
        })?;
        self.queue.put(Batch {
            unit: self.unit,
            rows,
            new_templates: self.writer.templates.new_texts(),
        })
    }
}

impl Sink for UnitSink<'_> {
    #[inline]
    fn parsed(
        &mut self,
        plan: &Plan,
        record: Record<'_>,
        found: &Captures,
        clock: &mut Clock,
    ) -> Result<(), Stopped> {
        self.writer.parsed(plan, record, found, clock);
        self.flush_full()
    }

    fn object(
        &mut self,
        plan: &Plan,
        record: ObjectRecord<'_>,
        clock: &mut Clock,
    ) -> Result<(), Stopped> {
        self.writer.object(plan, record, clock);
        self.flush_full()
    }

    fn unparsed(&mut self, line: &[u8], number: u64) -> Result<(), Stopped> {
        self.writer.unparsed(line, number);
        self.flush_full()
    }
}
