#include "folder/folder-private.h"

#include <dirent.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"

void name_unique(struct buf *name)
{
    /* The one thing that must differ between two messages of one process in one second, even
     * when a reader has moved the first out of new/ already. */
    static unsigned long count;
    struct utsname host;

    buf_printf(name, "%lld.%ld_%lu.", (long long)clock_now(), (long)getpid(), count++);
    if (uname(&host) < 0)
        strcpy(host.nodename, "localhost");
    for (const char *p = host.nodename; *p; p++)
        if (*p == '/' || *p == ':')
            buf_printf(name, "\\%03o", (unsigned)*p);
        else
            buf_add_byte(name, *p);
}

/* The inode number, as short as may be: unique as long as the file lives. */
static void add_code(struct buf *name, ino_t ino)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    unsigned long long rest = ino;

    do
        buf_add_byte(name, digits[rest % 64]);
    while (rest /= 64);
}

/* The number in the name of an MH message, or 0. */
static unsigned long number_of(const char *name)
{
    unsigned long number = 0;

    if (strlen(name) > 15) /* no message ever had it */
        return 0;
    for (; *name; name++) {
        if (*name < '0' || *name > '9')
            return 0;
        number = number * 10 + (unsigned long)(*name - '0');
    }
    return number;
}

static unsigned long highest_number(const struct place *place, const struct folder_append *append)
{
    DIR *dir = opendir(place->path);
    unsigned long highest = 0;
    struct dirent *entry;

    if (!dir) {
        struct buf text;

        buf_init(&text, BUF_UNLIMITED);
        buf_printf(&text, "%s/.", place->path);
        folder_say(append, FOLDER_UNREADABLE, text.p);
        buf_free(&text);
        return 0; /* the first number that is free, then */
    }
    while ((entry = readdir(dir))) {
        unsigned long number = number_of(entry->d_name);

        if (number > highest)
            highest = number;
    }
    closedir(dir);
    return highest;
}

static void make_name(struct naming *naming)
{
    struct buf *name = &naming->name;

    buf_cut(name, 0);
    place_arrivals(naming->place, name);
    buf_add_byte(name, '/');
    switch (naming->place->shape) {
    case FOLDER_MAILDIR:
        name_unique(name);
        break;
    case FOLDER_MH:
        buf_printf(name, "%lu", naming->number + naming->attempt);
        break;
    default:
        buf_add_text(name, naming->append->msgprefix ? naming->append->msgprefix : "");
        add_code(name, naming->ino);
        if (naming->attempt)
            buf_printf(name, "_%u", naming->attempt);
    }
}

void naming_start(struct naming *naming, const struct place *place, const struct folder_append *append,
                  ino_t ino)
{
    *naming = (struct naming){.place = place, .append = append, .ino = ino};
    buf_init(&naming->name, BUF_UNLIMITED);
    if (place->shape == FOLDER_MH)
        naming->number = highest_number(place, append) + 1;
    make_name(naming);
}

void naming_next(struct naming *naming)
{
    naming->attempt++;
    make_name(naming);
}

void naming_end(struct naming *naming)
{
    buf_free(&naming->name);
}
