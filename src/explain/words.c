/* What things are called. */
#include "explain/explain.h"

static const struct {
    const char *word, *text;
} passed[] =
    {
        {"conditions", "a condition did not hold"},
        {"score", "the score is not above zero"},
        {"A", "flag A: the recipe before it did not match"},
        {"a", "flag a: the recipe before it did not match, or its action failed"},
        {"E", "flag E: a recipe before it matched"},
        {"e", "flag e: the recipe before it did not fail"},
        {"action", "it has no action"},
},
  ended[] = {
      {"end", "the rc file ends"},
      {"delivered", "the message is delivered"},
      {"host", "HOST is not this host"},
      {"signal", "trouble or a signal forbids to go on"},
};

const char *explain_why_passed(struct span why)
{
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        if (span_eq_text(why, passed[i].word))
            return passed[i].text;
    return "";
}

const char *explain_why_ended(struct span why)
{
    for (size_t i = 0; i < sizeof ended / sizeof *ended; i++)
        if (span_eq_text(why, ended[i].word))
            return ended[i].text;
    return "";
}
