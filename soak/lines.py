"""How clients reach the cluster: by any node, again where none answered; and every answer is judged."""

import asyncio
import time
from dataclasses import dataclass
from random import Random

import orjson

from bench.connections import Answer, NoAnswer, post
from bench.operations import require_cookies
from soak.cluster import Cluster
from soak.nodes import Node
from soak.truth import NO_VERDICT, OK, PATIENCE, SILENCE, UNAVAILABLE, Outcome, Rule, Session, newest
from soak.witness import Witness


@dataclass(frozen=True, slots=True)
class Line:
    """What a client sends its requests by."""

    cluster: Cluster
    witness: Witness
    random: Random

    async def once(
        self,
        body: bytes,
        session: Session,
        *,
        cookie: str | None = None,
        rule: Rule = newest,
        hang_up_after: float | None = None,
        attempt: int = 1,
        began: float | None = None,
    ) -> Outcome:
        """Ask a node with the cookies of a session, or with older ones, and judge the answer.

        A client that hangs up after so many seconds loses whatever would have been answered. `attempt` and
        `began` tell of those who ask again.
        """
        node, had_ended, sent = self.random.choice(self.cluster.nodes), session.ended, time.monotonic()
        request = post(body, cookie=session.cookie if cookie is None else cookie)
        try:
            answer = await node.ask(request, patience=hang_up_after or PATIENCE)
        except (NoAnswer, OSError) as error:
            if hang_up_after is None or not isinstance(error, TimeoutError):
                self._judge_silence(node, sent, error)
            return Outcome(SILENCE)
        outcome = _read(answer, attempt=attempt, waited=time.monotonic() - (began or sent))
        self._judge_time(node, sent)
        if outcome.code == UNAVAILABLE:
            self._judge_outage(node, sent)
        elif wrong := rule(session, outcome, had_ended):
            self.witness.accuse(f"{wrong} (session {session.id}, node {node.number})")
        return outcome

    async def until_answered(
        self,
        body: bytes,
        session: Session,
        *,
        cookie: str | None = None,
        rule: Rule = newest,
        began: float | None = None,
    ) -> Outcome:
        """Ask until a node has answered, as a person does who tries again, perhaps not for the first time."""
        attempt, began = (1, time.monotonic()) if began is None else (2, began)
        while True:
            outcome = await self.once(body, session, cookie=cookie, rule=rule, attempt=attempt, began=began)
            if outcome.code not in NO_VERDICT:
                return outcome
            attempt += 1
            await asyncio.sleep(self.random.uniform(0.02, 0.2))

    def _judge_silence(self, node: Node, sent: float, error: Exception) -> None:
        self.witness.counts["connections broken"] += 1
        if not node.trouble.since(sent):
            self.witness.accuse(f"node {node.number} gave no answer: {type(error).__name__}")

    def _judge_time(self, node: Node, sent: float) -> None:
        took = time.monotonic() - sent
        if node.trouble.since(sent):
            self.witness.time("of a disturbed node", took)
            return
        self.witness.time("in an outage" if self.cluster.database.since(sent) else "otherwise", took)
        if took > self.witness.within:
            self.witness.accuse(f"node {node.number} took {took:.1f} s to answer")

    def _judge_outage(self, node: Node, sent: float) -> None:
        self.witness.counts[UNAVAILABLE] += 1
        reasons = (node.trouble, self.cluster.database, self.cluster.locks)
        if not any(trouble.since(sent) for trouble in reasons):
            self.witness.accuse(f"node {node.number} answered {UNAVAILABLE} when nothing was wrong")


def _read(answer: Answer, *, attempt: int, waited: float) -> Outcome:
    decoded = orjson.loads(answer.body)
    if errors := decoded.get("errors"):
        return Outcome(errors[0]["extensions"]["code"], attempt=attempt, waited=waited)
    (data,) = decoded["data"].values()
    if data is None:
        return Outcome("NOBODY", attempt=attempt, waited=waited)
    if "email" in data:
        return Outcome(OK, data, attempt=attempt, waited=waited)
    (payload,) = data.values()
    code = OK if payload["success"] else payload["problems"][0]["code"]
    handed_out = bool(answer.cookies()) and all(value for _, value in answer.cookies())
    cookie = require_cookies(answer) if handed_out else ""
    return Outcome(code, payload, cookie, attempt, waited)
