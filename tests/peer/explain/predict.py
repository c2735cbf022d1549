"""Stands for the agent in a sandbox: asks mailweir-explain, lets mailweir do it, and compares.  The sandbox is left as
it was.  Nothing is printed if all came as predicted, otherwise what did not.  What was compared goes to the directory
REPORTS.

Programs that take the message are not run to explain.  Where one failed the question is asked again, with its exit
status (--ends).

usage: predict.py MAILWEIR EXPLAIN REPORTS argument ...
The first argument may be @as=NAME, which the agent is then called.
"""
import errno, json, os, re, shutil, subprocess, sys, tempfile

CONDITION = re.compile(rb'^procmail: ((?:Match on|No match on|Score:) (?:[^\n]|\n(?!procmail: |\[))*")$', re.M)
FAILURE = re.compile(rb'^procmail: (?:(Program failure|Non-zero exitcode) \((-?\d+)\) (?:of|from)|'
                     rb'(Failed to execute)|(Error while writing to)) "((?:[^"\n]|\n(?!procmail: ))*)"$', re.M)
ROUNDS = 5  # of questions: so many programs may fail
LIMIT = 60  # seconds


class Home:
    """The sandbox as it was: each run begins with it."""

    def __init__(self, path):
        self.path = path
        self.kept = tempfile.mkdtemp(prefix='predict-')
        subprocess.run(['cp', '-a', path + '/.', self.kept], check=True)

    def restore(self):
        """Directories stay: they may be mounted elsewhere."""
        for top, directories, files in os.walk(self.path, topdown=False):
            kept = os.path.join(self.kept, os.path.relpath(top, self.path))
            for name in directories + files:
                whole = os.path.join(top, name)
                if not os.path.isdir(whole) or os.path.islink(whole):
                    unlink(whole)
                elif not os.path.isdir(os.path.join(kept, name)):
                    os.rmdir(whole)
        subprocess.run(['cp', '-a', self.kept + '/.', self.path], check=True)

    def forget(self):
        shutil.rmtree(self.kept)


def unlink(path):
    try:
        os.unlink(path)
    except OSError as error:
        if error.errno != errno.EBUSY:  # something is mounted there: /etc/passwd
            raise


def run(program, name, arguments, message):
    """Its output goes to files: a process left behind must not make us wait, nor lack its reader."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errs:
        done = subprocess.Popen([name] + arguments, executable=program, stdin=subprocess.PIPE, stdout=out,
                                stderr=errs)
        done.communicate(message, timeout=LIMIT)
        wait_for_orphans()
        out.seek(0)
        errs.seek(0)
        done.stdout, done.stderr = out.read(), errs.read()
    return done


def wait_for_orphans():
    """Copies and programs in the background still write: they are ours to wait for, see main()."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def verbose(arguments):
    """With VERBOSE=on before the first assignment; None: there is none."""
    for i, word in enumerate(arguments):
        if re.match(r'\w+=', word):
            return arguments[:i] + ['VERBOSE=on'] + arguments[i:]
    return None


# ---- places

def place_of(step):
    return '%s:%s' % (step['file'], step['line']) if 'file' in step else 'no recipe'


def predicted_places(steps):
    return [(step['kind'], step['to'], place_of(step)) for step in steps
            if step['step'] == 'delivery' and step['works'] and step['kind'] != 'link']


def is_there(place, told):
    kind, to, where = place
    name, at = told
    if at != where:
        return False
    if kind in ('program', 'forward', 'stdout'):
        return True
    return name == to or name.startswith(to + '/')


def was_run(place, log):
    """A forward that filters delivers nothing: --tell is silent, the log is not."""
    kind, to, _ = place
    return kind == 'forward' and b'Executing "%s"' % to.replace(' ', ',').encode() in log


def compare_places(places, told, log):
    """What was predicted and did not come, and the other way round; copies come in any order."""
    left, wrong = list(told), []
    for place in places:
        found = next((t for t in left if is_there(place, t)), None)
        if found:
            left.remove(found)
        elif not was_run(place, log):
            wrong.append('predicted, did not come: %s %s (%s)' % place)
    return wrong + ['came, not predicted: %s (%s)' % t for t in left]


# ---- conditions

def without(pid, text):
    """The text of `$$ ?? ...` is chance."""
    return re.sub(r'\b%d\b' % pid, '$$', text)


def compare_conditions(steps, log, asked, came, whole):
    """Each with its text, in their order; those of copies, which log at the same time, in any."""
    said = [without(came.pid, text.decode(errors='replace')) for text in CONDITION.findall(log)]
    ours = [without(asked.pid, step['log']) for step in steps if step['step'] == 'condition' and 'log' in step]
    if any(step['step'] == 'copy' for step in steps):
        said.sort()
        ours.sort()
    rest = iter(ours)  # if the log does not have them all, then those in their order
    same = ours == said if whole else all(condition in rest for condition in said)
    return [] if same else ['conditions: predicted %r, came %r' % (ours, said)]


