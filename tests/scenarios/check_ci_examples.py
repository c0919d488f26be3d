"""The CI files in docs/ci are YAML, and have what GitHub and GitLab ask for. Exits with 1 and says what is wrong."""
import pathlib
import re
import subprocess
import sys

import yaml

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs" / "ci"
problems = []


def expect(condition, what):
    if not condition:
        problems.append(what)


def check_shell(name, script):
    """What CI would hand to a shell; its own ${{ … }} stands for a word."""
    script = re.sub(r"\$\{\{.*?\}\}", "word", script)
    parsed = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True)
    expect(parsed.returncode == 0, f"{name}: {parsed.stderr.strip()} in: {script}")


def check_options(name, script, binary):
    """Every option of ours is one that the program has."""
    for line in re.findall(r"rapidbyte (bench \w+)([^\n]*)", script):
        known = subprocess.run([binary, *line[0].split(), "--help"], text=True, capture_output=True).stdout
        for option in re.findall(r"--[a-z-]+", line[1]):
            expect(re.search(rf"{option}\b", known), f"{name}: rapidbyte {line[0]} has no option {option}")


def main(binary):
    github = yaml.safe_load((FOLDER / "github-actions.yml").read_text())
    # YAML 1.1 reads the key "on" as true.
    expect("pull_request" in github.get("on", github.get(True, {})), "github-actions.yml: no pull_request trigger")
    for job in github["jobs"].values():
        expect("runs-on" in job, "github-actions.yml: a job without runs-on")
        for step in job["steps"]:
            expect(("run" in step) != ("uses" in step), f"github-actions.yml: a step needs run or uses: {step}")
            check_shell("github-actions.yml", step.get("run", ""))
            check_options("github-actions.yml", step.get("run", ""), binary)
    gitlab = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text())
    for job in gitlab.values():
        expect("script" in job and "image" in job, "gitlab-ci.yml: a job without script or image")
        for command in job["script"]:
            check_shell("gitlab-ci.yml", command)
            check_options("gitlab-ci.yml", command, binary)
        expect("junit" in job["artifacts"]["reports"], "gitlab-ci.yml: no JUnit report")


main(sys.argv[1])
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
