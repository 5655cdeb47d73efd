import pytest

from domain.concepts import vocabulary
from domain.concepts.package_data import TableMisshapen, parse
from domain.concepts.vocabulary import Concept, Evidence, Kind, Recognition, Strength, VocabularyBroken, checked


def concern(id_: str, *, broader: tuple[str, ...] = (), related: tuple[str, ...] = ()) -> Concept:
    return Concept(id=id_, kind=Kind.CONCERN, label=id_, description=id_, broader=broader, related=related)


def test_the_shipped_vocabulary_holds_together_and_says_something_of_each_concept() -> None:
    shipped = vocabulary.load()

    counts = {kind: len(shipped.of_kind(kind)) for kind in Kind}
    assert counts == {Kind.CONCERN: 98, Kind.APPROACH: 44, Kind.POPULATION: 14}
    assert all(concept.label and concept.description.endswith(".") for concept in shipped.concepts)
    assert not any("(" in concept.label and "SAFETY" in concept.label for concept in shipped.concepts)


def test_rsd_is_colloquial_related_to_adhd_and_said_not_to_be_rejection_sensitivity() -> None:
    rsd = vocabulary.load().by_id["rejection.rsd"]

    assert rsd.recognition is Recognition.COLLOQUIAL
    assert "neuro.adhd" in rsd.related
    assert "not a recognized diagnosis" in rsd.description
    assert "not the same as rejection sensitivity" in rsd.description


def test_rejection_trauma_is_colloquial_and_points_to_what_can_be_treated() -> None:
    rejection_trauma = vocabulary.load().by_id["rejection.trauma"]

    assert rejection_trauma.recognition is Recognition.COLLOQUIAL
    assert {"attach.abandon", "trauma.neglect", "self.worth"} <= set(rejection_trauma.related)


def test_related_holds_both_ways() -> None:
    by_id = vocabulary.load().by_id

    one_way = [
        (id_, other) for id_, concept in by_id.items() for other in concept.related if id_ not in by_id[other].related
    ]

    assert one_way == []


def test_approaches_carry_evidence_for_concerns() -> None:
    emdr = vocabulary.load().by_id["emdr"]

    assert Evidence(concern_id="trauma.ptsd", strength=Strength.A) in emdr.evidence


def test_codes_in_doubt_are_not_shipped() -> None:
    codes = [code for concept in vocabulary.load().concepts for code in (*concept.icd10cm, *concept.icd11)]

    assert codes
    assert not [code for code in codes if "?" in code]


def test_every_flaw_of_a_broken_vocabulary_is_named() -> None:
    broken = (
        concern("a", broader=("b",)),
        concern("b", broader=("a",)),
        concern("c", related=("nowhere",)),
        concern("c"),
        concern("d", broader=("d",)),
        Concept(
            id="e",
            kind=Kind.APPROACH,
            label="e",
            description="e",
            broader=("a",),
            evidence=(Evidence(concern_id="unknown", strength=Strength.A),),
        ),
    )

    with pytest.raises(VocabularyBroken) as caught:
        checked(broken)

    assert {(flaw.pointer, flaw.detail) for flaw in caught.value.flaws} == {
        ("/c", "given 2 times"),
        ("/c/related", "nowhere does not exist"),
        ("/d/broader", "points to itself"),
        ("/e/broader", "a is no approach"),
        ("/e/evidence", "unknown does not exist"),
        ("/a/broader", "is broader than itself"),
        ("/b/broader", "is broader than itself"),
    }


def test_a_concept_is_found_by_id_and_known_by_kind() -> None:
    shipped = vocabulary.load()

    assert shipped.find("nothing") is None
    assert shipped.knows("cbt", kind=Kind.APPROACH)
    assert not shipped.knows("cbt", kind=Kind.CONCERN)


@pytest.mark.parametrize("text", ["", "x|y\n1|2\n", "a|b\n1|2|3\n"])
def test_a_misshapen_table_is_refused(text: str) -> None:
    with pytest.raises(TableMisshapen):
        parse(text, name="table", header=("a", "b"))
