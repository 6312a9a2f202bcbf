"""Pictures of the model manager, its forms, and the model part of the dock with a network; used by shoot_dock.py."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
SCREENS = ROOT / "build" / "screens"


def shelf():
    from card_maker import make_card, published_card

    from glacier_mapper.core.model_errors import InvalidPackageError
    from glacier_mapper.core.shelf import ModelShelf, Shelved

    home = Path("/home/anna/.local/share/QGIS/QGIS3/profiles/default/glacier_mapper/models")
    broken = InvalidPackageError(model=str(home / "half"), reason="model.json is no JSON: Expecting value: line 1.")
    return ModelShelf(home, (
        Shelved(home / "glavitu-global", published_card()),
        Shelved(home / "glavitu-test", make_card(title="GlaViTU, trained here")),
        Shelved(home / "half", error=broken),
        Shelved(Path("/plugin/models/compact"), make_card("compact", title="Compact"), removable=False),
    ))


def shoot_dialogs(app, label: str) -> None:
    from card_maker import OPTICAL

    from glacier_mapper.core.model_errors import ChecksumError
    from glacier_mapper.core.roles import Role
    from glacier_mapper.core.servers import ServerReport, ServerSetting
    from glacier_mapper.gui.address_dialog import AddressDialog
    from glacier_mapper.gui.keras_dialog import KerasDialog
    from glacier_mapper.gui.models_dialog import ModelsDialog
    from glacier_mapper.gui.server_dialog import ServerDialog

    def shoot(widget, name):
        widget.show()
        for _ in range(4):
            app.processEvents()
        widget.grab().save(str(SCREENS / f"{label}_{name}.png"))

    dialog = ModelsDialog()
    dialog.show_view({*OPTICAL, Role.ELEVATION}, "SVAL")
    dialog.show_shelf(type(shelf())(shelf().home))
    shoot(dialog, "30_models_empty")
    dialog.show_shelf(shelf())
    dialog.list.select("glavitu-global")
    shoot(dialog, "31_models_details")
    dialog.details.verticalScrollBar().setValue(dialog.details.verticalScrollBar().maximum())
    shoot(dialog, "32_models_curve")
    dialog.list.select("half")
    shoot(dialog, "33_models_broken")
    dialog.show_download(11e6, 40e6)
    shoot(dialog, "34_models_busy")
    dialog.show_idle()
    dialog.show_error(ChecksumError(path="/d/model.zip", expected="ab" * 32, found="cd" * 32, model="m", reason=""))
    shoot(dialog, "35_models_error")
    dialog.show_idle()
    dialog.show_check({"package": "glavitu-global", "max_difference": 2.1e-6, "tolerance": 1e-4})
    dialog.resize(640, 460)
    shoot(dialog, "36_models_small")
    dialog.close()
    shoot(AddressDialog(), "37_address")
    form = KerasDialog()
    form.weights.setFilePath("/home/anna/GlaViTU_global.h5")
    shoot(form, "38_keras")
    server = ServerDialog(lambda *_: None, ServerSetting("https://gpu.example.org:8000", "", "/etc/ssl/institute.pem"))
    shoot(server, "39_server")
    server.show_answer(ServerReport("", True, "triton", "2.51.0", ("compact", "glavitu-global")))
    shoot(server, "39_server_answers")


def shoot_teaching(app, label: str, pictures: tuple[str, ...] = ()) -> None:
    """The dialog that teaches, at each of its steps."""
    from qgis.PyQt.QtTest import QTest

    from glacier_mapper.core.errors import Cancelled
    from glacier_mapper.core.progress import Progress, Stage
    from glacier_mapper.core.runner_face import AddOnCondition, AddOnFace, AddOnPlan
    from glacier_mapper.core.teach import TeachFace, TeachResult, TeachSettings
    from glacier_mapper.core.teach_errors import NothingReviewedError
    from glacier_mapper.gui.teach_dialog import TeachDialog

    dialog = TeachDialog()

    def shoot(name):
        dialog.show()
        QTest.qWait(150)
        dialog.grab().save(str(SCREENS / f"{label}_{name}.png"))

    dialog.set_settings(TeachSettings())
    dialog.show_face(TeachFace("Compact (all layers)", 0, 0, 41, NothingReviewedError()))
    shoot("50_teach_nothing_reviewed")
    dialog.show_face(TeachFace("Compact (all layers)", 23, 4, 14))
    shoot("51_teach")
    plan = AddOnPlan(214, 890, 84_000, ("https://pypi.org/simple",))
    dialog.show_add_on(AddOnFace(AddOnCondition.MISSING, plan))
    shoot("52_teach_no_pytorch")
    dialog.show_add_on(AddOnFace(AddOnCondition.READY))
    dialog.show_running()
    dialog.show_progress(Progress(Stage.TRAINING, 180, 420, 0.4, 170.0))
    shoot("53_teach_running")
    dialog.show_error(Cancelled())
    shoot("54_teach_cancelled")
    before = {"iou": 0.612, "precision": 0.704, "recall": 0.823, "ece": 0.08}
    after = {"iou": 0.744, "precision": 0.861, "recall": 0.845, "ece": 0.04}
    result = TeachResult("/m", "m", "t", "compact", before, after, 412.0, 88.2, 130.5, 420, 291.0, True, pictures)
    dialog.show_result(result, "Compact (all layers), taught 2026-11-28")
    dialog.show_note("Outlines were changed meanwhile. Teach once more to use that, too.")
    shoot("55_teach_result")
    dialog.hide()
    dialog.deleteLater()


def shoot_network(studio) -> None:
    from glacier_mapper.core.devices import Device
    from glacier_mapper.core.messages import Message
    from glacier_mapper.core.servers import ServerSetting

    dock, models = studio.dock, shelf()
    dock.show_models(models.infos(), models.cards())
    dock.set_model("glavitu-global")
    dock.show_region("SVAL")
    dock.map.layers_section.set_open(False)
    studio.shoot("40_network")
    dock.show_devices([
        Device("cpu", "Processor (CPU), 2 threads", chosen=True),
        Device("cuda", "NVIDIA graphics card (CUDA)", False, Message("onnxruntime was built without it.")),
    ])
    dock.show_servers([ServerSetting("https://gpu.example.org:8000")])
    dock.map.model.network.section.set_open(True)
    studio.shoot("41_network_advanced", height=820)
    dock.set_device("https://gpu.example.org:8000")
    dock.map.model.network.symmetries.setChecked(True)
    studio.shoot("42_network_server", 320, 820)
    dock.set_device("https://other.example.org:8000")
    dock.set_model("glavitu-2030")
    studio.shoot("43_network_absent", 320, 820)
