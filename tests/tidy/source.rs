//! Reads Rust source just well enough for the tidy rules: what is code, what is a comment, what is a
//! string, which part is tests, where a function's body begins and ends. No grammar, no dependencies.

/// Rust source with comments and the insides of literals blanked; every line stays where it is.
pub(super) struct Source {
    /// The code: comments, string and character contents are spaces.
    pub(super) code: String,
    /// The same code with the items under `#[cfg(test)]` and `#[test]` blanked as well.
    pub(super) shipped: String,
    /// String literals outside tests: line (from 1) and content as written.
    pub(super) strings: Vec<(usize, String)>,
}

/// A function and the number of lines between its braces.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) body_lines: usize,
}

/// What the scanner stands in.
enum Piece {
    Code,
    Comment,
    Literal,
}

impl Source {
    pub(super) fn read(text: &str) -> Self {
        let mut code = Vec::with_capacity(text.len());
        let mut literals: Vec<(usize, String)> = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (piece, end) = piece_at(bytes, at);
            match piece {
                Piece::Code => code.push(bytes[at]),
                Piece::Comment => blank(&mut code, &bytes[at..end]),
                Piece::Literal => {
                    literals.push((at, text[at..end].to_owned()));
                    blank(&mut code, &bytes[at..end]);
                }
            }
            at = end;
        }
        let code = String::from_utf8(code).expect("whole characters were blanked or kept");
        let tests = test_ranges(&code);
        let mut shipped = code.clone().into_bytes();
        for &(start, end) in &tests {
            for byte in &mut shipped[start..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        let outside = |at: usize| tests.iter().all(|&(start, end)| at < start || at >= end);
        let strings = literals.into_iter().filter(|(at, _)| outside(*at));
        Self {
            strings: strings
                .map(|(at, content)| (line_of(text, at), content))
                .collect(),
            shipped: String::from_utf8(shipped).expect("the code is ASCII where it was blanked"),
            code,
        }
    }

    /// Every function that has a body, nested ones too.
    pub(super) fn functions(&self) -> Vec<Function> {
        let bytes = self.code.as_bytes();
        let mut functions = Vec::new();
        for (at, word) in words(&self.code) {
            if word != "fn" {
                continue;
            }
            let rest = self.code[at + 2..].trim_start();
            let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
            if name.is_empty() {
                continue; // A function pointer type.
            }
            let Some(open) = body_start(bytes, at) else {
                continue;
            };
            let close = matching_brace(bytes, open);
            let newlines = bytes[open..close]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            functions.push(Function {
                name,
                line: line_of(&self.code, at),
                body_lines: newlines.saturating_sub(1),
            });
        }
        functions
    }
}

/// The words (identifiers, keywords, numbers) of a text with their places.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].find(is_word)?;
        let start = at;
        at += text[at..].find(|c| !is_word(c)).unwrap_or(text.len() - at);
        Some((start, &text[start..at]))
    })
}

/// The line, counted from 1, of a byte offset.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn blank(code: &mut Vec<u8>, bytes: &[u8]) {
    code.extend(
        bytes
            .iter()
            .map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }),
    );
}

/// The piece that starts here and where it ends. Code comes one byte at a time.
fn piece_at(bytes: &[u8], at: usize) -> (Piece, usize) {
    let rest = &bytes[at..];
    let in_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    if rest.starts_with(b"//") {
        let length = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        return (Piece::Comment, at + length);
    }
    if rest.starts_with(b"/*") {
        return (Piece::Comment, at + block_comment_length(rest));
    }
    if rest[0] == b'"' {
        return (Piece::Literal, at + quoted_length(rest));
    }
    if rest[0] == b'r'
        && (!in_word || bytes[at - 1] == b'b')
        && let Some(length) = raw_string_length(rest)
    {
        return (Piece::Literal, at + length);
    }
    if rest[0] == b'\''
        && let Some(length) = character_length(rest)
    {
        return (Piece::Comment, at + length);
    }
    (Piece::Code, at + 1)
}

fn block_comment_length(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn quoted_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string_length(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let closing = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let body = &rest[2 + hashes..];
    let found = body
        .windows(closing.len())
        .position(|window| window == closing);
    Some(found.map_or(rest.len(), |length| 2 + hashes + length + closing.len()))
}

/// A character literal, not a lifetime: `'x'`, `'\n'`, `'\u{e9}'`, `'é'`.
fn character_length(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        let close = rest.iter().skip(3).position(|byte| *byte == b'\'')?;
        return Some(close + 4);
    }
    let first = *rest.get(1)?;
    let width = match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    (rest.get(1 + width) == Some(&b'\'')).then_some(width + 2)
}

/// The byte ranges of items marked `#[cfg(test)]` or `#[test]`.
fn test_ranges(code: &str) -> Vec<(usize, usize)> {
    let bytes = code.as_bytes();
    let mut ranges = Vec::new();
    for marker in ["#[cfg(test)]", "#[test]"] {
        for (start, _) in code.match_indices(marker) {
            let after = start + marker.len();
            let open = bytes[after..]
                .iter()
                .position(|byte| matches!(byte, b'{' | b';'));
            let end = open.map_or(bytes.len(), |offset| match bytes[after + offset] {
                b'{' => matching_brace(bytes, after + offset) + 1,
                _ => after + offset + 1,
            });
            ranges.push((start, end.min(bytes.len())));
        }
    }
    ranges
}

/// The brace that opens a function's body; none for a declaration that ends in a semicolon.
fn body_start(bytes: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(at),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn matching_brace(bytes: &[u8], open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, byte) in bytes.iter().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len() - 1
}

#[test]
fn comments_and_literals_are_not_code() {
    let text = "let a = \"x // {\"; // b.unwrap()\nlet c = '\"'; /* d /* e */ f */ let g: &'static str = r#\"h\"i\"#;";
    let source = Source::read(text);
    assert_eq!(source.code.lines().count(), 2);
    assert_eq!(source.code.len(), text.len());
    let seen: Vec<&str> = words(&source.code).map(|(_, word)| word).collect();
    assert_eq!(seen, ["let", "a", "let", "c", "let", "g", "static", "str"]);
    assert_eq!(
        source.strings,
        [(1, "\"x // {\"".to_owned()), (2, "r#\"h\"i\"#".to_owned())]
    );
}

#[test]
fn tests_are_not_shipped() {
    let text =
        "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { \"s\"; }\n}\nfn c() { \"t\"; }\n";
    let source = Source::read(text);
    assert!(source.code.contains("fn b"));
    assert!(!source.shipped.contains("fn b"));
    assert!(source.shipped.contains("fn c"));
    assert_eq!(source.strings, [(6, "\"t\"".to_owned())]);
}

#[test]
fn functions_are_measured_between_their_braces() {
    let text = "trait T { fn x(&self) -> [u8; 2]; }\nfn f(g: fn(u8) -> u8) {\n    1;\n    '{';\n}\nfn h() { }\n";
    let measured: Vec<(String, usize, usize)> = Source::read(text)
        .functions()
        .into_iter()
        .map(|function| (function.name, function.line, function.body_lines))
        .collect();
    assert_eq!(measured, [("f".to_owned(), 2, 2), ("h".to_owned(), 6, 0)]);
}
