"""Every answer the SDK gets is held against Asana's OpenAPI file, at the one place all answers pass.

Checked: the status is one the operation documents; the body fits the schema; no property is unknown to the schema;
`opt_fields` is obeyed exactly. Deliberate differences are in EXCEPTIONS, each with its reason.
"""

import json
import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema
import yaml

# Property -> why it may be there although the schema does not know it (or misses where the schema has it).
EXTRA = {
    "assignee_status": "recorded in real answers, deprecated",
    "hearted": "recorded, deprecated twin of liked",
    "hearts": "recorded, deprecated twin of likes",
    "num_hearts": "recorded, deprecated twin of num_likes",
    "public": "recorded, deprecated twin of privacy_setting",
    "due_date": "recorded, deprecated twin of due_on",
    "team": "recorded",
    "resource_subtype": "recorded on objects whose schema names it only in prose",
    "resource_type": "every object has one; a few schemas forget it",
    "created_at": "recorded",
    "author": "recorded, deprecated twin of created_by",
    "type": "recorded, deprecated twin of resource_subtype",
    "html_notes": "asked for by name",
    "is_global_to_workspace": "recorded",
    "is_important": "recorded",
    "headers": "of batch actions: recorded as an object of several views of the same headers",
    "owner": "compact goals have one; where objects of several kinds stand, the schema names what all of them share",
}

# Properties of a job: it has all of them, null but one; the exports' own schema names only theirs.
EXTRA.update((f"new_{made}", "every job has all of these") for made in (
    "task", "project", "project_template", "portfolio", "graph_export", "resource_export"))

# Recorded on the values inside tasks; the schema of a user's values is the compact one.
EXTRA.update((name, "recorded on values of custom fields") for name in (
    "asana_created_field", "created_by", "currency_code", "custom_label", "custom_label_position",
    "default_access_level", "format", "has_notifications_enabled", "is_value_read_only", "precision",
    "privacy_setting"))

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
                if name not in EXTRA and name not in self.here:
                    self.problems.append(f"{where}: {path}{name} is unknown to the schema")
                continue
            values = value if isinstance(value, list) else [value]
            parts = [self.resolve(part) for part in known[name]]
            parts = [part.get("items", part) for part in parts]
            for below in values[:3]:
                if isinstance(below, dict):
                    self.unknown(where, below, parts, f"{path}{name}.")

    def exact(self, where, row, asked):
        wanted = {name.split(".")[0].strip() for name in asked} - {"this"}
        if any("(" in name for name in asked):
            return
        extra = set(row) - wanted - {"gid"}
        if extra:
            self.problems.append(f"{where}: opt_fields {sorted(wanted)} answered also {sorted(extra)}")
