"""The small words by which sentences are built, in the groups that reading rests on.

What each group is for stands beside it in the table.
"""

from types import MappingProxyType

from domain.concepts.package_data import listed, rows

_GROUPS = MappingProxyType(
    {
        name: frozenset(listed(words))
        for name, words in rows("domain.concepts", "function_words.psv", header=("name", "words"))
    }
)

FILLERS = _GROUPS["filler"]
LIMITING = _GROUPS["limiting"]
TURNING = _GROUPS["turning"]
TURNING_AFTER_PAUSE = _GROUPS["turning_after_pause"]
DENYING = _GROUPS["denying"]
ABLE = _GROUPS["able"]
PASSING = _GROUPS["passing"]
WILLING = _GROUPS["willing"]
SUBJECTS = _GROUPS["subject"]
SELF = _GROUPS["self"]
OTHERS = _GROUPS["other"]
OTHERS_ALONE = _GROUPS["other_alone"]
VERB_FIRST = _GROUPS["verb_first"]
