"""What a VRT shows, and what its files agree on."""

from __future__ import annotations

import pytest

from glacier_mapper.core.guess import BandDescription
from glacier_mapper.core.mosaic import MOST_FILES, BandFacts, SourceBand, agreed, source_bands


def vrt(*bands):
    return f"<VRTDataset>{''.join(bands)}</VRTDataset>"


def source(name, band=1, relative=1, more="", kind="SimpleSource"):
    return (
        f'<{kind}><SourceFilename relativeToVRT="{relative}">{name}</SourceFilename>'
        f"<SourceBand>{band}</SourceBand>{more}</{kind}>"
    )


def band(*sources, attributes=""):
    return f"<VRTRasterBand {attributes}><NoDataValue>0</NoDataValue>{''.join(sources)}</VRTRasterBand>"


def test_each_band_with_its_files():
    xml = vrt(band(source("a.tif", 2), source("/far/b &amp; c.tif", 3, relative=0)), band(source("../d.tif")))
    assert source_bands(xml, "/here/m.vrt") == [
        [SourceBand("/here/a.tif", 2), SourceBand("/far/b & c.tif", 3)], [SourceBand("/here/../d.tif", 1)],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "as_stored"),
    [("<NODATA>0</NODATA>", True), ("<ScaleRatio>2</ScaleRatio>", False), ("<LUT>0:0,1:9</LUT>", False)],
)
def test_numbers_that_are_changed_on_the_way_are_told(more, as_stored):
    [[found]] = source_bands(vrt(band(source("a.tif", more=more, kind="ComplexSource"))), "m.vrt")
    assert found.as_stored is as_stored


@pytest.mark.parametrize("xml", ["", "no xml", "<VRTDataset>", "<VRTDataset/>", "<a><VRTRasterBand/></a>"])
def test_what_is_no_mosaic_has_no_bands(xml):
    assert not any(source_bands(xml, "m.vrt"))


@pytest.mark.parametrize(
    "odd",
    [
        band(source("a.tif"), attributes='subClass="VRTDerivedRasterBand"'),
        band("<SimpleSource><SourceBand>1</SourceBand></SimpleSource>"),
        band(source("a.tif", band="mask,1")),
    ],
    ids=["computed", "without a file", "a mask"],
)
def test_a_band_that_is_no_plain_mosaic_has_no_files(odd):
    assert source_bands(vrt(odd), "m.vrt") == [[]]


def test_a_mosaic_of_very_many_files_is_left_alone():
    many = [source(f"{number}.tif") for number in range(MOST_FILES + 1)]
    assert source_bands(vrt(band(*many)), "m.vrt") == []
    assert len(source_bands(vrt(band(*many[1:])), "m.vrt")[0]) == MOST_FILES


A = BandFacts("red", "DN", 1e-4, -0.1, "2021-08-30", {"SENSOR": "MSI", "TILE": "32TPT"})


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (A, A),
        (BandFacts("red", "DN", 1e-4, -0.1, "2021-08-30", {"SENSOR": "MSI", "TILE": "32TPS"}),
         BandFacts("red", "DN", 1e-4, -0.1, "2021-08-30", {"SENSOR": "MSI"})),
        (BandFacts("red", "DN", 1e-4, 0.0, "2021-09-04"), BandFacts("red", "DN")),
        (BandFacts("nir", "DN", 1e-4, -0.1), BandFacts("", "DN", 1e-4, -0.1)),
        (BandFacts(), BandFacts()),
    ],
    ids=["alike", "two tiles", "two days and offsets", "two names", "one says nothing"],
)  # fmt: skip
def test_only_what_all_say_is_taken(other, expected):
    plain = [SourceBand("a", 1), SourceBand("b", 1)]
    assert agreed([A, other], plain) == expected
    assert agreed([other, A], plain) == expected


def test_a_scale_is_not_that_of_changed_numbers():
    assert agreed([A], [SourceBand("a", 1, as_stored=False)]) == BandFacts("red", "DN", 1, 0, A.date, A.tags)
    assert agreed([], []) == BandFacts()


def test_the_mosaics_own_word_goes_before():
    own = BandDescription("l", "m", "m.vrt", 1, 1, description="nir", metadata={"TILE": "all", "DATE": "2020-01-01"})
    full = A.added_to(own)
    assert (full.description, full.unit) == ("nir", "DN")
    assert full.metadata == {"SENSOR": "MSI", "TILE": "all", "DATE": "2020-01-01"}
    assert A.added_to(BandDescription("l", "m", "m.vrt", 1, 1)).metadata["DATE_ACQUIRED"] == "2021-08-30"
