# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine that measures what a network says: agreement, doubt, time and death."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from known_hall import ask, every, thing, without_depth
from stand_in import StandIn

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.reasoning.calibration import Calibration, Curve
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.reasoning.verified import VerifiedEngine

SIDE = ask(Category.LEFT_RIGHT, 'pallet_1', 'pallet_3')
DISTANCE = ask(Category.DISTANCE, 'pallet_1', 'pallet_3')
COUNT = ask(Category.COUNT, every('pallet'), thing('buffer_1'))
NEAREST = ask(Category.MCQ, every('pallet'), thing('transporter_1'), choice='nearest')
ALL = (SIDE, DISTANCE, COUNT, NEAREST)
NAMES = ('side', 'distance', 'count', 'nearest')
UNTAUGHT = (
    ask(Category.WHERE, 'pallet_1'),
    ask(Category.BETWEEN, 'pallet_1', 'pallet_3'),
    ask(Category.ROOM, 'pallet_4', width_m=0.3),
    ask(Category.WITHIN, 'pallet_1', radius_m=3.0),
)
SURE = Calibration({c: Curve((0.5,), (0.999,)) for c in ('left_right', 'mcq', 'count', 'distance')})


@pytest.fixture
def engines():
    """Makes verified engines of stand-ins; closes them."""
    made = []

    def make(network, **further):
        loads = iter(network) if isinstance(network, list) else None
        engine = VerifiedEngine.of(
            GeometricEngine(), (lambda: next(loads)) if loads else (lambda: network), **further
        )
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


def measured(scene, questions):
    return GeometricEngine().answer(scene, questions)


@pytest.mark.parametrize('question', ALL, ids=NAMES)
def test_agreement_is_verified_and_makes_surer(scene, engines, question):
    [alone] = measured(scene, [question])
    [answer] = engines(StandIn()).answer(scene, [question])
    assert isinstance(answer, Answer)
    assert (answer.engine, answer.verified) == ('verified', True)
    assert answer.normalized == alone.normalized
    assert answer.regions == alone.regions
    assert answer.confidence >= alone.confidence
    assert 'The network agrees' in answer.text


@pytest.mark.parametrize('question', ALL, ids=NAMES)
def test_a_network_nobody_knows_is_outvoted(scene, engines, question):
    [alone] = measured(scene, [question])
    [answer] = engines(StandIn(wrong=1.0)).answer(scene, [question])
    assert (answer.engine, answer.verified) == ('verified', False)
    assert answer.normalized == alone.normalized
    assert answer.confidence < alone.confidence or alone.confidence > 0.999
    assert 'The network says' in answer.text
    assert 'measuring' in answer.text


@pytest.mark.parametrize(
    ('question', 'carries_network'),
    [(SIDE, True), (COUNT, True), (NEAREST, True), (DISTANCE, False)],
    ids=['side', 'count', 'nearest', 'distance'],
)
def test_the_surer_one_is_carried_but_never_metres(scene, engines, question, carries_network):
    [alone] = measured(scene, [question])

    class Doubtful(GeometricEngine):
        def answer(self, scene, questions, *, deadline_s=None):
            return [replace(a, confidence=0.6) for a in super().answer(scene, questions)]

    engine = VerifiedEngine.of(Doubtful(), lambda: StandIn(wrong=1.0), calibration=SURE)
    [answer] = engine.answer(scene, [question])
    engine.close()
    assert (answer.engine, answer.verified) == ('verified', False)
    assert (answer.normalized != alone.normalized) is carries_network
    # The measured one falls a long way, the network's by as much as the other was doubtful.
    assert answer.confidence < (0.999 if carries_network else 0.6)


@pytest.mark.parametrize('question', UNTAUGHT, ids=lambda question: question.category.value)
def test_what_networks_do_not_learn_is_measured_alone(scene, engines, question):
    network = StandIn()
    [alone] = measured(scene, [question])
    [answer] = engines(network).answer(scene, [question])
    assert (answer.engine, answer.verified) == ('geometric', False)
    assert (answer.normalized, answer.confidence) == (alone.normalized, alone.confidence)
    assert f'Measured alone: no network is trained on {question.category.value}' in answer.text
    assert not network.asked


@pytest.mark.parametrize('deadline_s', [0.0, 0.02, 0.1], ids=str)
def test_a_short_deadline_gets_the_measurement_alone(scene, engines, deadline_s):
    measured(scene, ALL)  # measured by now, as in a node that has answered before
    network = StandIn(takes_s=5.0)
    engine = engines(network)
    started_s = time.monotonic()
    answers = engine.answer(scene, [DISTANCE], deadline_s=max(deadline_s, 0.005))
    took_s = time.monotonic() - started_s
    assert took_s < 2.0, 'nobody waits for the network'
    [answer] = answers
    assert (answer.engine, answer.verified) == ('geometric', False)
    assert 'Measured alone: the network was not ready' in answer.text
    wait_until(lambda: network.stopped == 1, 'the network stops')


