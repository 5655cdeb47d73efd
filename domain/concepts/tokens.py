"""Words of a text with their places.

A place is a half-open pair of code point offsets in the text as it was given. Contractions become several words at
the same place ("don't" → do, not), so that denial is seen whatever the spelling. Words know their sentence and their
clause: a denial or a person reaches no further than its clause.
"""

import re
from dataclasses import dataclass

from domain.concepts.function_words import TURNING, TURNING_AFTER_PAUSE

_QUOTES = "\u2019\u02bc\u0060\u00b4"  # what is typed for an apostrophe: curly, modifier letter, grave, acute
_PIECE = re.compile(
    rf"(?P<word>[^\W_]+(?:['{_QUOTES}][^\W_]+)*)"
    r"|(?P<stop>[.!?\u2026;\n\r]+)"
    r"|(?P<pause>[,:()\[\]\"\u201c\u201d\u2013\u2014]+|(?<=\s)-+(?=\s))"
)
_APOSTROPHES = str.maketrans(dict.fromkeys(_QUOTES, "'"))

_CONTRACTED = {
    "can't": ("can", "not"), "cannot": ("can", "not"), "cant": ("can", "not"), "won't": ("will", "not"),
    "wont": ("will", "not"), "dont": ("do", "not"), "didnt": ("do", "not"), "doesnt": ("do", "not"),
    "isnt": ("be", "not"), "arent": ("be", "not"), "wasnt": ("be", "not"), "werent": ("be", "not"),
    "havent": ("have", "not"), "hasnt": ("have", "not"), "hadnt": ("have", "not"), "couldnt": ("could", "not"),
    "wouldnt": ("would", "not"), "shouldnt": ("should", "not"), "ain't": ("be", "not"), "aint": ("be", "not"),
    "shan't": ("will", "not"), "im": ("i", "be"), "ive": ("i", "have"), "hes": ("he", "be"), "shes": ("she", "be"),
    "theyre": ("they", "be"), "youre": ("you", "be"), "i'm": ("i", "be"), "let's": ("let", "us"),
    "wanna": ("want", "to"), "gonna": ("go", "to"), "gotta": ("have", "to"), "kinda": ("kind", "of"),
    "ya'll": ("you",), "y'all": ("you",),
}  # fmt: skip
_ENDINGS = {"re": "be", "ve": "have", "ll": "will", "d": "would", "m": "be"}
_IS_AFTER = frozenset({
    "he", "she", "it", "that", "there", "what", "who", "where",
    "how", "here", "everything", "everyone", "nobody", "something",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word: lower case, place in the text, sentence and clause it stands in (counted from 0)."""

    word: str
    start: int
    end: int
    sentence: int
    clause: int
    after_comma: bool


def split(text: str) -> tuple[Token, ...]:
    """Split a text into words, in order; time grows linearly with its length."""
    tokens: list[Token] = []
    sentence = clause = 0
    after_comma = paused = False
    for piece in _PIECE.finditer(text):
        if piece.lastgroup == "stop":
            sentence, clause, after_comma = sentence + 1, clause + 1, False
            continue
        if piece.lastgroup == "pause":
            clause, after_comma, paused = clause + 1, True, True
            continue
        words = expand(piece.group().lower().translate(_APOSTROPHES))
        if words[0] in TURNING or (paused and words[0] in TURNING_AFTER_PAUSE):
            clause, after_comma = clause + 1, False
        paused = False
        tokens.extend(
            Token(
                word=word,
                start=piece.start(),
                end=piece.end(),
                sentence=sentence,
                clause=clause,
                after_comma=after_comma,
            )
            for word in words
        )
    return tuple(tokens)


def expand(word: str) -> tuple[str, ...]:
    """Take a contraction apart; the word is lower case with straight apostrophes."""
    if word in _CONTRACTED:
        return _CONTRACTED[word]
    head, mark, ending = word.rpartition("'")
    if not mark or not head:
        return (word,)
    if word.endswith("n't"):
        return (word[:-3], "not")
    if ending in _ENDINGS:
        return (head, _ENDINGS[ending])
    if ending == "s":
        return (head, "be") if head in _IS_AFTER else (head, "'s")
    return (word.replace("'", ""),)
