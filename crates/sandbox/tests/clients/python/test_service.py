"""Events, webhooks, rules, exports, the audit log: what a service listens to."""

import hashlib
import hmac
import http.server
import json
import threading
import time

import asana

from harness import BASE, Case, client, control, make


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        secret = self.headers.get("X-Hook-Secret")
        self.server.posts.append((secret, self.headers.get("X-Hook-Signature"), body))
        self.send_response(200)
        if secret:
            self.send_header("X-Hook-Secret", secret)
        self.end_headers()

    def log_message(self, *_):
        pass


class Service(Case):
    def test_webhooks(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        server.posts = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        hooks, project = self.api("Webhooks"), self.project()
        body = {"data": {"resource": project, "target": f"http://127.0.0.1:{server.server_port}/in"}}
        made = hooks.create_webhook(body, {}, full_payload=True)
        secret, gid = made["X-Hook-Secret"], made["data"]["gid"]
        self.assertEqual(server.posts[0][0], secret)
        self.refused(403, hooks.create_webhook, body, {})
        filters = [{"resource_type": "task", "action": "added"}]
        hooks.update_webhook({"data": {"filters": filters}}, gid, {})
        self.has(hooks.get_webhook(gid, {}), filters=filters)
        self.assertIn(gid, self.gids(hooks.get_webhooks(self.workspace, {"resource": project})))
        task = self.task(project)
        for _ in range(400):
            events = [event for secret_, _, text in server.posts if not secret_ for event in json.loads(text)["events"]]
            if events:
                break
            time.sleep(0.01)
        self.assertEqual(events[0]["resource"]["gid"], task)
        for _, signature, text in server.posts[1:]:
            self.assertEqual(signature, hmac.new(secret.encode(), text, hashlib.sha256).hexdigest())
        hooks.delete_webhook(gid)
        self.refused(404, hooks.get_webhook, gid, {})

    def test_events(self):
        project = self.project()
        events = self.api("Events")
        first = list(events.get_events(project, {}))
        self.assertEqual(first, [])
        # The iterator ends at the 412 and keeps the token for itself; the raw call shows it.
        try:
            self.client.call_api(
                "/events", "GET", {}, {"resource": project}, {"Accept": "application/json"},
                auth_settings=["personalAccessToken"], response_type=object, _return_http_data_only=True,
            )
            self.fail("no 412")
        except asana.rest.ApiException as error:
            self.assertEqual(error.status, 412)
            token = json.loads(error.body)["sync"]
        task = self.task(project)
        found = list(events.get_events(project, {"sync": token}))
        flat = [event for batch in found for event in (batch["data"] if isinstance(batch, dict) and "data" in batch else [batch])]
        self.assertIn((task, "added"), [(event["resource"]["gid"], event["action"]) for event in flat])

    def test_rules(self):
        project = self.project()
        field = self.api("CustomFields").create_custom_field(
            {"data": {"workspace": self.workspace, "resource_subtype": "number", "name": f"S{project}"}}, {}
        )["gid"]
        self.api("Projects").add_custom_field_setting_for_project({"data": {"custom_field": field}}, project, {})
        rule = make("rule_trigger", project=project, owner="me", custom_fields={field: 5})
        task = self.task(project)
        self.api("Rules").trigger_rule({"data": {"resource": task, "action_data": {"x": 1}}}, rule)
        read = self.api("Tasks").get_task(task, {"opt_fields": "custom_fields.number_value"})
        self.assertEqual(read["custom_fields"][0]["number_value"], 5)
        outside = {"data": {"resource": self.task(), "action_data": {}}}
        self.refused(400, self.api("Rules").trigger_rule, outside, rule)

    def test_exports_audit_log_and_workspace_events(self):
        project = self.project()
        control("tokens", {"token": "robot", "user": "me", "principal": "service_account"})
        job = self.wait(self.api("Exports").create_graph_export({"data": {"parent": project}}))
        self.assertIsNotNone(job["new_graph_export"]["download_url"])
        wanted = {"workspace": self.workspace, "export_request_parameters": [{"resource_type": "task"}]}
        self.refused(403, self.api("Exports").create_resource_export, {"data": wanted})
        self.wait(self.api("Exports", token="robot").create_resource_export({"data": wanted}))
        spaces = self.api("Workspaces")
        self.refused(403, self.api("AuditLogAPI").get_audit_log_events, self.workspace, {})
        audit = self.api("AuditLogAPI", token="robot")
        found = list(audit.get_audit_log_events(self.workspace, {"event_type": "project_created", "resource_gid": project}, full_payload=True)["data"])
        self.assertEqual([event["resource"]["gid"] for event in found], [project])
        exports = self.api("OrganizationExports", token="robot")
        made = exports.create_organization_export({"data": {"organization": self.workspace}}, {})
        self.assertIn(exports.get_organization_export(made["gid"], {})["state"], ("pending", "started", "finished"))
        studio = self.api("AIStudioUsageAPI", token="robot")
        self.assertEqual(list(studio.get_ai_studio_runs(self.workspace, {})), [])
        self.assertEqual(list(studio.get_ai_studio_seats(self.workspace, {})), [])
        try:
            list(asana.WorkspacesApi(client("robot")).get_workspace_events(self.workspace, {}))
        except asana.rest.ApiException as error:
            self.assertEqual(error.status, 412)
        self.assertTrue(spaces and BASE)
