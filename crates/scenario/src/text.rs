//! The texts a scenario is made of, and places in them: file, byte range, line and column.
//!
//! Everything that can be wrong carries a [`Span`]; [`Texts`] turns it into a [`Place`] that a
//! reader can find. Relies on nothing but `std`.

use std::sync::Arc;

/// One text that was read, under the name that messages use.
#[derive(Debug)]
pub struct SourceText {
    /// Path as the caller's source knows it, or a pseudo-name such as `--set`.
    pub name: String,
    /// The text; bytes that are not UTF-8 are replaced one for one by `?`.
    pub text: String,
    line_starts: Vec<usize>,
}

impl SourceText {
    /// A text under a name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(breaks.map(|(at, _)| at + 1))
            .collect();
        Self {
            name: name.into(),
            text,
            line_starts,
        }
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let before = self.text.as_bytes()[start..offset].iter();
        // Bytes that continue a character are not counted.
        (
            line,
            1 + before.filter(|byte| **byte & 0xC0 != 0x80).count(),
        )
    }

    /// Line of a byte offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// Number of lines.
    pub(crate) fn lines(&self) -> usize {
        self.line_starts.len()
    }

    /// The spaces before the first other character of the line that contains `offset`.
    pub(crate) fn indentation(&self, offset: usize) -> usize {
        let (line, _) = self.line_column(offset);
        let rest = &self.text[self.line_starts[line - 1]..];
        rest.len() - rest.trim_start_matches([' ', '\t']).len()
    }

    /// The byte range cut to what exists, on character borders.
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }
}

/// Index of a text in [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub usize);

/// A byte range of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// A span with its text, so that it can be shown by itself.
#[derive(Debug, Clone)]
pub struct Place {
    /// The text.
    pub source: Arc<SourceText>,
    /// First byte.
    pub offset: usize,
    /// Number of bytes.
    pub length: usize,
}

impl Place {
    /// Line and column, both from 1.
    pub fn line_column(&self) -> (usize, usize) {
        self.source.line_column(self.offset)
    }
}

/// Every text read so far.
#[derive(Debug, Default)]
pub struct Texts {
    list: Vec<Arc<SourceText>>,
}

impl Texts {
    /// Adds a text.
    pub fn add(&mut self, name: &str, text: String) -> FileId {
        self.list.push(Arc::new(SourceText::new(name, text)));
        FileId(self.list.len() - 1)
    }

    /// The text of a file.
    pub fn get(&self, file: FileId) -> &Arc<SourceText> {
        &self.list[file.0]
    }

    /// The place of a span.
    pub fn place(&self, span: Span) -> Place {
        Place {
            source: Arc::clone(self.get(span.file)),
            offset: span.start,
            length: span.end.saturating_sub(span.start),
        }
    }

    /// What the file says at a span.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).slice(span)
    }
}

/// Decodes bytes as UTF-8; a byte that is none becomes `?`, and the first such offset is given.
pub(crate) fn utf8_or_replaced(mut bytes: Vec<u8>) -> (String, Option<usize>) {
    let mut first = None;
    loop {
        match String::from_utf8(bytes) {
            Ok(text) => return (text, first),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bad = error.utf8_error().error_len();
                bytes = error.into_bytes();
                let end = bad.map_or(bytes.len(), |len| at + len);
                bytes[at..end].fill(b'?');
                first = first.or(Some(at));
                // Many bad bytes: replace the rest in one go, so that the loop stays linear.
                replace_rest(&mut bytes, end);
            }
        }
    }
}

fn replace_rest(bytes: &mut [u8], from: usize) {
    let mut at = from;
    while at < bytes.len() {
        match std::str::from_utf8(&bytes[at..]) {
            Ok(_) => return,
            Err(error) => {
                let start = at + error.valid_up_to();
                let end = error.error_len().map_or(bytes.len(), |len| start + len);
                bytes[start..end].fill(b'?');
                at = end;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let source = SourceText::new("x", "ab\nüx\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(3), (2, 1));
        assert_eq!(
            source.line_column(5),
            (2, 2),
            "ü is two bytes and one column"
        );
        assert_eq!(source.line_column(99), (3, 1), "beyond the end is the end");
    }

    #[test]
    fn bad_bytes_are_replaced_one_for_one() {
        let (text, first) = utf8_or_replaced(b"ab\xffc\xfe\xc3".to_vec());
        assert_eq!((text.as_str(), first), ("ab?c??", Some(2)));
        assert_eq!(utf8_or_replaced(b"ok".to_vec()), ("ok".to_owned(), None));
    }
}
