"""Unmodified third-party programs against the sandbox, each believing it speaks to app.asana.com.

They know no other address, so this gives them one: in a network and mount namespace of its own (nothing of the machine
changes), `app.asana.com` is this machine, a small proxy ends TLS with a certificate of a CA made for the run, and the
environment of each program trusts that CA. `docs/sandbox-clients.md` tells how to do the same by hand.

Environment: UPNEXT (the binary), TAP and AIRBYTE (their virtual environments), MCP (the folder of npm's packages).
"""

import http.client
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

HOST = "app.asana.com"
APP, SECRET = "1200000000000001", "sandbox-secret"
TOKEN = "sandbox-token"


def enter_namespace():
    """Starts again where the host's name may mean this machine and port 443 is free."""
    if os.environ.get("IN_NAMESPACE"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    os.environ["IN_NAMESPACE"] = "1"
    words = ["unshare", "--map-root-user", "--mount", "--net", sys.executable, *sys.argv]
    os.execvp(words[0], words)


def make_certificates(folder):
    """A CA and a certificate for the host."""
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, cwd=folder, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Sandbox CA", "-keyout", "ca.key",
            "-out", "ca.pem", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}", "-keyout", "host.key", "-out", "host.csr")
    (folder / "ext").write_text(f"subjectAltName=DNS:{HOST}\nextendedKeyUsage=serverAuth\n")
    openssl("x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "ext", "-out", "host.pem")


def proxy(folder, port):
    """Ends TLS on 443 and passes everything on."""

    class Pass(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            sandbox = http.client.HTTPConnection("127.0.0.1", port)
            headers = {**dict(self.headers), "x-forwarded-proto": "https"}
            sandbox.request(self.command, self.path, body, headers)
            answer = sandbox.getresponse()
            data = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "date"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = pass_on

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 443), Pass)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "host.pem", folder / "host.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def trust(environment, folder):
    """Lets a virtual environment trust the CA, whichever way its programs look for one."""
    for bundle in pathlib.Path(environment).glob("lib/python*/site-packages/certifi/cacert.pem"):
        known = bundle.read_text().split("# sandbox\n")[0]
        bundle.write_text(known + "# sandbox\n" + (folder / "ca.pem").read_text())
        return {"SSL_CERT_FILE": str(bundle), "REQUESTS_CA_BUNDLE": str(bundle)}
    return {}


def run(words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300, **more)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-4000:])
        raise SystemExit(f"{words[0]} failed with {done.returncode}")
    return done.stdout


def refresh_token(port):
    """What a person gets who lets the app in."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    query = {"client_id": APP, "redirect_uri": "https://tap.example/", "response_type": "code", "state": "s"}
    url = f"http://127.0.0.1:{port}/-/oauth_authorize?" + urllib.parse.urlencode(query)
    try:
        urllib.request.build_opener(Stay).open(url)
        raise SystemExit("the authorize page did not redirect")
    except urllib.error.HTTPError as error:
        back = urllib.parse.urlsplit(error.headers["location"])
    form = {"grant_type": "authorization_code", "client_id": APP, "client_secret": SECRET,
            "redirect_uri": "https://tap.example/", "code": urllib.parse.parse_qs(back.query)["code"][0]}
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/oauth_token", data) as answer:
        return json.load(answer)["refresh_token"]


def seed(port):
    """A small workspace: the connectors keep to Asana's limits and ask once or more for each task."""

    def api(path, data=None):
        body = None if data is None else json.dumps({"data": data}).encode()
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/1.0{path}", body, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["data"]

    workspace = api("/workspaces")[0]["gid"]
    team = api(f"/workspaces/{workspace}/teams")[0]["gid"]
    project = api("/projects", {"name": "Backlog", "workspace": workspace, "team": team})["gid"]
    tag = api("/tags", {"name": "red", "workspace": workspace})["gid"]
    for number in range(3):
        task = api("/tasks", {"name": f"task {number}", "projects": [project], "tags": [tag]})["gid"]
        api(f"/tasks/{task}/stories", {"text": "a comment"})
        api(f"/tasks/{task}/subtasks", {"name": "a step"})
    portfolio = api("/portfolios", {"name": "All", "workspace": workspace})["gid"]
    api(f"/portfolios/{portfolio}/addItem", {"item": project})


def need(name, found, wanted):
    missing = [stream for stream in wanted if not found.get(stream)]
    print(f"{name}: " + ", ".join(f"{stream} {count}" for stream, count in sorted(found.items())))
    if missing:
        raise SystemExit(f"{name} read nothing of {missing}")


