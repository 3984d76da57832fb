// What is said to English readers on their own profile and settings, and of the keys.
import { several } from "../language.js";

export const profile = {
  saved: "Saved",
  unsaved: "Changes not saved yet",
  pictureSaved: "Your new picture is in place.",
  pictureRemoved: "Your picture is removed.",
  pictureType: "Please choose a PNG, JPEG, GIF or WebP picture.",
  pictureBroken: "This file cannot be read as a picture.",
  previewHint: "Drag the picture and zoom until it looks right.",
  cropLabel: "The part of your picture that shows. The arrow keys move it, plus and minus zoom.",
  zoom: "Zoom",
  broken: "Your profile could not be loaded",
};

export const settings = {
  saved: "Saved",
  idleAfter: (minutes) => minutes === 0 ? "never" : minutes === 60 ? "after an hour" : `after ${several(minutes, "minute", "minutes")}`,
  permission: {
    granted: "This browser also tells you while the page is in the background.",
    default: "Your browser can tell you while the page is in the background, if you allow it.",
    denied: "This browser does not let the page tell you in the background. You can change that in its settings for this address.",
    missing: "Browsers tell you in the background only on a page of your own machine, or one that comes through HTTPS.",
  },
  nobodyQuiet: "Nobody. You mute or block people on their profile.",
  browserOn: (name, system) => `${name} on ${system}`,
  otherProgram: "Another program",
  thisBrowser: "this browser",
  openNow: "open now",
  lastUsed: (age) => `last used ${age}`,
  since: (time) => `Logged in on ${time}`,
  signOutHere: "Sign out here",
  signOutThere: "Sign out there",
  signOutNamed: (name) => `Sign out there: ${name}`,
  sessionsBroken: "Your browsers could not be loaded",
};

export const keys = {
  title: "Keys",
  groups: [
    { title: "Everywhere", rows: [
      { keys: ["?", "Ctrl+/"], does: "Show or hide this list" },
      { keys: ["Ctrl+K"], does: "Find people, messages and files" },
      { keys: ["Alt+↓", "Alt+↑"], does: "Next or previous conversation" },
      { keys: ["Alt+Shift+↓", "Alt+Shift+↑"], does: "Next or previous with something unread" },
      { keys: ["Esc"], does: "Close what lies over the page" },
    ] },
    { title: "While writing", rows: [
      { keys: ["Enter"], does: "Send, or break the line, as you set it" },
      { keys: ["Shift+Enter"], does: "The other of the two" },
      { keys: ["Ctrl+B"], does: "Bold" },
      { keys: ["Ctrl+I"], does: "Italic" },
      { keys: ["Ctrl+K"], does: "Make a link of the selected words" },
      { keys: ["↑"], does: "Nothing written yet: to the last message" },
    ] },
    { title: "On a message", rows: [
      { keys: ["↑", "↓"], does: "The one before or after" },
      { keys: ["Enter"], does: "All that can be done with it" },
      { keys: ["R"], does: "Reply" },
      { keys: ["F"], does: "Forward" },
      { keys: ["C"], does: "Copy the text" },
      { keys: ["I"], does: "All that is known of it" },
      { keys: ["Del"], does: "Delete for yourself" },
    ] },
    { title: "In a picture", rows: [
      { keys: ["←", "→"], does: "Previous or next picture" },
      { keys: ["+", "-"], does: "Nearer or farther" },
    ] },
  ],
};
