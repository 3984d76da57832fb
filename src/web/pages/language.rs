//! In which language a page is: the one of ours that the browser would rather have.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptLanguage, Header as _, LanguageTag, Preference, Quality};
use figment::Figment;
use figment::providers::{Format as _, Toml};

/// A language that every page speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// For whoever wants neither.
    #[default]
    English,
    /// With 'du'.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The tag on the page, and the name of the files with its texts.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The first of the browser's languages that is one of ours.
    #[must_use]
    pub fn wanted(request: &HttpRequest) -> Self {
        let Ok(mut accepted) = AcceptLanguage::parse(request) else { return Self::default() };
        accepted.0.retain(|language| language.quality > Quality::ZERO);
        accepted.ranked().into_iter().find_map(Self::of).unwrap_or_default()
    }

    fn of(wanted: Preference<LanguageTag>) -> Option<Self> {
        match wanted {
            Preference::Any => Some(Self::default()),
            Preference::Specific(tag) => Self::ALL.into_iter().find(|language| tag.primary_language() == language.tag()),
        }
    }
}

/// The sentences of the templates in one language, by place and name.
pub type Texts = BTreeMap<String, BTreeMap<String, String>>;

/// Reads a file of sentences.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read_texts(toml: &str) -> Result<Texts, Box<figment::Error>> {
    Figment::from(Toml::string(toml)).extract().map_err(Box::new)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_page_is_in_the_first_language_of_the_browser_that_is_ours() {
        let wanted = |header: &str| Language::wanted(&TestRequest::default().insert_header(("Accept-Language", header)).to_http_request());
        for (header, language) in [
            ("de", Language::German),
            ("de-CH,de;q=0.9,en;q=0.8", Language::German),
            ("fr-CH, fr;q=0.9, de;q=0.7, en;q=0.3", Language::German),
            ("en-GB,en;q=0.9,de;q=0.8", Language::English),
            ("en;q=0.4, de;q=0.8", Language::German),
            ("*, de;q=0.5", Language::English),
            ("de;q=0", Language::English),
            ("del", Language::English),
            ("sm", Language::English),
            ("", Language::English),
            (";;q=x", Language::English),
        ] {
            assert_eq!(wanted(header), language, "{header}");
        }
        assert_eq!(Language::wanted(&TestRequest::default().to_http_request()), Language::English);
    }
}
