//! What Python sees.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};

use crate::args;
use crate::clock::Clock;
use crate::columns::Columns;
use crate::compile::compile;
use crate::file::parse_text;
use crate::matcher::Captures;
use crate::object_row::ObjectRecord;
use crate::plan;
use crate::record::{Sink, Stopped};
use crate::report::FileReport;
use crate::row::{Record, RowWriter};
use crate::sample::{Place, sample_text};
use crate::share::{Starts, explained};
use crate::stream::{EventStream, Session};
use crate::workers::Job;

const MOST_THREADS: usize = 64;

/// How the records of one log family read.
#[pyclass(frozen, module = "arcdiag_core")]
struct Plan {
    inner: Arc<plan::Plan>,
}

/// Keeps all rows.
#[derive(Default)]
struct Keep(RowWriter);

impl Sink for Keep {
    fn parsed(
        &mut self,
        plan: &plan::Plan,
        record: Record<'_>,
        found: &Captures,
        clock: &mut Clock,
    ) -> Result<(), Stopped> {
        self.0.parsed(plan, record, found, clock);
        Ok(())
    }

    fn object(
        &mut self,
        plan: &plan::Plan,
        record: ObjectRecord<'_>,
        clock: &mut Clock,
    ) -> Result<(), Stopped> {
        self.0.object(plan, record, clock);
        Ok(())
    }

    fn unparsed(&mut self, line: &[u8], number: u64) -> Result<(), Stopped> {
        self.0.unparsed(line, number);
        Ok(())
    }
}

impl Plan {
    fn rows(&self, py: Python<'_>, text: &str, zone: &[(i64, i64)], reference: i64) -> Columns {
        py.detach(|| {
            let mut keep = Keep::default();
            // Nothing can stop it: there is no consumer that goes away.
            let _ = parse_text(text, &self.inner, zone, reference, &mut keep);
            keep.0.columns
        })
    }
}

#[pymethods]
impl Plan {
    #[new]
    fn new(plan_json: &str) -> PyResult<Self> {
        let plan = compile(plan_json).map_err(PyValueError::new_err)?;
        let inner = Arc::new(plan);
        Ok(Self { inner })
    }

    #[pyo3(name = "match")]
    fn match_(&self, py: Python<'_>, text: &str) -> Vec<(u64, i32)> {
        py.detach(|| Starts::find(&self.inner, text).0)
    }

    fn explained(&self, py: Python<'_>, text: &str, first: u64, folded: u64) -> (u64, u64) {
        py.detach(|| explained(&self.inner, text, first, folded))
    }

    fn parse<'py>(
        &self,
        py: Python<'py>,
        text: &str,
        zone: Vec<(i64, i64)>,
        reference_us: i64,
    ) -> PyResult<Bound<'py, PyList>> {
        let zone = args::zone(zone).map_err(PyValueError::new_err)?;
        let rows = self.rows(py, text, &zone, reference_us);
        let list = PyList::empty(py);
        for row in 0..rows.rows() {
            list.append(record(py, &rows, row)?)?;
        }
        Ok(list)
    }
}

fn record<'py>(py: Python<'py>, rows: &Columns, row: usize) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("TimeGenerated", rows.time.get(row))?;
    for (name, column) in [
        ("Component", &rows.component),
        ("Level", &rows.level),
        ("Code", &rows.code),
        ("Message", &rows.message),
        ("ActivityId", &rows.activity),
        ("Fields", &rows.fields),
    ] {
        dict.set_item(name, String::from_utf8_lossy(column.get(row)))?;
    }
    dict.set_item("Pid", rows.pid.get(row))?;
    dict.set_item("Tid", rows.tid.get(row))?;
    dict.set_item("Parsed", rows.parsed.get(row))?;
    dict.set_item("Line", rows.line.get(row))?;
    dict.set_item("LineCount", rows.line_count.get(row))?;
    Ok(dict)
}

