import pytest

from domain.concepts.package_data import TableMisshapen, parse

HEADER = ("id", "words")


def test_a_line_that_begins_with_a_space_goes_on_with_the_one_before() -> None:
    table = parse("id|words\n# said of rain\nrain|wet; grey;\n    soft\nsun|warm\n", name="weather", header=HEADER)

    assert table == (("rain", "wet; grey; soft"), ("sun", "warm"))


@pytest.mark.parametrize("text", ["", "id\nrain\n", "id|words\nrain\n", "id|words\nrain|wet|grey\n"])
def test_a_table_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(TableMisshapen):
        parse(text, name="weather", header=HEADER)
