"""The sounds of English: IPA, as dictionaries and espeak-ng write it, and espeak-ng's own signs for them.

Source of the signs: espeak-ng's docs/phonemes.md (Kirshenbaum's ASCII IPA with changes of its own), voice en.
"""

from __future__ import annotations

SIGNS = {
    # vowels and diphthongs, the longest first when read
    "iː": "i:", "uː": "u:", "ɑː": "A:", "ɔː": "O:", "ɜː": "3:", "oː": "O:",
    "eɪ": "eI", "aɪ": "aI", "ɔɪ": "OI", "aʊ": "aU", "əʊ": "oU", "oʊ": "oU", "ɪə": "i@", "iə": "i@", "eə": "e@",
    "ʊə": "U@", "i": "i", "ɪ": "I", "ᵻ": "I2", "e": "E", "ɛ": "E", "æ": "a", "a": "a", "ɑ": "A:", "ɒ": "0", "ɔ": "O:",
    "ʊ": "U", "u": "u:", "ʌ": "V", "ɐ": "a#", "ə": "@", "ɚ": "3", "ɜ": "3:", "ɝ": "3:", "o": "oU",
    # consonants
    "tʃ": "tS", "dʒ": "dZ", "ʧ": "tS", "ʤ": "dZ", "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "g": "g",
    "f": "f", "v": "v", "θ": "T", "ð": "D", "s": "s", "z": "z", "ʃ": "S", "ʒ": "Z", "h": "h", "m": "m", "n": "n",
    "ŋ": "N", "l": "l", "ɫ": "l", "ɹ": "r", "r": "r", "ɾ": "t", "w": "w", "j": "j", "x": "x", "ʔ": "?",
    # stress, length, and what only parts syllables and words
    "ˈ": "'", "ˌ": ",", "ː": "", ".": "", " ": "_|",
}  # fmt: skip
LONGEST = max(map(len, SIGNS))


def signs(ipa: str) -> str:
    """espeak-ng's signs for ``ipa``; what is not known is left out."""
    return "".join(SIGNS.get(sound, "") for sound in _sounds(ipa))


def unknown(ipa: str) -> str:
    """The first sign of ``ipa`` that is not known here; empty when all are."""
    return next((sound for sound in _sounds(ipa) if sound not in SIGNS), "")


def _sounds(ipa: str) -> list[str]:
    """``ipa`` cut into known sounds, the longest first; an unknown sign is one by itself."""
    sounds, at = [], 0
    while at < len(ipa):
        length = next((n for n in range(LONGEST, 0, -1) if ipa[at : at + n] in SIGNS), 1)
        sounds.append(ipa[at : at + length])
        at += length
    return sounds
