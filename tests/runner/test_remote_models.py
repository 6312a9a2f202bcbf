"""A server's model against the package's card: what fits, and the difference in words where it does not."""

from __future__ import annotations

import numpy as np
import pytest
from remote_helpers import LocalPredictor, LoopbackServer, asked, binary_answer, feeds_of, never_local
from tiny_networks import tiny_card, tiny_package

from glacier_mapper.core.model_card import Location
from glacier_mapper.core.model_errors import ServerAnswerError, ServerModelError
from glacier_mapper.runner.models import remote, remote_access
from glacier_mapper.runner.models.input_shapes import served_shapes
from glacier_mapper.runner.models.package import open_package
from glacier_mapper.runner.models.remote import describe_server, open_remote
from glacier_mapper.runner.models.remote_models import compare
from glacier_mapper.runner.models.remote_probe import probe_of


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.setattr(remote, "_known", {})


def tensor(name, *shape, datatype="FP32"):
    return {"name": name, "datatype": datatype, "shape": list(shape)}


def metadata(*inputs, output=("probabilities", -1, 2, 384, 384)):
    return {"inputs": list(inputs), "outputs": [tensor(*output)] if output else []}


OPTICAL, DEM = tensor("optical", -1, 6, 384, 384), tensor("dem", -1, 2, 384, 384)
CARD = tiny_card(("optical", "dem"), side=384)


