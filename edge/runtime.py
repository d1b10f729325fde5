"""The loop, and the way of one Reading through all rooms; ``edge.wiring`` says what the device is made of.

A Reading comes in; the State is updated; crisis talk is answered with fixed words, anything else by the response
room; State and Reply are offered to every outlet. Nothing here waits for the world: sensors and outlets have threads
of their own.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from edge import __version__
from edge.accelerators.choice import Choice, choose
from edge.accelerators.model import device_models
from edge.affect import Reading, Reply, Sense, State
from edge.answering import Answering
from edge.errors import OutletError, SettingsError
from edge.keeping import Keeping
from edge.learning.learner import Learner
from edge.learning.tap import Tap
from edge.loop.board import Board
from edge.loop.drain import drain
from edge.loop.figures import figures_of
from edge.loop.health import health_of
from edge.loop.lane import FRESH_NS, Lane, LaneStatus
from edge.loop.latency import Latencies
from edge.loop.mailbox import Mailbox
from edge.loop.memory import Tidy
from edge.loop.notify import Notifier
from edge.loop.pace import Pace
from edge.loop.rest import Rest
from edge.loop.tally import Summary, Tally
from edge.loop.watch import Watch
from edge.outlets.console import Console
from edge.outlets.mqtt.fleet_ear import ROUND
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.outlet import Notice, Withdrawal
from edge.outlets.speaker import Speaker
from edge.paths import runtime_directory, state_directory
from edge.perception.face.perceiver import without_feeling
from edge.replay.witness import Witness
from edge.response.alerts import alert
from edge.response.around import Around
from edge.response.hours import minute_of_day
from edge.safety.consent import Consent
from edge.safety.context import context, disclosure
from edge.safety.grants import Purpose
from edge.safety.keeping import may_keep, may_share
from edge.safety.permission import Permission
from edge.understanding.driver.view import DriverView
from edge.understanding.in_context import InContext
from edge.understanding.person.keeper import Keeper
from edge.understanding.pooled import fitted
from edge.understanding.understanding import Understanding
from edge.understanding.views import views
from edge.wiring import Apart, Parts, gone_of, member, outlets, shares_aggregates, wire

if TYPE_CHECKING:
    from threading import Event

    from edge.affect import Alertness
    from edge.learning.federated.member import Member
    from edge.outlets.avatar.outlet import Avatar
    from edge.outlets.metrics.figures import Figures
    from edge.outlets.metrics.page import MetricsPage
    from edge.outlets.outlet import Item, Outlet
    from edge.reload import Reload
    from edge.settings import Settings

log = logging.getLogger(__name__)

TURN_S = 0.05
"""The loop turns at least this often, to enforce consent within 200 ms and to see a stop."""
SILENCE_S = 1.0
"""Without a Reading for this long the State is computed anew, so that what was once believed fades."""
LOOK_S = 1.0
"""How often lanes are looked at, and the line for systemd is made."""
KNOWN_S, KNOWN_LOOK_S = 1.0, 0.005
"""How long the start waits to know who is selected, and how often it looks: a vault is read in milliseconds."""
DRAIN_S = 1.2
"""Stopping from outside takes at most this for the outlets, half of it for the lanes: under 2 s in all."""
MEMBER_S = 10.0
"""How often it is looked whether a round is due, and whether another process forgot what was learned."""
READINGS_WAITING = 64
TAPS_WAITING = 16


class Runtime:
    """One device, wired from its settings. ``run`` once."""

    def __init__(
        self,
        settings: Settings,
        *,
        repeat: bool = False,
        reload: Reload | None = None,
        witness: Witness | None = None,
    ) -> None:
        """Wire every room; opens no device.

        Args:
            settings: the whole tree.
            repeat: play file sources again and again.
            reload: says when settings are to be read anew; None: never.
            witness: who looks on while the device understands; None: nobody.

        Raises:
            ConsentError: where the context forbids it.
            ModelError: when no accelerator can be used.
            SettingsError: when a data file that the settings lead to is wrong.
        """
        self._place = context(settings.safety)
        self.settings = settings
        self.consent = Consent(settings.consent, state_directory(settings))
        self._permission = Permission(self.consent, self._place)
        self._permission.require()
        self._purposes = self._permission.purposes
        self.choice: Choice = choose(settings.accelerator, settings.models.place)
        self._models = device_models(settings.models, self.choice.accelerator, self.choice.reason)
        self._understanding = Understanding(settings.understanding, fitted(self._models))
        self._driver = DriverView(settings.understanding.driver)
        self._keeping = Keeping(settings, lambda: self.settings)
        self._clerk = self._keeping.clerk
        self._keeper = Keeper(settings.understanding.person, self._permission.may_know, self._clerk)
        self._in_context = InContext(settings.understanding, settings.device.languages)
        self._views = (self._in_context, *views(settings.understanding))
        self._around = Around()
        self._taps: deque[str | None] = deque(maxlen=TAPS_WAITING)
        self._home: MqttOutlet | None = None
        self._rest, self._member = self._begin_to_learn()
        self._learner = Learner(
            settings.learning,
            self._place.name,
            seed=settings.response.seed,
            clerk=self._clerk,
            taught=self._member,
        )
        self._tap = Tap(runtime_directory(), settings.device.id)
        self._answering = Answering(
            settings, self._place, self._around, self._home_listens, self._learner, models=self._models
        )
        self._readings: Mailbox[Reading] = Mailbox(READINGS_WAITING)
        self._latencies = Latencies()
        self._tally = Tally()
        self._notifier = Notifier(os.environ)
        self._watch = Watch(lambda: self._notifier.status("the loop is stalled; the log says where"), self._abandon)
        self._reload = reload
        self._witness = witness or Witness()
        self._repeat = repeat
        self._looked_at = float("-inf")
        self._tidy = Tidy()
        self._console = Console(settings.console) if settings.console.enabled else None
        self._speaker: Speaker | None = None
        self._speech_trouble: str | None = None
        self._vault_told: str | None = None
        self._outlets: list[Outlet] = []
        self._pace = Pace(settings.pace, settings.camera.fps, Board())
        self._metrics = self._metrics_page()
        self._turns = 0
        self._parts = Parts(
            models=self._models,
            permission=self._permission,
            pace=self._pace,
            latencies=self._latencies,
            witness=self._witness,
            emit=self._readings.put,
            excused=self._watch.excused,
            own_voice=self._own_voice,
            around=self._around,
            on_feedback=self._learner.post,
            interrupt=self._interrupt,
            vault=self._keeping.vault,
            outbox=self._keeping.outbox,
            on_fleet=self._hear_fleet if settings.learning.federated.join else None,
            health=lambda: health_of(self.lane_status(), self._tally, self._models.versions()),
            people=self._keeping.profiles(),
            forget=self._keeping.forget,
            budget=self._keeping.budget,
        )
        wired = wire(settings, self._parts, repeat=repeat)
        self._lanes, self._adopters, self._asr = wired.lanes, wired.adopters, wired.asr
        self._granted: frozenset[tuple[Sense, Purpose]] = frozenset()

    def _begin_to_learn(self) -> tuple[Rest, Member | None]:
        """What learns how the senses are to be taken; what was kept of senses that may not be known any more goes."""
        rest = Rest(Board().condition, lambda: self.settings.pace.warm_c, time.monotonic_ns)
        understanding, kept, put = self._understanding, self._keeping, self._clerk.put
        apart = Apart(understanding.pool, kept.vault, kept.outbox, put, understanding.evidence, rest.hindrance)
        found = member(self.settings, apart, self._permission, self.consent)
        if found is not None:
            self._clerk.every(MEMBER_S, ("head", "turn"), found.turn)
            found.withdraw(gone_of(self._permission))
        return rest, found

    def run(self, stop: Event) -> Summary:
        """Turn the loop until ``stop`` is set or every file source has ended; then drain and sum up."""
        began = time.monotonic()
        self._attach_outlets()
        log.info("accelerator: %s (%s)", self.choice.accelerator.name, self.choice.reason)
        self._clerk.start()
        self._know_who(stop)
        self._tap.open()
        self._watch.start(stop)
        for lane in self._lanes:
            lane.start()
        try:
            self._turn_until(stop)
        finally:
            self._notifier.stopping()
            self._watch.stop()
            self._keeper.stop()
            self._tap.close()
            self._learner.stop()
            self._clerk.stop()
            # Files have ended by themselves: let the last words be spoken. A stop from outside drains in under 2 s.
            drain(self._lanes, self._outlets, within_s=DRAIN_S if stop.is_set() else 15.0)
            self._keeping.close()
        if self._metrics is not None:
            self._metrics.stop()
        self._tally.skipped = self._pace.skipped
        self._tally.stalls, self._tally.suspensions = self._watch.stalls, self._watch.suspensions
        return self._tally.summary(self._latencies, self.lane_status(), time.monotonic() - began)

    def _know_who(self, stop: Event) -> None:
        """Read who is selected and what was learned of them before anybody is answered, for at most KNOWN_S.

        Else the first reply would be nobody's, and feedback on it about nothing.
        """
        deadline = time.monotonic() + KNOWN_S
        while time.monotonic() < deadline:
            now_ns = time.monotonic_ns()
            self._keeper.turn(now_ns)
            if self._keeper.known:
                self._learner.turn(now_ns, self._keeper.selected, may=self._permission.may_keep_feedback())
                if self._learner.known:
                    return
            if stop.wait(KNOWN_LOOK_S):
                return
        log.warning("who is selected could not be read within %g s of the start; it is as soon as it can", KNOWN_S)

    def lane_status(self) -> list[LaneStatus]:
        """Where each lane stands."""
        return [lane.status for lane in self._lanes]

    def figures(self) -> Figures:
        """How the device itself is doing, for the metrics page; from any thread."""
        return figures_of(
            self.lane_status(),
            self._latencies,
            self._tally,
            version=__version__,
            accelerator=self.choice.accelerator.name,
            outlets=self._outlets,
            turns=self._turns,
        )

    def exit_code(self) -> int:
        """0 when some lane did its work; 1 when every lane was parked, or there was none."""
        return int(all(lane.parked for lane in self._lanes))

    def disclosure(self) -> list[str]:
        """The sentences that tell people that they are sensed, one per language."""
        senses = [lane.sense for lane in self._lanes if self.consent.granted(lane.sense)]
        watched = any(Purpose.DROWSINESS in self._purposes(lane.sense) for lane in self._lanes)
        kept = any(may_keep(self.consent, self._place).values())
        shared = shares_aggregates(self.settings, self._keeping.vault) and bool(may_share(self.consent, self._place))
        told = {"watched": watched, "kept": kept, "shared": shared}
        return [disclosure(self._place, senses, language, **told) for language in self.settings.device.languages]

    @property
    def speaker(self) -> Speaker | None:
        """The spoken voice, when it is on and works here."""
        return self._speaker

    @property
    def avatar(self) -> Avatar | None:
        """The face, when the settings want one and it works here."""
        return next((cast("Avatar", outlet) for outlet in self._outlets if outlet.name == "avatar"), None)

    def listen(self) -> None:
        """Open the way to speech to text for one utterance; does nothing where there is none. From any thread."""
        if self._asr is not None:
            self._asr.push()

    def _turn_until(self, stop: Event) -> None:
        last_ns = time.monotonic_ns()
        while not stop.is_set():
            self._turns += 1
            self._enforce_consent()
            self._hear_feedback()
            self._supervise()
            self._answer_late()
            taken = self._readings.take(TURN_S)
            if taken is not None:
                self._step(taken[0])
                last_ns = time.monotonic_ns()
                continue
            self._in_context.prepare()
            if all(self._over(lane) for lane in self._lanes):
                return
            if time.monotonic_ns() - last_ns > SILENCE_S * 1e9:
                last_ns = time.monotonic_ns()
                self._pass_time(self._understanding.now(last_ns))

    def _abandon(self) -> None:
        """The loop hangs, and the device is to stop: deliver what waits, and end the process all the same."""
        self._notifier.stopping()
        drain(self._lanes, self._outlets, within_s=0.5)
        os._exit(1)

    def _over(self, lane: Lane[Any]) -> bool:
        """Nothing can be hoped for from this lane: its file has ended, or is no file that can be played."""
        return lane.finished or (lane.parked and not lane.live and not self._repeat)

    def _supervise(self) -> None:
        """The loop has turned; lanes and settings are looked at when it is time, and systemd is told."""
        self._watch.turned()
        self._notifier.beat()
        if self._reload is not None:
            self._look_at_settings(self._reload)
        now = time.monotonic()
        if now - self._looked_at < LOOK_S:
            return
        if not self._watch.excused():  # what hung or was dropped while the process was suspended is no fault
            for lane in self._lanes:
                lane.look(self.settings.loop.retry_parked_s)
        if self._looked_at == float("-inf"):
            self._notifier.ready()
        self._looked_at = now
        self._tell_speech()
        lanes, accelerator = self.lane_status(), self._models.usage.now().device
        self._tidy.look(sum(lane.restarts for lane in lanes), now)
        self._witness.looked(lanes)
        line = self._tally.line(lanes, accelerator, self._watch.stalls, self._pace.line())
        silence, unkept = self._answering.silence, self._tell_vault()
        line = line if silence is None else f"{line}; says nothing: {silence}"
        self._notifier.status(line if unkept is None else f"{line}; keeps nothing: {unkept}")

    def _tell_vault(self) -> str | None:
        """Say on the device that nothing can be kept, and that it can again; why it cannot."""
        trouble = self._keeping.trouble
        if trouble != self._vault_told and self._console is not None:
            told = "what is learned is kept again" if trouble is None else f"nothing is kept: {trouble}"
            self._console.offer(Notice(told))
        self._vault_told = trouble
        return trouble

    def _tell_speech(self) -> None:
        """Say on the device that another engine speaks than the one that is set, and that it speaks again."""
        trouble = None if self._speaker is None else self._speaker.trouble
        if trouble != self._speech_trouble and self._console is not None:
            told = "the speech engine works again" if trouble is None else f"espeak-ng speaks: {trouble}"
            self._console.offer(Notice(told))
        self._speech_trouble = trouble

    def _look_at_settings(self, reload: Reload) -> None:
        asked = reload.asked()
        if not asked and not reload.changed(self.settings.loop.settings_every_s):
            return
        self._notifier.reloading()
        try:
            change = reload.read()
        except SettingsError as error:
            told = f"the settings stay as they were: {error}"
            log.error("%s", told)  # noqa: TRY400 - the sentence says it all
        else:
            told = f"settings: {change}"
            log.log(logging.WARNING if change.waiting else logging.INFO, "%s", told)
            self._adopt(change.wanted)
            self._tally.reloads += 1
        if self._console is not None:
            self._console.offer(Notice(told))
        if asked:
            for lane in self._lanes:
                lane.retry()
        self._notifier.ready()

    def _adopt(self, wanted: Settings) -> None:
        """Go on with what of ``wanted`` may change while running."""
        self.settings = settings = self.settings.merged(wanted)
        logging.getLogger().setLevel(settings.device.log_level.upper())
        self.consent.adopt(settings.consent)
        self._understanding.adopt(settings.understanding)
        self._witness.adopted(settings.understanding)
        self._driver.adopt(settings.understanding.driver)
        self._keeper.adopt(settings.understanding.person)
        self._in_context.adopt(settings.understanding)
        self._answering.adopt(settings)
        self._learner.adopt(settings.learning)
        if self._console is not None:
            self._console.adopt(settings.console)
        for adopt in self._adopters:
            adopt(settings)

    def _enforce_consent(self) -> None:
        """Close what may no longer be open, and forget what a sense said when its grant is gone.

        The change is seen here and not asked of the lane: its own thread may have closed the sensor first.
        """
        for lane in self._lanes:
            lane.enforce()
        self._see_vault()
        self._keeper.turn(time.monotonic_ns())
        granted = self.consent.grants()
        if granted is self._granted:
            return
        gone, self._granted = self._granted - granted, granted
        for sense, purpose in gone:
            self._offer(Withdrawal(sense, purpose))
            if sense is Sense.FACE:
                self._around.leave()
            if purpose is Purpose.DROWSINESS:
                self._driver.forget(sense)
                self._witness.unwatched(sense)
            elif purpose is Purpose.PERSONAL and self._member is not None:
                self._member.withdraw(gone_of(self._permission))
            elif purpose is Purpose.EMOTION and any(lane.sense is sense for lane in self._lanes):
                self._forget(sense)
        senses = {lane.sense for lane in self._lanes if self._purposes(lane.sense)}
        self._witness.consented(senses, time.monotonic_ns())

    def _forget(self, sense: Sense) -> None:
        """What was understood by a sense is gone, from memory and from what outlets keep."""
        for view in self._views:
            view.forget(sense)
        for outlet in self._outlets:
            outlet.forget(sense)
        self._publish(self._understanding.forget(sense, time.monotonic_ns()), forgot=sense)

    def _see_vault(self) -> None:
        """Somebody had everything forgotten: what is in memory goes as well, and the device begins anew."""
        if not self._keeping.renewed():
            return
        self._around.leave()
        self._answering.rest(time.monotonic_ns())
        for sense in {lane.sense for lane in self._lanes}:
            self._driver.forget(sense)
            self._forget(sense)
            self._offer(Withdrawal(sense, Purpose.WELLBEING))
        if self._member is not None:
            self._member.forget()
        told = "what was kept was forgotten: the device begins anew"
        log.warning("%s", told)
        if self._console is not None:
            self._console.offer(Notice(told))

    def _hear_feedback(self) -> None:
        """What was said of replies, by whichever way; "not now" also silences what is being said, and what would be."""
        now_ns = time.monotonic_ns()
        self._learner.turn(now_ns, self._keeper.selected, may=self._permission.may_keep_feedback())
        self._take_pool()
        self._tap.take(lambda feedback: self._learner.give(feedback, time.monotonic_ns()))
        for outcome in self._learner.outcomes():
            self._offer(outcome)
        if self._learner.quiet_wanted(now_ns):
            self._answering.rest(now_ns)
            if self._speaker is not None:
                self._speaker.hush(now_ns)

    def _take_pool(self) -> None:
        """Go on with the head that is in use now."""
        pool = None if self._member is None else self._member.take()
        if pool is not None:
            self._understanding.take(pool)

    def _hear_fleet(self, topic: str, payload: bytes) -> None:
        """The coordinator of the fleet published something; on another thread."""
        if self._member is not None:
            (self._member.announced if topic == ROUND else self._member.published)(payload)

    def _step(self, reading: Reading) -> None:
        """One Reading's way: State, safety, Reply, outlets. One whose grant is gone by now goes nowhere."""
        purposes = self._purposes(reading.sense)
        if not purposes:
            return
        feels = Purpose.EMOTION in purposes
        if not feels:
            reading = without_feeling(reading)
        if time.monotonic_ns() - reading.captured_ns > FRESH_NS:
            self._pass_over(reading)
            return
        if reading.words is not None and self._speaker is not None:
            self._speaker.hush(reading.captured_ns)
        reading = self._keeper.taken(reading)
        if feels:
            reading = self._in_context.take(reading)
        state = self._understanding.update(reading) if feels else self._understanding.now(reading.captured_ns)
        self._latencies.record(reading.sense, (time.monotonic_ns() - reading.captured_ns) / 1e6)
        self._tally.count(reading)
        self._around.see(reading)
        if reading.affect is not None:
            self._rest.busy()
        if self._console is not None:  # before the State that follows from it, and no earlier: to wake a thread costs
            self._console.offer(reading)
        if not feels:
            self._only_watch(state, reading)
            return
        self._publish(state, reading)
        self._say(self._answering.answer(state, reading, time.monotonic_ns(), minute_of_day()))

    def _pass_over(self, reading: Reading) -> None:
        """A Reading that is too old says nothing of now. Crisis talk in it is answered all the same."""
        self._tally.stale[reading.sense] += 1
        self._say(self._answering.help(reading, time.monotonic_ns()))

    def _answer_late(self) -> None:
        """What waited for somebody to finish, and what was accepted from afar."""
        while self._taps:
            self._answering.tap(self._taps.popleft(), time.monotonic_ns())
            self._tell_news()
        if self._answering.waits:
            self._say(self._answering.due(time.monotonic_ns(), minute_of_day()))

    def _say(self, reply: Reply | None) -> None:
        if reply is not None:
            self._tally.replies[reply.language] += 1
            self._offer(reply)
        self._tell_news()

    def _tell_news(self) -> None:
        """What is proposed to the home, and what it is to do."""
        for item in self._answering.news():
            self._offer(item)

    def _home_listens(self) -> bool:
        return self._home is not None and self._home.listens

    def _publish(self, state: State, reading: Reading | None = None, forgot: Sense | None = None) -> None:
        """Tell the State, and what it makes happen in the views of it; ``reading`` or a sense ``forgot`` led to it."""
        self._tally.see(state)
        self._learner.see(state, time.monotonic_ns())
        self._offer(state)
        events = [event for view in self._views for event in view.see(state, reading)]
        for event in events:
            self._offer(event)
        told = self._watch_driver(state, reading)
        self._witness.saw(state, reading, forgot, [*events, *(told or ())], watched=told is not None)

    def _pass_time(self, state: State) -> None:
        """Nothing new was said. A device that may only watch a driver has no feelings to tell of."""
        if {purpose for lane in self._lanes for purpose in self._purposes(lane.sense)} == {Purpose.DROWSINESS}:
            self._only_watch(state, None)
        else:
            self._publish(state)

    def _only_watch(self, state: State, reading: Reading | None) -> None:
        """The State is told to nobody: nobody agreed to have feelings read."""
        told = self._watch_driver(state, reading)
        self._witness.saw(state, reading, None, told or (), published=False, watched=told is not None)

    def _watch_driver(self, state: State, reading: Reading | None) -> list[Alertness] | None:
        """Tell how awake the driver is, where that was granted, and warn whatever the rules of the conversation are.

        Returns:
            what was told; None where nobody agreed to be watched.
        """
        if Purpose.DROWSINESS not in self._purposes(Sense.FACE):
            return None
        told = list(self._driver.see(state, reading))
        for alertness in told:
            self._offer(alertness)
            if self.settings.understanding.driver.spoken:
                self._say(alert(alertness, self.settings.device.languages[0]))
            self._answering.warned(alertness, time.monotonic_ns())
            self._tell_news()
        return told

    def _offer(self, item: Item) -> None:
        for outlet in self._outlets:
            outlet.offer(item)

    def _attach_outlets(self) -> None:
        wanted, adopters = outlets(
            self.settings, self._parts, self.consent, self._first_sound, answering=self._answering, taps=self._taps
        )
        self._adopters += adopters
        if self._console is not None:
            wanted.append(self._console)
        if self._metrics is not None:
            try:
                self._metrics.attach()
            except OutletError as error:
                log.warning("the metrics page is left out: %s", error)
        for outlet in wanted:
            try:
                outlet.attach()
            except OutletError as error:
                log.warning("the %s outlet is left out: %s", outlet.name, error)
            else:
                self._outlets.append(outlet)
                if isinstance(outlet, Speaker):
                    self._speaker = outlet
                elif isinstance(outlet, MqttOutlet):
                    self._home = outlet

    def _metrics_page(self) -> MetricsPage | None:
        if not self.settings.metrics.port:
            return None
        from edge.outlets.metrics.page import MetricsPage

        return MetricsPage(self.settings.metrics, self.figures)

    def _first_sound(self, reply: Reply, at_ns: int) -> None:
        self._latencies.record("first_sound", (at_ns - reply.captured_ns) / 1e6)

    def _own_voice(self) -> int | None:
        return None if self._speaker is None else self._speaker.speaking_since

    def _interrupt(self, captured_ns: int) -> None:
        if self._speaker is not None:
            self._speaker.hush(captured_ns)