def test_a_deadline_known_to_be_too_short_costs_no_waiting(scene, engines):
    network = StandIn(takes_s=0.4)
    engine = engines(network)
    assert engine.answer(scene, [SIDE], deadline_s=10.0)[0].verified
    assert engine.answer(scene, [SIDE], deadline_s=10.0)[0].verified
    calls = len(network.asked)
    [answer] = engine.answer(scene, [SIDE], deadline_s=0.2)
    assert answer.engine == 'geometric'
    assert 'too short for the network, which takes about 0.4' in answer.text
    assert len(network.asked) == calls, 'it was not even asked'


def test_an_estimate_that_is_too_high_is_tried_again(scene, engines):
    network = StandIn(takes_s=0.3)
    engine = engines(network)
    for _ in range(2):
        engine.answer(scene, [SIDE])
    network.takes_s = 0.0
    answers = [engine.answer(scene, [SIDE], deadline_s=0.1)[0] for _ in range(100)]
    assert not answers[0].verified
    assert answers[-1].verified


def test_each_question_has_its_own_deadline(scene, engines):
    engine = engines(StandIn(takes_s=0.3))
    came: dict[int, tuple[Answer | Failure, float]] = {}
    started_s = time.monotonic()
    engine.begin(
        scene,
        [SIDE, COUNT],
        [0.1, 30.0],
        lambda index, outcome: came.setdefault(index, (outcome, time.monotonic() - started_s)),
    )
    assert len(came) < 2, 'it does not wait'
    wait_until(lambda: len(came) == 2, 'both answers')
    assert came[0][0].engine == 'geometric'
    assert came[1][0].verified
    assert came[0][1] < came[1][1]


def test_the_network_stays_in_its_own_thread(scene, engines):
    network = StandIn()
    engine = engines(network)
    engine.answer(scene, ALL)
    engine.answer(scene, [SIDE])
    assert network.threads == {'network'}
    assert threading.current_thread().name != 'network'


@pytest.mark.parametrize(
    'error',
    [RuntimeError('CUDA error'), MemoryError('out of memory'), SystemExit('killed')],
    ids=lambda error: type(error).__name__,
)
def test_a_dead_network_leaves_the_measurement_and_is_loaded_again(scene, engines, error):
    dying, fresh = StandIn(raises=error), StandIn()
    engine = engines([dying, fresh], reload_s=0.2)
    [answer] = engine.answer(scene, [DISTANCE], deadline_s=5.0)
    assert (answer.engine, answer.verified) == ('geometric', False)
    assert f'Measured alone: the network died ({type(error).__name__}: {error})' in answer.text
    assert 'died' in engine.problem
    assert dying.closed == 1
    [answer] = engine.answer(scene, [DISTANCE], deadline_s=5.0)
    assert 'it is loaded again in' in answer.text
    wait_until(
        lambda: engine.answer(scene, [DISTANCE], deadline_s=5.0)[0].verified, 'the fresh network'
    )
    assert engine.problem == ''


@pytest.mark.parametrize(
    ('takes_s', 'fewest', 'most'), [(0.0, 10, 51), (0.02, 3, 6)], ids=['at once', 'late']
)
def test_what_fails_late_is_tried_more_rarely_than_what_fails_at_once(
    scene, takes_s: float, fewest: int, most: int
):
    loads = []

    def load():
        loads.append(time.monotonic())
        if len(loads) == 1:
            return StandIn(raises=RuntimeError('gone'))
        time.sleep(takes_s)
        raise OSError('no file')

    engine = VerifiedEngine.of(GeometricEngine(), load, reload_s=0.02)
    [answer] = engine.answer(scene, [SIDE])
    assert answer.engine == 'geometric'
    time.sleep(1.0)  # nobody asks meanwhile
    [answer] = engine.answer(scene, [SIDE])
    assert answer.engine == 'geometric'
    engine.close()
    assert fewest <= len(loads) <= most
    assert 'could not be loaded again (OSError: no file)' in engine.problem


def test_a_network_is_loaded_again_though_nobody_asks(scene, engines):
    engine = engines([StandIn(raises=RuntimeError('gone')), StandIn()], reload_s=0.02)
    engine.answer(scene, [DISTANCE], deadline_s=5.0)
    wait_until(lambda: engine.problem == '', 'the fresh network')


def test_a_network_that_cannot_be_loaded_at_first_is_an_error():
    def load():
        raise OSError('no such checkpoint')

    with pytest.raises(OSError, match='no such checkpoint'):
        VerifiedEngine.of(GeometricEngine(), load)


def test_until_the_network_is_loaded_it_is_measured_alone(scene):
    loaded = threading.Event()

    def load():
        assert loaded.wait(30.0)
        return StandIn()

    engine = VerifiedEngine.of(GeometricEngine(), load, wait=False)
    [answer] = engine.answer(scene, [SIDE], deadline_s=5.0)
    assert 'Measured alone: the network is still being loaded' in answer.text
    loaded.set()
    wait_until(lambda: engine.answer(scene, [SIDE], deadline_s=5.0)[0].verified, 'the network')
    engine.close()


