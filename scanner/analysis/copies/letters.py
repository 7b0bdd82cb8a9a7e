"""The verdict, letter by letter: what the copies of one store amount to.

Three-valued: a copy that may not count never makes a pass, and never a fail either. `fresh` and `kept` are about
the copies that count: they hold where the copies that are fresh (kept long enough) are still enough for each of
copies, media and offsite that all of them together are enough for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scanner.analysis.copies.observation import Observation, Told
from scanner.analysis.copies.places import Place, fewest, most, same, same_part, why_unknown
from scanner.model.backup import Backup
from scanner.model.value import Cause, Unknown

_NO_TIMING = Unknown("no restore of it has been timed", Cause.OUTSIDE_SCAN)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: places and mediums that are certain, and the letters (True, False or Unknown each)."""

    copies: int
    media: int
    offsite: bool
    letters: dict[str, Told]


def count(
    primary: Observation,
    observations: Sequence[Observation],
    more: Unknown | None,
    needs: Backup,
    tested: Told,
    timed: float | None = None,
) -> Counted:
    """Judge one store. `more` says why it may have copies that are not known of; `tested` whether a restore is;
    `timed` how many hours one took."""
    backups = [each for each in observations if each.counts is not False]
    judge = _Judge(primary, needs, more)
    full = judge.standard(backups)
    letters: dict[str, Told] = dict(full)
    in_time: Told = _NO_TIMING if timed is None else timed <= needs.rto_hours
    letters["fresh"] = judge.still(full, backups, lambda each: _recent(each, needs))
    letters["kept"] = judge.still(full, backups, lambda each: _kept(each, needs))
    letters["independent"] = judge.some(backups, lambda each: _and(_not(each.dies), each.sealed))
    letters["immutable"] = judge.some(backups, lambda each: _immutable(each, needs))
    letters["restore_tested"] = _and(judge.some(backups, lambda _each: True), tested)
    letters["restore_in_time"] = _and(judge.some(backups, lambda _each: True), in_time)
    letters["overall"] = _and(*(letters[name] for name in ("copies", "media", "offsite", "fresh", "kept")))
    sure = [each for each in backups if each.counts is True]
    return Counted(
        1 + fewest([each.place for each in sure]),
        len(judge.mediums([primary, *sure])),
        any(judge.off_site(each) is True for each in sure),
        letters,
    )


class _Judge:
    def __init__(self, primary: Observation, needs: Backup, more: Unknown | None) -> None:
        self._primary = primary
        self._needs = needs
        self._more = more

    def standard(self, backups: Sequence[Observation]) -> dict[str, Told]:
        """The 3-2-1 itself."""
        return {"copies": self._copies(backups), "media": self._media(backups), "offsite": self._offsite(backups)}

    def still(
        self, full: dict[str, Told], backups: Sequence[Observation], test: Callable[[Observation], Told]
    ) -> Told:
        """Whether the copies that pass a test are enough for what all of them are enough for."""
        tested = [(each, test(each)) for each in backups]
        sure = [each for each, held in tested if held is True and each.counts is True]
        # what lies beside a copy that passes, on the same medium, is enough for nothing that this one is not
        tested = [(each, held) for each, held in tested if held is True or not _beside(each, sure)]
        backups, told = [each for each, _ in tested], [held for _, held in tested]
        if all(each is True for each in told):
            return self.some(backups, lambda _each: True)
        left = [_but(each, held) for each, held in zip(backups, told, strict=True) if held is not False]
        kept = self.standard(left)
        parts = [_implies(full[name], kept[name]) for name in full]
        return _and(self.some(left, lambda _each: True), *parts)

    def some(self, backups: Iterable[Observation], test: Callable[[Observation], Told]) -> Told:
        """Whether a copy that counts passes a test."""
        return _or(
            *(_and(each.counts, test(each)) for each in backups), False if self._more is None else self._more
        )

    def _open(self) -> Told:
        return False if self._more is None else self._more

    def _copies(self, backups: Sequence[Observation]) -> Told:
        """What counts never lies where the data itself does, so that the data is always one more."""
        if 1 + fewest([each.place for each in backups if each.counts is True]) >= self._needs.copies:
            return True
        if self._more is not None:
            return self._more
        every = [each.place for each in backups]
        return False if 1 + most(every) < self._needs.copies else _doubt(backups, every)

    def _media(self, backups: Sequence[Observation]) -> Told:
        if (
            len(self.mediums([self._primary, *(each for each in backups if each.counts is True)]))
            >= self._needs.mediums
        ):
            return True
        if self._more is not None:
            return self._more
        perhaps = self.mediums([self._primary, *backups])
        open_ = sum(isinstance(each.medium, Unknown) for each in backups)
        return False if len(perhaps) + open_ < self._needs.mediums else _doubt(backups, [])

    def mediums(self, observations: Iterable[Observation]) -> set[str]:
        names = self._needs.media
        return {names.get(each.medium, each.medium) for each in observations if isinstance(each.medium, str)}

    def _offsite(self, backups: Sequence[Observation]) -> Told:
        return _or(
            *(_and(each.counts, self.off_site(each)) for each in backups),
            False if self._more is None else self._more,
        )

    def off_site(self, each: Observation) -> Told:
        """Whether a copy lies elsewhere: by region, account, both, or provider, as the configuration asks."""
        here, there, mode = self._primary.place, each.place, self._needs.offsite
        if here.provider != there.provider:
            return True
        if mode == "provider":
            return False
        wanted = {"region": (2,), "account": (1,), "region+account": (2, 1)}[mode]
        return _and(*(_apart(here, there, at) for at in wanted))


