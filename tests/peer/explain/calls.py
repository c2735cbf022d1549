"""Stands for mailweir in a sandbox: looks at each system call of a dry run.  Nothing is printed if none of them writes,
locks, connects, signals or starts anything, and if no file of the sandbox has changed; otherwise what did.

usage: calls.py MAILWEIR EXPLAIN REPORTS argument ...
"""
import json, os, re, subprocess, sys, tempfile

FORMS = ['--json', '--quiet', '--html', '--color=always']
HARMLESS = set('''
    access arch_prctl brk chdir clock_gettime close dup dup2 exit exit_group faccessat faccessat2 fstat fstatfs futex
    getcwd getdents64 getegid geteuid getgid getpid getppid getrandom getresgid getresuid getuid lseek lstat madvise mprotect munmap
    newfstatat pipe2 poll pread64 prlimit64 read readlink readlinkat rseq rt_sigaction rt_sigprocmask rt_sigreturn
    set_robust_list set_tid_address stat statx sysinfo umask uname wait4
'''.split())
# With the descriptors' names, as strace -y gives them: the report; a pipe to ourselves; the spool of a large message,
# which has no name; the C library and its modules, which ask for the user's name; and rights that are given up for a recipient's.
ALLOWED = [re.compile(pattern) for pattern in (
    r'(write|writev)\([12]<',
    r'write\(\d+<pipe:\[\d+\]>',
    r'(write|pwrite64|ftruncate)\(\d+</[^>]*/#\d+>?\(?( \(deleted\))?',
    r'openat?\((AT_FDCWD(<[^>]*>)?, )?"[^"]*"(\.\.\.)?, O_RDONLY(\|O_(CLOEXEC|NONBLOCK|NOCTTY|NOFOLLOW|DIRECTORY))*\)',
    r'openat\(AT_FDCWD(<[^>]*>)?, "[^"]*", O_RDWR\|[O_A-Z|]*O_TMPFILE',
    r'fcntl\(\d+<.*, F_(GETFL|GETFD|DUPFD_CLOEXEC|SETFD, FD_CLOEXEC|SETFL, O_[A-Z_|]*)',
    r'fcntl\(\d+, F_GETFD',
    r'ioctl\(\d+<.*, TCGETS',
    r'mmap\(.*MAP_PRIVATE',
    r'mmap\(.*PROT_READ, MAP_SHARED',
    r'socket\(AF_UNIX, SOCK_STREAM\|SOCK_CLOEXEC\|SOCK_NONBLOCK, 0\)',
    r'openat\((AT_FDCWD|\d+)(<[^>]*>)?, "[^"]*", O_RDONLY(\|O_(CLOEXEC|NOFOLLOW|DIRECTORY))*\|O_PATH(\|O_DIRECTORY)?\)',
    r'prctl\(PR_CAPBSET_READ, ',
    r'(setgroups|setresgid|setresuid)\(',
    r'connect\(\d+<.*sun_path="/var/run/nscd/socket"',
)]
FORK = re.compile(r'(clone3?|fork|vfork)\(')


def sandbox():
    """All there is, with bytes and times."""
    found = []
    for top, directories, files in os.walk(os.environ['HOME']):
        for name in directories + files:
            path = os.path.join(top, name)
            st = os.lstat(path)
            found.append((path, st.st_mode, st.st_size, st.st_nlink, st.st_mtime_ns, st.st_ctime_ns))
    return sorted(found)


def explain(program, arguments, message, calls=None):
    trace = ['strace', '-f', '-y', '-qq', '-s', '64', '-e', 'signal=none', '-o', calls] if calls else []
    return subprocess.run(trace + [program] + arguments, input=message, capture_output=True, timeout=60)


def looked_at(lines):
    """The calls, each whole."""
    started, calls = {}, []
    for line in lines:
        pid, _, call = line.rstrip('\n').partition(' ')
        call = call.strip()
        if call.endswith('<unfinished ...>'):
            started[pid] = call[:-len('<unfinished ...>')].rstrip()
        elif call.startswith('<... '):
            calls.append(started.pop(pid, '') + call.partition('resumed>')[2])
        elif not call.startswith(('+++', '---')):
            calls.append(call)
    return calls


def wrong_calls(calls, copies):
    wrong = []
    execs = forks = 0
    for call in calls:
        name = call.partition('(')[0]
        if name == 'execve':
            execs += 1
        elif FORK.match(call):
            forks += 1
        elif name not in HARMLESS and not any(allowed.match(call) for allowed in ALLOWED):
            wrong.append(call)
    if execs != 1:
        wrong.append('%d programs were started' % (execs - 1))
    if forks != copies:
        wrong.append('%d processes, and %d copies of the agent' % (forks, copies))
    return wrong


def check(program, arguments, message):
    form = FORMS[os.getpid() % len(FORMS)]
    before = sandbox()
    plain = explain(program, ['--json'] + arguments, message)
    copies = 0
    if plain.returncode == 0:
        copies = sum(step['step'] in ('copy', 'recipient') for step in json.loads(plain.stdout)['steps'])
    with tempfile.NamedTemporaryFile('r', errors='replace') as trace:
        done = explain(program, [form] + arguments, message, trace.name)
        wrong = wrong_calls(looked_at(trace), copies)
    if done.returncode != plain.returncode:
        wrong.append('%s ends with %d, --json with %d' % (form, done.returncode, plain.returncode))
    if sandbox() != before:
        wrong.append('files have changed')
    return wrong


def main():
    _, program, _, *arguments = sys.argv[1:]
    if arguments and arguments[0].startswith('@as='):
        arguments[0] = '-d'
    try:
        wrong = check(program, arguments, sys.stdin.buffer.read())
    except Exception as error:
        wrong = ['trouble: %r' % error]
    sys.stdout.buffer.write('\n'.join(wrong).encode(errors='replace'))


main()
