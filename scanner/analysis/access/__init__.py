"""Least privilege, decided: who may do what, to what, and on which conditions.

Import from the modules; nothing is loaded before it is needed (the catalogue takes 30 ms).

The decision, over a graph (`estate`, `decision`):

    from scanner.analysis.access.estate import Estate
    estate = Estate.of(graph)                     # once per graph; cached on it
    estate.principals                             # {node index: Principal}: roles, users, permission sets
    estate.groups                                 # {node index: Principal}: groups, as if they could act
    principal = estate.principals[index]
    principal.identity                            # tuple[Policy, ...]: own, attached, of groups, AWS-managed
    principal.boundary                            # Policy | None; a boundary that cannot be read allows perhaps
    principal.trust                               # Policy | None: who may assume it (roles)
    principal.account, principal.arn              # symbolic texts (see `names`)

    decision = estate.decide(principal, "iam:PassRole", target, {"iam:PassedToService": "lambda.amazonaws.com"})
    decision.verdict                              # Verdict.ALLOWED | CONDITIONAL | DENIED | UNKNOWN
    decision.conditions                           # tuple[str, ...]: what must hold, in plain text
    decision.because                              # tuple[Source, ...]: the statements that decide
    decision.unknowns                             # tuple[str, ...]: reasons, where unknown

`target` is a node index (its ARN is made from its type and name; also where these are unknown), an ARN, an ARN
pattern with `*` (then: "is there a resource that fits for which it is allowed?"), or "*" (any resource at all,
and the one that actions without resources have). Where an ARN needs the inside of a node (objects of a bucket,
versions of a function) pass `estate.inside(index, "/*")`. Context keys are case-insensitive; a value is text or
a tuple of texts, `None` says that the key is absent; a key that is left out is decided from principal and
resource where they tell (aws:PrincipalArn, aws:PrincipalAccount, aws:username, aws:ResourceAccount, tags), else
left open: then the verdict may be conditional.

`Source(node, attribute, number, label)` says where a statement stands: node index, attribute (`statements`,
`managed_policies`, ...), its number in that list, and its Sid or a short text.

`estate.may_assume(role_index, principal)` decides the trust and the permission together (sts:AssumeRole);
`estate.trusts_service(role_index, "lambda.amazonaws.com")` the trust alone, both as Decision.

The algebra, over documents alone (`policy`, `algebra`):

    from scanner.analysis.access.policy import Policy
    from scanner.analysis.access.algebra import difference, intersection, witness
    new, reference = Policy.of(statements), Policy.of(other_statements)   # normalized, see model/kinds.py
    difference(new, reference)                    # Answer(verdict yes|no|unknown, witness): granted by new only
    intersection(new, reference)                  # Answer: granted by both
    witness(new)                                  # Answer: anything granted at all (emptiness)

`catalogue.catalogue()` knows the actions (levels, resource types and ARN formats, dependents), `managed.managed()`
the AWS managed policies; `documents.read()` reads a policy document with diagnostics at their places.
"""
