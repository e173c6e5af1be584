# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Binding: which regions of a scene the references of a question mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from smolrgpt_ros.language.answer import Failure, QuestionError, Reason
from smolrgpt_ros.language.naming import ambiguous, by_id, class_nouns, name_of, of_class, unknown
from smolrgpt_ros.language.question import Category, Question, Reference, Relation
from smolrgpt_ros.language.world import World

_ROBOTS = frozenset({'robot', 'agv', 'amr', 'mobile robot'})
_LISTING = (Category.COUNT, Category.WITHIN, Category.BETWEEN)
_LOADS = frozenset({'pallet', 'box', 'crate', 'carton'})


@dataclass(frozen=True)
class Bound:
    """A question whose references are bound.

    Attributes:
        references: scene regions of each of the question's references; one for a singular
            reference, () for the viewer.
    """

    question: Question
    references: tuple[tuple[int, ...], ...]


def bind(question: Question, world: World) -> Bound:
    """Find the regions that a question's references mean.

    'The robot' is the viewer unless a robot is detected; 'the forklift' is a region of the class
    'forklift' where there is one, else of any class that means a transporter.

    Raises:
        QuestionError: UNKNOWN_OBJECT, AMBIGUOUS or NOT_UNDERSTOOD, with the candidates' ids.
            Errors of the world's measurements pass through.
    """
    _check_masks(question, world)
    binder = _Binder(question, world)
    references = []
    for index, reference in enumerate(question.references):
        # Whether a transporter is empty is the pickup's own question, with doubt and all.
        ignore_attribute = question.choice == 'pickup' and index == 1
        references.append(tuple(binder.regions(reference, ignore_attribute=ignore_attribute)))
    return Bound(question, tuple(references))


def _check_masks(question: Question, world: World) -> None:
    given = len(question.mask_regions)
    if given and given != question.mask_count:
        raise QuestionError(
            Failure(
                Reason.NOT_UNDERSTOOD,
                f'the question has {question.mask_count} <mask> tokens, but {given} '
                f'object_ids say what they mean; '
                'give one id for each token, in their order',
            )
        )
    count = len(world.ids())
    outside = [region for region in question.mask_regions if not 0 <= region < count]
    if outside:
        raise QuestionError(
            Failure(
                Reason.UNKNOWN_OBJECT,
                f'a <mask> means region {outside[0]}, the scene has {count} regions',
            )
        )


