"""The programs that are measured, and those behind them, as child processes."""

import contextlib
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

LOOPBACK = "127.0.0.1"
START_LIMIT_S = 10
STOP_LIMIT_S = 5
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

# The path by which HAProxy checks backends.
CHECK = "/health"

# As many idle connections to each backend as els-access-point keeps.
MAX_IDLE = 64
# HAProxy takes two descriptors for each connection before it starts.
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
MAX_CONNECTIONS = min(8192, DESCRIPTORS // 2 - 100)

NGINX_HEAD = """\
daemon off; worker_processes 1; pid {folder}/nginx.pid;
events {{ worker_connections {connections}; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
"""


class Failure(Exception):
    """What the user of this program has to know; ends it."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def find(program):
    # Servers are in /usr/sbin, which is not in everybody's PATH.
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
    if not found:
        raise Failure(f"{program} is missing; ./dev install-packages test")
    return found


class Port:
    """A free port. It is held, so that only who shares it can listen there."""

    def __init__(self):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._socket.bind((LOOPBACK, 0))
        self.number = self._socket.getsockname()[1]

    def close(self):
        self._socket.close()


class Program:
    """A running program and its children, which end with the `with` block."""

    def __init__(self, name, argv, port):
        self.name = name
        self.port = port
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            argv,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            # A terminal's Ctrl-C is for the one who measures; he ends this.
            start_new_session=True,
        )

    def __enter__(self):
        try:
            if self.port is None:  # It takes a free one and says which.
                line = self._process.stdout.readline()
                if ":" not in line:
                    raise self._failure()
                self.port = int(line.rsplit(":", 1)[1])
            self._await_listening()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def send_signal(self, number):
        self._process.send_signal(number)

    def pids(self):
        """Its own and its children's."""
        pid = self._process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [pid, *map(int, children.split())]

    def cpu_s(self):
        """User and system time so far."""
        total = 0
        for pid in self.pids():
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
            # The name, in parentheses, may hold spaces.
            fields = stat.rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS_PER_S

    def resident_kib(self):
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").open():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total

    def _await_listening(self):
        limit = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                socket.create_connection((LOOPBACK, self.port)).close()
                return
            time.sleep(0.02)
        raise self._failure()

    def _failure(self):
        self._log.seek(0)
        log = self._log.read().decode(errors="replace").strip()
        return Failure(f"{self.name} does not start: {log}")


def file_server(folder, ports, size):
    """nginx that serves a file of `size` bytes as / on each of the ports."""
    (folder / "index.html").write_bytes(b"x" * size)
    listen = "".join(f"listen {LOOPBACK}:{p.number} reuseport; " for p in ports)
    config = folder / "backends.conf"
    config.write_text(
        NGINX_HEAD.format(folder=folder, connections=MAX_CONNECTIONS)
        + f"  server {{ {listen}root {folder};\n"
        + f"    location = {CHECK} {{ return 204; }} }}\n}}\n"
    )
    argv = [find("nginx"), "-e", "stderr", "-c", config, "-p", folder]
    return Program("the backends' nginx", argv, ports[0].number)


def nginx(folder, port, backends, timeout_s):
    servers = "".join(f"server {LOOPBACK}:{b}; " for b in backends)
    config = folder / "nginx.conf"
    config.write_text(
        NGINX_HEAD.format(folder=folder, connections=MAX_CONNECTIONS)
        + f"""\
  upstream backends {{ least_conn; {servers}keepalive {MAX_IDLE}; }}
  server {{
    listen {LOOPBACK}:{port.number} reuseport;
    location / {{
      proxy_pass http://backends;
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_read_timeout {timeout_s}s; proxy_connect_timeout 500ms;
      proxy_next_upstream error timeout http_502 http_503 http_504;
      proxy_next_upstream_tries 2;
    }}
  }}
}}
"""
    )
    argv = [find("nginx"), "-e", "stderr", "-c", config, "-p", folder]
    return Program("nginx", argv, port.number)


def haproxy(folder, port, backends, timeout_s):
    servers = "".join(
        f"  server b{i} {LOOPBACK}:{b}\n" for i, b in enumerate(backends)
    )
    config = folder / "haproxy.cfg"
    # Checked each second, and by what its answers are like.
    config.write_text(
        f"""\
global
  nbthread 1
  maxconn {MAX_CONNECTIONS}
defaults
  mode http
  http-reuse safe
  timeout connect 500ms
  timeout client 60s
  timeout http-keep-alive 60s
  timeout server {timeout_s}s
  option redispatch 1
  retries 1
  retry-on conn-failure empty-response response-timeout 502 503 504
listen proxy
  bind {LOOPBACK}:{port.number}
  balance leastconn
  option httpchk GET {CHECK}
  default-server check inter 1s observe layer7 on-error mark-down \
pool-max-conn {MAX_IDLE}
{servers}"""
    )
    argv = [find("haproxy"), "-db", "-q", "-f", config]
    return Program("HAProxy", argv, port.number)


def els(program, backends, timeout_s):
    argv = [program, "--listen", f"{LOOPBACK}:0", "--timeout", f"{timeout_s}s"]
    for backend in backends:
        argv += ["--backend", f"{LOOPBACK}:{backend}"]
    return Program("els", argv, None)


def proxy(name, program, folder, port, backends, timeout_s):
    """One of NAMES; `program` is els-access-point."""
    if name == "els":
        return els(program, backends, timeout_s)
    make = {"nginx": nginx, "HAProxy": haproxy}[name]
    return make(folder, port, backends, timeout_s)


NAMES = ["nginx", "HAProxy", "els"]


@contextlib.contextmanager
def proxies(names, program, folder, backends, timeout_s):
    """Those of NAMES before the same backends, as a list."""
    with contextlib.ExitStack() as stack:
        running = []
        for name in names:
            port = stack.enter_context(contextlib.closing(Port()))
            made = proxy(name, program, folder, port, backends, timeout_s)
            running.append(stack.enter_context(made))
        yield running
