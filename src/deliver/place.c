#include "deliver/place.h"

#include <string.h>

#include "folder/folder.h"

bool place_needs_lock(const char *path)
{
    return strcmp(path, "|") && folder_shape_of(path) == FOLDER_MBOX;
}
