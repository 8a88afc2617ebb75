"""`till mirror`: chosen, told when it is out, healed."""

import os


def test_a_mirror_is_set_told_and_healed(company, tmp_path):
    data, disk = company.copy(tmp_path), tmp_path / "disk"
    text = company.till("mirror", "set", disk, data=data).text
    assert "is kept in" in text
    assert "till's own disk" in text  # the tests have one disk
    (lines,) = disk.glob("*.journal")
    whole = lines.read_bytes()
    lines.write_bytes(whole[:-200])
    found = company.till("mirror", "heal", "--json", data=data).json
    assert found["mirror_lacked"] + len(found["mirror_damaged"]) > 0
    assert lines.read_bytes() == whole
    text = company.till("mirror", "heal", data=data).text
    assert f"All {found['entries']} entries are on both disks" in text
    os.rename(disk, tmp_path / "out")
    status = company.till("status", data=data).text
    assert "it is not there" in status or "disk is out" in status
    refused = company.till("mirror", "heal", data=data)
    assert refused.code == 4
    assert "mirror is not there" in refused.text
    os.rename(tmp_path / "out", disk)
    assert "mirror" not in company.till("status", data=data).text


def test_a_till_whose_disk_is_gone_goes_on_from_the_second_disk(company, tmp_path):
    data, disk = company.copy(tmp_path), tmp_path / "disk"
    opening = ("account", "open", "--number", "A5", "--name", "x", "--meter", "M5", "--limit", "3")
    assert "nothing locks them" in company.till("mirror", "set", disk, data=data).text
    assert company.till("mirror", "set", disk, "--with-keys", "--json", data=data).json["keys"]
    refused = company.till("mirror", "take-over", data=data)
    assert refused.code == 4
    assert "can be written" in refused.text
    for path in data.iterdir():
        if path.name != "seat.json":
            os.rename(path, tmp_path / path.name)
    text = company.till("mirror", "take-over", data=data).text
    assert "goes on in" in text
    assert "It sells nothing yet" in text
    assert company.till(*opening, data=data).code == 3
    assert company.till("sync", data=data).code == 0
    assert company.till(*opening, data=data).code == 0
    assert "on both disks" in company.till("mirror", "heal", data=data).text