class _Binder:
    """Resolves references of one question in one world."""

    def __init__(self, question: Question, world: World):
        self.question = question
        self.world = world

    def regions(self, reference: Reference, *, ignore_attribute: bool = False) -> list[int]:
        """Regions of a reference, [] for the viewer.

        Exactly one unless it is plural. Raises QuestionError.
        """
        if reference.members:
            found = [region for member in reference.members for region in self.regions(member)]
            return list(dict.fromkeys(found))
        if reference.viewer:
            robots = [i for i, noun in enumerate(class_nouns(self.world)) if noun in _ROBOTS]
            if reference.noun != 'robot' or not robots:
                return []
            return self._settled(reference, robots)
        if reference.object_id:
            return self._identified(reference)
        found = self._named(reference)
        if reference.masks and len(found) == 1 and self.question.mask_regions:
            return found
        if reference.attribute and not ignore_attribute:
            found = self._with_attribute(reference, found)
        if reference.relation is not None:
            found = self._related(reference, reference.relation, found)
        if reference.superlative:
            found = self._superlative(reference, found)
        return self._settled(reference, found)

    def _identified(self, reference: Reference) -> list[int]:
        found = by_id(reference, self.world, self.question.mask_regions)
        if not found:
            raise unknown(reference, self.world)
        if len(found) > 1:
            raise ambiguous(reference, found, self.world, 'say which by its full id')
        return found

    def _named(self, reference: Reference) -> list[int]:
        if reference.masks and self.question.mask_regions:
            return list(dict.fromkeys(self.question.mask_regions[mask] for mask in reference.masks))
        if reference.masks and not reference.class_id:
            raise QuestionError(
                Failure(
                    Reason.UNKNOWN_OBJECT,
                    f"nothing says which object '{reference.text[:80]}' is; object_ids "
                    f'must list what each of the '
                    f'{self.question.mask_count} <mask> tokens means, in their order',
                    tuple(self.world.ids()),
                )
            )
        found = of_class(reference, self.world)
        if not found and not self._may_be_none(reference):
            raise unknown(reference, self.world)
        return found

    def _settled(self, reference: Reference, found: list[int]) -> list[int]:
        if not found and not self._may_be_none(reference):
            raise unknown(reference, self.world)
        if len(found) <= 1 or reference.plural:
            return found
        same = [region for region in found if self.world.ids()[region].lower() == reference.noun]
        if len(same) == 1:
            return same
        advice = ''
        if reference.masks and not self.question.mask_regions:
            advice = 'object_ids must list what each <mask> token means, in their order'
        raise ambiguous(reference, found, self.world, advice)

    def _may_be_none(self, reference: Reference) -> bool:
        """None of what is counted or listed is an answer; no candidates to choose from is not."""
        return reference.plural and self.question.category in _LISTING

    def _with_attribute(self, reference: Reference, found: list[int]) -> list[int]:
        wanted = reference.attribute == 'loaded'
        kept = [region for region in found if self._holds_load(region) == wanted]
        if not kept and found and not self._may_be_none(reference):
            names = ', '.join(name_of(self.world, region) for region in found)
            raise unknown(reference, self.world, f'none of {names} is {reference.attribute}')
        return kept

    def _holds_load(self, region: int) -> bool:
        nouns = class_nouns(self.world)
        if nouns[region] in ('transporter',) or not _is_buffer(nouns[region]):
            return self.world.loaded(region)
        return any(
            self.world.inside(other, region)
            for other, noun in enumerate(nouns)
            if other != region and noun in _LOADS
        )

    def _related(self, reference: Reference, relation: Relation, found: list[int]) -> list[int]:
        other = relation.other
        if relation.kind in ('in', 'on', 'holding'):
            # 'the pallet on the transporter' is clear where only one transporter carries one.
            other = replace(other, plural=True)
        others = self.regions(other)
        found = [region for region in found if region not in others] or found
        if relation.kind in ('closest_to', 'furthest_from'):
            sign = 1.0 if relation.kind == 'closest_to' else -1.0
            ranked = sorted(found, key=lambda region: sign * self._distance_to(region, others))
            return self._nth(reference, ranked)
        holds = self._test(relation.kind, others, relation.other)
        kept = [region for region in found if holds(region)]
        if not kept and not self._may_be_none(reference):
            words = relation.kind.replace('_', ' ')
            raise unknown(
                reference,
                self.world,
                f"no {reference.class_id or 'object'} is {words} '{relation.other.text[:80]}'",
            )
        return kept

    def _distance_to(self, region: int, others: Sequence[int]) -> float:
        if not others:
            return self.world.range_m(region)
        return min(self.world.distance_m(region, other) for other in others)

    def _test(self, kind: str, others: Sequence[int], other: Reference) -> Callable[[int], bool]:
        world = self.world
        if not others:
            return _beside_viewer(kind, world)
        tests: dict[str, Callable[[int], bool]] = {
            'in': lambda region: any(world.inside(region, o) for o in others),
            'on': lambda region: any(world.inside(region, o) for o in others),
            'holding': lambda region: any(world.inside(o, region) for o in others),
            'left_of': lambda region: all(
                world.centre_px(region)[0] < world.centre_px(o)[0] for o in others
            ),
            'right_of': lambda region: all(
                world.centre_px(region)[0] > world.centre_px(o)[0] for o in others
            ),
            'in_front_of': lambda region: all(
                world.range_m(region) < world.range_m(o) for o in others
            ),
            'behind': lambda region: all(world.range_m(region) > world.range_m(o) for o in others),
        }
        return tests[kind]

    def _superlative(self, reference: Reference, found: list[int]) -> list[int]:
        world = self.world
        if len(found) <= 1 and reference.ordinal < 2:
            return found
        if reference.superlative == 'middle':
            return self._middle(reference, found)
        keys: dict[str, Callable[[int], float]] = {
            'leftmost': lambda region: world.centre_px(region)[0],
            'rightmost': lambda region: -world.centre_px(region)[0],
            'nearest': world.range_m,
            'furthest': lambda region: -world.range_m(region),
            'largest': lambda region: -world.size_m(region),
            'smallest': world.size_m,
        }
        return self._nth(reference, sorted(found, key=keys[reference.superlative]))

    def _nth(self, reference: Reference, ranked: list[int]) -> list[int]:
        place = max(reference.ordinal, 1) - 1
        if ranked and place >= len(ranked):
            raise unknown(
                reference,
                self.world,
                f"'{reference.text[:80]}' asks for number {place + 1} of {len(ranked)}",
            )
        return ranked[place : place + 1]

    def _middle(self, reference: Reference, found: list[int]) -> list[int]:
        columns = {region: self.world.centre_px(region)[0] for region in found}
        ranked = sorted(found, key=lambda region: columns[region])
        if len(ranked) % 2:
            return [ranked[len(ranked) // 2]]
        if len(ranked) == 2 and not self.question.mask_regions:
            raise ambiguous(
                reference,
                ranked,
                self.world,
                'two have no middle one; say leftmost, rightmost or an id',
            )
        centre = 0.5 * (columns[ranked[0]] + columns[ranked[-1]])
        return [min(ranked, key=lambda region: abs(columns[region] - centre))]


def _is_buffer(noun: str) -> bool:
    return noun in ('buffer', 'zone', 'area', 'bay') or noun.startswith('buffer')


def _beside_viewer(kind: str, world: World) -> Callable[[int], bool]:
    tests: dict[str, Callable[[int], bool]] = {
        'in_front_of': lambda region: True,  # whatever the camera sees
        'behind': lambda region: False,
        'left_of': lambda region: world.centre_px(region)[0] < world.middle_px(),
        'right_of': lambda region: world.centre_px(region)[0] > world.middle_px(),
    }
    if kind in tests:
        return tests[kind]
    raise QuestionError(
        Failure(Reason.NOT_UNDERSTOOD, f"nothing can be '{kind}' the viewer; name an object")
    )