def tap_asana(folder, port):
    environment = os.environ["TAP"]
    tap = pathlib.Path(environment) / "bin/tap-asana"
    env = {**os.environ, **trust(environment, folder)}
    config = {"start_date": "2011-01-01T00:00:00Z", "client_id": APP, "client_secret": SECRET,
              "redirect_uri": "https://tap.example/", "refresh_token": refresh_token(port)}
    (folder / "tap.json").write_text(json.dumps(config))
    catalog = json.loads(run([tap, "--config", folder / "tap.json", "--discover"], env=env))
    for stream in catalog["streams"]:
        for part in stream["metadata"]:
            part["metadata"]["selected"] = True
    (folder / "catalog.json").write_text(json.dumps(catalog))
    lines = run([tap, "--config", folder / "tap.json", "--catalog", folder / "catalog.json"], env=env).splitlines()
    found = {stream["tap_stream_id"]: 0 for stream in catalog["streams"]}
    for line in lines:
        message = json.loads(line)
        if message["type"] == "RECORD":
            found[message["stream"]] += 1
    need("tap-asana", found, ["portfolios", "projects", "sections", "stories", "subtasks", "tags", "tasks", "teams", "users", "workspaces"])


def airbyte(folder, _port):
    environment = os.environ["AIRBYTE"]
    source = pathlib.Path(environment) / "bin/source-asana"
    env = {**os.environ, **trust(environment, folder)}
    config = {"credentials": {"option_title": "PAT Credentials", "personal_access_token": TOKEN}, "num_workers": 4}
    (folder / "airbyte.json").write_text(json.dumps(config))

    def messages(*words):
        lines = run([source, *words, "--config", folder / "airbyte.json"], env=env, cwd=folder).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    status = next(m["connectionStatus"] for m in messages("check") if m["type"] == "CONNECTION_STATUS")
    if status["status"] != "SUCCEEDED":
        raise SystemExit(f"airbyte: {status}")
    catalog = next(m["catalog"] for m in messages("discover") if m["type"] == "CATALOG")
    streams = [
        {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
        for stream in catalog["streams"]
        # For service accounts only, which a personal token is not.
        if stream["name"] != "organization_exports"
    ]
    (folder / "configured.json").write_text(json.dumps({"streams": streams}))
    found = {stream["stream"]["name"]: 0 for stream in streams}
    for message in messages("read", "--catalog", folder / "configured.json"):
        if message["type"] == "RECORD":
            found[message["record"]["stream"]] += 1
    need("airbyte-source-asana", found, ["projects", "sections", "stories", "tasks", "teams", "users", "workspaces"])


def mcp(folder, _port):
    program = pathlib.Path(os.environ["MCP"]) / "node_modules/@roychri/mcp-server-asana/dist/index.js"
    env = {**os.environ, "ASANA_ACCESS_TOKEN": TOKEN, "NODE_EXTRA_CA_CERTS": str(folder / "ca.pem")}
    server = subprocess.Popen(["node", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    number = 0

    def ask(method, params):
        nonlocal number
        number += 1
        server.stdin.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n")
        server.stdin.flush()
        for line in server.stdout:
            message = json.loads(line)
            if message.get("id") == number:
                if "error" in message:
                    raise SystemExit(f"mcp: {method}: {message['error']}")
                return message["result"]
        raise SystemExit("mcp: the server ended")

    def call(tool, **arguments):
        result = ask("tools/call", {"name": tool, "arguments": arguments})
        text = result["content"][0]["text"]
        if result.get("isError"):
            raise SystemExit(f"mcp: {tool}: {text}")
        return json.loads(text)

    info = {"name": "suite", "version": "1"}
    ask("initialize", {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": info})
    server.stdin.write(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}) + "\n")
    tools = {tool["name"] for tool in ask("tools/list", {})["tools"]}
    workspace = call("asana_list_workspaces")[0]["gid"]
    project = call("asana_search_projects", workspace=workspace, name_pattern=".*")[0]["gid"]
    task = call("asana_create_task", project_id=project, name="made by a model", notes="n")["gid"]
    call("asana_update_task", task_id=task, completed=True)
    call("asana_create_task_story", task_id=task, text="done")
    read = call("asana_get_task", task_id=task)
    stories = call("asana_get_task_stories", task_id=task)
    found = call("asana_search_tasks", workspace=workspace, text="made by a model")
    sections = call("asana_get_project_sections", project_id=project)
    server.kill()
    right = (
        read["completed"] is True
        and any(story["text"] == "done" for story in stories)
        and [row["gid"] for row in found] == [task]
        and sections
    )
    print(f"mcp-server-asana: {len(tools)} tools, {number - 2} calls")
    if not right:
        raise SystemExit("mcp: what was written was not read back")


def main():
    enter_namespace()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_certificates(folder)
        (folder / "hosts").write_text(f"127.0.0.1 localhost {HOST}\n")
        subprocess.run(["mount", "--bind", folder / "hosts", "/etc/hosts"], check=True)
        words = [os.environ["UPNEXT"], "sandbox", "--json", "--port", "0", "--limits", "off"]
        sandbox = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        port = urllib.parse.urlsplit(json.loads(sandbox.stdout.readline())["base_url"]).port
        seed(port)
        proxy(folder, port)
        try:
            for program in (tap_asana, airbyte, mcp):
                program(folder, port)
        finally:
            sandbox.kill()


if __name__ == "__main__":
    main()
