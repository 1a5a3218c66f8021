"""Every answer the SDK gets is held against Asana's OpenAPI file, at the one place all answers pass.

Checked: the status is one the operation documents; the body fits the schema; no property is unknown to the schema and none
of a full record is missing; `opt_fields` is obeyed exactly, at every level. Deliberate differences are named below, each with
its reason.
"""

import json
import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema
import yaml

# Kind of object -> property -> why it may be there although the schema does not know it.
EXTRA = {
    "task": {"resource_subtype": "recorded in compact tasks; schemas that show several kinds of object leave it out"},
    "story": {
        name: "recorded in compact stories; schemas that show several kinds of object leave it out"
        for name in ("created_at", "created_by", "resource_subtype", "text", "type")
    },
    "goal": {"owner": "compact goals have one; schemas that show several kinds of object leave it out"},
    "job": {
        f"new_{made}": "every job has all of these, null but one; the exports' own schema names only theirs"
        for made in ("task", "project", "project_template", "portfolio", "graph_export", "resource_export")
    },
    "custom_field": {
        name: "recorded on the values inside tasks; other holders' schemas are the compact one"
        for name in (
            "asana_created_field", "created_by", "currency_code", "custom_label", "custom_label_position",
            "default_access_level", "format", "has_notifications_enabled", "is_global_to_workspace",
            "is_value_read_only", "precision", "privacy_setting", "resource_subtype",
        )
    },
}

# Kind of object -> property -> why a full record may lack it although the schema has it and does not call it opt-in.
ABSENT = {
    "attachment": {
        "size": "recorded so", "connected_to_app": "of links only",
        **{name: "recorded: an upload is answered with the compact record" for name in (
            "created_at", "download_url", "permanent_url", "host", "parent", "view_url")},
    },
    "custom_field": {
        **{name: "of fields of that type only" for name in (
            "input_restrictions", "enum_options", "precision", "format", "currency_code", "custom_label",
            "custom_label_position", "text_value", "number_value", "enum_value", "multi_enum_values", "date_value",
            "people_value", "reference_value")},
        **{name: "of fields that stand on an object only" for name in ("display_value", "enabled")},
    },
    "membership": {name: "of memberships in goals, in the schema's older form" for name in (
        "role", "goal", "user", "workspace")},
    "project": {name: "recorded so" for name in (
        "icon", "completed_by", "project_brief", "created_from_template", "custom_fields", "custom_field_settings")},
    "section": {"projects": "deprecated"},
    "story": {name: "of stories that tell of that only" for name in (
        "sticker_name", "old_date_value", "new_date_value")},
    "task": {
        **{name: "recorded so" for name in ("assigned_by", "completed_by")},
        "assignee_section": "recorded: the assignee's own token reads it",
        **{name: "of custom tasks only" for name in ("custom_type", "custom_type_status_option")},
    },
}

# (method, path) -> properties that may be there all the same, and why.
EXTRA_OF = {
    ("POST", "/workspaces/{workspace_gid}/addUser"): {
        "workspaces": "the text says the full user record, the schema leaves this out",
        "custom_fields": "as above",
    },
    ("GET", "/events"): {"text": "compact stories have one; the schema names what all kinds of object share"},
}

# (method, path, status) -> why it is answered although the operation does not list it.
STATUSES = {
    ("GET", "/workspaces/{workspace_gid}/events", 412): "the text of event streams says so",
}

# Properties that real Asana leaves out or answers as null although the schema says otherwise are common: null is
# accepted everywhere, as the recordings show it for most properties.

# (method, path) -> why its answers are not held against the schema.
UNCHECKED = {
    ("POST", "/batch"): "the schema describes headers and bodies as free objects; recorded shapes are tested in Rust",
}


