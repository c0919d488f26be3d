"""The pictures that write_pictures makes, in a folder that goes away."""
import contextlib
import pathlib
import subprocess
import sys
import tempfile


@contextlib.contextmanager
def written():
    with tempfile.TemporaryDirectory(prefix="rapidbyte-pictures-") as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        yield pathlib.Path(folder)
