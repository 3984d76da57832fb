//! Text to HTML.

use divan::black_box;
use kith::domain::markup::to_html;
use kith::domain::message::Markup;

const SHORT: &str = "The tide turns at **noon**, bring the `long line` & two lamps.";

const LONG: &str = include_str!("../../README.md");

#[divan::bench]
fn short_plain() -> String {
    to_html(black_box(SHORT), Markup::Plain)
}

#[divan::bench]
fn short_markdown() -> String {
    to_html(black_box(SHORT), Markup::Markdown)
}

#[divan::bench]
fn long_markdown() -> String {
    to_html(black_box(LONG), Markup::Markdown)
}
