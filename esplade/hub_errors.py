"""What a hub answers, in one paragraph each: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from esplade.hub import HubName
from ground.errors import InputError


class NotInCache(InputError):
    """A model of the hub that would have to be downloaded first, which nobody asked for.

    Attributes:
        what: what is wrong, without the remedy: the command line names its own.
    """

    def __init__(self, name: HubName) -> None:
        from huggingface_hub import constants

        self.what = (
            f"There is no folder {name}, and the model of that name is not in the local cache "
            f"({constants.HF_HUB_CACHE}), or not all of it. Nothing is downloaded unless it is "
            f"asked for."
        )
        super().__init__(f"{self.what} Pass online=True (--online on the command line).")


@contextmanager
def hub_errors(name: HubName) -> Iterator[None]:
    """Turn what huggingface_hub raises into an `InputError`."""
    try:
        yield
    except (InputError, KeyboardInterrupt):
        raise
    except Exception as error:
        said = _said(name, error)
        if said is None:
            raise
        raise InputError(said) from error


def _said(name: HubName, error: Exception) -> str | None:
    from huggingface_hub import constants, errors

    page = f"{constants.ENDPOINT}/{name.repo}"
    if isinstance(error, errors.GatedRepoError):
        return (
            f"The model {name.repo} is gated: its owner wants terms to be accepted first. Accept "
            f"them at {page}, log in with `hf auth login` (or set HF_TOKEN), and try again."
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return (
            f"There is no model {name.repo} on the hub ({constants.ENDPOINT}), or it is private, "
            f"and no folder {name} here. Check how the name is written; for a private one log in "
            f"with `hf auth login` (or set HF_TOKEN)."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return (
            f"The model {name.repo} has no revision {name.revision!r}. Give a branch, a tag or a "
            f"commit in full after the @, as {page}/commits/main lists them, or leave it out."
        )
    if isinstance(error, errors.HFValidationError):
        return f"{name} is no name of a model on the hub ({error}). Give it as OWNER/NAME."
    if isinstance(error, errors.LocalEntryNotFoundError | errors.OfflineModeIsEnabled) or (
        _is_of_network(error)
    ):
        return (
            f"The hub ({constants.ENDPOINT}) cannot be reached, and the local cache "
            f"({constants.HF_HUB_CACHE}) does not hold all of {name} ({_short(error)}). Check the "
            f"network, a proxy or HF_ENDPOINT, and try again; what was downloaded is kept."
        )
    if isinstance(error, errors.HfHubHTTPError):
        return f"The hub refused {name} ({_short(error)}). Try again later, or look at {page}."
    if isinstance(error, OSError):
        return (
            f"The model {name} cannot be kept in the local cache {constants.HF_HUB_CACHE} "
            f"({_short(error)}). Make room there, or set HF_HOME to another folder."
        )
    return None


def _is_of_network(error: Exception) -> bool:
    """Whether an error is of the library that the hub's uses for requests, which has changed."""
    makers = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    if makers & {"httpx", "httpx2", "httpcore", "requests", "urllib3"}:
        from huggingface_hub.errors import HfHubHTTPError

        return not isinstance(error, HfHubHTTPError)
    return isinstance(error, ConnectionError | TimeoutError)


def _short(error: BaseException) -> str:
    if isinstance(error, FileNotFoundError) and error.__cause__ is not None:
        error = error.__cause__  # what kept huggingface_hub from the hub, without its advice
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said[:200]}" if said else type(error).__name__
