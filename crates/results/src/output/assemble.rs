//! Puts tables together from parts: column chunks are copied as they are, nothing is encoded again.
//!
//! A row group of the table holds the rows of the parts that lie in it, page behind page, so that a run that was
//! written in one go, one that was killed and resumed, and shards put together are the same bytes. What a
//! writer remembers of a row group is little: no statistics but the extremes of the replicates.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{Field, Schema};
use bytes::Bytes;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};

use crate::error::ResultsError;
use crate::manifest::FileEntry;
use crate::output::partial::Partial;
use crate::output::table::{self, Dress, csv_head};

/// A table, or a part of one, in the order of replicates.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Where its bytes are.
    pub(crate) from: Place,
    /// Rows of this replicate and of later ones are left out; it begins a row group.
    pub(crate) below: u64,
    /// Whether the CSV begins with the names of the columns.
    pub(crate) has_head: bool,
}

/// Where the bytes of a source are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// In a folder, under the name of a table without its ending.
    Disk(PathBuf, String),
    /// In memory: the Parquet file, and the rows as CSV.
    Memory(Bytes, Option<Vec<u8>>),
}

impl Source {
    /// A part that is all taken.
    pub(crate) fn part(from: Place) -> Self {
        Self {
            from,
            below: u64::MAX,
            has_head: false,
        }
    }
}

/// What a table is made as.
#[derive(Debug)]
pub(crate) struct Form<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its fields.
    pub(crate) fields: Vec<Field>,
    /// What it has in common with other tables.
    pub(crate) dress: Dress<'a>,
    /// Replicates of a row group.
    pub(crate) group: u64,
    /// Whether it is written as CSV too.
    pub(crate) csv: bool,
}

/// Writes a table from its sources; gives its files.
///
/// # Errors
/// If a source cannot be read or the table cannot be written.
pub(crate) fn table(
    dir: &Path,
    form: &Form<'_>,
    sources: &[Source],
) -> Result<Vec<FileEntry>, ResultsError> {
    let schema = Arc::new(Schema::new(form.fields.clone()));
    let name = format!("{}.parquet", form.name);
    let partial = Partial::create(dir, &name)?;
    let opened = table::writer(partial, &schema, form.dress).into_serialized_writer();
    let (writer, _) = opened.map_err(|error| {
        ResultsError::write(&dir.join(&name), io::Error::other(error.to_string()))
    })?;
    let mut assembly = Assembly {
        writer,
        group: form.group,
        open: Vec::new(),
        rows: 0,
    };
    for source in sources {
        assembly.take(source)?;
    }
    let mut files = vec![assembly.finish()?];
    if form.csv {
        files.push(join_csv(dir, form, sources, files[0].rows)?);
    }
    Ok(files)
}

/// A table that is being put together.
struct Assembly {
    writer: SerializedFileWriter<Partial>,
    group: u64,
    /// The row groups of sources that make up the next one.
    open: Vec<Piece>,
    rows: u64,
}

/// A row group of a source.
#[derive(Clone)]
struct Piece {
    bytes: Arc<Held>,
    metadata: Arc<ParquetMetaData>,
    idx: usize,
    first: u64,
}

/// The bytes of an opened source.
enum Held {
    Memory(Bytes),
    Disk(PathBuf, File),
}

impl Piece {
    fn row_group(&self) -> &RowGroupMetaData {
        self.metadata.row_group(self.idx)
    }
}

impl Assembly {
    /// Takes the row groups of a source.
    fn take(&mut self, source: &Source) -> Result<(), ResultsError> {
        for piece in pieces(source)? {
            if piece.first >= source.below {
                break;
            }
            let number = piece.first / self.group;
            let same = self
                .open
                .last()
                .is_none_or(|last| last.first / self.group == number);
            if !same {
                self.end_group()?;
            }
            self.open.push(piece);
        }
        Ok(())
    }

