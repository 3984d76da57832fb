//! The languages that are known, by the names that people write behind the fence.

/// How a language is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Words, texts, numbers and comments.
    Words,
    /// Tags in angle brackets.
    Tags,
    /// Line by line, by the first character.
    Diff,
}

/// What is not the same in all languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// Keywords may be written in capitals.
    AnyCase,
    /// A single quote may be something else than the beginning of a character.
    QuoteIsAlsoAMark,
    /// A text may go over many lines.
    LongTexts,
    /// A text before a colon is a key.
    TextKeys,
    /// A word with a capital is a type.
    BigTypes,
}
use Habit::{AnyCase, BigTypes, LongTexts, QuoteIsAlsoAMark, TextKeys};

/// What has a colour in a language.
#[derive(Debug)]
pub(super) struct Language {
    /// In lower case, with spaces between.
    pub(super) names: &'static str,
    pub(super) style: Style,
    /// With spaces between.
    pub(super) keywords: &'static str,
    pub(super) line_comments: &'static [&'static str],
    pub(super) block_comments: &'static [(&'static str, &'static str)],
    /// The longest first.
    pub(super) quotes: &'static [&'static str],
    /// What stands behind a word that is a key.
    pub(super) key_before: Option<char>,
    /// What a keyword may begin with.
    pub(super) sigils: &'static str,
    /// What may stand in a word besides letters and digits.
    pub(super) in_words: &'static str,
    pub(super) habits: &'static [Habit],
}

impl Language {
    pub(super) fn has(&self, habit: Habit) -> bool {
        self.habits.contains(&habit)
    }
}

const C_COMMENTS: &[(&str, &str)] = &[("/*", "*/")];
const QUOTES: &[&str] = &["\"", "'"];

/// Words as in C; the others say what is different.
const BASE: Language = Language {
    names: "",
    style: Style::Words,
    keywords: "",
    line_comments: &["//"],
    block_comments: C_COMMENTS,
    quotes: QUOTES,
    key_before: None,
    sigils: "",
    in_words: "",
    habits: &[BigTypes],
};

const HASH: Language = Language { line_comments: &["#"], block_comments: &[], ..BASE };

