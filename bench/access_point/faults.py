"""What users see while one of ten backends goes wrong under a steady load."""

import asyncio
import contextlib
import signal
import time
import urllib.request

import programs

# As els-faulty-backend calls them, but "frozen": that is SIGSTOP.
FAULTS = ["frozen", "busy", "cut", "reset", "garbage", "mute", "stall"]
DEFAULT = ["frozen", "busy", "cut"]

BACKENDS = 10
DELAY_MS = 5
TIMEOUT_S = 1  # For the first byte of an answer, of all three proxies.
# A proxy that has just started knows less of its traffic than others do.
WARM_UP_S = 10
RETURN_LIMIT_S = 20
# No user waits for longer. A stalled answer would be waited for in vain.
PATIENCE_S = 10

# Traffic is back once the backend has had half of its fair share for a second.
LOOK_S = 0.25
LOOKS_A_SECOND = 4

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class User(asyncio.Protocol):
    """A connection, with one request at a time."""

    def __init__(self):
        self._received = b""
        self._ended = None
        self._open = True

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        fields = head.lower()
        _, named, length = fields.partition(b"\r\ncontent-length:")
        if named and len(body) < int(length.split(b"\r\n")[0]):
            return
        if b"\r\nconnection: close" in fields or not named:
            self.close()
        self._end(fields.split(b" ")[1:2] == [b"200"] and bool(named))

    def connection_lost(self, _):
        self._open = False
        self._end(False)

    def ask(self):
        """A future: whether the answer is a whole one of 200."""
        self._received = b""
        self._ended = asyncio.get_running_loop().create_future()
        self._transport.write(REQUEST)
        return self._ended

    def is_open(self):
        return self._open

    def close(self):
        self._open = False
        self._transport.close()

    def _end(self, well):
        if self._ended and not self._ended.done():
            self._ended.set_result(well)


class Load:
    """Requests at fixed times, whatever becomes of the earlier ones."""

    def __init__(self, port, rate):
        self._port = port
        self._rate = rate
        self._free = []
        self._running = set()
        self.ends = []  # (when it was due, how long it took, whether well)
        self.latest_start_s = 0

    async def run(self, stopped):
        """Until the event; then until the last request has ended."""
        start = time.monotonic()
        number = 0
        while not stopped.is_set():
            due = start + number / self._rate
            now = time.monotonic()
            if due > now:
                await asyncio.sleep(due - now)
            self.latest_start_s = max(self.latest_start_s, now - due)
            task = asyncio.create_task(self._one(due))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            number += 1
        while self._running:
            await asyncio.wait(set(self._running))
        for user in self._free:
            user.close()

    async def _one(self, due):
        user = None
        well = False
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            user = await self._user()
            well = await asyncio.wait_for(user.ask(), PATIENCE_S)
        self.ends.append((due, time.monotonic() - due, well))
        if user and not well:
            user.close()
        elif user:
            self._free.append(user)

    async def _user(self):
        while self._free:
            user = self._free.pop()
            if user.is_open():
                return user
        loop = asyncio.get_running_loop()
        _, user = await loop.create_connection(
            User, programs.LOOPBACK, self._port
        )
        return user


class Backend(programs.Program):
    """els-faulty-backend."""

    def __init__(self, program, port):
        argv = [program, str(port.number), str(DELAY_MS)]
        super().__init__("els-faulty-backend", argv, port.number)

    def tell(self, command):
        url = f"http://{programs.LOOPBACK}:{self.port}/control/{command}"
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return int(answer.read())

    def begin(self, fault):
        self.tell("none" if fault == "frozen" else fault)
        if fault == "frozen":
            self.send_signal(signal.SIGSTOP)

    def end(self, fault):
        """The number of requests that tried it in the fault."""
        if fault != "frozen":
            return self.tell("none")
        self.send_signal(signal.SIGCONT)
        time.sleep(0.1)  # For it to read what was sent meanwhile.
        return self.tell("none")


async def seconds_to_return(backend, rate):
    """Until the backend has its traffic again; None if that takes too long."""
    start = time.monotonic()
    counts = [0]
    while time.monotonic() < start + RETURN_LIMIT_S:
        await asyncio.sleep(LOOK_S)
        counts.append(await asyncio.to_thread(backend.tell, "requests"))
        latest = counts[-LOOKS_A_SECOND - 1 :]
        if latest[-1] - latest[0] >= rate / BACKENDS / 2:
            return max(0, time.monotonic() - start - 1)
    return None


async def trial(proxy, backend, fault, arguments):
    load = Load(proxy.port, arguments.rate)
    stopped = asyncio.Event()
    running = asyncio.create_task(load.run(stopped))
    await asyncio.sleep(WARM_UP_S)
    begin = time.monotonic()
    await asyncio.to_thread(backend.begin, fault)
    await asyncio.sleep(arguments.fault_seconds)
    tries = await asyncio.to_thread(backend.end, fault)
    end = time.monotonic()
    back = await seconds_to_return(backend, arguments.rate)
    stopped.set()
    await running
    return row(load, begin, end, tries, back)


def row(load, begin, end, tries, back):
    errors = sum(not well for _, _, well in load.ends)
    in_fault = [took for due, took, _ in load.ends if begin <= due < end]
    slow = sum(took > TIMEOUT_S for took in in_fault)
    # The machine stood still, or needs a lower rate: no proxy is to blame.
    late = load.latest_start_s > TIMEOUT_S / 2
    return (
        f"{len(in_fault):8}  {errors:6}  {slow / len(in_fault):8.2%}  "
        f"{tries:5}  {tries / len(in_fault):8.2%}  "
        + (f"> {RETURN_LIMIT_S}" if back is None else f"{back:.1f}")
        + (f"  began up to {load.latest_start_s:.1f} s late" if late else "")
    )


def run(arguments, folder):
    print(f"one of {BACKENDS} backends of {DELAY_MS} ms goes wrong for")
    print(f"{arguments.fault_seconds} s at {arguments.rate} requests a second;")
    print(f"slow: longer than the timeout of {TIMEOUT_S} s; tries: requests")
    print("that the bad backend got meanwhile; back: seconds from its end to")
    print("half of the fair share again. Shares are of requests in the fault.")
    print("A row whose requests began late says nothing: lower the rate.")
    print(
        f"\n{'fault':7}  {'':7}  requests  errors      slow  tries  "
        "   share  back"
    )
    with contextlib.ExitStack() as stack:
        ports = [
            stack.enter_context(contextlib.closing(programs.Port()))
            for _ in range(BACKENDS)
        ]
        for fault in arguments.faults or DEFAULT:
            one_fault(arguments, folder, ports, fault)


def one_fault(arguments, folder, ports, fault):
    numbers = [port.number for port in ports]
    for name in programs.NAMES:
        # Anew for each, and one proxy at a time: they share the machine.
        with contextlib.ExitStack() as stack:
            backends = [
                stack.enter_context(Backend(arguments.backend, port))
                for port in ports
            ]
            [proxy] = stack.enter_context(
                programs.proxies(
                    [name], arguments.els, folder, numbers, TIMEOUT_S
                )
            )
            programs.say(f"{fault}: {proxy.name}")
            result = asyncio.run(
                trial(proxy, backends[0], fault, arguments)
            )
            print(f"{fault:7}  {proxy.name:7}  {result}", flush=True)
