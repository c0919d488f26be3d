"""What a reader does with a flamegraph, done in headless Chromium. flamegraph_browser_test.py WRITER"""
import re
import shutil
import sys
import unittest

from chromium import Chromium
from pictures import written

MOST_NODES = 20_000  # elements of the big picture: only what is in sight is drawn
LEAST_CONTRAST = 4.5

LABELS = "[...document.querySelectorAll('.call')].map((e) => e.getAttribute('aria-label'))"
FOCUSED = "document.activeElement.getAttribute('aria-label')"
FOUND = "document.querySelector('.found').textContent"
DETAILS = "document.querySelector('.details').textContent"
# How much of the chart is hidden below its window.
BELOW = "(({scrollHeight, clientHeight, scrollTop}) => scrollHeight - clientHeight - scrollTop)(document.querySelector('.chart'))"
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"
# Of each label: its colour against its frame's, as the frame's shade lies over the page's colour.
CONTRASTS = """(() => {
  const parse = (text) => (text.match(/[0-9.]+/g) ?? []).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const page = parse(getComputedStyle(document.querySelector('.app')).backgroundColor);
  const over = (front, back, alpha) => back.map((c, i) => front[i] * alpha + c * (1 - alpha));
  const stripe = getComputedStyle(document.querySelector('.stripe'));
  return [...document.querySelectorAll('.call')].filter((e) => e.querySelector('text')).flatMap((call) => {
    const frame = getComputedStyle(call.querySelector('.frame'));
    const ink = luminance(parse(getComputedStyle(call.querySelector('text')).fill));
    const plain = over(parse(frame.fill), page, Number(frame.fillOpacity));
    const striped = over(parse(stripe.fill), plain, Number(stripe.fillOpacity));
    return [plain, striped].map(luminance).map((ground) =>
      (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05));
  });
})()"""


