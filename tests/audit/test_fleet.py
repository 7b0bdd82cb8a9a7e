"""Who collects: threads, processes, or a Dask cluster of real worker processes, one of which is killed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.audit.fleet import Certificates, LostError, Processes, Workers, choose
from scanner.sources.aws.journal import Journal
from scanner.sources.aws.plan import Plan, run
from scanner.sources.aws.session import Access
from scanner.sources.aws.unit import Collected, Unit, Work
from tests.audit.conftest import free_port, serving

ACCOUNTS = [str(200_000_000_000 + number) for number in range(200)]
REGIONS = ("eu-west-1", "us-east-1")
SERVICES = ("dlm", "rolesanywhere", "sqs")
MOST_MEMORY = 500  # MB of a worker (issue 4, Speed)
NOWHERE = Certificates(Path("ca.pem"), Path("cert.pem"), Path("key.pem"))

# which executor


@pytest.mark.parametrize(
    ("text", "certificates", "address"),
    [
        ("dask://localhost:8786", None, "tcp://localhost:8786"),
        ("dask://127.0.0.2", None, "tcp://127.0.0.2:8786"),
        ("dask://[::1]:9", None, "tcp://[::1]:9"),
        ("dask://scheduler.example.org:8786", NOWHERE, "tls://scheduler.example.org:8786"),
        ("tls://10.0.0.1:8786", NOWHERE, "tls://10.0.0.1:8786"),
    ],
)
def test_a_cluster_is_reached_by_tls_beyond_this_machine(text, certificates, address):
    assert choose(text, certificates, 4, 4).address == address


@pytest.mark.parametrize("text", ["dask://10.0.0.1:8786", "dask://scheduler.example.org", "tls://localhost:8786"])
def test_plain_connections_to_other_machines_are_refused(text):
    with pytest.raises(ValueError, match="TLS alone"):
        choose(text, None, 4, 4)


@pytest.mark.parametrize("text", ["", "celery", "dask://", "http://localhost:1", "dask://localhost/x"])
def test_other_executors_are_unknown(text):
    with pytest.raises(ValueError, match="threads, processes or dask"):
        choose(text, None, 4, 4)


def die_once(mark: str) -> str:
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_loses_no_unit(tmp_path):
    pool = Processes(2)
    try:
        given = [pool.submit(die_once, str(tmp_path / "mark")), *(pool.submit(pow, 2, each) for each in range(8))]
        assert [each.result(60) for each in given] == ["alive", *(2**each for each in range(8))]
        with pytest.raises(Exception, match="terminated abruptly"):  # a unit that kills whoever does it
            pool.submit(die, None).result(60)
        assert pool.submit(pow, 2, 3).result(60) == 8
    finally:
        pool.shutdown()


def works(accounts: int, services: int) -> tuple[Work, ...]:
    units = [Unit(f"{account:012}", "eu-west-1", f"s{service}") for account in range(accounts)
             for service in range(services)]  # fmt: skip
    return tuple(Work(unit, Access()) for unit in units)


def test_few_units_are_under_way_at_a_time(monkeypatch):
    """However many there are: never more than `most`, nor than `per_account` of one account."""
    seen: list[Counter[str]] = []
    busy: Counter[str] = Counter()

    def collect(work: Work) -> Collected:
        busy[work.unit.account] += 1
        seen.append(busy.copy())
        time.sleep(0.001)
        busy[work.unit.account] -= 1
        return Collected(work.unit, [], [])

    monkeypatch.setattr("scanner.sources.aws.plan.collect", collect)
    every = works(20, 10)
    with ThreadPoolExecutor(16) as pool:
        done = [each.unit for each in run(Plan(every, ()), pool, most=6, per_account=2)]
    assert sorted(done) == sorted(each.unit for each in every)
    assert max(each.total() for each in seen) <= 6
    assert max(max(each.values()) for each in seen) <= 2


class Gone:
    """A client whose scheduler never answers: what it was given stays open, as Dask leaves it."""

    status = "running"

    def get_executor(self, **_: object) -> Gone:
        return self

    def submit(self, *_: object, **__: object) -> Future[Collected]:
        return Future()


def test_a_scheduler_that_is_gone_ends_the_audit():
    client = Gone()
    workers = Workers(client, 4)
    (work,) = works(1, 1)
    waits = workers.submit(die, work)
    client.status = "closed"
    with pytest.raises(LostError, match="gone"):
        waits.result(10)
    with pytest.raises(LostError, match="gone"):
        workers.submit(die, work)
    workers.shutdown()


# what a run has read outlives it

TOLD = "2026-11-22T00:00:00Z"


def filled(path: Path, number: int = 3) -> list[Unit]:
    journal = Journal(path, TOLD, "1", "key")
    units = [Unit("1" * 12, "eu-west-1", f"s{each}") for each in range(number)]
    for unit in units:
        journal.add(Collected(unit, [], []))
    journal.close(remove=False)
    return units


def left_in(path: Path, *terms: str) -> list[Unit]:
    journal = Journal(path, *terms)
    try:
        return list(journal.ready())
    finally:
        journal.close(remove=False)


@pytest.mark.parametrize("lost", [1, 10, 70])
def test_a_record_that_was_cut_off_is_dropped_alone(tmp_path, lost):
    path = tmp_path / "run"
    units = filled(path)
    path.write_bytes(path.read_bytes()[:-lost])
    journal = Journal(path, "2026-11-22T01:00:00Z", "1", "key")
    assert list(journal.ready()) == units[:2]
    journal.add(Collected(units[2], [], []))
    journal.close(remove=False)
    assert left_in(path, TOLD, "1", "key") == units


@pytest.mark.parametrize("began", [(TOLD, "2", "key"), (TOLD, "1", "other"), ("2026-11-23T00:00:01Z", "1", "key")])
def test_what_another_run_left_is_not_taken_over(tmp_path, began):
    """Of another version, under another key, or older than a day."""
    filled(tmp_path / "run")
    assert not left_in(tmp_path / "run", *began)


def test_two_runs_into_one_file_are_told_apart(tmp_path):
    first = Journal(tmp_path / "run", TOLD, "1")
    with pytest.raises(OSError, match="another run"):
        Journal(tmp_path / "run", TOLD, "1")
    first.close(remove=True)
    assert not (tmp_path / "run").exists()


# 200 accounts


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    """200 accounts, each with a queue of its own in each of two regions."""
    pytest.importorskip("moto")
    pytest.importorskip("flask")
    # 200 times the managed policies of AWS would take 2 GB
    with serving(tmp_path_factory.mktemp("fleet"), MOTO_IAM_LOAD_MANAGED_POLICIES="false") as cloud:
        seed(cloud)
        yield cloud


def seed(cloud) -> None:
    import boto3

    session = boto3.session.Session("testing", "testing", region_name="us-east-1")
    entry = session.client("sts", endpoint_url=cloud.url)
    for account in ACCOUNTS:
        role = entry.assume_role(RoleArn=f"arn:aws:iam::{account}:role/layerproof-audit", RoleSessionName="seed")
        given = role["Credentials"]
        keys = {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"], "endpoint_url": cloud.url}  # fmt: skip
        for region in REGIONS:
            session.client("sqs", region_name=region, **keys).create_queue(QueueName=f"jobs-{account}")


def collecting(out: Path, accounts: list[str], *more: str) -> list[str]:
    return ["audit", "collect", "--out", str(out), "--accounts", ",".join(accounts), "--regions",
            ",".join(REGIONS), "--services", ",".join(SERVICES), *more]  # fmt: skip


def content(path: Path) -> list[bytes]:
    """All but the first line, which tells the time."""
    return gzip.decompress(path.read_bytes()).splitlines()[1:]


def units(path: Path) -> list[tuple[str, str, str]]:
    told = [json.loads(line).get("unit") for line in content(path)]
    assert all(each["status"] == "ok" for each in told if each)
    return [(each["account"], each["region"], each["service"]) for each in told if each]


def wanted(accounts: list[str]) -> list[tuple[str, str, str]]:
    return sorted((each, region, service) for each in accounts for region in REGIONS for service in SERVICES)


@pytest.fixture(scope="module")
def by_threads(accounts, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("threads") / "s.jsonl.gz"
    began = time.monotonic()
    done = accounts.layerproof(*collecting(out, ACCOUNTS))
    assert done.code == 0, done.out + done.err
    assert units(out) == wanted(ACCOUNTS)
    sys.stdout.write(f"threads: {time.monotonic() - began:.0f} s\n")
    return out


@contextmanager
def program(cloud, *arguments: str):
    done = subprocess.Popen([sys.executable, "-m", *arguments], env=cloud.environment(),
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        yield done
    finally:
        done.kill()
        done.wait(10)


def memory(process: subprocess.Popen[bytes]) -> float:
    """The most that a process ever held in memory, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def until(condition, seconds: float = 300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def begun(journal: Path) -> int:
    return journal.stat().st_size if journal.exists() else 0


@contextmanager
def cluster(cloud, port: int, workers: int, *security: str):
    scheme = "tls" if security else "tcp"
    with ExitStack() as stack:
        stack.enter_context(program(cloud, "distributed.cli.dask_scheduler", "--host", f"{scheme}://127.0.0.1:{port}",
                                    "--no-dashboard", *security))  # fmt: skip
        yield [
            stack.enter_context(program(
                cloud, "distributed.cli.dask_worker", f"{scheme}://127.0.0.1:{port}", "--nthreads", "4",
                "--no-nanny", "--no-dashboard", "--memory-limit", "500MB", *security))
            for _ in range(workers)
        ]  # fmt: skip


@pytest.mark.slow
def test_a_cluster_gives_what_threads_give_though_a_worker_is_killed(accounts, by_threads, tmp_path):
    pytest.importorskip("distributed")
    out, port = tmp_path / "s.jsonl.gz", free_port()
    with cluster(accounts, port, 4) as workers:
        began = time.monotonic()
        line = collecting(out, ACCOUNTS, "--executor", f"dask://127.0.0.1:{port}")
        head = subprocess.Popen([sys.executable, "-c", "from scanner.cli import main; main()", *line],
                                env=accounts.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True)  # fmt: skip
        journal = out.with_name(out.name + ".run")
        until(lambda: begun(journal) > 100_000 or head.poll() is not None)
        assert head.poll() is None, head.communicate()
        most = [memory(each) for each in workers]
        workers[0].kill()
        workers[0].wait(10)
        told, _ = head.communicate(timeout=600)
        most = [most[0], *(memory(each) for each in workers[1:])]
        seconds = time.monotonic() - began
    sys.stdout.write(f"dask: {seconds:.0f} s, most memory of a worker {max(most):.0f} MB\n")
    assert head.returncode == 0, told
    assert units(out) == wanted(ACCOUNTS)  # each once, in order: none lost, none doubled
    assert content(out) == content(by_threads)
    assert not journal.exists()
    assert max(most) < MOST_MEMORY


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_killed_run_goes_on_and_asks_nothing_twice(accounts, by_threads, tmp_path, executor):
    some = ACCOUNTS[:16]
    out = tmp_path / "s.jsonl.gz"
    line = [sys.executable, "-c", "from scanner.cli import main; main()",
            *collecting(out, some, "--executor", executor, "--threads", "2")]  # fmt: skip
    head = subprocess.Popen(line, env=accounts.environment(), stdout=subprocess.DEVNULL, start_new_session=True)
    journal = out.with_name(out.name + ".run")
    until(lambda: begun(journal) > 6_000 or head.poll() is not None)
    os.killpg(head.pid, signal.SIGKILL)
    assert head.wait(10) == -signal.SIGKILL
    assert not out.exists()
    time.sleep(1)  # what the server still has to answer
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ready = Counter(each.service for each in left_in(journal, now, version()))
    assert 0 < ready.total() < len(wanted(some))
    accounts.calls()
    again = accounts.layerproof(*collecting(out, some, "--executor", executor))
    assert again.code == 0, again.out + again.err
    assert f"{ready.total()} of {len(wanted(some))} units were read" in again.err
    asked = Counter(operation for _, operation in accounts.calls())
    each = len(some) * len(REGIONS)
    assert asked["ListQueues"] == each - ready["sqs"]
    assert units(out) == wanted(some)
    assert content(out)[:-1] == content(by_threads)[: len(content(out)) - 1]
    assert not journal.exists()


def version() -> str:
    from scanner import __version__

    return __version__


# TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    """An authority of our own and one certificate that all of the cluster share."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder = tmp_path_factory.mktemp("tls")
    now = datetime.now(UTC)

    def made(name: str, issuer: x509.Name | None, signer: ec.EllipticCurvePrivateKey | None):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        built = x509.CertificateBuilder(issuer or subject, subject, key.public_key(), x509.random_serial_number(),
                                        now - timedelta(hours=1), now + timedelta(days=1))  # fmt: skip
        built = built.add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
        signed = built.add_extension(names, critical=False).sign(signer or key, hashes.SHA256())
        (folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))  # fmt: skip
        return subject, key

    made("worker", *made("authority", None, None))
    return Certificates(folder / "authority.pem", folder / "worker.pem", folder / "worker.key")


