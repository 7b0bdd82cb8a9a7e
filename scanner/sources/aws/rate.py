"""A token bucket: calls stay well below what the service refills, so that others find room."""

from __future__ import annotations

import time
from collections.abc import Callable

# Tokens per second and the most that may be saved up, at or below half of what AWS documents or was measured
# to refill (EC2: 20/s, burst 100, per account, region and API). What is not listed takes the default.
_RATES = {
    "ec2": (8.0, 50.0),
    "iam": (10.0, 20.0),
    "s3": (50.0, 100.0),
    "route53": (2.5, 5.0),
    "organizations": (2.0, 5.0),
    "cloudfront": (2.5, 10.0),
    "wafv2": (2.5, 5.0),
    "lambda": (7.0, 30.0),
    "kms": (20.0, 50.0),
    "sts": (20.0, 50.0),
}
_DEFAULT = (5.0, 20.0)


class Bucket:
    """Tokens of one (account, region, service); `take` waits until there is one. Used by one thread."""

    def __init__(
        self,
        service: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._most = _RATES.get(service, _DEFAULT)
        self._clock, self._sleep = clock, sleep
        self._tokens = self._most
        self._at = clock()
        self.waited = 0.0

    def take(self) -> None:
        """Spend one token, waiting for it where the bucket is empty."""
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            pause = (1 - self._tokens) / self._rate
            self._sleep(pause)
            self.waited += pause
            self._tokens += pause * self._rate
            self._at += pause
        self._tokens -= 1
