//! The text of `/listAPI`: what a node offers, and what to choose of a peer's offer.
//!
//! Protocol section 6: "one `/call [arg] [arg(opt)]` per line, then as the **last two lines** `Encryption 0 1 2` and `Hashing 0 1 3`, LF
//! separated, no final newline"; "no other digits in those lines, no CR. When reading: scan for lines beginning with the words, any
//! separators; default 0 and 0."

use super::encryption::Encryption;
use super::hashing::Hashing;

/// A call of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `/listAPI`
    ListApi,
    /// `/ping`
    Ping,
    /// `/receiveMessage`
    ReceiveMessage,
    /// `/acknowledge`
    Acknowledge,
    /// `/getPublicKey`
    GetPublicKey,
    /// `/handshake`
    Handshake,
    /// `/getProfile`
    GetProfile,
    /// `/receiveFile`
    ReceiveFile,
    /// `/retrieveMessages`
    RetrieveMessages,
    /// `/getStatus`
    GetStatus,
    /// `/receiveEvent`
    ReceiveEvent,
    /// `/acknowledgeEvent`
    AcknowledgeEvent,
}

/// Each call with the arguments that the recommended text gives it, in its order.
const TABLE: [(Call, &str, &str); 12] = [
    (Call::ListApi, "listAPI", ""),
    (Call::Ping, "ping", " [sender]"),
    (
        Call::ReceiveMessage,
        "receiveMessage",
        " [sender] [destination] [message] [stamp] [markdown(opt)] [encryption(opt)] [hashing(opt)] [hash(opt)] [decryptionKey(opt)]",
    ),
    (Call::Acknowledge, "acknowledge", " [sender] [stamp] [hashing] [hash]"),
    (Call::GetPublicKey, "getPublicKey", " [sender] [profile_username]"),
    (Call::Handshake, "handshake", " [message] [sender] [destination] [encryption] [decryptionKey(opt)]"),
    (Call::GetProfile, "getProfile", " [profile_username] [sender]"),
    (
        Call::ReceiveFile,
        "receiveFile",
        " [sender] [destination] [file] [filename] [content_type] [stamp] [encryption(opt)] [hashing(opt)] [hash(opt)] \
         [decryptionKey(opt)]",
    ),
    (Call::RetrieveMessages, "retrieveMessages", " [requestor]"),
    (Call::GetStatus, "getStatus", " [profile_username]"),
    (Call::ReceiveEvent, "receiveEvent", " [sender] [destination] [event_name] [start_time] [end_time]"),
    (Call::AcknowledgeEvent, "acknowledgeEvent", " [sender] [event_name] [attendance] [start_time]"),
];

impl Call {
    /// The calls of the recommended text. Events are not in it, though a node may take them, as ours does.
    pub const RECOMMENDED: [Self; 10] = [
        Self::ListApi,
        Self::Ping,
        Self::ReceiveMessage,
        Self::Acknowledge,
        Self::GetPublicKey,
        Self::Handshake,
        Self::GetProfile,
        Self::ReceiveFile,
        Self::RetrieveMessages,
        Self::GetStatus,
    ];

    fn row(self) -> (&'static str, &'static str) {
        TABLE.into_iter().find(|(call, ..)| *call == self).map_or(("", ""), |(_, name, arguments)| (name, arguments))
    }

    /// Its path below the peer's address, without a slash: `receiveMessage`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }
}

/// The standards of the recommended text. 3 is taken though it is not listed: "with 3 listed T cannot send files and J [...] cannot
/// send anything over 128 bytes".
pub const RECOMMENDED_ENCRYPTION: [Encryption; 4] = [Encryption::None, Encryption::Xor, Encryption::Aes, Encryption::Hybrid];

/// The hashing standards of the recommended text. 5 to 8 are taken though they are not listed: they cost the receiver much.
pub const RECOMMENDED_HASHING: [Hashing; 5] =
    [Hashing::None, Hashing::Sha256, Hashing::Sha256Sender, Hashing::Sha512, Hashing::Sha512Sender];

