/* What the files of engine/ know about a run. */
#ifndef MAILWEIR_ENGINE_RUN_PRIVATE_H
#define MAILWEIR_ENGINE_RUN_PRIVATE_H

#include "engine/expand.h"
#include "engine/run.h"
#include "recipe/head.h"

/* An rc file being walked over, and where. */
struct run_frame {
    struct rc *rc;
    struct rc_item *item;  /* next one; NULL at the end of a block or of the file */
    struct rc_item *block; /* the recipe whose block it is in; NULL: the file's own level */
    size_t saved_depth;    /* of run->saved, when the file was opened */
};

/* What A, a, E, e look at. */
struct run_flow {
    bool last_condition;     /* of the last recipe without A or a */
    bool previous_condition; /* of the last recipe */
    bool last_success;       /* of the last action */
};

enum run_number {
    NUMBER_LOCKSLEEP,
    NUMBER_LOCKTIMEOUT,
    NUMBER_SUSPEND,
    NUMBER_NORESRETRY,
    NUMBER_TIMEOUT,
    NUMBER_VERBOSE,
    NUMBER_LOGABSTRACT,
    NUMBER_COUNT
};

enum run_text {
    TEXT_SHELLMETAS,
    TEXT_LOCKEXT,
    TEXT_MSGPREFIX,
    TEXT_TRAP,
    TEXT_SHELLFLAGS,
    TEXT_DEFAULT,
    TEXT_SENDMAIL,
    TEXT_SENDMAILFLAGS,
    TEXT_COUNT
};

struct run {
    struct run_options options;
    struct env *env;
    struct message *message;

    long numbers[NUMBER_COUNT];
    char *texts[TEXT_COUNT];
    size_t linebuf;
    size_t argument_count;
    const char *const *arguments;

    struct run_frame *frames;
    size_t frame_count, frame_room;
    struct rc **closed; /* files left while an item of theirs was being carried out */
    size_t closed_count, closed_room;
    struct run_flow *saved; /* of the blocks being in */
    size_t saved_count, saved_room;
    struct run_flow flow;
    size_t skipping; /* open blocks that are only looked at for faults */
    unsigned long files_opened;
    bool host_mismatched;

    int last_status;  /* $? */
    long last_score;  /* $= */
    size_t last_written;
    size_t last_offset;   /* in the mbox written last */
    size_t last_linked;   /* bytes of LASTFOLDER that are further names of the same message */
    bool last_is_program;
    bool biff_off;
    bool maildir_set;
    bool exitcode_set;
    bool log_opened;
    bool pretending; /* DELIVERED=yes */
    bool passing;    /* trouble came that may pass */
    bool deferred;   /* such that nothing may be delivered until it has passed */
    bool left_sandbox;
    bool anything_delivered; /* a copy is safe somewhere */
};

void run_trace(struct run *run, enum trace_kind kind, struct span text);
void run_trace_text(struct run *run, enum trace_kind kind, const char *text);

/* A detail (trace/trace.h), where anybody wants it. */
void run_detail(struct run *run, enum trace_kind kind, struct span text, struct span more);
void run_detail_text(struct run *run, enum trace_kind kind, const char *text);
/* The same of words that are parted by NULs. */
void run_detail_words(struct run *run, enum trace_kind kind, struct span words, struct span raw);

/* The whole action as it stands in the file. */
struct span run_action_raw(const struct rc_item *recipe);

/* Takes over what an act came to: $?, the size for the abstract, trouble. */
void run_note(struct run *run, const struct deliver_outcome *outcome);

/* engine/effect.c: what setting a variable does beside. */
void effect_of(struct run *run, const char *name, const char *value);
void effect_preset(struct run *run, const char *name, const char *value);
long effect_number(const char *text, long otherwise); /* yes, no, a, 12, … */
void run_unset(struct run *run, const char *name);
void run_overflowed(struct run *run); /* Exceeded LINEBUF, PROCMAIL_OVERFLOW */

