"""layerproof: policy and compliance over one layered graph of code, plan, state, cluster and account."""

__version__ = "0.1.0"
