"""Runs a command in a pseudo terminal: lets it draw, makes the window narrow, presses q, and passes on what it drew.

Says on standard error how wide the lines were after the window was made narrow, and ends with the command's code.
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

NARROW = 60


def resize(terminal: int, columns: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))


pid, terminal = pty.fork()
if pid == 0:
    time.sleep(0.2)
    os.environ.pop("NO_COLOR", None)
    os.execvp(sys.argv[1], sys.argv[1:])
resize(terminal, 100)
drawn = b""
narrow_from = None
pressed = False
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        drawn += part
    if narrow_from is None and b"FAMILY" in drawn:
        resize(terminal, NARROW)
        narrow_from = len(drawn)
    if not pressed and narrow_from is not None and drawn.count(b"\x1b[H", narrow_from) >= 2:
        os.write(terminal, b"q")
        pressed = True
_, status = os.waitpid(pid, 0)
screens = drawn[narrow_from or 0:].split(b"\x1b[?25h")[0].decode().split("\x1b[H")[1:]
plain = [re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", screen) for screen in screens]
widest = max(len(line.rstrip("\r")) for screen in plain for line in screen.split("\r\n"))
sys.stdout.write(drawn.decode())
sys.stderr.write(f"widest line {widest} of {NARROW}\n")
sys.exit(os.waitstatus_to_exitcode(status))
