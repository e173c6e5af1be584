# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A bound question as the words and masks that the networks are trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smolrgpt_ros.language.answer import Failure, QuestionError, Reason
from smolrgpt_ros.language.grounding import Bound, bind
from smolrgpt_ros.language.naming import canonical, class_nouns
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.world import World

# The dataset's name of each class, where it differs from ours.
_NOUNS = {'buffer': 'buffer region'}
_EXTREMES = {'leftmost': 'the leftmost', 'rightmost': 'the rightmost'}


@dataclass(frozen=True)
class NeuralPrompt:
    """What the network is asked.

    Attributes:
        text: question with one `<mask>` per region.
        regions: scene region of each `<mask>`, in order.
        positions: for each of `regions` where the question as asked mentions it: its `<mask>`, else
            its reference.
        nouns: the dataset's noun of each of `regions`.
    """

    text: str
    regions: tuple[int, ...]
    positions: tuple[int, ...]
    nouns: tuple[str, ...]


def neural_prompt(question: Question, world: World) -> NeuralPrompt:
    """The training prompt of a question.

    A question with `<mask>` tokens is asked as it is; one in words is asked by the dataset's own
    template of its category, with the regions that its words mean.

    Raises:
        QuestionError: references that mean nothing, too much, or no kind of question the network
            was trained on. Errors of the world's measurements pass through.
    """
    names = [
        _NOUNS.get(canonical(noun), canonical(noun)) or 'object' for noun in class_nouns(world)
    ]
    regions = question.mask_regions
    if regions and len(regions) == question.mask_count and set(regions) <= set(range(len(names))):
        # Nothing to find: the words are the network's business.
        return NeuralPrompt(
            question.text,
            regions,
            tuple(range(len(regions))),
            tuple(names[region] for region in regions),
        )
    bound = bind(question, world)
    if question.category not in _TEMPLATES:
        raise _untrained(f'{question.category.value} questions')
    return _Rewriting(bound, names).prompt()


class _Rewriting:
    """Puts a question's regions into a template, counting them as they are named."""

    def __init__(self, bound: Bound, names: Sequence[str]):
        self.question, self.references, self.names = bound.question, bound.references, names
        self._named: list[tuple[int, int]] = []

    def prompt(self) -> NeuralPrompt:
        text = _TEMPLATES[self.question.category](self)
        regions = tuple(region for region, _ in self._named)
        return NeuralPrompt(
            text,
            regions,
            tuple(position for _, position in self._named),
            tuple(self.names[region] for region in regions),
        )

    def one(self, reference: int) -> str:
        """'the pallet <mask>' of a reference that means one region."""
        regions = self._regions(reference)
        if len(regions) > 1:
            words = self.question.references[reference].text
            raise QuestionError(
                Failure(
                    Reason.AMBIGUOUS, f"'{words}' may mean {len(regions)} objects; name one of them"
                )
            )
        return f'the {self.names[regions[0]]} {self._mask(regions[0], reference)}'

    def each(self, reference: int) -> str:
        """'the pallet <mask>, the pallet <mask>, and the shelf <mask>'."""
        items = [
            f'the {self.names[region]} {self._mask(region, reference)}'
            for region in self._regions(reference)
        ]
        return items[0] if len(items) == 1 else f'{", ".join(items[:-1])}, and {items[-1]}'

    def masks(self, reference: int) -> str:
        """'<mask> <mask> <mask>'."""
        return ' '.join(self._mask(region, reference) for region in self._regions(reference))

    def plural(self, reference: int) -> str:
        """The noun of a reference's regions, in the plural; 'objects' where they differ."""
        nouns = {self.names[region] for region in self._regions(reference)}
        noun = nouns.pop() if len(nouns) == 1 else 'object'
        return 'shelves' if noun == 'shelf' else f'{noun}s'

    def has(self, reference: int) -> bool:
        """Whether the question has such a reference to something in the picture."""
        return len(self.references) > reference and bool(self.references[reference])

    def _regions(self, reference: int) -> tuple[int, ...]:
        if not self.has(reference):
            references = self.question.references
            if len(references) > reference and not references[reference].viewer:
                raise QuestionError(
                    Failure(
                        Reason.UNKNOWN_OBJECT,
                        f"nothing in the picture is meant by '{references[reference].text}'",
                    )
                )
            raise _untrained('what lies beside or before the camera itself')
        return self.references[reference]

    def _mask(self, region: int, reference: int) -> str:
        self._named.append((region, reference))
        return '<mask>'


def _side(ask: _Rewriting) -> str:
    return f'Is {ask.one(0)} to the left or right of {ask.one(1)}?'


def _distance(ask: _Rewriting) -> str:
    return f'Tell me the distance between {ask.one(0)} and {ask.one(1)}.'


def _choice(ask: _Rewriting) -> str:
    choice = ask.question.choice
    if choice == 'pickup' and ask.has(1):
        return (
            f'Considering the transporters {ask.masks(1)} and the pallets {ask.masks(0)}, which '
            'pallet is the optimal choice for an empty transporter to pick up?'
        )
    if choice in _EXTREMES:
        return f'From the current viewing position, which of {ask.each(0)} is {_EXTREMES[choice]}?'
    if choice == 'nearest' and ask.has(1):
        return f'Among the {ask.plural(0)} {ask.masks(0)}, which one is closest to {ask.one(1)}?'
    raise _untrained(f"choosing the '{choice}'")


def _count(ask: _Rewriting) -> str:
    if not ask.has(1):
        raise _untrained('counting outside of a buffer region')
    return f'How many pallets are in {ask.one(1)}, given the {ask.plural(0)} {ask.masks(0)}?'


_TEMPLATES = {
    Category.LEFT_RIGHT: _side,
    Category.DISTANCE: _distance,
    Category.MCQ: _choice,
    Category.COUNT: _count,
}


def _untrained(what: str) -> QuestionError:
    return QuestionError(
        Failure(
            Reason.NOT_UNDERSTOOD,
            f"the network was not trained on {what}; ask the engine 'geometric', which measures it",
        )
    )
