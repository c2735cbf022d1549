"""What the cases want of a mailer, whichever it is."""

import os
import smtplib
import socket
import time

PORT = 25  # the network is the machine's own


class Mailer:
    """A mailer that is started, fed by SMTP, watched and stopped."""

    name = "?"

    def start(self):
        raise NotImplementedError

    def stop(self):
        raise NotImplementedError

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def queue(self):
        """What is queued: a list of (recipient, reason) for each recipient still to be served."""
        raise NotImplementedError

    def settle(self):
        """Returns when everything that can be delivered now has been."""
        raise NotImplementedError

    def flush(self):
        """Tries again what is queued, and settles."""
        raise NotImplementedError

    def purge(self):
        """Empties the queue, whatever is in it."""
        raise NotImplementedError

    def shown(self, text):
        """The part of what the program says that this mailer shows in its queue; None if nothing."""
        return text

    log_path = None
    log_read = 0

    def begin_case(self):
        """What was queued and logged until now does not concern the next case."""
        self.purge()
        self.log_read = os.path.getsize(self.log_path)

    def log(self):
        """What the mailer has logged since, for the report of a failure."""
        with open(self.log_path, errors="backslashreplace") as f:
            f.seek(self.log_read)
            return f.read()

    @staticmethod
    def wait_for_port():
        """Returns when the mailer listens."""
        def connects():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", PORT)) == 0
        wait_for(connects, "the mailer to listen", 20)

    def send(self, sender, recipients, message):
        """Hands a message over, without waiting for its delivery."""
        with smtplib.SMTP("127.0.0.1", PORT, local_hostname="client.example.net", timeout=60) as smtp:
            smtp.sendmail(sender, recipients, message.replace(b"\n", b"\r\n"), mail_options=["BODY=8BITMIME"])

    def deliver(self, sender, recipients, message):
        self.send(sender, recipients, message)
        self.settle()


def wait_for(condition, what, seconds=60):
    """Waits until condition() is true; what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise TimeoutError(f"waited {seconds} s for {what}")
