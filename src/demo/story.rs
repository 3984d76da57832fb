//! Who is in the demo, and what they say: three people of a field station, on the day before a dive.

use crate::domain::event::Attendance;
use crate::domain::profile::Profile;
use crate::domain::username::{InvalidUsername, Username};

/// One of the three.
pub(super) struct Character {
    pub(super) name: &'static str,
    pub(super) password: &'static str,
    pub(super) picture: &'static [u8],
    fullname: &'static str,
    position: &'static str,
    location: &'static str,
    description: &'static str,
}

impl Character {
    pub(super) fn username(&self) -> Result<Username, InvalidUsername> {
        Username::parse(self.name)
    }

    pub(super) fn profile(&self) -> Profile {
        Profile {
            fullname: self.fullname.to_owned(),
            position: self.position.to_owned(),
            location: self.location.to_owned(),
            description: self.description.to_owned(),
        }
    }
}

pub(super) const CAST: [Character; 3] = [
    Character {
        name: "ana",
        password: "turnstone",
        picture: include_bytes!("../../demo/ana.jpg"),
        fullname: "Ana Ribeiro",
        position: "Field lead",
        location: "Station, upper floor",
        description: "Plans the transects and knows where the tide tables are. Ask me about chitons.",
    },
    Character {
        name: "ben",
        password: "kittiwake",
        picture: include_bytes!("../../demo/ben.jpg"),
        fullname: "Ben Okafor",
        position: "Boat and instruments",
        location: "Boathouse",
        description: "If it floats or has a battery in it, it is mine to worry about.",
    },
    Character {
        name: "chloe",
        password: "guillemot",
        picture: include_bytes!("../../demo/chloe.jpg"),
        fullname: "Chloé Martin",
        position: "Data and photographs",
        location: "Darkroom",
        description: "Every picture has a time, a place and a scale bar. Even the sunsets.",
    },
];

/// Something that somebody says to somebody.
pub(super) struct Line {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) says: Says,
}

/// What is said.
pub(super) enum Says {
    Text(&'static str),
    Markdown(&'static str),
    File(&'static str, &'static [u8]),
}

const fn line(from: &'static str, to: &'static str, says: Says) -> Line {
    Line { from, to, says }
}

pub(super) const SCRIPT: [Line; 17] = [
    line("chloe", "ben", Says::Text("The blue housing leaks again. Can I take the spare on Saturday?")),
    line("ben", "chloe", Says::Text("It is yours. New o-rings are in the drawer under the compressor.")),
    line("chloe", "ben", Says::Text("You are a treasure, merci 🙏")),
    line("ben", "chloe", Says::File("drift-buoy.webm", include_bytes!("../../demo/drift-buoy.webm"))),
    line("ben", "chloe", Says::Text("The buoy, this afternoon. It leans less since I moved the battery down.")),
    line("chloe", "ana", Says::Text("I was up before everybody. Look at this.")),
    line("chloe", "ana", Says::File("reef-at-dawn.jpg", include_bytes!("../../demo/reef-at-dawn.jpg"))),
    line("ana", "chloe", Says::Text("That one goes on the cover of the report!")),
    line("ana", "ben", Says::Text("Morning! Low water on Saturday is at 12:02, and it is a good one.")),
    line(
        "ana",
        "ben",
        Says::Markdown(
            "We can **walk the whole reef**. Could you pack:\n\n- two headlamps\n- the `GPS-12` and spare cells\n- the drop camera, ~~the red one~~ the blue one\n",
        ),
    ),
    line("ana", "ben", Says::File("transect-plan.pdf", include_bytes!("../../demo/transect-plan.pdf"))),
    line("ben", "ana", Says::Text("Got the plan. Six stations before the tide turns, that is brisk.")),
    line("ben", "ana", Says::Text("I put a bell on the shallow marker, so that we hear where we are in fog:")),
    line("ben", "ana", Says::File("tide-bell.wav", include_bytes!("../../demo/tide-bell.wav"))),
    line("ana", "ben", Says::Text("Lovely, it sounds like a church for gulls. And the buoy?")),
    line("ben", "ana", Says::File("drift-buoy.webm", include_bytes!("../../demo/drift-buoy.webm"))),
    line(
        "ben",
        "ana",
        Says::Markdown(
            "> And the buoy?\n\nSteady. The log says:\n\n```\nbattery 12.6 V   tilt 3.1°   fix 3D\n```\n\nSee you at the jetty at **06:40**.",
        ),
    ),
];

/// What the first of the cast plans with the others.
pub(super) const PLAN: Plan = Plan {
    name: "Reef walk at low water",
    description: "Meet at the slipway. Bring a lamp, and boots that may get wet.",
    location: "North jetty",
    in_days: 2,
    answers: [Some(Attendance::Going), None],
};

/// An event to which everybody else is invited.
pub(super) struct Plan {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) location: &'static str,
    pub(super) in_days: u32,
    /// What the others have answered already, in the order of the cast.
    pub(super) answers: [Option<Attendance>; CAST.len() - 1],
}
