"""A term on a real JupyterHub: `make test-hub`, as root.

Two kinds, which differ in what the system knows of users. As on The Littlest JupyterHub each is a
user of the system; as in Kubernetes all are `jovyan`, each with a number and a volume of their own. It
stands for a cluster only as far as files and names go: tests/hub/start.sh and pod.sh.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
import requests
import websocket
from servers import free_port, running

from aiimpact.classroom import numbers
from aiimpact.classroom.grading import editions

pytestmark = pytest.mark.hub

ROOT = Path(__file__).parents[1]
EXERCISES = ROOT / "chapters" / "exercises"
HUB = Path(__file__).parent / "hub"
PROXY = HUB / "node_modules" / ".bin" / "configurable-http-proxy"
COURSE, STEM = "footprint", "01_training_footprint"
EXCHANGE = f"/srv/nbgrader/exchange/{COURSE}"
PATIENCE = 300


@dataclass
class Person:
    """Somebody who has logged in, with a server of their own."""

    name: str
    hub: str
    token: str = ""
    kernel: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def log_in(self) -> None:
        """Go through the login page as a browser does, and wait for the server."""
        self._wait_for(f"{self.hub}/hub/login")  # The proxy is up before the hub.
        given = {"username": self.name, "password": "any", "_xsrf": self._xsrf()}
        went = self.session.post(f"{self.hub}/hub/login", data=given, timeout=PATIENCE)
        assert went.ok, went.text
        asked = self.session.post(
            f"{self.hub}/hub/api/users/{self.name}/tokens",
            headers={"X-XSRFToken": self._xsrf(), "Referer": f"{self.hub}/hub/home"},
            json={},
            timeout=60,
        )
        assert asked.ok, asked.text
        self.token = asked.json()["token"]
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"token {self.token}"
        started = self.session.post(
            f"{self.hub}/hub/api/users/{self.name}/server", timeout=PATIENCE
        )
        assert started.status_code in (201, 202, 400), started.text
        self._wait_for(self.at("api/status"))

    def _wait_for(self, address: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.session.get(address, timeout=60).status_code != 200:
            assert time.monotonic() < deadline, f"{address} does not answer."
            time.sleep(0.5)

    def _xsrf(self) -> str:
        return next(c.value for c in self.session.cookies if c.name == "_xsrf" and c.value)

    def at(self, path: str) -> str:
        return f"{self.hub}/user/{self.name}/{path}"

    def get(self, path: str) -> Any:
        answer = self.session.get(self.at(path), timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        answer = self.session.post(self.at(path), json=body, timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def assignments(self, action: str = "") -> Any:
        """Press a button of nbgrader's list of assignments, or look at it."""
        if action:
            body = {"course_id": COURSE, "assignment_id": STEM}
            listed = self.post(f"assignments/{action}", body)
        else:
            listed = self.get(f"assignments?course_id={COURSE}")
        assert listed["success"], listed
        return listed["value"]

    def run(self, source: str) -> str:
        """Run a cell in a kernel of this person's; give all that it prints, errors too."""
        if not self.kernel:
            self.kernel = self.post("api/kernels", {"name": "python3"})["id"]
        address = self.at(f"api/kernels/{self.kernel}/channels").replace("http", "ws", 1)
        header = [f"Authorization: token {self.token}"]
        channel = websocket.create_connection(address, header=header, timeout=PATIENCE)
        number = uuid.uuid4().hex
        head = {
            "msg_id": number,
            "msg_type": "execute_request",
            "session": number,
            "version": "5.3",
        }
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        channel.send(
            json.dumps(
                {
                    "header": head | {"username": self.name, "date": ""},
                    "parent_header": {},
                    "metadata": {},
                    "content": content,
                    "channel": "shell",
                }
            )
        )
        printed = []
        while True:
            message = json.loads(channel.recv())
            if message["parent_header"].get("msg_id") != number:
                continue
            told = message["content"]
            kind = message["msg_type"]
            if kind == "stream":
                printed.append(told["text"])
            elif kind == "execute_result":
                printed.append(told["data"]["text/plain"])
            elif kind == "error":
                printed.append(f"{told['ename']}: {told['evalue']}")
            elif kind == "status" and told["execution_state"] == "idle":
                channel.close()
                return "".join(printed)

    def type(self, *lines: str, works: bool = True) -> str:
        """Type commands in a terminal, as it were; give what they print."""
        script = "set -e\n" + "\n".join(lines)
        said = self.run(
            "import subprocess\n"
            f"ran = subprocess.run(['bash', '-c', {script!r}], capture_output=True, encoding='utf-8')\n"
            "print(ran.stdout + ran.stderr + f'code {ran.returncode}')"
        )
        assert said.endswith("code 0\n") or not works, said
        return said

    def read(self, path: str) -> Any:
        return self.get(f"api/contents/{path}")["content"]