/// The text for a node that offers these calls and standards.
#[must_use]
pub fn text(calls: &[Call], encryption: &[Encryption], hashing: &[Hashing]) -> String {
    let mut lines = vec!["Available APIs:".to_owned()];
    lines.extend(TABLE.iter().filter(|(call, ..)| calls.contains(call)).map(|(_, name, arguments)| format!("/{name}{arguments}")));
    lines.push(standards_line("Encryption", encryption.iter().map(|standard| standard.number())));
    lines.push(standards_line("Hashing", hashing.iter().map(|standard| standard.number())));
    lines.join("\n")
}

/// The text of a node that offers everything, letter for letter as the protocol recommends it.
#[must_use]
pub fn recommended_text() -> String {
    text(&Call::RECOMMENDED, &RECOMMENDED_ENCRYPTION, &RECOMMENDED_HASHING)
}

fn standards_line(word: &str, numbers: impl Iterator<Item = u8>) -> String {
    numbers.fold(word.to_owned(), |line, number| format!("{line} {number}"))
}

/// What a peer's text offers. Clear text without a hash is always in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The encryption standards, weakest first.
    pub encryption: Vec<Encryption>,
    /// The hashing standards, by number.
    pub hashing: Vec<Hashing>,
    /// The calls that the text names.
    pub calls: Vec<Call>,
}

/// What a node offers that did not answer.
impl Default for Offer {
    fn default() -> Self {
        Self::read("")
    }
}

impl Offer {
    /// Reads a peer's text, whatever it is.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
        let encryption = listed(text, "encryption");
        let hashing = listed(text, "hashing");
        Self {
            encryption: Encryption::ALL
                .into_iter()
                .filter(|standard| *standard == Encryption::None || encryption(standard.number()))
                .collect(),
            hashing: Hashing::ALL.into_iter().filter(|standard| *standard == Hashing::None || hashing(standard.number())).collect(),
            calls: named_calls(text),
        }
    }

    /// The strongest encryption for a message that both sides have. `longest_field` is the length in bytes of the longest field that
    /// would be encrypted: 3 takes each field as one number, so it is for short ones ("T uses 3 only below 128 characters").
    #[must_use]
    pub fn message_encryption(&self, ours: &[Encryption], longest_field: usize) -> Encryption {
        self.strongest(ours, |standard| standard != Encryption::Rsa || longest_field < RSA_FIELD_BYTES)
    }

    /// The strongest encryption for a file that both sides have; never 3, under which no file fits.
    #[must_use]
    pub fn file_encryption(&self, ours: &[Encryption]) -> Encryption {
        self.strongest(ours, |standard| standard != Encryption::Rsa)
    }

    fn strongest(&self, ours: &[Encryption], fits: impl Fn(Encryption) -> bool) -> Encryption {
        let both = self.encryption.iter().copied().filter(|standard| ours.contains(standard) && fits(*standard));
        both.max().unwrap_or_default()
    }

    /// The hashing that both sides have and T would take: 4, 3, 2, 1, then the costly ones.
    #[must_use]
    pub fn best_hashing(&self, ours: &[Hashing]) -> Hashing {
        const PREFERENCE: [Hashing; 8] = [
            Hashing::Sha512Sender,
            Hashing::Sha512,
            Hashing::Sha256Sender,
            Hashing::Sha256,
            Hashing::Bcrypt,
            Hashing::BcryptSender,
            Hashing::Scrypt,
            Hashing::ScryptSender,
        ];
        PREFERENCE.into_iter().find(|standard| self.hashing.contains(standard) && ours.contains(standard)).unwrap_or_default()
    }
}

/// As much of a peer's text is read: thirty times the longest that is known.
const MAX_TEXT_BYTES: usize = 32 * 1024;

/// A field of so many bytes or more is not sent under raw RSA.
pub const RSA_FIELD_BYTES: usize = 128;

/// Says of a number whether it stands alone in the last line that begins with `word`.
fn listed(text: &str, word: &str) -> impl Fn(u8) -> bool {
    let begins = |line: &&str| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let line = text.lines().map(str::trim).rfind(begins).unwrap_or_default();
    let numbers: Vec<u8> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
    move |number| numbers.contains(&number)
}

