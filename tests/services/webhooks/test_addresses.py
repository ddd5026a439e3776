"""Events go to public hosts only, by URLs that mean one thing to everybody."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import RequestError
from policy_service.services.webhooks.addresses import (
    Target,
    checked_addresses,
    is_public,
    system_resolver,
    target_of,
)

HOST = Target("https", "hooks.example.com", 443, "/")


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://hooks.example.com", HOST, "hooks.example.com"),
        ("HTTPS://Hooks.Example.COM/a?b=%20c", Target("https", "hooks.example.com", 443, "/a?b=%20c"), HOST.host),
        ("https://h:8443/x", Target("https", "h", 8443, "/x"), "h:8443"),
        ("http://h:65535/", Target("http", "h", 65535, "/"), "h:65535"),
        ("http://h/", Target("http", "h", 80, "/"), "h"),
        ("https://[2606:4700::1111]:1024/", Target("https", "2606:4700::1111", 1024, "/"), "[2606:4700::1111]:1024"),
        ("https://[2606:4700::1111]/", Target("https", "2606:4700::1111", 443, "/"), "[2606:4700::1111]"),
        ("https://xn--bcher-kva.example/", Target("https", "xn--bcher-kva.example", 443, "/"), "xn--bcher-kva.example"),
    ],
)
def test_a_url_is_taken_apart(url: str, target: Target, authority: str) -> None:
    assert target == target_of(url, allows_http=True)
    assert authority == target.authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "ftp://h/",
        "file:///etc/passwd",
        "https:///x",
        "https://user@h/",
        "https://user:word@h/",
        "https://h@169.254.169.254/",
        "https://h#@other/",
        "https://h/#fragment",
        "https://h\\@other/",
        "https://h /",
        "https://h/a b",
        "https://h/\r\nHost: other",
        "https://h/\x00",
        "https://bücher.example/",
        "https://h/ü",
        "https://h:0/",
        "https://h:22/",
        "https://h:1023/",
        "https://h:65536/",
        "https://h:/",
        "https://h:-1/",
        "https://-h/",
        "https://h..x/",
        "https://h./",
        "https://[::1/",
        "https://::1/",
        "https://h?x=1",
        "https://h/" + "x" * 2_000,
        "https://" + "x" * 64 + "/",
    ],
)
def test_a_url_that_could_mean_something_else_is_refused(url: str) -> None:
    with pytest.raises(RequestError) as refused:
        target_of(url, allows_http=True)
    assert "R471" == refused.value.code
    assert refused.value.remedy


def test_http_is_refused_where_settings_do_not_allow_it() -> None:
    with pytest.raises(RequestError) as refused:
        target_of("http://h/", allows_http=False)
    assert "R471" == refused.value.code
    assert "https" == target_of("https://h/", allows_http=False).scheme


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_hosts_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.19.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_what_belongs_to_the_inside_or_to_nobody_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(RequestError) as refused:
        checked_addresses(HOST, (), lambda _host, _port: ["8.8.8.8", address])
    assert "R473" == refused.value.code


@given(st.ip_addresses())
def test_what_python_does_not_call_global_is_not_public(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(address) or address.is_global


def test_every_address_of_a_name_is_returned_once_in_order() -> None:
    found = checked_addresses(HOST, (), lambda _host, _port: ["8.8.8.8", "2606:4700::1111", "8.8.8.8"])
    assert (IPv4Address("8.8.8.8"), IPv6Address("2606:4700::1111")) == found


def test_a_network_of_the_settings_is_allowed_and_no_other() -> None:
    allowed = (ip_network("10.20.0.0/16"),)
    assert (IPv4Address("10.20.3.4"),) == checked_addresses(HOST, allowed, lambda _host, _port: ["10.20.3.4"])
    with pytest.raises(RequestError) as refused:
        checked_addresses(HOST, allowed, lambda _host, _port: ["10.20.3.4", "10.21.0.1"])
    assert "R473" == refused.value.code


def _fails(_host: str, _port: int) -> Sequence[str]:
    raise OSError("no such name")


@pytest.mark.parametrize("resolve", [_fails, lambda _host, _port: [], lambda _host, _port: ["not an address"]])
def test_a_name_without_an_address_is_refused(resolve: object) -> None:
    with pytest.raises(RequestError) as refused:
        checked_addresses(HOST, (), resolve)  # type: ignore[arg-type]
    assert "R472" == refused.value.code


def test_the_system_finds_the_address_that_a_short_or_strange_number_means() -> None:
    """Whatever a number is written like, what is checked is the address that it means."""
    for written in ("127.1", "2130706433", "0x7f000001", "localhost"):
        assert all(ip_address(each).is_loopback for each in system_resolver(written, 443))


def test_the_system_says_that_there_is_no_such_name() -> None:
    with pytest.raises(OSError, match=r"\w"):
        system_resolver("no-such-host.invalid", 443)


@pytest.mark.parametrize("text", ["192.88.99.1", "198.51.100.7", "203.0.113.255", "3fff::1", "3fff:fff:ffff::1"])
def test_relays_and_what_is_there_for_documentation_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


def test_a_url_has_at_most_2000_characters() -> None:
    longest = "https://h/" + "a" * 1_990
    assert "h" == target_of(longest, allows_http=False).host
    with pytest.raises(RequestError, match="R471"):
        target_of(longest + "a", allows_http=False)
