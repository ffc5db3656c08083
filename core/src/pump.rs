//! Chunks from a reader to whoever parses them, on one thread or on two.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use crate::reader::{Chunk, Reader};
use crate::record::Stopped;

/// Chunks that wait between the two threads of one file.
const WAITING: usize = 2;

/// Gives every chunk to `each` and returns the reader, which is at its end.
pub(crate) fn pump(
    mut reader: Reader,
    cancel: &AtomicBool,
    mut each: impl FnMut(&Chunk) -> Result<(), Stopped>,
) -> Result<Reader, Stopped> {
    let mut buf = Vec::new();
    while let Some(chunk) = reader.next(buf) {
        if cancel.load(Ordering::Relaxed) {
            return Err(Stopped);
        }
        each(&chunk)?;
        buf = chunk.text;
    }
    Ok(reader)
}

/// The same with a thread of its own for reading and unpacking.
pub(crate) fn pump_ahead(
    mut reader: Reader,
    cancel: &AtomicBool,
    mut each: impl FnMut(&Chunk) -> Result<(), Stopped>,
) -> Result<Reader, Stopped> {
    thread::scope(|scope| {
        let (full, chunks) = sync_channel(WAITING);
        let (empty, used) = channel();
        let ahead = scope.spawn(move || {
            read_all(&mut reader, &full, &used);
            reader
        });
        for chunk in chunks {
            if cancel.load(Ordering::Relaxed) {
                return Err(Stopped);
            }
            each(&chunk)?;
            // The reader may have ended already; then nobody needs the memory.
            let _ = empty.send(chunk.text);
        }
        ahead.join().map_err(|panic| resume_unwind(panic))
    })
}

fn read_all(reader: &mut Reader, full: &SyncSender<Chunk>, used: &Receiver<Vec<u8>>) {
    while let Some(chunk) = reader.next(used.try_recv().unwrap_or_default()) {
        if full.send(chunk).is_err() {
            return;
        }
    }
}