@pytest.mark.slow
def test_a_cluster_over_tls(accounts, certificates, tmp_path):
    pytest.importorskip("distributed")
    port, out = free_port(), tmp_path / "s.jsonl.gz"
    files = [str(certificates.authority), str(certificates.certificate), str(certificates.key)]
    security = [part for name, file in zip(("ca-file", "cert", "key"), files, strict=True)
                for part in (f"--tls-{name}", file)]  # fmt: skip
    ours = [part for name, file in zip(("ca", "cert", "key"), files, strict=True)
            for part in (f"--tls-{name}", file)]  # fmt: skip
    with cluster(accounts, port, 1, *security):
        line = collecting(out, ACCOUNTS[:2], "--executor", f"dask://127.0.0.1:{port}")
        plain = accounts.layerproof(*line)
        assert plain.code == 3, plain.out
        assert "no scheduler answers" in plain.err
        assert not out.exists()
        done = accounts.layerproof(*line, *ours)
        assert done.code == 0, done.out + done.err
    assert units(out) == wanted(ACCOUNTS[:2])


@pytest.mark.slow
def test_a_cluster_that_is_not_there(accounts, tmp_path):
    pytest.importorskip("distributed")
    line = collecting(tmp_path / "s", ACCOUNTS[:1], "--executor")
    absent = accounts.layerproof(*line, f"dask://127.0.0.1:{free_port()}")
    assert absent.code == 3
    assert "no scheduler answers" in absent.err
    assert "Traceback" not in absent.err
    assert accounts.layerproof(*line, "dask://10.0.0.1:8786").code == 2
