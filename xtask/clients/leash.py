"""Runs a program for as long as whoever started this is there: it ends when its own input does, however that came."""

import os
import subprocess
import sys
import threading

program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
threading.Thread(target=lambda: os._exit(program.wait()), daemon=True).start()
try:
    sys.stdin.buffer.read()
except KeyboardInterrupt:
    pass
finally:
    program.terminate()
    program.wait()
