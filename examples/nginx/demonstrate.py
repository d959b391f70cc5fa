"""Shows els inside nginx beside least_conn, with real backends behind both.

Starts four backends and nginx, sends requests by way of each method, says what
users saw and who got how many tries, and then what els knows of each server.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time

LOOPBACK = "127.0.0.1"
START_LIMIT_S = 10

# Name, flags of els-demo-backend.
BACKENDS = [
    ("usual", ["--mean-ms", "10"]),
    ("usual too", ["--mean-ms", "10"]),
    ("ten times slower", ["--mean-ms", "100"]),
    ("fails 90 % at once", ["--mean-ms", "10", "--failing", "0.9"]),
]
METHODS = ["least_conn", "els"]

CONFIGURATION = """\
load_module {module};
{user}daemon off; pid {folder}/nginx.pid; worker_processes 1;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  log_format tries '$upstream_addr';
  client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
  scgi_temp_path {folder};
{upstreams}
}}
"""
UPSTREAM = """\
  upstream {method}_servers {{ {servers}{method}; keepalive 32; }}
  server {{
    listen {LOOPBACK}:{port};
    access_log {folder}/{method}.log tries;
    location / {{
      proxy_pass http://{method}_servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
    location = /els {{ access_log off; els_status; }}
  }}
"""


def free_port():
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        return held.getsockname()[1]


@contextlib.contextmanager
def running(argv, **more):
    with subprocess.Popen(argv, **more) as process:
        try:
            yield process
        finally:
            process.terminate()


def backend(stack, program, flags):
    """Starts one; returns its port."""
    process = stack.enter_context(
        running([program, *flags], stdout=subprocess.PIPE, text=True)
    )
    return int(process.stdout.readline().rsplit(":", 1)[1])


def await_listening(ports):
    limit = time.monotonic() + START_LIMIT_S
    for port in ports:
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection((LOOPBACK, port)).close()
                break
            if time.monotonic() > limit:
                raise SystemExit("nginx does not start")
            time.sleep(0.05)


def start_nginx(stack, module, folder, backends):
    """Returns the port of each method."""
    # Only a line of failures takes a server out, and none does here.
    servers = "".join(f"server {LOOPBACK}:{b} max_fails=0; " for b in backends)
    ports = {method: free_port() for method in METHODS}
    upstreams = "".join(
        UPSTREAM.format(
            method=method, servers=servers, port=port, folder=folder,
            LOOPBACK=LOOPBACK,
        )
        for method, port in ports.items()
    )
    config = folder / "nginx.conf"
    config.write_text(
        CONFIGURATION.format(
            module=pathlib.Path(module).resolve(), folder=folder,
            upstreams=upstreams, user="user root; " * (os.geteuid() == 0),
        )
    )
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    argv = [nginx, "-e", folder / "error.log", "-p", folder, "-c", config]
    stack.enter_context(running(argv))
    await_listening(ports.values())
    return ports


def be_a_user(port, requests, seen):
    connection = http.client.HTTPConnection(LOOPBACK, port)
    for _ in range(requests):
        start = time.monotonic()
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        seen.append((answer.status, time.monotonic() - start))
    connection.close()


def send(port, users, requests):
    """Returns status and seconds of each."""
    seen = []
    threads = [
        threading.Thread(target=be_a_user, args=(port, requests // users, seen))
        for _ in range(users)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def print_row(method, seen, log, backends):
    times = sorted(seconds for _, seconds in seen)
    failed = sum(status >= 500 for status, _ in seen) / len(seen)
    tries = [int(t.rsplit(":", 1)[1]) for t in log.read_text().split()]
    shares = [100 * tries.count(port) / len(tries) for port in backends]
    print(
        f"{method:<12}{100 * failed:9.1f} %"
        f"{1e3 * times[len(times) // 2]:9.1f}"
        f"{1e3 * times[len(times) * 99 // 100]:9.1f}   "
        + "".join(f"{share:18.1f} %" for share in shares)
    )


def print_status(port, names):
    connection = http.client.HTTPConnection(LOOPBACK, port)
    connection.request("GET", "/els")
    status = json.loads(connection.getresponse().read())
    print(f"\nWhat els_status of worker {status['pid']} says (among more):")
    for server, name in zip(status["upstreams"][0]["servers"], names):
        print(
            f"  {name:<20} expected {server['expected_latency_ms']:8.1f} ms ="
            f" (latency {server['latency_ms']:6.1f} ms + failure_cost"
            f" {server['failure_cost_ms']:6.1f} ms * (1 / success_rate"
            f" {server['success_rate']:6.4f} - 1)) * (queue"
            f" {server['queue']:.2f} + 1) ..."
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--users", type=int, default=16)
    arguments = parser.parse_args()
    names = [name for name, _ in BACKENDS]
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory())
        )
        backends = [
            backend(stack, arguments.backend, flags) for _, flags in BACKENDS
        ]
        ports = start_nginx(stack, arguments.module, folder, backends)
        print(f"{arguments.requests} requests of {arguments.users} users\n")
        print(f"{'':12}{'failed':>11}{'p50 ms':>9}{'p99 ms':>9}   "
              + "".join(f"{name:>20}" for name in names))
        for method in METHODS:
            seen = send(ports[method], arguments.users, arguments.requests)
            print_row(method, seen, folder / f"{method}.log", backends)
        print_status(ports["els"], names)


main()
