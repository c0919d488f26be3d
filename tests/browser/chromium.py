"""A headless Chromium driven over a pipe by its DevTools protocol: no port, no package.

https://chromedevtools.github.io/devtools-protocol/: messages are JSON ended by a zero byte, to the browser through file
descriptor 3, from it through 4.
"""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

TIMEOUT_SECS = 240  # of one answer; generous, for a machine that is busy
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe"]


class PageError(Exception):
    pass


class Chromium:
    """Use it as a context: the browser and its folder are gone afterwards."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="rapidbyte-chromium-")
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()
        # The descriptors are given their numbers by a shell: Python would close 3 and 4.
        command = [program, *FLAGS, f"--user-data-dir={self.folder}", "about:blank"]
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "sh", *command],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.folder})
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.last_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.command("Browser.close", wait=False)
            self.process.wait(30)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.write_end)
        os.close(self.read_end)
        shutil.rmtree(self.folder, ignore_errors=True)

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.read_end, 1 << 20)
            if not chunk:
                raise PageError("the browser ended")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def command(self, method, params=None, session=None, wait=True, on_event=None):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        while wait:
            answer = self.receive()
            if answer.get("id") == self.last_id:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']}")
                return answer["result"]
            if on_event and "method" in answer:
                on_event(answer)

    def page(self, width=1200, height=800, dark=False, javascript=True):
        return Page(self, width, height, dark, javascript)


class Page:
    """One tab. `problems` holds what the console said of errors, and uncaught exceptions."""

    def __init__(self, browser, width, height, dark, javascript):
        self.browser = browser
        self.problems = []
        self.loaded = False
        target = browser.command("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = browser.command("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self.target = target
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")
        self.resize(width, height)
        self.command("Emulation.setEmulatedMedia",
                     {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        if not javascript:
            self.command("Emulation.setScriptExecutionDisabled", {"value": True})

    def event(self, message):
        if message.get("sessionId") != self.session:
            return
        method, params = message["method"], message["params"]
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            self.problems.append(str(params["args"]))

    def command(self, method, params=None):
        return self.browser.command(method, params, self.session, on_event=self.event)

    def resize(self, width, height):
        self.command("Emulation.setDeviceMetricsOverride",
                     {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def open(self, url):
        self.loaded = False
        self.command("Page.navigate", {"url": url})
        self.wait_until_loaded(url)

    def wait_until_loaded(self, what):
        end = time.monotonic() + TIMEOUT_SECS
        while not self.loaded:
            if time.monotonic() > end:
                raise PageError(f"{what} was not loaded")
            self.command("Runtime.evaluate", {"expression": "1"})  # its answer comes after the events before it
            time.sleep(0.02)

    def reload(self):
        self.loaded = False
        self.command("Page.reload")
        self.wait_until_loaded("the page")

    def run(self, script):
        """The value of an expression in the page, as JSON carries it."""
        answer = self.command("Runtime.evaluate",
                              {"expression": script, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            raise PageError(answer["exceptionDetails"].get("exception", {}).get("description", script))
        return answer["result"].get("value")

    def wait_for(self, script):
        end = time.monotonic() + TIMEOUT_SECS
        while not self.run(script):
            if time.monotonic() > end:
                raise PageError(f"never true: {script}")
            time.sleep(0.02)

    KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "ArrowUp": (38, ""), "ArrowDown": (40, ""), "ArrowLeft": (37, ""),
            "ArrowRight": (39, ""), "Home": (36, ""), "Tab": (9, "")}

    def press(self, key, ctrl=False):
        code, text = self.KEYS[key] if key in self.KEYS else (ord(key.upper()), key)
        event = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 if ctrl else 0}
        down = {**event, "type": "keyDown", "text": text} if text and not ctrl else {**event, "type": "rawKeyDown"}
        self.command("Input.dispatchKeyEvent", down)
        self.command("Input.dispatchKeyEvent", {**event, "type": "keyUp"})

    def type(self, text):
        self.command("Input.insertText", {"text": text})

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})

    def move(self, x, y):
        self.command("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})

    def screenshot(self, path):
        data = self.command("Page.captureScreenshot", {"format": "png"})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        self.browser.command("Target.closeTarget", {"targetId": self.target})
