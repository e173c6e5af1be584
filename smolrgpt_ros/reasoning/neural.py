# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine `smolrgpt`: asks the network in the words it was trained on, reads its sentence."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.language.reading import UnreadableError
from smolrgpt_ros.models.smolrgpt import (
    Completion,
    DType,
    Frame,
    Prompt,
    PromptError,
    SmolRGPT,
    SmolRgptError,
    box_mask,
    load,
    relative_depth,
)
from smolrgpt_ros.reasoning.engine import OnWords
from smolrgpt_ros.reasoning.neural_choices import choices_of
from smolrgpt_ros.reasoning.neural_prompt import NeuralPrompt, neural_prompt
from smolrgpt_ros.reasoning.neural_reading import neural_answer
from smolrgpt_ros.reasoning.world import SceneWorld
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError

logger = logging.getLogger(__name__)

# Sentences of the dataset have 15 to 40 tokens; a longer one has lost its way.
MAX_NEW_TOKENS = 64

Decode = Literal['generate', 'score']


class SmolRgptEngine:
    """Answers by SmolRGPT; see `Engine`. Not thread-safe: one worker owns it.

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

    name = 'smolrgpt'

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
        # `load` refuses a type it does not know.
        kept = None if dtype == 'auto' else cast(DType, dtype)
        self._model: SmolRGPT | None = load(checkpoint, device=device, dtype=kept)
        self._seen: tuple[Scene, Frame] | None = None

    def answer(
        self,
        scene: Scene,
        questions: Sequence[Question],
        *,
        deadline_s: float | None = None,
        on_words: OnWords | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Answer | Failure]:
        """One outcome a question, in order; all that can be asked are asked in one batch."""
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
        except Exception as error:
            if not isinstance(error, (SmolRgptError, NoDepthError, _NoPictureError)):
                logger.exception('SmolRGPT failed')
            answers = [_failure(error)] * len(asked)
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
            return neural_prompt(question, SceneWorld(scene))
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
        masks = _Masks(scene)
        outcomes: list[Answer | Failure | None] = [None] * len(asked)
        written = []
        for index, (question, prompt) in enumerate(asked):
            choices = choices_of(question, prompt) if self._decode == 'score' else ()
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
        masks: _Masks,
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
            if scene.colour is None:
                raise _NoPictureError(
                    'the network needs the colour picture, which this scene lacks'
                )
            self._seen = scene, _encoded(self._model, scene, scene.colour)
        return self._seen[1]


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


class _NoPictureError(ValueError):
    """A scene without colour."""


class _Masks:
    """Masks of a scene's regions, each made once a batch."""

    def __init__(self, scene: Scene):
        self._scene = scene
        self._known: dict[int, np.ndarray] = {}

    def prompt(self, prompt: NeuralPrompt) -> Prompt:
        return Prompt(prompt.text, [self._mask(region) for region in prompt.regions])

    def _mask(self, index: int) -> np.ndarray:
        if index not in self._known:
            region, (width, height) = self._scene.regions[index], self._scene.size_px
            x0, y0, x1, y1 = region.box_px
            self._known[index] = (
                region.mask
                if region.mask is not None
                else box_mask((x0, y0, x1 - x0, y1 - y0), height, width)
            )
        return self._known[index]


def _encoded(model: SmolRGPT, scene: Scene, colour: np.ndarray) -> Frame:
    """The scene as the checkpoint was trained to see it. Raises NoDepthError."""
    if not model.wants_points:
        return model.encode(colour, _depth(scene))
    if scene.depth is None or scene.camera is None:
        raise NoDepthError(
            'this network sees metric depth, and the scene has no '
            f'{"metric depth" if scene.depth is None else "camera intrinsics"}'
        )
    rays = scene.camera.rays((0, 0, scene.camera.width, scene.camera.height))
    try:
        return model.encode(colour, scene.depth.metres(), rays)
    except ValueError as error:
        raise NoDepthError(str(error)) from error


def _depth(scene: Scene) -> np.ndarray:
    """Depth (H, W) uint8 in the dataset's convention. Raises NoDepthError."""
    if scene.relative_depth is not None:
        return scene.relative_depth
    if scene.depth is None:
        raise NoDepthError('the network needs depth, and this scene has none')
    try:
        return relative_depth(scene.depth.metres())
    except ValueError as error:
        raise NoDepthError(str(error)) from error


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


def _failure(error: Exception) -> Failure:
    if isinstance(error, NoDepthError):
        return Failure(Reason.NO_DEPTH, str(error))
    said = (
        str(error)
        if isinstance(error, (SmolRgptError, _NoPictureError))
        else (f'SmolRGPT failed with {type(error).__name__}: {error}')
    )
    return Failure(Reason.ENGINE_FAILED, said)
