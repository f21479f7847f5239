"""A local, stateful stand-in for the Sakari SMS REST API.

Nothing in it speaks to the internet, and none of the people in it exist. `server.EmulatorServer`
runs it inside a test, `cli.main` runs it from a shell; `switches.Switches` lists what it can be
told to do badly.
"""

from __future__ import annotations
