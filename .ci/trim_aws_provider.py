"""Leaves in the aws provider's sources, which lie in the working directory, the services that our tests plan.

A service is left out where the provider lists it, and the client of an AWS API where no file that is left uses it.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

SERVICES = """
autoscaling backup cloudwatch dynamodb ec2 ecr ecs efs eks elb elbv2 iam kms lambda logs meta rds s3 secretsmanager
sns sqs sts
""".split()
OWN = "github.com/hashicorp/terraform-provider-aws"
SERVICE = f"{OWN}/internal/service/"
LISTED = Path("internal/provider/sdkv2/service_packages_gen.go")
CLIENTS = Path("internal/conns/awsclient_gen.go")
SDK = r"github\.com/aws/aws-sdk-go-v2/service/"


def packages(*wanted: str) -> dict[str, Path]:
    """The provider's own packages that the wanted ones are made of, and where they lie."""
    words = ["go", "list", "-deps", "-f", "{{.ImportPath}} {{.Dir}}", *wanted]
    listed = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
    found = (line.split(" ", 1) for line in listed.splitlines())
    return {name: Path(folder) for name, folder in found if name.startswith(OWN)}


def service(package: str) -> str | None:
    """The service that a package belongs to."""
    return package.removeprefix(SERVICE).split("/")[0] if package.startswith(SERVICE) else None


def unlisted(text: str) -> str:
    """The list without the services that are not wanted: their imports and their calls."""

    def wanted(line: str) -> bool:
        named = re.search(r'internal/service/(\w+)"', line) or re.match(r"\s*(\w+)\.ServicePackage\(ctx\)", line)
        return named is None or named[1].rstrip("_") in SERVICES

    return "".join(line for line in text.splitlines(keepends=True) if wanted(line))


def without(text: str, used: set[str]) -> str:
    """The clients without those of APIs that nobody uses."""
    imported = re.findall(rf'^\t(?:(\w+) )?"{SDK}([a-z0-9]+)"$', text, re.MULTILINE)
    for alias, api in imported:
        if api in used:
            continue
        text = re.sub(rf'^\t(?:\w+ )?"{SDK}{api}"\n', "", text, flags=re.MULTILINE)
        of_it = rf"^func \(c \*AWSClient\) \w+\(ctx context\.Context\) \*{alias or api}\.Client \{{.*?^\}}\n"
        text = re.sub(of_it, "", text, flags=re.MULTILINE | re.DOTALL)
    return text


def main() -> None:
    """Rewrite both files."""
    services = [f"./internal/service/{name}" for name in sorted(SERVICES)]
    kept = packages(*services)
    needed = {service(package) for package in kept}
    LISTED.write_text(unlisted(LISTED.read_text("utf-8")), "utf-8")
    used: set[str] = set()
    for package, folder in packages("./internal/provider/...", ".", *services).items():
        if service(package) not in needed | {None}:
            continue
        for file in folder.glob("*.go"):
            if file != CLIENTS.absolute() and not file.name.endswith("_test.go"):
                used.update(re.findall(rf'{SDK}([a-z0-9]+)"', file.read_text("utf-8")))
    CLIENTS.write_text(without(CLIENTS.read_text("utf-8"), used), "utf-8")


if __name__ == "__main__":
    main()
