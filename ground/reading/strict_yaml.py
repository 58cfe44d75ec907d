"""YAML read strictly; apart, so that who reads none does not import the library."""

from __future__ import annotations

from typing import Any

import yaml


class StrictLoader(yaml.SafeLoader):
    """Plain values alone: no aliases, which a few lines can unfold to gigabytes; no key twice."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """A node; an alias is a fault."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem=f"the alias *{event.anchor}, which is not read; write the value out",
                problem_mark=event.start_mark,
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping; a key that stands twice is a fault."""
        found = super().construct_mapping(node, deep=deep)
        if len(found) < len(node.value):
            raise yaml.MarkedYAMLError(
                problem="a key stands twice in a mapping", problem_mark=node.start_mark
            )
        return found