class FlamegraphTest(unittest.TestCase):
    def open(self, name, link="", **options):
        page = self.browser.page(**options)
        page.open(f"file://{self.folder}/{name}{link}")
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.problems, []))
        return page

    def press(self, page, keys):
        for key in keys:
            page.press(key)

    def test_search_counts_each_stack_once(self):
        page = self.open("small.svg")
        page.press("f", ctrl=True)
        page.type("^Decode")
        # 650 of 1930 ms, although DecodeInteger is called by DecodeRow
        self.assertRegex(page.run(FOUND), r"^33\.7% · 2 frames · 309 samples$")
        self.assertIn("s=%5EDecode", page.run("location.hash"))
        page.press("Escape")
        self.assertEqual(page.run(FOUND), "")
        page.press("Escape")
        page.press("/")
        page.type("(")
        self.assertEqual(page.run("document.querySelector('input').getAttribute('aria-invalid')"), "true")

    def test_search_finds_files_and_images(self):
        page = self.open("small.svg")
        page.press("/")
        page.type("codec.cpp|liblz4")
        self.assertIn("2 frames", page.run(FOUND))
        page.press("Enter")
        self.assertIn("liblz4.so.1", page.run(DETAILS))

    def test_keyboard_moves_and_zooms(self):
        page = self.open("small.svg")
        page.run("document.querySelector('[tabindex=\"0\"].call').focus()")
        self.press(page, ["ArrowUp"])
        self.assertRegex(page.run(FOCUSED), "^main, 91.7%")
        self.press(page, ["ArrowUp", "ArrowUp"])
        self.assertRegex(page.run(FOCUSED), "^do_syscall_64")
        self.press(page, ["ArrowRight"])
        self.assertRegex(page.run(FOCUSED), "^DecodeRow")
        self.press(page, ["Enter"])
        self.assertIn("100.0% of the zoomed frame", page.run(DETAILS))
        self.assertNotIn("CopyOneRowTo, 7.8%", page.run(LABELS))
        self.press(page, ["ArrowDown"])
        self.assertRegex(page.run(FOCUSED), r"Stage::Run\(\)")
        self.press(page, ["Escape"])
        self.assertEqual(page.run("location.hash"), "")
        self.assertIn("CopyOneRowTo, 7.8%", page.run(LABELS))
        self.assertRegex(page.run(FOCUSED), "^DecodeRow")

    def test_escape_takes_one_step_back(self):
        page = self.open("small.svg")
        page.run("document.querySelector('[tabindex=\"0\"].call').focus()")
        self.press(page, ["ArrowUp", "Enter"])
        outer = page.run("location.hash")
        self.press(page, ["ArrowUp", "Enter"])
        self.assertNotIn(page.run("location.hash"), ("", outer))
        page.press("i")
        page.press("f")
        page.run("document.querySelector('[tabindex=\"0\"].call').focus()")
        page.press("Escape")
        self.assertEqual(page.run("location.hash"), outer)
        page.press("Escape")
        self.assertEqual(page.run("location.hash"), "")
        page.press("Escape")
        self.assertEqual(page.run("location.hash"), "")

    def test_keyboard_keeps_its_place_out_of_sight(self):
        page = self.open("deep.svg", height=420)
        page.run("document.querySelector('[tabindex=\"0\"].call').focus()")
        self.press(page, ["ArrowUp"] * 40 + ["Enter", "Escape"])
        self.assertEqual(page.run("document.activeElement.getAttribute('aria-level')"), "41")
        page.run(f"document.querySelector('.chart').scrollTop = 9999, {PAINTED}")
        page.press("ArrowDown")
        self.assertEqual(page.run("document.activeElement.getAttribute('aria-level')"), "40")
        page.run(f"document.querySelector('.chart').scrollTop = 0, {PAINTED}")
        page.press("Home")
        self.assertEqual(page.run("document.activeElement.getAttribute('aria-level')"), "1")
        self.assertEqual(page.run(BELOW), 0)

    def test_the_bottom_stays_when_the_window_changes(self):
        page = self.open("deep.svg", height=500)
        self.assertEqual(page.run(BELOW), 0)
        for below in (0, 90):
            page.run(f"document.querySelector('.chart').scrollTop -= {below}, {PAINTED}")
            for height in (560, 620, 500, 450, 500):
                page.resize(1200, height)
                page.run(PAINTED)
                self.assertEqual(page.run(BELOW), below, f"at a height of {height}")

    def test_link_to_a_frame_survives_reloading(self):
        page = self.open("small.svg")
        box = page.run("(() => { const b = [...document.querySelectorAll('.call')].find((e) => "
                       "e.textContent.startsWith('DecodeRow')).getBoundingClientRect(); return [b.x + 9, b.y + 9]; })()")
        page.move(*box)
        self.assertIn("copy_decoder.cpp:12", page.run(DETAILS))
        page.click(*box)
        link = page.run("location.hash")
        self.assertRegex(link, "^#x=[0-9a-f]{16}$")
        page.reload()
        self.assertEqual(page.run("location.hash"), link)
        self.assertIn("DecodeRow", page.run(DETAILS))
        other = self.open("small.svg", link + "&state=on&icicle=true")
        self.assertIn("DecodeRow", other.run(DETAILS))
        self.assertEqual(other.run("document.querySelectorAll('button[aria-pressed=true]')[0].textContent"), "On-CPU")
        self.open("small.svg", "#x=0123456789abcdef&state=nonsense&s=%25")  # no problem either

    def test_toggles(self):
        page = self.open("small.svg")
        self.assertIn("on CPU 61.1%", page.run(DETAILS))
        page.press("1")
        self.assertNotIn("blocked", page.run(DETAILS))
        page.press("2")
        self.assertIn("blocked 93.3%", page.run(DETAILS))
        self.assertEqual(page.run("document.querySelectorAll('.call .hatch').length > 0"), True)
        page.press("3")
        page.press("t")
        self.assertIn("source (100), 34.7%", page.run(LABELS))
        page.press("m")
        page.press("r")
        self.assertIn("do_syscall_64, 41.5%", page.run(LABELS))
        upright = page.run("document.querySelector('[aria-level=\"1\"] rect').getAttribute('y')")
        page.press("i")
        self.assertEqual(page.run("document.querySelector('[aria-level=\"1\"] rect').getAttribute('y')"), "0")
        self.assertNotEqual(upright, "0")
        self.assertEqual(page.run("location.hash"), "#icicle=true&reverse=true")

    def test_dark_and_light_can_be_read(self):
        grounds = set()
        for dark in (False, True):
            for name in ("small.svg", "difference.svg"):
                page = self.open(name, dark=dark)
                grounds.add(page.run("getComputedStyle(document.querySelector('.app')).backgroundColor"))
                self.assertGreaterEqual(min(page.run(CONTRASTS)), LEAST_CONTRAST, f"{name}, dark: {dark}")
        self.assertEqual(len(grounds), 2)

    def test_nothing_stands_outside_of_a_narrow_window(self):
        page = self.open("small.svg", width=700, height=600)
        self.assertEqual(page.run("""[...document.querySelectorAll('.app *')].filter((e) => {
            const b = e.getBoundingClientRect();
            return b.width > 0 && (b.right > innerWidth + 1 || b.left < -1);
          }).map((e) => e.tagName + '.' + e.getAttribute('class'))"""), [])
        self.assertEqual(page.run("""[...document.querySelectorAll('.call')].filter((e) => e.querySelector('text') &&
            e.querySelector('text').getBoundingClientRect().right > e.querySelector('rect').getBoundingClientRect().right
          ).length"""), 0)

    def test_readable_without_javascript(self):
        page = self.open("small.svg", javascript=False)
        document = page.command("DOM.getDocument", {"depth": -1})["root"]
        names = re.findall(r"'nodeValue': '([^']*)'", str(document))
        for text in ("main", "rapidbyte::engine::Stage::Run()", "connector 33.7%"):
            self.assertIn(text, names)
        self.assertFalse(any(node == "foreignObject" for node in re.findall(r"'nodeName': '(\w+)'", str(document))))

    def test_screen_reader_gets_names_levels_and_shares(self):
        page = self.open("small.svg")
        self.assertEqual(page.run("document.querySelector('.chart svg').getAttribute('role')"), "tree")
        self.assertEqual(page.run("document.querySelectorAll('.call:not([role=treeitem])').length"), 0)
        self.assertEqual(page.run("document.querySelectorAll('.call[tabindex=\"0\"]').length"), 1)
        self.assertEqual(page.run("[...document.querySelectorAll('input, .group, .chart svg')]"
                                  ".every((e) => e.hasAttribute('aria-label'))"), True)

    def test_big_picture_draws_only_what_is_in_sight(self):
        page = self.open("big.svg")
        self.assertLess(page.run("document.querySelectorAll('*').length"), MOST_NODES)
        self.assertGreater(page.run("document.querySelectorAll('.call').length"), 50)
        self.assertLessEqual(*page.run("['.call[aria-level=\"1\"]', '.chart'].map((e) => "
                                       "document.querySelector(e).getBoundingClientRect().bottom)"))
        page.press("/")
        page.type("Class1.*::Method1")
        self.assertRegex(page.run(FOUND), r"^[0-9.]+% · [0-9,]+ frames")
        page.press("Escape")
        page.press("Escape")
        page.press("r")
        self.assertLess(page.run("document.querySelectorAll('*').length"), MOST_NODES)
        x, y = page.run("""(() => { const b = document.querySelector('.thin').getBoundingClientRect();
            return [b.x + b.width / 2, b.y + b.height - 4]; })()""")
        page.move(x, y)
        self.assertRegex(page.run(DETAILS), "^[0-9,]+ frames too narrow to be drawn")

    def test_hostile_names_do_nothing(self):
        page = self.open("hostile.svg")
        self.assertIsNone(page.run("window.hostile ?? null"))
        self.assertTrue(any(label.startswith("</script><script>") for label in page.run(LABELS)))

    def test_empty_profile_says_so(self):
        self.assertIn("Nothing was sampled", self.open("empty.svg").run(DETAILS))

    def test_difference(self):
        page = self.open("difference.svg")
        self.assertIn("this is the whole, which is not tested", page.run(DETAILS))
        labels = "\n".join(page.run(LABELS))
        self.assertRegex(labels, r"gone, before 20\.[12]%, after 0\.00%")
        self.assertRegex(labels, r"fresh, before 0\.00%, after 5\.0%")
        page.press("1")
        self.assertFalse(any(label.startswith("fresh") for label in page.run(LABELS)))
        page.press("2")
        self.assertFalse(any(label.startswith("gone") for label in page.run(LABELS)))
        page.press("3")
        page.press("/")
        page.type("slow")
        page.press("Enter")
        self.assertRegex(page.run(DETAILS), r"95% interval \+\S+ to \+\S+ · significant")
        page.press("Escape")
        page.press("Escape")
        page.press("r")
        self.assertTrue(any(label.startswith("deep, before 20.") for label in page.run(LABELS)))


if __name__ == "__main__":
    browser = shutil.which("chromium", path="/usr/bin")
    if not browser:
        print("skipped: no /usr/bin/chromium")
        sys.exit(77)
    with written() as FlamegraphTest.folder, Chromium(browser) as FlamegraphTest.browser:
        program = unittest.main(argv=sys.argv[:1], exit=False)
    sys.exit(0 if program.result.wasSuccessful() else 1)
