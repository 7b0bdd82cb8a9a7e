"""Who can reach whom: AWS networks and Kubernetes clusters, over one set of atoms.

- `atoms`: sets of addresses (`cidr`, `cidrs`, `EVERYWHERE`, `INTERNET`) and of connections (`connections("tcp",
  443)`, `ANYTHING`), both `Ranges` with `&`, `|`, `-`, `<=` in constant time after the first.
- `verdict`: `Reach` (reachable, possible, unreachable), `Bounds` (what certainly passes, what may), `Answer` and
  its `Step`s, `best` of several answers.
- `kubernetes_reach.reach_kubernetes(graph, config, source, destination, port, protocol) -> Answer` answers for
  ends inside a cluster. `source` is a node's index, or `Ranges` of addresses outside (`INTERNET`, `cidr(...)`);
  `destination` likewise; `port` is the destination's own, None for any; `protocol` is a name, None for any.
- `flows.flows(graph, config) -> Flows` lists everything; `compat.listed(graph, cluster)` as np-guard would.
"""
