# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Choosing the pallet: answers from one place after the other, until it is sure enough."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.planning.pick_and_place.asking import Poll, UnansweredError
from smolrgpt_ros.planning.pick_and_place.conviction import Conviction
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.reporting import StepError
from smolrgpt_ros.planning.pick_and_place.things import Wanted, first_id, place_of


def choose_pallet(crew: Crew) -> Wanted:
    """Ask which pallet to fetch.

    Pictures from one place share what is hidden there and what is far away, so that they may
    agree on the wrong one: what they agree on has to be sure by its confidence as well, or other
    places have to confirm it. Raises StepError.
    """
    settings = crew.settings
    conviction: Conviction[str] = Conviction(settings.sure)

    def ask(after_ns: int) -> Poll:
        poll = crew.asking.poll(
            settings.question,
            first_id,
            after_ns=after_ns,
            least_confidence=settings.least_confidence,
            refusals_vote=True,
        )
        confidence = float(np.median([answer.confidence for answer in poll.answers]))
        here = crew.where()
        if poll.winner and not conviction.add(poll.winner, confidence, (here.x, here.y)):
            raise UnansweredError(
                f'sure of {poll.winner} to {conviction.of(poll.winner):.0%} only: '
                f'{poll.answers[-1].text}',
                poll.answers,
            )
        return poll

    with crew.report.step('choose_pallet', settings.question) as done:
        poll = crew.looking_round(ask)
        if not poll.winner:
            raise StepError(f'the answers name no object: {poll.answers[-1].text}')
        done.append(f'{poll.answers[-1].text} (votes: {poll.votes})')
    return Wanted(str(poll.winner), place_of(poll.answers[-1].objects[0]))
