"""What things are called: an address names one resource in one root, overlay, cluster or account."""

from fnmatch import fnmatchcase
from typing import NamedTuple
from urllib.parse import quote, unquote


class Address(NamedTuple):
    """`SCHEME:ROOT#NAME`; `str` and `parse` are inverses.

    `scheme` is `tf`, `k8s` or `aws`; `root` is the root module's directory, the manifest's directory or
    overlay, the cluster's name or `ACCOUNT/REGION`; `name` is the native name inside it: a Terraform instance
    address (`module.a["x"].aws_s3_bucket.b[0]`), `GROUP/KIND/NAMESPACE/NAME` or an ARN.
    """

    scheme: str
    root: str
    name: str

    def __str__(self) -> str:
        return f"{self.scheme}:{quote(self.root, safe='/._-~ @+=,')}#{self.name}"

    def matches(self, glob: str) -> bool:
        """Whether a glob of `*` and `?` fits the name or the whole address; brackets belong to instance keys."""
        pattern = glob.replace("[", "[[]")
        return fnmatchcase(self.name, pattern) or fnmatchcase(str(self), pattern)

    @classmethod
    def parse(cls, text: str) -> "Address":
        """The address from its text. Raises ValueError where it is none."""
        scheme, colon, rest = text.partition(":")
        root, mark, name = rest.partition("#")
        if not colon or not mark or not name:
            raise ValueError(f"not an address: {text!r} (expected SCHEME:ROOT#NAME)")
        return cls(scheme, unquote(root), name)
