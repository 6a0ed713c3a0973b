"""What a sender says by way of example."""

import pytest

from frtfeed.render.placeholders import placeholder_domain, placeholder_postal


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("digest@example.org", True),
        ("digest@mail.Example.COM", True),
        ("digest.example.net", True),
        ("https://example.org/unsubscribe", True),
        ("https://user@example.org:8443?x", True),
        ("mailto:leave@example.org?subject=x", True),
        ("example.org.", True),
        ("digest@notexample.org", False),
        ("https://frt.example/example.org", False),
        ("https://example.org.evil.test/", False),
        ("", False),
    ],
)
def test_a_domain_for_examples_is_known(stated: str, expected: bool) -> None:
    """Whatever lies below example.org, .com and .net is nobody's (RFC 2606); what only sounds like it is not."""
    assert expected == placeholder_domain(stated)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("1 Example Street, Example Town", True),
        (" 1 EXAMPLE  STREET,\nExample Town ", True),
        ("1 Example Street, Berlin", False),
        ("", False),
    ],
)
def test_the_address_of_a_new_project_is_known(stated: str, expected: bool) -> None:
    """However it is set, nobody lives there."""
    assert expected == placeholder_postal(stated)
