//! Rows on their way into Arrow: plain vectors that become buffers as they are.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::ArrowError;

/// A column of text.
pub(crate) struct TextColumn {
    pub bytes: Vec<u8>,
    offsets: Vec<i32>,
}

impl TextColumn {
    fn with_capacity(rows: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            bytes: Vec::with_capacity(bytes),
            offsets,
        }
    }

    /// Ends the value of one row; all bytes since the last end belong to it.
    #[inline]
    pub fn close(&mut self) {
        self.offsets.push(self.bytes.len() as i32);
    }

    /// The text of a finished row.
    pub fn get(&self, row: usize) -> &[u8] {
        let bounds = self.offsets.get(row).zip(self.offsets.get(row + 1));
        bounds.map_or(&[], |(from, to)| {
            self.bytes
                .get(*from as usize..*to as usize)
                .unwrap_or_default()
        })
    }

    /// The part of the row that is being written.
    #[inline]
    pub fn open(&self) -> &[u8] {
        let from = self.offsets.last().copied().unwrap_or_default();
        self.bytes.get(from as usize..).unwrap_or_default()
    }

    /// Writes the row that is being written anew.
    pub fn rewrite(&mut self, text: &[u8]) {
        let from = self.offsets.last().copied().unwrap_or_default();
        self.bytes.truncate(from as usize);
        self.bytes.extend_from_slice(text);
    }

    fn finish(self) -> Result<ArrayRef, ArrowError> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        let array = StringArray::try_new(offsets, Buffer::from_vec(self.bytes), None)?;
        Ok(Arc::new(array))
    }
}

/// A column of numbers that may be missing.
pub(crate) struct OptionalColumn {
    values: Vec<i64>,
    known: NullBufferBuilder,
}

impl OptionalColumn {
    fn with_capacity(rows: usize) -> Self {
        Self {
            values: Vec::with_capacity(rows),
            known: NullBufferBuilder::new(rows),
        }
    }

    #[inline]
    pub fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or_default());
        self.known.append(value.is_some());
    }

    pub fn get(&self, row: usize) -> Option<i64> {
        let value = self.values.get(row).copied();
        value.filter(|_| self.known.is_valid(row))
    }

    fn finish_numbers(mut self) -> ArrayRef {
        let values = ScalarBuffer::from(self.values);
        Arc::new(Int64Array::new(values, self.known.finish()))
    }

    fn finish_times(mut self) -> ArrayRef {
        let values = ScalarBuffer::from(self.values);
        Arc::new(TimestampMicrosecondArray::new(values, self.known.finish()))
    }
}

/// What a batch was expected to need, taken from the one before.
#[derive(Clone, Copy, Default)]
struct Sizes {
    rows: usize,
    message: usize,
    fields: usize,
    component: usize,
}

/// The rows of one batch. `EventId` and the final `TemplateId` come later.
pub(crate) struct Columns {
    pub time: OptionalColumn,
    pub component: TextColumn,
    pub level: TextColumn,
    pub code: TextColumn,
    pub message: TextColumn,
    pub activity: TextColumn,
    pub pid: OptionalColumn,
    pub tid: OptionalColumn,
    pub fields: TextColumn,
    pub parsed: Vec<bool>,
    pub file: Vec<i64>,
    pub line: Vec<i64>,
    pub line_count: Vec<i64>,
    pub template: Vec<u32>,
}

/// Columns `TimeGenerated` to `LineCount` in the order of the stream.
pub(crate) struct Finished {
    pub arrays: Vec<ArrayRef>,
    pub template: Vec<u32>,
    pub bytes: usize,
}

impl Default for Columns {
    fn default() -> Self {
        Self::with_sizes(Sizes::default())
    }
}

impl Columns {
    fn with_sizes(sizes: Sizes) -> Self {
        let rows = sizes.rows;
        Self {
            time: OptionalColumn::with_capacity(rows),
            component: TextColumn::with_capacity(rows, sizes.component),
            level: TextColumn::with_capacity(rows, rows * 5),
            code: TextColumn::with_capacity(rows, 0),
            message: TextColumn::with_capacity(rows, sizes.message),
            activity: TextColumn::with_capacity(rows, 0),
            pid: OptionalColumn::with_capacity(rows),
            tid: OptionalColumn::with_capacity(rows),
            fields: TextColumn::with_capacity(rows, sizes.fields),
            parsed: Vec::with_capacity(rows),
            file: Vec::with_capacity(rows),
            line: Vec::with_capacity(rows),
            line_count: Vec::with_capacity(rows),
            template: Vec::with_capacity(rows),
        }
    }

    pub fn rows(&self) -> usize {
        self.parsed.len()
    }

    /// Memory the rows take, about.
    pub fn size(&self) -> usize {
        let text = self.component.bytes.len()
            + self.level.bytes.len()
            + self.code.bytes.len()
            + self.message.bytes.len()
            + self.activity.bytes.len()
            + self.fields.bytes.len();
        text + self.rows() * 104
    }

    /// Hands out the rows and starts again with room for as many.
    pub fn finish(&mut self) -> Result<Finished, ArrowError> {
        let bytes = self.size();
        let sizes = Sizes {
            rows: self.rows(),
            message: self.message.bytes.len(),
            fields: self.fields.bytes.len(),
            component: self.component.bytes.len(),
        };
        let done = std::mem::replace(self, Self::with_sizes(sizes));
        let numbers = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
        let parsed = BooleanBuffer::from(done.parsed.as_slice());
        let arrays = vec![
            done.time.finish_times(),
            done.component.finish()?,
            done.level.finish()?,
            done.code.finish()?,
            done.message.finish()?,
            done.activity.finish()?,
            done.pid.finish_numbers(),
            done.tid.finish_numbers(),
            done.fields.finish()?,
            Arc::new(BooleanArray::new(parsed, None)),
            numbers(done.file),
            numbers(done.line),
            numbers(done.line_count),
        ];
        Ok(Finished {
            arrays,
            template: done.template,
            bytes,
        })
    }
}
