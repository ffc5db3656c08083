//! The consumer's side: batches with their final ids, and the templates.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, RecordBatchReader, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::report::FileReport;
use crate::template::{Interner, OTHER, parts};
use crate::workers::{Batch, Job, Queue};

const OTHER_TEXT: &[u8] = b"(one of too many templates to tell apart)";

/// The columns of the events, in order.
pub(crate) fn events_schema() -> SchemaRef {
    let number = |name: &str| Field::new(name, DataType::Int64, false);
    let maybe = |name: &str| Field::new(name, DataType::Int64, true);
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let time = DataType::Timestamp(TimeUnit::Microsecond, None);
    Arc::new(Schema::new(vec![
        number("EventId"),
        Field::new("TimeGenerated", time, true),
        text("Component"),
        text("Level"),
        text("Code"),
        text("Message"),
        text("ActivityId"),
        maybe("Pid"),
        maybe("Tid"),
        text("Fields"),
        Field::new("Parsed", DataType::Boolean, false),
        number("FileId"),
        number("Line"),
        number("LineCount"),
        number("TemplateId"),
    ]))
}

/// Templates over all files, numbered from 1 in order of first appearance.
#[derive(Default)]
pub(crate) struct Catalog {
    texts: Interner,
    list: Vec<Box<[u8]>>,
    events: Vec<i64>,
    /// Index of the row for what is too much, once there is one.
    other: Option<usize>,
}

impl Catalog {
    /// The index of a template in the catalog.
    fn place(&mut self, text: &[u8]) -> usize {
        match self.texts.number(text) {
            OTHER => self.place_other(),
            // The row for the others stands where it was first needed.
            index => {
                let index = index as usize;
                let place = index + usize::from(self.other.is_some_and(|other| index >= other));
                if place == self.list.len() {
                    self.add(text);
                }
                place
            }
        }
    }

    fn place_other(&mut self) -> usize {
        let place = self.other.unwrap_or(self.list.len());
        if self.other.is_none() {
            self.other = Some(place);
            self.add(OTHER_TEXT);
        }
        place
    }

    fn add(&mut self, text: &[u8]) {
        self.list.push(text.into());
        self.events.push(0);
    }

    fn count(&mut self, place: usize) -> i64 {
        if let Some(events) = self.events.get_mut(place) {
            *events += 1;
        }
        place as i64 + 1
    }

    /// The table of templates.
    pub fn batch(&self) -> Result<RecordBatch, ArrowError> {
        let ids = Int64Array::from_iter_values(1..=self.list.len() as i64);
        let parts = || self.list.iter().map(|text| parts(text));
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        let messages = StringArray::from_iter_values(parts().map(|(own, _)| text(own)));
        let fields = StringArray::from_iter_values(parts().map(|(_, own)| text(own)));
        let columns: Vec<ArrayRef> = vec![
            Arc::new(ids),
            Arc::new(messages),
            Arc::new(fields),
            Arc::new(Int64Array::from(self.events.clone())),
        ];
        let schema = Schema::new(vec![
            Field::new("TemplateId", DataType::Int64, false),
            Field::new("Template", DataType::Utf8, false),
            Field::new("Fields", DataType::Utf8, false),
            Field::new("Events", DataType::Int64, false),
        ]);
        RecordBatch::try_new(Arc::new(schema), columns)
    }
}

/// What is there when the stream was read to its end.
pub(crate) struct Drained {
    pub reports: Vec<FileReport>,
    pub templates: RecordBatch,
}

/// One ingest: its workers, and its results once all was read.
pub(crate) struct Session {
    queue: Arc<Queue>,
    taken: AtomicBool,
    drained: Mutex<Option<Arc<Drained>>>,
}

impl Session {
    pub fn new(job: Job) -> Self {
        Self {
            queue: Arc::new(Queue::new(job)),
            taken: AtomicBool::new(false),
            drained: Mutex::new(None),
        }
    }

    pub fn cancel(&self) {
        self.queue.cancel();
    }

    /// The results; None before the stream was read to its end.
    pub fn drained(&self) -> Option<Arc<Drained>> {
        self.drained
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Where a stream stands. Asking only for its schema starts nothing, so that a
/// consumer may ask for more than one stream as long as it reads one.
enum Phase {
    Fresh,
    Reading(Vec<JoinHandle<()>>),
    Ended,
}

/// The events as an Arrow stream.
pub(crate) struct EventStream {
    session: Arc<Session>,
    schema: SchemaRef,
    phase: Phase,
    rows: i64,
    unit: usize,
    /// For each template of the unit its place in the catalog.
    places: Vec<usize>,
    catalog: Catalog,
}

impl EventStream {
    pub fn new(session: Arc<Session>) -> Self {
        Self {
            session,
            schema: events_schema(),
            phase: Phase::Fresh,
            rows: 0,
            unit: 0,
            places: Vec::new(),
            catalog: Catalog::default(),
        }
    }

    fn begin(&mut self) -> Result<(), String> {
        if self.session.taken.swap(true, Ordering::Relaxed) {
            self.phase = Phase::Ended;
            return Err("the events of this ingest were read already".to_owned());
        }
        let threads = self.session.queue.start();
        self.phase = Phase::Reading(threads.map_err(|error| format!("no thread: {error}"))?);
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let failed = ArrowError::ExternalError;
        if matches!(self.phase, Phase::Fresh) {
            self.begin().map_err(|error| failed(error.into()))?;
        }
        if matches!(self.phase, Phase::Ended) {
            return Ok(None);
        }
        match self.session.queue.take() {
            Ok(Some(batch)) => self.numbered(batch).map(Some),
            Ok(None) => self.finish().map(|()| None),
            Err(error) => Err(failed(error.into())),
        }
    }

    /// Gives a batch its event and template ids.
    fn numbered(&mut self, batch: Batch) -> Result<RecordBatch, ArrowError> {
        if batch.unit != self.unit {
            self.unit = batch.unit;
            self.places.clear();
        }
        for text in &batch.new_templates {
            let place = self.catalog.place(text);
            self.places.push(place);
        }
        let count = batch.rows.template.len() as i64;
        let events = Int64Array::from_iter_values(self.rows + 1..=self.rows + count);
        self.rows += count;
        let mut templates = Vec::with_capacity(batch.rows.template.len());
        for local in batch.rows.template {
            let known = self.places.get(local as usize).copied();
            let place = known.unwrap_or_else(|| self.catalog.place_other());
            templates.push(self.catalog.count(place));
        }
        let mut columns: Vec<ArrayRef> = vec![Arc::new(events)];
        columns.extend(batch.rows.arrays);
        columns.push(Arc::new(Int64Array::from(templates)));
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
    }

    fn finish(&mut self) -> Result<(), ArrowError> {
        self.phase = Phase::Ended;
        let missing = || ArrowError::ExternalError("a report is missing".into());
        let drained = Drained {
            reports: self.session.queue.reports().ok_or_else(missing)?,
            templates: self.catalog.batch()?,
        };
        self.catalog = Catalog::default();
        let place = self.session.drained.lock();
        *place.unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(drained));
        Ok(())
    }
}

impl Iterator for EventStream {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

impl RecordBatchReader for EventStream {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

impl Drop for EventStream {
    /// Nobody reads on: the workers end before their session does.
    fn drop(&mut self) {
        if let Phase::Reading(threads) = std::mem::replace(&mut self.phase, Phase::Ended) {
            self.session.cancel();
            for thread in threads {
                // A worker that panicked has told so through the queue.
                let _ = thread.join();
            }
        }
    }
}