def logs(home, steps):
    """What is in the files that LOGFILE named."""
    text = b''
    names = [step['text'].split('=', 1)[1] for step in steps
             if step['step'] == 'assign' and step['text'].startswith('LOGFILE=')]
    for name in dict.fromkeys(os.path.join(home.path, name) for name in names):
        if os.path.isfile(name):
            with open(name, 'rb') as file:
                text += file.read()
    return text


# ---- all

def failures(steps, told, log):
    """Places of programs that were taken to succeed and did not take the message, and how they ended: for --ends."""
    found = []
    for step in steps:
        if step['step'] != 'delivery' or step['kind'] not in ('program', 'forward') or not step['works']:
            continue
        for failure in FAILURE.finditer(log):
            name = failure.group(5).decode(errors='replace').strip()
            if step['to'].strip() == name or step['to'].startswith(name + ' '):
                status = failure.group(2) or (b'127' if failure.group(3) else b'unread')
                found.append('%s=%s' % (place_of(step), status.decode()))
    return found


class Asked:
    """What mailweir-explain says."""

    def __init__(self, home, explain, arguments, message, ends):
        options = [word for end in ends for word in ('--ends', end)]
        self.done = run(explain, 'mailweir-explain', ['--json', '--allow-commands', '--anyway', '--timeout', '20']
                        + options + arguments, message)
        home.restore()
        self.refused = self.done.returncode in (64, 66)
        if self.done.returncode not in (0, 64, 66, 75):  # 75: a program took too long
            raise ValueError('no prediction: %d %s' % (self.done.returncode, self.done.stderr))
        if not self.refused:
            self.said = json.loads(self.done.stdout)
            self.steps = self.said['steps']


class Came:
    """What mailweir did."""

    def __init__(self, home, mailweir, name, arguments, message):
        self.loud = verbose(arguments)
        self.done = run(mailweir, name, ['--tell'] + (self.loud or arguments), message)
        self.told = re.findall(r'^(.+)\t([^\t\n]+:\d+|no recipe)$', self.done.stdout.decode(errors='replace'), re.M)

    def compare(self, home, asked):
        self.log = self.done.stderr + logs(home, asked.steps)
        wrong = compare_places(predicted_places(asked.steps), self.told, self.log)
        if asked.said['exit_status'] != self.done.returncode:
            wrong.append('exit status: predicted %d, came %d' % (asked.said['exit_status'], self.done.returncode))
        whole = self.loud and b'Assigning "VERBOSE=' not in self.log.replace(b'Assigning "VERBOSE=on"', b'', 1)
        self.has_conditions = self.loud or b'procmail: Assigning "' in self.log
        if self.has_conditions and not wrong:
            wrong += compare_conditions(asked.steps, self.log, asked.done, self.done, whole)
        return wrong


def compare_refusal(asked, came):
    """Its reason is told on standard error, and the agent takes no mail either."""
    if came.told:
        return ['refused, but it came: %r' % came.told], ''
    if b'make no sense here' in asked.done.stderr:
        return [], 'no mail is delivered: -h, -v'
    if asked.done.returncode != came.done.returncode:
        return ['refused with %d, came %d' % (asked.done.returncode, came.done.returncode)], ''
    return [], 'compared: both refuse, with the same exit status'


def check(home, name, mailweir, explain, arguments, message):
    """What is wrong, and what was compared."""
    asked = Asked(home, explain, as_recipients(name, arguments), message, [])
    came = Came(home, mailweir, name, arguments, message)
    if asked.refused:
        return compare_refusal(asked, came)
    kind, ends = '', []
    wrong = came.compare(home, asked)
    for _ in range(ROUNDS):
        if not wrong:
            break
        kept = Home(home.path)  # as the agent left it: its logs are read again
        more = failures(asked.steps, came.told, came.log)
        home.restore()
        ends += [end for end in more if end not in ends]
        asked = Asked(home, explain, as_recipients(name, arguments), message, ends)
        kept.restore()
        kept.forget()
        wrong = came.compare(home, asked)
        kind = ', given how programs that took the message ended'
    return wrong, 'compared: folders, exit status' + (', conditions' if came.has_conditions else '') + kind


def as_recipients(name, arguments):
    """Under another name than its own the agent's arguments are those of -d."""
    if re.match('procmail|mailweir', os.path.basename(name)):
        return arguments
    at = next((i for i, word in enumerate(arguments) if not word.startswith('-')), len(arguments))
    return arguments[:at] + ['-d'] + arguments[at:]


def become_reaper():
    import ctypes
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def main():
    mailweir, explain, reports, *arguments = sys.argv[1:]
    name = 'procmail'
    if arguments and arguments[0].startswith('@as='):
        name = arguments.pop(0)[len('@as='):]
    message = sys.stdin.buffer.read()
    become_reaper()
    home = Home(os.environ['HOME'])
    try:
        wrong, kind = check(home, name, mailweir, explain, arguments, message)
    except Exception as error:  # whatever it is, it is no prediction
        wrong, kind = ['trouble: %r' % error], ''
    home.restore()
    home.forget()
    with tempfile.NamedTemporaryFile('w', dir=reports, delete=False) as file:
        file.write((kind if not wrong else 'not as predicted') + '\n')
    sys.stdout.buffer.write('\n'.join(wrong).encode(errors='replace'))


main()
