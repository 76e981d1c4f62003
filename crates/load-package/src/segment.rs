//! Segment files: Arrow IPC streams with a checksum.
//!
//! Rows of merged tables have one column in addition to those of their table: the number of their root row
//! ([`ROOT_ROW_COLUMN`](catchment_schema::ROOT_ROW_COLUMN)), because rows with equal keys can have equal ids.

use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, new_null_array};
use arrow::compute::{CastOptions, cast_with_options, concat_batches};
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use indexmap::IndexMap;

use crate::fail_point;
use crate::slices::slices;
use crate::{PackageError, Segment};

/// The size in bytes up to which record batches of a package are concatenated. Larger batches load faster, but each batch is
/// copied and encoded in memory.
pub const BATCH_MAX_BYTES: usize = 4 << 20;

/// Returns the file name of the segment `number`.
pub(crate) fn file_name(number: usize) -> String {
    format!("{number:06}.arrows")
}

/// Returns true if `name` is the file name of a segment, complete or incomplete.
pub(crate) fn is_file(name: &str) -> bool {
    let name = name.strip_suffix(".tmp").unwrap_or(name);
    name.strip_suffix(".arrows").is_some_and(|number| number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Writes `batches` of `table` to the file `name` in `folder` and syncs it. The columns of the batches may differ.
pub(crate) fn write(folder: &Path, name: String, table: String, batches: &[RecordBatch]) -> Result<Segment, PackageError> {
    let arrow = |source| PackageError::Arrow { table: table.clone(), source };
    let schema = all_columns(batches);
    let unfinished = folder.join(format!("{name}.tmp"));
    let file = File::create(&unfinished).map_err(PackageError::io("create", &unfinished))?;
    let out = ChecksumWriter::new(BufWriter::with_capacity(1 << 18, file));
    let write = || -> Result<ChecksumWriter<BufWriter<File>>, ArrowError> {
        let mut writer = StreamWriter::try_new(out, &schema)?;
        for together in chunks(batches) {
            let padded = together.iter().map(|batch| conform(batch, &schema)).collect::<Result<Vec<_>, _>>()?;
            writer.write(&concat_batches(&schema, &padded)?)?;
        }
        writer.finish()?;
        writer.into_inner()
    };
    let ChecksumWriter { out, hasher, bytes } = write().map_err(|error| match error {
        ArrowError::IoError(_, source) => PackageError::Io { action: "write", path: unfinished.clone(), source },
        source => arrow(source),
    })?;
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error).map_err(PackageError::io("write", &unfinished))?;
    file.sync_all().map_err(PackageError::io("sync", &unfinished))?;
    let path = folder.join(&name);
    fail_point!("segment::written");
    std::fs::rename(&unfinished, &path).map_err(PackageError::io("rename to", &path))?;
    fail_point!("segment::renamed");
    let rows = batches.iter().map(|batch| batch.num_rows() as u64).sum();
    Ok(Segment { file: name, rows, bytes, checksum: hasher.finalize(), table })
}

/// Verifies the checksum of a segment and returns its rows in batches of at most `max_bytes`.
pub(crate) fn read(folder: &Path, segment: &Segment, max_bytes: usize) -> Result<SegmentReader, PackageError> {
    let path = folder.join(&segment.file);
    let io = |source| PackageError::Io { action: "read", path: path.clone(), source };
    let corrupt = |problem: String| PackageError::Corrupt { path: path.clone(), problem };
    let mut file = File::open(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => corrupt("the file is missing".to_owned()),
        _ => io(error),
    })?;
    let mut read = ChecksumWriter::new(std::io::sink());
    std::io::copy(&mut file, &mut read).map_err(io)?;
    let ChecksumWriter { hasher, bytes, .. } = read;
    if bytes != segment.bytes {
        return Err(corrupt(format!("it has {bytes} bytes instead of {}", segment.bytes)));
    }
    if hasher.finalize() != segment.checksum {
        return Err(corrupt("its checksum does not match".to_owned()));
    }
    file.rewind().map_err(io)?;
    let reader = StreamReader::try_new(BufReader::with_capacity(1 << 18, file), None);
    let reader = reader.map_err(|error| unreadable(&path, error))?;
    Ok(SegmentReader { reader, path, max_bytes, slices: Vec::new().into_iter() })
}

