"""Which addresses of the internet a stranger's feed may lead to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.fetch.addresses import forbidden


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "this machine"),
        ("127.255.255.254", "this machine"),
        ("::1", "this machine"),
        ("0.0.0.0", "this machine"),  # noqa: S104
        ("::", "this machine"),
        ("0.1.2.3", "a reserved address"),
        ("10.0.0.1", "a private address"),
        ("172.31.255.255", "a private address"),
        ("192.168.0.1", "a private address"),
        ("fd12:3456::1", "a private address"),
        ("169.254.169.254", "a link-local address"),
        ("fe80::1", "a link-local address"),
        ("fe80::1%eth0", "a link-local address"),
        ("100.64.0.1", "a reserved address"),
        ("100.127.255.255", "a reserved address"),
        ("168.63.129.16", "a reserved address"),
        ("198.18.0.1", "a reserved address"),
        ("192.0.0.170", "a reserved address"),
        ("224.0.0.1", "a multicast address"),
        ("ff02::1", "a multicast address"),
        ("255.255.255.255", "a private address"),
        ("fec0::1", "a reserved address"),
        ("::ffff:127.0.0.1", "this machine"),
        ("::ffff:10.0.0.1", "a private address"),
        ("::ffff:169.254.169.254", "a link-local address"),
        ("::127.0.0.1", "this machine"),
        ("64:ff9b::7f00:1", "this machine"),
        ("64:ff9b::a9fe:a9fe", "a link-local address"),
        ("64:ff9b:1::808:808", "a reserved address"),
        ("2002:7f00:1::", "this machine"),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", "a private address"),
    ],
)
def test_our_own_network_is_forbidden(address: str, why: str) -> None:
    """This machine, our network, the cloud's metadata, and whatever stands for one of them."""
    assert why == forbidden(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_the_internet_is_open(address: str) -> None:
    """What anybody can reach may be asked, also through a translator of IPv6."""
    assert "" == forbidden(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_no_better_in_another_form(address: ipaddress.IPv4Address) -> None:
    """An IPv4 address that is forbidden is so too as an IPv6 one, in every form that carries it."""
    if not forbidden(str(address)):
        return
    number = int(address)
    for carrier in (0xFFFF << 32, 0x64FF9B << 96, 0):
        assert forbidden(str(ipaddress.IPv6Address(carrier + number)))
    assert forbidden(str(ipaddress.IPv6Address((0x2002 << 112) + (number << 80))))
