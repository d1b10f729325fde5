"""A real Home Assistant with its MQTT integration and nothing else, driven over stdin and stdout by lines of JSON.

Runs with the Python of an environment that has the package ``homeassistant``; imports nothing of ours. Home Assistant's
own bootstrap would fetch dozens of integrations, so the same parts are set up here that it sets up: the registries, the
core, http, and one MQTT entry made by the integration's own config flow.

    python inside.py CONFIG_DIRECTORY BROKER_PORT
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import time
from typing import Any

from homeassistant import auth, bootstrap, config_entries, const, core, data_entry_flow, loader
from homeassistant.helpers import device_registry, entity_registry
from homeassistant.setup import async_setup_component

PROTOCOL = "5"


class Warnings(logging.Handler):
    """Keeps what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One line each, with its logger."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += f" [{type(record.exc_info[1]).__name__}: {record.exc_info[1]}]"
        self.told.append({"level": record.levelname, "logger": record.name, "text": text})


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def start(directory: str, port: int) -> core.HomeAssistant:
    """A running one, connected to the broker on loopback."""
    hass = core.HomeAssistant(directory)
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await loader.async_get_custom_components(hass)
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth.auth_manager_from_config(hass, [], [])
    web = {"server_host": ["127.0.0.1"], "server_port": free_port()}
    for domain, config in (("homeassistant", {}), ("persistent_notification", {}), ("http", web)):
        assert await async_setup_component(hass, domain, {domain: config}), domain
    await hass.async_start()
    await connect(hass, port)
    return hass


def answered(schema: dict[Any, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What of ``known`` a form asks for; newer versions have a part of it in sections."""
    found = {}
    for key, field in schema.items():
        if isinstance(field, data_entry_flow.section):
            found[str(key)] = answered(field.schema.schema, known)
        elif str(key) in known:
            found[str(key)] = known[str(key)]
    return found


async def connect(hass: core.HomeAssistant, port: int) -> None:
    """Add the MQTT entry, as a person does in the settings; where there is one from before, it was set up already."""
    if hass.config_entries.async_entries("mqtt"):
        assert await async_setup_component(hass, "mqtt", {})
        await hass.async_block_till_done()
        return
    flow = await hass.config_entries.flow.async_init("mqtt", context={"source": "user"})
    known = {"broker": "127.0.0.1", "port": port, "protocol": PROTOCOL, "set_client_cert": False, "set_ca_cert": "off"}
    answer = answered(flow["data_schema"].schema, known)
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], answer)
    assert flow["type"] == "create_entry", flow
    await hass.async_block_till_done()


def states(hass: core.HomeAssistant) -> list[dict[str, Any]]:
    """Every entity of MQTT, with its state and attributes."""
    registry = entity_registry.async_get(hass)
    found = []
    for entry in registry.entities.values():
        state = hass.states.get(entry.entity_id)
        found.append(
            {
                "entity_id": entry.entity_id,
                "unique_id": entry.unique_id,
                "name": entry.original_name,
                "category": entry.entity_category,
                "disabled": entry.disabled_by is not None,
                "state": None if state is None else state.state,
                "attributes": {} if state is None else dict(state.attributes),
            }
        )
    return found


async def answer(hass: core.HomeAssistant, warnings: Warnings, asked: dict[str, Any]) -> Any:  # noqa: ANN401
    """What one line of the other side asks for."""
    if asked["do"] == "states":
        return states(hass)
    if asked["do"] == "devices":
        (entry,) = hass.config_entries.async_entries("mqtt")
        devices = device_registry.async_entries_for_config_entry(device_registry.async_get(hass), entry.entry_id)
        return [{"name": one.name, "identifiers": [list(pair) for pair in one.identifiers]} for one in devices]
    if asked["do"] == "call":
        await hass.services.async_call(asked["domain"], asked["service"], asked["data"], blocking=True)
        return None
    if asked["do"] == "warnings":
        told, warnings.told = warnings.told, []
        return told
    if asked["do"] == "version":
        return const.__version__
    raise ValueError(asked["do"])


async def main() -> None:
    """Answer until stdin ends."""
    warnings = Warnings()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger().addHandler(warnings)
    hass = await start(sys.argv[1], int(sys.argv[2]))
    print(json.dumps({"ready": const.__version__}), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            reply = {"at": time.monotonic(), "value": await answer(hass, warnings, json.loads(line))}
        except Exception as error:  # noqa: BLE001 - whatever it is, the other side is to know
            reply = {"at": time.monotonic(), "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply, default=str), flush=True)
    await hass.async_stop(force=True)


if __name__ == "__main__":
    asyncio.run(main())
