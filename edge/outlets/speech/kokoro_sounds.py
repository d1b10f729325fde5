"""What Kokoro reads: sounds of English from espeak-ng's IPA, and of Mandarin from pinyin, as numbers.

Kokoro was trained on the notation of misaki (Apache-2.0): IPA in which a diphthong of English is one capital letter,
and Mandarin's tones are arrows. The numbers are those of the model's own vocabulary.
"""

from __future__ import annotations

import re

RUNS = {
    1: ";:,.!?", 9: '—…"()“” ̃ʣʥʦʨᵝꭧAI', 31: "O", 33: "Q", 35: "ST", 39: "W", 41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ", 75: "βɔɕç", 80: "ɖðʤə", 85: "ɚɛɜ", 90: "ɟ", 92: "ɡ", 99: "ɥ", 101: "ɨɪʝ",
    110: "ɯɰŋɳɲɴø", 118: "ɸθœ", 123: "ɹ", 125: "ɾɻ", 128: "ʁɽʂʃʈʧ", 135: "ʊʋ", 138: "ʌɣɤ", 142: "χʎ", 147: "ʒʔ",
    156: "ˈˌː", 162: "ʰ", 164: "ʲ", 169: "↓", 171: "→↗↘", 177: "ᵻ",
}  # fmt: skip
"""The vocabulary of Kokoro-82M 1.0: first number, then the signs that have it and those after it."""
VOCABULARY = {sign: first + at for first, signs in RUNS.items() for at, sign in enumerate(signs)}

MARKS = str.maketrans("，、；：。！？（）《》「」–‘’", ",,;:.!?()“”“”—''")
"""Punctuation that the vocabulary has only in its English form."""

ENGLISH = (
    ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("oʊ", "O"), ("əʊ", "Q"), ("tʃ", "ʧ"), ("dʒ", "ʤ"),
    ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("ʔn̩", "tᵊn"), ("n̩", "ᵊn"), ("əl", "ᵊl"), ("ɐ", "ə"), ("r", "ɹ"),
    ("x", "k"), ("ɬ", "l"), ("ʔ", "t"), ("o", "ɔ"), ("e", "A"), ("g", "ɡ"), ("ː", ""),
)  # fmt: skip
"""espeak-ng's IPA (left) as Kokoro knows it, in this order."""
BRITISH = (("eə", "ɛː"), ("iə", "ɪə"))
"""First, for British voices; their length marks stay, and ɜː has no ɹ."""

INITIALS = {
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip
FINALS = {
    "a": ("a", ""), "ai": ("ai", ""), "an": ("a", "n"), "ang": ("a", "ŋ"), "ao": ("au", ""), "e": ("ɤ", ""),
    "ei": ("ei", ""), "en": ("ə", "n"), "eng": ("ə", "ŋ"), "er": ("ɚ", ""), "i": ("i", ""), "ia": ("ja", ""),
    "ian": ("jɛ", "n"), "iang": ("ja", "ŋ"), "iao": ("jau", ""), "ie": ("je", ""), "in": ("i", "n"), "ing": ("i", "ŋ"),
    "io": ("jɔ", ""), "iong": ("jʊ", "ŋ"), "iu": ("jou", ""), "o": ("wo", ""), "ong": ("ʊ", "ŋ"), "ou": ("ou", ""),
    "u": ("u", ""), "ua": ("wa", ""), "uai": ("wai", ""), "uan": ("wa", "n"), "uang": ("wa", "ŋ"), "ueng": ("wə", "ŋ"),
    "ui": ("wei", ""), "un": ("wə", "n"), "uo": ("wo", ""), "ü": ("y", ""), "üan": ("ɥɛ", "n"), "üe": ("ɥe", ""),
    "ün": ("y", "n"),
}  # fmt: skip
"""What carries the tone, and what comes after it. Source: San Duanmu, The Phonology of Standard Chinese, 2nd ed.
(2007), chapter 2; the tone stands on the vowel, before a final n or ŋ."""
TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
SPELLINGS = (
    ("yu", "ü"), ("yi", "i"), ("y", "i"), ("wu", "u"), ("w", "u"),
)  # fmt: skip
"""Written beginnings of syllables without an initial."""
SYLLABLE = re.compile(r"(?P<initial>zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?(?P<final>[a-zü]+)(?P<tone>[1-5])")


def english(ipa: str, *, british: bool) -> str:
    """espeak-ng's IPA of a stretch without punctuation in Kokoro's notation."""
    if british:
        for old, new in BRITISH:
            ipa = ipa.replace(old, new)
    for old, new in ENGLISH:
        if british and (old == "ː" or old.startswith("ɜː")):
            continue
        ipa = ipa.replace(old, new)
    return ipa.strip()


def mandarin(pinyin: str) -> str:
    """One syllable, such as ``zhong1``, in Kokoro's notation; what is no syllable comes back as it is."""
    plain = pinyin.replace("v", "ü").replace("u:", "ü")
    if plain[:-1] in {"n", "ng", "m"}:
        return plain[:-1].replace("ng", "ŋ") + TONES.get(plain[-1], "")
    match = SYLLABLE.fullmatch(plain)
    if match is None:
        return pinyin
    initial, final, tone = match["initial"] or "", match["final"], TONES[match["tone"]]
    if not initial:
        final = _written(final)
    elif initial in {"j", "q", "x"} and final.startswith("u"):
        final = "ü" + final[1:]
    if initial in {"zh", "ch", "sh", "r", "z", "c", "s"} and final == "i":
        return f"{INITIALS[initial]}ɨ{tone}"
    if final == "r":  # the r of huar1, as pypinyin parts it
        return "ɻ"
    if final not in FINALS:
        return pinyin
    carrier, coda = FINALS[final]
    return f"{INITIALS.get(initial, '')}{carrier}{tone}{coda}"


def _written(final: str) -> str:
    """A syllable without an initial by its final: ``you`` → ``iu``, ``wen`` → ``un``, ``yuan`` → ``üan``."""
    for old, new in SPELLINGS:
        if final.startswith(old):
            found = new + final[len(old) :]
            return {"iou": "iu", "uei": "ui", "uen": "un"}.get(found, found)
    return final


def numbers(sounds: str) -> list[int]:
    """The numbers of ``sounds``; signs that Kokoro does not know are left out."""
    return [VOCABULARY[sign] for sign in sounds if sign in VOCABULARY]
