// What is said to German readers about conversations, messages and files.
import { several } from "../language.js";

export const list = {
  draft: "Entwurf:",
  conversations: "Unterhaltungen",
  notTalkedTo: "Online, noch nicht geschrieben",
  empty: "Noch keine Unterhaltungen",
  emptyHint: "Such dir jemanden aus und sag Hallo. Wer gerade nicht da ist, bekommt deine Nachricht, sobald er oder sie zurück ist.",
  allPeople: "Alle Leute ansehen",
  broken: "Deine Unterhaltungen konnten nicht geladen werden",
};

export const talk = {
  noneOpen: "Chats",
  chooseTitle: "Wähle eine Unterhaltung",
  chooseText: "Such dir links jemanden aus, oder sieh unter „Leute“ nach.",
  findPeople: "Leute finden",
  hello: (name) => `Sag Hallo zu ${name}`,
  helloOnline: (name) => `Deine erste Nachricht geht direkt an den Knoten von ${name}.`,
  helloAway: (name) => `${name} ist vielleicht gerade nicht da. Dein Knoten bewahrt die Nachricht auf und stellt sie zu, sobald ${name} zurück ist.`,
  broken: "Diese Unterhaltung konnte nicht geladen werden",
  olderBroken: "Ältere Nachrichten konnten nicht geladen werden.",
  newerBroken: "Neuere Nachrichten konnten nicht geladen werden.",
  beginning: (name) => `Hier beginnt deine Unterhaltung mit ${name}.`,
  newMessages: "Neue Nachrichten",
  toNewest: "Zur neuesten Nachricht",
  backToNewest: "Zurück zur neuesten",
  newBelow: (count) => several(count, "neue Nachricht", "neue Nachrichten"),
  placeholder: (name) => `Nachricht an ${name}`,
  markdownOn: "Markdown ist an: **fett**, *kursiv*, `Code`, Listen und Links",
  markdownOff: "Markdown ist aus: Text wird gesendet, wie er dasteht",
  enterSends: "Enter sendet, Umschalt+Enter bricht die Zeile um",
  enterBreaks: "Enter bricht die Zeile um, Umschalt+Enter sendet",
  overLimit: (size, limit) => `Diese Nachricht ist zu lang (${size}). Höchstens ${limit} sind möglich; schick den Rest als zweite Nachricht oder als Datei.`,
  you: "Du",
};

export const message = {
  sent: "Gesendet",
  arrived: "Hier gespeichert",
  file: "Datei",
  kind: "Art",
  pixels: (width, height) => `${width} × ${height} Pixel`,
  checksum: "SHA-256",
  way: "Weg",
  sender: "Von",
  late: "später angekommen",
  lateExplained: "Diese Nachricht kam später an, als sie geschrieben wurde. Sie steht dort, wo sie der Zeit nach hingehört.",
  received: "Empfangen",
  receivedText: (name) => `${name} hat das geschrieben, und dein Knoten hat es gespeichert.`,
  verified: (name) => `Sie kam von dort, wo ${name} laut Anmeldeserver ist.`,
  notVerified: (name) => `Es ist nicht erwiesen, dass ${name} das geschickt hat: Es kam von woanders, als der Anmeldeserver angibt.`,
  unverifiedShort: "Absender nicht erwiesen",
  failedDefault: "Sie konnte nicht zugestellt werden.",
  discard: "Verwerfen",
  unsentUnknown: "Es ist nicht bekannt, ob dein Knoten das bekommen hat.",
  pictureBroken: "Dieses Bild kann nicht angezeigt werden.",
};

export const actions = {
  more: "Mehr zu dieser Nachricht",
  reply: "Antworten",
  copy: "Text kopieren",
  download: "Herunterladen",
  forward: "Weiterleiten",
  details: "Details",
  delete: "Für dich löschen",
  copied: "Kopiert",
  notCopied: "Dein Browser hat das Kopieren nicht zugelassen. Markiere den Text und kopiere ihn von Hand.",
  keys: { Delete: "Entf" },
};

export const preview = {
  show: "Vorschau",
  hide: "Zurück zum Text",
};

export const recording = {
  fileName: "Sprachnachricht",
  refused: "Dein Browser hat dieser Seite das Mikrofon nicht erlaubt. Erlaube es für diese Adresse und versuch es noch einmal.",
};

export const reply = {
  to: (name) => `Antwort an ${name}:`,
  toYourself: "Antwort an dich selbst:",
  file: (name) => `📎 ${name}`,
};

export const forward = {
  send: (count) => count > 1 ? `An ${count} weiterleiten` : "Weiterleiten",
  sent: (names) => `Weitergeleitet an ${names.join(", ")}`,
  nobody: (filter) => filter ? `Niemand passt zu „${filter}“` : "Hier ist noch niemand bekannt, an den du weiterleiten kannst.",
};

