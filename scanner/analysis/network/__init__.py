"""Who can reach whom: AWS networks and Kubernetes clusters, over one set of atoms.

- `atoms`: sets of addresses (`cidr`, `cidrs`, `EVERYWHERE`, `INTERNET`) and of connections (`connections("tcp",
  443)`, `ANYTHING`), both `Ranges` with `&`, `|`, `-`, `<=` in constant time after the first.
- `verdict`: `Reach` (reachable, possible, unreachable), `Bounds` (what certainly passes, what may), `Answer` and
  its `Step`s, `best` of several answers.
- `kubernetes_reach.reach_kubernetes(graph, config, source, destination, port, protocol) -> Answer` answers for
  ends inside a cluster. `source` is a node's index, or `Ranges` of addresses outside (`INTERNET`, `cidr(...)`);
  `destination` likewise; `port` is the destination's own, None for any; `protocol` is a name, None for any.
- `flows.flows(graph, config) -> Flows` lists everything; `compat.listed(graph, cluster)` as np-guard would.
- `aws.reach_aws(graph, source, destination, port, protocol) -> Answer` answers for ends on AWS networks, given
  alike. `aws_world` reads what governs a network, `aws_routes` and `aws_filters` compile it, `aws_walk` takes
  a packet hop by hop, `aws_session` adds the way back, `aws_relays` and `aws_onward` what forwards, `aws_services`
  what AWS serves by name. Everything is asked twice: without hope (what passes is certain), then with hope.
- `aws_cut.smallest_cut(world, ask) -> Cut` takes lines away and asks again; `secured.secured_by(...)` says which
  of network, policy and transport secures the edge of an answer.
- `joined.reach_joined(...)` answers where one end stands in a cluster and the other on AWS.
"""
