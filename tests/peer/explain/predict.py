"""Stands for mailweir in a sandbox: asks mailweir-explain first, looks whether that is what happens, and then is
mailweir.  Exit status 99: it was not.

usage: predict.py MAILWEIR EXPLAIN REPORTS argument ...
"""
import json, os, re, shutil, subprocess, sys, tempfile

WRONG = 99
CONDITION = re.compile(rb'^procmail: (?:\[\d+\] .*\n)?(?:procmail: )?(Match on|No match on|Score:)', re.M)


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


def run(command, message):
    return subprocess.run(command, input=message, capture_output=True, timeout=60)


def verbose(arguments):
    """With VERBOSE=on before the first assignment; None: there is none."""
    for i, word in enumerate(arguments):
        if '=' in word and re.match(r'\w+=', word):
            return arguments[:i] + ['VERBOSE=on'] + arguments[i:]
    return None


def predicted_places(steps):
    places = []
    for step in steps:
        if step['step'] == 'delivery' and step['works'] and step['kind'] != 'link':
            places.append((step['kind'], step['to'], '%s:%s' % (step['file'], step['line']) if 'file' in step else 'no recipe'))
    return places


def is_there(place, told):
    kind, to, where = place
    name, at = told
    if at != where:
        return False
    if kind in ('program', 'forward', 'stdout'):
        return True
    return name == to or name.startswith(to + '/')


def compare_places(places, told):
    """What was predicted and did not come, and the other way round; copies come in any order."""
    left, wrong = list(told), []
    for place in places:
        found = next((t for t in left if is_there(place, t)), None)
        if found:
            left.remove(found)
        else:
            wrong.append('predicted, did not come: %s %s (%s)' % place)
    return wrong + ['came, not predicted: %s (%s)' % t for t in left]


def compare_conditions(steps, log):
    if b'Assigning "VERBOSE=' in log.replace(b'Assigning "VERBOSE=on"', b'', 1):
        return []
    said = {'Match on': 0, 'No match on': 0, 'Score:': 0}
    for words in CONDITION.findall(log):
        said[words.decode()] += 1
    ours = {'Match on': 0, 'No match on': 0, 'Score:': 0}
    for step in steps:
        if step['step'] == 'condition' and not step['skipped']:
            ours['Score:' if 'score' in step else 'Match on' if step['holds'] else 'No match on'] += 1
    return [] if ours == said else ['conditions: predicted %s, came %s' % (ours, said)]


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


def program_failed(places, told, log):
    """A program that takes the message is never run to explain: nobody can tell that it will fail."""
    for kind, to, where in places:
        if kind in ('program', 'forward') and not any(at == where for _, at in told):
            return re.search(rb'Program failure|Non-zero exitcode|Failed to execute|Error while writing|Timeout', log)
    return None


def check(home, mailweir, explain, arguments, message):
    if not message:
        return 'no message'
    asked = run([explain, '--json', '--allow-commands', '--timeout', '20'] + arguments, message)
    home.restore()
    if asked.returncode in (64, 66) and re.search(rb'make no sense here|cannot read|is a directory', asked.stderr):
        return 'explain refuses: the agent is not asked to sort, or its rc file is not there'
    if asked.returncode not in (0, 75):  # 75: a program took too long
        return ['no prediction: %d %s' % (asked.returncode, asked.stderr.decode(errors='replace'))]
    try:
        prediction = json.loads(asked.stdout)
    except ValueError as error:
        return ['no JSON: %s %r' % (error, asked.stdout[:200])]
    loud = verbose(arguments)
    came = run([mailweir, '--tell'] + (loud or arguments), message)
    log = came.stderr + logs(home, prediction['steps'])
    home.restore()
    told = re.findall(r'^(.+)\t([^\t\n]+:\d+|no recipe)$', came.stdout.decode(errors='surrogateescape'), re.M)
    places = predicted_places(prediction['steps'])
    wrong = compare_places(places, told)
    if wrong and program_failed(places, told, log):
        return 'a program that takes the message failed'
    if prediction['exit_status'] != came.returncode:
        wrong.append('exit status: predicted %d, came %d' % (prediction['exit_status'], came.returncode))
    if loud and not (wrong or any(s['step'] == 'copy' for s in prediction['steps'])):
        wrong += compare_conditions(prediction['steps'], log)
    return wrong


def main():
    mailweir, explain, reports, *arguments = sys.argv[1:]
    message = sys.stdin.buffer.read()
    home = Home(os.environ['HOME'])
    try:
        wrong = check(home, mailweir, explain, arguments, message)
    except Exception as error:  # whatever it is, it is no prediction
        home.restore()
        wrong = ['trouble: %r' % error]
    home.forget()
    if isinstance(wrong, str):
        with open(os.path.join(reports, 'apart-%d' % os.getpid()), 'w') as file:
            file.write(wrong + '\n')
        wrong = []
    if wrong:
        with open(os.path.join(reports, '%d' % os.getpid()), 'w', errors='replace') as file:
            file.write('\n'.join(wrong) + '\n' + ' '.join(arguments[-1:]) + '\n')
        sys.exit(WRONG)
    sys.exit(subprocess.run([mailweir] + arguments, input=message).returncode & 0xff)


main()
