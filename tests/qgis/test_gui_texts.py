"""Numbers and messages as the user reads them."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

from glacier_mapper.core.devices import Device
from glacier_mapper.core.errors import RunnerMissingError
from glacier_mapper.core.messages import Message
from glacier_mapper.core.roles import Role
from glacier_mapper.core.speed import Speed
from glacier_mapper.gui import texts
from glacier_mapper.gui.device_panel import DevicePanel
from glacier_mapper.gui.fit_texts import alternatives_text, needs_sentence


@pytest.fixture(autouse=True)
def english(qgis_app):
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "under 1 s"), (1, "1 s"), (12.4, "12 s"), (75, "1 min 15 s"), (3600, "1 h 0 min"), (5400, "1 h 30 min")],
)
def test_durations_are_no_finer_than_an_estimate_deserves(seconds, text):
    assert texts.duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.34, "0.3 s"), (6.34, "6.3 s"), (75.2, "1 min 15 s")])
def test_measured_times_have_a_decimal_while_they_are_short(seconds, text):
    assert texts.seconds_taken(seconds) == text


@pytest.mark.parametrize(("mb", "text"), [(0.2, "1 MB"), (40, "40 MB"), (999, "999 MB"), (1500, "1.5 GB")])
def test_sizes(mb, text):
    assert texts.megabytes(mb) == text


@pytest.mark.parametrize(
    ("count", "text"), [(40_000, "0.04 Mpx"), (1_200_000, "1.2 Mpx"), (120_560_400, "121 Mpx")]
)
def test_pixels(count, text):
    assert texts.pixels(count) == text


def test_numbers_follow_the_country():
    QLocale.setDefault(QLocale("de_DE"))
    assert texts.number(1234.5, 1) == "1.234,5"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("CPU, 1 thread", "CPU, 1 hilo"),
        ("CPU, 12 threads", "CPU, 12 hilos"),
        ("Processor (CPU), 2 threads", "Procesador (CPU), 2 hilos"),
        ("NVIDIA H100", "NVIDIA H100"),
    ],
)
def test_the_device_is_said_in_the_users_language(spanish, said, shown):
    assert texts.device(said) == shown


def test_the_speed_and_a_note_say_the_device_in_the_users_language(spanish):
    assert texts.speed(Speed(25.0, "Processor (CPU), 2 threads")) == "25 teselas/s en Procesador (CPU), 2 hilos"
    note = "{device} can't be used, so the processor computes. {reason}"
    told = texts.translated(Message(note, {"device": "NVIDIA graphics card (CUDA)", "reason": ""}))
    assert "Tarjeta gráfica NVIDIA (CUDA)" in told


def test_a_device_of_the_runner_is_offered_in_the_users_language(spanish):
    panel = DevicePanel()
    panel.show_devices([
        Device("cpu", "Processor (CPU), 2 threads"), Device("cuda", "NVIDIA graphics card (CUDA)", chosen=True),
    ])  # fmt: skip
    entries = [panel.combo.itemText(place) for place in range(panel.combo.count())]
    assert entries[0].endswith("Tarjeta gráfica NVIDIA (CUDA)")
    assert entries[1:] == ["Procesador (CPU), 2 hilos", "Tarjeta gráfica NVIDIA (CUDA)"]
    panel.deleteLater()


def test_messages_are_filled_in_and_never_raise():
    assert texts.translated(Message("{a} and {b}", {"a": 1, "b": 2})) == "1 and 2"
    assert texts.translated(Message("{missing}")) == "{missing}"


def test_the_template_is_translated_before_it_is_filled_in():
    class German(QTranslator):
        def isEmpty(self):
            return False

        def translate(self, context, source, disambiguation=None, n=-1):
            known = {("guess", "The band is called “{text}”."): "Das Band heißt „{text}“."}
            return known.get((context, source))

    german = German()
    QCoreApplication.installTranslator(german)
    try:
        assert texts.translated(Message("The band is called “{text}”.", {"text": "rot"})) == "Das Band heißt „rot“."
    finally:
        QCoreApplication.removeTranslator(german)


def test_errors_name_the_remedy():
    assert texts.error_text(RunnerMissingError()).endswith("Click “Install model runner” in the Glacier Mapper panel.")


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_every_role_has_a_long_and_a_short_name(role):
    assert len(texts.short_role_label(role)) <= 13
    assert texts.role_label(role)


@pytest.mark.parametrize(
    ("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_enumerations(parts, text):
    assert texts.enumeration(parts, " or ") == text


@pytest.mark.parametrize(
    ("sets", "text"),
    [
        ([{Role.GREEN, Role.SWIR1}], "Green and SWIR 1"),
        ([{Role.RED, Role.SWIR1}, {Role.GREEN, Role.SWIR1}], "SWIR 1 and Green or Red"),
        ([{Role.RED, Role.SWIR1}, {Role.ELEVATION}], "Elevation or Red and SWIR 1"),
        ([{Role.ELEVATION}, {Role.ELEVATION, Role.RED}], "Elevation"),
        ([{Role.GREEN, Role.RED, Role.NIR}, {Role.BLUE, Role.RED}], "Red and Blue or Green and Near infrared"),
        ([], ""),
    ],
)
def test_alternatives_are_told_without_mixing_them(sets, text):
    assert alternatives_text(sets) == text


def test_of_many_alternatives_the_smallest_are_named():
    text = alternatives_text([{Role.GREEN, Role.RED, Role.NIR}, {Role.THERMAL}, {Role.ELEVATION}, {Role.CO_POL}])
    assert text == "Elevation, Co-pol or Thermal"


def test_a_model_that_takes_any_of_several_kinds_says_so():
    needs = [{Role.GREEN, Role.SWIR1}, {Role.ELEVATION}, {Role.THERMAL}, {Role.CO_POL}]
    assert needs_sentence(needs) == "Takes what there is of its bands; the more, the better."
    assert needs_sentence(needs[:2]) == "Needs Elevation or Green and SWIR 1."
