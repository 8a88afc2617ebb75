"""Enrolment: a code makes one key a till, once; whatever else is sent changes nothing."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest

from common.entries import LeaseGranted, TillEnrolled
from syncserver.office import grants
from syncserver.office.errors import OfficeError
from syncserver.store import WriterState
from tests.syncserver.voice import Voice


def tills(office):
    with office.store.read() as reading:
        return [row for row in reading.writers() if row.branch]


async def test_a_code_makes_a_till_with_a_branch_a_lease_and_the_keys_of_its_cards(line, clock):
    serials = ["6201000000000001", "6201000000000002"]
    with line.office.change() as intake:
        grants.allot_cards(intake, line.office.keys.card_master, "hill", serials)
    voice = await line.till(clock)
    assert (voice.till, voice.branch, voice.epoch) == ("till-0001", "hill", 1)
    items, _ = await line.feed(voice)
    said = [item.signed.entry.body for item in items]
    assert [type(body).__name__ for body in said].count("KeysSealed") == 1
    assert [body.till for body in said if isinstance(body, TillEnrolled | LeaseGranted)] == ["till-0001"] * 2


async def test_a_lost_reply_is_asked_for_again_and_makes_no_second_till(line, clock):
    voice, code = Voice(clock), line.code()
    first, again = await line.enrol(voice, code), await line.enrol(voice, code)
    assert first[0] == 200
    assert first == again
    assert len(tills(line.office)) == 1


async def test_a_code_is_good_for_one_key(line, clock):
    code = line.code()
    await line.enrol(Voice(clock), code)
    status, problem = await line.enrol(Voice(clock), code)
    assert (status, problem["error"]) == (409, "code_used")
    assert len(tills(line.office)) == 1


async def test_an_expired_code_is_refused(line, clock):
    code = line.code(hours=1)
    clock.now += timedelta(hours=2)
    status, problem = await line.enrol(Voice(clock), code)
    assert (status, problem["error"]) == (404, "unknown_code")
    assert "expired" in problem["message"]


@pytest.mark.parametrize("code", ["", "ABCD", "0000-0000-0000-0000-0000-0000-0000-0000", "é" * 32])
async def test_a_code_that_nobody_made_is_refused(line, clock, code):
    status, problem = await line.enrol(Voice(clock), code)
    assert (status, problem["error"]) == (404, "unknown_code")
    assert tills(line.office) == []


@pytest.mark.parametrize(
    "changed",
    [{"key": "zz"}, {"key": "A" * 64}, {"box": "0" * 63}, {"version": "x" * 300}, {"code": 7}, {"key": None}],
)
async def test_a_malformed_request_uses_no_code(line, clock, changed):
    code, voice = line.code(), Voice(clock)
    status, problem = await line.enrol(voice, **({"code": code} | changed))
    assert (status, problem["error"]) == (400, "malformed")
    assert (await line.enrol(voice, code))[0] == 200


async def test_a_box_key_that_nothing_can_be_sealed_to_is_refused(line, clock):
    """It would be found only when cards are allotted, and would keep the branch's other tills from their keys."""
    code, voice = line.code(), Voice(clock)
    status, problem = await line.enrol(voice, code, box="0" * 64)
    assert (status, problem["error"]) == (400, "malformed")
    assert (await line.enrol(voice, code))[0] == 200
    with line.office.change() as intake:
        grants.allot_cards(intake, line.office.keys.card_master, "hill", ["6201000000000001"])


async def test_garbage_is_answered_in_words(line):
    for body in (b"", b"{", b"\xff\xfe", b"[" * 8_000, b"null"):
        async with line.session.post(line.url + "/v1/enrol", data=body) as response:
            assert response.status == 400
            assert (await response.json())["error"] == "malformed"


async def test_a_till_enrolled_again_writes_a_new_epoch(line, clock):
    voice = await line.till(clock)
    again = Voice(clock)
    status, reply = await line.enrol(again, line.code(again=voice.till))
    assert (status, reply["till"], reply["epoch"]) == (200, voice.till, 2)
    again.enrolled(reply)
    await line.push(again)
    status, problem = await line.send(voice)
    assert (status, problem["error"]) == (409, "fork")
    assert "enrolled again as epoch 2" in problem["message"]
    assert [(row.epoch, row.seq) for row in tills(line.office)] == [(1, 1), (2, 1)]


async def test_a_revoked_till_may_still_send_what_it_sold_and_gets_no_new_lease(line, clock):
    voice = await line.till(clock)
    with line.office.change() as intake:
        grants.revoke(intake, voice.till, "stolen")
    voice.open_account("A1")
    clock.now += timedelta(days=6)
    await line.push(voice)
    items, _ = await line.feed(voice)
    said = [type(item.signed.entry.body).__name__ for item in items]
    assert said.count("TillRevoked") == 1
    assert said.count("LeaseGranted") == 1
    assert tills(line.office)[0].state is WriterState.REVOKED


async def test_a_lease_is_renewed_when_half_of_it_is_gone(line, clock):
    voice = await line.till(clock)
    _, before = await line.feed(voice)
    clock.now += timedelta(days=3)
    assert await line.feed(voice, before) == ([], before)
    clock.now += timedelta(days=1)
    items, _ = await line.feed(voice, before)
    assert [type(item.signed.entry.body) for item in items] == [LeaseGranted]


@pytest.mark.parametrize("branch", ["", "*", "office", "till-0002", "two words", "a b", "x" * 33, "a/b", "-a"])
def test_a_branch_cannot_be_called_so(office, branch):
    with office.store.write() as writing, pytest.raises(OfficeError):
        grants.add_code(writing, b"0123456789", branch=branch, name="counter", expires=office.clock())


async def test_a_token_must_be_the_tills_own_and_fresh(line, clock):
    voice, other = await line.till(clock), await line.till(clock)
    now = int(clock.now.timestamp())
    stranger = Voice(clock, till=voice.till)
    bad = [
        "",
        "x",
        "a.b.c",
        stranger.token(),
        voice.token(iss=other.till),
        voice.token(aud="other"),
        voice.token(iat=now - 200, exp=now - 100),
        voice.token(iat=now + 200, exp=now + 300),
        voice.token(iat=now, exp=now + 10_000),
        voice.token(iat="now"),
        Voice(clock, till="office").token(),
        "e30.e30.e30",
    ]
    for token in bad:
        async with line.session.get(line.url + "/v1/feed", headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status == 401, token
            assert (await response.json())["error"] == "unauthorised"
    for headers in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}):
        async with line.session.get(line.url + "/v1/feed", headers=headers) as response:
            assert response.status == 401


@pytest.mark.parametrize(
    "kid", ['"\\ud800"', "7", "null", '["till-0001"]', '"till-0001\\u0000"', '"' + "x" * 9_000 + '"']
)
async def test_a_token_with_an_odd_name_in_it_is_no_token(line, clock, kid):
    await line.till(clock)
    token = ".".join(_base64(part) for part in ('{"alg":"EdDSA","kid":' + kid + "}", '{"iss":"x"}', "x" * 64))
    async with line.session.get(line.url + "/v1/feed", headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.status in (400, 401)


def _base64(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
