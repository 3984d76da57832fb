// What is said to German readers on their own profile and settings, and of the keys.
import { several } from "../language.js";

export const profile = {
  saved: "Gespeichert",
  unsaved: "Änderungen noch nicht gespeichert",
  pictureSaved: "Dein neues Bild ist da.",
  pictureRemoved: "Dein Bild ist entfernt.",
  pictureType: "Bitte wähle ein Bild im Format PNG, JPEG, GIF oder WebP.",
  pictureBroken: "Diese Datei lässt sich nicht als Bild lesen.",
  previewHint: "Zieh das Bild und zoome, bis es passt.",
  cropLabel: "Der Teil deines Bildes, der zu sehen ist. Die Pfeiltasten verschieben ihn, Plus und Minus zoomen.",
  zoom: "Zoom",
  broken: "Dein Profil konnte nicht geladen werden",
};

export const settings = {
  saved: "Gespeichert",
  idleAfter: (minutes) => minutes === 0 ? "nie" : minutes === 60 ? "nach einer Stunde" : `nach ${several(minutes, "Minute", "Minuten")}`,
  permission: {
    granted: "Dieser Browser meldet dir Neues auch, wenn die Seite im Hintergrund ist.",
    default: "Dein Browser kann dir Neues auch melden, wenn die Seite im Hintergrund ist, falls du es erlaubst.",
    denied: "Dieser Browser lässt die Seite im Hintergrund nichts melden. In seinen Einstellungen für diese Adresse kannst du das ändern.",
    missing: "Im Hintergrund melden Browser nur etwas, wenn die Seite auf deinem eigenen Rechner läuft oder über HTTPS kommt.",
  },
  nobodyQuiet: "Niemand. Stummschalten und blockieren kannst du Leute in ihrem Profil.",
  browserOn: (name, system) => `${name} unter ${system}`,
  otherProgram: "Ein anderes Programm",
  thisBrowser: "dieser Browser",
  openNow: "gerade offen",
  lastUsed: (age) => `zuletzt benutzt ${age}`,
  since: (time) => `Angemeldet seit ${time}`,
  signOutHere: "Hier abmelden",
  signOutThere: "Dort abmelden",
  signOutNamed: (name) => `Dort abmelden: ${name}`,
  sessionsBroken: "Deine Browser konnten nicht geladen werden",
};

export const keys = {
  title: "Tasten",
  groups: [
    { title: "Überall", rows: [
      { keys: ["?", "Strg+/"], does: "Diese Liste zeigen oder schließen" },
      { keys: ["Strg+K"], does: "Leute, Nachrichten und Dateien finden" },
      { keys: ["Alt+↓", "Alt+↑"], does: "Nächste oder vorige Unterhaltung" },
      { keys: ["Alt+Umschalt+↓", "Alt+Umschalt+↑"], does: "Nächste oder vorige mit Ungelesenem" },
      { keys: ["Esc"], does: "Schließen, was über der Seite liegt" },
    ] },
    { title: "Beim Schreiben", rows: [
      { keys: ["Enter"], does: "Senden oder die Zeile umbrechen, je nach Einstellung" },
      { keys: ["Umschalt+Enter"], does: "Das andere von beiden" },
      { keys: ["Strg+B"], does: "Fett" },
      { keys: ["Strg+I"], does: "Kursiv" },
      { keys: ["Strg+K"], does: "Aus den markierten Wörtern einen Link machen" },
      { keys: ["↑"], does: "Noch nichts geschrieben: zur letzten Nachricht" },
    ] },
    { title: "Auf einer Nachricht", rows: [
      { keys: ["↑", "↓"], does: "Die davor oder danach" },
      { keys: ["Enter"], does: "Was du mit ihr tun kannst" },
      { keys: ["R"], does: "Antworten" },
      { keys: ["F"], does: "Weiterleiten" },
      { keys: ["C"], does: "Text kopieren" },
      { keys: ["I"], does: "Alles, was über sie bekannt ist" },
      { keys: ["Entf"], does: "Für dich löschen" },
    ] },
    { title: "In einem Bild", rows: [
      { keys: ["←", "→"], does: "Voriges oder nächstes Bild" },
      { keys: ["+", "-"], does: "Näher oder weiter weg" },
    ] },
  ],
};
