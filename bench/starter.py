"""The bot that `rasa init` makes, with one custom action: what Rasa is without us.

It is trained and served with Rasa's own commands and settings, on loopback only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.measure import Memory, Start
from bench.processes import Started, environment, free_ports, started
from bot.supervise import LOOPBACK
from tools.bootstrap import ROOT
from tools.environments import ENVIRONMENTS

_NLU = ENVIRONMENTS["nlu"].python(ROOT)
_START = 600.0  # seconds; TensorFlow takes long to load
_ANSWER = "We are open from nine to five."
_ASKED = (
    "what are your opening hours",
    "when do you open tomorrow",
    "are you open on saturday",
    "until what time can I come by",
    "is the office closed on a holiday",
    "at what time do you close today",
    "could you tell me your office hours",
    "how late does the desk open on monday",
)

# What `rasa init` does, without the model that it trains before there is an own action.
_INIT = "from rasa.cli.scaffold import create_initial_project; create_initial_project('.')"

# New files beside those of `rasa init`: Rasa reads a folder of each kind.
_ADDED = {
    "domain/opening_hours.yml": """\
version: "3.1"
intents: [opening_hours]
actions: [action_opening_hours]
""",
    "data/opening_hours.yml": """\
version: "3.1"
nlu:
- intent: opening_hours
  examples: |
{examples}
rules:
- rule: tell the opening hours
  steps:
  - intent: opening_hours
  - action: action_opening_hours
""".format(examples="\n".join(f"    - {text}" for text in _ASKED)),
    "actions/opening_hours.py": f"""\
from rasa_sdk import Action


class ActionOpeningHours(Action):
    def name(self):
        return "action_opening_hours"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="{_ANSWER}")
        return []
""",
}


class Starter:
    """The running bot: a Rasa server and its action server."""

    def __init__(self, server: Started, actions: Started, client: httpx.Client) -> None:
        self._server = server
        self._actions = actions
        self._client = client

    def wait_started(self) -> Start:
        """Wait for the first answer of the custom action."""
        return Start(None, self._server.until(lambda: self.say("first", 0), _START))

    def say(self, conversation: str, turn: int) -> bool:
        """Ask for the custom action through the REST channel."""
        body = {"sender": conversation, "message": _ASKED[turn % len(_ASKED)]}
        try:
            response = self._client.post("/webhooks/rest/webhook", json=body)
        except httpx.HTTPError:
            return False
        return response.status_code == 200 and [one.get("text") for one in response.json()] == [_ANSWER]

    def memory(self) -> Memory:
        """The Rasa server and the action server."""
        server, actions = (one.memory() + one.memory_of_children() for one in (self._server, self._actions))
        return Memory(None, server, actions)

    def cpu(self) -> float:
        """Seconds that both servers have kept a processor at work."""
        return self._server.cpu() + self._actions.cpu()


def train(folder: Path) -> float:
    """Make the bot in `folder`/starter and train it; the seconds that the training took."""
    project = _project(folder)
    project.mkdir()
    env = environment(folder)
    with started((_NLU, "-c", _INIT), cwd=project, env=env, log=folder / "rasa init.log") as making:
        making.finish()
    _add_action(project)
    command = (_NLU, "-m", "rasa", "train", "--domain", "domain")
    with started(command, cwd=project, env=env, log=folder / "Het trainen van de startbot.log") as training:
        return training.finish()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Starter]:
    """The bot of `train`, its two servers started together."""
    project = _project(folder)
    port, action_port = free_ports(2)
    (project / "endpoints.yml").write_text(
        f'action_endpoint:\n  url: "http://{LOOPBACK}:{action_port}/webhook"\n', encoding="utf-8"
    )
    # Without SANIC_HOST the action server listens on every address of the machine.
    env = environment(folder, SANIC_HOST=LOOPBACK)
    run = (_NLU, "-m", "rasa", "run")
    with (
        started(
            (*run, "--interface", LOOPBACK, "--port", str(port)),
            cwd=project,
            env=env,
            log=folder / "De startbot.log",
        ) as server,
        started(
            (*run, "actions", "--port", str(action_port)),
            cwd=project,
            env=env,
            log=folder / "De actieserver van de startbot.log",
        ) as actions,
        httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=30, trust_env=False) as client,
    ):
        yield Starter(server, actions, client)


def _project(folder: Path) -> Path:
    return folder / "starter"


def _add_action(project: Path) -> None:
    (project / "domain").mkdir()
    (project / "domain.yml").rename(project / "domain/domain.yml")
    for name, text in _ADDED.items():
        (project / name).write_text(text, encoding="utf-8")
