# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engines `smolrgpt` and what it shares with `tinygiant`: ask a network, read its sentence.

Questions are put in the words that the network was trained on.
"""

from __future__ import annotations

import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.language.reading import UnreadableError
from smolrgpt_ros.models.smolrgpt import (
    Completion,
    DType,
    Frame,
    NetworkLostError,
    Prompt,
    PromptError,
    SmolRGPT,
    SmolRgptError,
    load,
)
from smolrgpt_ros.reasoning.engine import OnWords
from smolrgpt_ros.reasoning.neural_choices import choices_of
from smolrgpt_ros.reasoning.neural_prompt import NeuralPrompt, neural_prompt
from smolrgpt_ros.reasoning.neural_reading import neural_answer
from smolrgpt_ros.reasoning.neural_scene import Masks, NoPictureError, encoded
from smolrgpt_ros.reasoning.world import world_of
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError

logger = logging.getLogger(__name__)

# Sentences of the dataset have 15 to 40 tokens; a longer one has lost its way.
MAX_NEW_TOKENS = 64

Decode = Literal['generate', 'score']


class NeuralEngine(ABC):
    """Answers by a network; see `WritingEngine`. Not thread-safe: one worker owns it.

    The frame of the last scene is kept, so that further questions about it cost no encoding.

    Args:
        checkpoint: folder made by `smolrgpt pack`.
        device: 'auto', 'cpu', 'cuda', 'cuda:1'.
        dtype: 'auto', 'float32', 'float16', 'bfloat16' or 'int8'.
        decode: 'generate' writes a sentence; 'score' weighs the few possible answers of a closed
            question (left or right, which one, how many) against each other, and writes the others.

    Raises:
        SmolRgptError, ValueError: a checkpoint, device or type that cannot be had.
    """

    name: str

    def __init__(
        self,
        checkpoint: str,
        device: str = 'auto',
        dtype: str = 'auto',
        decode: Decode = 'generate',
    ):
        if decode not in ('generate', 'score'):
            raise ValueError(f"decode is {decode!r}, expected 'generate' or 'score'")
        self._decode = decode
        # `_loaded` refuses a type it does not know.
        kept = None if dtype == 'auto' else cast(DType, dtype)
        self._model: SmolRGPT | None = self._loaded(checkpoint, device, kept)
        self._network_name = self._model.name
        self._seen: tuple[Scene, Frame] | None = None

    @abstractmethod
    def _loaded(self, checkpoint: str, device: str, dtype: DType | None) -> SmolRGPT:
        """Load the network."""

    def _choices(self, question: Question, prompt: NeuralPrompt) -> tuple[str, ...]:
        """Possible answers of a closed question, as the network would write them."""
        return choices_of(question, prompt)

    def answer(
        self,
        scene: Scene,
        questions: Sequence[Question],
        *,
        deadline_s: float | None = None,
        on_words: OnWords | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Answer | Failure]:
        """One outcome a question, in order; all that can be asked are asked in one batch.

        Raises NetworkLostError where the network has to be loaded again.
        """
        ends_s = math.inf if deadline_s is None else time.monotonic() + deadline_s
        prompts = [self._prompted(question, scene) for question in questions]
        asked = [
            (index, prompt)
            for index, prompt in enumerate(prompts)
            if isinstance(prompt, NeuralPrompt)
        ]
        meanwhile = _Meanwhile(ends_s, cancelled or _never, on_words)
        try:
            answers = self._asked(
                scene,
                [(questions[i], prompt) for i, prompt in asked],
                meanwhile.about([i for i, _ in asked]),
            )
        except NetworkLostError:
            raise  # whoever holds the engine has to load it again
        except Exception as error:
            if not isinstance(error, (SmolRgptError, NoDepthError, NoPictureError)):
                logger.exception('%s failed', self._network_name)
            answers = [_failure(error, self._network_name)] * len(asked)
        answered = dict(zip((index for index, _ in asked), answers, strict=True))
        return [
            prompt if isinstance(prompt, Failure) else answered[index]
            for index, prompt in enumerate(prompts)
        ]

    def close(self) -> None:
        """Free the model and the kept frame. Idempotent."""
        self._seen = None
        if self._model is not None:
            self._model.close()
            self._model = None

    def _prompted(self, question: Question, scene: Scene) -> NeuralPrompt | Failure:
        try:
            return neural_prompt(question, world_of(scene))
        except QuestionError as error:
            return error.failure
        except NoDepthError as error:
            return Failure(Reason.NO_DEPTH, str(error))

    def _asked(
        self, scene: Scene, asked: Sequence[tuple[Question, NeuralPrompt]], meanwhile: _Meanwhile
    ) -> list[Answer | Failure]:
        if not asked:
            return []
        frame = self._frame(scene)
        masks = Masks(scene)
        outcomes: list[Answer | Failure | None] = [None] * len(asked)
        written = []
        for index, (question, prompt) in enumerate(asked):
            choices = self._choices(question, prompt) if self._decode == 'score' else ()
            if choices:
                outcomes[index] = self._scored(
                    frame, scene, question, prompt, masks, choices, meanwhile
                )
            else:
                written.append(index)
        completions = self._written(
            frame, [masks.prompt(asked[i][1]) for i in written], meanwhile.about(written)
        )
        for index, completion in zip(written, completions, strict=True):
            outcomes[index] = _read(completion, *asked[index], scene)
        return [
            replace(outcome, engine=self.name) if isinstance(outcome, Answer) else outcome
            for outcome in outcomes
            if outcome is not None
        ]

    def _written(
        self, frame: Frame, prompts: list[Prompt], meanwhile: _Meanwhile
    ) -> list[Completion | Failure]:
        """Answers of a batch; where one prompt cannot be asked, the others are asked alone."""
        assert self._model is not None
        try:
            return list(
                self._model.answer(
                    frame,
                    prompts,
                    max_new_tokens=MAX_NEW_TOKENS,
                    deadline_s=meanwhile.ends_s,
                    cancelled=meanwhile.cancelled,
                    on_words=meanwhile.on_words,
                )
            )
        except PromptError as error:
            if len(prompts) == 1:
                return [Failure(Reason.NOT_UNDERSTOOD, str(error))]
            return [
                self._written(frame, [prompt], meanwhile.about([index]))[0]
                for index, prompt in enumerate(prompts)
            ]

    def _scored(
        self,
        frame: Frame,
        scene: Scene,
        question: Question,
        prompt: NeuralPrompt,
        masks: Masks,
        choices: Sequence[str],
        meanwhile: _Meanwhile,
    ) -> Answer | Failure:
        assert self._model is not None
        if meanwhile.cancelled() or time.monotonic() >= meanwhile.ends_s:
            return _too_late('')
        try:
            [choice] = self._model.score(frame, [masks.prompt(prompt)], [choices])
        except PromptError as error:
            return Failure(Reason.NOT_UNDERSTOOD, str(error))
        written = Completion(choice.text, (), (), choice.confidence, 'end', choice.unseen_masks)
        return _read(written, question, prompt, scene)

    def _frame(self, scene: Scene) -> Frame:
        """The scene encoded, once."""
        if self._model is None:
            raise SmolRgptError('the engine was closed; activate the node, or load it again')
        if self._seen is None or self._seen[0] is not scene:
            self._seen = None  # frees the last frame before the next needs memory
            self._seen = scene, encoded(self._model, scene)
        return self._seen[1]


class SmolRgptEngine(NeuralEngine):
    """Answers by SmolRGPT; see `NeuralEngine`."""

    name = 'smolrgpt'

    def _loaded(self, checkpoint: str, device: str, dtype: DType | None) -> SmolRGPT:
        return load(checkpoint, device=device, dtype=dtype)


@dataclass(frozen=True)
class _Meanwhile:
    """What goes on while the network writes.

    Attributes:
        ends_s: when to stop, monotonic clock.
        cancelled: asked between two tokens whether to stop.
        on_words: hears a question's index and its words so far.
    """

    ends_s: float
    cancelled: Callable[[], bool]
    on_words: OnWords | None

    def about(self, indexes: Sequence[int]) -> _Meanwhile:
        """The same for some of the questions, which are counted from 0 again."""
        on_words = self.on_words
        if on_words is None:
            return self
        return replace(self, on_words=lambda index, words: on_words(indexes[index], words))


def _never() -> bool:
    return False


def _read(
    written: Completion | Failure, question: Question, prompt: NeuralPrompt, scene: Scene
) -> Answer | Failure:
    """The outcome of one question."""
    if isinstance(written, Failure):
        return written
    if written.finish in ('deadline', 'cancelled'):
        return _too_late(written.text)
    ids = [
        region.id or f'{region.class_id or "region"}_{index}'
        for index, region in enumerate(scene.regions)
    ]
    try:
        answer = neural_answer(written.text, question, prompt, ids, written.confidence)
    except UnreadableError as error:
        return Failure(
            Reason.ENGINE_FAILED,
            f'the network answered beside the question: {error}; '
            "ask the engine 'geometric', or check that the checkpoint is a trained one",
        )
    if not written.unseen_masks:
        return answer
    small = ', '.join(ids[prompt.regions[place]] for place in written.unseen_masks)
    return replace(
        answer,
        confidence=0.0,
        text=f'{answer.text} ({small}: too small in the picture for the network to see)',
    )


def _too_late(text: str) -> Failure:
    begun = f'; it had written {text!r}' if text else ''
    return Failure(Reason.TIMEOUT, f'the network was not ready in time{begun}; allow more time')


def _failure(error: Exception, network: str) -> Failure:
    if isinstance(error, NoDepthError):
        return Failure(Reason.NO_DEPTH, str(error))
    said = (
        str(error)
        if isinstance(error, (SmolRgptError, NoPictureError))
        else f'{network} failed with {type(error).__name__}: {error}'
    )
    return Failure(Reason.ENGINE_FAILED, said)