    /// Writes the row group that its pieces make up.
    fn end_group(&mut self) -> Result<(), ResultsError> {
        let pieces = std::mem::take(&mut self.open);
        let Some(first) = pieces.first() else {
            return Ok(());
        };
        let rows: i64 = pieces.iter().map(|of| of.row_group().num_rows()).sum();
        let n_columns = first.row_group().num_columns();
        let written = self.writer.next_row_group().and_then(|mut group| {
            for column in 0..n_columns {
                append(&mut group, &pieces, column, rows)?;
            }
            group.close().map(drop)
        });
        written.map_err(|error| self.error(&error))?;
        self.rows += rows.cast_unsigned();
        Ok(())
    }

    fn finish(mut self) -> Result<FileEntry, ResultsError> {
        self.end_group()?;
        let finished = self.writer.finish();
        finished.map_err(|error| self.error(&error))?;
        self.writer.inner_mut().finish(Some(self.rows))
    }

    fn error(&mut self, error: &ParquetError) -> ResultsError {
        let seen = io::Error::other(error.to_string());
        self.writer.inner_mut().error(seen)
    }
}

/// Copies one column of a row group.
fn append(
    group: &mut SerializedRowGroupWriter<'_, Partial>,
    pieces: &[Piece],
    column: usize,
    rows: i64,
) -> ParquetResult<()> {
    let mut chunk = Chunk::default();
    let mut uncompressed = 0;
    let mut values = 0;
    for piece in pieces {
        let of = piece.row_group().column(column);
        let (start, length) = of.byte_range();
        chunk.parts.push((Arc::clone(&piece.bytes), start, length));
        uncompressed += of.uncompressed_size();
        values += of.num_values();
    }
    let first = pieces[0].row_group().column(column);
    let dictionary = first
        .dictionary_page_offset()
        .map(|start| first.data_page_offset() - start);
    if dictionary.is_some() && pieces.len() > 1 {
        return Err(ParquetError::General(
            "pages that refer to different dictionaries cannot follow one another".to_owned(),
        ));
    }
    let metadata = ColumnChunkMetaData::builder(first.column_descr_ptr())
        .set_compression(first.compression())
        .set_encodings_mask(*first.encodings_mask())
        .set_total_compressed_size(chunk.len().cast_signed())
        .set_total_uncompressed_size(uncompressed)
        .set_num_values(values)
        .set_data_page_offset(dictionary.unwrap_or(0))
        .set_dictionary_page_offset(dictionary.map(|_| 0));
    let metadata = match extremes(pieces, column) {
        Some(statistics) => metadata.set_statistics(statistics).build()?,
        None => metadata.build()?,
    };
    let close = ColumnCloseResult {
        bytes_written: chunk.len(),
        rows_written: rows.cast_unsigned(),
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    group.append_column(&chunk, close)
}

/// The extremes over pieces in the order of replicates, where they are kept.
fn extremes(pieces: &[Piece], column: usize) -> Option<Statistics> {
    let of = |piece: &Piece| match piece.row_group().column(column).statistics() {
        Some(Statistics::Int64(of)) => Some((*of.min_opt()?, *of.max_opt()?)),
        _ => None,
    };
    let (first, last) = (of(pieces.first()?)?, of(pieces.last()?)?);
    Some(Statistics::int64(
        Some(first.0),
        Some(last.1),
        None,
        Some(0),
        false,
    ))
}

/// The row groups of a source with the first replicate of each.
fn pieces(source: &Source) -> Result<Vec<Piece>, ResultsError> {
    let (path, bytes) = match &source.from {
        Place::Memory(bytes, _) => (PathBuf::new(), Held::Memory(bytes.clone())),
        Place::Disk(dir, name) => {
            let path = dir.join(format!("{name}.parquet"));
            let file = File::open(&path).map_err(|error| ResultsError::read(&path, error))?;
            (path.clone(), Held::Disk(path, file))
        }
    };
    let broken = |reason: String| ResultsError::BrokenTable {
        path: path.clone(),
        reason,
    };
    let mut reader = ParquetMetaDataReader::new();
    let parsed = match &bytes {
        Held::Memory(bytes) => reader.try_parse(bytes),
        Held::Disk(_, file) => reader.try_parse(file),
    };
    let metadata = parsed.and_then(|()| reader.finish());
    let metadata = Arc::new(metadata.map_err(|error| broken(error.to_string()))?);
    let bytes = Arc::new(bytes);
    let first_of = |idx: usize| match metadata.row_group(idx).column(0).statistics() {
        Some(Statistics::Int64(of)) => of.min_opt().map(|min| min.cast_unsigned()),
        _ => None,
    };
    let all = (0..metadata.num_row_groups()).map(|idx| {
        Ok(Piece {
            bytes: Arc::clone(&bytes),
            metadata: Arc::clone(&metadata),
            idx,
            first: first_of(idx)
                .ok_or_else(|| broken("it does not say which replicates it holds".to_owned()))?,
        })
    });
    all.collect()
}

/// The bytes of one column over some pieces, one behind the other.
#[derive(Default)]
struct Chunk {
    parts: Vec<(Arc<Held>, u64, u64)>,
}

impl Length for Chunk {
    fn len(&self) -> u64 {
        self.parts.iter().map(|(_, _, length)| length).sum()
    }
}

impl ChunkReader for Chunk {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let mut all: Box<dyn Read> = Box::new(io::empty());
        for (bytes, from, length) in &self.parts {
            all = match &**bytes {
                Held::Memory(bytes) => {
                    let range = *from as usize..(from + length) as usize;
                    Box::new(all.chain(io::Cursor::new(bytes.slice(range))))
                }
                Held::Disk(path, file) => Box::new(all.chain(Range {
                    path: path.clone(),
                    file: file.try_clone()?,
                    at: *from,
                    left: *length,
                })),
            };
        }
        io::copy(&mut all.by_ref().take(start), &mut io::sink())?;
        Ok(all)
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let mut bytes = vec![0; length];
        self.get_read(start)?.read_exact(&mut bytes)?;
        Ok(Bytes::from(bytes))
    }
}