export const deleting = {
  theyKeepIt: (name) => `Du siehst sie dann nicht mehr. ${name} behält sie.`,
  senderKeepsIt: (name) => `Du siehst sie dann nicht mehr. ${name} hat sie geschrieben und behält sie.`,
  onItsWay: (name) => `Du siehst sie dann nicht mehr. Sie ist noch unterwegs und kommt bei ${name} an.`,
  nobodyHasIt: "Niemand sonst hat sie; sie ist dann ganz weg.",
  done: "Für dich gelöscht",
};

export const receipts = {
  sending: { word: "wird gesendet", title: "Wird gesendet", text: () => "Unterwegs von dieser Seite zu deinem Knoten." },
  unsent: { word: "nicht gesendet", title: "Nicht gesendet", text: () => "Dein Knoten hat diese Nachricht nicht. Sie liegt in diesem Browser." },
  pending: { word: "wartet", title: "Wartet", text: (name) => `Dein Knoten hat sie gespeichert und versucht weiter, den Knoten von ${name} zu erreichen.` },
  relayed: { word: "für später aufgehoben", title: "Für später aufgehoben", text: (name) => `${name} ist nicht da. Andere Knoten heben sie auf und übergeben sie, sobald ${name} zurück ist.` },
  delivered: { word: "zugestellt", title: "Zugestellt", text: (name) => `Der Knoten von ${name} hat sie gespeichert. Ob sie gelesen wurde, ist nicht bekannt.` },
  read: { word: "gelesen", title: "Gelesen", text: (name) => `${name} hat sie gesehen.` },
  failed: { word: "nicht zugestellt", title: "Nicht zugestellt", text: () => "Dein Knoten versucht es nicht mehr." },
};

export const travel = {
  "in clear": { chip: "Nicht verschlüsselt", way: "Von Knoten zu Knoten, nicht verschlüsselt", note: (name) => `Nachrichten gehen direkt zwischen deinem Knoten und dem von ${name} hin und her. Unterwegs sind sie nicht verschlüsselt: Wer das Netz dazwischen beobachtet, kann sie lesen.` },
  "weak, 2017 standard": { chip: "Schwach verschlüsselt", way: "Von Knoten zu Knoten, schwach verschlüsselt", note: (name) => `Nachrichten gehen direkt zwischen deinem Knoten und dem von ${name} hin und her, mit der schwachen Verschlüsselung von 2017. Sie hält neugierige Blicke ab, aber niemanden, der es ernst meint.` },
  local: { chip: "Gleicher Knoten", way: "Innerhalb deines Knotens", note: (name) => `Du und ${name} benutzt denselben Knoten; eure Nachrichten verlassen ihn nicht.` },
  unknown: (name) => `Zwischen dir und ${name} ist noch keine Nachricht gereist; über den Weg ist also nichts bekannt.`,
  whoRunsIt: "Dein Knoten speichert sie lesbar: Wer ihn betreibt, kann sie auch lesen.",
};

export const details = {
  location: "Ort",
  about: "Über sich",
  verified: "Dem Anmeldeserver bekannt",
  notVerified: "Vom Anmeldeserver nicht bestätigt",
  blocked: "Blockiert",
  muted: "Stummgeschaltet",
  profile: "Ganzes Profil",
  pictures: "Neueste Bilder",
  noProfile: (name) => `${name} hat noch nichts über sich geschrieben.`,
};

export const files = {
  attach: (limit) => `Dateien anhängen, je bis ${limit}`,
  dropHere: (name) => `Loslassen, um sie ${name} zu schicken`,
  dropLimit: (limit) => `Je bis ${limit}`,
  tooLarge: (name, size, limit) => `${name} hat ${size}. Dateien dürfen bis ${limit} groß sein.`,
  folder: (name) => `${name} kann nicht gelesen werden. Ordner lassen sich nicht senden; pack die Dateien in ein ZIP-Archiv.`,
  waiting: "Wartet, bis sie dran ist",
  progress: (done, all, speed) => speed ? `${done} von ${all} · ${speed}/s` : `${done} von ${all}`,
  storing: "Dein Knoten speichert sie …",
  cancel: (name) => `Senden von ${name} abbrechen`,
  interrupted: "Die Verbindung ist abgebrochen, bevor dein Knoten alles hatte.",
  download: "Herunterladen",
  downloadNamed: (name) => `${name} herunterladen`,
  preview: "Vorschau",
  closePreview: "Vorschau schließen",
  noPdfViewer: "Dieser Browser kann PDF-Dateien hier nicht anzeigen. Lade sie herunter, um sie zu lesen.",
  openPicture: (name) => `Bild ${name} öffnen`,
  kinds: { image: "Bild", audio: "Ton", video: "Video", pdf: "PDF-Dokument", archive: "Archiv", text: "Text", other: "Datei" },
  ofType: (extension) => `${extension}-Datei`,
};