def _beside(each: Observation, others: Iterable[Observation]) -> bool:
    """Whether a copy lies where one of the others does, on the same medium."""
    if isinstance(each.medium, Unknown):
        return False
    alike = (other for other in others if isinstance(other.medium, str) and other.medium == each.medium)
    return any(same(each.place, other.place) is True for other in alike)


def _apart(here: Place, there: Place, at: int) -> Told:
    same = same_part(here[at], there[at])
    if same is not None:
        return not same
    name = ("provider", "account", "region")[at]
    found = why_unknown(here[at], there[at])
    return Unknown(f"the {name} of one of the two is not written", Cause.OUTSIDE_SCAN) if found is None else found


def _doubt(backups: Sequence[Observation], places: Sequence[Place]) -> Unknown:
    for each in backups:
        if isinstance(each.counts, Unknown):
            return each.counts
    for place in places:
        found = why_unknown(*place[1:])
        if found is not None:
            return found
    return Unknown("where the copies lie is not written", Cause.OUTSIDE_SCAN)


def _within(amount: object, limit: float, *, lasting: bool) -> Told:
    """Whether an amount is at most (lasting: at least) a limit. None is never: made once, or kept for ever."""
    if isinstance(amount, Unknown):
        return amount
    if amount is None:
        return lasting
    if not isinstance(amount, (int, float)):
        return Unknown(f"{amount!r} is no number", Cause.OUTSIDE_SCAN)
    return amount >= limit if lasting else amount <= limit


def _recent(each: Observation, needs: Backup) -> Told:
    """Planned: by the longest time between two; seen: by age, with half the objective for a job to run in."""
    slack = 1.0 if each.evidence == "planned" else 1.5
    return _within(each.hours, needs.rpo_hours * slack, lasting=False)


def _kept(each: Observation, needs: Backup) -> Told:
    return _within(each.keep_days, needs.retention_days, lasting=True)


def _immutable(each: Observation, needs: Backup) -> Told:
    if isinstance(each.lock, Unknown):
        return each.lock
    return each.lock == "compliance"


def _but(each: Observation, told: Told) -> Observation:
    """An observation of which it is not sure that it passes a test counts only perhaps."""
    if told is True or each.counts is not True:
        return each
    from dataclasses import replace  # noqa: PLC0415 - only for what is in doubt

    return replace(each, counts=told)


def _not(told: Told) -> Told:
    return told if isinstance(told, Unknown) else not told


def _and(*parts: Told) -> Told:
    if any(part is False for part in parts):
        return False
    return next((part for part in parts if isinstance(part, Unknown)), True)


def _or(*parts: Told) -> Told:
    if any(part is True for part in parts):
        return True
    return next((part for part in parts if isinstance(part, Unknown)), False)


def _implies(first: Told, second: Told) -> Told:
    if first is False or second is True:
        return True
    return second if first is True else first if isinstance(first, Unknown) else second
