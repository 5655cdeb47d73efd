"""Signs of danger among answers, read before anything else is done with them.

Rules:
- Each free text is read by itself, as the safety area reads texts; a chosen option counts as its form says.
- A watched item of an instrument counts whatever the total, on a sheet that can't be scored too.
- Help comes in the very answer, also where the answers themselves are refused: `help_first`.
- What was seen once in a response stays: a later edit can't take it back.
- Reading is bounded, so that nobody can keep us busy: answers to a form by their first 100,000 characters, which is
  more than its free texts hold together, anything else by its first 20,000; at most 300 texts.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from types import MappingProxyType
from typing import Final

from domain.errors import DomainError
from domain.intake.answers import Sent, signs, texts_to_read
from domain.intake.form import Form, Sign
from domain.intake.instruments import phq9
from domain.safety.levels import Level
from domain.safety.resources import Need
from domain.safety.triage import SAFE, Safety, of_phq9_item9, of_text, worst

COUNTRY_UNKNOWN: Final = "US"  # whose places to turn to are shown before we know where somebody is
FORM_CHARACTERS_MOST: Final = 100_000
CHARACTERS_MOST: Final = 20_000
TEXTS_MOST: Final = 300

_MEANT: Mapping[Sign, tuple[Level, tuple[Need, ...]]] = MappingProxyType(
    {
        Sign.POSSIBLE: (Level.ELEVATED, (Need.DOMESTIC_VIOLENCE, Need.CRISIS)),
        Sign.CLEAR: (Level.URGENT, (Need.EMERGENCY, Need.DOMESTIC_VIOLENCE, Need.CRISIS)),
    }
)


class AnswersRefused(DomainError):
    """Answers that are refused for a reason of its own, with what was read in them about danger."""

    def __init__(self, refusal: DomainError, *, safety: Safety) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal
        self.safety = safety

    @property
    def slug(self) -> str:  # type: ignore[override]  # every other refusal has one slug; this one has its reason's
        """Give the slug of the reason."""
        return self.refusal.slug


@contextmanager
def help_first(safety: Safety) -> Iterator[None]:
    """Let every refusal inside carry what was read. Raises AnswersRefused."""
    try:
        yield
    except DomainError as refusal:
        raise AnswersRefused(refusal, safety=safety) from refusal


def of_answers(form: Form, answers: Sent, *, country: str) -> Safety:
    """Judge the answers to a form. country: ISO 3166-1 alpha-2, for the resources."""
    written = _of_texts(texts_to_read(form, answers), country=country, characters_most=FORM_CHARACTERS_MOST)
    return worst((*written, *_of_signs(signs(form, answers))), country=country)


def of_anything(body: object, *, country: str) -> Safety:
    """Judge whatever was sent, however it is shaped and whatever it is called: a mistake must not hide a sign.

    Watched items are looked for in every object. country: ISO 3166-1 alpha-2, for the resources.
    """
    texts: list[str] = []
    watched: list[Safety] = []
    pending = [body]
    while pending:
        part = pending.pop()
        match part:
            case str():
                texts.append(part)
            case Mapping():
                watched.append(of_phq9_item9(phq9.danger(part), country=country))
                pending.extend(reversed(list(part.values())))
            case list():
                pending.extend(reversed(part))
    written = _of_texts(texts, country=country, characters_most=CHARACTERS_MOST)
    return worst((*watched, *written), country=country)


def joined(seen: Safety, fresh: Safety, *, country: str) -> Safety:
    """Join what was seen before with what is read now; the gravest level stays."""
    return worst((seen, fresh), country=country)


def remembered(level: Level, needs: Iterable[Need], *, country: str) -> Safety:
    """Make a judgement again from its level and needs."""
    return worst((Safety(level=level, needs=tuple(needs), resources=()),), country=country)


def _of_texts(texts: Iterable[str], *, country: str, characters_most: int) -> Iterator[Safety]:
    left = characters_most
    for text in islice((text for text in texts if text.strip()), TEXTS_MOST):
        yield of_text(text[:left], country=country) if left else SAFE
        left = max(0, left - len(text))


def _of_signs(found: Iterable[Sign]) -> Iterator[Safety]:
    for sign in found:
        level, needs = _MEANT[sign]
        yield Safety(level=level, needs=needs, resources=())
