/*
 * mailweird.conf(5): statements, one a line.  A word that has a meaning in one place is a word like others
 * elsewhere.  What they do is in src/serve/conf-build.c and conf-listen.c.
 */
%require "3.8"
%define api.pure full
%define api.prefix {conf_yy}
%define api.location.type {struct conf_place}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {void *scanner}
%parse-param {struct conf *conf}

%code requires {
#include "serve/conf-private.h"
}

%union {
    struct conf_word *word;
    struct conf_words words;
    struct conf_option *option;
    struct conf_where where;
}

%{
#include "grammar/conf.h"

int conf_yylex(CONF_YYSTYPE *value, CONF_YYLTYPE *where, void *scanner);

/* From the first token to the last one. */
#define YYLLOC_DEFAULT(now, rhs, n)                                                                   \
    do {                                                                                              \
        (now).offset = (n) ? YYRHSLOC(rhs, 1).offset : YYRHSLOC(rhs, 0).offset + YYRHSLOC(rhs, 0).length; \
        (now).length = (n) ? YYRHSLOC(rhs, n).offset + YYRHSLOC(rhs, n).length - (now).offset : 0;        \
    } while (0)

static struct conf_words words_add(struct conf_words words, struct conf_word *word)
{
    if (words.last)
        words.last->next = word;
    else
        words.first = word;
    words.last = word;
    return words;
}

static struct conf_option *option_new(struct conf *conf, int kind, const struct conf_word *value,
                                      struct conf_place place)
{
    struct conf_option *option = conf_alloc(conf, sizeof *option);

    option->kind = kind;
    option->value = value;
    option->place = place;
    return option;
}

/* Only memory is short, or a stack too deep, which this grammar has no use for. */
static void conf_yyerror(CONF_YYLTYPE *where, void *scanner, struct conf *conf, const char *text)
{
    (void)scanner;
    conf_fault(conf, *where, "%s", text);
}
%}

%token <word> WORD "a word"
%token <word> ACCOUNTS "accounts" ALIAS "alias" AUTHENTICATION "authentication" CERTIFICATE "certificate"
%token <word> DIR "dir" DOMAIN "domain" FILE_ "file" FOR "for" FROM "from" GSSAPI "gssapi" HOSTNAME "hostname"
%token <word> INDEX "index" KEY "key" KEYTAB "keytab" LIMIT "limit" LISTEN "listen" LOG "log" MODE "mode" ON "on"
%token <word> PASSWORD_COMMAND "password-command" PORT "port" PROGRAM "program" PROXY "proxy" QUEUE "queue"
%token <word> REALM "realm" RELAY "relay" SERVICE "service" STARTTLS "starttls" STATISTICS "statistics" SYSTEM "system" TLS "tls" TO "to"
%token <word> USER "user" VIA "via"
%token NEWLINE "the end of the line" COMMA "a comma" BAD "nothing"
%token YYEOF 0 "the end of the file"

%type <word> word service
%type <words> words
%type <where> where
%type <option> option options

%%

file
    : %empty
    | file line                 { if (conf_has_enough_faults(conf)) YYABORT; }
    ;

line
    : NEWLINE
    | known NEWLINE
    | error NEWLINE             { yyerrok; }
    ;

known
    : HOSTNAME word             { conf_set_hostname(conf, $2, @$); }
    | DOMAIN words              { conf_add_domains(conf, $2.first); }
    | ACCOUNTS FILE_ word       { conf_add_accounts(conf, CONF_ACCOUNTS_FILE, $3, @$); }
    | ACCOUNTS SYSTEM           { conf_add_accounts(conf, CONF_ACCOUNTS_SYSTEM, NULL, @$); }
    | ACCOUNTS PROGRAM word     { conf_add_accounts(conf, CONF_ACCOUNTS_PROGRAM, $3, @$); }
    | TLS CERTIFICATE word KEY word
                                { conf_add_certificate(conf, $3, $5); }
    | LISTEN word ON where options
                                { conf_add_listen(conf, $2, $4, $5, @$); }
    | STATISTICS ON where       { conf_set_statistics(conf, $3, @$); }
    | PROXY FROM words          { conf_add_proxies(conf, $3.first); }
    | USER word                 { conf_set_user(conf, $2, false, @$); }
    | USER word FOR AUTHENTICATION
                                { conf_set_user(conf, $2, true, @$); }
    | LOG word                  { conf_set_log(conf, $2, NULL, @$); }
    | LOG word word             { conf_set_log(conf, $2, $3, @$); }
    | AUTHENTICATION words      { conf_set_authentication(conf, $2.first, @$); }
    | GSSAPI REALM word KEYTAB word service
                                { conf_set_gssapi(conf, $3, $5, $6, @$); }
    | LIMIT limits
    | QUEUE word                { conf_later(conf, "a queue", @$); }
    | INDEX DIR word            { conf_later(conf, "an index", @$); }
    | ALIAS word TO words       { conf_later(conf, "an alias", @$); }
    | RELAY FOR words           { conf_later(conf, "a relay", @$); }
    | RELAY VIA word            { conf_later(conf, "a relay", @$); }
    | RELAY VIA word PASSWORD_COMMAND word
                                { conf_later(conf, "a relay", @$); }
    ;

