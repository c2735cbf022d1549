"""Stands for the agent in a sandbox: asks mailweir-explain, lets mailweir do it, and compares.  The sandbox is left as
it was.  Nothing is printed if all came as predicted, otherwise what did not.  A reason why nothing can be compared
goes to the directory REPORTS.

usage: predict.py NAME MAILWEIR EXPLAIN REPORTS argument ...
"""
import json, os, re, shutil, subprocess, sys, tempfile

CONDITION = re.compile(rb'^procmail: ((?:Match on|No match on|Score:) (?:[^\n]|\n(?!procmail: |\[))*")$', re.M)
FAILED = rb'Program failure|Non-zero exitcode|Failed to execute|Error while writing|Timeout'
LIMIT = 60  # seconds


class Home:
    """The sandbox as it was: each run begins with it."""

    def __init__(self, path):
        self.path = path
        self.kept = tempfile.mkdtemp(prefix='predict-')
        subprocess.run(['cp', '-a', path + '/.', self.kept], check=True)

    def restore(self):
        for name in os.listdir(self.path):
            whole = os.path.join(self.path, name)
            if os.path.isdir(whole) and not os.path.islink(whole):
                shutil.rmtree(whole)
            else:
                os.unlink(whole)
        subprocess.run(['cp', '-a', self.kept + '/.', self.path], check=True)

    def forget(self):
        shutil.rmtree(self.kept)


def run(program, arguments, message):
    """Its output goes to files: a process left behind must not make us wait, nor lack its reader."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errs:
        done = subprocess.Popen(['procmail'] + arguments, executable=program, stdin=subprocess.PIPE, stdout=out,
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


def compare_conditions(steps, log, asked, came):
    """Each with its text, in their order; those of copies, which log at the same time, in any."""
    if b'Assigning "VERBOSE=' in log.replace(b'Assigning "VERBOSE=on"', b'', 1):
        return []  # the log does not have them all
    said = [without(came.pid, text.decode(errors='replace')) for text in CONDITION.findall(log)]
    ours = [without(asked.pid, step['log']) for step in steps if step['step'] == 'condition' and 'log' in step]
    if any(step['step'] == 'copy' for step in steps):
        said.sort()
        ours.sort()
    return [] if ours == said else ['conditions: predicted %r, came %r' % (ours, said)]


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

def program_failed(places, told, log):
    """A program that takes the message is never run to explain: nobody can tell that it will fail."""
    for kind, to, where in places:
        if kind in ('program', 'forward') and not any(at == where for _, at in told):
            return re.search(FAILED, log)
    return None


def check(home, name, mailweir, explain, arguments, message):
    if not re.match('procmail|mailweir|program$', os.path.basename(name)):
        return 'under that name the agent delivers to other users'
    if not message:
        return 'no message'
    asked = run(explain, ['--json', '--allow-commands', '--timeout', '20'] + arguments, message)
    home.restore()
    if asked.returncode in (64, 66) and re.search(rb'make no sense here|cannot read|is a directory', asked.stderr):
        return 'explain refuses: other users, or no rc file: ' + asked.stderr.decode(errors='replace').split(': ', 1)[1].split("'")[0]
    if asked.returncode not in (0, 75):  # 75: a program took too long
        return ['no prediction: %d %s' % (asked.returncode, asked.stderr.decode(errors='replace'))]
    try:
        prediction = json.loads(asked.stdout)
    except ValueError as error:
        return ['no JSON: %s %r' % (error, asked.stdout[:200])]
    steps = prediction['steps']
    loud = verbose(arguments)
    came = run(mailweir, ['--tell'] + (loud or arguments), message)
    log = came.stderr + logs(home, steps)
    told = re.findall(r'^(.+)\t([^\t\n]+:\d+|no recipe)$', came.stdout.decode(errors='replace'), re.M)
    places = predicted_places(steps)
    wrong = compare_places(places, told, log)
    if wrong and program_failed(places, told, log):
        return 'a program that takes the message failed'
    if prediction['exit_status'] != came.returncode:
        wrong.append('exit status: predicted %d, came %d' % (prediction['exit_status'], came.returncode))
    if loud and not wrong:
        wrong += compare_conditions(steps, log, asked, came)
    return wrong


def become_reaper():
    import ctypes
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def main():
    name, mailweir, explain, reports, *arguments = sys.argv[1:]
    message = sys.stdin.buffer.read()
    become_reaper()
    home = Home(os.environ['HOME'])
    try:
        wrong = check(home, name, mailweir, explain, arguments, message)
    except Exception as error:  # whatever it is, it is no prediction
        wrong = ['trouble: %r' % error]
    home.restore()
    home.forget()
    if isinstance(wrong, str):
        with open(os.path.join(reports, 'apart-%d' % os.getpid()), 'w') as file:
            file.write(wrong + '\n')
    else:
        sys.stdout.buffer.write('\n'.join(wrong).encode(errors='replace'))


main()
