"""The description of the service: routes from FastAPI, bodies with their limits, our problems."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tpfeedback.report.schema import published_schema
from tpfeedback.service.problems import Problem

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
ALWAYS = {
    "429": "too often",
    "431": "the head is too large",
    "503": "busy: `Retry-After` tells when to ask again",
}
WITH_BODY = {
    "400": "no JSON",
    "408": "the body came too slowly",
    "413": "the body is too large",
    "415": "no application/json",
    "422": "the body cannot be used; the message says how to mend it",
}


def asks(model: type[BaseModel]) -> Schema:
    """Return what an operation has to say of its body."""
    content = {"application/json": {"schema": {"$ref": REF.format(model=model.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


def answers_analysis() -> Schema:
    """Return what an operation has to say that answers an analysis."""
    content = {"application/json": {"schema": {"$ref": REF.format(model="Analysis")}}}
    return {"description": "the analysis, as `Analysis.to_dict` writes it", "content": content}


def describe(app: FastAPI, bodies: Sequence[type[BaseModel]], *, with_keys: bool) -> Schema:
    """Return the OpenAPI description of the service."""
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes,
        separate_input_output_schemas=False,
    )  # fmt: skip
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    asked = [(model, "validation") for model in (*bodies, Problem)]
    schemas |= models_json_schema(asked, ref_template=REF)[1]["$defs"]  # type: ignore[arg-type]
    schemas |= _analysis_schemas()
    result = schemas["JobBody"]["properties"]["result"]
    result["anyOf"] = [{"$ref": REF.format(model="Analysis")}, {"type": "null"}]
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            _add_problems(operation, path, with_keys=with_keys)
    if with_keys:
        schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"key": []}]
    return schema


def _add_problems(operation: Schema, path: str, *, with_keys: bool) -> None:
    content = {"application/json": {"schema": {"$ref": REF.format(model="Problem")}}}
    told = dict(WITH_BODY if "requestBody" in operation else {})
    if path == "/healthz":
        operation["security"] = []
    else:
        told |= ALWAYS | ({"401": "no key that is known"} if with_keys else {})
    if "{" in path:
        told["404"] = "there is no such thing"
        operation["responses"].pop("422", None)
    for status, meaning in told.items():
        operation["responses"][status] = {"description": meaning, "content": content}


def _analysis_schemas() -> dict[str, Schema]:
    """Return the published schema of an analysis, its parts where OpenAPI looks for them."""
    text = json.dumps(published_schema()).replace("#/$defs/plain", REF.format(model="Plain"))
    analysis: Schema = json.loads(text)
    parts = analysis.pop("$defs")
    for name in ("$schema", "$id"):
        del analysis[name]
    return {"Analysis": analysis, "Plain": parts["plain"]}
