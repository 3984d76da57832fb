//! Tera, with the templates and their texts compiled in. A debug build reads them from disk at each use, so that a change shows with a reload.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Tera};

use super::language::{Language, Texts, read_texts};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Files;

/// The parsed templates and their texts. Clones share them.
#[derive(Clone)]
pub struct Templates(Arc<Parsed>);

struct Parsed {
    tera: Tera,
    texts: BTreeMap<Language, Texts>,
}

impl Templates {
    /// Parses all of them.
    ///
    /// # Errors
    /// What is wrong with one.
    pub fn load() -> tera::TeraResult<Self> {
        let templates: Vec<(String, String)> =
            Files::iter().filter(|name| name.ends_with(".html")).map(|name| (name.to_string(), content(&name))).collect();
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html"]);
        tera.add_raw_templates(templates.iter().map(|(name, text)| (name.as_str(), text.as_str())))?;
        let read = |language: Language| {
            let name = format!("texts/{}.toml", language.tag());
            let texts = read_texts(&content(&name)).map_err(|error| tera::Error::message(format!("{name}: {error}")))?;
            Ok((language, texts))
        };
        let texts = Language::ALL.into_iter().map(read).collect::<tera::TeraResult<_>>()?;
        Ok(Self(Arc::new(Parsed { tera, texts })))
    }

    /// Renders a page in a language.
    ///
    /// # Errors
    /// What Tera says: a value that is missing, or an unknown template.
    pub fn render(&self, name: &str, language: Language, page: &impl Serialize) -> tera::TeraResult<String> {
        let parsed = if cfg!(debug_assertions) { Self::load()? } else { self.clone() };
        let mut context = Context::from_serialize(page)?;
        context.insert("language", language.tag());
        context.insert("t", &parsed.0.texts.get(&language));
        parsed.0.tera.render(name, &context)
    }
}

fn content(name: &str) -> String {
    Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(texts: &Texts) -> Vec<(&String, &String)> {
        texts.iter().flat_map(|(place, sentences)| sentences.keys().map(move |name| (place, name))).collect()
    }

    #[test]
    fn every_language_has_every_text() {
        let templates = Templates::load().unwrap();
        let english = &templates.0.texts[&Language::English];
        for (language, texts) in &templates.0.texts {
            assert_eq!(keys(texts), keys(english), "{language:?}");
            for (place, name) in keys(texts) {
                assert!(!texts[place][name].trim().is_empty(), "{language:?} says nothing for {place}.{name}");
            }
        }
    }

    /// What a reader would see or hear of a template, once what Tera puts in is taken out: nothing, but for the name of the program.
    #[test]
    fn no_template_has_a_word_of_its_own() {
        for name in Files::iter().filter(|name| name.ends_with(".html")) {
            let source = without(&without(&without(&content(&name), "{#", "#}"), "{%", "%}"), "{{", "}}");
            for attribute in ["aria-label", "title", "placeholder", "alt"] {
                for value in source.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(!has_word(value), "{name}: {attribute} is {value:?}");
                }
            }
            let text = without(&source, "<", ">");
            let text = text.replace("kith", "");
            assert!(!has_word(&text), "{name}: {}", text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    fn has_word(text: &str) -> bool {
        text.chars().any(char::is_alphabetic)
    }

    fn without(text: &str, opening: &str, closing: &str) -> String {
        let mut parts = text.split(opening);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |kept, part| kept + part.split_once(closing).map_or("", |(_, rest)| rest))
    }
}