/// An iterator over the record batches of a segment that holds one batch in memory at a time.
#[derive(Debug)]
pub(crate) struct SegmentReader {
    reader: StreamReader<BufReader<File>>,
    path: PathBuf,
    max_bytes: usize,
    /// The remaining slices of the last batch.
    slices: std::vec::IntoIter<RecordBatch>,
}

impl Iterator for SegmentReader {
    type Item = Result<RecordBatch, PackageError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(slice) = self.slices.next() {
                return Some(Ok(slice));
            }
            match self.reader.next()? {
                // A batch has the size of its page, which may exceed `max_bytes`.
                Ok(batch) => self.slices = slices(&batch, self.max_bytes).into_iter(),
                Err(error) => return Some(Err(unreadable(&self.path, error))),
            }
        }
    }
}

/// Converts a read error. An I/O error may be temporary, but invalid Arrow data is corrupt for good.
fn unreadable(path: &Path, error: ArrowError) -> PackageError {
    match error {
        ArrowError::IoError(_, source) if source.kind() != ErrorKind::UnexpectedEof => {
            PackageError::Io { action: "read", path: path.to_owned(), source }
        }
        error => PackageError::Corrupt { path: path.to_owned(), problem: error.to_string() },
    }
}

/// Returns the columns of all batches. Each has the type of the last batch that contains it, because types only widen.
fn all_columns(batches: &[RecordBatch]) -> SchemaRef {
    let mut fields: IndexMap<&str, &FieldRef> = IndexMap::new();
    let schemas: Vec<SchemaRef> = batches.iter().map(RecordBatch::schema).collect();
    for field in schemas.iter().flat_map(|schema| schema.fields()) {
        fields.insert(field.name(), field);
    }
    let fields: Vec<_> = fields.values().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    Arc::new(Schema::new(fields))
}

/// Groups batches that are concatenated before they are written.
fn chunks(batches: &[RecordBatch]) -> Vec<&[RecordBatch]> {
    let (mut chunks, mut first, mut bytes) = (Vec::new(), 0, 0);
    for (index, batch) in batches.iter().enumerate() {
        let size = batch.get_array_memory_size();
        if bytes > 0 && bytes + size > BATCH_MAX_BYTES {
            chunks.extend(batches.get(first..index));
            (first, bytes) = (index, 0);
        }
        bytes += size;
    }
    chunks.extend(batches.get(first..).filter(|rest| !rest.is_empty()));
    chunks
}

/// Converts a batch to `schema`: adds missing columns as nulls and casts columns of a narrower type.
fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    // A value that cannot be cast is an error, not null.
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let column = |field: &FieldRef| -> Result<ArrayRef, ArrowError> {
        match batch.column_by_name(field.name()) {
            Some(known) if known.data_type() == field.data_type() => Ok(Arc::clone(known)),
            Some(known) => cast_with_options(known, field.data_type(), &strict),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        }
    };
    let columns = schema.fields().iter().map(column).collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(SchemaRef::clone(schema), columns, &options)
}

/// A writer that counts and hashes the bytes passed to `out`.
struct ChecksumWriter<W> {
    out: W,
    hasher: crc32fast::Hasher,
    bytes: u64,
}

impl<W> ChecksumWriter<W> {
    fn new(out: W) -> Self {
        ChecksumWriter { out, hasher: crc32fast::Hasher::new(), bytes: 0 }
    }
}

impl<W: Write> Write for ChecksumWriter<W> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(buf)?;
        self.hasher.update(buf.get(..written).unwrap_or(buf));
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
