"""Limits how often something happens: a counter and a penalty box as one."""

from wit_world.imports import erl

from ._values import Address, Seconds, seconds

__all__ = ["EdgeRateLimiter"]


class EdgeRateLimiter:
    """Counts what entries do, and puts those that do it too often into a penalty box for a while.

    An entry is any text, such as a client's address. The counts are the place's, not the sandbox's.
    """

    def __init__(self, counter: erl.RateCounter | str, penalty_box: erl.PenaltyBox | str) -> None:
        """Joins a counter and a penalty box, which must be opened while a request is served.

        :param counter: the counter, or its name
        :param penalty_box: the box, or its name
        :raises FastlyError: when there is none of that name
        """
        self.counter = erl.RateCounter.open(counter) if isinstance(counter, str) else counter
        self.penalty_box = erl.PenaltyBox.open(penalty_box) if isinstance(penalty_box, str) else penalty_box

    def check_rate(
        self,
        entry: Address,
        *,
        limit: int,
        ttl: Seconds,
        window: erl.RateWindow = erl.RateWindow.TEN_SECONDS,
        delta: int = 1,
    ) -> bool:
        """Counts, and tells whether it is too much: that puts the entry into the box.

        :param entry: who or what does it; an `ipaddress` object is taken as its text
        :param limit: how often a second is not too much
        :param ttl: how long the entry is in the box then: whole minutes, in seconds or as a `timedelta`
        :param window: the time over which the rate is taken
        :param delta: how much is counted
        :returns: whether the entry is to be held back
        :raises FastlyError: what the host reports; `InvalidArgument` when `ttl` is no whole minute
        """
        return self.counter.check_rate(str(entry), delta, window, limit, self.penalty_box, seconds(ttl))

    def penalize(self, entry: Address, ttl: Seconds) -> None:
        """Puts an entry into the box, whatever its rate.

        :param entry: who or what
        :param ttl: for how long: whole minutes, in seconds or as a `timedelta`
        :raises FastlyError: what the host reports; `InvalidArgument` when `ttl` is no whole minute
        """
        self.penalty_box.add(str(entry), seconds(ttl))

    def __contains__(self, entry: object) -> bool:
        """Tells whether an entry is in the box; nothing is counted."""
        return self.penalty_box.has(str(entry))
