"""What metadata in YAML and studies in TOML say: oracles as those of `formats`."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from strict import Refused, is_whole, text_of


class _Strict(yaml.SafeLoader):
    """YAML in which no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(set(map(repr, keys))) < len(keys):
            raise Refused("a key stands twice", node.start_mark.line + 1)
        return super().construct_mapping(node, deep)


def metadata(data: bytes) -> str:
    """A run's metadata: one YAML mapping, shown as Python would."""
    try:
        found = yaml.load(text_of(data), _Strict)
    except Refused:
        raise
    except Exception as error:  # the library raises many kinds
        raise Refused(f"no YAML ({type(error).__name__}: {error})"[:200]) from None
    if not isinstance(found, dict):
        raise Refused("no mapping")
    return repr(found)


def study(defaults: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """A study file over the settings that hold where it says nothing."""
    try:
        content = tomllib.loads(text_of(data).replace("\r\n", "\n"))
    except Refused:
        raise
    except (ValueError, RecursionError) as error:
        raise Refused(f"no TOML ({error})"[:200]) from None
    found = {**defaults, "base": dict(defaults["base"])}
    for name, value in content.items():
        if name in ("name", "keep", "longer", "factors"):
            found[name] = _plain(value)
        elif name != "description":
            place = found["base"] if name in found["base"] else found
            place[name] = _overlaid(place.get(name), value, name)
    if not isinstance(found["name"], str):
        raise Refused("the name is no text")
    found["longer"] = {cell: _ascending(steps) for cell, steps in found["longer"].items()}
    return found


def _overlaid(before: Any, table: Any, name: str) -> dict[str, Any]:
    if (
        not isinstance(before, dict)
        or not isinstance(table, dict)
        or not table.keys() <= before.keys()
    ):
        raise Refused(f"{name} is no table of settings")
    return {**before, **{key: _setting(before[key], value) for key, value in table.items()}}


def _setting(before: Any, value: Any) -> Any:
    value = tuple(value) if isinstance(value, list) else value
    if type(before) is float and type(value) is int:
        value = float(Decimal(value)) if abs(value) < 10**308 else math.inf
    if type(value) is not type(before):
        raise Refused(f"{value!r} is of another type than {before!r}")
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused(f"{value!r} is not finite")
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, int) and not -(2**63) <= one < 2**63:
            raise Refused("a whole number beyond 64 bits")
    return value


def _ascending(steps: Any) -> tuple[int, ...]:
    found = steps if isinstance(steps, tuple) else (steps,)
    if not found or not all(is_whole(n) and 0 < n < 2**63 for n in found):
        raise Refused(f"{steps!r} are no numbers of steps")
    if list(found) != sorted(set(found)):
        raise Refused(f"{steps!r} do not ascend")
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return tuple(value) if isinstance(value, list) else value
