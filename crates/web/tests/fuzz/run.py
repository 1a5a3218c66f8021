"""The API against its own description, by schemathesis: `upnext serve` over a project judged in the local Asana.

Twice: with the ids of what is there, so that answers are looked at, and with whatever comes to mind. Fails on any answer of 500 and
above, and on any that is not as described. Needs UPNEXT (the program) and UPNEXT_FUZZ_SECONDS (of each of the two).
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

PROGRAM = os.environ["UPNEXT"]
SECONDS = os.environ["UPNEXT_FUZZ_SECONDS"]

# Our own limits would end the trial early; the backlog's priorities have names of their own.
CONFIG = """[asana]
requests_per_minute = 60000
[service]
api_requests_per_minute = 10000000
[policy.priority_options]
P0 = "Critical"
P1 = "Major"
P2 = "Minor"
P3 = "Trivial"
"""

# What may be answered to a request that is as described: a project may be busy, a weight of no criterion is no weight, and text
# that no form of ours would send may be refused.
SCHEMATHESIS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 422]
"""


def start(args, env):
    """Starts a command that says in its first line, JSON, where it is."""
    process = subprocess.Popen([PROGRAM, *args], env=env, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if not line:
        sys.exit(f"upnext {args[0]} ended with {process.wait()}")
    return process, json.loads(line)


def get(url, token):
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def world(home, begun):
    """A judged project, the service over it, and a key that may do everything."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(home)}
    config = home / ".config/upnext/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    sandbox, told = start(["sandbox", "--json", "--port", "0", "--demo", "--limits", "off"], bare)
    begun.append(sandbox)
    env = {**bare, "ASANA_BASE_URL": told["base_url"], "ASANA_ACCESS_TOKEN": told["token"]}

    def upnext(*args):
        return json.loads(subprocess.run([PROGRAM, *args, "--json"], env=env, check=True, stdout=subprocess.PIPE).stdout)

    workspace = told["workspace"]
    project = get(f"{told['base_url']}/projects?workspace={workspace}&limit=1", told["token"])["data"][0]["gid"]
    upnext("setup", "--project", project)
    groom = upnext("groom", "--apply", "--project", project)
    scopes = ["read", "approvals:write", "runs:undo", "requests:write"]
    key = upnext("api-key", "create", "fuzz", "--project", project, *(f"--scope={scope}" for scope in scopes))["api_key"]
    served, told = start(["serve", "--json", "--listen", "127.0.0.1:0"], env)
    begun.append(served)
    ids = {"project": project, "task": groom["tasks"][0]["gid"], "plan": groom["plan"], "run": groom["run"]}
    return f"http://{told['listens']}/api/v1", key, ids


def fuzz(home, api, key, parameters):
    """One run of schemathesis; whether it found nothing."""
    named = "\n".join(f'{name} = "{value}"' for name, value in parameters.items())
    (home / "schemathesis.toml").write_text(f"{SCHEMATHESIS}\n[parameters]\n{named}\n")
    program = [sys.executable, "-m", "schemathesis.cli", "run", f"{api}/openapi.json"]
    options = ["--header", f"Authorization: Bearer {key}", "--max-time", SECONDS, "--request-timeout", "30"]
    options += ["--no-color", "--suppress-health-check", "all", "--warnings", "off", "--max-failures", "20"]
    return subprocess.run(program + options, cwd=home).returncode == 0


def main():
    begun = []
    with tempfile.TemporaryDirectory(prefix="upnext-fuzz-") as folder:
        home = pathlib.Path(folder)
        try:
            api, key, ids = world(home, begun)
            print("\n-- with the ids of what is there", flush=True)
            good = fuzz(home, api, key, ids)
            print("\n-- with whatever comes to mind", flush=True)
            good = fuzz(home, api, key, {}) and good
            # It still stands, and says so.
            get(f"{api}/me", key)
        finally:
            for process in reversed(begun):
                process.terminate()
                process.wait()
    sys.exit(0 if good else 1)


main()