/// The first (or last) bytes of a member as text, and the name of its encoding.
#[pyfunction]
#[pyo3(signature = (path, offset, packed, packing, limit, tail = false))]
fn sample(
    py: Python<'_>,
    path: PathBuf,
    offset: u64,
    packed: u64,
    packing: &str,
    limit: usize,
    tail: bool,
) -> PyResult<(String, &'static str)> {
    let packing = args::packing(packing).map_err(PyValueError::new_err)?;
    let place = Place {
        path,
        offset,
        packed,
        packing,
    };
    py.detach(|| sample_text(&place, limit, tail))
        .map_err(|why| PyOSError::new_err(format!("{}: {why}", place.path.display())))
}

/// Parses files ahead of whoever reads its stream of events.
#[pyclass(frozen, module = "arcdiag_core")]
struct Ingest {
    session: Arc<Session>,
}

#[pymethods]
impl Ingest {
    #[new]
    #[pyo3(signature = (files, plans, *, threads = 1, batch_rows = 122_880, memory = 64 << 20))]
    fn new(
        files: Vec<Bound<'_, PyDict>>,
        plans: Vec<PyRef<'_, Plan>>,
        threads: usize,
        batch_rows: usize,
        memory: usize,
    ) -> PyResult<Self> {
        if !(1..=MOST_THREADS).contains(&threads) || batch_rows == 0 {
            let text = format!("threads: 1 to {MOST_THREADS}; batch_rows: at least 1");
            return Err(PyValueError::new_err(text));
        }
        let plans: Vec<_> = plans
            .into_iter()
            .map(|plan| Arc::clone(&plan.inner))
            .collect();
        let session = Session::new(Job {
            files: args::files(files, plans.len())?,
            plans,
            threads,
            batch_rows,
            memory,
        });
        Ok(Self {
            session: Arc::new(session),
        })
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol lets a producer ignore the wish for another schema.
        drop(requested_schema);
        capsule(py, Box::new(EventStream::new(Arc::clone(&self.session))))
    }

    fn reports<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let drained = self.session.drained().ok_or_else(not_drained)?;
        drained
            .reports
            .iter()
            .map(|report| report_dict(py, report))
            .collect()
    }

    fn templates(&self) -> PyResult<Templates> {
        let drained = self.session.drained().ok_or_else(not_drained)?;
        Ok(Templates {
            batch: drained.templates.clone(),
        })
    }

    fn cancel(&self) {
        self.session.cancel();
    }
}

fn not_drained() -> PyErr {
    PyRuntimeError::new_err("the stream of events was not read to its end")
}

fn report_dict<'py>(py: Python<'py>, report: &FileReport) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("file_id", report.file_id)?;
    dict.set_item("encoding", report.encoding)?;
    dict.set_item("bytes", report.bytes)?;
    dict.set_item("crc", report.crc)?;
    dict.set_item("lines", report.counts.lines)?;
    dict.set_item("events", report.counts.events)?;
    dict.set_item("continued", report.counts.continued)?;
    dict.set_item("blank", report.counts.blank)?;
    dict.set_item("unparsed", report.counts.unparsed)?;
    dict.set_item("joined", report.joined)?;
    dict.set_item("first_us", report.first_us)?;
    dict.set_item("last_us", report.last_us)?;
    dict.set_item("offsets", &report.offsets)?;
    let problems = report.problems.iter();
    let problems: Vec<_> = problems
        .map(|one| (one.line, one.kind, &one.text))
        .collect();
    dict.set_item("problems", problems)?;
    Ok(dict)
}

/// The templates of all events: their ids, texts and how many events have them.
#[pyclass(frozen, module = "arcdiag_core")]
struct Templates {
    batch: RecordBatch,
}

#[pymethods]
impl Templates {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let schema = self.batch.schema();
        let batches = vec![Ok(self.batch.clone())];
        capsule(py, Box::new(RecordBatchIterator::new(batches, schema)))
    }
}

fn capsule(
    py: Python<'_>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'_, PyCapsule>> {
    let stream = FFI_ArrowArrayStream::new(reader);
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// Reads log bytes into Arrow for arcdiag.
#[pymodule]
mod arcdiag_core {
    #[pymodule_export]
    use super::{Ingest, Plan, Templates, sample};
    #[pymodule_export]
    use crate::texts::{Words, find_texts};
    use pyo3::prelude::*;

    /// The version is asked for at each start; looking it up among the installed
    /// packages would take longer than importing this module.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
