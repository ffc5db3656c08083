"""Pseudonyms: stable, of the same shape, and the same however a name is written."""

from __future__ import annotations

import ipaddress
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.content.redaction import pseudonym_data
from diag.redact import Pseudonyms, RedactionError, Redactor
from tests.redact.cleaning import RULES, joined, pseudonyms

SHOW = """\
Resource Name                           : WEB-Prod01
Subscription ID                         : 11111111-2222-4333-8444-555555555555
Machine FQDN                            : web-prod01.corp.contoso.com
address 10.20.30.40, from 203.0.113.77 and fe80::1ff:fe23:4567:890a, mac 00:0d:3a:12:34:56
joe.doe@contoso.com ran C:\\Users\\maria.k\\x; proxy http://proxy01.contoso.com:3128
Mar  3 10:00:00 web-prod01 himds[12]: WEB-PROD01 is up
"""
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def both(text: str) -> str:
    return Redactor(RULES, pseudonyms()).text(text)


@pytest.mark.parametrize(
    "name",
    [
        *("web-prod01", "contoso", "proxy01", "joe.doe", "maria.k", "203.0.113.77"),
        *("10.20.30.40", "11111111-2222-4333-8444-555555555555", "00:0d:3a:12:34:56"),
        "fe80::1ff:fe23:4567:890a",
    ],
)
def test_no_name_is_left_in_any_case(name: str) -> None:
    out = both(SHOW)
    assert name not in out.lower()
    assert len(out) == len(SHOW)
    assert out.count("\n") == SHOW.count("\n")


def test_a_name_has_one_pseudonym_in_any_case_encoding_and_member() -> None:
    one = Redactor(RULES, pseudonyms())
    text = joined(one, SHOW.encode()).decode()
    host = text.split("\n")[0].rpartition(" ")[2]
    wide = joined(one, "WEB-Prod01 web-prod01\n".encode("utf-16")).decode("utf-16")
    assert wide == f"{host} {host.lower()}\n"
    assert one.text("logs/web-prod01/x.log") == f"logs/{host.lower()}/x.log"
    assert f"{host.lower()}." in text


@given(st.uuids())
def test_a_guid_stays_a_guid(value: uuid.UUID) -> None:
    one = pseudonyms()
    out = one.replaced(f"{value} {str(value).upper()} {{{value}}}".encode()).decode()
    found = GUID.findall(out)
    assert len({text.lower() for text in found}) == 1
    assert found[0] == found[2]
    assert uuid.UUID(found[0]).version == value.version
    assert value.int in {0, (1 << 128) - 1} or found[0] != str(value)


@given(st.ip_addresses(v=4))
def test_an_address_stays_one_of_its_class(value: ipaddress.IPv4Address) -> None:
    text = f"from {value} to"
    out = pseudonyms().replaced(text.encode()).decode()
    new = ipaddress.ip_address(out.split(" ")[1])
    if not value.is_global or value.packed[0] >= 224:
        return  # of one of the small special blocks, or it stays
    for name in ("is_private", "is_loopback", "is_link_local", "is_multicast"):
        assert not getattr(new, name), value


@pytest.mark.parametrize("network", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])
@given(data=st.data())
def test_a_private_address_stays_in_its_network(
    network: str, data: st.DataObject
) -> None:
    value = data.draw(st.ip_addresses(network=network))
    out = pseudonyms().replaced(f"from {value} to".encode()).decode()
    new = out.split(" ")[1]
    assert ipaddress.ip_address(new) in ipaddress.ip_network(network)
    assert new != str(value)


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:40342/metadata http://169.254.169.254/ 127.0.0.1:40341",
        "https://gbl.his.arc.azure.com https://login.microsoftonline.com/x",
        "00000000-0000-0000-0000-000000000000",
        "agent version 1.58.0.3, AzureMonitor-1.33.0.0, Version=4.0.0.0",
        "10:11:12 2026-03-10 std::string ::1 255.255.255.0",
        "root ran C:\\Users\\Public\\x and C:\\Users\\Administrator\\y",
        "the computer name is not known; host name: unknown",
    ],
)
def test_what_says_nothing_of_a_customer_stays(text: str) -> None:
    assert both(text) == text


def test_a_table_makes_later_runs_the_same() -> None:
    first = Pseudonyms(pseudonym_data())
    out = Redactor(RULES, first).text(SHOW)
    again = Pseudonyms(pseudonym_data(), first.table())
    assert Redactor(RULES, again).text(SHOW) == out
    other = Pseudonyms(pseudonym_data())
    assert Redactor(RULES, other).text(SHOW) != out


def test_two_names_never_become_one() -> None:
    one = pseudonyms()
    texts = [f"10.0.{a}.{b}" for a in range(4) for b in range(10)]
    texts += [f"192.168.1.{b}" for b in range(1, 200)]
    out = one.replaced("\n".join(texts).encode()).decode().split("\n")
    assert len(set(out)) == len(texts)


def test_what_is_no_text_keeps_its_bytes_around() -> None:
    name = "WEB-Prod01".encode("utf-16-le")
    one = Redactor(RULES, pseudonyms())
    joined(one, SHOW.encode())
    data = b"ElfFile\0" + bytes(range(1, 32)) * 300 + name + bytes(range(1, 32)) * 300
    out = joined(one, data, "x.evtx")
    assert len(out) == len(data)
    assert name not in out
    assert out[:9000] == data[:9000]


@pytest.mark.parametrize("table", [{}, {"version": 2}, {"version": 1, "key": "zz"}])
def test_a_wrong_table_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(RedactionError):
        Pseudonyms(pseudonym_data(), table)
