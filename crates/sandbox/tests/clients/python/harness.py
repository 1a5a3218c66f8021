"""What the suites share: the clients, the sandbox's own switches, and which methods of the SDK were called."""

import inspect
import json
import os
import time
import unittest
import urllib.request

import asana
from asana import rest
from asana.rest import ApiException

from contract import Contract

BASE = os.environ["SANDBOX_BASE_URL"]
TOKEN = os.environ["SANDBOX_TOKEN"]
OPENAPI = os.environ.get("ASANA_OPENAPI", "")
ROOT = BASE.rsplit("/api/1.0", 1)[0]

CONTRACT = Contract(OPENAPI) if OPENAPI and os.path.exists(OPENAPI) else None
CALLED = set()


def _watch_answers():
    """Holds every answer against the contract."""
    original = rest.RESTClientObject.request

    def request(self, method, url, *args, **kwargs):
        query = kwargs.get("query_params") or (args[0] if args else None)
        full = url
        if query:
            pairs = query.items() if isinstance(query, dict) else query
            text = "&".join(f"{key}={','.join(value) if isinstance(value, list) else value}" for key, value in pairs)
            full = f"{url}?{text}"
        try:
            answer = original(self, method, url, *args, **kwargs)
        except ApiException as error:
            if CONTRACT:
                CONTRACT.check(method, full, error.status, error.body)
            raise
        if CONTRACT:
            CONTRACT.check(method, full, answer.status, answer.data)
        return answer

    rest.RESTClientObject.request = request


def methods():
    """Every operation of the SDK: (class, method)."""
    found = set()
    for name, cls in inspect.getmembers(asana, inspect.isclass):
        if name.endswith("Api"):
            for method, _ in inspect.getmembers(cls, inspect.isfunction):
                if not method.startswith("_") and not method.endswith("_with_http_info"):
                    found.add((name, method))
    return found


def _watch_calls():
    for name, method in methods():
        cls = getattr(asana, name)
        original = getattr(cls, method)

        def watched(self, *args, _original=original, _key=(name, method), **kwargs):
            CALLED.add(_key)
            return _original(self, *args, **kwargs)

        setattr(cls, method, watched)


_watch_answers()
_watch_calls()


def client(token=TOKEN):
    configuration = asana.Configuration()
    configuration.host = BASE
    configuration.access_token = token
    return asana.ApiClient(configuration)


def control(verb, body=None, method="POST"):
    """A call outside the API: faults, clock, tokens, make …"""
    request = urllib.request.Request(f"{ROOT}/_sandbox/{verb}", method=method)
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, data) as answer:
        return json.load(answer)


def make(what, **parts):
    return control("make", {"what": what, **parts})["gid"]


def jump(seconds):
    control("clock", {"jump_seconds": seconds})


class Case(unittest.TestCase):
    """A test with all API classes at hand, a workspace, a team, a project and a task of its own."""

    @classmethod
    def setUpClass(cls):
        cls.client = client()
        cls.workspace = next(iter(cls.api("Workspaces").get_workspaces({})))["gid"]
        cls.team = next(iter(cls.api("Teams").get_teams_for_workspace(cls.workspace, {})))["gid"]
        cls.me = cls.api("Users").get_user("me", {})["gid"]

    @classmethod
    def api(cls, name, token=None):
        return getattr(asana, f"{name}Api")(client(token) if token else cls.client)

    def project(self, name="Project", **more):
        data = {"name": name, "team": self.team, "workspace": self.workspace, **more}
        return self.api("Projects").create_project({"data": data}, {})["gid"]

    def task(self, project=None, name="Task", **more):
        data = {"name": name, **({"projects": [project]} if project else {"workspace": self.workspace}), **more}
        return self.api("Tasks").create_task({"data": data}, {})["gid"]

    def refused(self, status, call, *args, **kwargs):
        """The call must fail with the status; answers the message."""
        with self.assertRaises(ApiException) as caught:
            answer = call(*args, **kwargs)
            if inspect.isgenerator(answer) or hasattr(answer, "__iter__"):
                list(answer)
        self.assertEqual(caught.exception.status, status, caught.exception.body)
        return json.loads(caught.exception.body)["errors"][0]["message"]

    def has(self, record, **wanted):
        for key, value in wanted.items():
            self.assertEqual(record[key], value, key)

    def gids(self, rows):
        return [row["gid"] for row in rows]

    def wait(self, job):
        """Polls a job until it is done."""
        self.assertEqual(job["resource_type"], "job")
        states = [job["status"]]
        jump(2)
        for _ in range(100):
            job = self.api("Jobs").get_job(job["gid"], {})
            states.append(job["status"])
            if job["status"] == "succeeded":
                return job
            time.sleep(0.02)
        raise AssertionError(f"the job never ended: {states}")
