"""The outlet that gives the device a face: it follows State and Reply, and is drawn only for whoever looks."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from edge.affect import Alertness, Reply, State
from edge.errors import OutletError
from edge.outlets.avatar import raster
from edge.outlets.avatar.bearing import Bearing
from edge.outlets.avatar.drawing import svg
from edge.outlets.avatar.face import colours, shapes
from edge.outlets.avatar.lips import Lips, from_sound, from_text
from edge.outlets.avatar.motion import Motion, still
from edge.outlets.avatar.page import AvatarPage, Frame
from edge.outlets.avatar.picture import Gallery
from edge.outlets.avatar.told import told
from edge.outlets.outlet import Item, Outlet, Portrait

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edge.affect import Language, Sense
    from edge.outlets.avatar.face import Face
    from edge.outlets.avatar.palette import Shade
    from edge.outlets.avatar.settings import AvatarSettings

log = logging.getLogger(__name__)

OVERRUN_S = 0.5
"""Sound that goes on for so long after the lips came to their end has more to say than was thought."""


class Voice(Protocol):
    """The spoken voice, as far as a face needs it."""

    speaking: threading.Event
    """Set while sound comes out."""

    latest: Path | None
    """The file written last, where there is no sound card."""
    silent_because: str | None
    """Why sound goes to files; None where it is heard."""

    @property
    def working(self) -> bool:
        """Whether replies are spoken at all."""
        ...


@runtime_checkable
class Loud(Protocol):
    """A voice that knows how loud it is."""

    def mouth(self) -> float:
        """Loudness of what sounds at this moment, 0 (silence) to 1; from any thread."""
        ...


class Avatar(Outlet):
    """Takes State and Reply; ``sounds`` is told of each first sound."""

    name = "avatar"
    takes = (State, Reply, Alertness)

    def __init__(
        self,
        settings: AvatarSettings,
        *,
        name: str,
        language: Language,
        words_per_minute: float,
    ) -> None:
        """Nothing is opened before ``attach``.

        Args:
            settings: the table ``[avatar]``.
            name: of the device, for who cannot see the face.
            language: of the device.
            words_per_minute: usual rate of the voice.
        """
        super().__init__()
        self.settings = settings
        self.voice: Voice | None = None
        """Who speaks. Without anybody the lips move when a reply comes."""
        self.publish: Callable[[Portrait], None] | None = None
        """Takes pictures for the home. Without it none are made."""
        self._name = name
        self._words_per_minute = words_per_minute
        self._lock = threading.Lock()
        self._bearing = Bearing(
            language, manner=settings.manner, sleep_after_s=settings.sleep_after_s, now=time.monotonic()
        )
        self._motion = Motion()
        self._gallery = Gallery(settings)
        self._lips = Lips((), (), ())
        self._heard_at: float | None = None
        """When the sound card took the first sound of what is said now; None while nothing is."""
        self._page = AvatarPage(self) if settings.port else None

    @property
    def address(self) -> str | None:
        """Of the page; None where there is none."""
        port = None if self._page is None else self._page.port
        return None if port is None else f"http://127.0.0.1:{port}/"

    def adopt(self, settings: AvatarSettings, words_per_minute: float) -> None:
        """Go on with other settings."""
        with self._lock:
            self.settings = settings
            self._words_per_minute = words_per_minute
            self._bearing.manner, self._bearing.sleep_after_s = settings.manner, settings.sleep_after_s
            self._gallery.adopt(settings)

    def open(self) -> None:
        """Open the page. Without anything to draw with, pictures are left out and that is said. Raises OutletError."""
        if self.publish is not None and not raster.available():
            log.warning("no picture of the face is published: %s. %s.", raster.PROBLEM, raster.REMEDY)
            self.publish = None
        if self._page is None:
            return
        try:
            self._page.attach()
        except OutletError as error:
            if self.publish is None:
                raise
            log.warning("pictures of the face are published, but: %s", error)

    def deliver(self, item: Item) -> None:
        """Follow a State or a Reply; nothing is drawn but a picture for the home that is due. Raises OutletError."""
        now = time.monotonic()
        with self._lock:
            if isinstance(item, State):
                self._bearing.see(item, now)
            elif isinstance(item, Alertness):
                self._bearing.attend(now)
            elif isinstance(item, Reply):
                lips = self._bearing.answer(item, self._words_per_minute, now)
                if self.voice is None or not self.voice.working:
                    self._begin(item, lips, now)
            due = None if self.publish is None else self._gallery.due(self._bearing, now)
            settings = self.settings
        if due is not None and self.publish is not None:
            drawn = svg(still(due), _shade(settings), settings.colour, size=settings.size)
            self.publish(Portrait(raster.png(drawn, settings.size)))

    def forget(self, sense: Sense) -> None:
        """The consent for ``sense`` is gone: what the face shows of it goes, too."""
        del sense
        with self._lock:
            self._bearing.forget()

    def beside(self, on_sound: Callable[[Reply, int], None]) -> Callable[[Reply, int], None]:
        """For the voice to call at a first sound: tells ``on_sound``, and the face."""

        def heard(reply: Reply, at_ns: int) -> None:
            on_sound(reply, at_ns)
            self.sounds(reply, at_ns)

        return heard

    def sounds(self, reply: Reply, at_ns: int) -> None:
        """The first sound of ``reply`` came out at ``at_ns``, CLOCK_MONOTONIC; from any thread."""
        lips = self._measured() or from_text(
            reply.text, reply.language, self._words_per_minute * reply.style.rate, reply.style.pause
        )
        with self._lock:
            self._begin(reply, lips, at_ns / 1e9)
            speaking = self.voice is not None and self.voice.speaking.is_set()
            self._heard_at = at_ns / 1e9 if speaking else None

    def close(self) -> None:
        """Close the page."""
        if self._page is not None:
            self._page.stop()

    def frame(self, shade: Shade, *, still: bool) -> Frame:
        """The face now, for the page."""
        with self._lock:
            now = time.monotonic()
            face = self._face(now, still=still)
            pose, language = self._bearing.pose(now), self._bearing.language(now)
            speaking, busy, colour = self._motion.speaking(now), self._motion.busy(now), self.settings.colour
        paint = colours(face, shade, colour)
        label = told(pose, language, self._name, speaking=speaking)
        return Frame(shapes(face, paint), paint.background, label, language.value, busy)

    def svg(self, shade: Shade) -> str:
        """The face now, as a file."""
        with self._lock:
            now = time.monotonic()
            face, pose, language = self._face(now), self._bearing.pose(now), self._bearing.language(now)
            settings = self.settings
        return svg(face, shade, settings.colour, size=settings.size, label=told(pose, language, self._name))

    def png(self, shade: Shade) -> bytes:
        """The face now, as a picture. Raises OutletError."""
        return raster.png(self.svg(shade), self.settings.size)

    def _face(self, now: float, *, still: bool = False) -> Face:
        """Bring pose and lips up to ``now``; the face then."""
        if self._heard_at is not None and self.voice is not None:
            self._follow(self.voice, self._heard_at, now)
        self._motion.aim(self._bearing.pose(now), now)
        return self._motion.still() if still else self._motion.at(now)

    def _follow(self, voice: Voice, heard_at: float, now: float) -> None:
        """Move the lips as long as sound comes out, and by its loudness where that is known."""
        if not voice.speaking.is_set():
            self._motion.hush(now)
            self._heard_at = None
            return
        self._bearing.speaks_on(now)
        if now > heard_at + self._lips.end + OVERRUN_S:
            self._heard_at = now
            self._motion.speak(self._lips, now)
        if isinstance(voice, Loud):
            self._motion.hear(voice.mouth(), now)

    def _begin(self, reply: Reply, lips: Lips, now: float) -> None:
        self._lips = lips
        self._bearing.sound(reply, lips, now)
        self._motion.speak(lips, now)

    def _measured(self) -> Lips | None:
        """Movements by the sound itself, where it is a file; None where it is not, or cannot be read."""
        voice = self.voice
        if voice is None or voice.silent_because is None or voice.latest is None:
            return None
        try:
            return from_sound(voice.latest.read_bytes())
        except (OSError, ValueError) as error:
            log.debug("the lips follow the text: %s", error)
            return None


def _shade(settings: AvatarSettings) -> Shade:
    """Of what is drawn for nobody's display in particular."""
    return "dark" if settings.theme == "dark" else "light"
