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

/* A path as a URI reference (RFC 3986), in which two slashes at the beginning would be a host's name. */
static void print_uri(const char *path, FILE *to)
{
    while (path[0] == '/' && path[1] == '/')
        path++;
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

/* Lines and columns from 1; columns of SARIF are characters. */
struct place {
    size_t offset;
    unsigned line;
    size_t column;
};

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t line_begin(const struct check_result *result, size_t offset)
{
    while (offset && result->text.p[offset - 1] != '\n')
        offset--;
    return offset;
}

static void set_column(const struct check_result *result, struct place *place)
{
    place->column = 1;
    for (size_t i = line_begin(result, place->offset); i < place->offset; i++)
        place->column += begins_character(result->text.p[i]);
}

static struct place place_of(const struct check_result *result, const struct check_finding *f)
{
    struct place place = {f->offset, f->line, 1};

    set_column(result, &place);
    return place;
}

/* What is meant lies near: no line is counted from the beginning of the file. */
static struct place place_at(const struct check_result *result, struct place from, size_t offset)
{
    struct place place = {offset, from.line, 1};

    for (size_t i = from.offset; i < offset; i++)
        place.line += result->text.p[i] == '\n';
    for (size_t i = offset; i < from.offset; i++)
        place.line -= result->text.p[i] == '\n';
    set_column(result, &place);
    return place;
}

/* For those who count lines and for those who count bytes. */
static void print_region(const struct check_result *result, struct place from, size_t length, FILE *to)
{
    struct place end = place_at(result, from, from.offset + length);

    fprintf(to, "{\"startLine\": %u, \"startColumn\": %zu, \"endLine\": %u, \"endColumn\": %zu, ", from.line,
            from.column, end.line, end.column);
    fprintf(to, "\"byteOffset\": %zu, \"byteLength\": %zu}", from.offset, length);
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
        print_region(result, place_at(result, place_of(result, f), edit->offset), edit->removed, to);
        fputs(", \"insertedContent\": {", to);
        member("text", edit->inserted, to);
        fputs("}}", to);
    }
    fputs("]}]}]", to);
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
    fputs("}, \"region\": ", to);
    print_region(result, place_of(result, f), f->length, to);
    fputs("}}]", to);
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
