"""Where a snapshot goes: a file, a directory, or an object of S3 by a client that can write and nothing else."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import common

if TYPE_CHECKING:
    from scanner.sources.aws.session import Access

NAME = "snapshot.jsonl.gz"  # in a directory or folder
_S3 = re.compile(r"s3:/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Destination:
    """The file that is written, readable by its owner only, and the object that it is copied to ("" for none).

    A file that is only on its way to S3 lies in the user's data directory by the object's name, so that a run
    that was cut off is gone on with.
    """

    file: Path
    url: str = ""

    @property
    def shown(self) -> str:
        return self.url or str(self.file)

    def deliver(self, access: Access) -> bool:
        """Copy the file to its object, and drop it; where that fails, say why and where the file is kept."""
        if not self.url:
            return True
        from scanner.audit.writing import ExportError, put  # noqa: PLC0415 - only for objects of S3

        try:
            with self.file.open("rb") as body:
                put(access, self.url, body, "application/gzip")
        except (ExportError, OSError) as error:
            click.echo(f"error[export]: {error}", err=True)
            click.echo(f"what was read is kept in {self.file}", err=True)
            return False
        self.file.unlink()
        return True


def destination(text: str, name: str = NAME) -> Destination:
    """The destination that --out names; `name` is the file's in a directory. Raises UsageError."""
    if not _S3.match(text):
        path = Path(text)
        return Destination(path / name if path.is_dir() else path)
    from scanner.audit.writing import NoObject, bucket_and_key  # noqa: PLC0415 - only for objects of S3

    url = f"{text}{name}" if text.endswith("/") else text
    try:
        bucket_and_key(url)
    except NoObject as error:
        raise click.UsageError(f"--out: {error}, or s3://BUCKET/FOLDER/") from error
    return Destination(_on_its_way(url), url)


def _on_its_way(url: str) -> Path:
    """The file of an object that is being collected; in a folder of its own where there is no data directory."""
    folder = common.user_data() / "collected"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = os.access(folder, os.W_OK)
    except OSError:
        kept = False
    folder = folder if kept else Path(tempfile.mkdtemp(prefix="layerproof-kept-"))
    return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.jsonl.gz"
