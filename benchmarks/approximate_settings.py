"""What `benchmarks.approximate` tries of each engine."""

from __future__ import annotations

from typing import Any, NamedTuple


class Setting(NamedTuple):
    """An engine with its parameters.

    Attributes:
        engine: its name.
        script: of the peer.
        name: for people.
        key: the request, as pairs, so that a setting can be looked up.
    """

    engine: str
    script: str
    name: str
    key: tuple[tuple[str, Any], ...] = ()

    @property
    def request(self) -> dict[str, Any]:
        """What the peer is asked with, beside k."""
        return {name: dict(v) if isinstance(v, tuple) else v for name, v in self.key}


EXACT = Setting("esplade", "esplade_search", "exact")
CUTS = (3, 5, 8, 1_000)
HEAPS = (0.7, 0.9, 1.0)
ALPHAS = (0.7, 0.85, 1.0)
BETAS = (0.6, 0.8, 1.0)
PISA = ("maxscore", "block_max_maxscore", "wand", "block_max_wand")


def settings(mean_list: float) -> list[Setting]:
    """All of them; Seismic's lists keep all postings, half, or a quarter of the mean list's."""
    made = [Setting("PISA", "pisa", name, (("algorithm", name),)) for name in PISA]
    made += [
        Setting("BMP", "blockmax", f"alpha {a}, beta {b}", (("alpha", a), ("beta", b)))
        for a in ALPHAS
        for b in BETAS
    ]
    for share in (4.0, 0.5, 0.25):
        postings = max(10, round(share * mean_list))
        for energy in (0.4, 0.6):
            build = (("n_postings", postings), ("summary_energy", energy))
            made += [
                Setting(
                    "Seismic",
                    "seismic_search",
                    f"n_postings {postings}, energy {energy}, cut {cut}, heap {heap}",
                    (("build", build), ("query_cut", cut), ("heap_factor", heap)),
                )
                for cut in CUTS
                for heap in HEAPS
            ]
    return made
