"""The registry of streams: unique, small enough for an address, each with its purpose written down."""

import ast
from pathlib import Path

from tiersim.random import streams


def constants():
    """Names in order of the file, each with the text below it (or None)."""
    body = ast.parse(Path(streams.__file__).read_text(encoding="utf-8")).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign):
            text = after.value.value if isinstance(after, ast.Expr) else None
            yield node.targets[0].id, text


def test_numbers_are_unique_and_fit_16_bits():
    numbers = list(streams.registry().values())
    assert len(set(numbers)) == len(numbers)
    assert all(0 < number < 2**16 for number in numbers)


def test_every_stream_is_registered_and_explained():
    written = dict(constants())
    assert set(written) == set(streams.registry())
    assert [name for name, text in written.items() if not isinstance(text, str)] == []