/* engine/include.c */
void run_include(struct run *run, const char *name);
void run_switch(struct run *run, const char *name);
void run_close_all(struct run *run);
void run_close_file(struct run *run);
void run_free_closed(struct run *run); /* no item of theirs is in use any more */
void run_open_file(struct run *run, struct rc *rc);
const char *run_rc_name(const struct run *run);

/* engine/command.c: a program to be run, from its text or its words. */
struct command {
    struct deliver_command command;
    struct buf shown, name;
    struct expansion words;
    const char **argv;
    char *text;
};

/* With a shell where the text has one of SHELLMETAS, else split by our own rules. */
void command_of_text(struct run *run, struct span text, struct command *command);
void command_of_words(struct run *run, struct command *command); /* command->words is filled */
void command_begin_forward(struct run *run, struct command *command); /* $SENDMAIL $SENDMAILFLAGS */
void command_free(struct command *command);
bool command_is_empty(const struct command *command); /* one empty word and nothing else */
void command_joined(const struct command *command, struct buf *to); /* as LASTFOLDER shows it */

/* A program that reads the whole message, in its original form, and is waited for. */
struct deliver_program run_program(struct run *run, const struct command *command);

/* engine/condition.c: do the conditions of a recipe hold? `head` may lose conflicting flags. */
/* Where they do not, *why says so, in the words of TRACE_PASSED. */
bool run_conditions(struct run *run, const struct rc_item *recipe, struct head *head, const char **why);
void run_report_conflicts(struct run *run, struct head *head);
bool run_condition_fits(struct run *run, const struct rc_condition *condition); /* else it is told */

/* engine/unread.c: what is not carried out is read all the same, and what is wrong with it told. */
void run_read_head(struct run *run, struct head *head, struct span words);
void run_report_action(struct run *run, const struct rc_item *recipe, const struct head *head);
void run_report_fault(struct run *run, const struct rc_item *item);
bool run_action_fits(struct run *run, const struct rc_item *recipe); /* else it is told */
void run_unread_action(struct run *run, const struct rc_item *recipe);
/* Does the name at an item's beginning fit LINEBUF?  If not, or if one that is passed over does not
 * fit where it begins, the rc file ends there. */
bool run_name_fits(struct run *run, const struct rc_item *item);
bool run_unread_item(struct run *run, const struct rc_item *item);

/* engine/action.c */
enum run_acted {
    ACTED_FAILED,
    ACTED_DONE,      /* go on */
    ACTED_DELIVERED, /* and that is the end */
    ACTED_ENTERED,   /* the block is next */
    ACTED_NOTHING,   /* not even tried: the flow stays as it was */
};

enum run_acted run_act(struct run *run, const struct rc_item *recipe, const struct head *head);
void run_report_extraneous(struct run *run, const struct rc_item *recipe, const struct head *head);

/* engine/biff.c */
void run_set_comsat(struct run *run, const char *value);
void run_notify(struct run *run, const char *failure); /* NULL: it is where LASTFOLDER says */

/* engine/lock.c */
void run_lock_local(struct run *run, const struct head *head, struct span derived_from, bool may_derive);
/* As run_assign, without effects. */
bool run_assign_plain(struct run *run, const char *name, struct span value); /* false: no room */
bool run_keep(struct run *run, const char *name, struct span value); /* the same, and not told */

bool run_lock(struct run *run, enum deliver_slot slot, const char *path);
void run_unlock(struct run *run, enum deliver_slot slot);

/* engine/finish.c */
void run_set_lastfolder(struct run *run, struct span name, bool is_program);
void run_delivered(struct run *run); /* a copy is safe where LASTFOLDER says */
void run_abstract(struct run *run, const char *folder);
bool run_to_folder(struct run *run, const char *path, const char *const *links, enum message_part part,
                   bool raw, bool ignore_errors);

#endif
