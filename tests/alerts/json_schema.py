"""As much of JSON Schema (draft 2020-12) as the webhook's schema uses; any other word of it is an error."""

import re
from collections.abc import Iterator
from typing import Any

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
SILENT = {"$schema", "$id", "$defs", "title", "description", "then"}


def is_type(value: Any, name: str) -> bool:
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Schema:
    """A schema; `faults` says where a value does not fit."""

    def __init__(self, root: dict[str, Any]):
        self.root = root

    def faults(self, value: Any, schema: Any = None, where: str = "$") -> Iterator[str]:
        schema = self.root if schema is None else schema
        for word, wanted in schema.items():
            if word not in SILENT:
                yield from getattr(self, "_" + word.strip("$"))(value, wanted, schema, where)

    def _ref(self, value, wanted, _schema, where):
        yield from self.faults(value, self.root["$defs"][wanted.removeprefix("#/$defs/")], where)

    def _type(self, value, wanted, _schema, where):
        if not any(is_type(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted)):
            yield f"{where}: {value!r} is no {wanted}"

    def _enum(self, value, wanted, _schema, where):
        if value not in wanted:
            yield f"{where}: {value!r} is none of {wanted}"

    def _const(self, value, wanted, _schema, where):
        if value != wanted:
            yield f"{where}: {value!r} is not {wanted!r}"

    def _pattern(self, value, wanted, _schema, where):
        if isinstance(value, str) and not re.search(wanted, value):
            yield f"{where}: {value!r} does not match {wanted}"

    def _bound(self, fits, where, value):
        if is_type(value, "number") and not fits:
            yield f"{where}: {value} is out of bounds"

    def _minimum(self, value, wanted, _schema, where):
        yield from self._bound(is_type(value, "number") and value >= wanted, where, value)

    def _maximum(self, value, wanted, _schema, where):
        yield from self._bound(is_type(value, "number") and value <= wanted, where, value)

    def _minLength(self, value, wanted, _schema, where):
        if isinstance(value, str) and len(value) < wanted:
            yield f"{where}: too short"

    def _maxLength(self, value, wanted, _schema, where):
        if isinstance(value, str) and len(value) > wanted:
            yield f"{where}: {len(value)} characters"

    def _maxItems(self, value, wanted, _schema, where):
        if isinstance(value, list) and len(value) > wanted:
            yield f"{where}: {len(value)} rows"

    def _required(self, value, wanted, _schema, where):
        yield from (f"{where}: no {name}" for name in wanted if name not in value)

    def _properties(self, value, wanted, _schema, where):
        for name in set(wanted) & set(value or {}):
            yield from self.faults(value[name], wanted[name], f"{where}.{name}")

    def _propertyNames(self, value, wanted, _schema, where):
        for name in value or {}:
            yield from self.faults(name, wanted, f"{where}: name")

    def _additionalProperties(self, value, wanted, schema, where):
        for name in set(value or {}) - set(schema.get("properties", {})):
            if wanted is False:
                yield f"{where}: {name} is not foreseen"
            else:
                yield from self.faults(value[name], wanted, f"{where}.{name}")

    def _items(self, value, wanted, _schema, where):
        for index, row in enumerate(value or []):
            yield from self.faults(row, wanted, f"{where}[{index}]")

    def _allOf(self, value, wanted, _schema, where):
        for rule in wanted:
            yield from self.faults(value, rule, where)

    def _if(self, value, wanted, schema, where):
        if not list(self.faults(value, wanted, where)):
            yield from self.faults(value, schema["then"], where)
