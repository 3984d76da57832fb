//! What peers tell about their users: statuses, profiles, pictures. Asked a few at a time, each when it has grown old.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};

use super::{Calls, Peer, Presence, PresenceLinks};
use crate::actors::database::Write;
use crate::actors::event::{Event, ProfileView};
use crate::db::queries::{files, people};
use crate::db::{DbError, FileStore};
use crate::domain::clock;
use crate::domain::picture;
use crate::domain::presence::Status;
use crate::domain::username::Username;

/// What there is to ask of one peer.
struct Question {
    about: Username,
    asker: Username,
    address: SocketAddr,
    with_profile: bool,
}

/// What has changed with somebody.
struct Change {
    answered: bool,
    status: bool,
    profile: Option<ProfileView>,
}

impl Presence {
    /// Asks the nodes of those who are online for what has grown old: first those whom somebody here talks with, then whoever was asked longest ago.
    /// Nobody asks while nobody is logged in here.
    pub(super) fn refresh(&mut self, context: &mut Context<Self>) {
        let (Some(calls), Some(asker)) = (self.calls.clone(), self.users.keys().min().cloned()) else { return };
        let old = |at: Option<Instant>, seconds| at.is_none_or(|at| at.elapsed() >= Duration::from_secs(seconds));
        let own = (self.links.own_address.ip(), self.links.own_address.port());
        let mut due: Vec<(&Username, &mut Peer)> = self
            .peers
            .iter_mut()
            .filter(|(_, peer)| peer.listed && peer.address != own && old(peer.status_asked, self.settings.status_every_s))
            .collect();
        due.sort_by_key(|(username, peer)| (!self.familiar.contains(*username), peer.status_asked));
        let mut questions = Vec::new();
        for (username, peer) in due {
            if self.questions.check().is_err() {
                break;
            }
            let with_profile = old(peer.profile_asked, self.settings.profile_every_s);
            peer.status_asked = Some(Instant::now());
            if with_profile {
                peer.profile_asked = Some(Instant::now());
            }
            let (about, asker, address) = (username.clone(), asker.clone(), SocketAddr::from(peer.address));
            questions.push(Question { about, asker, address, with_profile });
        }
        for question in questions {
            let (calls, links, about) = (calls.clone(), self.links.clone(), question.about.clone());
            let address = question.address;
            let answer = async move {
                // Only closing the semaphore fails, which nobody does.
                let _slot = calls.slots.acquire().await;
                ask(&calls, &links, question).await
            };
            context.spawn(answer.into_actor(self).map(move |change, presence, context| match change {
                Ok(change) => {
                    if let Some(peer) =
                        presence.peers.get_mut(&about).filter(|peer| change.answered && SocketAddr::from(peer.address) == address)
                    {
                        peer.saw(clock::now());
                    }
                    if change.status {
                        presence.announce(vec![about.clone()], context);
                    }
                    if let Some(profile) = change.profile {
                        presence.broadcast(Event::Profile { username: about.to_string(), profile });
                    }
                }
                Err(error) => tracing::warn!(user = %about, %error, "could not keep what the node of {about} told"),
            }));
        }
    }
}

/// Asks, and keeps what is new.
async fn ask(calls: &Calls, links: &PresenceLinks, question: Question) -> Result<Change, DbError> {
    let Question { about, asker, address, with_profile } = question;
    let name = about.clone();
    let known = links.reader.read(move |connection| people::find(connection, &name)).await?;
    let status = calls.peers.status(address, &about).await.ok();
    let status_changed = status.is_some() && status != known.as_ref().and_then(|person| person.status);
    if let (Some(status), true) = (status, status_changed) {
        keep_status(links, &about, status).await?;
    }
    let profile = if with_profile { refresh_profile(calls, links, &about, &asker, address, known).await? } else { None };
    Ok(Change { answered: status.is_some(), status: status_changed, profile })
}

async fn keep_status(links: &PresenceLinks, about: &Username, status: Status) -> Result<(), DbError> {
    let name = about.clone();
    let write = Write::new(move |connection| people::set_status(connection, &name, status, clock::now()));
    links.database.ask(write).await.map_err(|_| DbError::NotRunning)?
}

async fn refresh_profile(
    calls: &Calls,
    links: &PresenceLinks,
    about: &Username,
    asker: &Username,
    address: SocketAddr,
    known: Option<people::Person>,
) -> Result<Option<ProfileView>, DbError> {
    // A node that does not answer, or answers rubbish, changes nothing.
    let Ok(told) = calls.peers.profile(address, about, asker).await else { return Ok(None) };
    let profile = told.profile.tidied();
    let same_picture = known
        .as_ref()
        .is_some_and(|person| person.picture_url == told.picture && (told.picture.is_none() || person.picture_sha256.is_some()));
    if same_picture && known.is_some_and(|person| person.profile == profile) {
        return Ok(None);
    }
    let picture = match &told.picture {
        Some(url) if !same_picture => calls.peers.picture(address, url).await.ok(),
        _ => None,
    };
    let file = match picture {
        Some(bytes) => store_picture(&links.files, bytes).await?,
        None => None,
    };
    let name = about.clone();
    let write = Write::new(move |connection| {
        people::set_profile(connection, &name, &profile, clock::now())?;
        if let Some(file) = &file {
            files::add(connection, file, clock::now())?;
        }
        if !same_picture {
            people::set_picture(connection, &name, told.picture.as_deref(), file.as_ref().map(|file| file.sha256.as_str()))?;
        }
        people::find(connection, &name)
    });
    let person = links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
    Ok(person.as_ref().map(ProfileView::of))
}

/// Draws the picture anew, so that nothing but pixels is kept; `None` when it is no picture.
async fn store_picture(files: &FileStore, bytes: Vec<u8>) -> Result<Option<crate::db::files::StoredFile>, DbError> {
    let files = files.clone();
    let stored = actix_web::web::block(move || picture::as_avatar(&bytes).ok().map(|avatar| files.put(&avatar)).transpose());
    stored.await.map_err(|_| DbError::Panicked)?
}
