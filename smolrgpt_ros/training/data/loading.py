# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures made ahead by worker processes, in the very order in which one process would make them.

Picture k of a stream is made by worker ``k % workers``; the stream takes from the workers in turn.
Each worker may be `ahead` pictures in front, so memory is bounded; a worker ends when the stream
is closed, and also when the process that it works for is gone.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, TypeAlias

from smolrgpt_ros.training.data.pictures import Pictures, TaughtPicture

if TYPE_CHECKING:
    from multiprocessing.synchronize import Semaphore

_END_S = 5.0
_Parcel: TypeAlias = 'tuple[int, TaughtPicture | BaseException]'


class LoadingError(RuntimeError):
    """A worker process ended without a word, as when it is killed for memory."""


@dataclass(frozen=True)
class PictureStream:
    """The pictures of one of several processes, from any place on.

    Iterating yields (number, picture) for number = start + rank, start + rank + world, ... to the
    last one; an endless source never ends. Leaving the loop ends the workers.

    Attributes:
        start: where all processes together begin.
        world, rank: how many processes there are, and which this is.
        workers: processes that make pictures ahead; 0: made here, when asked for.
        ahead: pictures that a worker may have finished before they are taken.
    """

    pictures: Pictures
    start: int = 0
    world: int = 1
    rank: int = 0
    workers: int = 0
    ahead: int = 2

    def __post_init__(self) -> None:
        if self.start < 0 or self.workers < 0:
            raise ValueError(
                f'start and workers must be at least 0, not {self.start} and {self.workers}'
            )
        if not 0 <= self.rank < self.world:
            raise ValueError(f'rank must be in [0, {self.world}), not {self.rank}')
        if self.ahead < 1:
            raise ValueError(f'ahead must be at least 1, not {self.ahead}')

    @property
    def numbers(self) -> range:
        """The numbers of the pictures to come."""
        return range(self.start + self.rank, len(self.pictures), self.world)

    def __iter__(self) -> Iterator[tuple[int, TaughtPicture]]:
        """Yield the pictures in order.

        Raises:
            LoadingError: a worker died. Whatever a picture raises is raised in its turn.
        """
        if self.workers == 0:
            return ((number, self.pictures.picture(number)) for number in self.numbers)
        return self._from_workers()

    def _from_workers(self) -> Iterator[tuple[int, TaughtPicture]]:
        # Spawned, not forked: a process that has threads (a network's) may hang in its fork.
        context = multiprocessing.get_context('spawn')
        with contextlib.ExitStack() as closing:
            workers = []
            for place in range(self.workers):
                receiving, sending = context.Pipe(duplex=False)
                room = context.Semaphore(self.ahead)
                mine = self.numbers[place :: self.workers]
                process = context.Process(
                    target=_work, args=(self.pictures, mine, sending, room), daemon=True
                )
                closing.callback(_end, process, receiving)
                process.start()
                # Ours is closed so that the pipe ends with the worker.
                sending.close()
                workers.append((process, receiving, room))
            for expected, (process, receiving, room) in zip(
                self.numbers, itertools.cycle(workers), strict=False
            ):
                number, made = _received(process, receiving, expected)
                room.release()
                if isinstance(made, BaseException):
                    raise made
                yield number, made


def _received(process: BaseProcess, receiving: Connection, expected: int) -> _Parcel:
    try:
        return receiving.recv()
    except (EOFError, OSError) as error:
        process.join(_END_S)
        raise LoadingError(
            f'the worker process that makes picture {expected} is gone (exit code '
            f'{process.exitcode}); too little memory? Fewer workers need less'
        ) from error


def _end(process: BaseProcess, receiving: Connection) -> None:
    # A worker that is sending gets a broken pipe; one that waits for room is terminated.
    receiving.close()
    if process.pid is not None:
        process.terminate()
        process.join(_END_S)
        if process.is_alive():
            process.kill()
            process.join()


def _work(pictures: Pictures, numbers: range, sending: Connection, room: Semaphore) -> None:
    """Make pictures and send them; an error is sent in place of its picture, and is the last."""
    # Ctrl-C goes to all processes of a terminal; the stream's own decides what happens then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    for number in numbers:
        while not room.acquire(timeout=1.0):
            if parent is None or not parent.is_alive():
                return
        made: TaughtPicture | BaseException
        try:
            made = pictures.picture(number)
        except Exception as error:
            made = _sendable(error)
        try:
            sending.send((number, made))
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception as error:  # what keeps it from crossing does so before anything is sent
            cause = made if isinstance(made, BaseException) else error
            made = LoadingError(f'picture {number}: {type(cause).__name__}: {cause}')
            sending.send((number, made))
        if isinstance(made, BaseException):
            return


def _sendable(error: Exception) -> Exception:
    """Return the error, or its words where it cannot cross to another process."""
    try:
        copy.deepcopy(error)  # built anew in the same way as on the other side
    except Exception:
        return LoadingError(f'{type(error).__name__}: {error}')
    return error
