from __future__ import annotations

from pathlib import Path

import pytest

from edge.affect import Language, Sense
from edge.cli.settings import page
from edge.errors import SettingsError
from edge.settings import Settings, load

CONFIGS = Path(__file__).resolve().parents[2] / "firmware_configs"


def write(folder: Path, text: str) -> Path:
    path = folder / "device.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["demo", "pi5-hub", "pi4-coral-hub", "jetson-car", "x86-hub"])
def test_every_board_has_a_valid_file(name: str) -> None:
    assert load(CONFIGS / f"{name}.toml", {}).device.id


def test_only_the_demo_carries_grants() -> None:
    granting = [path.name for path in CONFIGS.glob("*.toml") if load(path, {}).consent.grants]
    assert granting == ["demo.toml"]


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[mqtt]\nhost = "file"\nport = 1\n')
    settings = load(path, {"RAPPORT_MQTT__HOST": "environment", "RAPPORT_MQTT__PORT": "1884"})
    assert (settings.mqtt.host, settings.mqtt.port) == ("environment", 1884)


def test_lists_and_nested_tables_come_from_the_environment_too() -> None:
    environment = {"RAPPORT_CONSENT__GRANTS": '["text"]', "RAPPORT_CAMERA__LIMITS__FULL_PIXELS": "20000"}
    settings = load(None, environment)
    assert settings.consent.grants == (Sense.TEXT,)
    assert settings.camera.limits.full_pixels == 20_000


def test_other_variables_are_left_alone() -> None:
    assert load(None, {"RAPPORT": "1", "RAPPORT_X": "2", "PATH": "/bin"}) == Settings()


def test_without_a_file_there_are_defaults() -> None:
    assert load(None, {}).device.languages == (Language.EN, Language.ZH)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[camera]\nsource = "none"\nwidht = 640\n', ["line 3", "camera.widht", "width"]),
        ("[camera]\nfps = 9000\n", ["line 2", "camera.fps", "9000"]),
        ('[safety]\n\ncontext = "office"\n', ["line 3", "safety.context", "'office'", "'home'"]),
        ("[nonsense]\na = 1\n", ["line 1", "nonsense", "camera"]),
        ('[device]\nid = "küche"\n', ["line 2", "device.id", "küche", "ASCII"]),
        ("[camera.limits]\nfull_pixels = -1\n", ["line 2", "camera.limits.full_pixels", "-1"]),
        ('camera = "0"\n', ["line 1", "camera", "'0'"]),
        ("[mqtt]\nport = true\n", ["mqtt.port"]),
        ('[device]\nlanguages = ["en", "fr"]\n', ["line 2", "device.languages", "'fr'"]),
    ],
)
def test_an_error_names_file_line_key_value_and_what_is_allowed(tmp_path: Path, text: str, told: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(path, {})
    message = str(caught.value)
    assert "device.toml" in message
    for part in told:
        assert part in message


def test_a_wrong_variable_is_named_instead_of_a_line(tmp_path: Path) -> None:
    path = write(tmp_path, "[mqtt]\nport = 1883\n")
    with pytest.raises(SettingsError, match=r"RAPPORT_MQTT__PORT: mqtt\.port.*'soon'"):
        load(path, {"RAPPORT_MQTT__PORT": "soon"})


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"[mqtt\n", "not valid TOML"), (b"\xff\xfe", "not UTF-8"), (b"#" * (1 << 21), "at most")],
)
def test_a_file_that_is_no_settings_file_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "device.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=told):
        load(path, {})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml", {})
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path, {})


def test_every_setting_says_what_it_is() -> None:
    silent = [
        f"{table}.{name}"
        for table, section in Settings.model_fields.items()
        for name, field in section.annotation.model_fields.items()  # type: ignore[union-attr]
        if not (field.title and field.description)
    ]
    assert silent == []


def test_the_page_of_settings_is_what_the_code_says() -> None:
    remedy = "Run: rapport settings > docs/settings.md"
    assert (CONFIGS.parent / "docs" / "settings.md").read_text(encoding="utf-8") == page(), remedy


def test_the_page_names_every_table_and_key() -> None:
    told = page()
    for table, section in Settings.model_fields.items():
        assert f"## [{table}]" in told
        for key in section.annotation.model_fields:  # type: ignore[union-attr]
            assert f"`{key}`" in told or f"[{table}.{key}]" in told