@pytest.mark.parametrize(
    ("said", "most"),
    [
        (metadata(OPTICAL, DEM), 256),
        (metadata(DEM, OPTICAL), 256),
        (metadata(tensor("optical", -1, 6, -1, -1), tensor("dem", -1, 2, -1, -1), output=("p", -1, -1, -1, -1)), 256),
        (metadata(tensor("optical", 1, 6, 384, 384), tensor("dem", 1, 2, 384, 384)), 1),
        (metadata(output=None), 256),
        ({"name": "tiny", "inputs": None}, 256),
        (metadata(OPTICAL, DEM, output=None), 256),
    ],
    ids=["same", "another-order", "free-sides", "one-patch", "nothing-said", "null", "no-outputs"],
)
def test_what_fits(said, most):
    assert compare(said, CARD) == ("", most)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (metadata(OPTICAL), "its inputs are optical, and the package's dem, optical."),
        (metadata(OPTICAL, DEM, tensor("thermal", -1, 1, 384, 384)),
         "its inputs are dem, optical, thermal, and the package's dem, optical."),
        (metadata(tensor("optical", -1, 5, 384, 384), DEM),
         "its input “optical” has the shape [-1, 5, 384, 384], and the package's [-1, 6, 384, 384]."),
        (metadata(OPTICAL, tensor("dem", -1, 2, 256, 256)),
         "its input “dem” has the shape [-1, 2, 256, 256], and the package's [-1, 2, 384, 384]."),
        (metadata(tensor("optical", -1, 384, 384, 6), DEM),
         "its input “optical” has the shape [-1, 384, 384, 6], and the package's [-1, 6, 384, 384]."),
        (metadata(tensor("optical", 6, 384, 384), DEM),
         "its input “optical” has the shape [6, 384, 384], and the package's [-1, 6, 384, 384] with the batch first."),
        (metadata(tensor("optical", -1, 6, 384, 384, datatype="FP16"), DEM),
         "its input “optical” is of the type FP16, and the package's of FP32."),
        (metadata(tensor("optical", 4, 6, 384, 384), DEM),
         "its input “optical” takes batches of 4 patches alone; serve it with a free batch, or with 1."),
        (metadata(OPTICAL, DEM, output=("probabilities", -1, 3, 384, 384)),
         "its output “probabilities” has the shape [-1, 3, 384, 384], and the package's [-1, 2, 384, 384]."),
        (metadata(OPTICAL, DEM, output=("probabilities", -1, 2, 96, 96)),
         "its output “probabilities” has the shape [-1, 2, 96, 96], and the package's [-1, 2, 384, 384]."),
        (metadata({"name": "optical", "datatype": "FP32", "shape": "?"}, DEM),
         "its input “optical” has the shape ?, and the package's [-1, 6, 384, 384] with the batch first."),
        (metadata({"name": "optical"}, DEM), "its input “optical” is of the type None, and the package's of FP32."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(said, reason):
    assert compare(said, CARD)[0] == reason


@pytest.mark.parametrize(("location", "length"), [(Location.REGION, 12), (Location.COORDINATES, 4)])
def test_a_location_is_an_input_too(location, length):
    card = tiny_card(("optical",), side=None, location=location)
    assert served_shapes(card) == {"optical": [-1, 6, -1, -1], "location": [-1, length]}


def test_a_network_of_free_side_is_asked_in_the_card_s_patches():
    card = tiny_card(("optical",), side=None)
    said = {"inputs": [tensor("optical", -1, 6, 256, 256)]}
    assert compare(said, card)[0] == (
        "its input “optical” has the shape [-1, 6, 256, 256], and the package's [-1, 6, 64, 64]."
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return tiny_package(tmp_path_factory.mktemp("models") / "tiny", side=32)


def opened(package, url, **network):
    return open_remote(package, asked(url, on_server_loss="stop", **network), never_local)


def test_a_model_that_the_server_lacks_is_named(package, tmp_path):
    other = tiny_package(tmp_path / "other", side=32)
    with LoopbackServer(package) as server, pytest.raises(ServerModelError, match="“other”.*no model of that name"):
        opened(other, server.url)


def test_a_model_that_is_loading_is_told_apart_from_a_missing_one(package):
    with LoopbackServer(package) as server:
        server.fault = lambda call: call.path.endswith("/ready") and call.send(400, b'{"error": "loading"}')
        with pytest.raises(ServerModelError, match=r"there and not ready \(loading \(HTTP 400\)\)"):
            opened(package, server.url)


def test_metadata_of_another_network_are_refused_before_any_patch_is_sent(package):
    with LoopbackServer(package, metadata={"inputs": [tensor("image", -1, 3, 224, 224)]}) as server:
        with pytest.raises(ServerModelError, match="its inputs are image, and the package's dem, optical"):
            opened(package, server.url)
        assert server.inferences == 0


def test_other_weights_under_the_same_name_are_found_by_the_golden_sample(package, tmp_path):
    impostor = tiny_package(tmp_path / "tiny", side=32, bias=1.0)
    with LoopbackServer(impostor) as server, pytest.raises(ServerModelError, match="these are other weights"):
        opened(package, server.url)


def test_reduced_precision_is_let_through_with_a_note(package):
    with LoopbackServer(package) as server:
        probe = probe_of(package, served_shapes(package.card))
        moved = np.where(probe.answer[:, :1] > 0.5, np.float32(-0.01), np.float32(0.01))  # classes still sum to 1
        head, tensor_ = binary_answer(probe.answer + np.concatenate([moved, -moved], axis=1))
        server.fault = lambda call: call.number and call.send(
            200, head + tensor_, Inference_Header_Content_Length=len(head)
        )
        predictor = opened(package, server.url, batch=1)
        predictor.close()
    assert [str(note) for note in predictor.notes] == [
        f"The model server {server.url} differs by 0.01 from the package's own sample; it may compute in reduced "
        "precision."
    ]


def test_nan_for_the_sample_is_another_network(package):
    with LoopbackServer(package) as server:
        head, tensor_ = binary_answer(np.full((1, 2, 32, 32), np.nan, np.float32))
        server.fault = lambda call: call.number and call.send(
            200, head + tensor_, Inference_Header_Content_Length=len(head)
        )
        with pytest.raises(ServerModelError, match="differ by inf"):
            opened(package, server.url)


def test_the_probe_is_the_golden_sample_and_noise_where_there_is_none(package, tmp_path):
    shapes = served_shapes(package.card)
    with np.load(package.golden_path) as golden:
        probe = probe_of(package, shapes)
        assert np.array_equal(probe.feeds["dem"], golden["input_dem"])
        assert np.array_equal(probe.answer, golden["output"])
    bare = tiny_package(tmp_path / "bare", ("optical",), card={"golden": "", "location": Location.REGION})
    noise = probe_of(bare, served_shapes(bare.card))
    shapes = {name: array.shape for name, array in noise.feeds.items()}
    assert shapes == {"optical": (1, 6, 64, 64), "location": (1, 12)}
    assert noise.feeds["location"].sum() == pytest.approx(1.0)
    assert noise.difference(np.zeros((1, 2, 64, 64), np.float32)) == 0.0
    assert noise.bytes_each == 4 * (6 * 64 * 64 + 12)
    assert noise.repeated(3)["optical"].shape == (3, 6, 64, 64)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 rubbish"])
def test_a_broken_sample_is_no_reason_to_stop(package, tmp_path, content):
    copied = tiny_package(tmp_path / "tiny", side=32)
    copied.golden_path.write_bytes(content)
    assert probe_of(open_package(copied.folder), served_shapes(copied.card)).answer is None


def test_a_changed_sample_proves_nothing(tmp_path):
    """It still can be read, and some other network could give its answer."""
    made = tiny_package(tmp_path / "tiny", side=32)
    assert probe_of(made, served_shapes(made.card)).answer is not None
    with np.load(made.golden_path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(made.golden_path, **{**arrays, "output": 1 - arrays["output"]})
    assert probe_of(open_package(made.folder), served_shapes(made.card)).answer is None


def test_a_server_of_json_alone_is_asked_so_and_the_user_told(package):
    with LoopbackServer(package, binary=False) as server:
        predictor = opened(package, server.url)
        assert [str(note) for note in predictor.notes] == [
            f"The model server {server.url} takes numbers as text only (JSON), which is many times slower than binary."
        ]
        refused = [one for one in server.seen_headers if "Inference-Header-Content-Length" in one]
        feeds = feeds_of(package, 2)
        assert np.abs(predictor.infer(feeds) - LocalPredictor(package).infer(feeds)).max() <= 1e-6
        assert len(refused) == 1
        predictor.close()


def test_the_batch_stays_within_what_the_server_takes(package):
    with LoopbackServer(package, max_batch=2) as server:
        predictor = opened(package, server.url, batch=16)
        assert predictor.batch == 2
        predictor.close()


def test_credentials_on_an_open_line_are_told_to_the_user(package, monkeypatch):
    with LoopbackServer(package) as server:
        monkeypatch.setattr(remote_access.ServerAddress, "is_loopback", False)
        monkeypatch.setenv("no_proxy", "*")
        remote_access.remember_credentials(server.url, {"Authorization": "Bearer abcdef"})
        predictor = opened(package, server.url)
        predictor.close()
    assert "unencrypted" in str(predictor.notes[0])


def test_the_next_run_asks_what_may_have_changed_alone_the_model_and_its_answer_to_the_sample(package, monkeypatch):
    with LoopbackServer(package, binary=False) as server:
        first = opened(package, server.url)
        asked_for = server.inferences
        assert asked_for > 1
        second = opened(package, server.url)
        feeds = feeds_of(package)
        assert np.array_equal(first.infer(feeds), second.infer(feeds))
        assert server.inferences == asked_for + 3
        assert (second.slots, second.batch, second.notes) == (first.slots, first.batch, first.notes)
        monkeypatch.setattr(remote, "KNOWN_S", 0.0)
        third = opened(package, server.url)
        assert server.inferences > asked_for + 5
        for one in (first, second, third):
            one.close()
        server.fault = lambda call: call.path == "/v2/models/tiny" and call.send(404)
        with pytest.raises(ServerModelError):
            opened(package, server.url)


@pytest.mark.parametrize(
    ("answer", "models"),
    [
        (b'[{"name":"glavitu","version":"2","state":"READY"},{"name":"old","version":"1","state":"UNAVAILABLE",'
         b'"reason":"unloaded"},{"name":"bare"}]',
         [{"name": "glavitu", "version": "2", "ready": True}, {"name": "old", "version": "1", "ready": False},
          {"name": "bare", "version": "", "ready": True}]),
        (b"[]", []),
        (b'{"models": 3}', []),
        (b"[1, null]", []),
        (b"\xff", []),
    ],
    ids=["triton", "empty", "object", "numbers", "garbage"],
)  # fmt: skip
def test_a_repository_is_listed_where_the_server_has_one(package, answer, models):
    with LoopbackServer(package) as server:
        server.fault = lambda call: call.path == "/v2/repository/index" and call.send(200, answer)
        assert describe_server(server.url)["models"] == models


def test_what_a_server_says_of_itself_is_not_trusted(package):
    said = b'{"name": "a\\nb", "version": ["1"], "extensions": "x"}'
    with LoopbackServer(package) as server:
        server.fault = lambda call: call.path == "/v2" and call.send(200, said)
        described = describe_server(server.url)
        server.fault = lambda call: call.path == "/v2" and call.send(404)
        with pytest.raises(ServerAnswerError, match="nothing at /v2"):
            describe_server(server.url)
        server.fault = lambda call: call.path == "/v2" and call.send(200, b"[]")
        with pytest.raises(ServerAnswerError, match="no JSON object at /v2"):
            describe_server(server.url)
    assert (described["name"], described["version"], described["extensions"]) == ("a b", "['1']", [])
