"""Encoding in several processes: texts go out, rows come back in order, a death is an error."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Literal

import scipy.sparse as sp

from ground.errors import IntegrityError
from ground.machine import usable_processors
from harness.encoding.streaming import HasDevices, encode_shards, shards_ahead

if TYPE_CHECKING:
    from harness.encoding.text_encoder import TextEncoder

Side = Literal["doc", "query"]
Progress = Callable[[int], None]
Encoded = tuple[sp.csr_array, int | None]
"""Rows of a batch, and how many of its texts were cut, if the encoder says."""
_AHEAD = 2
"""Shards in memory for each worker: the one it encodes, and one that waits for its turn; more for
an encoder that prepares some while it computes another."""


def encode_in_processes(
    encoder: TextEncoder,
    batches: Iterable[Sequence[str]],
    side: Side,
    workers: int,
    progress: Progress,
) -> Iterator[Encoded]:
    """Encode batches of texts in fresh interpreters, one encoder each.

    A batch is encoded by one worker as a whole, as it would be without workers. An encoder that
    has devices of its own (see `harness.encoding.streaming`) is on one of them in each worker.

    Args:
        encoder: pickled into every worker (one that is loaded from a folder pickles its place).
        batches: read only as far ahead as workers are idle.
        side: "doc" or "query".
        workers: processes; the processor's cores are shared out among them.
        progress: called with the number of texts encoded since the last call.

    Yields:
        The rows of each batch, and how many of its texts were longer than the encoder takes, in
        the order of the batches.

    Raises:
        IntegrityError: a worker died.
    """
    with _started(encoder, workers) as pool:
        run = _Run(enumerate(batches), side, (_AHEAD + shards_ahead(encoder) - 1) * workers)
        while True:
            run.send()
            encoded = run.next_rows()
            if encoded is not None:
                yield encoded
            elif run.finished:
                return
            else:
                for worker, message in _messages(pool):
                    run.take(worker, message, progress)


@dataclass(frozen=True)
class _Worker:
    process: Any
    pipe: Connection


@dataclass
class _Run:
    """Which batches are out, and whose rows wait for their turn.

    Attributes:
        batches: numbered, in order.
        side: what they are.
        ahead: most batches that are out or wait.
        idle: workers without a batch, or with fewer than they like to have.
        done: rows by number of their batch.
        sent: batches that went out.
        given: batches whose rows were passed on.
        exhausted: there are no more batches.
    """

    batches: Iterator[tuple[int, Sequence[str]]]
    side: Side
    ahead: int
    idle: list[_Worker] = field(default_factory=list)
    done: dict[int, Encoded] = field(default_factory=dict)
    sent: int = 0
    given: int = 0
    exhausted: bool = False

    def send(self) -> None:
        """Give every idle worker a batch, as far ahead as is allowed."""
        while self.idle and not self.exhausted and self.sent - self.given < self.ahead:
            found = next(self.batches, None)
            if found is None:
                self.exhausted = True
                return
            worker = self.idle.pop(0)
            try:
                worker.pipe.send((found[0], list(found[1]), self.side))
            except OSError:
                raise _death(worker) from None
            self.sent += 1

    def next_rows(self) -> Encoded | None:
        """The rows whose turn it is, if they are back."""
        if self.given not in self.done:
            return None
        self.given += 1
        return self.done.pop(self.given - 1)

    @property
    def finished(self) -> bool:
        """Whether all rows were passed on."""
        return self.exhausted and self.given == self.sent

    def take(self, worker: _Worker, message: tuple[Any, ...], progress: Progress) -> None:
        """What a worker said: ready, progress, rows or failed."""
        kind, *values = message
        if kind == "progress":
            progress(*values)
        elif kind == "failed":
            error, where = values
            error.add_note(where)
            raise error
        else:
            self.idle.append(worker)
            if kind == "rows":
                number, encoded = values
                self.done[number] = encoded


@contextmanager
def _started(encoder: TextEncoder, workers: int) -> Iterator[list[_Worker]]:
    context = get_context("spawn")
    threads = max(1, usable_processors() // workers)
    pool = []
    try:
        for number in range(workers):
            given = encoder.for_worker(number) if isinstance(encoder, HasDevices) else encoder
            pickled = pickle.dumps(given)
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, pickled, threads), daemon=True)
            process.start()
            theirs.close()
            pool.append(_Worker(process, ours))
        yield pool
    finally:
        for worker in pool:
            worker.pipe.close()
            worker.process.terminate()
        for worker in pool:
            worker.process.join()


def _messages(pool: Sequence[_Worker]) -> Iterator[tuple[_Worker, tuple[Any, ...]]]:
    """Wait until workers say something; one that died closes its pipe."""
    by_pipe = {worker.pipe: worker for worker in pool}
    for pipe in wait(list(by_pipe)):
        worker = by_pipe[pipe]  # type: ignore[index]
        try:
            yield worker, worker.pipe.recv()
        except (EOFError, OSError):
            raise _death(worker) from None


def _death(worker: _Worker) -> IntegrityError:
    worker.process.join(timeout=5)
    code = worker.process.exitcode
    how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    return IntegrityError(
        f"A worker process of the encoding died ({how}), most often because memory ran out. What "
        f"was encoded is kept: give the same command again, with fewer --workers, to go on."
    )


def _serve(pipe: Connection, pickled: bytes, threads: int) -> None:
    """What a worker does; it ends when the pipe is closed."""
    # Ctrl-C goes to the parent, which ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Read by libraries when they are loaded, which unpickling the encoder does.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = str(threads)
    try:
        encoder: TextEncoder = pickle.loads(pickled)
        for _ in range(shards_ahead(encoder)):
            pipe.send(("ready",))
        _encode_what_comes(pipe, encoder)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except Exception as error:
        pipe.send(("failed", _portable(error), traceback.format_exc()))


def _encode_what_comes(pipe: Connection, encoder: TextEncoder) -> None:
    """Encode batch after batch; of one side, as all that come are."""
    numbers: deque[int] = deque()

    def received() -> Iterator[Sequence[str]]:
        texts = first
        while True:
            yield texts
            number, texts, _ = pipe.recv()
            numbers.append(number)

    number, first, side = pipe.recv()
    numbers.append(number)

    def tell(steps: int) -> None:
        pipe.send(("progress", steps))

    for encoded in encode_shards(encoder, received(), side, tell):
        pipe.send(("rows", numbers.popleft(), encoded))


def _portable(error: Exception) -> Exception:
    """The error itself if it survives pickling."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
