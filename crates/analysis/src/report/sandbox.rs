//! Sandbox: the page's own rule of what it may do, so that nothing is loaded from anywhere and no foreign script runs.
//!
//! A content security policy in the page's head (W3C, CSP level 3): nothing by default, the page's own style, and the
//! one script whose hash it names.

use foedera_results::manifest::sha256;

/// Letters of base 64 (RFC 4648).
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The policy of a page with one script.
pub(super) fn policy(script: &str) -> String {
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; img-src data: blob:; \
         script-src 'sha256-{}'",
        base64(&bytes(&sha256(script.as_bytes())))
    )
}

/// Bytes of hexadecimal digits.
fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u32> = hexadecimal
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    let byte = |pair: &[u32]| u8::try_from(16 * pair[0] + pair[1]).unwrap_or_default();
    digits.chunks_exact(2).map(byte).collect()
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let at = |idx: usize| u32::from(three.get(idx).copied().unwrap_or(0));
        let all = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            if place <= three.len() {
                let letter = (all >> (18 - 6 * place)) & 63;
                text.push(char::from(LETTERS[letter as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn the_hash_is_that_of_the_script() {
        // CSP level 2, section 4.2: the hash of `alert('Hello, world.');`.
        assert!(
            policy("alert('Hello, world.');")
                .ends_with("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='")
        );
    }
}
