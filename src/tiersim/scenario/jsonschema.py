"""JSON Schema of a scenario file, for completion and warnings in editors.

An editor sees one file, without its preset, so nothing is required here and every key may be ``null``
(which takes it away); `tiersim check` knows better and has the last word.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tiersim.scenario.overlay import names_in, preset_folder

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build_schema(root: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of files that load as `root`."""
    schema = root.model_json_schema()
    shared: dict[str, Any] = {}
    for name, definition in schema.get("$defs", {}).items():
        shared[name] = _loosened(definition, shared)
    body = _loosened({key: part for key, part in schema.items() if key != "$defs"}, shared)
    body["properties"] = {
        "preset": {"enum": names_in(preset_folder()), "description": "what is not said here comes from it"},
        "extends": {"type": "string", "description": "another scenario file that this one changes"},
        "library": {"type": "string", "description": "a file with effects of your own"},
        **body["properties"],
    }
    return {"$schema": DIALECT, **body, "$defs": dict(sorted(shared.items()))}


def schema_text(root: type[BaseModel] | None = None) -> str:
    """`build_schema` as the text of a file; of the scenario itself if no other root is given."""
    if root is None:
        from tiersim.scenario.schema import Scenario

        root = Scenario
    return json.dumps(build_schema(root), indent=1, ensure_ascii=False) + "\n"


def write_schema(path: Path | str) -> None:
    """Write the JSON Schema of scenario files to `path`."""
    Path(path).write_text(schema_text(), encoding="utf-8")


def _loosened(node: Any, shared: dict[str, Any], in_assumption: bool = False) -> Any:
    """`node` without titles, defaults and required keys, with null for every property; units are shared."""
    if isinstance(node, list):
        return [_loosened(part, shared, in_assumption) for part in node]
    if not isinstance(node, dict):
        return node
    if "unit" in node and "anyOf" in node and not in_assumption:
        return _shared(node, shared)
    loosened = {
        key: _loosened(part, shared, in_assumption)
        for key, part in node.items()
        # A key that is null does not count towards the most that there may be.
        if key not in ("title", "default", "required", "properties", "maxProperties")
    }
    if "properties" in node:
        loosened["properties"] = {
            key: _nullable(_loosened(part, shared)) for key, part in node["properties"].items()
        }
    extra = loosened.get("additionalProperties")
    if isinstance(extra, dict):
        loosened["additionalProperties"] = _nullable(extra)
    return loosened


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    about = {key: node[key] for key in ("description",) if key in node}
    forms = node["anyOf"] if set(node) <= {"anyOf", "description"} and "anyOf" in node else None
    if forms is None:
        forms = [{key: part for key, part in node.items() if key != "description"}]
    if {"type": "null"} not in forms:
        forms = [*forms, {"type": "null"}]
    return {**about, "anyOf": forms}


def _shared(node: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """A reference to `node` among the definitions, where equal quantities and assumptions meet."""
    about = {key: node[key] for key in ("description",) if key in node}
    body = {key: part for key, part in node.items() if key not in ("description", "title", "default")}
    kind = "assumption" if any("properties" in form for form in body["anyOf"]) else "quantity"
    base = f"{kind}: {body['unit']}"
    name, count = base, 1
    while name in shared and shared[name] != body:
        count += 1
        name = f"{base} {count}"
    shared[name] = body
    return {**about, "$ref": "#/$defs/" + name.replace(" ", "%20")}


if __name__ == "__main__":
    write_schema(sys.argv[1])
