from __future__ import annotations

import threading
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors.microphone import SatelliteMicrophone, open_microphone
from edge.sensors.settings import MicrophoneSettings
from edge.sensors.signals import SAMPLE_RATE, AudioChunk
from edge.sensors.wyoming import payloads
from edge.sensors.wyoming.events import Event, Malformed, encoded
from tests.edge.sensors.wyoming.servers import peer, running

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORM = {"rate": 16_000, "width": 2, "channels": 1}


def microphone(port: int, **settings: object) -> SatelliteMicrophone:
    source = f"wyoming://127.0.0.1:{port}"
    found = open_microphone(MicrophoneSettings.model_validate({"source": source, "hop_s": 0.1, **settings}))
    assert isinstance(found, SatelliteMicrophone)
    return found


def chunk(samples: NDArray[np.int16], **form: int) -> bytes:
    return encoded(Event("audio-chunk", {**FORM, **form}, samples.astype("<i2").tobytes()))


def ramp(start: int, count: int = 1600) -> NDArray[np.int16]:
    return np.arange(start, start + count, dtype=np.int16)


def heard(sensor: SatelliteMicrophone, count: int) -> list[AudioChunk]:
    chunks = [sensor.read() for _ in range(count)]
    assert None not in chunks
    return [item for item in chunks if item is not None]


def test_what_a_microphone_service_sends_is_heard_sample_for_sample() -> None:
    with peer(greeting=encoded(Event("audio-start", FORM)) + chunk(ramp(0, 2000)) + chunk(ramp(2000, 1200))) as server:
        sensor = microphone(server.port)
        sensor.attach()
        chunks = heard(sensor, 2)
        sensor.stop()
        assert sensor.read() is None
    assert np.array_equal(np.concatenate([item.samples for item in chunks]), ramp(0, 3200))
    assert [item.gap for item in chunks] == [False, False]
    assert chunks[1].captured_ns > chunks[0].captured_ns
    assert server.kinds() == ["describe"]  # one that is no satellite is not told to run


@pytest.mark.parametrize(("width", "channels", "rate"), [(1, 1, 16_000), (2, 2, 48_000), (3, 1, 44_100), (4, 2, 8_000)])
def test_any_format_becomes_16_khz_mono(width: int, channels: int, rate: int) -> None:
    at = np.arange(rate) / rate
    tone = 0.5 * np.sin(2 * np.pi * 500 * at)
    if width == 1:
        raw = (np.rint(tone * 127) + 128).astype(np.uint8).repeat(channels).tobytes()
    else:
        whole = np.rint(tone * (2 ** (8 * width - 1) - 1)).astype("<i8").repeat(channels)
        raw = whole.view(np.uint8).reshape(-1, 8)[:, :width].tobytes()
    event = Event("audio-chunk", {"rate": rate, "width": width, "channels": channels}, raw)
    with peer(greeting=encoded(event)) as server:
        sensor = microphone(server.port, hop_s=0.8)
        sensor.attach()
        (found,) = heard(sensor, 1)
        sensor.stop()
    wanted = 0.5 * np.sin(2 * np.pi * 500 * np.arange(len(found.samples)) / SAMPLE_RATE)
    middle = slice(1000, -1000)
    assert np.abs(found.samples[middle] / 32768 - wanted[middle]).max() < (0.01 if width == 1 else 0.003)


def test_a_real_satellite_is_told_to_run_and_is_heard(tmp_path: Path) -> None:
    pytest.importorskip("wyoming.event", reason="the wyoming package is not installed")
    path = tmp_path / "room.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(ramp(0, 3200).astype("<i2").tobytes())
    with running("satellite", str(path)) as port:
        sensor = microphone(port)
        sensor.attach()
        chunks = heard(sensor, 2)
        sensor.stop()
    assert np.array_equal(np.concatenate([item.samples for item in chunks]), ramp(0, 3200))


