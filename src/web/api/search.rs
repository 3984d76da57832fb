//! `/api/search`: messages, file names and people by what is in them.

use std::sync::Arc;

use actix_web::web;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApiResult, Failure, Json, SignedIn, State};
use crate::actors::event::{MessageView, ProfileView};
use crate::db::queries::messages::StoredMessage;
use crate::db::queries::people::Person;
use crate::db::queries::search::{self, Bounds};
use crate::domain::markup;
use crate::domain::message::Content;
use crate::domain::search::excerpt::{Part, excerpt, mark};
use crate::domain::search::word::Word;
use crate::domain::search::{MAX_QUERY_CHARS, Query};
use crate::domain::username::Username;

/// What to look for, and where.
#[derive(Deserialize)]
pub(super) struct SearchQuery {
    q: String,
    #[serde(rename = "in")]
    within: Option<String>,
    limit: Option<usize>,
    before: Option<i64>,
    utc_offset_min: Option<i32>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchView {
    /// People, by name; only on the first page, and only when there is no filter, which speaks of messages.
    people: Vec<PersonHit>,
    /// Messages, the last to arrive first.
    messages: Vec<MessageHit>,
    /// How far was looked among the messages.
    searched: Searched,
    /// Whether nothing was left out down to `before`. If not, there may be more than is said here: the node is still indexing new
    /// messages, or it has looked at as many as it may for one answer.
    complete: bool,
    /// To go on to older messages; `null` when there are none.
    before: Option<String>,
    /// Filters that could not be read, and were not applied.
    not_understood: Vec<String>,
}

/// How far was looked among the messages.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Searched {
    /// All of them, down to `before`.
    All,
    /// The newest ones, down to `before`: words of one or two characters are not in the index.
    Newest,
    /// None: nothing was asked for, or messages were not.
    Nothing,
}

/// Somebody who was found.
#[derive(Serialize, ToSchema)]
struct PersonHit {
    username: String,
    #[serde(flatten)]
    profile: ProfileView,
    /// The full name, or the user name when there is none, in parts.
    name: Vec<Part>,
    /// Position and location, in parts.
    about: Vec<Part>,
}

/// A message that was found.
#[derive(Serialize, ToSchema)]
struct MessageHit {
    message: MessageView,
    /// Whose conversation it is in.
    with: String,
    /// Why it was found: a piece of its text, or the name of its file.
    excerpt: Vec<Part>,
}

/// Messages in an answer that asks for no number.
const DEFAULT_HITS: usize = 20;

/// Most messages in an answer.
const MAX_HITS: usize = 50;

/// Most people in an answer: whoever looks for more looks at the page of people.
const MAX_PEOPLE: usize = 8;

/// Finds messages, file names and people. Words are found anywhere and in any case; all must fit. `"two words"`, `from:NAME`, `with:NAME`,
/// `before:YYYY-MM-DD`, `after:YYYY-MM-DD` and `has:file` narrow it down.
#[utoipa::path(get, path = "/api/search",
    params(("q" = String, Query, description = "At most 200 characters"),
        ("in" = Option<String>, Query, description = "`messages`, `people`, or both with a comma between, as when it is left out"),
        ("limit" = Option<usize>, Query, description = "Most messages, 1 to 50"),
        ("before" = Option<String>, Query, description = "The cursor of the last answer"),
        ("utc_offset_min" = Option<i32>, Query, description = "Minutes from UTC to the asker's clock, for the days of `before:` and `after:`")),
    responses((status = 200, body = SearchView), (status = 400, description = "Not a search"), (status = 422, description = "Too long")))]
pub(super) async fn find(user: SignedIn, query: Result<web::Query<SearchQuery>, actix_web::Error>, state: State) -> ApiResult<SearchView> {
    let asked = query.map_err(|error| Failure::BadRequest(error.to_string()))?.into_inner();
    if asked.q.chars().count() > MAX_QUERY_CHARS {
        return Err(Failure::Unprocessable(format!("a search may have at most {MAX_QUERY_CHARS} characters")).into());
    }
    let query = Query::parse(&asked.q, &user.username, offset(asked.utc_offset_min));
    let bounds = Bounds { hits: asked.limit.unwrap_or(DEFAULT_HITS).clamp(1, MAX_HITS), look_at: state.settings.search.look_at };
    let (in_messages, in_people) = places(asked.within.as_deref())?;
    // A few at a time: the page of a conversation is not to wait for somebody's search. Whoever types on gives up their place.
    let place = Arc::clone(&state.searches).acquire_owned().await.map_err(Failure::internal)?;
    let answer = state.reader.read(move |connection| {
        let _place = place;
        let mut view = SearchView::new(query.not_understood.clone());
        if in_people && !query.has_filter() && asked.before.is_none() {
            let people = search::people(connection, &user.username, &query.words, MAX_PEOPLE)?;
            view.people = people.iter().map(|person| PersonHit::of(person, &query.words)).collect();
        }
        if in_messages && !query.is_empty() {
            let found = search::messages(connection, &user.username, &query, asked.before, bounds)?;
            let went_all_the_way = found.before.is_none() || found.messages.len() == bounds.hits;
            view.searched = if went_all_the_way { Searched::All } else { Searched::Newest };
            view.complete = found.complete;
            view.before = found.before.map(|seq| seq.to_string());
            view.messages = found.messages.iter().map(|message| MessageHit::of(message, &user.username, &query.words)).collect();
        }
        Ok(view)
    });
    Ok(Json(answer.await?))
}

/// The asker's clock, as far as there are clocks like that.
fn offset(minutes: Option<i32>) -> Offset {
    minutes.and_then(|minutes| Offset::from_seconds(minutes.checked_mul(60)?).ok()).unwrap_or(Offset::UTC)
}

/// Whether to look among messages, and among people.
fn places(within: Option<&str>) -> Result<(bool, bool), Failure> {
    let Some(within) = within else { return Ok((true, true)) };
    within.split(',').try_fold((false, false), |(messages, people), place| match place.trim() {
        "messages" => Ok((true, people)),
        "people" => Ok((messages, true)),
        other => Err(Failure::BadRequest(format!("'in' takes messages and people, not {other:?}"))),
    })
}

impl SearchView {
    fn new(not_understood: Vec<String>) -> Self {
        Self { people: Vec::new(), messages: Vec::new(), searched: Searched::Nothing, complete: true, before: None, not_understood }
    }
}

impl PersonHit {
    fn of(person: &Person, words: &[Word]) -> Self {
        let view = ProfileView::of(person);
        let profile = &view.profile;
        let name = if profile.fullname.trim().is_empty() { person.username.as_str() } else { &profile.fullname };
        let about: Vec<_> = [profile.position.as_str(), &profile.location].into_iter().filter(|text| !text.is_empty()).collect();
        Self { username: person.username.to_string(), name: mark(name, words), about: mark(&about.join(" · "), words), profile: view }
    }
}

impl MessageHit {
    fn of(message: &StoredMessage, reader: &Username, words: &[Word]) -> Self {
        let with = if message.sender == *reader { &message.destination } else { &message.sender };
        let excerpt = match &message.content {
            Content::File(file) => mark(file.name.as_str(), words),
            Content::Text { text, markup } => {
                let shown = excerpt(&markup::to_words(text, *markup), words);
                // What was found may be in the marks of Markdown alone, such as the address of a link.
                let says_why = words.is_empty() || shown.iter().any(|part| part.hit);
                if says_why { shown } else { excerpt(text, words) }
            }
        };
        Self { message: MessageView::of(message, reader), with: with.to_string(), excerpt }
    }
}
