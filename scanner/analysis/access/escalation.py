"""Who can become an administrator, and how: the closure of the escalation paths over a graph.

An administrator can reach, by its own permissions and by escalation, everything that the guardrails which it
cannot change leave to any principal of its account. Answers come in three rounds, surest first: what certainly
leads there, what does under conditions, and what does if something outside the scan is as assumed; a principal's
answer is that of the first round that finds a way, and so is the way that is shown, the shortest of that round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.escalation_hops import CLUSTER, EVERYTHING, OUTSIDE, Hop, Hops, Step
from scanner.analysis.access.escalation_planes import Planes
from scanner.analysis.access.escalation_world import UNKNOWN, YES, Carrier, Fact, Standing, World, together
from scanner.analysis.access.estate import Estate
from scanner.analysis.access.names import readable
from scanner.analysis.access.paths import PATHS, Path
from scanner.graph.columns import Graph

_ROUNDS = (Standing.YES, Standing.CONDITIONAL, Standing.UNKNOWN)
_FREE = "sts:AssumeRole"  # a role that names the principal in its trust asks for no permission
_MOST_TRIED = 200  # targets that are tried for a path that leads to no administrator
SIGN_IN = "identity-center"  # the id of the way of a user who signs in to a role
DIRECT = "administrator"  # the id of the way that is none: the principal's own permissions


class Way(NamedTuple):
    """A way of one principal: the id of its first path, its hops in order, where it ends, and how sure it is.

    `reaches` is a node index, EVERYTHING (administration of the account) or OUTSIDE (something outside the scan).
    """

    id: str
    hops: tuple[Hop, ...]
    reaches: int
    fact: Fact

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for hop in self.hops for step in hop.steps)


class Escalations:
    """The answers for one graph. `complete` is that of `[scope]`."""

    def __init__(self, graph: Graph, complete: Collection[str] = ()) -> None:
        self.graph = graph
        self.estate = Estate.of(graph)
        self.world = World(graph, self.estate, complete)
        self.hops = Hops(self.world)
        self._able: dict[int, tuple[Path, ...]] = {}
        self._admin: dict[int, tuple[Standing, Hop]] = {}
        self._alone: dict[int, list[Hop]] = {}
        self._unresolved: dict[int, str] = {}
        self._entered: dict[int, list[Hop]] = {}
        known = catalogue()
        self._needed = [(path, [known.bits(each) for each in path.actions if each != _FREE]) for path in PATHS]
        self._everyone = [*self.estate.principals, *self.estate.groups]
        self._carrying = self._carriers_by_role()
        kept = {each for each in self._everyone if not self.estate.sign_on.is_directory(each)}
        self._of_kind = {kind: set(graph.nodes(kind)) & kept for kind in ("user", "role", "group")}
        self.planes = Planes(graph, self.estate)
        self._of_clusters = [
            (each, self.planes.held_by(each))
            for each in graph.nodes("cluster")
            if graph.peek(each, "flavour") == "kubernetes"
        ]
        self._close()
        self.planes.worth = lambda role: int(self._admin[role][0]) if role in self._admin else 0
        self._accounts = {index: self._of_account(index) for index in self.planes.accounts()}

    # answers

    def admin(self, index: int) -> str:
        """yes, conditional, no or unknown."""
        if index in self._accounts:
            return self._account_admin(index)
        found = self._admin.get(index)
        if found is not None:
            return found[0].name.lower()
        return "unknown" if index in self._unresolved else "no"

    def why_unknown(self, index: int) -> str:
        """Why a principal's permissions are not known in full; "" where they are."""
        return self._unresolved.get(index, "")

    def way(self, index: int) -> Way | None:
        """The way by which a principal becomes an administrator; None where there is none."""
        found = self._admin.get(index)
        return self._chained(found[1]) if found is not None else None

    def ways(self, index: int) -> list[Way]:
        """The ways out of a principal, one for each path that it can go: to an administrator where the path leads
        to one, else to the first principal that it leads to. Whoever is an administrator as it stands has one."""
        if index in self._accounts:
            return self._accounts[index]
        direct = self._admin.get(index)
        obvious = direct is not None and direct[1].path == DIRECT
        if direct is not None and obvious and direct[0] is not Standing.UNKNOWN:
            return [self._chained(direct[1])]
        found = (self._best(index, path) for path in self.able(index))
        ways = [way for way in found if way is not None]
        if entered := [self._chained(hop) for hop in self._inside(index)]:
            ways.append(max(entered, key=_rank))
        return ways if ways or direct is None or not obvious else [self._chained(direct[1])]

    def principals(self) -> list[int]:
        """Everyone who can act in the cloud, in the order of the graph, then the service accounts of clusters."""
        return [*(each for each in sorted(self.estate.principals) if self._is_told(each)), *self._accounts]

    def _is_told(self, index: int) -> bool:
        """Of what only stands for something outside the scan, no more than what is certain."""
        found = self._admin.get(index)
        return index not in self.graph.stand_ins or (found is not None and found[0] is not Standing.UNKNOWN)

    def acting(self, index: int) -> list[int]:
        """The principals that a node is or acts as, that are in it (a group), or that hold it (a policy)."""
        if index in self.estate.principals or index in self._accounts:
            return [index]
        graph = self.graph
        held = [*graph.targets("assumes", index)]
        held += [each for inner in graph.targets("contains", index) for each in graph.targets("assumes", inner)]
        holders = [*graph.sources("attaches", index), *graph.sources("member_of", index)]
        held += [*holders, *(each for holder in holders for each in graph.sources("member_of", holder))]
        known = {*self.estate.principals, *self._accounts}
        return [each for each in dict.fromkeys(held) if each in known]

    def _inside(self, index: int) -> list[Hop]:
        """What a principal of the cloud holds through the clusters that let it in, or by signing in to a role."""
        if index not in self._entered:
            found = [each for each in self.planes.entering(index) if each.target != index]
            signed = [each.index for each in self.estate.acting(self.hops.principal(index))]
            found += [Hop(SIGN_IN, index, role, YES, (Step(index, "signs in", role, None),)) for role in signed]
            self._entered[index] = found
        return self._entered[index]

    # service accounts

    def _of_account(self, index: int) -> list[Way]:
        """The ways of a service account: of those that differ in nothing but the role that they lead to, the
        surest; machines' roles only where they lead to an administrator."""
        found: dict[tuple[str, int], Way] = {}
        for hop in self.planes.hops(index):
            way = self._chained(hop)
            if way.id == "node-role" and way.reaches not in (EVERYTHING, OUTSIDE):
                continue
            key = (way.id, len(hop.steps) > 1) if way.id.startswith("k8s-") else (way.id, hop.target)
            if key not in found or _rank(way) > _rank(found[key]):
                found[key] = way
        return [way for key, way in found.items() if not _goes_on(way, found.get((way.id, True)))]

    def _account_admin(self, index: int) -> str:
        """Whether a service account administers its cluster, or the account of a role that it acts as."""
        great = [
            way.fact.standing for way in self._accounts[index] if way.reaches in (EVERYTHING, OUTSIDE, CLUSTER)
        ]
        return max(great, default=Standing.NO).name.lower()

    def reached(self, way: Way) -> str:
        """What a way reaches: `admin` (of the account, or of the cluster), the address of a node, or `outside` for
        what the scan does not hold."""
        words = {EVERYTHING: "admin", OUTSIDE: "outside", CLUSTER: "admin"}
        return words.get(way.reaches) or str(self.graph.addresses[way.reaches])

    def conditions(self, way: Way) -> list[str]:
        """What a way hangs on, for people: conditions as they are, what is taken for granted as an assumption."""
        found = [_worded(note, hop.fact.standing) for hop in way.hops for note in hop.fact.notes]
        return [readable(each) for each in dict.fromkeys(found)]

    # which paths a principal may go at all

    def able(self, index: int) -> tuple[Path, ...]:
        """The paths whose every action some statement of the principal allows."""
        if index not in self._able:
            kind, bits = self.graph.kind(index).name, self.hops.looks.bits(index)
            self._note_unresolved(index)
            self._able[index] = tuple(
                path
                for path, masks in self._needed
                if path.by in ("", kind) and all(mask & bits for mask in masks)
            )
        return self._able[index]

    def _note_unresolved(self, index: int) -> None:
        """Remember why a principal may be allowed more than the paths show: a statement of which at least the
        actions are known leads nowhere else."""
        anything = catalogue().everything
        for policy in self.hops.principal(index).identity:
            vague = (each for each in policy.statements if each.allow and not each.known)
            more = (each.unknown for each in vague if each.most.actions.bits == anything)
            why = policy.unknown or next(more, "")
            if why:
                self._unresolved[index] = why
                return

    # closure

    def _close(self) -> None:
        for index in self._everyone:
            self.able(index)
        for level in _ROUNDS:
            for obvious in (True, False):  # so that ways lead to administrators as such where there are any
                frontier = set(self._admin)
                for index in self._everyone:
                    if index not in self._admin and (not obvious or self.hops.looks.plain(index)):
                        seed = self._seed(index, level)
                        if seed is not None:
                            self._admin[index] = (level, seed)
                            frontier.add(index)
                while frontier:
                    frontier = self._round(frontier, level)

    def _round(self, frontier: set[int], level: Standing) -> set[int]:
        """Whoever reaches one of those that the last round found."""
        found: dict[int, Hop] = {}
        for index in self._everyone:
            if index in self._admin:
                continue
            for path in self.able(index):
                hop = next((each for each in self._to(index, path, frontier) if each.fact.standing >= level), None)
                if hop is not None:
                    found[index] = hop
                    break
            else:
                inside = (each for each in self._inside(index) if each.target in frontier)
                hop = next((each for each in inside if each.fact.standing >= level), None)
                if hop is not None:
                    found[index] = hop
        self._admin.update((index, (level, hop)) for index, hop in found.items())
        return set(found)

    def _seed(self, index: int, level: Standing) -> Hop | None:
        """A way that needs no administrator to be there already."""
        for hop in self._own(index):
            if hop.fact.standing >= level and hop.target in (EVERYTHING, OUTSIDE):
                return hop
        for path in self.able(index):
            found: Hop | None = None
            if path.gives == "rewritten":
                found = self._rewriting(index, path, level)
            elif level is Standing.UNKNOWN:
                found = next(iter(self._unknown_roles(index, path)), None) or self.hops.elsewhere(index, path)
            if found is not None:
                return found
        return None

    def _own(self, index: int) -> list[Hop]:
        """What a principal is, and what it can make of itself."""
        if index not in self._alone:
            found = [self._as_it_stands(index)]
            found += [self.hops.alone(index, path) for path in self.able(index) if self._is_alone(path)]
            self._alone[index] = [hop for hop in found if hop is not None]
        return self._alone[index]

    def _is_alone(self, path: Path) -> bool:
        return path.gives in ("self", "made", "unbound", "root")

    def _as_it_stands(self, index: int) -> Hop | None:
        fact = self.hops.administers(index)
        if fact.standing is Standing.NO:
            return None
        source = self.hops.looks.widest(index)
        return Hop(DIRECT, index, EVERYTHING, fact, (Step(index, "*", "*", source),))

    def _rewriting(self, index: int, path: Path, level: Standing) -> Hop | None:
        for target in self._candidates(index, path, None):
            hop = self.hops.take(index, path, target)
            if hop is not None and hop.target == EVERYTHING and hop.fact.standing >= level:
                return hop
        return None

    # targets

    def _to(self, index: int, path: Path, wanted: set[int]) -> Iterator[Hop]:
        """The hops by which a path leads from a principal to one of those that are wanted."""
        if path.gives == "passed":
            some = self.hops.looks.possible(index, "iam:PassRole")
            close = wanted if some is None else wanted & some
            trusting = {role for service in path.passes for role in self.world.trusting(service)}
            for role in sorted(close & trusting):
                if role != index and (hop := self.hops.hand(index, path, role)):
                    yield hop
        elif path.gives == "carried":
            for role in sorted(wanted & self._carrying.keys()):
                for name, carrier in self._carrying[role]:
                    if name == path.via and (hop := self.hops.use(index, path, carrier, role)):
                        yield hop
        elif path.gives == "cluster":
            for cluster, roles in self._of_clusters:
                for role in sorted(wanted.intersection(roles)):
                    if hop := self.hops.enter(index, path, cluster, role):
                        fact = together((hop.fact, roles[role]))
                        yield hop._replace(fact=fact)
        elif path.gives in ("user", "role", "group"):
            for target in self._candidates(index, path, wanted):
                if hop := self.hops.take(index, path, target):
                    yield hop

    def _candidates(self, index: int, path: Path, wanted: set[int] | None) -> list[int]:
        """The principals that a path may take, of those that are wanted (None: any), in the order of the graph."""
        kind, found = "role", wanted
        for need in path.needs:
            if need.action == _FREE:
                assumable = self.hops.looks.assumable(index)
                found = set(assumable) if found is None else found.intersection(assumable)
            elif need.target in ("user", "role", "group"):
                kind = need.target
                some = self.hops.looks.possible(index, need.action)
                if some is not None:
                    found = set(some) if found is None else found & some
        everyone = self._of_kind[kind]
        return sorted(everyone if found is None else found & everyone)

    def _carriers_by_role(self) -> dict[int, list[tuple[str, Carrier]]]:
        found: dict[int, list[tuple[str, Carrier]]] = {}
        for path in PATHS:
            if path.via:
                for carrier in self.world.carriers(path.via):
                    for role in carrier.roles:
                        if (path.via, carrier) not in found.setdefault(role, []):
                            found[role].append((path.via, carrier))
        return found

    def sideways(self, index: int) -> Hop | None:
        """A way to take over another principal that is no administrator: by its keys, password or trust."""
        others = {*self._everyone} - self._admin.keys()
        for path in self.able(index):
            if path.gives == "user" or path.id == "iam-012":
                for hop in self._to(index, path, others):
                    if hop.fact.standing >= Standing.CONDITIONAL and hop.target not in self.graph.stand_ins:
                        return hop
        return None

    # listing

    def _best(self, index: int, path: Path) -> Way | None:
        """The way that starts with a path: the surest to an administrator, else the surest to anyone."""
        options = [hop for hop in self._own(index) if hop.path == path.id]
        if path.gives == "rewritten":
            for level in _ROUNDS:
                if not options and (hop := self._rewriting(index, path, level)):
                    options.append(hop)
        options += self._leading(index, path)
        if not options and (hop := self.hops.elsewhere(index, path)):
            options.append(hop)
        ways = [self._chained(hop) for hop in options]
        return max(ways, key=_rank, default=None)

    def _leading(self, index: int, path: Path) -> list[Hop]:
        great = {each for each in self._admin if each != index}
        found = list(self._to(index, path, great))
        if not found and path.gives == "cluster":
            entered = (self.hops.enter(index, path, cluster, None) for cluster, _ in self._of_clusters)
            return [hop for hop in entered if hop is not None]
        if not found:
            rest = (each for each in self._everyone if each not in self._admin and each != index)
            found = list(islice(self._to(index, path, set(islice(rest, _MOST_TRIED))), 1))
        return found + self._unknown_roles(index, path)

    def _unknown_roles(self, index: int, path: Path) -> list[Hop]:
        """Things of the scan whose role is not known."""
        if path.gives != "carried":
            return []
        carriers = [each for each in self.world.carriers(path.via) if each.unknown]
        found = (self.hops.use(index, path, each, OUTSIDE) for each in carriers[:_MOST_TRIED])
        return [hop for hop in found if hop is not None]

    def _chained(self, hop: Hop) -> Way:
        """A hop and what follows from where it leads."""
        hops = [hop]
        while (following := self._admin.get(hops[-1].target)) is not None and len(hops) <= len(self._admin):
            if following[1].path == DIRECT:
                fact = together([*(each.fact for each in hops), following[1].fact])
                return Way(hop.path, tuple(hops), EVERYTHING, fact)
            hops.append(following[1])
        return Way(hop.path, tuple(hops), hops[-1].target, together([each.fact for each in hops]))


def _worded(note: str, standing: Standing) -> str:
    """A note for people: a condition or a reason as it is, anything else as what is taken for granted."""
    if standing is not Standing.UNKNOWN or note.startswith(UNKNOWN):
        return note
    return f"assuming that {note}"


def _goes_on(way: Way, further: Way | None) -> bool:
    """Whether a way through a cluster is told in full by another one, which ends in the account above it."""
    if further is None or way.reaches != CLUSTER:
        return False
    return further.reaches == EVERYTHING and further.fact.standing >= way.fact.standing


def _rank(way: Way) -> tuple[int, Standing, int, int]:
    great = {EVERYTHING: 2, OUTSIDE: 1}.get(way.reaches, 0)
    return (min(great, 1), way.fact.standing, great, -len(way.hops))