const LANGUAGES: &[Language] = &[
    Language {
        names: "rust rs",
        keywords: "as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i128 i16 i32 i64 i8 if impl in isize \
            let loop match mod move mut pub ref return self Self static str struct super trait true type u128 u16 u32 u64 u8 union unsafe use usize \
            where while",
        in_words: "!",
        habits: &[BigTypes, QuoteIsAlsoAMark, LongTexts],
        ..BASE
    },
    Language {
        names: "python py python3",
        keywords: "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda \
            match None nonlocal not or pass raise return True try while with yield",
        quotes: &["\"\"\"", "'''", "\"", "'"],
        sigils: "@",
        ..HASH
    },
    Language {
        names: "javascript js mjs jsx typescript ts tsx",
        keywords: "abstract any as async await boolean break case catch class const continue debugger declare default delete do else enum export extends \
            false finally for from function get if implements import in instanceof interface keyof let namespace never new null number of private \
            protected public readonly return set static string super switch this throw true try type typeof undefined unknown var void while with yield",
        quotes: &["\"", "'", "`"],
        in_words: "$",
        ..BASE
    },
    Language {
        names: "c h cpp c++ cc hpp cxx objc arduino",
        keywords: "alignas alignof auto bool break case catch char class const constexpr continue default delete do double else enum explicit extern false \
            final float for friend goto if inline int long mutable namespace new noexcept nullptr operator override private protected public register \
            return short signed sizeof static struct switch template this throw true try typedef typename union unsigned using virtual void volatile \
            while NULL #define #elif #else #endif #if #ifdef #ifndef #include #pragma",
        sigils: "#",
        ..BASE
    },
    Language {
        names: "java kotlin kt kts scala csharp cs c# dart swift groovy",
        keywords: "abstract actor as async await base bool boolean break byte case catch char class const continue data decimal default def defer delegate do \
            double else enum event extends extension false final finally float for foreach fun func get goto guard if implements import in init int \
            interface internal is lateinit let lock long namespace native new nil null object open operator out override package params private \
            protected protocol public readonly record ref return sealed self set short static string struct super suspend switch synchronized this \
            throw throws trait true try typealias typeof uint using val var virtual void volatile when where while yield",
        quotes: &["\"\"\"", "\"", "'"],
        sigils: "@",
        ..BASE
    },
    Language {
        names: "go golang",
        keywords: "any bool break byte case chan const continue default defer else error fallthrough false float32 float64 for func go goto if import int int16 \
            int32 int64 int8 interface iota map nil package range return rune select string struct switch true type uint uint16 uint32 uint64 uint8 var",
        quotes: &["\"", "'", "`"],
        ..BASE
    },
    Language {
        names: "php",
        keywords: "abstract and array as break case catch class const continue declare default do echo else elseif enum extends false final finally fn for \
            foreach function global if implements include instanceof interface isset match namespace new null or private protected public readonly \
            require return static switch this throw trait true try unset use var while yield",
        line_comments: &["//", "#"],
        in_words: "$",
        habits: &[BigTypes, LongTexts],
        ..BASE
    },
    Language {
        names: "ruby rb elixir ex exs crystal",
        keywords: "alias and begin break case class def defmodule defp defined do else elsif end ensure false fn for if in include module next nil not or raise \
            redo require rescue retry return self super then true undef unless until when while with yield",
        in_words: "?!",
        habits: &[BigTypes, LongTexts],
        ..HASH
    },
    Language {
        names: "sh bash shell zsh console fish ksh",
        keywords: "alias break case cd continue declare do done echo elif else esac eval exec exit export false fi for function if in local read readonly return \
            set shift source sudo then true unset until while",
        sigils: "$",
        in_words: "-",
        habits: &[LongTexts],
        ..HASH
    },
    Language {
        names: "powershell ps1 pwsh",
        keywords: "begin break catch class continue do else elseif end enum exit finally for foreach from function if in param process return switch throw trap try \
            until using while",
        block_comments: &[("<#", "#>")],
        sigils: "$",
        in_words: "-",
        habits: &[AnyCase, LongTexts],
        ..HASH
    },
    Language {
        names: "sql sqlite postgres postgresql mysql plsql",
        keywords: "add all alter and as asc begin between by case check collate column commit constraint create cross default delete desc distinct drop else end \
            except exists explain false foreign from full group having if in index inner insert intersect into is join key left like limit not null \
            offset on or order outer over partition primary references returning right rollback row select set table then transaction trigger true union \
            unique update using values view when where with",
        line_comments: &["--"],
        habits: &[AnyCase, LongTexts],
        ..BASE
    },
    Language { names: "json jsonc json5", keywords: "true false null", quotes: &["\""], habits: &[TextKeys], ..BASE },
    Language { names: "yaml yml", keywords: "true false null yes no on off", key_before: Some(':'), in_words: "-", habits: &[], ..HASH },
    Language {
        names: "toml ini conf cfg properties env",
        keywords: "true false",
        line_comments: &["#", ";"],
        quotes: &["\"\"\"", "'''", "\"", "'"],
        key_before: Some('='),
        in_words: "-.",
        habits: &[],
        ..HASH
    },
    Language {
        names: "css scss less sass",
        keywords: "important inherit initial unset none auto",
        key_before: Some(':'),
        sigils: "@",
        in_words: "-",
        habits: &[],
        ..BASE
    },
    Language {
        names: "lua",
        keywords: "and break do else elseif end false for function goto if in local nil not or repeat return then true until while",
        line_comments: &["--"],
        block_comments: &[("--[[", "]]")],
        ..BASE
    },
    Language {
        names: "haskell hs elm ocaml ml fsharp fs",
        keywords: "and as begin case class data deriving do done else end exception false for fun function if import in infix instance let match module mutable \
            newtype of open port rec then to true try type val when where while with",
        line_comments: &["--", "//"],
        block_comments: &[("{-", "-}"), ("(*", "*)")],
        in_words: "'",
        habits: &[BigTypes, QuoteIsAlsoAMark],
        ..BASE
    },
    Language {
        names: "r julia jl matlab octave",
        keywords: "begin break const do else elseif end export FALSE false for function global if in let library local macro module mutable next NULL NA Inf repeat \
            return struct TRUE true try using while",
        line_comments: &["#", "%"],
        block_comments: &[],
        in_words: ".",
        habits: &[],
        ..BASE
    },
    Language {
        names: "makefile make dockerfile docker cmake",
        keywords: "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL STOPSIGNAL USER VOLUME WORKDIR define else endef endif export ifdef ifeq \
            ifndef ifneq include",
        key_before: Some(':'),
        sigils: "$",
        in_words: "-",
        habits: &[],
        ..HASH
    },
    Language {
        names: "html xml svg xhtml vue svelte",
        style: Style::Tags,
        line_comments: &[],
        block_comments: &[("<!--", "-->")],
        habits: &[BigTypes, LongTexts],
        ..BASE
    },
    Language { names: "diff patch", style: Style::Diff, ..BASE },
];

/// Finds a language by what stands behind the fence: its name, and maybe more after it.
pub(super) fn find(info: &str) -> Option<&'static Language> {
    let name = info.split(|c: char| c.is_whitespace() || c == ',' || c == '{').next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    LANGUAGES.iter().find(|language| language.names.split(' ').any(|known| known == name))
}

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static Language> {
    LANGUAGES.iter()
}
