"""POP3 clients fetch, keep and delete at accounts of every kind, in clear, with STLS and in TLS.

In the environment: MESSAGES (500), SEED, ROUNDS (2), CLIENTS, KINDS and WAYS, words of which leave out the rest."""

import os
import random
import shutil
import subprocess

import machine
import messages
import server
from tap import Tap, equal

MESSAGES = int(os.environ.get("MESSAGES") or 500)
ROUNDS = int(os.environ.get("ROUNDS") or 2)
SEED = int(os.environ.get("SEED") or random.randrange(1 << 31))
SCRATCH = "/srv/clients"
STORE = f"{SCRATCH}/store"
READER = 3002  # as whom the clients run

WAYS = ("clear", "stls", "tls")


def chosen(name, default):
    return (os.environ.get(name) or default).split()


def make(*directories):
    for directory in directories:
        os.makedirs(directory)
        os.chown(directory, READER, READER)


def write(path, text, mode=0o600):
    machine.write(path, text, mode, (READER, READER))


def run_client(*command, good=(0,), **options):
    """A client's output; that of one that fails is told."""
    done = subprocess.run(command, user=READER, group=READER, extra_groups=[], cwd=SCRATCH, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                          env={"PATH": os.environ["PATH"], "HOME": SCRATCH, "LC_ALL": "C"}, check=False, **options)
    assert done.returncode in good, f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:].decode('latin-1')}"
    return done.stdout


class Client:
    """Fetches from one account in one way, and remembers in `state` what it has."""
    ways = WAYS
    shapes = ("maildir",)
    nul = False
    longest = 20000
    adds = b""

    def __init__(self, account, at, way):
        self.account, self.server, self.way = account, at, way
        self.port = at.port + WAYS.index(way)
        self.state = f"{SCRATCH}/state"

    def forget(self):
        shutil.rmtree(self.state, ignore_errors=True)
        make(self.state)

    def fetch(self, delete):
        """The messages that this run brought."""
        shutil.rmtree(STORE, ignore_errors=True)
        make(STORE, *(f"{STORE}/{sub}" for sub in ("new", "cur", "tmp")))
        self.call(delete)
        got = []
        for entry in os.scandir(f"{STORE}/new"):
            with open(entry.path, "rb") as f:
                got.append(self.without_own(f.read()))
        return got

    def without_own(self, message):
        """Without what this client adds and cannot be told to leave out."""
        assert message.startswith(self.adds), message[:200]
        return message[len(self.adds):]

    def call(self, delete):
        raise NotImplementedError


class Fetchmail(Client):
    program, scheme = "fetchmail", "PLAIN"
    longest = 4096  # it may lose an end of line that its buffer of 8192 bytes cuts in two

    def call(self, delete):
        tls = {"clear": "sslproto ''", "stls": f"sslproto 'auto' sslcertck sslcertfile '{server.CERTIFICATE}'",
               "tls": f"ssl sslproto 'auto' sslcertck sslcertfile '{server.CERTIFICATE}'"}[self.way]
        write(f"{SCRATCH}/fetchmailrc", f"""set invisible
set no spambounce
set idfile "{self.state}/ids"
poll localhost protocol pop3 port {self.port} uidl bad-header accept
  user "{self.account.name}" password "{server.PASSWORD}" is reader here
  {"fetchall nokeep" if delete else "keep"} norewrite nodropstatus {tls}
  mda "{SCRATCH}/store-one"
""")
        # 1: there was no mail, or all of it was fetched before
        run_client("fetchmail", "-f", f"{SCRATCH}/fetchmailrc", "--pidfile", f"{SCRATCH}/pid", "-N", "--nosyslog", good=(0, 1))


class Mpop(Client):
    program, scheme = "mpop", "SCRAM-SHA-256"

    def call(self, delete):
        write(f"{SCRATCH}/mpoprc", f"""account default
host localhost
port {self.port}
user {self.account.name}
password {server.PASSWORD}
delivery maildir {STORE}
received_header off
keep {"off" if delete else "on"}
uidls_file {self.state}/uidls
tls {"off" if self.way == "clear" else "on"}
tls_starttls {"on" if self.way == "stls" else "off"}
{"auth " + ("scram-sha-256" if self.server.scram else "user") if self.way == "clear" else "tls_trust_file " + server.CERTIFICATE}
""")
        run_client("mpop", "-C", f"{SCRATCH}/mpoprc")


class Getmail(Client):
    program, scheme = "getmail", "CRYPT"
    ways = ("clear", "tls")  # it knows no STLS
    adds = b"Return-Path: <unknown>\n"

    # It waits for the end of a child by a signal, which it misses now and then when it comes early.
    start = """import os, runpy, sys
from getmailcore import baseclasses
def wait(self, pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
baseclasses.ForkingBase._prepare_child = lambda self: None
baseclasses.ForkingBase._wait_for_child = wait
sys.argv[0] = "getmail"
runpy.run_path("/usr/bin/getmail", run_name="__main__")
"""

    def call(self, delete):
        tls = f"ca_certs = {server.CERTIFICATE}" if self.way == "tls" else ""
        write(f"{self.state}/rc", f"""[retriever]
type = SimplePOP3{"SSL" if self.way == "tls" else ""}Retriever
server = localhost
port = {self.port}
username = {self.account.name}
password = {server.PASSWORD}
{tls}
[destination]
type = Maildir
path = {STORE}/
[options]
delete = {"true" if delete else "false"}
read_all = false
delivered_to = false
received = false
verbose = 0
""")
        run_client("/usr/bin/python3", "-c", self.start, "--getmaildir", self.state, "--rcfile", "rc")