/// A range of a file, whose place is shared with other readers.
struct Range {
    path: PathBuf,
    file: File,
    at: u64,
    left: u64,
}

impl Read for Range {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        self.file.seek(SeekFrom::Start(self.at))?;
        let read = self.file.read(&mut buffer[..wanted])?;
        if read == 0 {
            let words = format!("{} is shorter than it says", self.path.display());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, words));
        }
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Writes a table as CSV from its sources.
fn join_csv(
    dir: &Path,
    form: &Form<'_>,
    sources: &[Source],
    rows: Option<u64>,
) -> Result<FileEntry, ResultsError> {
    let mut to = Partial::create(dir, &format!("{}.csv", form.name))?;
    let head = csv_head(&form.fields);
    let written = to.write_all(&head);
    written.map_err(|error| to.error(error))?;
    for source in sources {
        match &source.from {
            Place::Memory(_, rows) => {
                let written = to.write_all(rows.as_deref().unwrap_or_default());
                written.map_err(|error| to.error(error))?;
            }
            Place::Disk(dir, name) => {
                copy_lines(&dir.join(format!("{name}.csv")), source, &mut to)?;
            }
        }
    }
    to.finish(rows)
}

/// Copies the lines of a CSV file that belong to replicates below a limit.
fn copy_lines(path: &Path, source: &Source, to: &mut Partial) -> Result<(), ResultsError> {
    let read = |error| ResultsError::read(path, error);
    let mut lines = BufReader::new(File::open(path).map_err(read)?);
    let mut line = Vec::new();
    let mut skip = source.has_head;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).map_err(read)? == 0 {
            return Ok(());
        }
        if std::mem::take(&mut skip) {
            continue;
        }
        if source.below < u64::MAX && replicate_of(&line).is_none_or(|of| of >= source.below) {
            return Ok(());
        }
        let written = to.write_all(&line);
        written.map_err(|error| to.error(error))?;
    }
}

/// The replicate that a line of a CSV file begins with.
fn replicate_of(line: &[u8]) -> Option<u64> {
    let digits = line.split(|&byte| byte == b',').next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
