"""Hostile expressions: (name, expression).  What an expression is asked is up to the runner."""


def explosions():
    yield "nested stars", "(a*)*b"
    yield "nested stars, three deep", "((a*)*)*b"
    yield "stars of stars in a row", "(a*)*(a*)*(a*)*[bc]"
    yield "alternatives that overlap", "(a|aa)+[bc]"
    yield "alternatives that are equal", "(a|a|a|a)*b"
    yield "a dozen stars", "a*" * 12 + "b"
    yield "two hundred maybes", "(a?)" * 200 + "a" * 200
    yield "dots in a row", ".*" * 20 + "z"
    yield "a group of plus", "(a+)+$b"
    yield "words", "(([a-z]+ ?)+)+[0-9]$"
    yield "procmail's own endless one", "(x([^ ]*|M)|.*)+p"
    yield "lines of lines", "((.*$)*)*zz"
    yield "anything of anything", "((.|$)*)*zz"
    yield "many states at once", "(a|b)*a" + "(a|b)" * 20 + "z"
    yield "very many states at once", "(a|.)*a" + "." * 200 + "z"
    yield "boundaries", r"(\<a*\>)*b"
    yield "edges", "(^^|a)*b^^"
    yield "empty alternatives", "(|a||)*(|b||)+z"
    yield "empty groups", "()*()*()+" * 100 + "z"


def shapes():
    yield "10,000 alternatives", "(" + "|".join(f"word{n}" for n in range(10000)) + ")"
    yield "2,000 alternatives, one prefix", "aaaa(" + "|".join("a" * (n % 50) + str(n) for n in range(2000)) + ")"
    yield "1,000 parentheses", "(" * 1000 + "a" + ")" * 1000
    yield "100,000 parentheses", "(" * 100000 + "a" + ")" * 100000
    yield "100,000 parentheses with stars", "(" * 100000 + "a" + ")*" * 100000
    yield "100,000 parentheses without an end", "(" * 100000
    yield "100,000 closing parentheses", "a" + ")" * 100000
    yield "alternatives, nested", "(a|" * 20000 + "b" + ")" * 20000
    yield "a literal of 100 kB", "a" * 100000
    yield "a class of 100 kB", "[" + "abcxyz" * 16000 + "]"
    yield "1,000 classes", "".join(f"[a-{chr(98 + n % 24)}]" for n in range(1000))
    yield "a class without an end", "[abc"
    yield "a negated class without an end", "[^"
    yield "a class of a bracket", "[]]*[^]]"
    yield "backward ranges", "[z-a][9-0][\xff-\x01]"
    yield "ranges of ranges", "[a-b-c-d---]"
    yield "all bytes in a class", "[" + "".join(chr(c) for c in range(1, 256) if chr(c) not in "]\n") + "]"
    yield "8-bit bytes", "\xe4*[\xf6-\xfc]"
    yield "a backslash at the end", "abc\\"
    yield "backslashes", "\\\\" * 5000
    yield "operators alone", "***+++???"
    yield "operators in a row", "a" + "*+?" * 1000
    yield "bars alone", "|" * 10000
    yield "a bar at the end of each group", "(a|)(|b)(|)"
    yield "carets", "^" * 1000
    yield "dollars", "$" * 1000
    yield "edges in a row", "^^^^^^^^^^"
    yield "carets with stars", "^*$*^+$?" * 50
    yield "boundaries in a row", r"\<\>" * 500
    yield "macros", "^TO_^TO^FROM_DAEMON^FROM_MAILER" * 10
    yield "counts that are none", "a{1000000000}{2,3}"
    yield "groups of other tongues", "(?:a)(?=b)(?#x)(?P<n>y)\\1(*FAIL)"
    yield "escapes of other tongues", r"\Qa\E\x00\u0000\p{L}\R\K\G"


def splits():
    yield "a split alone", r"()\/"
    yield "a hundred splits", r"a\/" * 100
    yield "splits in a group", r"(a\/)*(\/b)*"
    yield "splits in alternatives", r"(a\/|b\/c|\/)*z"
    yield "a split and everything", r"()\/(.*$)*"
    yield "a split that looks to the end", r"a\/(.*$(.*$)*zzz)?"
    yield "a split whose left looks to the end", r"(a|.*$(.*$)*zzz)\/."
    yield "a split behind stars", r"(a*)*\/(a*)*b"
    yield "a split behind maybes", "(a?)" * 100 + r"\/" + "(a?)" * 100
    yield "a split at the edge", r"^^\/^^"
    yield "a split behind the end", r"$\/$$"
    yield "a split and many alternatives", r"()\/(" + "|".join(f"w{n}" for n in range(3000)) + ")"


def corpus():
    return [one for group in (explosions, shapes, splits) for one in group()]
