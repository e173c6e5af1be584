# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which pallet an empty transporter should take."""

from __future__ import annotations

from dataclasses import replace

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.question import Category, Question, Reference
from smolrgpt_ros.language.roles import attach, masks_of, reference
from smolrgpt_ros.language.sentence_parts import Sentence, not_understood


def pickup_question(sentence: Sentence, asked: Phrase | None) -> Question:
    """Which pallet an empty transporter should take.

    'which transporter should take pallet_3' is a nearest.

    Raises:
        QuestionError: no pallet, or no transporter, is asked about.
    """
    attach(
        sentence,
        keep=[phrase for phrase in (asked,) if phrase is not None],
        kinds=('in', 'on', 'closest_to', 'furthest_from', 'left_of', 'right_of'),
    )
    free = [phrase for phrase in sentence.phrases if phrase is not asked]
    if asked is not None and asked.class_id == 'transporter':
        candidates = replace(
            reference(sentence, asked, plural=True),
            attribute=asked.attribute or 'empty',
            superlative='',
        )
        loads = [
            phrase for phrase in free if phrase.class_id != 'transporter' and not phrase.viewer
        ]
        pair = (candidates, *(reference(sentence, phrase) for phrase in loads[:1]))
        return Question(sentence.text, Category.MCQ, pair, choice='nearest')
    pallet = asked
    if pallet is None or not (pallet.class_id or pallet.masks or pallet.pools):
        pallet = next((phrase for phrase in free if phrase.class_id == 'pallet'), None)
    for phrase in free:
        before = sentence.tokens[phrase.first - 1].text if phrase.first else ''
        if phrase.masks and not phrase.class_id and before in ('for', 'by'):
            phrase.class_id = 'transporter'  # 'the most convenient for <mask> to collect'
    carriers = [phrase for phrase in free if _means_transporter(phrase)]
    if not carriers and pallet is asked:
        # 'which pallet should obj-17 take': whatever it is called
        carriers = [phrase for phrase in free if phrase.object_id][:1]
    carrier = next((phrase for phrase in carriers if phrase.masks), next(iter(carriers), None))
    if pallet is None:
        pallet = next((phrase for phrase in free if phrase.masks and phrase is not carrier), asked)
    if pallet is None:
        raise not_understood('which pallets there are to choose from was not understood')
    candidates = replace(reference(sentence, pallet, plural=True), superlative='')
    carried = masks_of(carrier, sentence.phrases) if carrier is not None else []
    if not candidates.masks or set(candidates.masks) == set(carried):
        listed = [
            phrase
            for phrase in free
            if phrase.masks
            and phrase is not carrier
            and (not phrase.class_id or phrase.class_id == 'pallet')
        ]
        if listed:
            pool = next((phrase for phrase in listed if phrase.pool), listed[0])
            candidates = replace(candidates, masks=tuple(pool.masks))
    if carrier is None:
        rest = [
            phrase
            for phrase in free
            if phrase.masks
            and not set(phrase.masks) & set(candidates.masks)
            and phrase.class_id != 'pallet'
        ]
        carrier = rest[-1] if rest else None
    references = [replace(candidates, class_id=candidates.class_id or 'pallet')]
    if carrier is not None:
        references.append(_carrier_reference(sentence, carrier, candidates))
    return Question(sentence.text, Category.MCQ, tuple(references), choice='pickup')


def _means_transporter(phrase: Phrase) -> bool:
    """True by its noun, or by the noun in its id ('transporter_1', 'forklift-2')."""
    noun = phrase.object_id.rstrip('0123456789').rstrip('_- #').lower()
    return phrase.class_id == 'transporter' or lexicon.CLASS_WORDS.get(noun) == 'transporter'


def _carrier_reference(sentence: Sentence, carrier: Phrase, candidates: Reference) -> Reference:
    second = reference(sentence, carrier)
    masks = tuple(mask for mask in second.masks if mask not in candidates.masks)
    asks_empty = any(
        phrase.attribute == 'empty' and phrase.class_id in ('transporter', '')
        for phrase in sentence.phrases
    )
    return replace(
        second,
        class_id='transporter',
        viewer=False,
        masks=masks,
        attribute='empty' if asks_empty else second.attribute,
        plural=second.plural or len(masks) > 1 or (not masks and not second.object_id),
    )
