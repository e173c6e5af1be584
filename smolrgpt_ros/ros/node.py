# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The lifecycle node `spatial_query`: pictures in, answers out."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.context import Context
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.timer import Timer

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.messages.conversions import seconds_from
from smolrgpt_ros.messages.identity import Identities
from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.process.listening import Listening
from smolrgpt_ros.ros.admission import Admission, Crowding
from smolrgpt_ros.ros.answering import Answered, Answerer, Outcome, timed_out
from smolrgpt_ros.ros.asking_action import AskingAction
from smolrgpt_ros.ros.engines import Engines, engine_options
from smolrgpt_ros.ros.housekeeping import Housekeeping
from smolrgpt_ros.ros.monitor import Monitor
from smolrgpt_ros.ros.parameters import (
    checkpoint_problem,
    declare_parameters,
    needs_configure,
    problem_with,
    read_settings,
    with_changes,
)
from smolrgpt_ros.ros.pick_service import PickService
from smolrgpt_ros.ros.pick_targets import PickTargets
from smolrgpt_ros.ros.publishing import AnswerPublishers
from smolrgpt_ros.ros.service import Finish, QueryService
from smolrgpt_ros.ros.session import Session
from smolrgpt_ros.ros.transitions import logged
from smolrgpt_ros.ros.troubles import Troubles
from smolrgpt_ros.ros.worker import Job, Listener, Worker
from smolrgpt_ros.srv import PickTarget, SpatialQuery

NODE_NAME = 'spatial_query'
# How much later a question may hear BUSY because others before it have been refused.
_RESPITE_S = 0.2


