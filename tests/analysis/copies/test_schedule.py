"""The longest time between two runs. Expected values: from the calendar, and from the documentation that each case
names (EB: EventBridge Scheduler User Guide, K8S: Kubernetes CronJob, ROBFIG: robfig/cron).
"""

from __future__ import annotations

import pytest

from scanner.analysis.copies.schedule import longest_gap

DAY = 24.0


@pytest.mark.parametrize(
    ("expression", "hours"),
    [
        ("cron(0 5 ? * * *)", DAY),  # API BackupRuleInput: the default, at five every day
        ("cron(0 12 * * ? *)", DAY),  # EB: every day at noon
        ("cron(0/15 * * * ? *)", 0.25),  # EB: every 15 minutes
        ("cron(15 10 ? * 6L 2026-2099)", 5 * 7 * DAY),  # EB: the last Friday of each month
        ("cron(0 10 ? * 2#1 *)", 5 * 7 * DAY),  # EB: the first Monday of each month
        ("cron(0 18 ? * MON-FRI *)", 3 * DAY),  # EB: working days
        ("cron(0 8 1 * ? *)", 31 * DAY),  # EB: the first of each month
        ("cron(0 8 L * ? *)", 31 * DAY),  # the last day: 31 days from the end of July to the end of August
        (
            "cron(0 8 1W * ? *)",
            33 * DAY,
        ),  # working day nearest to the first: 3 Aug. is a Monday, 1 May 2026 a Friday
        ("cron(0 0,12 * * ? *)", 12.0),
        ("cron(0 20 * * ? *)", DAY),
        ("rate(12 hours)", 12.0),  # EB: rate expressions
        ("rate(1 day)", DAY),
        ("rate(5 minutes)", 5 / 60),
        ("0 3 * * *", DAY),  # K8S
        ("*/30 * * * *", 0.5),
        ("0 0 * * 0", 7 * DAY),
        ("0 0 * * 7", 7 * DAY),  # crontab(5): 0 and 7 are Sunday
        ("0 0 1,15 * *", 17 * DAY),
        ("0 0 13 * 5", 7 * DAY),  # crontab(5): the thirteenth, and every Friday
        ("0 22 * * 1-5", 3 * DAY),
        ("0 0 1 JAN *", 365 * DAY),
        ("@daily", DAY),  # ROBFIG
        ("@every 6h", 6.0),
        ("@every 1h30m", 1.5),
        ("@weekly", 7 * DAY),
        ("@monthly", 31 * DAY),
        ("CRON_TZ=Europe/Berlin 0 3 * * *", DAY),  # ROBFIG
        ("0 0 0 * * *", DAY),  # CloudNativePG: seconds first
    ],
)
def test_gap(expression: str, hours: float) -> None:
    assert longest_gap(expression) == pytest.approx(hours)


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 5 31 2 ? *)",
        "cron(0 5 * * * *)",
        "cron(0 5 ? * ? *)",
        "cron(60 5 * * ? *)",
        "cron(0 25 * * ? *)",
        "cron(0 5 * 13 ? *)",
        "cron(0 5 * * ? 2001)",
        "cron(0 5 * *)",
        "rate(0 hours)",
        "rate(5 weeks)",
        "at dawn",
        "",
        "0 3 * *",
        "0/0 3 * * *",
        "@sometimes",
        "0 3 30 2 *",
    ],
)
def test_no_schedule(expression: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        longest_gap(expression)
