//! Pictures: how large one is, and those of people, of which a small square is kept that is drawn anew, whatever was sent.

use std::io::{BufRead, Cursor, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

/// How large a picture is, in pixels, the way up in which it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureSize {
    /// From left to right; zero when it cannot be measured.
    pub width: u32,
    /// From top to bottom; zero when it cannot be measured.
    pub height: u32,
}

impl PictureSize {
    /// The size of a picture that nobody here can measure.
    pub const UNKNOWN: Self = Self { width: 0, height: 0 };

    /// Reads the head of a picture. What is no PNG, JPEG, GIF or WebP has no known size.
    #[must_use]
    pub fn measure(picture: impl BufRead + Seek) -> Self {
        let head = || {
            let mut decoder = ImageReader::new(picture).with_guessed_format()?.into_decoder()?;
            // A camera that was held upright says so and stores the picture lying down.
            let turned = matches!(
                decoder.orientation(),
                Ok(Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH)
            );
            let (width, height) = decoder.dimensions();
            image::ImageResult::Ok(if turned { (height, width) } else { (width, height) })
        };
        head().map_or(Self::UNKNOWN, |(width, height)| Self { width, height })
    }

    /// Whether it could be measured.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.width > 0 && self.height > 0
    }
}

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
    fn a_picture_is_measured_by_its_head_and_what_is_none_is_not() {
        let mut png = Vec::new();
        DynamicImage::new_rgba8(640, 100).write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        assert_eq!(PictureSize::measure(Cursor::new(&png[..64])), PictureSize { width: 640, height: 100 });
        for bytes in [&b""[..], b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
            assert!(!PictureSize::measure(Cursor::new(bytes)).is_known());
        }
    }

    #[test]
    fn a_photograph_that_was_taken_upright_is_measured_upright() {
        let mut jpeg = Vec::new();
        DynamicImage::new_rgb8(40, 30).write_to(&mut Cursor::new(&mut jpeg), image::ImageFormat::Jpeg).unwrap();
        // The head of a camera: Exif with the one entry 'orientation', turned by a quarter.
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut marked = vec![0xff, 0xd8, 0xff, 0xe1, 0, u8::try_from(exif.len() + 2).unwrap()];
        marked.extend(exif);
        marked.extend(&jpeg[2..]);
        assert_eq!(PictureSize::measure(Cursor::new(&marked)), PictureSize { width: 30, height: 40 });
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [&b""[..], b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
            as_avatar(bytes).unwrap_err();
        }
    }
}