class SpatialQueryNode(LifecycleNode):
    """Answers spatial questions about what a camera sees.

    Attributes:
        settings: the parameters as they are now.
        session: what lives while the node is active, None otherwise.
        worker: the thread that answers, None while the node is unconfigured.
        engines: what the worker answers with, None while the node is unconfigured.
        identities: who is who, None while the node is unconfigured; its ids outlast a round of
            deactivate and activate.
        failed_transition: which transition failed last and why, '' where the last one did not.
        troubles: what went wrong inside, until diagnostics have told it.
        listening: whether the process still hears others.
        renewals: how often a deaf node has been made anew in this process.
        housekeeping: of the memory of the process.
    """

    def __init__(
        self,
        name: str = NODE_NAME,
        *,
        parameter_overrides: list[Parameter] | None = None,
        context: Context | None = None,
        owns_process: bool = False,
    ):
        """Declare parameters and offer the service; subscribe to nothing yet.

        Args:
            owns_process: nothing else of weight runs in this process, so that the node may tune
                its garbage collection and give back its free memory.
        """
        super().__init__(name, parameter_overrides=parameter_overrides, context=context)
        declare_parameters(self)
        self.settings = read_settings(self)
        self.add_on_set_parameters_callback(self._on_parameters)
        self.failed_transition = ''
        self.troubles = Troubles()
        self.renewals = 0
        self.session: Session | None = None
        self.worker: Worker | None = None
        self.engines: Engines | None = None
        self.identities: Identities | None = None
        self._following: Timer | None = None
        self._answer_publishers: AnswerPublishers | None = None
        self.housekeeping = Housekeeping(self, owns_process=owns_process)
        self._inactive = 'unconfigured'
        self._admission = Admission()
        self._crowding = Crowding()
        self.service = QueryService(
            self, self._ask, on_error=self.log_failure, respite=self._let_answer
        )
        self._action = AskingAction(
            self, self._ask, on_ended=self.service.count, on_error=self.log_failure
        )
        self._picking = PickService(
            self, self._ask, on_ended=self.service.count, on_error=self.log_failure
        )
        self.listening = Listening(self)
        self._monitor = Monitor(self)

    @logged
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Read the parameters, start the worker, begin to load the engine."""
        self.settings = read_settings(self)
        settings = self.settings
        self.engines = Engines(engine_options(settings))
        self.identities = Identities(settings)
        self._answer_publishers = AnswerPublishers(self, on_error=self.log_failure)
        self.worker = Worker(
            self._process,
            on_expired=self._expire,
            on_crash=self._on_crash,
            on_death=self._on_death,
        )
        self._preload()
        self._inactive = 'inactive'
        return super().on_configure(state)

    @logged
    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe, and begin to answer."""
        self._preload()
        assert self.identities is not None
        self.session = Session(
            self,
            self.settings,
            self.identities,
            log=self.get_logger().warning,
            on_death=self._on_death,
        )
        if self.settings.tracking_enabled and self.settings.tracking_rate:
            # A clock that is set back by an hour would stop the timer for an hour.
            self._following = self.create_timer(
                1.0 / self.settings.tracking_rate,
                self._follow,
                clock=Clock(clock_type=ClockType.STEADY_TIME),
            )
        self._inactive = ''
        return super().on_activate(state)

    @logged
    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Unsubscribe, let go of pictures and engines; questions that wait hear INACTIVE."""
        self._end_session('inactive')
        if self.worker is not None and self.engines is not None:
            self.worker.call(self.engines.close)
            self.worker.call(self.housekeeping.give_back)
        return super().on_deactivate(state)

    @logged
    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the worker and take the publishers down."""
        self._release('unconfigured')
        return super().on_cleanup(state)

    @logged
    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """As cleanup, from any state."""
        self._release('finalized')
        return super().on_shutdown(state)

    @logged
    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """A transition has failed: free everything, so that it can be configured again."""
        self._release('unconfigured')
        return TransitionCallbackReturn.SUCCESS

    def destroy_node(self) -> None:
        """Free everything, then the node itself."""
        self._release('finalized')
        self.service.close()
        self._action.close()
        self._picking.close()
        super().destroy_node()

    def _ask(
        self,
        request: SpatialQuery.Request | AskSpatial.Goal | PickTarget.Request,
        finish: Finish,
        listener: Listener | None = None,
    ) -> Job | None:
        """Queue what is asked; None where it has its outcome at once."""
        worker, settings, inactive = self.worker, self.settings, self._inactive
        if inactive or worker is None:
            finish(self._not_active())
            return None
        try:
            self._admission.check(request, settings)
        except QueryError as error:
            finish(Outcome(error.status, error.message))
            return None
        timeout_s = seconds_from(request.timeout)
        job = Job(request, timeout_s if timeout_s > 0.0 else settings.timeout, finish, listener)
        room = self._crowding.room(settings.question_queue)
        let_in = worker.submit(job, most_waiting=room)
        if self._inactive:
            # Deactivated since it was asked above: what waited then has been cancelled already.
            job.cancel(self._not_active())
        elif not let_in:
            self._crowding.note_refusal()
            job.finish(
                Outcome(
                    SpatialQuery.Response.BUSY,
                    f'{room} questions wait already; ask again later, or raise question_queue '
                    f'({settings.question_queue})',
                )
            )
        return job

    def _process(self, jobs: list[Job]) -> None:
        session, engines, worker = self.session, self.engines, self.worker
        if session is None or engines is None or worker is None:
            for job in jobs:
                job.finish(self._not_active())
            return
        picks = [job for job in jobs if isinstance(job.request, PickTarget.Request)]
        if picks:
            targets = PickTargets(
                session.builder,
                settings=lambda: self.settings,
                newest=session.newest,
                rectified=lambda: session.rectified,
                now_ns=lambda: self.get_clock().now().nanoseconds,
                log_failure=self.log_failure,
            )
            for job in picks:
                targets.finish(job)
        answerer = Answerer(
            engines,
            session.builder,
            settings=lambda: self.settings,
            newest=lambda: session.newest(self._crowding.shared_s),
            rectified=lambda: session.rectified,
            now_ns=lambda: self.get_clock().now().nanoseconds,
            on_answered=self._publish,
            later=worker.call,
            log_failure=self.log_failure,
        )
        answerer.process([job for job in jobs if not isinstance(job.request, PickTarget.Request)])

    def _let_answer(self) -> None:
        """Return once what waits has been answered, or after a while."""
        if (worker := self.worker) is not None:
            worker.wait_until_idle(_RESPITE_S)

    def _follow(self) -> None:
        """Have the worker follow the objects of the newest picture, once it has nothing to do."""
        session, worker, settings = self.session, self.worker, self.settings
        if session is not None and worker is not None and not worker.waiting:
            worker.when_idle(lambda: session.follow(settings, lambda: worker.waiting > 0))

    def _publish(self, answered: Answered) -> None:
        publishers = self._answer_publishers
        if publishers is None:
            return
        try:
            publishers.publish(answered)
        except Exception as error:
            # The asker has the answer already, and the next one must not suffer.
            self.log_failure('an answer could not be published', error)

    def _expire(self, job: Job, running: bool) -> None:
        job.finish(timed_out(job, running))

    def _on_death(self, thread: str, error: BaseException) -> None:
        self.log_failure(f"thread '{thread}' died and was begun again", error)

    def _on_crash(self, jobs: list[Job], error: BaseException) -> None:
        self.log_failure('answering failed', error)
        for job in jobs:
            job.finish(
                Outcome(
                    SpatialQuery.Response.ENGINE_FAILED,
                    f'answering failed: {type(error).__name__}: {error}; the traceback is in the '
                    "node's log",
                )
            )

    def _preload(self) -> None:
        """Load the default engine in the worker's thread.

        Until it is there, questions wait their time.
        """
        worker, engines, name = self.worker, self.engines, self.settings.engine
        if worker is None or engines is None:
            return

        def load() -> None:
            try:
                engines.get(engines.named(name))
            except QueryError as error:
                self.get_logger().error(f'{error.message}; geometric questions are answered')
            self.housekeeping.keep_what_is_there()

        worker.call(load)

    def _not_active(self) -> Outcome:
        state = self._inactive or 'changing its state'
        if state == 'finalized':
            return Outcome(
                SpatialQuery.Response.INACTIVE,
                'the node is being shut down; ask again once it has been started anew',
            )
        return Outcome(
            SpatialQuery.Response.INACTIVE,
            f"the node is {state}; activate it ('ros2 lifecycle set "
            f'{self.get_fully_qualified_name()} '
            f"{'configure' if state == 'unconfigured' else 'activate'}')",
        )

    def _end_session(self, state: str) -> None:
        self._inactive = state
        session, self.session = self.session, None
        following, self._following = self._following, None
        if following is not None:
            self.destroy_timer(following)
        if self.worker is not None:
            self.worker.cancel(lambda job: self._not_active())
        if session is not None:
            session.close()
        if self._answer_publishers is not None:
            self._answer_publishers.forget()

    def _release(self, state: str) -> None:
        self._end_session(state)
        worker, self.worker = self.worker, None
        engines, self.engines = self.engines, None
        self.identities = None
        publishers, self._answer_publishers = self._answer_publishers, None
        if worker is not None:
            if engines is not None:
                worker.call(engines.close)
            if not worker.stop():
                self.get_logger().error(
                    'the engine did not stop within 5 s; its thread is left behind'
                )
        if publishers is not None:
            publishers.close()
        self.housekeeping.give_back()

    def _on_parameters(self, parameters: Sequence[Parameter]) -> SetParametersResult:
        problem = problem_with(parameters) or checkpoint_problem(
            parameters, self.settings.checkpoint_root
        )
        if problem:
            return SetParametersResult(successful=False, reason=problem)
        later = needs_configure(parameters)
        if later and self.worker is not None:
            self.get_logger().info(f'{", ".join(later)}: taken over at the next configure')
        self.settings = with_changes(self.settings, parameters)
        return SetParametersResult(successful=True)

    def log_failure(self, what: str, error: BaseException) -> None:
        """Log what was being done and what it raised, and have diagnostics tell it."""
        if not self.context.ok():
            return  # a signal has ended ROS under what was running; nothing of it failed
        self.troubles.add(what, f'{what}: {type(error).__name__}: {error}')
        lines = ''.join(traceback.format_exception(type(error), error, error.__traceback__))
        self.get_logger().error(f'{what}:\n{lines}')
