"""What cohorts are called in a sentence. Pure."""

from __future__ import annotations

from functools import lru_cache

from readiness.language import ENGLISH, current

LANGUAGE = ("language", "lang", "locale")
"""The dimensions whose values are codes of languages (ISO 639-1), a region behind it or not."""
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nb": "Norwegian",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def language(cohort: str) -> str:
    """`Japanese` of `language=ja`; empty of a cohort that is no language, or one that is not known."""
    dimension, _, value = cohort.partition("=")
    code = value.replace("_", "-").partition("-")[0].lower()
    if dimension.lower() not in LANGUAGE or code not in LANGUAGES:
        return ""
    spoken = current()
    return LANGUAGES[code] if spoken == ENGLISH else _named(code, spoken)


@lru_cache(maxsize=256)
def _named(code: str, spoken: str) -> str:
    """What another language calls it, as the Unicode locales have that."""
    from babel import Locale, UnknownLocaleError  # which takes a while that English need not wait for

    try:
        return str(Locale.parse(spoken).languages.get(code) or LANGUAGES[code])
    except UnknownLocaleError:
        return LANGUAGES[code]
