/* Findings for programs: a JSON of our own, and SARIF 2.1.0 (an OASIS standard). */
#include "base/escape.h"
#include "check/check.h"

static void member(const char *name, const char *text, FILE *to)
{
    fprintf(to, "\"%s\": ", name);
    json_string(span_of(text), to);
}

/* ---- our own */

static void print_edits(const struct check_edit *edit, FILE *to)
{
    fputs(", \"edits\": [", to);
    for (const char *comma = ""; edit; edit = edit->next, comma = ", ") {
        fprintf(to, "%s{\"offset\": %zu, \"removed\": %zu, ", comma, edit->offset, edit->removed);
        member("inserted", edit->inserted, to);
        putc('}', to);
    }
    putc(']', to);
}

void check_print_json(const struct check_result *result, bool first, FILE *to)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct check_finding *f = result->findings[i];

        fputs(first && i == 0 ? "\n    {" : ",\n    {", to);
        member("file", result->name, to);
        fprintf(to, ", \"line\": %u, \"column\": %u, \"length\": %zu, ", f->line, f->column, f->length);
        member("id", f->rule->id, to);
        fputs(", ", to);
        member("severity", check_severity_name(f->rule->severity), to);
        fputs(", ", to);
        member("text", f->text, to);
        fputs(",\n     ", to);
        member("why", f->rule->why, to);
        fputs(",\n     ", to);
        member("mend", f->rule->remedy, to);
        print_edits(f->edits, to);
        putc('}', to);
    }
}

/* ---- SARIF */

static void print_sarif_rules(FILE *to)
{
    for (size_t i = 0; i < check_rule_count(); i++) {
        const struct check_rule *rule = check_rule_at(i);

        fputs(i ? ",\n        {" : "\n        {", to);
        member("id", rule->id, to);
        fputs(", \"shortDescription\": {", to);
        member("text", rule->title, to);
        fputs("}, \"fullDescription\": {", to);
        member("text", rule->why, to);
        fputs("}, \"help\": {", to);
        member("text", rule->remedy, to);
        fputs("}, \"defaultConfiguration\": {", to);
        member("level", check_severity_name(rule->severity), to);
        fputs("}}", to);
    }
}

/* A path as a URI reference (RFC 3986). */
static void print_uri(const char *path, FILE *to)
{
    fputs("\"uri\": \"", to);
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~/", c))
            putc(c, to);
        else
            fprintf(to, "%%%02X", c);
    }
    putc('"', to);
}

static void print_region(size_t offset, size_t length, FILE *to)
{
    fprintf(to, "{\"byteOffset\": %zu, \"byteLength\": %zu}", offset, length);
}

static void print_fix(const struct check_result *result, const struct check_finding *f, FILE *to)
{
    if (!f->edits)
        return;
    fputs(",\n         \"fixes\": [{\"artifactChanges\": [{\"artifactLocation\": {", to);
    print_uri(result->name, to);
    fputs("}, \"replacements\": [", to);
    for (const struct check_edit *edit = f->edits; edit; edit = edit->next) {
        fputs(edit == f->edits ? "{\"deletedRegion\": " : ", {\"deletedRegion\": ", to);
        print_region(edit->offset, edit->removed, to);
        fputs(", \"insertedContent\": {", to);
        member("text", edit->inserted, to);
        fputs("}}", to);
    }
    fputs("]}]}]", to);
}

/* Columns of SARIF are characters. */
static size_t character_column(const struct check_result *result, const struct check_finding *f)
{
    const char *begin = result->text.p + f->offset - (f->column - 1);
    size_t column = 1;

    for (const char *p = begin; p < result->text.p + f->offset; p++)
        column += ((unsigned char)*p & 0xc0) != 0x80;
    return column;
}

static void print_sarif_result(const struct check_result *result, const struct check_finding *f, FILE *to)
{
    size_t index;

    check_rule_find(f->rule->id, &index);
    fputs("{", to);
    member("ruleId", f->rule->id, to);
    fprintf(to, ", \"ruleIndex\": %zu, ", index);
    member("level", check_severity_name(f->rule->severity), to);
    fputs(", \"message\": {", to);
    member("text", f->text, to);
    fputs("},\n         \"locations\": [{\"physicalLocation\": {\"artifactLocation\": {", to);
    print_uri(result->name, to);
    fprintf(to,
            "}, \"region\": {\"startLine\": %u, \"startColumn\": %zu, \"byteOffset\": %zu, \"byteLength\": "
            "%zu}}}]",
            f->line, character_column(result, f), f->offset, f->length);
    print_fix(result, f, to);
    fputs("}", to);
}

void check_print_sarif(const struct check_result *const *results, size_t count, FILE *to)
{
    const char *comma = "\n        ";

    fputs("{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"version\": \"2.1.0\",\n"
          "  \"runs\": [{\n    \"tool\": {\"driver\": {\"name\": \"mailweir-check\", \"version\": "
          "\"" PACKAGE_VERSION "\",\n      \"rules\": [",
          to);
    print_sarif_rules(to);
    fputs("]}},\n    \"columnKind\": \"unicodeCodePoints\",\n    \"results\": [", to);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < results[i]->count; k++, comma = ",\n        ") {
            fputs(comma, to);
            print_sarif_result(results[i], results[i]->findings[k], to);
        }
    fputs("]\n  }]\n}\n", to);
}
