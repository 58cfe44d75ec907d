"""``esplade serve``: a page with all of its queries, in a browser on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    result: Annotated[Path, typer.Argument(help="A sweep's folder, or a page of esplade report.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open a report in a browser with every query in it; only this machine can reach it.

    The page asks for a query's terms and results as it is opened. Ctrl+C ends it.
    """
    import webbrowser

    from esplade.progress import say
    from esplade.reports import open_report

    with open_report(result, port) as server:
        say(f"{server.url} shows {result}; Ctrl+C ends it.")
        if browser:
            webbrowser.open(server.url)
        server.serve_forever()
