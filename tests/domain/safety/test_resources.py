import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.safety.resources import EUROPEAN_UNION, ChannelKind, Need, all_resources, resources_for, resources_for_needs


def addresses(country: str, need: str | None) -> list[str]:
    return [channel.address for resource in resources_for(country, need) for channel in resource.channels]


@pytest.mark.parametrize(
    ("country", "need", "address"),
    [
        ("US", "suicide", "988"),
        ("US", "suicide", "HOME to 741741"),
        ("US", "domestic_violence", "1-800-799-7233"),
        ("US", "domestic_violence", "START to 88788"),
        ("US", "sexual_assault", "1-800-656-4673"),
        ("US", "child_abuse", "1-800-422-4453"),
        ("US", "lgbtq_youth", "1-866-488-7386"),
        ("US", "substance_use", "1-800-662-4357"),
        ("US", "perinatal", "1-833-852-6262"),
        ("US", "veterans", "838255"),
        ("US", "emergency", "911"),
        ("CA", "suicide", "988"),
        ("GB", "suicide", "116 123"),
        ("IE", "suicide", "116 123"),
        ("AU", "suicide", "13 11 14"),
        ("NZ", "suicide", "1737"),
        ("DE", "emergency", "112"),
        ("FR", "suicide", "116 123"),
        ("JP", "suicide", "https://findahelpline.com"),
        ("US-TX", "emergency", "911"),
        ("us", "emergency", "911"),
    ],
)
def test_each_country_has_its_lines(country: str, need: str, address: str) -> None:
    assert address in addresses(country, need)


@given(country=st.text(max_size=6), need=st.one_of(st.none(), st.text(max_size=10), st.sampled_from(list(Need))))
def test_some_resource_is_always_given(country: str, need: str | None) -> None:
    assert resources_for(country, need)


@given(country=st.text(max_size=6), needs=st.lists(st.sampled_from(list(Need)), max_size=4))
def test_several_needs_give_a_short_list_without_repeats(country: str, needs: list[Need]) -> None:
    given_resources = resources_for_needs(country, needs)

    assert 1 <= len(given_resources) <= 6
    assert len({resource.id for resource in given_resources}) == len(given_resources)


def test_a_country_we_have_no_line_for_gets_the_worldwide_directory() -> None:
    assert [resource.id for resource in resources_for("BR")] == ["world.findahelpline"]


def test_the_union_has_27_members() -> None:
    assert len(EUROPEAN_UNION) == 27


def test_the_table_is_well_formed() -> None:
    table = all_resources()

    assert len({resource.id for resource in table}) == len(table)
    assert all(resource.needs and resource.channels and resource.hours for resource in table)
    assert all(
        channel.address.startswith("https://")
        for resource in table
        for channel in resource.channels
        if channel.kind is ChannelKind.WEB
    )