def test_a_satellite_that_waits_for_its_word_is_not_lost_while_it_answers() -> None:
    silent = threading.Event()

    def answer(event: Event) -> bytes:
        if event.type == "describe":
            return encoded(Event("info", {"satellite": {"name": "test"}}))
        if event.type == "ping":
            return b"" if silent.is_set() else encoded(Event("pong"))
        return b""

    with peer(answer) as server:
        sensor = microphone(server.port, stall_s=1.0)
        sensor.attach()
        raised: list[Exception] = []

        def read() -> None:
            try:
                sensor.read()
            except SensorGone as error:
                raised.append(error)

        reading = threading.Thread(target=read)
        reading.start()
        server.wait(lambda: server.kinds().count("ping") >= 5)  # twice the stall
        assert not raised
        silent.set()
        reading.join(20)
        sensor.stop()
    assert server.kinds()[:2] == ["describe", "run-satellite"]
    assert "delivered nothing for 1 s" in str(raised[0])


def test_a_service_that_falls_silent_is_lost() -> None:
    with peer(greeting=chunk(ramp(0))) as server:
        sensor = microphone(server.port, stall_s=1.0)
        sensor.attach()
        heard(sensor, 1)
        with pytest.raises(SensorGone, match="delivered nothing for 1 s"):
            sensor.read()
        sensor.stop()


def test_a_stop_and_another_format_are_a_hole_and_no_sound_of_before_is_kept() -> None:
    greeting = chunk(ramp(0, 1700)) + encoded(Event("audio-stop")) + chunk(ramp(5000)) + chunk(ramp(7000), rate=32_000)
    with peer(greeting=greeting + chunk(ramp(7000, 4800), rate=32_000)) as server:
        sensor = microphone(server.port)
        sensor.attach()
        chunks = heard(sensor, 3)
        sensor.stop()
    assert [item.gap for item in chunks] == [False, True, True]
    assert np.array_equal(chunks[1].samples, ramp(5000))


def test_sound_that_comes_much_later_than_it_should_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.sensors.wyoming.satellite.PAUSE_S", 0.0)
    with peer(greeting=chunk(ramp(0))) as server:
        sensor = microphone(server.port)
        sensor.attach()
        heard(sensor, 1)
        threading.Event().wait(0.15)  # longer than the chunk that comes
        server.send(chunk(ramp(1600)))
        (late,) = heard(sensor, 1)
        sensor.stop()
    assert late.gap


def test_a_slow_reader_loses_the_oldest_and_sees_the_hole() -> None:
    with peer() as server:
        sensor = microphone(server.port)
        sensor.attach()
        server.wait(lambda: "describe" in server.kinds())
        server.send(b"".join(chunk(ramp(1600 * n)) for n in range(6)) + encoded(Event("ping")))
        server.wait(lambda: "pong" in server.kinds())
        chunks = heard(sensor, 2)
        sensor.stop()
    assert [int(item.samples[0]) for item in chunks] == [6400, 8000]
    assert [item.gap for item in chunks] == [True, False]


@pytest.mark.parametrize(
    ("block", "match"),
    [
        (encoded(Event("audio-chunk", {**FORM, "rate": 1}, b"ab")), "rate is wrong"),
        (encoded(Event("audio-start", {**FORM, "channels": 999})), "channels is wrong"),
        (encoded(Event("audio-chunk", {**FORM, "width": "2"}, b"ab")), "width is wrong"),
        (encoded(Event("audio-chunk", FORM, b"abc")), "no multiple of 2"),
        (b"\xff\n", "no JSON"),
    ],
)
def test_nonsense_is_lost(block: bytes, match: str) -> None:
    with peer(greeting=block) as server:
        sensor = microphone(server.port)
        sensor.attach()
        with pytest.raises(SensorGone, match=match):
            sensor.read()
        sensor.stop()


def test_a_satellite_that_ends_is_lost_and_can_be_attached_again() -> None:
    with peer(lambda _: None, greeting=chunk(ramp(0))) as server:
        sensor = microphone(server.port)
        for _ in range(2):
            sensor.attach()
            heard(sensor, 1)
            with pytest.raises(SensorGone, match="closed the connection"):
                sensor.read()
            sensor.stop()


def test_a_public_satellite_gets_no_connection() -> None:
    sensor = SatelliteMicrophone(MicrophoneSettings(source="wyoming://8.8.8.8:10700"))
    sensor.attach()
    with pytest.raises(SensorError, match="public address"):
        sensor.read()
    sensor.stop()


def test_a_part_of_a_frame_is_no_sound() -> None:
    form: Any = payloads.Format(rate=16_000, width=3, channels=2)
    with pytest.raises(Malformed, match="no multiple of 6"):
        payloads.mono(b"12345", form)
