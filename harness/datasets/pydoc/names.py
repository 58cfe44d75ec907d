"""Public names: where users find an object, whatever private module defines it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness.datasets.pydoc.source import Scan

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+(?:\d+[a-z]*)?|[A-Z]+\d*|\d+|[^\W\dA-Za-z]+")


def readable(name: str) -> str:
    """A dotted name as words: ``sklearn.linear_model.HuberRegressor`` becomes
    ``sklearn linear model Huber Regressor``.
    """  # noqa: D205
    return " ".join(w for part in re.split(r"[._]+", name) for w in _split_camel(part))


def _split_camel(part: str) -> list[str]:
    """Words of one identifier; short mixed ones (``argmax2d``, ``OPTICS``) stay whole."""
    words = _WORDS.findall(part)
    return [part] if len(words) > 1 and min(map(len, words)) == 1 and len(part) < 8 else words


def public(name: str) -> bool:
    """Whether no component of a dotted name is private."""
    return not any(part.startswith("_") for part in name.split("."))


class Names:
    """The static import graph of one group of modules."""

    def __init__(self, scans: Iterable[Scan]):
        self.scans = {scan.file.module: scan for scan in scans}
        self.docs: dict[str, dict[str, str]] = {m: dict(s.docs) for m, s in self.scans.items()}
        for scan in self.scans.values():
            for module, name, doc in scan.added:
                self.docs.setdefault(module, {}).setdefault(name, doc)
        self.tops = {
            module: {local.partition(".")[0] for local in docs} - {""}
            for module, docs in self.docs.items()
        }
        self._seen_from: dict[tuple[str, bool], set[str]] = {}

    def documented(self) -> dict[str, str]:
        """Docstring by public qualified name, each object once, under its shortest name."""
        names = self._shortest()
        result: dict[str, str] = {}
        for module, docs in self.docs.items():
            for local, doc in docs.items():
                head, _, rest = local.partition(".")
                prefix = names.get((module, head)) if head else module
                if prefix is None or not public(prefix) or not public(rest or "x"):
                    continue
                result.setdefault(f"{prefix}.{rest}" if rest else prefix, doc)
        return result

    def _shortest(self) -> dict[tuple[str, str], str]:
        best: dict[tuple[str, str], str] = {}
        for module in self.docs:
            if not public(module):
                continue
            for name, target in self._exports(module):
                full = f"{module}.{name}"
                rank = (full.count("."), len(full), full)
                old = best.get(target)
                if old is None or rank < (old.count("."), len(old), old):
                    best[target] = full
        return best

    def _exports(self, module: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """Names that a public module offers, with the place of their definition."""
        scan = self.scans.get(module)
        offered = set(self.tops[module])
        if scan is not None:
            offered |= set(scan.exported or ())
            # A module is the public face of the private ones that it imports with a star.
            faces = [star for star in scan.stars if star.startswith("_")]
            for source in [module] if scan.file.is_package else faces:
                offered |= self._visible(source)
        for name in sorted(offered):
            target = self._resolve(module, name)
            if not name.startswith("_") and target is not None:
                yield name, target

    def _visible(self, module: str, *, hidden: bool = False) -> set[str]:
        """Names that a module defines or imports, through star imports and their cycles.

        Args:
            module: where to look from.
            hidden: count in what a star leaves out; a literal ``__all__`` may be extended later.
        """
        if (module, hidden) in self._seen_from:
            return self._seen_from[module, hidden]
        names = self._seen_from[module, hidden] = set()
        waiting, seen = [module], set[str]()
        while waiting:
            here = waiting.pop()
            scan = self.scans.get(here)
            seen.add(here)
            if here != module and scan is not None and scan.exported and not hidden:
                names |= set(scan.exported)
                continue
            names |= self.tops.get(here, set())
            if scan is not None:
                names |= set(scan.imports)
                waiting.extend(star for star in scan.stars if star not in seen)
        return names

    def _resolve(self, module: str, name: str) -> tuple[str, str] | None:
        """Follow imports from a name to the module that documents it."""
        waiting, seen = [(module, name)], set[tuple[str, str]]()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            here, wanted = place
            if wanted in self.tops.get(here, ()):
                return place
            scan = self.scans.get(here)
            if scan is not None and wanted in scan.imports:
                waiting.append(scan.imports[wanted])
            elif scan is not None:
                for star in reversed(scan.stars):
                    if wanted in self._visible(star, hidden=True):
                        waiting.append((star, wanted))
        return None
