"""A server that answers as an API server does, from manifests: discovery, lists in pages, faults on request."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PLURALS = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"}


class ApiServer:
    """Serves objects at `url`; `faults` maps a path to (status, how often, message); `asked` are the paths."""

    def __init__(self, objects: Iterable[dict[str, Any]], *, page: int = 500) -> None:
        self.faults: dict[str, tuple[int, int, str]] = {}
        self.asked: list[str] = []
        self.methods: set[str] = set()
        self._page = page
        self._lists: dict[str, list[dict[str, Any]]] = {}
        self._groups: dict[tuple[str, str], dict[str, str]] = {}
        for each in objects:
            group, _, version = str(each["apiVersion"]).rpartition("/")
            plural = PLURALS.get(each["kind"], f"{each['kind'].lower()}s")
            base = f"/apis/{group}/{version}" if group else f"/api/{version}"
            self._groups.setdefault((group, version), {})[plural] = each["kind"]
            item = {key: value for key, value in each.items() if key not in ("apiVersion", "kind")}
            self._lists.setdefault(f"{base}/{plural}", []).append(item)
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.methods.add("GET")
                status, value = server.answer(self.path)
                text = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                if status == 429:
                    self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, Any]:
        parts = urlsplit(path)
        self.asked.append(parts.path)
        status, times, message = self.faults.get(parts.path, (0, 0, ""))
        if times:
            self.faults[parts.path] = (status, times - 1, message)
            return status, {"kind": "Status", "message": message}
        if parts.path == "/apis":
            groups = sorted({(group, version) for group, version in self._groups if group})
            return 200, {"groups": [{"name": g, "preferredVersion": {"version": v}} for g, v in groups]}
        for (group, version), kinds in self._groups.items():
            if parts.path == (f"/apis/{group}/{version}" if group else f"/api/{version}"):
                listed = [
                    {"name": name, "kind": kind, "verbs": ["list", "get"]} for name, kind in sorted(kinds.items())
                ]
                return 200, {"resources": [*listed, {"name": "pods/log", "kind": "Pod", "verbs": ["get"]}]}
        if parts.path in self._lists:
            return 200, self._slice(parts.path, parse_qs(parts.query))
        return 404, {"kind": "Status", "message": "not found"}

    def _slice(self, path: str, query: dict[str, list[str]]) -> Any:
        start = int(query.get("continue", ["0"])[0])
        stop = start + min(self._page, int(query["limit"][0]))
        items = self._lists[path]
        return {"metadata": {"continue": str(stop) if stop < len(items) else ""}, "items": items[start:stop]}

    def kubeconfig(self) -> str:
        """A kubeconfig with one context, `test`."""
        return json.dumps({
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
        })  # fmt: skip
