"""Every picture is well-formed XML with titles and roles, whatever its frames are called. flamegraph_xml_test.py WRITER"""
import json
import sys
import xml.etree.ElementTree

from pictures import written

SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 2_000_000


def check(path):
    text = path.read_bytes()
    assert len(text) < MOST_BYTES, f"{path.name}: {len(text)} bytes"
    root = xml.etree.ElementTree.fromstring(text)
    assert root.tag == SVG + "svg" and root.get("role"), path.name
    ids = {element.get("id") for element in root.iter()}
    assert root.get("aria-labelledby") in ids and root.get("aria-describedby") in ids, path.name
    scripts = root.findall(SVG + "script")
    assert len(scripts) == 2, f"{path.name}: {len(scripts)} scripts"
    json.loads(scripts[0].text)
    frames = root.findall(f".//{SVG}g[@id='drawing']//{SVG}svg[@role='img']")
    assert all(frame.find(SVG + "title").text for frame in frames), path.name
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on") and "http" not in value, f"{path.name}: {name}={value}"
    return frames


def main():
    with written() as folder:
        frames = {path.name: check(path) for path in sorted(folder.glob("*.svg"))}
    assert len(frames["empty.svg"]) == 0
    assert len(frames["small.svg"]) > 5
    assert 100 < len(frames["big.svg"]) <= 900
    titles = [frame.find(SVG + "title").text for frame in frames["hostile.svg"]]
    assert any(title.startswith("</script><script>window.hostile") for title in titles), titles
    assert any("漢字" in title for title in titles)
    print(f"{len(frames)} pictures are well-formed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
