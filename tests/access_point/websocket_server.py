"""Serves a page that talks to it by WebSocket. Says what happens, in lines."""

import asyncio
import http

import websockets

# The last request tells how the browser saw the end.
PAGE = b"""<!DOCTYPE html>
<script>
const socket = new WebSocket(`ws://${location.host}/chat`);
socket.binaryType = "arraybuffer";
socket.onmessage = ({data}) => {
  if (data instanceof ArrayBuffer) {
    socket.send(new Uint8Array(data).reverse());
  } else if (data === "that is all") {
    socket.close(4321, "thank you");
  } else {
    socket.send(`you said ${data}`);
  }
};
socket.onclose = ({wasClean, code}) => {
  fetch(`/end?clean=${wasClean}&code=${code}`);
};
</script>
"""

# More than one read of a proxy takes.
BYTES = bytes(range(251)) * 1000


def say(*words):
    print(*words, flush=True)


async def chat(socket):
    for text in ("hello", "it is \N{SNOWMAN} here", ""):
        await socket.send(text)
        say(ascii(await socket.recv()))
    await socket.send(BYTES)
    same = await socket.recv() == BYTES[::-1]
    say("bytes came back" if same else "bytes were changed")
    await socket.send("that is all")
    await socket.wait_closed()
    say("closed:", socket.close_code, socket.close_reason)


async def page(path, _):
    if path == "/chat":
        return None
    if path.startswith("/end"):
        say(path)
    return http.HTTPStatus.OK, {"Content-Type": "text/html"}, PAGE


async def main():
    serving = websockets.serve(chat, "127.0.0.1", 0, process_request=page)
    async with serving as server:
        say(server.sockets[0].getsockname()[1])
        await asyncio.Future()


asyncio.run(main())