@dataclass
class Place:
    """A hub that runs, and everybody on it."""

    kind: str
    url: str
    people: dict[str, Person]


@pytest.fixture(scope="module", params=["tljh", "z2jh"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    if os.geteuid() or not shutil.which("unshare"):
        pytest.fail("Users of a system are made by root, on Linux: sudo make test-hub.")
    ports = [free_port() for _ in range(3)]
    url = f"http://127.0.0.1:{ports[0]}"
    hub = [sys.executable, "-m", "jupyterhub", "-f", str(HUB / "jupyterhub_config.py")]
    start = ["bash", str(HUB / "start.sh"), request.param, str(EXERCISES), *hub]
    variables = {"PORTS": " ".join(map(str, ports)), "PROXY": str(PROXY)}
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    home = tmp_path_factory.mktemp(request.param)
    health = f"{url}/hub/health"
    try:
        with running(start, health, home, environment=variables, patience_s=PATIENCE):
            people = {name: Person(name, url) for name in ("teacher", "s101", "s102")}
            for person in people.values():
                person.log_in()
            yield Place(request.param, url, people)
    finally:
        # Of a test that fails, pytest shows it.
        print((home / "log").read_text()[-20_000:])


def solved(notebook: Any, tasks: int) -> Any:
    """Write the model answers of the first tasks into a student's notebook."""
    cells = [
        c for c in editions.read(EXERCISES / f"{STEM}.ipynb").cells if c.metadata.get("nbgrader")
    ]
    answers = {c.metadata.nbgrader.grade_id: c.source for c in cells}
    chosen = [cell for cell in notebook.cells if is_answer(cell)]
    for cell in chosen[1 : 1 + tasks]:
        cell.source = answers[cell.metadata.nbgrader.grade_id]
    return notebook


def is_answer(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def fetch(student: Person) -> None:
    """Fetch, and look at one's numbers: nobody has typed an id."""
    (released,) = student.assignments()
    assert released["status"] == "released"
    student.assignments("fetch")
    notebook = nbformat.from_dict(student.read(f"{STEM}/{STEM}.ipynb"))
    assert "YOUR CODE HERE" in str(notebook)
    assert "BEGIN SOLUTION" not in str(notebook)
    assert "HIDDEN TESTS" not in str(notebook)
    first = [cell.source for cell in notebook.cells if cell.cell_type == "code"][:3]
    shown = student.run("\n".join(first))
    mine = numbers.own("01", student.name)
    assert shown.startswith(f"# The numbers of {student.name}, as you have logged in here."), shown
    assert f"own.pounds = {mine.pounds!r}" in shown


def hand_in(student: Person, tasks: int) -> None:
    """Write the answers of so many tasks, save and submit."""
    path = f"{STEM}/{STEM}.ipynb"
    notebook = solved(nbformat.from_dict(student.read(path)), tasks)
    body = {"type": "notebook", "format": "json", "content": notebook}
    saved = student.session.put(student.at(f"api/contents/{path}"), json=body, timeout=PATIENCE)
    assert saved.ok, saved.text
    listed = student.assignments("submit")
    assert [x["status"] for x in listed if "submissions" in x] == ["submitted"]


def forge(student: Person, victim: str) -> None:
    """Hand in an empty notebook in somebody else's name, later than they have."""
    later = "2099-01-01 00:00:00.000000 UTC"
    target = f"{EXCHANGE}/inbound/{victim}+{STEM}+{later}+AAAA"
    student.type(
        f"mkdir '{target}'",
        f"cp ~/{STEM}/{STEM}.ipynb '{target}'",
        f"echo -n '{later}' > '{target}/timestamp.txt'",
        f"echo -n {'0' * 128} > '{target}/submission_secret.txt'",
        f"chmod -R a+rX '{target}'",
    )


def feedback(student: Person) -> str:
    """Fetch feedback, and read the newest page through the server as a student does."""
    listed = student.assignments("fetch_feedback")
    (handed_in,) = [x for x in listed if "submissions" in x]
    submission = handed_in["submissions"][-1]
    assert submission["has_local_feedback"], submission
    return student.read(f"{submission['local_feedback_path']}/{STEM}.html")


def test_a_term_on_a_hub(place: Place) -> None:
    """Two students fetch, work and hand in; the teacher collects, grades and gives back."""
    teacher, one, two = (place.people[name] for name in ("teacher", "s101", "s102"))
    python = f"{sys.executable} -m aiimpact.classroom"
    said = teacher.type(f"{python} course --out ~/course", works=False)
    assert "--exercises DIR, or AIIMPACT_EXERCISES=DIR" in said, said
    teacher.type(
        f"{python} course --out ~/course --exercises ~/exercises",
        "cd ~/course",
        f"nbgrader generate_assignment {STEM} --create",
        f"nbgrader release_assignment {STEM}",
    )
    fetch(one)
    fetch(two)
    hand_in(one, tasks=8)
    hand_in(two, tasks=1)

    # What is not one's own is out of reach.
    for path in (
        f"{EXCHANGE}/inbound",
        "~jupyter-s101" if place.kind == "tljh" else "/srv/volumes",
    ):
        assert "Permission denied" in two.type(f"ls {path}", works=False)
    assert "code 0" not in two.type(f"cat {EXCHANGE}/inbound/s101*/*", works=False)
    if place.kind == "tljh":
        forge(two, "s101")

    said = teacher.type("cd ~/course", f"nbgrader collect {STEM}", *grade_and_release(python))
    if place.kind == "tljh":
        assert "it claims to be from s101, but jupyter-s102 has written it" in said
    assert "cheating attempt" not in said
    print(said)
    assert re.search(r"^s101,20,20,", said, flags=re.MULTILINE), said
    assert re.search(r"^s102,1,1,", said, flags=re.MULTILINE), said

    pages = {student.name: feedback(student) for student in (one, two)}
    assert "<p>s101: <strong>20 of 24 points</strong>" in pages["s101"]
    assert "<p>s102: <strong>1 of 24 points</strong>" in pages["s102"]
    assert "s102" not in pages["s101"]
    assert "s101" not in pages["s102"]
    assert "Permission denied" in two.type(f"ls {EXCHANGE}/feedback", works=False)
    assert "code 0" not in two.type(f"cat {EXCHANGE}/feedback/*.html", works=False)

    # Better work, handed in again, has a page of its own.
    hand_in(two, tasks=8)
    again = f"nbgrader collect {STEM} --update"
    said = teacher.type("cd ~/course", again, *grade_and_release(python))
    assert re.search(r"^s102,20,20,", said, flags=re.MULTILINE), said
    assert "<p>s102: <strong>20 of 24 points</strong>" in feedback(two)
    there = f"api/contents/{STEM}"
    assert two.session.get(one.at(there), timeout=60).status_code in (403, 404)
    assert requests.get(one.at(there), timeout=60).status_code == 403


def grade_and_release(python: str) -> list[str]:
    return [
        f"AIIMPACT_EXERCISES=~/exercises {python} grade submitted --out grading",
        f"nbgrader release_feedback {STEM}",
        "cat grading/students.csv",
    ]


def test_a_student_gets_notebooks_by_nbgitpuller_and_no_solution(place: Place) -> None:
    teacher, student = place.people["teacher"], place.people["s101"]
    python = f"{sys.executable} -m aiimpact.classroom"
    publish = f"{python} publish --out /srv/shared/class --exercises ~/exercises"
    teacher.type(publish)
    pull(student)
    names = {item["name"] for item in student.read("exercises")}
    assert {source.name for source in editions.sources(EXERCISES)} <= names
    everything = student.type("cd ~/exercises", "git log --all --patch", "cat *.ipynb")
    assert "YOUR CODE HERE" in everything
    assert "BEGIN SOLUTION" not in everything
    assert "HIDDEN TESTS" not in everything

    # What is new comes with the same link, and what a student has written stays.
    student.type(f"sed -i 's/YOUR CODE HERE/my_own_work = 1/' ~/exercises/{STEM}.ipynb")
    teacher.type("touch ~/new-1-py3-none-any.whl", f"{publish} --wheel ~/new-1-py3-none-any.whl")
    pull(student)
    assert "environment.yml" in {item["name"] for item in student.read("exercises")}
    assert "my_own_work" in student.type(f"cat ~/exercises/{STEM}.ipynb")


def pull(student: Person) -> None:
    """Follow nbgitpuller's link, as far as a page does without being looked at."""
    asked = {"repo": "file:///srv/shared/class", "branch": "main", "targetpath": "exercises"}
    pulled = student.session.get(student.at("git-pull/api"), params=asked, timeout=PATIENCE)
    assert '"phase": "finished"' in pulled.text, pulled.text
