//! Everything that a page says, in every language: Fluent files in `texts/`, and dates as each language writes them.

mod moment;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use moment::Dates;

/// A language of the pages.
pub(crate) struct Language {
    /// BCP 47.
    pub(crate) tag: &'static str,
    /// Its own name.
    pub(crate) name: &'static str,
    /// `ltr` or `rtl`.
    pub(crate) direction: &'static str,
    /// Whether a machine drafted its texts and nobody has read them yet.
    pub(crate) drafted: bool,
    bundle: FluentBundle<FluentResource>,
    dates: Dates,
}

/// A language as its files have it.
struct Source {
    tag: &'static str,
    name: &'static str,
    direction: &'static str,
    drafted: bool,
    /// What the pages say.
    pages: &'static str,
    /// What the auditor's pages say beside.
    audit: &'static str,
    /// The words for fields of records and for their choices.
    data: &'static str,
}

/// The files of a language.
macro_rules! source {
    ($tag:literal, $name:literal, $direction:literal, $drafted:literal) => {
        Source {
            tag: $tag,
            name: $name,
            direction: $direction,
            drafted: $drafted,
            pages: include_str!(concat!("../texts/", $tag, ".ftl")),
            audit: include_str!(concat!("../texts/audit/", $tag, ".ftl")),
            data: include_str!(concat!("../texts/data/", $tag, ".ftl")),
        }
    };
}

const SOURCES: [Source; 5] = [
    source!("en", "English", "ltr", false),
    source!("fr", "Français", "ltr", false),
    source!("zh-Hans", "简体中文", "ltr", false),
    source!("it", "Italiano", "ltr", true),
    source!("ar", "العربية", "rtl", true),
];

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| SOURCES.iter().map(Language::load).collect());

impl Language {
    fn load(source: &Source) -> Self {
        let Source { tag, name, direction, drafted, .. } = *source;
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().expect("a test reads every tag")]);
        for text in [source.pages, source.audit, source.data] {
            let resource = FluentResource::try_new(text.to_owned()).expect("a test reads every text");
            bundle.add_resource(resource).expect("a test reads every text");
        }
        Self { tag, name, direction, drafted, bundle, dates: Dates::load(tag) }
    }

    /// All of them, in the order in which they are offered.
    pub(crate) fn all() -> &'static [Self] {
        &LANGUAGES
    }

    /// The first, for whoever asks for none of ours.
    pub(crate) fn default() -> &'static Self {
        &LANGUAGES[0]
    }

    /// The language of a tag: itself, or the one that shares its first part (`fr-CA` reads French, `zh-CN` simplified Chinese).
    pub(crate) fn find(tag: &str) -> Option<&'static Self> {
        let first = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let traditional = ["hant", "tw", "hk", "mo"].iter().any(|part| tag.to_ascii_lowercase().split('-').any(|own| own == *part));
        LANGUAGES.iter().find(|one| one.tag.eq_ignore_ascii_case(tag)).or_else(|| {
            let found = LANGUAGES.iter().find(|one| first(one.tag) == first(tag));
            found.filter(|one| one.tag != "zh-Hans" || !traditional)
        })
    }

    /// The best of what a browser accepts (RFC 9110, section 12.5.4).
    pub(crate) fn accepted(header: &str) -> &'static Self {
        let mut wanted: Vec<(&str, f32)> = header
            .split(',')
            .take(32)
            .map(|one| {
                let (tag, weight) = one.split_once(";q=").unwrap_or((one, "1"));
                (tag.trim(), weight.trim().parse().unwrap_or(0.0))
            })
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        wanted.sort_by(|a, b| b.1.total_cmp(&a.1));
        wanted.into_iter().find_map(|(tag, _)| Self::find(tag)).unwrap_or_else(Self::default)
    }

    /// A text.
    pub(crate) fn say(&self, key: &str) -> String {
        self.say_with(key, &FluentArgs::new())
    }

    /// A text with what it names.
    pub(crate) fn say_with(&self, key: &str, args: &FluentArgs<'_>) -> String {
        self.try_say(key, args).unwrap_or_else(|| {
            debug_assert!(false, "no text {key}");
            key.to_owned()
        })
    }

    /// A text, where there is one of this name in this language or in the first.
    pub(crate) fn try_say(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        [self, Self::default()].into_iter().find_map(|language| {
            let pattern = language.bundle.get_message(key)?.value()?;
            let mut faults = Vec::new();
            Some(language.bundle.format_pattern(pattern, Some(args), &mut faults).into_owned())
        })
    }
}

/// Makes the arguments of a text.
pub(crate) fn args<'a, const N: usize>(all: [(&'static str, FluentValue<'a>); N]) -> FluentArgs<'a> {
    all.into_iter().collect()
}

/// A text in the language of a look: `say!(look, "home-title")`, `say!(look, "home-asks", count = 2)`.
macro_rules! say {
    ($look:expr, $key:expr) => { $look.language.say($key) };
    ($look:expr, $key:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $look.language.say_with($key, &$crate::texts::args([$((stringify!($name), fluent_bundle::FluentValue::from($value))),+]))
    };
}
pub(crate) use say;
