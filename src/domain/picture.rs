//! Pictures of people: whatever is sent, what is kept is a small square drawn anew.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, Limits};

/// Width and height of a kept picture, in pixels: sharp at the largest size at which pages show one.
pub const AVATAR_PIXELS: u32 = 256;

/// Largest width or height that is decoded, in pixels.
const MAX_SIDE: u32 = 12_000;

/// Most memory that decoding may take, in bytes.
const MAX_DECODED_BYTES: u64 = 256 << 20;

/// JPEG quality of what is kept.
const QUALITY: u8 = 85;

/// Bytes that are no picture that can be shown.
#[derive(Debug, thiserror::Error)]
#[error("that is no PNG, JPEG, GIF or WebP picture, or it is too large to open")]
pub struct NotAPicture(#[source] image::ImageError);

/// Decodes a picture, cuts its middle square out, and draws it anew as JPEG. Slow: not for an arbiter.
///
/// # Errors
/// [`NotAPicture`] for other bytes, and for pictures that would take too much memory.
pub fn as_avatar(bytes: &[u8]) -> Result<Vec<u8>, NotAPicture> {
    let square = decode(bytes).map_err(NotAPicture)?.resize_to_fill(AVATAR_PIXELS, AVATAR_PIXELS, FilterType::Triangle);
    let mut jpeg = Vec::new();
    // JPEG knows no transparency.
    square.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY)).map_err(NotAPicture)?;
    Ok(jpeg)
}

fn decode(bytes: &[u8]) -> image::ImageResult<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    reader.decode()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_a_small_square() {
        let mut png = Vec::new();
        DynamicImage::new_rgba8(640, 100).write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        let avatar = image::load_from_memory(&as_avatar(&png).unwrap()).unwrap();
        assert_eq!((avatar.width(), avatar.height()), (AVATAR_PIXELS, AVATAR_PIXELS));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [&b""[..], b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
            as_avatar(bytes).unwrap_err();
        }
    }
}
