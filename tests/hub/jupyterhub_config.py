"""The hub of test_hub.py: any password will do, and it listens on 127.0.0.1 only."""

import os
import pwd
import sys
from pathlib import Path

from jupyterhub.auth import DummyAuthenticator
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner, set_user_setuid

c = get_config()  # noqa: F821 - JupyterHub gives it
USERS = ("teacher", "s101", "s102")
proxy, hub, proxy_api = os.environ["PORTS"].split()


class OfTheSystem(LocalProcessSpawner):
    """As on The Littlest JupyterHub: `s101` is `jupyter-s101` to the system."""

    def user_env(self, env):
        user = pwd.getpwnam(f"jupyter-{self.user.name}")
        return env | {"USER": user.pw_name, "HOME": user.pw_dir, "SHELL": user.pw_shell}

    def make_preexec_fn(self, name):
        return set_user_setuid(f"jupyter-{name}")


class Pod(SimpleLocalProcessSpawner):
    """As in Kubernetes, as far as files go: everybody is `jovyan` in a place of their own."""

    home_dir_template = "/srv/home/jovyan"

    def user_env(self, env):
        return super().user_env(env) | {"USER": "jovyan"}

    @property
    def cmd(self):
        # values.yaml: c.KubeSpawner.uid = lambda spawner: 20000 + spawner.user.id
        number = str(20001 + USERS.index(self.user.name))
        pod = ["bash", str(Path(os.environ["HERE"], "pod.sh")), self.user.name, number]
        return ["unshare", "--mount", *pod, "jupyterhub-singleuser"]


c.JupyterHub.authenticator_class = DummyAuthenticator
c.Authenticator.allowed_users = set(USERS)
c.JupyterHub.spawner_class = Pod if os.environ["KIND"] == "z2jh" else OfTheSystem
c.JupyterHub.bind_url = f"http://127.0.0.1:{proxy}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_api}"
c.ConfigurableHTTPProxy.should_start = False  # start.sh has started it.
c.Spawner.ip = "127.0.0.1"
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.Spawner.environment = {
    # Stands for /etc/jupyter: start.sh has written it.
    "JUPYTER_CONFIG_PATH": "/srv/jupyter",
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "GIT_CONFIG_GLOBAL": "/srv/jupyter/gitconfig",
}