service
    : %empty                    { $$ = NULL; }
    | SERVICE word              { $$ = $2; }
    ;

where
    : word PORT word            { $$ = (struct conf_where){$1, $3}; }
    | word                      { $$ = (struct conf_where){$1, NULL}; }
    ;

options
    : %empty                    { $$ = NULL; }
    | options option            { $$ = $2; $$->next = $1; }
    ;

option
    : TLS                       { $$ = option_new(conf, OPTION_TLS, NULL, @$); }
    | STARTTLS                  { $$ = option_new(conf, OPTION_STARTTLS, NULL, @$); }
    | PROXY                     { $$ = option_new(conf, OPTION_PROXY, NULL, @$); }
    | MODE word                 { $$ = option_new(conf, OPTION_MODE, $2, @$); }
    ;

limits
    : limit
    | limits COMMA limit
    ;

limit
    : word word                 { conf_set_limit(conf, $1, $2); }
    ;

words
    : word                      { $$ = words_add((struct conf_words){NULL, NULL}, $1); }
    | words word                { $$ = words_add($1, $2); }
    ;

word
    : WORD | ACCOUNTS | ALIAS | AUTHENTICATION | CERTIFICATE | DIR | DOMAIN | FILE_ | FOR | FROM | GSSAPI
    | HOSTNAME | INDEX | KEY | KEYTAB | LIMIT | LISTEN | LOG | MODE | ON | PASSWORD_COMMAND | PORT | PROGRAM | PROXY | QUEUE
    | REALM | RELAY | SERVICE | STARTTLS | STATISTICS | SYSTEM | TLS | TO | USER | VIA
    ;

%%

/* Where a word is expected, the keywords that are words, too, are not listed. */
static void expected_print(struct buf *to, const yysymbol_kind_t *expected, int n)
{
    bool words = false, first = true;

    for (int i = 0; i < n; i++)
        words = words || expected[i] == YYSYMBOL_WORD;
    for (int i = 0; i < n; i++) {
        bool keyword = expected[i] > YYSYMBOL_WORD && expected[i] < YYSYMBOL_NEWLINE;

        if ((keyword && words) || expected[i] == YYSYMBOL_YYEOF || expected[i] == YYSYMBOL_BAD)
            continue;
        buf_printf(to, "%s%s%s%s", first ? "" : ", ", keyword ? "'" : "", yysymbol_name(expected[i]),
                   keyword ? "'" : "");
        first = false;
    }
}

/* What the scanner has told is not told again. */
static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct conf *conf)
{
    yysymbol_kind_t expected[YYNTOKENS], got = yypcontext_token(context);
    struct conf_place at = *yypcontext_location(context);
    int n = yypcontext_expected_tokens(context, expected, YYNTOKENS);
    struct span text = span_make(conf->own->source.p + at.offset, at.length);
    struct buf words;

    (void)scanner;
    if (got == YYSYMBOL_BAD)
        return 0;
    buf_init(&words, BUF_UNLIMITED);
    expected_print(&words, expected, n);
    if (got == YYSYMBOL_NEWLINE || got == YYSYMBOL_YYEOF)
        conf_fault(conf, at, "the statement is not whole; to follow: %s", words.p);
    else
        conf_fault(conf, at, "'%.*s' does not stand here; instead: %s", (int)(text.n < 60 ? text.n : 60),
                   text.p, words.p);
    buf_free(&words);
    return 0;
}
