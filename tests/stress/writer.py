"""One writer: hands its messages to the program, one after the other, and notes what came of each.

Where asked it kills some of its programs (SIGKILL) and delivers those messages again, as a mailer
would.  A line of its journal: name, folder, exit status (-9 when killed), process id.
"""
import json
import os
import random
import subprocess
import time

import message

TRIES = 5  # of a message whose delivery failed or was killed


class Writer:
    def __init__(self, plan, number):
        self.plan, self.number = plan, number
        self.peer = plan.is_peer(number)
        self.program = plan.procmail if self.peer else plan.mailweir
        self.rng = random.Random(f"{plan.seed}.{number}")
        self.input = os.path.join(plan.root, f"input.{number}")
        self.journal = open(plan.journal(number), "w", encoding="ascii")

    def deliver(self, kill):
        environment = {"PATH": "/usr/bin:/bin", "TMPDIR": self.plan.root, "HOME": self.plan.root}
        environment.update(self.plan.environment)
        with open(self.input, "rb") as text:
            child = subprocess.Popen([self.program, "-m", self.plan.rc], stdin=text, env=environment,
                                     stdout=subprocess.DEVNULL, stderr=self.plan.errors)
            if kill:
                time.sleep(self.rng.uniform(0, 0.015))
                child.kill()
            return child.wait(), child.pid

    def send(self, number):
        name = f"{self.plan.seed}.{self.number}.{number}"
        folder = self.rng.choice(self.plan.folders)
        with open(self.input, "wb") as text:
            text.write(message.make(name, folder, not self.peer))
        for left in range(TRIES, 0, -1):
            status, pid = self.deliver(left > 1 and self.rng.random() < self.plan.kills)
            self.journal.write(json.dumps([name, folder, status, pid]) + "\n")
            self.journal.flush()
            if status == 0:
                return

    def work(self):
        for number in range(self.plan.messages):
            self.send(number)
        os.unlink(self.input)
        self.journal.close()