/// The calls whose names follow a slash in `text`, also in E's `/<ping>`.
fn named_calls(text: &str) -> Vec<Call> {
    let names: Vec<&str> = text
        .split('/')
        .skip(1)
        .map(|rest| rest.trim_start_matches('<'))
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default())
        .collect();
    // "`/recieveFile` in listAPI: spelling in text only; the path is `/receiveFile`"; E writes `/<receiveEvents>`.
    let is = |name: &str, listed: &str| {
        listed.eq_ignore_ascii_case(name) || listed.replace("recieve", "receive") == name || listed.strip_suffix('s') == Some(name)
    };
    TABLE.iter().filter(|(_, name, _)| names.iter().any(|listed| is(name, listed))).map(|(call, ..)| *call).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encryption(text: &str) -> Vec<u8> {
        Offer::read(text).encryption.iter().map(|standard| standard.number()).collect()
    }

    #[test]
    fn the_last_two_lines_are_the_standards_and_nothing_follows() {
        let text = recommended_text();
        assert!(text.ends_with("\nEncryption 0 1 2 4\nHashing 0 1 2 3 4"), "{text}");
        assert!(!text.contains('\r'));
        assert!(!text_of_few().contains("handshake"));
    }

    fn text_of_few() -> String {
        super::text(&[Call::Ping, Call::ReceiveMessage], &[Encryption::None], &[Hashing::None])
    }

    #[test]
    fn a_text_reads_back_as_it_was_offered() {
        let offer = Offer::read(&recommended_text());
        assert_eq!(offer.encryption, RECOMMENDED_ENCRYPTION);
        assert_eq!(offer.hashing, RECOMMENDED_HASHING);
        assert_eq!(offer.calls, Call::RECOMMENDED);
        assert_eq!(Offer::read(&text_of_few()).calls, [Call::Ping, Call::ReceiveMessage]);
    }

    #[test]
    fn standards_are_found_with_any_separators() {
        assert_eq!(encryption("Encryption: 0, 1, 2\r\nHashing: 0\r\n"), [0, 1, 2]);
        assert_eq!(encryption("  encryption [0|2|4]"), [0, 2, 4]);
        assert_eq!(encryption("Encryption 3"), [0, 3]);
        assert_eq!(encryption("/receiveMessage [encryption(opt)] Encryption 4"), [0]);
        assert_eq!(encryption("Encryption 12 34 99999999999999999999"), [0]);
        assert_eq!(encryption("<html>Encryption 4</html>"), [0]);
        assert_eq!(encryption("0"), [0]);
    }

    #[test]
    fn a_misspelt_call_is_still_that_call() {
        assert_eq!(Offer::read("/recieveFile [sender]\n/<receiveEvents>[sender]").calls, [Call::ReceiveFile, Call::ReceiveEvent]);
    }

    #[test]
    fn three_megabytes_of_slashes_cost_little() {
        for text in ["/".repeat(3_000_000), "é".repeat(1_500_000), "Encryption 4 ".repeat(200_000)] {
            assert_eq!(Offer::read(&text).calls, []);
        }
    }

    #[test]
    fn the_strongest_that_both_have_is_chosen_and_never_another() {
        let all = Encryption::ALL;
        let offer = Offer::read("Encryption 0 1 2 3 4\nHashing 0 1 2 3 4");
        assert_eq!(offer.message_encryption(&all, 5_000), Encryption::Hybrid);
        assert_eq!(offer.message_encryption(&all[..3], 5_000), Encryption::Aes);
        let raw = Offer::read("Encryption 0 3\nHashing 0 1 3");
        assert_eq!(raw.message_encryption(&all, 127), Encryption::Rsa);
        assert_eq!(raw.message_encryption(&all, 128), Encryption::None);
        assert_eq!(raw.file_encryption(&all), Encryption::None);
        assert_eq!(raw.best_hashing(&Hashing::ALL), Hashing::Sha512);
        assert_eq!(Offer::read("Hashing 0 7 8").best_hashing(&RECOMMENDED_HASHING), Hashing::None);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_none_offers_what_it_does_not_list(text in any::<String>(), length in any::<usize>()) {
            let offer = Offer::read(&text);
            prop_assert!(offer.encryption.contains(&offer.message_encryption(&Encryption::ALL, length)));
            prop_assert!(offer.hashing.contains(&offer.best_hashing(&Hashing::ALL)));
        }
    }
}
