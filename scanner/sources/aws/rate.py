"""A token bucket: calls stay well below what the service refills, so that others find room."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# Tokens per second and the most that may be saved up, at or below half of what AWS documents or was measured
# to refill per account and region (EC2 API Reference, "Throttling": 20/s, burst 100; KMS quotas: GetKeyPolicy and
# GetKeyRotationStatus 1,000/s, ListGrants 100/s; Secrets Manager quotas: DescribeSecret and ListSecrets 40/s and
# more; Lambda quotas: 15/s over all of its control plane; Route 53 quotas: 5/s; SNS quotas: 30/s; SQS throttles
# GetQueueAttributes by queue only; DynamoDB quotas: 2,500/s of reading its control plane; EventBridge quotas:
# 50/s; API Gateway quotas: 10/s, burst 40; CloudTrail quotas: LookupEvents 2/s). What is not listed takes the
# default.
_RATES = {
    "ec2": (8.0, 50.0),
    "iam": (10.0, 20.0),
    "s3": (50.0, 100.0),
    "route53": (2.5, 5.0),
    "organizations": (2.0, 5.0),
    "cloudfront": (2.5, 10.0),
    "cloudtrail": (1.0, 1.0),
    "wafv2": (2.5, 5.0),
    "lambda": (7.0, 30.0),
    "kms": (50.0, 50.0),
    "dynamodb": (50.0, 50.0),
    "events": (20.0, 40.0),
    "secretsmanager": (20.0, 40.0),
    "sns": (15.0, 30.0),
    "sqs": (50.0, 100.0),
    "sts": (20.0, 50.0),
}
_DEFAULT = (5.0, 20.0)


class Bucket:
    """Tokens of one (account, region, service); `take` waits until there is one."""

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
        self._lock = threading.Lock()
        self.waited = 0.0

    def take(self) -> None:
        """Spend one token, waiting for it where the bucket is empty: who comes later waits longer."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= 1
            pause = max(0.0, -self._tokens / self._rate)
            self.waited += pause
        if pause:
            self._sleep(pause)
