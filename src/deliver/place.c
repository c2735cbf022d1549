#include "deliver/place.h"

#include <string.h>

#include "folder/folder.h"

bool place_needs_lock(const char *path)
{
    return *path != '|' && folder_shape_of(path) == FOLDER_MBOX;
}
