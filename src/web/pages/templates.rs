//! Tera, with the templates compiled in. A debug build reads them from disk at each use, so that a change shows with a reload.

use std::sync::Arc;

use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Tera};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Files;

/// The parsed templates. Clones share them.
#[derive(Clone)]
pub struct Templates(Arc<Tera>);

impl Templates {
    /// Parses all of them.
    ///
    /// # Errors
    /// What Tera says of a wrong one.
    pub fn load() -> tera::TeraResult<Self> {
        let sources: Vec<(String, String)> = Files::iter()
            .filter_map(|name| Files::get(&name).map(|file| (name.into_owned(), String::from_utf8_lossy(&file.data).into_owned())))
            .collect();
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html"]);
        tera.add_raw_templates(sources.iter().map(|(name, text)| (name.as_str(), text.as_str())))?;
        Ok(Self(Arc::new(tera)))
    }

    /// Renders a page.
    ///
    /// # Errors
    /// What Tera says: a value that is missing, or an unknown template.
    pub fn render(&self, name: &str, page: &impl Serialize) -> tera::TeraResult<String> {
        let context = Context::from_serialize(page)?;
        if cfg!(debug_assertions) { Self::load()?.0.render(name, &context) } else { self.0.render(name, &context) }
    }
}