class Contract:
    """The operations of the OpenAPI file."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.api = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.operations = []
        for template, item in self.api["paths"].items():
            pattern = re.compile("^" + re.sub(r"\{[^}]*\}", "([^/]+)", template) + "$")
            for method, operation in item.items():
                if method in ("get", "post", "put", "delete"):
                    self.operations.append((method.upper(), template, pattern, operation))
        # Literal paths win over those with parameters.
        self.operations.sort(key=lambda known: known[1].count("{"))
        self.problems = []
        self.seen = set()
        self.answers = 0

    def resolve(self, node):
        while "$ref" in node:
            at = self.api
            for part in node["$ref"].lstrip("#/").split("/"):
                at = at[part]
            node = at
        return node

    def find(self, method, path):
        for known, template, pattern, operation in self.operations:
            if known == method and pattern.match(path):
                return template, operation
        return None, None

    def plain(self, node, depth=0):
        """The schema as JSON Schema, references replaced and null allowed."""
        node = self.resolve(node)
        if depth > 9:
            return {}
        out = {}
        for key in ("allOf", "anyOf", "oneOf"):
            if key in node:
                # Kinds of one object overlap: fitting any of them is enough.
                parts = [self.plain(part, depth + 1) for part in node[key]]
                if key == "allOf":
                    out["allOf"] = parts
                else:
                    out["anyOf"] = parts
        if "type" in node:
            out["type"] = [node["type"], "null"]
        if "enum" in node:
            out["enum"] = list(node["enum"]) + [None]
        if "properties" in node:
            out["properties"] = {name: self.plain(part, depth + 1) for name, part in node["properties"].items()}
        if "items" in node:
            out["items"] = self.plain(node["items"], depth + 1)
        return out

    def names(self, node, depth=0):
        """Properties the schema knows; None when it leaves them open."""
        node = self.resolve(node)
        found = {}
        opened = not any(key in node for key in ("properties", "allOf", "anyOf", "oneOf"))
        for key in ("allOf", "anyOf", "oneOf"):
            for part in node.get(key, []):
                below = self.names(part, depth)
                if below:
                    for name, known in below.items():
                        found.setdefault(name, []).extend(known)
        for name, part in node.get("properties", {}).items():
            found.setdefault(name, []).append(part)
        return None if opened and not found else found

    @lru_cache(maxsize=None)
    def validator(self, method, template, status):
        operation = next(o for m, t, _, o in self.operations if (m, t) == (method, template))
        answer = operation["responses"].get(status) or operation["responses"].get(str(status))
        if answer is None:
            return None, None
        content = self.resolve(answer).get("content")
        if not content:
            return None, None
        schema = next(iter(content.values()))["schema"]
        return jsonschema.Draft202012Validator(self.plain(schema)), schema

    def check(self, method, url, status, body):
        parts = urlsplit(url)
        path = unquote(parts.path.split("/api/1.0", 1)[-1])
        template, operation = self.find(method, path)
        if operation is None:
            return  # Four operations of the SDK are younger than the file.
        self.answers += 1
        self.seen.add((method, template))
        codes = {int(code) for code in operation["responses"]}
        if status not in codes | {402, 429} and (method, template, status) not in STATUSES:
            self.problems.append(f"{method} {template}: undocumented status {status}")
        if status >= 300 or (method, template) in UNCHECKED:
            return
        validator, schema = self.validator(method, template, status)
        if validator is None:
            return
        document = json.loads(body)
        for error in validator.iter_errors(document):
            where = "/".join(str(part) for part in error.absolute_path)
            self.problems.append(f"{method} {template}: {where}: {error.message[:200]}")
        data = document.get("data")
        asked = parse_qs(parts.query).get("opt_fields")
        rows = data if isinstance(data, list) else [data]
        inner = self.resolve(schema).get("properties", {}).get("data", {})
        inner = self.resolve(inner)
        inner = inner.get("items", inner) if isinstance(data, list) else inner
        for row in rows[:5]:
            if isinstance(row, dict):
                self.here = EXTRA_OF.get((method, template), {})
                if asked:
                    # Lists document compact records; asked for by name, all properties may come.
                    self.exact(f"{method} {template}", row, asked[0].split(","))
                else:
                    self.unknown(f"{method} {template}", row, [inner], "")
                    if not isinstance(data, list):
                        self.absent(f"{method} {template}", row, inner)

    def unknown(self, where, row, schemas, path):
        known = {}
        for schema in schemas:
            names = self.names(schema)
            if names is None:
                return
            for name, parts in names.items():
                known.setdefault(name, []).extend(parts)
        for name, value in row.items():
            if name not in known:
                if name not in EXTRA.get(row.get("resource_type"), {}) and name not in self.here:
                    self.problems.append(f"{where}: {path}{name} is unknown to the schema")
                continue
            values = value if isinstance(value, list) else [value]
            parts = [self.resolve(part) for part in known[name]]
            parts = [part.get("items", part) for part in parts]
            for below in values[:3]:
                if isinstance(below, dict):
                    self.unknown(where, below, parts, f"{path}{name}.")

    def absent(self, where, row, schema):
        """Properties of a full record that are not there."""
        allowed = ABSENT.get(row.get("resource_type"), {})
        for name, parts in (self.names(schema) or {}).items():
            if name in row or name in allowed:
                continue
            told = " ".join(str(found.get("description", "")) for part in parts for found in (part, self.resolve(part)))
            if not any(word in told for word in ("Opt In", "Conditional", "opt-in", "Opt-in")):
                self.problems.append(f"{where}: {name} is missing")

    def exact(self, where, row, asked):
        """Nothing but what was asked for, at every level."""
        tree = {}
        for path in asked:
            if "(" in path:
                return
            at = tree
            for name in path.strip().removeprefix("this.").split("."):
                at = at.setdefault(name, {})
        self.exact_below(where, row, tree, "")

    def exact_below(self, where, row, tree, path):
        extra = set(row) - set(tree) - {"gid"}
        if extra:
            self.problems.append(f"{where}: opt_fields {path}{sorted(tree)} answered also {sorted(extra)}")
        for name, below in tree.items():
            values = row.get(name)
            for value in values if isinstance(values, list) else [values]:
                if below and isinstance(value, dict):
                    self.exact_below(where, value, below, f"{path}{name}.")
