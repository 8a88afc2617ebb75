"""The work behind the window: one thing at a time, nothing twice, every failure told, whatever reader or line do."""

import asyncio
import threading
import time
from datetime import UTC, datetime

from common.chain import Head
from till.cards.errors import NoReader
from till.screens.work.line import Line
from till.screens.work.watch import Watch
from till.screens.work.worker import Fault, Worker
from till.simulator.tray import Tray
from till.sync.errors import OfficeUnreachable
from till.sync.report import SyncReport


def at_once(work):
    work()


def until(true):
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_name_that_is_under_way_is_not_taken_again():
    worker, go, done = Worker(at_once), threading.Event(), []
    worker.start()
    assert worker.do("sell", go.wait, done.append)
    assert not worker.do("sell", go.wait, done.append)
    assert worker.under_way("sell")
    go.set()
    until(lambda: done)
    assert worker.do("sell", lambda: 2, done.append)
    worker.stop()
    assert done == [True, 2]


def test_the_name_is_free_only_when_the_result_is_shown():
    waiting = []
    worker = Worker(waiting.append)
    worker.start()
    worker.do("sell", lambda: 1)
    until(lambda: waiting)
    assert not worker.do("sell", lambda: 1)
    waiting.pop()()
    assert worker.do("sell", lambda: 1)
    worker.stop()


def test_an_error_that_is_none_of_a_person_s_is_a_fault_and_the_work_goes_on():
    worker, failed, done = Worker(at_once), [], []
    worker.start()
    worker.do("a", lambda: 1 // 0, done.append, failed.append)
    worker.do("b", lambda: 2, done.append, failed.append)
    until(lambda: done)
    worker.stop()
    assert isinstance(failed[0], Fault)
    assert done == [2]


def test_a_wait_is_known_by_its_name():
    worker, go = Worker(at_once), threading.Event()
    worker.start()
    worker.do("read", go.wait)
    until(lambda: (worker.longest(lambda name: name == "read") or ("", 0))[1] > 0.05)
    assert worker.longest(lambda name: name == "other") is None
    go.set()
    worker.stop()


def test_who_stops_waiting_is_told_nothing_and_may_ask_again():
    worker, go, done = Worker(at_once), threading.Event(), []
    worker.start()
    worker.do("history", lambda: go.wait() and 1, done.append)
    worker.do("find", lambda: 2, done.append)
    worker.leave("history")
    worker.leave("find")
    worker.leave("nothing")
    assert worker.longest(lambda _: True) is None
    assert worker.do("find", lambda: 3, done.append)
    go.set()
    until(lambda: done)
    worker.stop()
    assert done == [3]


def test_the_watch_tells_each_change_of_the_reader_once(tmp_path, branch):
    tray, seen = Tray(branch.folder), []
    watch = Watch(tray, at_once, seen.append)
    watch.start()
    until(lambda: len(seen) == 1)
    tray.put(branch.blank())
    until(lambda: len(seen) == 2)
    tray.pull()
    until(lambda: len(seen) == 3)
    watch.stop()
    assert [(found.card, found.trouble) for found in seen] == [(False, None), (True, None), (False, None)]


def test_a_reader_in_trouble_is_told_once_until_it_is_mended(branch, monkeypatch):
    tray, seen = Tray(branch.folder), []

    def gone():
        raise NoReader("not_plugged_in")

    monkeypatch.setattr(tray, "names", gone)
    monkeypatch.setattr("till.screens.work.watch._AGAIN", 0.01)
    watch = Watch(tray, at_once, seen.append)
    watch.start()
    until(lambda: seen)
    time.sleep(0.1)
    assert len(seen) == 1
    monkeypatch.undo()
    until(lambda: len(seen) == 2)
    watch.stop()
    assert seen[1].trouble is None


def test_the_line_says_since_when_it_is_up_or_down(monkeypatch):
    monkeypatch.setattr("till.screens.work.line._LATEST_AGAIN", 0.01)
    times = iter(range(10_000))
    good = SyncReport(sent=1, received=0, head=Head.empty("till-0001", 1), offset_ms=0)
    answers = [good, OfficeUnreachable("https://x", "no"), OfficeUnreachable("https://x", "no"), good]
    seen = []

    async def follow(told):
        answer = answers.pop(0) if answers else good
        if isinstance(answer, Exception):
            raise answer
        told(answer)
        await asyncio.sleep(60)
        return answer

    line = Line(follow, lambda: datetime.fromtimestamp(next(times), UTC), at_once, seen.append)
    line.start()
    until(lambda: sum(not told.busy for told in seen) >= 1)
    line.ask()
    until(lambda: sum(not told.busy for told in seen) >= 4)
    line.stop()
    ended = [told for told in seen if not told.busy][:4]
    assert [told.up for told in ended] == [True, False, False, True]
    assert ended[1].since == ended[2].since > ended[0].since
    assert ended[3].since > ended[2].since
    assert ended[3].trouble is None
    assert ended[1].report == good
