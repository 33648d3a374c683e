"""Whom a throttle counts, and how.

The control, as it was seen: with the first part of X-Forwarded-For instead of the last, or the header believed without
a proxy, a stranger is somebody else at each try; without the 64 bits one IPv6 household is as many as it likes.
"""

import pytest
from django.test import RequestFactory
from limits import RateLimitItemPerMinute
from pytest_django import Settings

from checkout import throttle

TWO = RateLimitItemPerMinute(2, 1, "two")


@pytest.mark.covers("A19", "D14")
@pytest.mark.parametrize(
    ("remote", "forwarded", "direct", "proxied"),
    [
        ("203.0.113.7", None, "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, 2.2.2.2,198.51.100.1", "10.0.0.2", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1:40122", "10.0.0.2", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, nonsense", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.2", "1.1.1.1,", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.2", "[2001:db8:1:2:3::4]:443", "10.0.0.2", "2001:db8:1:2::"),
        ("2001:db8:1:2:aaaa::1", None, "2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", None, "2001:db8:1:2::", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", None, "203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", None, "fe80::", "fe80::"),
        ("", None, throttle.NOBODY, throttle.NOBODY),
        ("", "198.51.100.1", throttle.NOBODY, "198.51.100.1"),
    ],
)
def test_who_a_visitor_is(remote: str, forwarded: str | None, direct: str, proxied: str, settings: Settings) -> None:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    settings.BEHIND_PROXY = False
    assert throttle.client_address(request) == direct
    settings.BEHIND_PROXY = True
    assert throttle.client_address(request) == proxied


def test_each_is_counted_for_itself(limits_on: None) -> None:
    assert [throttle.wait(TWO, "a"), throttle.wait(TWO, "a")] == [0, 0]
    assert 1 <= throttle.wait(TWO, "a") <= 60
    assert throttle.wait(TWO, "b") == 0
    assert throttle.wait(RateLimitItemPerMinute(2, 1, "other"), "a") == 0


def test_looking_counts_nothing(limits_on: None) -> None:
    assert {throttle.wait(TWO, "a", count=False) for _time in range(5)} == {0}
    assert [throttle.wait(TWO, "a"), throttle.wait(TWO, "a")] == [0, 0]
    assert throttle.wait(TWO, "a", count=False) > 0


def test_the_switch_lifts_everything(limits_on: None, settings: Settings) -> None:
    settings.RATELIMIT_ENABLE = False
    assert {throttle.wait(TWO, "a") for _time in range(5)} == {0}


def test_without_its_redis_each_process_counts_for_itself(limits_on: None, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "redis", "LOCATION": "redis://127.0.0.1:9/1"}}
    assert [throttle.wait(TWO, "a"), throttle.wait(TWO, "a")] == [0, 0]
    assert throttle.wait(TWO, "a") > 0


@pytest.mark.parametrize(("seconds", "words"), [(1, "wait a minute"), (60, "wait a minute"), (61, "wait 2 minutes")])
def test_the_text_says_how_long(seconds: int, words: str) -> None:
    assert words in throttle.text(seconds)
