"""Which addresses of the internet a stranger's feed may lead to: none of our own network's."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

__all__ = ["forbidden"]

# What the registries of special addresses (RFC 6890) hold and older Pythons call global.
NEVER = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # "this network": 0.0.0.0 reaches our own machine
        "100.64.0.0/10",  # carrier-grade NAT, where clouds also keep their metadata (RFC 6598)
        "168.63.129.16/32",  # Azure's wire server: a public address that only a machine of theirs reaches
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "fec0::/10",
        "64:ff9b:1::/48",  # local-use NAT64 (RFC 8215)
    )
)
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the IPv4 address is in the last 32 bits
IPV4_COMPATIBLE = ip_network("::/96")  # RFC 4291 §2.5.5.1, deprecated and still routed by some systems


def forbidden(address: str) -> str:
    """
    Say why an address must not be asked; "" for one of the public internet.

    Args:
        address: as a resolver returns it: numbers, with a zone ("%eth0") for some of IPv6.
    """
    ip = ip_address(address.partition("%")[0])
    carried = _carried(ip)  # what it stands for is the plainer reason
    alone = () if ip in NAT64 else (ip,)  # the network of a translator is nobody's own
    return next((why for each in (*carried, *alone) if (why := _why(each))), "")


def _why(ip: IPv4Address | IPv6Address) -> str:
    if ip.is_unspecified or ip.is_loopback:
        return "this machine"
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast:
        return "a multicast address"
    if any(ip.version == network.version and ip in network for network in NEVER):
        return "a reserved address"
    if ip.is_private:
        return "a private address"
    return "a reserved address" if ip.is_reserved or not ip.is_global else ""


def _carried(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 one stands for."""
    if isinstance(ip, IPv4Address) or ip.is_loopback or ip.is_unspecified:
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in NAT64 or ip in IPV4_COMPATIBLE:
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [each for each in found if each is not None]
