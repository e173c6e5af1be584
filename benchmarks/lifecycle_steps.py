# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Walks a lifecycle node from state to state, however often a reply is lost on the way."""

from __future__ import annotations

import time
from collections.abc import Mapping

from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState

from smolrgpt_ros.ros.running import Client, RunningError

UNCONFIGURED = State.PRIMARY_STATE_UNCONFIGURED
INACTIVE = State.PRIMARY_STATE_INACTIVE
ACTIVE = State.PRIMARY_STATE_ACTIVE
_PATIENCE_S = 60.0

# From a state towards another: the transition that leads there, or nearer, and its end.
_STEPS: Mapping[tuple[int, int], tuple[int, int]] = {
    (UNCONFIGURED, INACTIVE): (Transition.TRANSITION_CONFIGURE, INACTIVE),
    (UNCONFIGURED, ACTIVE): (Transition.TRANSITION_CONFIGURE, INACTIVE),
    (INACTIVE, ACTIVE): (Transition.TRANSITION_ACTIVATE, ACTIVE),
    (INACTIVE, UNCONFIGURED): (Transition.TRANSITION_CLEANUP, UNCONFIGURED),
    (ACTIVE, INACTIVE): (Transition.TRANSITION_DEACTIVATE, INACTIVE),
    (ACTIVE, UNCONFIGURED): (Transition.TRANSITION_DEACTIVATE, INACTIVE),
}


class Lifecycle:
    """Changes the state of one node."""

    def __init__(self, client: Client, node_name: str = 'spatial_query'):
        """Wait for its services. Raises RunningError."""
        self._client = client
        self._states = client.node.create_client(GetState, f'/{node_name}/get_state')
        self._changes = client.node.create_client(ChangeState, f'/{node_name}/change_state')
        for service in (self._states, self._changes):
            client.wait_until(service.service_is_ready, _PATIENCE_S, service.srv_name)

    def state(self) -> int | None:
        """The state, None where the reply got lost."""
        reply = self._client.reply(self._states, GetState.Request())
        return None if reply is None else int(reply.current_state.id)

    def walk(self, *goals: int) -> None:
        """From state to state. Raises RunningError where a transition fails or takes too long."""
        state = self.state()
        for goal in goals:
            ends = time.monotonic() + _PATIENCE_S
            while state != goal:
                if time.monotonic() > ends:
                    raise RunningError(
                        f'state {goal} was not reached from {state}\n{self._client.logs()}'
                    )
                step = _STEPS.get((state, goal)) if state is not None else None
                # Where a reply got lost, or a transition is under way, the node says where it is.
                state = self._changed(state, *step) if step else self.state()

    def _changed(self, state: int | None, transition: int, leads_to: int) -> int | None:
        """The state after a transition, None where the reply got lost."""
        request = ChangeState.Request(transition=Transition(id=transition))
        reply = self._client.reply(self._changes, request)
        if reply is None:
            return None
        if reply.success:
            return leads_to
        # Of a reply that came too late to be heard, the request is made twice; the second fails.
        now = self.state()
        if now == state:
            raise RunningError(
                f'transition {transition} from state {state} failed\n{self._client.logs()}'
            )
        return now