class Curl(Client):
    program, scheme, nul = "curl", "PLAIN", True

    def _curl(self, *arguments, path=""):
        scheme = "pop3s" if self.way == "tls" else "pop3"
        tls = () if self.way == "clear" else ("--cacert", server.CERTIFICATE, "--ssl-reqd")
        # all of it in one connection
        return run_client("curl", "-s", "-S", "-f", *tls, "-u", f"{self.account.name}:{server.PASSWORD}", *arguments,
                          f"{scheme}://localhost:{self.port}/{path}")

    def _known(self):
        try:
            with open(f"{self.state}/ids") as f:
                return set(f.read().split())
        except FileNotFoundError:
            return set()

    def call(self, delete):
        listed = [line.split() for line in self._curl("-X", "UIDL").decode().splitlines() if line]
        known = self._known()
        new = [number for number, uid in listed if uid not in known]
        if new:
            self._curl("-o", f"{STORE}/new/#1", path="{" + ",".join(new) + "}")
        if delete and new:
            self._curl("-l", "-X", "DELE", path="{" + ",".join(new) + "}")
        with open(f"{self.state}/ids", "w") as f:
            f.write("\n".join(known | {uid for _, uid in listed}))


class Poplib(Client):
    program, scheme, nul = None, "CRYPT", True
    shapes = ("maildir", "mbox", "mh")

    def call(self, delete):
        client = self.server.login(self.account, self.way)
        ids = server.uidl(client)
        for uid, number in ids.items():
            if os.path.exists(f"{self.state}/{uid}"):
                continue
            write(f"{STORE}/new/{number}", server.retrieve(client, number))
            if delete:
                client.dele(number)
            write(f"{self.state}/{uid}", "")
        client.quit()


CLIENTS = (Poplib, Curl, Mpop, Getmail, Fetchmail)

# ---- cases


def left(at, account):
    """[(octets, UIDL)] of what is there."""
    client = at.login(account)
    sizes = [int(line.split()[1]) for line in client.list()[1]]
    result = list(zip(sizes, server.uidl(client)))
    client.quit()
    return result


def same(got, wanted, what):
    text = messages.differences(got, wanted)
    assert not text, f"{what}: {text}"


def fetch_keep_delete(client_class, at, account, way):
    """Twice, with other messages the second time, and a client that remembers the first."""
    client = client_class(account, at, way)
    account.empty()
    client.forget()
    for number in range(ROUNDS):
        wanted = messages.make(MESSAGES, SEED + number, client_class.nul, client_class.longest)
        account.put(wanted)
        same(client.fetch(delete=False), wanted, f"round {number + 1}, keep")
        before = left(at, account)
        equal(len(before), MESSAGES, "kept")
        equal(sum(octets for octets, _ in before), sum(messages.octets(m, account.shape) for m in wanted), "octets")
        equal(client.fetch(delete=False), [], f"round {number + 1}, again")
        equal(left(at, account), before, "what is there after another fetch")
        remembered = client.state
        client.state += "-delete"
        client.forget()
        same(client.fetch(delete=True), wanted, f"round {number + 1}, delete")
        equal(client.fetch(delete=True), [], f"round {number + 1}, delete again")
        client.state = remembered
        equal((left(at, account), account.files()), ([], 0), "left")


def make_accounts():
    """{(client, kind, shape): account}"""
    accounts = {}
    uid = 3100
    for client in CLIENTS:
        name = client.__name__.lower()
        for shape in client.shapes:
            accounts[client, "file", shape] = server.file_account(f"{name}-{shape}", client.scheme, shape)
        accounts[client, "system", "maildir"] = server.system_account(f"{name}-s", uid)
        accounts[client, "program", "maildir"] = server.program_account(f"{name}-p")
        uid += 1
    return accounts


def main():
    machine.enter()
    server.prepare()
    machine.add_user("reader", READER, READER, SCRATCH)
    make(SCRATCH)
    write(f"{SCRATCH}/store-one", f'#!/bin/sh\nexec cat >"{STORE}/new/$$"\n', 0o755)
    accounts = make_accounts()
    own = server.Server("file", 11000, f"accounts file {server.USERS}", "plain login cram-md5 scram-sha-1 scram-sha-256 apop")
    others = server.Server("others", 12000, f"accounts system\naccounts program {server.PROGRAM}", "plain login")
    tap = Tap("POP3 clients")
    print(f"# SEED={SEED} MESSAGES={MESSAGES} ROUNDS={ROUNDS}")
    own.start()
    others.start()
    names = chosen("CLIENTS", " ".join(client.__name__.lower() for client in CLIENTS))
    for (client, kind, shape), account in accounts.items():
        if client.__name__.lower() not in names or kind not in chosen("KINDS", "file system program"):
            continue
        if client.program and not shutil.which(client.program):
            print(f"# {client.program} is not installed")
            continue
        at = own if kind == "file" else others
        for way in chosen("WAYS", "clear stls tls"):
            if way in client.ways:
                tap.run(f"{client.__name__.lower()}, {kind} account, {shape}, {way}", fetch_keep_delete, client, at, account,
                        way, on_failure=at.log)
    own.stop()
    others.stop()
    tap.finish()


if __name__ == "__main__":
    main()