def test_a_network_that_cannot_be_loaded_is_measured_around(scene):
    def load():
        raise OSError('no such checkpoint')

    engine = VerifiedEngine.of(GeometricEngine(), load, wait=False)
    wait_until(lambda: engine.problem, 'the problem')
    [answer] = engine.answer(scene, [SIDE], deadline_s=5.0)
    assert 'the network could not be loaded (OSError: no such checkpoint)' in answer.text
    assert 'it is loaded again in' in answer.text
    engine.close()


@pytest.mark.parametrize(
    ('question', 'reason'),
    [
        (ask(Category.LEFT_RIGHT, 'pallet_1', 'pallet_99'), Reason.UNKNOWN_OBJECT),
        (ask(Category.DISTANCE, 'pallet_1', 'pallet_1'), Reason.NOT_UNDERSTOOD),
        (ask(Category.DISTANCE, every('pallet'), 'pallet_1'), Reason.AMBIGUOUS),
    ],
    ids=['unknown', 'same', 'ambiguous'],
)
def test_a_bad_question_is_refused_without_the_network(scene, engines, question, reason):
    network = StandIn()
    [outcome, good] = engines(network).answer(scene, [question, SIDE])
    assert isinstance(outcome, Failure)
    assert outcome.reason is reason
    assert good.verified
    assert network.asked == [SIDE]


def test_without_depth_the_network_answers_alone_but_no_metres(scene, engines):
    class Sees(StandIn):
        def answer(self, blind, questions, **further):
            return super().answer(scene, questions, **further)

    blind = replace(without_depth(scene), relative_depth=None)
    outcomes = engines(Sees()).answer(blind, [COUNT, DISTANCE])
    assert (outcomes[0].engine, outcomes[0].verified) == ('smolrgpt', False)
    assert 'The network alone: no metric depth' in outcomes[0].text
    assert isinstance(outcomes[1], Failure)
    assert outcomes[1].reason is Reason.NO_DEPTH


@pytest.mark.parametrize('wrong', [0.0, 0.5, 1.0], ids=str)
def test_a_batch_answers_as_one_by_one(scene, engines, wrong):
    questions = [*ALL, *UNTAUGHT, ask(Category.LEFT_RIGHT, 'pallet_1', 'pallet_99')]
    together = engines(StandIn(wrong=wrong, seed=3)).answer(scene, questions)
    # One generator draws in the order of the questions either way.
    alone = engines(StandIn(wrong=wrong, seed=3))
    singly = [alone.answer(scene, [question])[0] for question in questions]
    assert [told(outcome) for outcome in together] == [told(outcome) for outcome in singly]


def told(outcome):
    return outcome if isinstance(outcome, Failure) else replace(outcome, value=0.0, stddev=0.0)


def test_words_reach_who_listens_with_their_place(scene, engines):
    heard = []
    engines(StandIn()).answer(
        scene,
        [UNTAUGHT[0], SIDE, COUNT],
        on_words=lambda index, words: heard.append((index, words)),
    )
    assert heard == [(1, 'The'), (2, 'The')]


def test_cancelled_is_answered_by_the_measurement(scene, engines):
    stop = threading.Event()
    engine = engines(StandIn(takes_s=30.0))
    threading.Timer(0.1, stop.set).start()
    [answer] = engine.answer(scene, [SIDE], cancelled=stop.is_set)
    assert answer.engine == 'geometric'


def test_closing_answers_what_waits(scene):
    network = StandIn(takes_s=30.0)
    engine = VerifiedEngine.of(GeometricEngine(), lambda: network)
    came = []
    for question in (SIDE, COUNT):
        engine.begin(scene, [question], [60.0], lambda index, outcome: came.append(outcome))
    engine.close()
    engine.close()
    assert [answer.engine for answer in came] == ['geometric', 'geometric']
    assert network.closed == 1
    [answer] = engine.answer(scene, [SIDE])
    assert 'the engine was closed' in answer.text


def test_nonsense_from_the_network_costs_no_answer(scene, engines):
    class Lost(StandIn):
        def answer(self, scene, questions, **further):
            answers = super().answer(scene, questions, **further)
            return [replace(a, regions=(999,), normalized='?', value=-1.0) for a in answers]

    class Forgetful(StandIn):
        def answer(self, scene, questions, **further):
            return []

    [choice] = engines(Lost()).answer(scene, [NEAREST])
    assert choice.normalized == measured(scene, [NEAREST])[0].normalized
    assert not choice.verified
    [side] = engines(Forgetful()).answer(scene, [SIDE], deadline_s=5.0)
    assert '0 answers to 1 questions' in side.text


def wait_until(done, what, timeout_s=10.0):
    ends_s = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < ends_s, f'waited in vain: {what}'
        time.sleep(0.01)
