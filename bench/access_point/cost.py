"""What a request and an idle user cost els-access-point, nginx and HAProxy."""

import contextlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile

import programs

BACKENDS = 4
FILE_BYTES = 512
TIMEOUT_S = 5
WARM_UP_S = 1

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
RECEIVING = {"read", "readv", "recvfrom", "recvmsg"}
SENDING = {"write", "writev", "sendto", "sendmsg", "sendfile"}


def load(proxy, users, seconds):
    """Requests that wrk got answered."""
    result = subprocess.run(
        [
            programs.find("wrk"),
            "-t1",
            f"-c{users}",
            f"-d{seconds}s",
            f"http://{programs.LOOPBACK}:{proxy.port}/",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    requests = int(re.search(r"(\d+) requests in", result)[1])
    if requests == 0 or "Non-2xx" in result:
        raise programs.Failure(f"{proxy.name} does not serve:\n{result}")
    return requests


def measure(proxies, users, rounds, seconds):
    """Microseconds of CPU a request: a list, a value a round, by name."""
    used = {proxy.name: [] for proxy in proxies}
    for proxy in proxies:
        load(proxy, users, WARM_UP_S)
    for number in range(rounds):
        # Each is first, second and third in turn: the machine's speed drifts.
        first = number % len(proxies)
        for proxy in proxies[first:] + proxies[:first]:
            before = proxy.cpu_s()
            requests = load(proxy, users, seconds)
            used[proxy.name].append((proxy.cpu_s() - before) / requests * 1e6)
        programs.say(f"{users} connections: round {number + 1} of {rounds}")
    return used


def print_cpu(proxies, connections, rounds, seconds):
    print(f"\nCPU of one request of {FILE_BYTES} bytes: the median of {rounds}")
    print(f"rounds of {seconds} s; ratios are of the same round (min to max)")
    print(f"{'connections':>11}  {'':7}  {'us':>6}  ratio to nginx")
    for users in connections:
        used = measure(proxies, users, rounds, seconds)
        for name, values in used.items():
            ratios = [a / max(b, 1e-9) for a, b in zip(values, used["nginx"])]
            print(
                f"{users:11}  {name:7}  {statistics.median(values):6.1f}  "
                f"{statistics.median(ratios):.2f} "
                f"({min(ratios):.2f} to {max(ratios):.2f})",
                flush=True,
            )


def print_system_calls(proxies, users, seconds):
    """How often a request makes each proxy ask the kernel for something."""
    strace = shutil.which("strace")
    if not strace:
        programs.say("strace is missing: no system calls are counted")
        return
    print(f"\nsystem calls a request at {users} connections, by strace")
    print(f"{'':7}  receiving  sending  others")
    for proxy in proxies:
        counts, requests = count_system_calls(strace, proxy, users, seconds)
        receiving = sum(counts.get(name, 0) for name in RECEIVING)
        sending = sum(counts.get(name, 0) for name in SENDING)
        others = sum(counts.values()) - receiving - sending
        print(
            f"{proxy.name:7}  {receiving / requests:9.2f}  "
            f"{sending / requests:7.2f}  {others / requests:6.2f}",
            flush=True,
        )


def count_system_calls(strace, proxy, users, seconds):
    """The counts by name, and the requests in which they were made."""
    load(proxy, users, WARM_UP_S)
    with tempfile.NamedTemporaryFile("r") as table:
        argv = [strace, "-f", "-c", "-o", table.name]
        for pid in proxy.pids():
            argv += ["-p", str(pid)]
        tracer = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)
        try:
            # It says "attached" once for each process.
            for _ in proxy.pids():
                line = tracer.stderr.readline()
                if "attached" not in line:
                    raise programs.Failure(f"strace: {line.strip()}")
            requests = load(proxy, users, seconds)
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.communicate()
        # Columns: % time, seconds, usecs/call, calls, [errors], syscall.
        rows = [line.split() for line in table]
    counts = {
        row[-1]: int(row[3])
        for row in rows
        if len(row) >= 5 and row[3].isdigit() and row[-1] != "total"
    }
    return counts, requests


def idle_user(proxy):
    """A connection that has had one request and waits for the next."""
    user = socket.create_connection((programs.LOOPBACK, proxy.port))
    user.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b"x" * FILE_BYTES):
        block = user.recv(4096)
        if not block:
            raise programs.Failure(f"{proxy.name} closed a user's connection")
        answer += block
    return user


def print_memory(proxies, counts):
    print("memory of an idle user after one request, KiB")
    print(f"{'users':>7}  " + "  ".join(f"{p.name:>7}" for p in proxies))
    # One connection more shows what the proxy takes without them.
    possible = [n for n in counts if n < programs.MAX_CONNECTIONS]
    for users in sorted(set(counts) - set(possible)):
        programs.say(f"{users} users: the limit of descriptors is too low")
    rows = {users: [] for users in possible}
    for proxy in proxies:
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.closing(idle_user(proxy)))
            empty = proxy.resident_kib()
            open_users = 0
            for users in sorted(possible):
                for _ in range(users - open_users):
                    user = contextlib.closing(idle_user(proxy))
                    stack.enter_context(user)
                open_users = users
                grown = proxy.resident_kib() - empty
                rows[users].append(grown / users)
                programs.say(f"{proxy.name}: {users} idle users")
    for users, row in rows.items():
        print(f"{users:7}  " + "  ".join(f"{kib:7.1f}" for kib in row))


def run(arguments, folder):
    with contextlib.ExitStack() as stack:
        ports = [
            stack.enter_context(contextlib.closing(programs.Port()))
            for _ in range(BACKENDS)
        ]
        stack.enter_context(programs.file_server(folder, ports, FILE_BYTES))
        backends = [port.number for port in ports]

        def fresh():
            return programs.proxies(
                programs.NAMES, arguments.els, folder, backends, TIMEOUT_S
            )

        # First, while nothing has been taken from the system and given back.
        with fresh() as proxies:
            print_memory(proxies, arguments.users)
        with fresh() as proxies:
            print_cpu(
                proxies,
                arguments.connections,
                arguments.rounds,
                arguments.seconds,
            )
            print_system_calls(proxies, 32, arguments.seconds)
