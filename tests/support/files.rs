//! Files to send.

use sha2::{Digest, Sha256};

/// A page with a script.
pub(crate) const HTML: &[u8] = b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>";

/// A picture of this size, as PNG.
pub(crate) fn picture(width: u32, height: u32) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x.to_be_bytes()[3], y.to_be_bytes()[3], 99]));
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A small PNG.
pub(crate) fn png() -> Vec<u8> {
    picture(40, 30)
}

/// A second of silence: 8,000 samples of one byte.
pub(crate) fn wav() -> Vec<u8> {
    let samples = vec![0x80_u8; 8000];
    let mut wav = b"RIFF".to_vec();
    wav.extend(8036_u32.to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(8000_u32.to_le_bytes());
    wav.extend(8000_u32.to_le_bytes());
    wav.extend(b"\x01\0\x08\0data");
    wav.extend(8000_u32.to_le_bytes());
    wav.extend(samples);
    wav
}

/// Lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
