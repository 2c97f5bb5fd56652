"""A memory, a clock and a client for tests: time passes only while somebody sleeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from digest.sources.http import PoliteClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model.fetch import Closure, Validators

START = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
BEFORE = START - timedelta(days=1)
Reply = httpx.Response | Exception


@dataclass
class Clock:
    now: datetime = START
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Memory:
    known: dict[str, Validators] = field(default_factory=dict)
    booked: list[datetime] = field(default_factory=list)
    free_at: datetime = BEFORE
    closures: dict[str, Closure] = field(default_factory=dict)

    def find_validators(self, address: str) -> Validators | None:
        return self.known.get(address)

    def reserve_slot(self, service: str, *, now: datetime, spacing: timedelta, latest: datetime) -> datetime:
        slot = max(now, self.free_at)
        if slot <= latest:
            self.free_at = slot + spacing
            self.booked.append(slot)
        return slot

    def keep_off(self, service: str, *, until: datetime) -> None:
        self.free_at = max(self.free_at, until)

    def find_closure(self, service: str) -> Closure | None:
        return self.closures.get(service)

    def save_closure(self, service: str, closure: Closure) -> None:
        self.closures[service] = closure


class World:
    """A service that gives the listed replies in turn, the last one for ever, and keeps what it was asked."""

    def __init__(self, *replies: Reply, answer: Callable[[httpx.Request], Reply] | None = None) -> None:
        self.replies = list(replies)
        self.answer = answer
        self.asked: list[httpx.Request] = []
        self.clock = Clock()
        self.memory = Memory()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.answer:
            reply = self.answer(request)
        else:
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def client(self, **options: Any) -> PoliteClient:
        settings: dict[str, Any] = {
            "service": "arxiv",
            "spacing": timedelta(seconds=3),
            "contact": "ops@example.org",
            "transport": httpx.MockTransport(self),
        }
        return PoliteClient(memory=self.memory, clock=self.clock, sleep=self.clock.sleep, **(settings | options))
