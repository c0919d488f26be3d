// Folders and files that nobody but us and root can have prepared or can change.
//
// A path is followed from the root one part at a time, each opened before it is looked at, so that nothing can be
// exchanged in between. Each folder on the way has to belong to us or to root, and others may not write to it. Only a
// folder with the sticky bit, such as /tmp, may be open to all: what is opened in it is ours or root's, like everything
// else, and nobody else can rename it. A link is followed where we or root made it. Any thread.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "os/file_descriptor.h"

namespace rapidbyte::os {

// For folders of temporary files: it must be there. Errors: kConfiguration, with the part of the path that is wrong.
Result<FileDescriptor> OpenTrustedFolder(const std::filesystem::path& path);

// For what only we may read and write: the folder and those above it are made where they are missing, the folder itself
// belongs to us, and nobody else may enter it (0700 from here on). Errors: kConfiguration, as above.
Result<FileDescriptor> OpenPrivateFolder(const std::filesystem::path& path);

// The regular file `name` of a folder, to be read; ours or root's, no link. Opens without waiting for a FIFO's writer.
// Not open where there is no such file.
FileDescriptor OpenTrustedFile(const FileDescriptor& folder, const std::string& name);

}  // namespace rapidbyte::os
