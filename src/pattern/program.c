/*
 * The tree as a program.  It is made from the end: a node's states need to know where the
 * pattern goes on behind the node, and the array has what is left before what is right and
 * children before their parent, so a loop from its end has always met what it needs.
 */
#include "pattern/pattern-private.h"

#include <stdlib.h>

#include "base/mem.h"

struct maker {
    struct program *program;
    const struct tree *tree;
    uint32_t *entry; /* by node: the state it begins with */
    uint32_t *exit;  /* by node: the state behind it */
    uint32_t *loop;  /* by node, of STAR and PLUS: the fork that repeats */
    uint32_t *leaf;  /* by state: the leaf it was made of; NULL when nobody asks */
};

static uint32_t add_state(struct program *program, enum state_kind kind, uint32_t x, uint32_t y)
{
    program->states[program->count] = (struct state){.kind = kind, .x = x, .y = y};
    return program->count++;
}

static uint32_t exit_of(const struct maker *m, uint32_t node)
{
    uint32_t parent = m->tree->nodes[node].parent;
    uint32_t next = m->tree->nodes[node].next;

    switch (m->tree->nodes[parent].kind) {
    case NODE_SEQUENCE:
        return next != NONE ? m->entry[next] : m->exit[parent];
    case NODE_STAR:
    case NODE_PLUS:
        return m->loop[parent];
    default:
        return m->exit[parent];
    }
}

static uint32_t make_leaf(struct maker *m, const struct node *node, uint32_t exit)
{
    uint32_t state;

    switch (node->kind) {
    case NODE_BYTE:
        state = add_state(m->program, STATE_BYTE, exit, NONE);
        m->program->states[state].byte = node->byte;
        return state;
    case NODE_SET:
        return add_state(m->program, STATE_SET, exit, node->set);
    case NODE_SPLIT:
        return add_state(m->program, STATE_SPLIT, exit, NONE);
    case NODE_EDGE:
        state = add_state(m->program, STATE_BEGIN, exit, NONE);
        if (!node->ends)
            return state;
        return add_state(m->program, STATE_FORK, state, add_state(m->program, STATE_END, exit, NONE));
    default:
        return exit; /* NODE_EMPTY */
    }
}

/* A child is complete: what its parent needs of it.  True when it was the last one missing. */
static bool join_parent(struct maker *m, uint32_t child)
{
    uint32_t parent = m->tree->nodes[child].parent;
    uint32_t entry = m->entry[child];
    uint32_t *above = &m->entry[parent];

    switch (m->tree->nodes[parent].kind) {
    case NODE_CHOICE:
        *above = *above == NONE ? entry : add_state(m->program, STATE_FORK, entry, *above);
        break;
    case NODE_STAR:
        m->program->states[m->loop[parent]].x = entry;
        *above = m->loop[parent];
        break;
    case NODE_PLUS:
        m->program->states[m->loop[parent]].x = entry;
        *above = entry;
        break;
    case NODE_MAYBE:
        *above = add_state(m->program, STATE_FORK, entry, m->exit[parent]);
        break;
    default:
        *above = entry;
        break;
    }
    return m->tree->nodes[parent].first == child;
}

static void make_node(struct maker *m, uint32_t i)
{
    const struct node *node = &m->tree->nodes[i];
    uint32_t first;

    if (i != m->tree->root)
        m->exit[i] = exit_of(m, i);
    if (node->kind == NODE_STAR || node->kind == NODE_PLUS)
        m->loop[i] = add_state(m->program, STATE_FORK, NONE, m->exit[i]);
    if (node->first != NONE)
        return;
    first = m->program->count;
    m->entry[i] = make_leaf(m, node, m->exit[i]);
    for (; m->leaf && first < m->program->count; first++)
        m->leaf[first] = i;
    while (i != m->tree->root && join_parent(m, i))
        i = m->tree->nodes[i].parent;
}

static uint32_t *array_of_none(size_t count)
{
    uint32_t *array = mem_alloc_array(count, sizeof *array);

    for (size_t i = 0; i < count; i++)
        array[i] = NONE;
    return array;
}

static void add_first(struct program *program, const struct state *state)
{
    if (state->kind == STATE_BYTE) {
        byteset_add(&program->first, state->byte);
        if (program->fold['A'] == 'a')
            byteset_add(&program->first, byte_upper(state->byte));
    }
    for (unsigned i = 0; i < 4 && state->kind == STATE_SET; i++)
        program->first.word[i] |= program->sets[state->y].word[i];
}

static void find_first(struct program *program)
{
    struct stateset set;

    stateset_init(&set, program);
    stateset_add(&set, program->start);
    program->skips = true;
    for (uint32_t i = 0; i < set.count; i++) {
        const struct state *state = &program->states[set.list[i]];

        if (state->kind == STATE_FINAL || state->kind == STATE_END)
            program->skips = false;
        if (state->kind == STATE_FORK)
            stateset_add(&set, state->y);
        if (state->kind == STATE_FORK || state->kind == STATE_SPLIT)
            stateset_add(&set, state->x);
        add_first(program, state);
    }
    stateset_free(&set);
}

/* A leaf makes at most three states, its place in a choice or an operator one more. */
static size_t states_at_most(const struct tree *tree)
{
    return 4 * (size_t)tree->count + 1;
}

static void make(struct program *program, const struct tree *tree, uint32_t *leaf)
{
    struct maker m = {
        program, tree, array_of_none(tree->count), array_of_none(tree->count), array_of_none(tree->count),
        leaf};

    *program = (struct program){.sets = tree->sets};
    for (unsigned c = 0; c < 256; c++)
        program->fold[c] = tree->caseless ? byte_lower((unsigned char)c) : (unsigned char)c;
    program->states = mem_alloc_array(states_at_most(tree), sizeof *program->states);
    program->final = m.exit[tree->root] = add_state(program, STATE_FINAL, NONE, NONE);
    for (uint32_t i = tree->count; i-- > 0;)
        make_node(&m, i);
    program->start = m.entry[tree->root];
    free(m.entry);
    free(m.exit);
    free(m.loop);
    find_first(program);
}

void program_make(struct program *program, const struct tree *tree)
{
    make(program, tree, NULL);
}

uint32_t *program_make_with_leaves(struct program *program, const struct tree *tree)
{
    uint32_t *leaf = array_of_none(states_at_most(tree));

    make(program, tree, leaf);
    return leaf;
}

void program_free(struct program *program)
{
    free(program->states);
}

size_t program_skip(const struct program *program, struct literal *literal, struct span subject, size_t from)
{
    size_t last = subject.n - 1;

    if (literal->leads) {
        size_t at = literal_find(literal, 0, subject, from);

        return at < last ? at : last;
    }
    while (from < last) {
        size_t begin = from, end = last - from < REST_AFTER ? last : from + REST_AFTER;

        while (from < end && !byteset_has(&program->first, (unsigned char)subject.p[from]))
            from++;
        rest_after(&literal->rest, from - begin);
        if (from < end)
            return from;
    }
    return last;
}
